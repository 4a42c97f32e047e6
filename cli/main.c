/* cli/main.c: the program fsnn: finds the subcommand, reads its options, runs it. */
#include "cli/cli.h"
#include "cli/train/train.h"

#include <stdlib.h>
#include <string.h>

static const cli_command *const commands[] = {
    &cli_train, &cli_eval,     &cli_run,     &cli_inspect,  &cli_plot,   &cli_compare,
    &cli_sweep, &cli_simulate, &cli_convert, &cli_export_c, &cli_doctor, &cli_bench};

static const char description_word[] = "description";

static void overview(FILE *out)
{
    fputs("fsnn: fractional-order spiking neural networks\n\n"
          "usage: fsnn COMMAND ...\n\n",
          out);
    for (int i = 0; i < CLI_COUNT(commands); i++)
        fprintf(out, "  %-10s%s\n", commands[i]->name, commands[i]->summary);
    fputs("  help      this page; with a command's name its own; with \"description\" the\n"
          "            keys of the description file; with a word of it what it means:\n"
          "            fsnn help lif, fsnn help training, fsnn help gl; with a name of\n"
          "            spikeDE, snnTorch, SpikingJelly or Norse what it is here\n\n"
          "first steps:\n"
          "  fsnn train examples/fashion_mlp.yaml     train a network on Fashion-MNIST\n"
          "  fsnn inspect runs/fashion-mlp            what came out\n"
          "  fsnn eval runs/fashion-mlp               how good its best weights are\n\n"
          "examples/ is in the source tree, and in share/fsnn of an installation.\n"
          "Every command explains itself with --help. Exit codes: 0 good, 1 the run failed,\n"
          "2 wrong usage or description, 130 interrupted (after saving).\n",
          out);
}

static const cli_command *find(const char *name)
{
    for (int i = 0; i < CLI_COUNT(commands); i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    return NULL;
}

/* `page`: a page of help was asked for, of which there is one more. */
static int unknown(const char *name, bool page)
{
    const char *known[CLI_COUNT(commands) + 1];
    for (int i = 0; i < CLI_COUNT(commands); i++)
        known[i] = commands[i]->name;
    known[CLI_COUNT(commands)] = page ? description_word : "help";
    const char *near = cli_nearest(name, known, CLI_COUNT(known));
    const char *what = page ? "topic" : *name == '-' ? "option" : "command";
    if (page && !near) {
        char *word = cli_topic_nearest(name);
        if (!word)
            return cli_error(CLI_USAGE, "unknown topic \"%s\" (see: fsnn help)", name);
        cli_error(CLI_USAGE, "unknown topic \"%s\"; did you mean \"%s\"? (see: fsnn help)", name,
                  word);
        free(word);
        return CLI_USAGE;
    }
    if (near)
        return cli_error(CLI_USAGE, "unknown %s \"%s\"; did you mean \"%s\"? (see: fsnn help)",
                         what, name, near);
    return cli_error(CLI_USAGE, "unknown %s \"%s\" (see: fsnn help)", what, name);
}

/* The reference of the description file, from the tables that read it. */
static int description_keys(void)
{
    char *markdown;
    if (fsnn_description_reference(&markdown) < 0)
        return cli_error(CLI_FAILED, "%s", fsnn_error_text());
    cli_page(markdown);
    free(markdown);
    return CLI_GOOD;
}

/* A name of another library, or one of these libraries; NULL: neither. */
static char *elsewhere(const char *name)
{
    char *page = NULL;
    bool found =
        fsnn_name_elsewhere(name, &page) == FSNN_OK || fsnn_library_names(name, &page) == FSNN_OK;
    return found ? page : NULL;
}

static int topic(const char *name)
{
    char *page = cli_topic(name);
    page = page ? page : elsewhere(name);
    if (!page)
        return unknown(name, true);
    cli_page(page);
    free(page);
    return CLI_GOOD;
}

/* A command is here, or a program of its own. */
static int run(const cli_command *command, int argc, char **argv)
{
    return command->program ? cli_start(command, argc, argv) : cli_command_run(command, argc, argv);
}

/* Of fsnn-mpi, which may not be there and needs MPI to say it. */
static int help_of_mpi(void)
{
    cli_program = "fsnn-mpi";
    return cli_command_run(&cli_train_ranks, 1, (char *[]){"--help", NULL});
}

static int help(int count, char **name)
{
    if (count == 0) {
        overview(stdout);
        return CLI_GOOD;
    }
    const char *extra = name[count > 1 && strcmp(name[0], description_word) == 0 ? 2 : 1];
    if (extra)
        return cli_error(CLI_USAGE, "help is of one word, and \"%s\" is one more", extra);
    if (strcmp(name[0], description_word) == 0)
        return count > 1 ? topic(name[1]) : description_keys();
    if (strcmp(name[0], "fsnn-mpi") == 0)
        return help_of_mpi();
    const cli_command *command = find(name[0]);
    if (!command)
        return topic(name[0]);
    return run(command, 1, (char *[]){"--help", NULL});
}

/* `fsnn --complete WORD ...`, for the completion of shells: what may stand in place of the last
 * word. */
static void complete(int count, char **word)
{
    const char *typed = count ? word[count - 1] : "";
    bool page = count == 2 && strcmp(word[0], "help") == 0;
    const cli_command *command = count > 1 ? find(word[0]) : NULL;
    if (count <= 1 || page) {
        for (int i = 0; i < CLI_COUNT(commands); i++)
            if (strncmp(commands[i]->name, typed, strlen(typed)) == 0)
                cli_candidate(commands[i]->name, commands[i]->summary);
        const char *more = page ? description_word : "help";
        if (strncmp(more, typed, strlen(typed)) == 0)
            cli_candidate(more, NULL);
        if (page)
            cli_topic_words(typed);
        return;
    }
    if (!command)
        return;
    char **rest = cli_allocate((size_t)count + 1, sizeof *rest);
    rest[0] = CLI_COMPLETE;
    memcpy(rest + 1, word + 1, (size_t)(count - 1) * sizeof *rest);
    run(command, count, rest);
    free(rest);
}

int main(int argc, char **argv)
{
    cli_streams_setup();
    cli_message_setup("", false);
    cli_signals_setup();
    cli_options_key = cli_key_of;
    cli_options_elsewhere = cli_elsewhere;
    cli_put_keys = cli_topic_keys;
    if (argc < 2)
        return overview(stdout), cli_close(CLI_GOOD);
    const char *name = argv[1];
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return cli_close(help(argc - 2, argv + 2));
    if (strcmp(name, CLI_COMPLETE) == 0)
        return complete(argc - 2, argv + 2), cli_close(CLI_GOOD);
    if (strcmp(name, "--version") == 0)
        return cli_version(), cli_close(CLI_GOOD);
    const cli_command *command = find(name);
    if (!command)
        return unknown(name, false);
    return cli_close(run(command, argc - 2, argv + 2));
}

/* cli/main.c: the program fsnn: finds the subcommand, reads its options, runs it. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

static const cli_command *const commands[] = {&cli_train, &cli_eval,     &cli_run,  &cli_inspect,
                                              &cli_plot,  &cli_simulate, &cli_bench};

static const char description_word[] = "description";

static void overview(FILE *out)
{
    fputs("fsnn: fractional-order spiking neural networks\n\n"
          "usage: fsnn COMMAND ...\n\n",
          out);
    for (int i = 0; i < CLI_COUNT(commands); i++)
        fprintf(out, "  %-10s%s\n", commands[i]->name, commands[i]->summary);
    fputs("  help      this page; with a command's name its own; with \"description\" the\n"
          "            keys of the description file\n\n"
          "first steps:\n"
          "  fsnn train examples/fashion_mlp.yaml     train a network on Fashion-MNIST\n"
          "  fsnn inspect runs/fashion-mlp            what came out\n"
          "  fsnn eval examples/fashion_mlp.yaml -w runs/fashion-mlp/best.safetensors\n\n"
          "Every command explains itself with --help. Exit codes: 0 good, 1 the run failed,\n"
          "2 wrong usage or description, 130 interrupted (after saving).\n",
          out);
}

static void version(void)
{
    printf("fsnn %s\n", fsnn_version());
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
    const char *what = *name == '-' ? "option" : "command";
    if (near)
        return cli_error(CLI_USAGE, "unknown %s \"%s\"; did you mean \"%s\"? (see: fsnn help)",
                         what, name, near);
    return cli_error(CLI_USAGE, "unknown %s \"%s\" (see: fsnn help)", what, name);
}

/* stdout is where results go: a full disk or a closed pipe behind it is a failure. */
static int closed(int code)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        int failed = cli_error(CLI_FAILED, "the results could not be written to standard output");
        return code == CLI_GOOD ? failed : code;
    }
    return code;
}

/* The reference of the description file, from the tables that read it. */
static int description_keys(void)
{
    char *markdown;
    if (fsnn_description_reference(&markdown) < 0)
        return cli_error(CLI_FAILED, "%s", fsnn_error_text());
    fputs(markdown, stdout);
    free(markdown);
    return CLI_GOOD;
}

static int help(int count, char **name)
{
    if (count == 0) {
        overview(stdout);
        return CLI_GOOD;
    }
    if (strcmp(name[0], description_word) == 0)
        return description_keys();
    const cli_command *command = find(name[0]);
    if (!command)
        return unknown(name[0], true);
    cli_help(command);
    return CLI_GOOD;
}

static int run(const cli_command *command, int argc, char **argv)
{
    cli_common *common = cli_allocate(1, command->size);
    cli_message_setup(command->name, false);
    int code = cli_options_parse(command, argc, argv, common);
    if (code == CLI_GOOD) {
        cli_message_setup(command->name, common->quiet);
        if (common->help)
            cli_help(command);
        else if (common->version)
            version();
        else
            code = command->run(common);
    }
    cli_options_free(command, common);
    free(common);
    return code;
}

int main(int argc, char **argv)
{
    cli_message_setup("", false);
    if (argc < 2)
        return overview(stdout), closed(CLI_GOOD);
    const char *name = argv[1];
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return closed(help(argc - 2, argv + 2));
    if (strcmp(name, "--version") == 0)
        return version(), closed(CLI_GOOD);
    const cli_command *command = find(name);
    if (!command)
        return unknown(name, false);
    return closed(run(command, argc - 2, argv + 2));
}

/* cli/mpi/main.c: the program fsnn-mpi: fsnn train by several processes, which mpirun or srun
 * starts. Apart from fsnn, so that fsnn needs no MPI. */
#include "cli/mpi/mpi.h"

#include <mpi.h>
#include <stdlib.h>
#include <string.h>

static train_team team;
static double begun;

/* ---- exit codes ---- */

/* What a rank says of its end. */
typedef struct word {
    int code;
    char text[2000];
} word;

static int agree(int code)
{
    int ranks = team.ranks.count, rank = team.ranks.rank, first = 0;
    word mine = {.code = code}, *all = cli_allocate((size_t)ranks, sizeof *all);
    if (code != CLI_GOOD && rank)
        mpi_aside_read(mine.text, sizeof mine.text);
    MPI_Allgather(&mine, sizeof mine, MPI_BYTE, all, sizeof mine, MPI_BYTE, MPI_COMM_WORLD);
    while (first < ranks && all[first].code == CLI_GOOD)
        first++;
    int agreed = first < ranks ? all[first].code : CLI_GOOD;
    if (agreed != CLI_GOOD && first && !rank)
        fprintf(stderr, "rank %d: %s", first, all[first].text);
    free(all);
    begun = MPI_Wtime();
    return agreed;
}

static void report(void)
{
    double bytes, seconds, all = MPI_Wtime() - begun;
    char text[CLI_NUMBER];
    mpi_traffic(&bytes, &seconds);
    cli_say("  ranks       %d: each sent %s%s and waited for others %.1f %% of %.1f s",
            team.ranks.count, cli_bytes(text, bytes), team.ranks.lossy ? " (bfloat16)" : "",
            all > 0 ? 100 * seconds / all : 0, all);
}

/* ---- the program ---- */

static void overview(void)
{
    fputs("fsnn-mpi: fsnn train by several processes together\n\n"
          "usage: mpirun -n N fsnn-mpi train DESC.yaml [options], or --resume DIR [options]\n\n"
          "The N ranks share the shards of every batch, so training.shards is a multiple of N.\n"
          "fsnn-mpi train --help names the options. Everything else is fsnn's.\n",
          stdout);
}

static int train(int argc, char **argv)
{
    char **argument = cli_allocate((size_t)argc + 2, sizeof *argument);
    int count = 0;
    if (team.ranks.rank) { /* rank 0 speaks for all */
        argument[count++] = "--quiet";
        mpi_aside_begin();
    }
    memcpy(argument + count, argv, (size_t)argc * sizeof *argv);
    train_team_here = &team;
    int code = cli_command_run(&cli_train_ranks, argc + count, argument);
    free(argument);
    return code;
}

static int run(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "--help";
    bool speaks = team.ranks.rank == 0;
    if (strcmp(name, "train") == 0)
        return train(argc - 2, argv + 2);
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0)
        return speaks ? overview() : (void)0, CLI_GOOD;
    if (strcmp(name, "--version") == 0)
        return speaks ? cli_version() : (void)0, CLI_GOOD;
    if (speaks)
        cli_error(CLI_USAGE, "\"%s\" is no command of fsnn-mpi, which has one: train", name);
    return CLI_USAGE;
}

/* As fsnn's, for the completion of shells, which start one process and no MPI. */
static void complete(int count, char **word)
{
    static const char *const words[] = {"train", "help"};
    const char *typed = count ? word[count - 1] : "";
    for (int i = 0; count <= 1 && i < CLI_COUNT(words); i++)
        if (strncmp(words[i], typed, strlen(typed)) == 0)
            cli_candidate(words[i], i ? NULL : cli_train_ranks.summary);
    if (count <= 1 || strcmp(word[0], "train") != 0)
        return;
    word[0] = CLI_COMPLETE;
    cli_command_run(&cli_train_ranks, count, word);
}

int main(int argc, char **argv)
{
    cli_streams_setup();
    cli_message_setup("", false);
    cli_program = "fsnn-mpi";
    cli_signals_setup();
    cli_put_keys = cli_topic_keys;
    if (argc > 1 && strcmp(argv[1], CLI_COMPLETE) == 0)
        return complete(argc - 2, argv + 2), cli_close(CLI_GOOD);
    int threads; /* that of the training is the only one that calls MPI */
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &threads);
    team = (train_team){.agree = agree, .report = report};
    mpi_ranks(&team.ranks);
    if (team.ranks.count > 1) /* ranks share the processors, unless --threads says otherwise */
        fsnn_threads_set(1);
    int code = cli_close(run(argc, argv));
    MPI_Finalize();
    return code;
}

/* bench/suite/suite.c: fsnn-bench, which fsnn bench starts: how fast this machine runs standard
 * workloads, each row beside its own floor. */
#include "bench/suite/suite.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern const bench_workload bench_layer, bench_mlp, bench_cnn, bench_graph, bench_stream,
    bench_latency, bench_length, bench_memory, bench_precision, bench_first, bench_grid;
const bench_workload *const bench_workloads[] = {
    &bench_layer,  &bench_mlp,    &bench_cnn,       &bench_graph, &bench_stream, &bench_latency,
    &bench_length, &bench_memory, &bench_precision, &bench_first, &bench_grid,   NULL};

typedef struct options {
    cli_common common;
    bool quick, json, list, scaling, processor;
    const char *figure, *table;
    cli_int rounds, seconds;
} options;

static const cli_option table[] = {
    {"quick", 0, CLI_FLAG, offsetof(options, quick), NULL, "the small sizes only", 0, 0},
    {"rounds", 0, CLI_INT, offsetof(options, rounds), "N",
     "rounds of a row (default 7); rows whose rounds take long get fewer, at least 5", 3,
     BENCH_ROUNDS},
    {"seconds", 0, CLI_INT, offsetof(options, seconds), "N",
     "seconds that the steps of each input of latency are watched (default 10, with --quick 1)", 1,
     86400},
    {"scaling", 0, CLI_FLAG, offsetof(options, scaling), NULL,
     "each workload with one thread and with all, and how many times as quick that is, for the "
     "workload and for its floor",
     0, 0},
    {"processor", 0, CLI_FLAG, offsetof(options, processor), NULL,
     "with one thread: time of the processor, not of the clock, for a machine with other work "
     "(latency keeps the clock)",
     0, 0},
    {"json", 0, CLI_FLAG, offsetof(options, json), NULL, "one JSON object a line", 0, 0},
    {"table", 0, CLI_PATH, offsetof(options, table), "FILE", "also write a table in Markdown", 0,
     0},
    {"figure", 0, CLI_TEXT, offsetof(options, figure), "PATH",
     "also draw the ratios: PATH.png and PATH.svg", 0, 0},
    {"list", 0, CLI_FLAG, offsetof(options, list), NULL, "only say what the workloads are", 0, 0},
    CLI_ROW_THREADS,
    CLI_ROWS_LAST,
};

/* ---- a workload in its process ---- */

static bool read_row(int from, bench_row *row)
{
    char *at = (char *)row;
    for (size_t left = sizeof *row; left;) {
        ssize_t got = read(from, at, left);
        if (got <= 0)
            return false;
        at += got;
        left -= (size_t)got;
    }
    return true;
}

/* What is done with a row as it comes. */
typedef struct listener {
    const char *machine;
    bool json, silent;
    bench_rows *rows;
} listener;

static void hear(const listener *to, const bench_row *row)
{
    if (to->json && !to->silent)
        bench_print_json(row, to->machine);
    else if (!to->silent)
        bench_print_row(row);
    fflush(stdout);
    bench_keep(to->rows, row);
}

/* In the workload's process. */
static void measure(const options *o, const bench_workload *w, int threads, int pipe)
{
    bench b = {.rounds = o->rounds.given ? (int)o->rounds.value : 7,
               .seconds = o->seconds.given ? (double)o->seconds.value
                          : o->quick       ? 1
                                           : 10,
               .quick = o->quick,
               .pipe = pipe};
    if (threads)
        bench_try(fsnn_threads_set(threads));
    w->run(&b);
    exit(CLI_GOOD);
}

/* The parent has not computed anything yet: threads do not outlive a fork. `threads` 0: as they are
 * set. */
static int run_workload(const options *o, const bench_workload *w, int threads, const listener *to)
{
    int end[2], status = 0;
    fflush(stdout);
    if (pipe(end) != 0)
        return cli_error(CLI_FAILED, "no pipe to the process of workload %s", w->name);
    pid_t child = fork();
    if (child < 0)
        return cli_error(CLI_FAILED, "no process for workload %s", w->name);
    if (child == 0) {
        close(end[0]);
        measure(o, w, threads, end[1]);
    }
    close(end[1]);
    bench_row row;
    while (read_row(end[0], &row))
        hear(to, &row);
    close(end[0]);
    waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return CLI_GOOD;
    if (WIFSIGNALED(status))
        return cli_error(CLI_FAILED, "workload %s was ended by signal %d%s", w->name,
                         WTERMSIG(status),
                         WTERMSIG(status) == 9
                             ? ": the machine may have too little memory for it, --quick needs less"
                             : "");
    return CLI_FAILED;
}

static const bench_workload *find(const char *name)
{
    for (int i = 0; bench_workloads[i]; i++)
        if (strcmp(bench_workloads[i]->name, name) == 0)
            return bench_workloads[i];
    return NULL;
}

static int check_names(const options *o)
{
    const char *known[16];
    int count = 0;
    while (bench_workloads[count]) {
        known[count] = bench_workloads[count]->name;
        count++;
    }
    for (int i = 0; i < o->common.operands; i++) {
        if (find(o->common.operand[i]))
            continue;
        const char *near = cli_nearest(o->common.operand[i], known, count);
        return cli_error(CLI_USAGE,
                         "there is no workload \"%s\"%s%s%s: fsnn bench --list names them",
                         o->common.operand[i], near ? ", did you mean \"" : "", near ? near : "",
                         near ? "\"" : "");
    }
    return CLI_GOOD;
}

static bool wanted(const options *o, const bench_workload *w)
{
    for (int i = 0; i < o->common.operands; i++)
        if (strcmp(o->common.operand[i], w->name) == 0)
            return true;
    return o->common.operands == 0 && !w->only_named;
}

static int list_workloads(void)
{
    for (int i = 0; bench_workloads[i]; i++)
        printf("%-10s%s\n", bench_workloads[i]->name, bench_workloads[i]->help);
    return CLI_GOOD;
}

/* ---- rows beside their floors ---- */

static int run_rows(const options *o, const char *machine)
{
    bench_rows rows = {0};
    listener to = {machine, o->json, false, &rows};
    int code = CLI_GOOD;
    if (o->table && cli_check_writable(o->table) != CLI_GOOD)
        return CLI_FAILED;
    if (o->figure && fsnn_plot_check(o->figure) < 0)
        return cli_error(CLI_FAILED, "--figure %s: %s", o->figure, fsnn_error_text());
    if (!o->json) {
        bench_print_machine(stdout, machine);
        bench_print_heading();
    }
    for (int i = 0; bench_workloads[i]; i++)
        if (wanted(o, bench_workloads[i])) {
            int failed = run_workload(o, bench_workloads[i], 0, &to);
            code = failed ? failed : code;
        }
    if (o->table && bench_write_table(&rows, o->table, machine))
        code = CLI_FAILED;
    if (o->figure)
        bench_draw(&rows, o->figure, machine);
    bench_warn_wide(&rows);
    free(rows.row);
    return code;
}

/* ---- one thread beside all ---- */

/* A workload's rows with one thread and with all, one run right after the other. */
static int run_twice(const options *o, const bench_workload *w, int threads, const char *machine,
                     bench_rows *one, bench_rows *all)
{
    bench_rows first = {0}, second = {0};
    listener to_first = {machine, o->json, true, &first},
             to_second = {machine, o->json, true, &second};
    int code = run_workload(o, w, threads, &to_second), failed = run_workload(o, w, 1, &to_first);
    code = failed ? failed : code;
    if (code == CLI_GOOD)
        bench_scaling_print(&first, &second, threads, machine, o->json);
    fflush(stdout);
    for (int i = 0; code == CLI_GOOD && i < first.count && i < second.count; i++) {
        bench_keep(one, &first.row[i]);
        bench_keep(all, &second.row[i]);
    }
    free(first.row);
    free(second.row);
    return code;
}

static int run_scaling(const options *o, const char *machine)
{
    bench_rows one = {0}, all = {0};
    int code = CLI_GOOD, threads = fsnn_threads();
    if (threads == 1)
        return cli_error(CLI_USAGE, "--scaling compares one thread with several, but there is one: "
                                    "give more with --threads");
    if (o->figure)
        return cli_error(
            CLI_USAGE,
            "--figure draws ratios to floors, --scaling has none: leave one of them out");
    if (!o->json) {
        bench_print_machine(stdout, machine);
        printf("%-7s %-40s %12s %12s %9s %9s\n", "", "", "1 thread, ms", "all, ms", "speed-up",
               "of floor");
    }
    for (int i = 0; bench_workloads[i]; i++)
        if (wanted(o, bench_workloads[i])) {
            int failed = run_twice(o, bench_workloads[i], threads, machine, &one, &all);
            code = failed ? failed : code;
        }
    if (o->table && bench_scaling_table(&one, &all, threads, o->table, machine))
        code = CLI_FAILED;
    free(one.row);
    free(all.row);
    return code;
}

static int run(void *given)
{
    const options *o = given;
    char machine[128];
    int code = check_names(o);
    if (code != CLI_GOOD)
        return code;
    if (o->list)
        return list_workloads();
    if (o->common.threads.given) {
        fsnn_status status = fsnn_threads_set((int)o->common.threads.value);
        if (status < 0)
            return cli_fail(status);
    }
    if (o->processor && fsnn_threads() != 1)
        return cli_error(CLI_USAGE,
                         "--processor is for one thread: threads that wait for one another "
                         "use a processor, too; give --threads 1");
    if (o->processor)
        bench_watch_processor();
    bench_machine(machine, sizeof machine);
    return (o->scaling ? run_scaling : run_rows)(o, machine);
}

/* The workloads are the operands. */
static const char *values(const char *option)
{
    static char list[256];
    list[0] = '\0';
    for (int i = 0; !*option && bench_workloads[i]; i++)
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i ? "," : "",
                 bench_workloads[i]->name);
    return *list ? list : NULL;
}

static const cli_command command = {
    .name = "bench",
    .operands = "[WORKLOAD ...]",
    .usage = "[WORKLOAD ...] [options]",
    .details =
        "Runs standard workloads and prints, for each, the median time and that of its floor in "
        "the same run: the dense kernels of the same shapes alone, or the bytes it must move at "
        "the bandwidth of this machine. \"aim\" is the value that the ratio (or, in ms, the "
        "median) should stay below. Memory is the most that the workload's process has held so "
        "far; the rows of the workload memory are bytes, not times. \"spread\" is what lies "
        "between the fastest and the slowest round, as a part of the median; a wide one is marked. "
        "All workloads together take minutes. Only an otherwise idle machine gives true figures.",
    .examples = "  fsnn bench --quick\n"
                "  fsnn bench mlp cnn --threads 1 --json\n"
                "  fsnn bench --scaling --quick\n",
    .option = table,
    .min_operands = 0,
    .max_operands = CLI_OPERANDS,
    .size = sizeof(options),
    .run = run,
    .option_values = values,
};

int main(int argc, char **argv)
{
    cli_streams_setup();
    cli_signals_setup();
    return cli_close(cli_command_run(&command, argc - 1, argv + 1));
}

/* cli/bench.c: fsnn bench: how fast this machine runs standard workloads, each row beside its own floor. */
#include "bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef FSNN_COMMIT
#define FSNN_COMMIT "unknown"
#endif

extern const bench_workload bench_layer, bench_mlp, bench_cnn, bench_stream, bench_length;
const bench_workload *const bench_workloads[] = {&bench_layer, &bench_mlp, &bench_cnn, &bench_stream, &bench_length, NULL};

typedef struct options {
    cli_common common;
    bool quick, json, list;
    const char *figure, *table;
    cli_int rounds;
} options;

static const cli_option table[] = {
    {"quick", 0, CLI_FLAG, offsetof(options, quick), NULL, "the small sizes only", 0, 0},
    {"rounds", 0, CLI_INT, offsetof(options, rounds), "N", "rounds of a row (default 7); rows whose rounds take long get fewer, at least 5",
     3, BENCH_ROUNDS},
    {"json", 0, CLI_FLAG, offsetof(options, json), NULL, "one JSON object a line", 0, 0},
    {"table", 0, CLI_TEXT, offsetof(options, table), "FILE", "also write a table in Markdown", 0, 0},
    {"figure", 0, CLI_TEXT, offsetof(options, figure), "PATH", "also draw the ratios: PATH.png and PATH.svg", 0, 0},
    {"list", 0, CLI_FLAG, offsetof(options, list), NULL, "only say what the workloads are", 0, 0},
    CLI_ROW_THREADS,
    CLI_ROWS_LAST,
};

/* ---- machine ---- */

static void processor(char *name, size_t room)
{
    char line[256], *at;
    FILE *file = fopen("/proc/cpuinfo", "r");
    snprintf(name, room, "unknown");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "model name", 10) == 0 && (at = strchr(line, ':'))) {
            at[strcspn(at, "\n")] = '\0';
            snprintf(name, room, "%s", at + 2);
            break;
        }
    if (file)
        fclose(file);
}

/* ---- rows ---- */

static double ratio(const bench_row *r)
{
    return r->floor > 0 ? r->median / r->floor : 0;
}

static void print_json(const bench_row *r, const char *machine)
{
    printf("{\"bench\": \"%s\", \"what\": \"%s\", \"T\": %lld, \"batch\": %lld, \"neurons\": %lld, \"rounds\": %d, "
           "\"median_ms\": %.6g, \"least_ms\": %.6g, \"most_ms\": %.6g, ",
           r->workload, r->what, (long long)r->steps, (long long)r->batch, (long long)r->neurons, r->rounds,
           r->median * 1e3, r->least * 1e3, r->most * 1e3);
    if (r->floor > 0)
        printf("\"floor\": \"%s\", \"floor_ms\": %.6g, \"ratio\": %.4g, ", r->against, r->floor * 1e3, ratio(r));
    if (r->aim > 0)
        printf("\"aim\": %g, ", r->aim);
    printf("\"peak_mib\": %.1f, \"threads\": %d, \"isa\": \"%s\", \"machine\": \"%s\", \"version\": \"%s\", \"commit\": \"%s\"}\n",
           r->bytes / (1 << 20), fsnn_threads(), fsnn_isa(), machine, fsnn_version(), FSNN_COMMIT);
}

static void milliseconds(char *text, size_t room, double seconds)
{
    double ms = seconds * 1e3;
    snprintf(text, room, ms < 10 ? "%.3f" : ms < 1000 ? "%.1f" : "%.0f", ms);
}

typedef struct words {
    char median[24], least[24], most[24], floor[24], ratio[16], aim[16], peak[CLI_NUMBER];
} words;

static words words_of(const bench_row *r)
{
    words w = {0};
    milliseconds(w.median, sizeof w.median, r->median);
    milliseconds(w.least, sizeof w.least, r->least);
    milliseconds(w.most, sizeof w.most, r->most);
    if (r->floor > 0) {
        milliseconds(w.floor, sizeof w.floor, r->floor);
        snprintf(w.ratio, sizeof w.ratio, "%.2f", ratio(r));
    }
    if (r->aim > 0)
        snprintf(w.aim, sizeof w.aim, "%.2f", r->aim);
    cli_bytes(w.peak, r->bytes);
    return w;
}

static void print_row(const bench_row *r)
{
    words w = words_of(r);
    printf("%-7s %-38s %9s %9s %6s %5s %10s  %s\n", r->workload, r->what, w.median, w.floor, w.ratio, w.aim, w.peak, r->against);
}

static void print_machine(FILE *out, const char *machine)
{
    fprintf(out, "%s, %d thread%s, %s, fsnn %s (%s)\n\n", machine, fsnn_threads(), fsnn_threads() == 1 ? "" : "s", fsnn_isa(),
            fsnn_version(), FSNN_COMMIT);
}

/* ---- the ratios as a picture ---- */

typedef struct kept {
    bench_row *row;
    int count, room;
} kept;

static void keep(kept *k, const bench_row *row)
{
    if (k->count == k->room) {
        k->room = k->room ? 2 * k->room : 32;
        bench_row *grown = cli_allocate((size_t)k->room, sizeof *grown);
        if (k->count)
            memcpy(grown, k->row, (size_t)k->count * sizeof *grown);
        free(k->row);
        k->row = grown;
    }
    k->row[k->count++] = *row;
}

static int write_table(const kept *k, const char *path, const char *machine)
{
    FILE *out = fopen(path, "w");
    if (!out)
        return cli_error(CLI_FAILED, "cannot write %s", path);
    print_machine(out, machine);
    fputs("| workload | what | median, ms | range | floor, ms | which floor | ratio | aim | peak memory |\n"
          "|---|---|---|---|---|---|---|---|---|\n", out);
    for (int i = 0; i < k->count; i++) {
        const bench_row *r = &k->row[i];
        words w = words_of(r);
        fprintf(out, "| %s | %s | %s | %s - %s | %s | %s | %s | %s | %s |\n", r->workload, r->what, w.median, w.least, w.most,
                w.floor, r->against, w.ratio, w.aim, w.peak);
    }
    return fclose(out) == 0 ? CLI_GOOD : cli_error(CLI_FAILED, "cannot write all of %s", path);
}

static void draw(const kept *k, const char *path, const char *machine)
{
    enum { RATIO, AIM, EVEN, CURVES };
    double *x = cli_allocate((size_t)(CURVES * k->count + 2), sizeof *x);
    double *y = cli_allocate((size_t)k->count + 1, sizeof *y), ends[2] = {-0.5, 0};
    const char **name = cli_allocate((size_t)k->count + 1, sizeof *name);
    int rows = 0;
    double most = 1;
    for (int i = 0; i < k->count; i++) {
        if (k->row[i].floor <= 0)
            continue;
        x[rows] = ratio(&k->row[i]);
        x[k->count + rows] = k->row[i].aim > 0 ? k->row[i].aim : NAN; /* a gap */
        most = fmax(most, x[rows]);
        y[rows] = rows;
        name[rows++] = cli_format("%s: %s", k->row[i].workload, k->row[i].what);
    }
    double even[2] = {1, 1};
    ends[1] = rows - 0.5;
    const fsnn_curve curve[] = {{"measured", FSNN_MARK_POINTS, 1, rows, x, y},
                                {"at most", FSNN_MARK_TICKS, 2, rows, x + k->count, y},
                                {NULL, FSNN_MARK_LIMIT, 3, 2, even, ends}};
    const fsnn_chart chart = {.heading = "time, floor = 1", .x_label = "ratio", .x_high = 1.1 * most, .rows = rows, .row = name,
                              .empty = "no ratios", .height = 140 + 24 * rows < 2000 ? 140 + 24 * rows : 2000,
                              .curves = CLI_COUNT(curve), .curve = curve};
    char *subtitle = cli_format("%s, %d thread%s, %s", machine, fsnn_threads(), fsnn_threads() == 1 ? "" : "s", fsnn_isa());
    cli_figure_done(fsnn_plot_charts("Standard workloads beside their floors", subtitle, 1, 1, &chart, path), path);
    free(subtitle);
    for (int i = 0; i < rows; i++)
        free((char *)name[i]);
    free(name);
    free(y);
    free(x);
}

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

/* The parent has not computed anything yet: threads do not outlive a fork. */
static int run_workload(const options *o, const bench_workload *w, const char *machine, kept *rows)
{
    int end[2], status = 0;
    fflush(stdout);
    if (pipe(end) != 0)
        return cli_error(CLI_FAILED, "no pipe to the process of workload %s", w->name);
    pid_t child = fork();
    if (child < 0)
        return cli_error(CLI_FAILED, "no process for workload %s", w->name);
    if (child == 0) {
        bench b = {.rounds = o->rounds.given ? (int)o->rounds.value : 7, .quick = o->quick, .pipe = end[1]};
        close(end[0]);
        w->run(&b);
        exit(CLI_GOOD);
    }
    close(end[1]);
    bench_row row;
    while (read_row(end[0], &row)) {
        if (o->json)
            print_json(&row, machine);
        else
            print_row(&row);
        fflush(stdout);
        keep(rows, &row);
    }
    close(end[0]);
    waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return CLI_GOOD;
    if (WIFSIGNALED(status))
        return cli_error(CLI_FAILED, "workload %s was ended by signal %d%s", w->name, WTERMSIG(status),
                         WTERMSIG(status) == 9 ? ": the machine may have too little memory for it, --quick needs less" : "");
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
        return cli_error(CLI_USAGE, "there is no workload \"%s\"%s%s%s: fsnn bench --list names them", o->common.operand[i],
                         near ? ", did you mean \"" : "", near ? near : "", near ? "\"" : "");
    }
    return CLI_GOOD;
}

static bool wanted(const options *o, const bench_workload *w)
{
    for (int i = 0; i < o->common.operands; i++)
        if (strcmp(o->common.operand[i], w->name) == 0)
            return true;
    return o->common.operands == 0;
}

static int run(void *given)
{
    const options *o = given;
    char machine[128];
    int code = check_names(o);
    if (code != CLI_GOOD)
        return code;
    if (o->list) {
        for (int i = 0; bench_workloads[i]; i++)
            printf("%-10s%s\n", bench_workloads[i]->name, bench_workloads[i]->help);
        return CLI_GOOD;
    }
    if (o->common.threads.given) {
        fsnn_status status = fsnn_threads_set((int)o->common.threads.value);
        if (status < 0)
            return cli_fail(status);
    }
    processor(machine, sizeof machine);
    kept rows = {0};
    if (!o->json) {
        print_machine(stdout, machine);
        printf("%-7s %-38s %9s %9s %6s %5s %10s  %s\n", "", "", "median ms", "floor ms", "ratio", "aim", "memory", "floor");
    }
    for (int i = 0; bench_workloads[i]; i++)
        if (wanted(o, bench_workloads[i])) {
            int failed = run_workload(o, bench_workloads[i], machine, &rows);
            code = failed ? failed : code;
        }
    if (o->table && write_table(&rows, o->table, machine))
        code = CLI_FAILED;
    if (o->figure)
        draw(&rows, o->figure, machine);
    free(rows.row);
    return code;
}

const cli_command cli_bench = {
    .name = "bench",
    .summary = "speed of this machine on standard workloads",
    .operands = "[WORKLOAD ...]",
    .usage = "[WORKLOAD ...] [options]",
    .details = "Runs standard workloads and prints, for each, the median time, and beside it the time of its floor in the same "
               "run: the dense kernels of the same shapes alone, or the bytes it must move at the bandwidth of this machine. "
               "\"aim\" is what the ratio should stay below. Memory is the most that the workload's process has held so far. "
               "All of it takes minutes; an otherwise idle machine gives the true figures.",
    .examples = "  fsnn bench --quick\n"
                "  fsnn bench mlp cnn --threads 1 --json\n",
    .option = table,
    .min_operands = 0,
    .max_operands = 4,
    .size = sizeof(options),
    .run = run,
};

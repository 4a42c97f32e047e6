/* bench/suite/suite_print.c: the rows of fsnn bench as text, JSON, a table in Markdown and a
 * picture. */
#include "bench/suite/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifndef FSNN_COMMIT
#define FSNN_COMMIT "unknown"
#endif

void bench_machine(char *name, size_t capacity)
{
    char line[256], *at;
    FILE *file = fopen("/proc/cpuinfo", "r");
    snprintf(name, capacity, "unknown");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "model name", 10) == 0 && (at = strchr(line, ':'))) {
            at[strcspn(at, "\n")] = '\0';
            snprintf(name, capacity, "%s", at + 2);
            break;
        }
    if (file)
        fclose(file);
}

void bench_keep(bench_rows *k, const bench_row *row)
{
    if (k->count == k->capacity) {
        k->capacity = k->capacity ? 2 * k->capacity : 32;
        bench_row *grown = cli_allocate((size_t)k->capacity, sizeof *grown);
        if (k->count)
            memcpy(grown, k->row, (size_t)k->count * sizeof *grown);
        free(k->row);
        k->row = grown;
    }
    k->row[k->count++] = *row;
}

double bench_ratio(const bench_row *r)
{
    if (r->ratio > 0)
        return r->ratio;
    return r->floor > 0 ? r->median / r->floor : 0;
}

double bench_spread(const bench_row *r)
{
    return r->rounds > 1 && r->median > 0 ? (r->most - r->least) / r->median : 0;
}

void bench_warn_wide(const bench_rows *rows)
{
    int wide = 0;
    for (int i = 0; i < rows->count; i++)
        wide += bench_spread(&rows->row[i]) > BENCH_WIDE;
    if (wide)
        cli_warn(
            "%d of %d rows spread by more than %.0f %% of their median (!): something else ran on "
            "this machine; ratios to a floor of the same run suffer less",
            wide, rows->count, 100 * BENCH_WIDE);
}

/* ---- JSON ---- */

/* The figures of a row in its unit: "median_ms": ..., or "median_mib": ... */
static void print_figures(const bench_row *r)
{
    const char *unit = r->memory ? "mib" : "ms";
    double scale = r->memory ? 1.0 / (1 << 20) : 1e3;
    printf("\"median_%s\": %.6g, \"least_%s\": %.6g, \"most_%s\": %.6g, ", unit, r->median * scale,
           unit, r->least * scale, unit, r->most * scale);
    if (r->rounds > 1)
        printf("\"spread\": %.3g, ", bench_spread(r));
    if (r->floor > 0)
        printf("\"floor\": \"%s\", \"floor_%s\": %.6g, \"ratio\": %.4g, ", r->against, unit,
               r->floor * scale, bench_ratio(r));
    if (r->aim > 0)
        printf("\"aim\": %g, ", r->aim);
    if (r->limit > 0)
        printf("\"aim_%s\": %g, ", unit, r->limit * scale);
}

/* "widths": [784, 10], "ones": [0.1], ...; null: an input of other numbers. */
static void print_sizes(const bench_sizes *s)
{
    printf("\"pass\": \"%s\", \"memory\": \"%s\", \"exponentials\": %lld, \"near\": %lld, "
           "\"widths\": [",
           s->training ? "step" : "forward", s->memory, (long long)s->exponentials,
           (long long)s->near);
    for (int i = 0; i <= s->layers; i++)
        printf("%s%lld", i ? ", " : "", (long long)s->width[i]);
    printf("], \"ones\": [");
    for (int i = 0; i < s->layers; i++)
        printf(s->ones[i] < 0 ? "%snull" : "%s%.4g", i ? ", " : "", s->ones[i]);
    printf("], ");
}

void bench_print_json(const bench_row *r, const char *machine)
{
    printf("{\"bench\": \"%s\", \"what\": \"%s\", \"T\": %lld, \"batch\": %lld, \"neurons\": %lld, "
           "\"rounds\": %d, ",
           r->workload, r->what, (long long)r->steps, (long long)r->batch, (long long)r->neurons,
           r->rounds);
    if (r->sizes.layers)
        print_sizes(&r->sizes);
    print_figures(r);
    printf("\"peak_mib\": %.1f, \"clock\": \"%s\", \"threads\": %d, \"isa\": \"%s\", "
           "\"machine\": \"%s\", \"version\": \"%s\", \"commit\": \"%s\"}\n",
           r->bytes / (1 << 20), bench_watches_processor() ? "processor" : "wall", fsnn_threads(),
           fsnn_isa(), machine, fsnn_version(), FSNN_COMMIT);
}

/* ---- text ---- */

/* In milliseconds, or a size with its unit. */
static void figure(char *text, size_t capacity, const bench_row *r, double x)
{
    double ms = x * 1e3;
    if (r->memory)
        cli_bytes(text, x);
    else
        snprintf(text, capacity,
                 ms < 0.1    ? "%.5f"
                 : ms < 10   ? "%.3f"
                 : ms < 1000 ? "%.1f"
                             : "%.0f",
                 ms);
}

typedef struct words {
    char median[CLI_NUMBER], least[CLI_NUMBER], most[CLI_NUMBER], floor[CLI_NUMBER], ratio[16],
        aim[CLI_NUMBER + 8], peak[CLI_NUMBER], spread[16];
} words;

static words words_of(const bench_row *r)
{
    words w = {0};
    figure(w.median, sizeof w.median, r, r->median);
    figure(w.least, sizeof w.least, r, r->least);
    figure(w.most, sizeof w.most, r, r->most);
    if (r->rounds > 1)
        snprintf(w.spread, sizeof w.spread, "%.0f %%%s", 100 * bench_spread(r),
                 bench_spread(r) > BENCH_WIDE ? "!" : "");
    if (r->floor > 0) {
        figure(w.floor, sizeof w.floor, r, r->floor);
        snprintf(w.ratio, sizeof w.ratio, "%.2f", bench_ratio(r));
    }
    if (r->aim > 0)
        snprintf(w.aim, sizeof w.aim, "%.2f", r->aim);
    if (r->limit > 0)
        snprintf(w.aim, sizeof w.aim, "%g ms", r->limit * 1e3);
    cli_bytes(w.peak, r->bytes);
    return w;
}

void bench_print_heading(void)
{
    printf("%-9s %-40s %9s %7s %9s %6s %6s %10s  %s\n", "", "", "median ms", "spread", "floor ms",
           "ratio", "aim", "memory", "floor");
}

void bench_print_row(const bench_row *r)
{
    words w = words_of(r);
    printf("%-9s %-40s %9s %7s %9s %6s %6s %10s  %s\n", r->workload, r->what, w.median, w.spread,
           w.floor, w.ratio, w.aim, w.peak, r->against);
}

static void machine_line(FILE *out, const char *machine, const char *threads)
{
    fprintf(out, "%s, %s, %s, fsnn %s (%s)%s\n\n", machine, threads, fsnn_isa(), fsnn_version(),
            FSNN_COMMIT, bench_watches_processor() ? ", time of the processor" : "");
}

void bench_print_machine(FILE *out, const char *machine)
{
    char *threads = cli_format("%d thread%s", fsnn_threads(), fsnn_threads() == 1 ? "" : "s");
    machine_line(out, machine, threads);
    free(threads);
}

/* ---- a table ---- */

/* "7.3 - 8.1 (10 %)"; of one measurement: nothing. */
static void put_range(FILE *out, const bench_row *r, const words *w)
{
    if (r->rounds > 1)
        fprintf(out, "%s - %s (%s)", w->least, w->most, w->spread);
}

int bench_write_table(const bench_rows *k, const char *path, const char *machine)
{
    FILE *out = fopen(path, "w");
    if (!out)
        return cli_error(CLI_FAILED, "cannot write %s", path);
    bench_print_machine(out, machine);
    fputs("| workload | what | median, ms | range | floor, ms | which floor | ratio | aim | peak "
          "memory |\n"
          "|---|---|---|---|---|---|---|---|---|\n",
          out);
    for (int i = 0; i < k->count; i++) {
        const bench_row *r = &k->row[i];
        words w = words_of(r);
        fprintf(out, "| %s | %s | %s | ", r->workload, r->what, w.median);
        put_range(out, r, &w);
        fprintf(out, " | %s | %s | %s | %s | %s |\n", w.floor, r->against, w.ratio, w.aim, w.peak);
    }
    return fclose(out) == 0 ? CLI_GOOD : cli_error(CLI_FAILED, "cannot write all of %s", path);
}

/* ---- one thread beside all ---- */

/* How many times as quick; 0 where there is nothing to compare. */
static double gain(double one, double all)
{
    return one > 0 && all > 0 ? one / all : 0;
}

static bool comparable(const bench_row *one, const bench_row *all)
{
    return !one->memory && strcmp(one->workload, all->workload) == 0 &&
           strcmp(one->what, all->what) == 0;
}

static void scaling_words(const bench_row *one, const bench_row *all, words *a, words *b,
                          char own[16], char floor[16])
{
    *a = words_of(one);
    *b = words_of(all);
    snprintf(own, 16, "%.2f", gain(one->median, all->median));
    floor[0] = '\0';
    if (gain(one->floor, all->floor) > 0)
        snprintf(floor, 16, "%.2f", gain(one->floor, all->floor));
}

static void scaling_json(const bench_row *one, const bench_row *all, int threads,
                         const char *machine)
{
    printf("{\"bench\": \"%s\", \"what\": \"%s\", \"one_thread_ms\": %.6g, \"all_threads_ms\": "
           "%.6g, \"threads\": %d, \"speed_up\": %.4g, ",
           one->workload, one->what, one->median * 1e3, all->median * 1e3, threads,
           gain(one->median, all->median));
    if (gain(one->floor, all->floor) > 0)
        printf("\"floor\": \"%s\", \"floor_speed_up\": %.4g, ", one->against,
               gain(one->floor, all->floor));
    printf("\"isa\": \"%s\", \"machine\": \"%s\", \"version\": \"%s\", \"commit\": \"%s\"}\n",
           fsnn_isa(), machine, fsnn_version(), FSNN_COMMIT);
}

void bench_scaling_print(const bench_rows *one, const bench_rows *all, int threads,
                         const char *machine, bool json)
{
    words a, b;
    char own[16], floor[16];
    for (int i = 0; i < one->count && i < all->count; i++) {
        if (!comparable(&one->row[i], &all->row[i]))
            continue;
        if (json) {
            scaling_json(&one->row[i], &all->row[i], threads, machine);
            continue;
        }
        scaling_words(&one->row[i], &all->row[i], &a, &b, own, floor);
        printf("%-7s %-40s %12s %12s %9s %9s\n", one->row[i].workload, one->row[i].what, a.median,
               b.median, own, floor);
    }
}

int bench_scaling_table(const bench_rows *one, const bench_rows *all, int threads, const char *path,
                        const char *machine)
{
    FILE *out = fopen(path, "w");
    if (!out)
        return cli_error(CLI_FAILED, "cannot write %s", path);
    char *counts = cli_format("1 and %d threads", threads), own[16], floor[16];
    words a, b;
    machine_line(out, machine, counts);
    free(counts);
    fprintf(out,
            "| workload | what | 1 thread, ms | %d threads, ms | times as quick | its floor "
            "|\n|---|---|---|---|---|---|\n",
            threads);
    for (int i = 0; i < one->count && i < all->count; i++) {
        if (!comparable(&one->row[i], &all->row[i]))
            continue;
        scaling_words(&one->row[i], &all->row[i], &a, &b, own, floor);
        fprintf(out, "| %s | %s | %s | %s | %s | %s |\n", one->row[i].workload, one->row[i].what,
                a.median, b.median, own, floor);
    }
    return fclose(out) == 0 ? CLI_GOOD : cli_error(CLI_FAILED, "cannot write all of %s", path);
}

/* ---- the ratios as a picture ---- */

void bench_draw(const bench_rows *k, const char *path, const char *machine)
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
        x[rows] = bench_ratio(&k->row[i]);
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
    const fsnn_chart chart = {.heading = "time, floor = 1",
                              .x_label = "ratio",
                              .x_high = 1.1 * most,
                              .rows = rows,
                              .row = name,
                              .empty = "no ratios",
                              .height = 140 + 24 * rows,
                              .curves = CLI_COUNT(curve),
                              .curve = curve};
    char *subtitle = cli_format("%s, %d thread%s, %s", machine, fsnn_threads(),
                                fsnn_threads() == 1 ? "" : "s", fsnn_isa());
    cli_figure_done(
        fsnn_plot_charts("Standard workloads beside their floors", subtitle, 1, 1, &chart, path),
        path);
    free(subtitle);
    for (int i = 0; i < rows; i++)
        free((char *)name[i]);
    free(name);
    free(y);
    free(x);
}

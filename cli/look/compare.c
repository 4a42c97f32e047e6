/* cli/look/compare.c: fsnn compare: a table of several runs, and a picture of them laid over one
 * another. */
#include "cli/look/runs.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct options {
    cli_common common;
    const char *by, *figure;
    bool json;
} options;

static const cli_option table[] = {
    {"by", 0, CLI_TEXT, offsetof(options, by), "COLUMN",
     "the column of metrics.csv that is compared (default: the accuracy of the validation or test "
     "data, or their loss)",
     0, 0},
    {"figure", 0, CLI_PATH, offsetof(options, figure), "PATH",
     "also draw the column and the loss of the training over the epochs: PATH.png, PATH.svg", 0, 0},
    {"json", 0, CLI_FLAG, offsetof(options, json), NULL, "print JSON on stdout", 0, 0},
    CLI_ROWS_LAST,
};

/* Figures of the runs of a setting. */
typedef struct summary {
    int runs;
    double best, best_deviation, last, last_deviation, epochs, epoch, seconds;
} summary;

static double seconds_of(const table_file *t)
{
    int c = table_column(t, "seconds");
    double sum = 0;
    for (int64_t r = 0; r < t->rows; r++)
        sum += table_at(t, r, c);
    return sum;
}

static summary summary_of(const runs *r, int setting)
{
    summary s = {0};
    double *value = cli_allocate((size_t)r->count, sizeof *value);
    int n = runs_values(r, setting, r->by, true, value);
    s.best = n ? cli_mean(value, n, &s.best_deviation) : NAN;
    n = runs_values(r, setting, r->by, false, value);
    s.last = n ? cli_mean(value, n, &s.last_deviation) : NAN;
    n = runs_values(r, setting, "epoch", true, value);
    s.epoch = cli_mean(value, n, NULL);
    n = runs_values(r, setting, "epoch", false, value);
    s.epochs = cli_mean(value, n, NULL);
    for (int i = 0; i < r->count; i++)
        if (r->run[i].setting == setting) {
            s.runs++;
            s.seconds += seconds_of(&r->run[i].table);
        }
    s.seconds /= s.runs;
    free(value);
    return s;
}

static bool in_percent(const char *column)
{
    return strstr(column, "accuracy") != NULL;
}

/* "81.54 +- 0.21", a single run without the spread. */
static char *with_spread(const runs *r, double mean, double deviation, int n)
{
    double scale = in_percent(r->by) ? 100 : 1;
    if (n < 2)
        return cli_format(scale > 1 ? "%.2f" : "%.5g", scale * mean);
    return cli_format(scale > 1 ? "%.2f +- %.2f" : "%.5g +- %.2g", scale * mean, scale * deviation);
}

static int width_of(const runs *r)
{
    int width = 7;
    for (int s = 0; s < r->settings; s++)
        width = (int)strlen(r->setting[s]) > width ? (int)strlen(r->setting[s]) : width;
    return width;
}

static void print_table(const runs *r)
{
    int width = width_of(r);
    cli_out("%s%s, %s is better\n\n", r->by, in_percent(r->by) ? " in %" : "",
            runs_rises(r->by) ? "more" : "less");
    cli_out("%-*s %5s %18s %8s %18s %8s %10s\n", width, "setting", "runs", "best epoch", "which",
            "last epoch", "epochs", "seconds");
    for (int i = 0; i < r->settings; i++) {
        summary s = summary_of(r, i);
        char *best = with_spread(r, s.best, s.best_deviation, s.runs),
             *last = with_spread(r, s.last, s.last_deviation, s.runs);
        cli_out("%-*s %5d %18s %8.4g %18s %8.4g %10.1f\n", width, r->setting[i], s.runs, best,
                s.epoch, last, s.epochs, s.seconds);
        free(best);
        free(last);
    }
}

static void print_run(cli_json *json, const runs *r, const runs_run *run)
{
    const table_file *t = &run->table;
    int c = table_column(t, r->by), epoch = table_column(t, "epoch");
    cli_json_open(json, NULL, '{');
    cli_json_text(json, "run", run->path);
    cli_json_number(json, "best", table_at(t, run->best, c));
    cli_json_number(json, "best_epoch", table_at(t, run->best, epoch));
    cli_json_number(json, "last", table_at(t, t->rows - 1, c));
    cli_json_number(json, "epochs", table_at(t, t->rows - 1, epoch));
    cli_json_number(json, "seconds", seconds_of(t));
    cli_json_close(json, '}');
}

static void print_json(const runs *r)
{
    cli_json json = {.out = stdout};
    cli_json_open(&json, NULL, '{');
    cli_json_text(&json, "by", r->by);
    cli_json_open(&json, "settings", '[');
    for (int i = 0; i < r->settings; i++) {
        summary s = summary_of(r, i);
        cli_json_open(&json, NULL, '{');
        cli_json_text(&json, "setting", r->setting[i]);
        cli_json_number(&json, "best", s.best);
        cli_json_number(&json, "best_deviation", s.best_deviation);
        cli_json_number(&json, "last", s.last);
        cli_json_number(&json, "last_deviation", s.last_deviation);
        cli_json_number(&json, "seconds", s.seconds);
        cli_json_open(&json, "runs", '[');
        for (int k = 0; k < r->count; k++)
            if (r->run[k].setting == i)
                print_run(&json, r, &r->run[k]);
        cli_json_close(&json, ']');
        cli_json_close(&json, '}');
    }
    cli_json_close(&json, ']');
    cli_json_close(&json, '}');
}

/* The runs of the operands, each of which may be a folder of runs, as fsnn sweep makes them. */
typedef struct paths {
    char **path; /* [count] */
    int count, capacity;
} paths;

static void add_path(paths *p, char *path)
{
    if (p->count == p->capacity) {
        int more = 2 * p->capacity + 16;
        char **list = cli_allocate((size_t)more, sizeof *list);
        if (p->count)
            memcpy(list, p->path, (size_t)p->count * sizeof *list);
        free(p->path);
        p->path = list;
        p->capacity = more;
    }
    p->path[p->count++] = path;
}

static bool is_run(const char *path)
{
    char *metrics = cli_path(path, "metrics.csv");
    bool is = cli_exists(metrics);
    free(metrics);
    return is;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The runs in a folder, by their names; the operand itself where it is a run, or has none. */
static void add_operand(paths *p, const char *operand)
{
    int before = p->count;
    DIR *folder = is_run(operand) ? NULL : opendir(operand);
    const struct dirent *entry;
    while (folder && (entry = readdir(folder))) {
        char *path = cli_entry(entry) ? cli_path(operand, entry->d_name) : NULL;
        if (path && is_run(path))
            add_path(p, path);
        else
            free(path);
    }
    if (folder)
        closedir(folder);
    if (p->count == before)
        add_path(p, cli_format("%s", operand));
    qsort(p->path + before, (size_t)(p->count - before), sizeof *p->path, by_name);
}

static void close_paths(paths *p)
{
    for (int i = 0; i < p->count; i++)
        free(p->path[i]);
    free(p->path);
}

static int run(void *given)
{
    const options *o = given;
    runs r;
    paths p = {0};
    for (int i = 0; i < o->common.operands; i++)
        add_operand(&p, o->common.operand[i]);
    int code = runs_open((char const *const *)p.path, p.count, o->by, &r);
    if (code == CLI_GOOD && o->json)
        print_json(&r);
    else if (code == CLI_GOOD)
        print_table(&r);
    if (code == CLI_GOOD && o->figure && !runs_figure(&r, o->figure))
        code = CLI_FAILED;
    runs_close(&r);
    close_paths(&p);
    return code;
}

const cli_command cli_compare = {
    .name = "compare",
    .summary = "several runs in one table and picture",
    .operands = "RUN ...",
    .usage = "RUN ... [options]",
    .details =
        "RUN is a run directory, a folder of such, or a metrics.csv. Runs whose descriptions "
        "differ in nothing but "
        "training.seed and the name are one setting, a line of the table: mean and standard "
        "deviation of the column at the best epoch of each run (which training chose by the data "
        "it watched) and at the last one. Without a validation set the best epoch is chosen on "
        "the test data, and only the last one can be reported.",
    .examples = "  for seed in 1 2 3; do\n"
                "      fsnn train net.yaml --seed $seed --out runs/net-seed$seed\n"
                "      fsnn train net.yaml --seed $seed --set dynamics.alpha=1 --out "
                "runs/one-seed$seed\n"
                "  done\n"
                "  fsnn compare runs/net-seed* runs/one-seed* --figure runs/alpha\n",
    .option = table,
    .min_operands = 1,
    .max_operands = CLI_OPERANDS,
    .size = sizeof(options),
    .run = run,
};

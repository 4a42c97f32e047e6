/* cli/look/inspect_run.c: a run directory: how the training went, the network, and which files are
 * there. */
#include "cli/look/inspect.h"
#include "cli/look/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The rows of a metrics.csv that matter; cells point into the texts. */
typedef struct table {
    table_file file;
    char *best, *last;
    char **best_cell, **last_cell; /* [columns] */
} table;

static void keep(char **text, char ***cell, const char *line)
{
    free(*text);
    free(*cell);
    *text = cli_format("%s", line);
    table_split(*text, cell);
}

/* The training marks each epoch that was the best so far: the last such row is the best of all. */
static void take_row(table_file *file, char **cell, const char *line, void *user)
{
    table *t = user;
    int mark = table_column(file, "best");
    if (file->rows == 0 || (mark >= 0 && strcmp(cell[mark], "1") == 0))
        keep(&t->best, &t->best_cell, line);
    keep(&t->last, &t->last_cell, line);
}

/* Advice from the columns dead.LAYER and saturated.LAYER of the best epoch. */
static void advise(const table *t)
{
    static const char dead[] = "dead.", saturated[] = "saturated.";
    size_t most = (size_t)t->file.columns;
    const char **name = cli_allocate(most, sizeof *name);
    double *never = cli_allocate(most, sizeof *never), *always = cli_allocate(most, sizeof *always);
    int layers = 0;
    for (int i = 0; i < t->file.columns; i++) {
        if (strncmp(t->file.name[i], dead, strlen(dead)) != 0)
            continue;
        char *other = cli_format("%s%s", saturated, t->file.name[i] + strlen(dead));
        int at = table_column(&t->file, other);
        free(other);
        name[layers] = t->file.name[i] + strlen(dead);
        never[layers] = strtod(t->best_cell[i], NULL);
        always[layers++] = at >= 0 ? strtod(t->best_cell[at], NULL) : NAN;
    }
    char *advice = cli_neuron_advice(layers, name, never, always);
    if (advice)
        cli_print("\n%s\n", advice);
    free(advice);
    free(name);
    free(never);
    free(always);
}

int inspect_metrics(const char *path)
{
    table t = {0};
    int code = table_walk(path, &t.file, take_row, &t);
    if (code == CLI_GOOD) {
        cli_out("%s: training, %lld epoch%s\n\n%-24s %14s %14s\n", path, (long long)t.file.rows,
                t.file.rows == 1 ? "" : "s", "", "best", "last");
        for (int i = 0; i < t.file.columns; i++)
            cli_out("%-24s %14s %14s\n", t.file.name[i], t.best_cell[i], t.last_cell[i]);
        table_say_broken(&t.file, path);
        advise(&t);
    }
    void *owned[] = {t.best, t.best_cell, t.last, t.last_cell};
    for (int i = 0; i < CLI_COUNT(owned); i++)
        free(owned[i]);
    table_close(&t.file);
    return code;
}

/* A run that another one was to replace. */
static void say_replaced(const char *directory)
{
    char *whole = cli_path(directory, "replaced"), *half = cli_path(directory, ".replacing");
    if (cli_is_directory(whole))
        cli_out("%s: the run before, kept until this one has done an epoch\n", whole);
    if (cli_is_directory(half))
        cli_out("%s: a run that was being replaced: the next fsnn train here puts it back\n", half);
    free(whole);
    free(half);
}

/* Prints the network to stdout, errors of the description included as such. */
int inspect_run(const char *directory, const cli_common *common)
{
    static const char *const weights[] = {"best.safetensors", "last.safetensors",
                                          "last.state.safetensors"};
    char *description = cli_path(directory, "description.yaml");
    char *metrics = cli_path(directory, "metrics.csv");
    bool has_description = cli_exists(description), has_metrics = cli_exists(metrics);
    int code = CLI_GOOD;
    if (!has_description && !has_metrics)
        code =
            cli_error(CLI_FAILED,
                      "%s: not a run directory: neither description.yaml nor metrics.csv is in it",
                      directory);
    if (code == CLI_GOOD && has_description)
        code = inspect_model(description, common);
    if (code == CLI_GOOD && has_metrics) {
        fputs(has_description ? "\n" : "", stdout);
        code = inspect_metrics(metrics);
    }
    for (int i = 0; code == CLI_GOOD && i < CLI_COUNT(weights); i++) {
        char *path = cli_path(directory, weights[i]);
        if (cli_exists(path))
            cli_out(i == 0 ? "\n%s\n" : "%s\n", path);
        free(path);
    }
    if (code == CLI_GOOD)
        say_replaced(directory);
    free(description);
    free(metrics);
    return code;
}

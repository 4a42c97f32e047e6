/* cli/look/runs.c: tables of runs and their settings. */
#include "cli/look/runs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- one run ---- */

static int64_t best_row(const table_file *t)
{
    int mark = table_column(t, "best");
    int64_t best = t->rows - 1;
    for (int64_t r = 0; r < t->rows; r++)
        if (mark >= 0 && table_at(t, r, mark) == 1)
            best = r;
    return best;
}

/* Two runs are of one setting where this is the same. A description that cannot be read any more,
 * say because it was edited, makes a setting of its own. */
static char *setting_of(const char *path)
{
    static const char *const set[] = {"training.seed=1", "name=run"};
    char *file = cli_path(path, "description.yaml"), *text = NULL;
    fsnn_description *d = NULL;
    if (cli_is_directory(path) && cli_exists(file) &&
        fsnn_description_read(file, set, CLI_COUNT(set), &d) == FSNN_OK)
        fsnn_description_json(d, NULL, &text);
    fsnn_description_destroy(d);
    free(file);
    return text;
}

static char *metrics_of(const char *path)
{
    return cli_is_directory(path) ? cli_path(path, "metrics.csv") : cli_format("%s", path);
}

static int open_run(const char *path, runs_run *run)
{
    bool folder = cli_is_directory(path);
    char *metrics = metrics_of(path);
    int code = folder ? cli_enter(path) : CLI_GOOD;
    run->path = path;
    if (code == CLI_GOOD && folder && !cli_exists(metrics))
        code = cli_error(CLI_FAILED,
                         "%s: no metrics.csv is in it: compare takes directories of runs, or their "
                         "metrics.csv",
                         path);
    if (code == CLI_GOOD)
        code = table_open(metrics, &run->table);
    if (code == CLI_GOOD && table_column(&run->table, "epoch") < 0)
        code = cli_error(CLI_FAILED, "%s: no column \"epoch\": this is no table of a training",
                         metrics);
    if (code == CLI_GOOD) {
        table_say_broken(&run->table, metrics);
        run->best = best_row(&run->table);
        run->description = setting_of(path);
    }
    free(metrics);
    return code;
}

/* ---- settings ---- */

static bool alike(const runs_run *a, const runs_run *b)
{
    return a->description && b->description && strcmp(a->description, b->description) == 0;
}

/* The name of a run without folders. */
static char *run_name(const char *path)
{
    char *whole = cli_format("%s", path);
    size_t n = strlen(whole);
    while (n > 1 && whole[n - 1] == '/')
        whole[--n] = '\0';
    if (!cli_is_directory(whole) && n > 12 && strcmp(whole + n - 12, "/metrics.csv") == 0)
        whole[n - 12] = '\0';
    char *name = cli_format("%s", cli_base_name(whole));
    free(whole);
    return name;
}

/* Shortens what two names begin and end with, *head and *tail characters of the first, to what they
 * share with another. */
static void share(const char *name, const char *other, size_t *head, size_t *tail)
{
    const size_t n = strlen(name), m = strlen(other);
    size_t h = 0, t = 0;
    while (h < *head && h < m && name[h] == other[h])
        h++;
    while (t < *tail && t < n - h && t < m - h && name[n - 1 - t] == other[m - 1 - t])
        t++;
    *head = h;
    *tail = t;
}

/* "net" of net-seed1 and net-seed2, "r*-b" of r1-b and r2-b: without what numbers the runs. */
static char *common_name(const char *name, size_t head, size_t tail)
{
    static const char digits[] = "0123456789";
    const char *end = name + strlen(name) - tail;
    end += strspn(end, digits);
    while (head > 1 && strchr(digits, name[head - 1]))
        head--;
    if (*end)
        return cli_format("%.*s*%s", (int)head, name, end);
    if (head > 4 && strncmp(name + head - 4, "seed", 4) == 0)
        head -= 4;
    while (head > 1 && strchr("-_.=", name[head - 1]))
        head--;
    return cli_format("%.*s", (int)head, name);
}

/* That of its run, or what those of its runs have in common. */
static char *name_of(const runs *r, int setting)
{
    char *name = NULL;
    size_t head = 0, tail = 0;
    int members = 0;
    for (int i = 0; i < r->count; i++) {
        if (r->run[i].setting != setting)
            continue;
        char *own = run_name(r->run[i].path);
        if (members++) {
            share(name, own, &head, &tail);
            free(own);
        } else {
            name = own;
            head = tail = strlen(name);
        }
    }
    char *common = members > 1 ? common_name(name, head, tail) : cli_format("%s", name);
    free(name);
    return common;
}

static void number_settings(runs *r)
{
    for (int i = 0; i < r->count; i++) {
        r->run[i].setting = -1;
        for (int k = 0; k < i && r->run[i].setting < 0; k++)
            if (alike(&r->run[k], &r->run[i]))
                r->run[i].setting = r->run[k].setting;
        if (r->run[i].setting < 0)
            r->run[i].setting = r->settings++;
    }
    r->setting = cli_allocate((size_t)r->settings + 1, sizeof *r->setting);
    for (int s = 0; s < r->settings; s++)
        r->setting[s] = name_of(r, s);
}

/* ---- the column ---- */

static bool has_values(const runs *r, const char *name)
{
    for (int i = 0; i < r->count; i++) {
        const table_file *t = &r->run[i].table;
        int c = table_column(t, name);
        bool any = false;
        for (int64_t k = 0; c >= 0 && k < t->rows; k++)
            any = any || isfinite(table_at(t, k, c));
        if (!any)
            return false;
    }
    return true;
}

static int choose(runs *r, const char *by)
{
    static const char *const known[] = {"validation_accuracy", "test_accuracy", "validation_loss",
                                        "test_loss",           "accuracy",      "loss"};
    for (int i = 0; !by && i < CLI_COUNT(known) && !r->by; i++)
        if (has_values(r, known[i]))
            r->by = known[i];
    if (r->by)
        return CLI_GOOD;
    if (!by)
        return cli_error(CLI_FAILED, "the runs have neither accuracy nor loss in common");
    if (has_values(r, by)) {
        r->by = by;
        return CLI_GOOD;
    }
    const table_file *t = &r->run[0].table;
    const char *near = cli_nearest(by, (const char *const *)t->name, t->columns);
    return cli_error(CLI_USAGE, "--by %s: not all of the runs have such a column with values%s%s",
                     by, near ? "; did you mean " : "", near ? near : "");
}

/* Twice the same run would be two with a deviation of 0. */
static bool given_before(const runs *r, const char *path)
{
    char *mine = metrics_of(path);
    bool found = false;
    for (int i = 0; i < r->count && !found; i++) {
        char *other = metrics_of(r->run[i].path);
        found = cli_same_file(mine, other);
        if (found)
            cli_warn("%s: is the same run as %s: it counts once", path, r->run[i].path);
        free(other);
    }
    free(mine);
    return found;
}

int runs_open(char const *const *path, int count, const char *by, runs *r)
{
    int code = CLI_GOOD;
    memset(r, 0, sizeof *r);
    r->run = cli_allocate((size_t)count, sizeof *r->run);
    for (int i = 0; i < count && code == CLI_GOOD; i++) {
        if (given_before(r, path[i]))
            continue;
        code = open_run(path[i], &r->run[r->count++]);
    }
    if (code != CLI_GOOD)
        return code;
    number_settings(r);
    return choose(r, by);
}

void runs_close(runs *r)
{
    for (int i = 0; i < r->count; i++) {
        table_close(&r->run[i].table);
        free(r->run[i].description);
    }
    for (int s = 0; s < r->settings; s++)
        free(r->setting[s]);
    free(r->setting);
    free(r->run);
    memset(r, 0, sizeof *r);
}

int runs_values(const runs *r, int setting, const char *column, bool best, double *value)
{
    int count = 0;
    for (int i = 0; i < r->count; i++) {
        const table_file *t = &r->run[i].table;
        if (r->run[i].setting != setting)
            continue;
        double x = table_at(t, best ? r->run[i].best : t->rows - 1, table_column(t, column));
        if (isfinite(x))
            value[count++] = x;
    }
    return count;
}

bool runs_rises(const char *column)
{
    return !strstr(column, "loss") && !strstr(column, "mse") && !strstr(column, "mae");
}

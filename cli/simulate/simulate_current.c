/* cli/simulate/simulate_current.c: the input current of fsnn simulate, read from its short form.
 * Its samples are drawn in simulate_samples.c. */
#include "cli/simulate/simulate.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- short forms ---- */

typedef struct form {
    const char *name, *pattern;
    int (*read)(const char *text, sim_current *current); /* NULL: numbers with colons between */
    int least, most;                                     /* numbers */
} form;

static int read_step(const char *text, sim_current *current);
static int read_file(const char *path, sim_current *current);

static const form forms[SIM_CURRENTS] = {
    [SIM_CONSTANT] = {"constant", "constant:AMP", NULL, 1, 1},
    [SIM_STEP] = {"step", "step:AMP@T0 or step:AMP@T0-T1", read_step, 0, 0},
    [SIM_RAMP] = {"ramp", "ramp:FROM:TO", NULL, 2, 2},
    [SIM_SINE] = {"sine", "sine:AMP:FREQUENCY or sine:AMP:FREQUENCY:OFFSET", NULL, 2, 3},
    [SIM_NOISE] = {"noise", "noise:MEAN:SD", NULL, 2, 2},
    [SIM_FILE] = {"file", "file:PATH.csv or file:PATH.npz", read_file, 0, 0},
};

static bool number(const char **text, double *value)
{
    char *end;
    *value = strtod(*text, &end);
    bool good = end != *text && isfinite(*value);
    *text = end;
    return good;
}

static int wrong(const char *text, sim_current_kind kind)
{
    return cli_error(CLI_USAGE,
                     "--current %s:%s: expected %s with numbers in place of the capitals",
                     forms[kind].name, text, forms[kind].pattern);
}

static int read_numbers(const char *text, sim_current *current)
{
    const form *f = &forms[current->kind];
    const char *rest = text;
    int count = 0;
    while (count < f->most && number(&rest, &current->p[count])) {
        count++;
        if (*rest != ':' || count == f->most)
            break;
        rest++;
        if (!*rest)
            return wrong(text, current->kind);
    }
    if (*rest || count < f->least)
        return wrong(text, current->kind);
    if (current->kind == SIM_NOISE && current->p[1] < 0)
        return cli_error(CLI_USAGE, "--current noise:%s: the standard deviation SD is at least 0",
                         text);
    return CLI_GOOD;
}

static int read_step(const char *text, sim_current *current)
{
    const char *rest = text;
    current->p[2] = INFINITY;
    if (!number(&rest, &current->p[0]) || *rest++ != '@' || !number(&rest, &current->p[1]))
        return wrong(text, SIM_STEP);
    if (*rest == '-') {
        rest++;
        if (!number(&rest, &current->p[2]))
            return wrong(text, SIM_STEP);
    }
    if (*rest)
        return wrong(text, SIM_STEP);
    if (!(current->p[1] < current->p[2]) || current->p[1] < 0)
        return cli_error(CLI_USAGE,
                         "--current step:%s: the step must begin at 0 or later and end after that",
                         text);
    return CLI_GOOD;
}

/* ---- files ---- */

static int read_npz(const char *path, sim_current *current)
{
    fsnn_arrays arrays = {0};
    fsnn_status status = fsnn_npz_read(path, &arrays);
    if (status < 0)
        return cli_fail(status);
    const fsnn_array *a = fsnn_arrays_find(&arrays, "current");
    if (!a)
        a = fsnn_arrays_find(&arrays, "x");
    int code = CLI_GOOD;
    char text[128];
    if (!a)
        code = cli_error(CLI_FAILED, "%s: no array \"current\" (or \"x\") in it", path);
    else if (a->shape.rank < 1 || a->shape.rank > 2 || fsnn_shape_count(&a->shape) == 0)
        code = cli_error(CLI_FAILED, "%s: %s has shape %s: expected [steps] or [steps, neurons]",
                         path, a->name, fsnn_shape_text(&a->shape, text, sizeof text));
    if (code == CLI_GOOD) {
        current->count = a->shape.dim[0];
        current->neurons = a->shape.rank == 2 ? a->shape.dim[1] : 1;
        current->sample =
            cli_allocate((size_t)fsnn_shape_count(&a->shape), sizeof *current->sample);
        fsnn_array_to_f64(a, current->sample);
    }
    fsnn_arrays_free(&arrays);
    return code;
}

/* One line of a table: numbers with commas (or blanks) between. Returns how many, -1 when a cell is
 * no number. The first `most` are kept. */
static int64_t cells(const char *line, double *value, int64_t most)
{
    int64_t count = 0;
    for (const char *c = line + strspn(line, " \t\r\n"); *c; count++) {
        char *end;
        double v = strtod(c, &end);
        if (end == c)
            return -1;
        if (count < most)
            value[count] = v;
        c = end + strspn(end, " \t\r\n");
        if (*c == ',' || *c == ';')
            c += 1 + strspn(c + 1, " \t\r\n");
    }
    return count;
}

/* The column called "current" in a line of names: its index, else 0. */
static int64_t column_of(const char *line, bool *named)
{
    int64_t column = 0;
    *named = false;
    for (const char *c = line; *c; column++) {
        size_t length = strcspn(c, ",;\r\n");
        if (length == 7 && strncmp(c, "current", 7) == 0) {
            *named = true;
            return column;
        }
        c += length;
        c += *c != '\0';
    }
    return 0;
}

typedef struct table {
    const char *path;
    int64_t line, columns, only; /* only: the column called current, or -1 for all */
} table;

static void keep(sim_current *current, const double *value, int64_t count)
{
    int64_t used = current->count * count;
    if ((current->count & (current->count - 1)) == 0) { /* grows at powers of two */
        int64_t capacity = (current->count ? 2 * current->count : 1) * count;
        double *grown = cli_allocate((size_t)capacity, sizeof *grown);
        if (used)
            memcpy(grown, current->sample, (size_t)used * sizeof *grown);
        free(current->sample);
        current->sample = grown;
    }
    memcpy(current->sample + used, value, (size_t)count * sizeof *value);
    current->count++;
    current->neurons = count;
}

enum { COLUMNS = 4096 };

static int parse_line(table *t, const char *line, double *value, sim_current *current)
{
    int64_t count = cells(line, value, COLUMNS);
    bool named;
    t->line++;
    if (count == 0 || line[0] == '#')
        return CLI_GOOD;
    if (count < 0 && t->columns == 0 && t->only < 0) { /* names, once, before the numbers */
        t->only = column_of(line, &named);
        if (!named)
            t->only = -2;
        return CLI_GOOD;
    }
    if (count < 0)
        return cli_error(CLI_FAILED, "%s: line %lld holds something that is no number", t->path,
                         (long long)t->line);
    if (count > COLUMNS || (t->columns && count != t->columns) || t->only >= count)
        return cli_error(CLI_FAILED, "%s: line %lld has %lld columns, expected %lld (at most %d)",
                         t->path, (long long)t->line, (long long)count,
                         (long long)(t->columns ? t->columns : t->only + 1), COLUMNS);
    t->columns = count;
    if (t->only >= 0)
        keep(current, value + t->only, 1);
    else
        keep(current, value, count);
    return CLI_GOOD;
}

static int read_table(const char *path, FILE *file, sim_current *current)
{
    char *line = NULL;
    size_t size = 0;
    table t = {.path = path, .only = -1};
    double *value = cli_allocate(COLUMNS, sizeof *value);
    int code = CLI_GOOD;
    while (code == CLI_GOOD && getline(&line, &size, file) >= 0)
        code = parse_line(&t, line, value, current);
    if (code == CLI_GOOD && ferror(file))
        code = cli_error(CLI_FAILED, "%s: cannot be read: %s", path, strerror(errno));
    if (code == CLI_GOOD && current->count == 0)
        code = cli_error(CLI_FAILED,
                         "%s: no numbers in it: expected a line a step, a column a "
                         "neuron (or one called current)",
                         path);
    free(value);
    free(line);
    return code;
}

static int check_samples(const char *path, const sim_current *current)
{
    for (int64_t i = 0; i < current->count * current->neurons; i++) {
        if (!isfinite(current->sample[i]))
            return cli_error(CLI_FAILED,
                             "%s: the current of step %lld (counted from 0) is not finite", path,
                             (long long)(i / current->neurons));
    }
    return CLI_GOOD;
}

static int read_file(const char *path, sim_current *current)
{
    char head[2] = "";
    if (!*path)
        return cli_error(CLI_USAGE, "--current file: needs a path: expected %s",
                         forms[SIM_FILE].pattern);
    FILE *file = fopen(path, "rb");
    if (!file || cli_is_directory(path)) {
        cli_error(CLI_FAILED, "%s: cannot be read: %s", path, strerror(file ? EISDIR : errno));
        if (file)
            fclose(file);
        return CLI_FAILED;
    }
    size_t got = fread(head, 1, 2, file);
    rewind(file);
    bool arrays = got == 2 && (memcmp(head, "PK", 2) == 0 || memcmp(head, "\x93N", 2) == 0);
    int code = arrays ? read_npz(path, current) : read_table(path, file, current);
    fclose(file);
    return code == CLI_GOOD ? check_samples(path, current) : code;
}

/* ---- all of them ---- */

static int unknown(const char *text, size_t length)
{
    const char *known[SIM_CURRENTS];
    for (int i = 0; i < SIM_CURRENTS; i++)
        known[i] = forms[i].name;
    char *name = cli_format("%.*s", (int)length, text);
    const char *near = cli_nearest(name, known, SIM_CURRENTS);
    cli_error(CLI_USAGE, "--current %s: known are constant, step, ramp, sine, noise and file%s%s%s",
              text, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    free(name);
    return CLI_USAGE;
}

int sim_current_read(const char *text, sim_current *current)
{
    const char *rest = text;
    memset(current, 0, sizeof *current);
    if (number(&rest, &current->p[0]) && !*rest)
        return CLI_GOOD; /* a number alone is constant */
    size_t length = strcspn(text, ":");
    for (int i = 0; i < SIM_CURRENTS; i++) {
        if (strlen(forms[i].name) != length || strncmp(text, forms[i].name, length) != 0)
            continue;
        current->kind = (sim_current_kind)i;
        if (!text[length])
            return cli_error(CLI_USAGE, "--current %s: expected %s", text, forms[i].pattern);
        int (*read)(const char *, sim_current *) = forms[i].read ? forms[i].read : read_numbers;
        return read(text + length + 1, current);
    }
    return unknown(text, length);
}

void sim_current_free(sim_current *current)
{
    free(current->sample);
    memset(current, 0, sizeof *current);
}

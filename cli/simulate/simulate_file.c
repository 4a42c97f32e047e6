/* cli/simulate/simulate_file.c: a current from a file: a table of text or an NPZ, with the time of
 * each row or without. Times count from the first row, so that what fsnn simulate writes (t is the
 * end of a step there) plays at its own speed. */
#include "cli/simulate/simulate.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { COLUMNS = 4096 };
#define MARK "\xef\xbb\xbf" /* some editors and spreadsheets begin a text with it */

/* ---- NPZ ---- */

static const fsnn_array *find_current(const char *path, const fsnn_arrays *arrays, int *code)
{
    const fsnn_array *a = fsnn_arrays_find(arrays, "current");
    char text[128];
    if (!a)
        a = fsnn_arrays_find(arrays, "x");
    const char *why = fsnn_arrays_unread(arrays, "current");
    if (!a && why)
        *code = cli_error(CLI_FAILED, "%s: the array \"current\" %s", path, why);
    else if (!a)
        *code = cli_error(CLI_FAILED, "%s: no array \"current\" (or \"x\") in it", path);
    else if (a->shape.rank < 1 || a->shape.rank > 2 || fsnn_shape_count(&a->shape) == 0)
        *code = cli_error(CLI_FAILED, "%s: %s has shape %s: expected [steps] or [steps, neurons]",
                          path, a->name, fsnn_shape_text(&a->shape, text, sizeof text));
    return a;
}

/* As fsnn simulate calls them, or as fsnn run does. */
static const fsnn_array *find_times(const fsnn_arrays *arrays)
{
    const fsnn_array *t = fsnn_arrays_find(arrays, "t");
    return t ? t : fsnn_arrays_find(arrays, "times");
}

static double *values(const fsnn_array *a)
{
    double *x = cli_allocate((size_t)fsnn_shape_count(&a->shape), sizeof *x);
    fsnn_array_to_f64(a, x);
    return x;
}

static int read_npz(const char *path, sim_current *current)
{
    fsnn_arrays arrays = {0};
    fsnn_status status = fsnn_npz_read(path, &arrays);
    if (status < 0)
        return cli_fail(status);
    int code = CLI_GOOD;
    char text[128];
    const fsnn_array *a = find_current(path, &arrays, &code), *t = find_times(&arrays);
    if (code == CLI_GOOD && t && (t->shape.rank != 1 || t->shape.dim[0] != a->shape.dim[0]))
        code = cli_error(CLI_FAILED,
                         "%s: %s has shape %s: expected is a time for each of the %lld rows of %s",
                         path, t->name, fsnn_shape_text(&t->shape, text, sizeof text),
                         (long long)a->shape.dim[0], a->name);
    if (code == CLI_GOOD) {
        current->count = a->shape.dim[0];
        current->neurons = a->shape.rank == 2 ? a->shape.dim[1] : 1;
        current->sample = values(a);
        current->time = t ? values(t) : NULL;
    }
    fsnn_arrays_free(&arrays);
    return code;
}

/* ---- text ---- */

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

/* Commas beside semicolons, or beside blanks that part cells alone: one of both separates numbers,
 * and the comma then is their decimal point. */
static bool is_mixed(const char *line)
{
    const char *comma = strchr(line, ',');
    if (!comma || strchr(line, ';'))
        return comma != NULL;
    for (const char *c = line + strspn(line, " \t"); *(c += strcspn(c, " \t"));) {
        const char *before = c - 1;
        c += strspn(c, " \t");
        if (*before != ',' && !strchr(",\r\n", *c))
            return true;
    }
    return false;
}

typedef struct table {
    const char *path;
    int64_t line, columns; /* columns 0: no numbers yet */
    bool named;
    int64_t time, first, chosen; /* columns: of the times, -1; the currents, chosen 0: all others */
    double *value;               /* [COLUMNS] */
    sim_current *current;
    double *times; /* [count] */
} table;

static bool is(const char *name, size_t length, const char *what)
{
    return strlen(what) == length && !strncasecmp(name, what, length);
}

/* "t", "time" or "times", with or without a unit: "Time (ms)", "t_s", "time [s]". */
static bool is_time(const char *name, size_t length)
{
    static const char *const known[] = {"times", "time", "t"};
    for (int i = 0; i < CLI_COUNT(known); i++) {
        size_t n = strlen(known[i]);
        if (length >= n && !strncasecmp(name, known[i], n))
            return length == n || strchr(" ([_/.", name[n]) != NULL;
    }
    return false;
}

/* A time; "current", or "current[0]", "current[1]", ... side by side. */
static void read_names(table *t, const char *line)
{
    int64_t column = 0;
    t->named = true;
    for (const char *c = line; *c; column++) {
        c += strspn(c, " \t");
        size_t cell = strcspn(c, ",;\t\r\n"), length = cell;
        while (length && c[length - 1] == ' ')
            length--;
        bool current = is(c, length, "current") || (length > 8 && !strncasecmp(c, "current[", 8));
        if (t->time < 0 && is_time(c, length))
            t->time = column;
        if (current && (!t->chosen || t->first + t->chosen == column)) {
            t->first = t->chosen ? t->first : column;
            t->chosen++;
        }
        c += cell;
        c += *c != '\0';
    }
}

/* Makes room for one more number in a list of `count`, which grows at powers of two. */
static double *grow(double *list, int64_t count, int64_t width)
{
    if (count & (count - 1))
        return list;
    double *grown = cli_allocate((size_t)((count ? 2 * count : 1) * width), sizeof *grown);
    if (count)
        memcpy(grown, list, (size_t)(count * width) * sizeof *grown);
    free(list);
    return grown;
}

static void keep(table *t)
{
    sim_current *c = t->current;
    int64_t n = 0;
    c->neurons = t->chosen ? t->chosen : t->columns - (t->time >= 0);
    c->sample = grow(c->sample, c->count, c->neurons);
    double *row = c->sample + c->count * c->neurons;
    for (int64_t i = 0; i < t->columns; i++)
        if (t->chosen ? i >= t->first && i < t->first + t->chosen : i != t->time)
            row[n++] = t->value[i];
    if (t->time >= 0) {
        t->times = grow(t->times, c->count, 1);
        t->times[c->count] = t->value[t->time];
    }
    c->count++;
}

static int parse_line(table *t, const char *line, size_t length)
{
    t->line++;
    if (strlen(line) != length)
        return cli_error(CLI_FAILED, "%s: line %lld holds a byte 0: this is no plain text", t->path,
                         (long long)t->line);
    if (t->line == 1 && !strncmp(line, MARK, strlen(MARK)))
        line += strlen(MARK);
    int64_t count = cells(line, t->value, COLUMNS);
    if (count == 0 || line[0] == '#')
        return CLI_GOOD;
    if (count < 0 && t->columns == 0 && !t->named) { /* once, before the numbers */
        read_names(t, line);
        return CLI_GOOD;
    }
    if (is_mixed(line))
        return cli_error(CLI_FAILED,
                         "%s: line %lld has commas and another separator: are the commas decimal "
                         "ones? Expected are numbers with a point, like 1.5, and commas between",
                         t->path, (long long)t->line);
    if (count < 0)
        return cli_error(CLI_FAILED, "%s: line %lld holds something that is no number", t->path,
                         (long long)t->line);
    int64_t least = t->chosen ? t->first + t->chosen : 1 + (t->time >= 0);
    least = t->time >= least ? t->time + 1 : least;
    if (count > COLUMNS || (t->columns && count != t->columns) || count < least)
        return cli_error(CLI_FAILED, "%s: line %lld has %lld columns, expected %lld (at most %d)",
                         t->path, (long long)t->line, (long long)count,
                         (long long)(t->columns ? t->columns : least), COLUMNS);
    t->columns = count;
    keep(t);
    return CLI_GOOD;
}

static int read_table(const char *path, FILE *file, sim_current *current)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    table t = {.path = path,
               .time = -1,
               .value = cli_allocate(COLUMNS, sizeof *t.value),
               .current = current};
    int code = CLI_GOOD;
    while (code == CLI_GOOD && (length = getline(&line, &size, file)) >= 0)
        code = parse_line(&t, line, (size_t)length);
    if (code == CLI_GOOD && ferror(file))
        code = cli_error(CLI_FAILED, "%s: cannot be read: %s", path, strerror(errno));
    if (code == CLI_GOOD && current->count == 0)
        code = cli_error(CLI_FAILED,
                         "%s: no numbers in it: expected a line a step, a column a "
                         "neuron (or one called current)",
                         path);
    current->time = t.times;
    free(t.value);
    free(line);
    return code;
}

/* ---- both ---- */

/* A first column without a name that ascends evenly may be the times that it is not read as. */
static void warn_of_times(const char *path, const sim_current *c)
{
    if (c->time || c->neurons < 2 || c->count < 3)
        return;
    double step = c->sample[c->neurons] - c->sample[0];
    for (int64_t i = 1; i < c->count; i++) {
        double here = c->sample[i * c->neurons] - c->sample[(i - 1) * c->neurons];
        if (!(step > 0) || fabs(here - step) > 1e-6 * step)
            return;
    }
    cli_warn("%s: its first column ascends evenly, as times do, and is taken for the current of a "
             "neuron: a line t,current,... before the numbers says which is which",
             path);
}

static int check_samples(const char *path, const sim_current *c)
{
    for (int64_t i = 0; i < c->count * c->neurons; i++) {
        if (!isfinite(c->sample[i]))
            return cli_error(CLI_FAILED,
                             "%s: the current of step %lld (counted from 0) is not finite", path,
                             (long long)(i / c->neurons));
    }
    for (int64_t i = 0; c->time && i < c->count; i++)
        if (!isfinite(c->time[i]) || (i && !(c->time[i] > c->time[i - 1])))
            return cli_error(CLI_FAILED,
                             "%s: row %lld (counted from 0) has the time %g%s: times must increase",
                             path, (long long)i, c->time[i], i ? " after a later one" : "");
    for (int64_t i = c->time ? c->count - 1 : -1; i >= 0; i--)
        c->time[i] -= c->time[0];
    return CLI_GOOD;
}

int sim_file_read(const char *path, sim_current *current)
{
    char head[2] = "";
    if (fsnn_file_check(path) < 0)
        return cli_fail(FSNN_EFORMAT);
    FILE *file = fopen(path, "rb");
    if (!file || cli_is_directory(path)) {
        cli_error(CLI_FAILED, "%s: cannot be read: %s", path, strerror(file ? EISDIR : errno));
        if (file)
            fclose(file);
        return CLI_FAILED;
    }
    bool again = cli_is_file(path); /* what is read of a pipe is gone */
    size_t got = again ? fread(head, 1, 2, file) : 0;
    if (again)
        rewind(file);
    bool arrays = got == 2 && (memcmp(head, "PK", 2) == 0 || memcmp(head, "\x93N", 2) == 0);
    int code = arrays ? read_npz(path, current) : read_table(path, file, current);
    fclose(file);
    code = code == CLI_GOOD ? check_samples(path, current) : code;
    if (code == CLI_GOOD && !arrays)
        warn_of_times(path, current);
    return code;
}

/* The last row lasts as long as rows do in the mean. */
double sim_file_duration(const sim_current *c)
{
    double last = c->time[c->count - 1];
    return c->count > 1 ? last + last / (double)(c->count - 1) : 0;
}

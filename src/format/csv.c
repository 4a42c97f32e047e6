/* format/csv.c: see csv.h. The text is read once, cell by cell, and grows a list of them; a table
 * therefore never takes more than a few times its file. */
#include "format/csv.h"

#include "base/error_key.h"
#include "format/file_kind.h"
#include "format/lines.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct reader {
    csv *t;
    const char *at, *end;
    char *to; /* where the next cell goes */
    int64_t line, cells, cell_capacity, line_capacity;
} reader;

/* ---- looking ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* How often `mark` stands in the line at `at` outside of quotes, of blanks how often a word follows
 * some; *next becomes the next line. */
static int64_t count_in_line(const char *at, const char *end, char mark, const char **next)
{
    int64_t n = 0;
    bool quoted = false, word = false, gap = false;
    for (; at < end && (quoted || !line_ends(at, end)); at++) {
        quoted ^= *at == '"';
        gap = word && (gap || (!quoted && is_blank(*at)));
        bool begins = gap && !is_blank(*at);
        n += mark == ' ' ? begins : !quoted && *at == mark;
        gap = gap && !begins;
        word = word || !is_blank(*at);
    }
    *next = at < end ? at + 1 : end;
    return n;
}

static bool skipped(const char *at, const char *end)
{
    while (at < end && is_blank(*at) && !line_ends(at, end))
        at++;
    return at == end || line_ends(at, end) || *at == '#';
}

/* The separator that the first lines have equally often; tab before ; before | before , as a comma
 * may also be a decimal sign, and blanks last. One that the first line has where no line agrees. */
static char find_separator(const char *begin, const char *end)
{
    static const char marks[] = "\t;|, ";
    char some = 0;
    for (const char *m = marks; *m; m++) {
        int64_t first = -1;
        bool same = true;
        int lines = 0;
        for (const char *at = begin; at < end && lines < 20;) {
            const char *next;
            int64_t n = count_in_line(at, end, *m, &next);
            if (!skipped(at, end)) {
                same = same && (first < 0 || n == first);
                first = first < 0 ? n : first;
                lines++;
            }
            at = next;
        }
        if (first > 0 && same)
            return *m;
        some = first > 0 && !some && *m != ' ' ? *m : some;
    }
    return some ? some : ',';
}

/* ---- cells ---- */

static fsnn_status add_cell(reader *r, char *cell)
{
    FSNN_TRY(fsnn_grow(&r->t->cell, r->cells, &r->cell_capacity, r->cells + 1, sizeof *r->t->cell));
    r->t->cell[r->cells++] = cell;
    return FSNN_OK;
}

/* Blanks between words are tabs, too. */
static bool ends_cell(const reader *r)
{
    const char mark = r->t->separator;
    return line_ends(r->at, r->end) || *r->at == mark || (mark == ' ' && is_blank(*r->at));
}

/* "a ""b""", up to the quote that ends it. */
static fsnn_status read_quoted(reader *r)
{
    int64_t line = r->line;
    for (r->at++;; r->at++) {
        if (r->at == r->end)
            return fsnn_fail(FSNN_EFORMAT, "%s:%lld: a quote \" has no other one that ends it",
                             r->t->path, (long long)line);
        if (*r->at == '"' && (r->at + 1 == r->end || r->at[1] != '"'))
            break;
        r->at += *r->at == '"';
        r->line += line_ends(r->at, r->end);
        *r->to++ = *r->at;
    }
    r->at++;
    while (r->at < r->end && !ends_cell(r) && (*r->at == ' ' || *r->at == '\r'))
        r->at++;
    if (r->at < r->end && !ends_cell(r))
        return fsnn_fail(FSNN_EFORMAT, "%s:%lld: \"%c\" follows a quote that ends a cell",
                         r->t->path, (long long)r->line, *r->at);
    return FSNN_OK;
}

static fsnn_status read_cell(reader *r)
{
    char *cell = r->to;
    while (r->at < r->end && (*r->at == ' ' || (*r->at == '\t' && r->t->separator != '\t')))
        r->at++;
    if (r->at < r->end && *r->at == '"') {
        FSNN_TRY(read_quoted(r));
    } else {
        while (r->at < r->end && !ends_cell(r))
            *r->to++ = *r->at++;
        while (r->to > cell && (r->to[-1] == ' ' || r->to[-1] == '\r' || r->to[-1] == '\t'))
            r->to--;
    }
    *r->to++ = 0;
    return add_cell(r, cell);
}

static fsnn_status read_line(reader *r)
{
    csv *t = r->t;
    int64_t before = r->cells, line = r->line;
    for (;;) {
        FSNN_TRY(read_cell(r));
        while (t->separator == ' ' && r->at < r->end && is_blank(*r->at) &&
               !line_ends(r->at, r->end))
            r->at++;
        if (r->at == r->end || line_ends(r->at, r->end))
            break;
        r->at += t->separator != ' ';
    }
    int64_t n = r->cells - before;
    if (!before)
        t->columns = n;
    if (n != t->columns)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s:%lld: has %lld cells, the first line %lld: expected is the same "
                         "number in all lines, separated by \"%s\"",
                         t->path, (long long)line, (long long)n, (long long)t->columns,
                         t->separator == '\t' ? "\\t" : (char[]){t->separator, 0});
    FSNN_TRY(fsnn_grow(&t->line, t->rows, &r->line_capacity, t->rows + 1, sizeof *t->line));
    t->line[t->rows++] = line;
    return FSNN_OK;
}

static fsnn_status read_lines(reader *r)
{
    for (; r->at < r->end; r->at++, r->line++) {
        if (skipped(r->at, r->end))
            r->at = line_end(r->at, r->end);
        else
            FSNN_TRY(read_line(r));
        if (r->at == r->end)
            break;
    }
    return r->t->rows ? FSNN_OK
                      : fsnn_fail(FSNN_EFORMAT, "%s: holds no line of a table", r->t->path);
}

/* ---- numbers ---- */

static bool missing(const char *text)
{
    static const char *const words[] = {"", "?", "NA", "N/A", "NaN", "null", "none"};
    for (int i = 0; i < FSNN_COUNT(words); i++)
        if (!strcasecmp(text, words[i]))
            return true;
    return false;
}

static bool read_number(const char *text, char decimal, double *out)
{
    char number[64], *end;
    size_t n = strlen(text);
    *out = NAN;
    if (missing(text))
        return true;
    locale_t plain = n < sizeof number ? newlocale(LC_ALL_MASK, "C", (locale_t)0) : (locale_t)0;
    if (!plain)
        return false;
    memcpy(number, text, n + 1);
    if (decimal == ',') {
        char *comma = strchr(number, ',');
        if (strchr(number, '.'))
            *number = 'x'; /* no number */
        if (comma)
            *comma = '.';
    }
    *out = strtod_l(number, &end, plain);
    freelocale(plain);
    return end != number && !*end && isfinite(*out);
}

bool csv_number(const csv *t, int64_t row, int64_t column, double *out)
{
    return read_number(t->cell[row * t->columns + column], t->decimal, out);
}

/* A comma where a cell is a number with one and none is a number with a point. */
static char find_decimal(const csv *t)
{
    bool comma = false;
    double x;
    if (t->separator == ',')
        return '.';
    for (int64_t i = 0; i < t->rows * t->columns; i++) {
        const char *cell = t->cell[i];
        if (strchr(cell, '.') && read_number(cell, '.', &x))
            return '.';
        comma = comma || (strchr(cell, ',') && read_number(cell, ',', &x));
    }
    return comma ? ',' : '.';
}

/* ---- names ---- */

static bool has_names(const csv *t)
{
    double x;
    for (int64_t c = 0; c < t->columns; c++)
        if (!read_number(t->cell[c], t->decimal, &x))
            return true;
    return false;
}

static fsnn_status take_names(csv *t, bool may_be_empty)
{
    t->named = has_names(t);
    t->name = fsnn_alloc((size_t)t->columns * sizeof *t->name);
    if (!t->name)
        return FSNN_EMEMORY;
    for (int64_t c = 0; c < t->columns; c++)
        t->name[c] = NULL;
    for (int64_t c = 0; c < t->columns; c++) {
        t->name[c] =
            t->named ? fsnn_format("%s", t->cell[c]) : fsnn_format("%lld", (long long)c + 1);
        if (!t->name[c])
            return FSNN_EMEMORY;
    }
    if (!t->named)
        return FSNN_OK;
    t->rows--;
    memmove(t->cell, t->cell + t->columns, (size_t)(t->rows * t->columns) * sizeof *t->cell);
    memmove(t->line, t->line + 1, (size_t)t->rows * sizeof *t->line);
    return t->rows || may_be_empty
               ? FSNN_OK
               : fsnn_fail(FSNN_EFORMAT, "%s: holds a line of names, but no row", t->path);
}

int64_t csv_find(const csv *t, const char *name)
{
    for (int64_t c = 0; c < t->columns; c++)
        if (!strcmp(t->name[c], name))
            return c;
    return -1;
}

fsnn_status csv_fail_name(const csv *t, const char *key, const char *name)
{
    char *list = fsnn_format("%s", "");
    for (int64_t c = 0; list && c < t->columns && c < 20; c++) {
        char *more = fsnn_format("%s%s\"%.40s\"", list, c ? ", " : "", t->name[c]);
        fsnn_free(list);
        list = more;
    }
    fsnn_status status =
        list ? fsnn_fail_key(FSNN_EARGUMENT, key, "%s: has no column \"%s\"; its columns are %s%s",
                             t->path, name, list, t->columns > 20 ? ", ..." : "")
             : FSNN_EMEMORY;
    fsnn_free(list);
    return status;
}

fsnn_status csv_open(csv *t, const char *path, const uint8_t *bytes, size_t size,
                     const csv_options *options)
{
    *t = (csv){.path = path};
    size_t mark = size >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3) ? 3 : 0;
    if (!size || file_kind_find(bytes, size))
        return file_kind_fail(path, bytes, size, "a table of texts (CSV)");
    const char *zero = memchr(bytes, 0, size);
    if (zero)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: byte %zu is 0, which no text has: is it a table of "
                         "texts (CSV)?",
                         path, (size_t)(zero - (const char *)bytes));
    reader r = {
        .t = t, .at = (const char *)bytes + mark, .end = (const char *)bytes + size, .line = 1};
    t->separator = options->separator ? options->separator : find_separator(r.at, r.end);
    /* a cell is never longer than its text, but for the 0 of the last one */
    t->text = r.to = fsnn_alloc(size + 2);
    if (!t->text)
        return FSNN_EMEMORY;
    FSNN_TRY(read_lines(&r));
    t->decimal = options->decimal ? options->decimal : find_decimal(t);
    return take_names(t, options->may_be_empty);
}

void csv_close(csv *t)
{
    for (int64_t c = 0; t->name && c < t->columns; c++)
        fsnn_free(t->name[c]);
    fsnn_free(t->name);
    fsnn_free(t->cell);
    fsnn_free(t->line);
    fsnn_free(t->text);
    t->name = t->cell = NULL;
    t->line = NULL;
    t->text = NULL;
}

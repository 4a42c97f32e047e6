/* cli/run/stream_forms.c: what a step of a stream looks like: numbers, events or raw bytes. Nothing
 * of the input is trusted; what is wrong with it is a sentence. */
#include "cli/run/stream_forms.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t stream_size(const stream *s)
{
    return s->wide ? sizeof(double) : sizeof(float);
}

static void set(stream *s, int64_t i, double value)
{
    if (s->wide)
        ((double *)s->x)[i] = value;
    else
        ((float *)s->x)[i] = (float)value;
}

static double output(const stream *s, int64_t i)
{
    return s->wide ? ((const double *)s->y)[i] : (double)((const float *)s->y)[i];
}

static FSNN_PRINTF(2, 3) stream_got refuse(const stream *s, const char *format, ...)
{
    char what[256];
    va_list list;
    va_start(list, format);
    vsnprintf(what, sizeof what, format, list);
    va_end(list);
    cli_error(CLI_FAILED, "standard input, step %lld: %s", (long long)s->step + 1, what);
    return STREAM_ERROR;
}

static stream_got input_failed(const stream *s)
{
    return refuse(s, "it cannot be read: %s", strerror(errno));
}

/* ---- lines ---- */

static stream_got read_line(stream *s)
{
    size_t length = 0;
    int c;
    while ((c = getc_unlocked(s->from)) != EOF && c != '\n') {
        if (c == 0)
            return refuse(s, "there is a byte 0 in the line: this is no text; --stream raw reads "
                             "binary numbers");
        if (length + 1 == s->capacity)
            return refuse(s, "the line is longer than %zu bytes: a step has %lld numbers",
                          s->capacity - 1, (long long)s->in);
        s->line[length++] = (char)c;
    }
    s->line[length] = 0;
    if (c == EOF && ferror(s->from))
        return input_failed(s);
    return c == EOF && length == 0 ? STREAM_END : STREAM_STEP;
}

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t\r");
}

/* The number at *at, which goes behind it. */
static bool read_number(const stream *s, const char **at, double *value)
{
    char *end;
    *value = s->wide ? strtod(*at, &end) : (double)strtof(*at, &end);
    bool good = end != *at;
    *at = end;
    return good;
}

static stream_got no_number(const stream *s, const char *at)
{
    return refuse(s, "\"%.*s\" is no number",
                  (int)strcspn(at, " \t\r,:") + (strchr(",:", *at) != 0), at);
}

static stream_got read_numbers(stream *s)
{
    stream_got line = read_line(s);
    int64_t count = 0;
    if (line != STREAM_STEP)
        return line;
    for (const char *at = skip_blanks(s->line); *at;) {
        double value;
        const char *word = at;
        if (!read_number(s, &at, &value) || !strchr(" \t\r,", *at))
            return no_number(s, word);
        if (!isfinite(value))
            return refuse(s, "number %lld is %g: numbers are finite", (long long)count + 1, value);
        if (count < s->in)
            set(s, count, value);
        count++;
        at = skip_blanks(at);
        if (*at == ',')
            at = skip_blanks(at + 1);
    }
    if (count != s->in)
        return refuse(s, "the line has %lld number%s: a step has %lld", (long long)count,
                      count == 1 ? "" : "s", (long long)s->in);
    return STREAM_STEP;
}

static void write_number(const stream *s, const char *gap, double value)
{
    char text[32];
    snprintf(text, sizeof text, "%s%.*g", gap, s->wide ? 17 : 9, value);
    fputs(text, s->to);
}

static void write_numbers(const stream *s)
{
    for (int64_t i = 0; i < s->out; i++)
        write_number(s, i ? " " : "", output(s, i));
    fputc('\n', s->to);
}

/* ---- events: the elements that are not 0, INDEX or INDEX:VALUE ---- */

static bool is_set(const stream *s, int64_t i)
{
    return s->wide ? ((const double *)s->x)[i] != 0 : ((const float *)s->x)[i] != 0;
}

/* The event at *at, which goes behind it and the blanks there. */
static stream_got read_event(stream *s, const char **at)
{
    char *end;
    const char *word = *at;
    errno = 0;
    long long i = strtoll(word, &end, 10);
    double value = 1;
    if (end == word || !strchr(" \t\r,:", *end))
        return refuse(s, "\"%.*s\" is no event: INDEX, or INDEX:VALUE",
                      (int)strcspn(word, " \t\r,"), word);
    if (errno || i < 0 || i >= s->in)
        return refuse(s, "there is no element %.*s: they are 0 to %lld", (int)(end - word), word,
                      (long long)s->in - 1);
    *at = end;
    if (*end == ':') {
        const char *number = ++*at;
        if (!read_number(s, at, &value) || !strchr(" \t\r,", **at))
            return no_number(s, number);
    }
    if (!isfinite(value))
        return refuse(s, "element %lld is %g: numbers are finite", i, value);
    if (is_set(s, i))
        return refuse(s, "element %lld is there twice", i);
    set(s, i, value);
    *at = skip_blanks(*at);
    if (**at == ',')
        *at = skip_blanks(*at + 1);
    return STREAM_STEP;
}

static stream_got read_events(stream *s)
{
    stream_got found = read_line(s);
    memset(s->x, 0, (size_t)s->in * stream_size(s));
    if (found != STREAM_STEP)
        return found;
    for (const char *at = skip_blanks(s->line); *at && found == STREAM_STEP;)
        found = read_event(s, &at);
    return found;
}

static void write_events(const stream *s)
{
    const char *gap = "";
    for (int64_t i = 0; i < s->out; i++) {
        double y = output(s, i);
        if (y == 0)
            continue;
        char text[32];
        snprintf(text, sizeof text, "%s%lld", gap, (long long)i);
        fputs(text, s->to);
        if (y != 1)
            write_number(s, ":", y);
        gap = " ";
    }
    fputc('\n', s->to);
}

/* ---- raw: numbers of the machine, float32, or float64 in double precision ---- */

static stream_got read_raw(stream *s)
{
    size_t bytes = (size_t)s->in * stream_size(s), count = fread(s->x, 1, bytes, s->from);
    if (ferror(s->from))
        return input_failed(s);
    if (count == 0)
        return STREAM_END;
    if (count < bytes)
        return refuse(s,
                      "the input ends within a step: %zu of its %zu bytes (%lld numbers of "
                      "float%zu) are there",
                      count, bytes, (long long)s->in, 8 * stream_size(s));
    for (int64_t i = 0; i < s->in; i++) {
        double value = s->wide ? ((double *)s->x)[i] : (double)((float *)s->x)[i];
        if (!isfinite(value))
            return refuse(s, "number %lld is %g: numbers are finite", (long long)i + 1, value);
    }
    return STREAM_STEP;
}

static void write_raw(const stream *s)
{
    fwrite(s->y, stream_size(s), (size_t)s->out, s->to);
}

/* ---- all ---- */

static const stream_form forms[] = {
    {"numbers", read_numbers, write_numbers},
    {"events", read_events, write_events},
    {"raw", read_raw, write_raw},
};

const stream_form *stream_form_find(const char *name)
{
    for (int i = 0; i < CLI_COUNT(forms); i++)
        if (strcmp(forms[i].name, name) == 0)
            return &forms[i];
    return NULL;
}

void stream_make_room(stream *s)
{
    enum { DIGITS = 64 }; /* bytes of a line for each number */
    s->capacity = (size_t)s->in * DIGITS + 256;
    s->line = cli_allocate(s->capacity, 1);
    s->x = cli_allocate((size_t)s->in, stream_size(s));
}

void stream_release(stream *s)
{
    free(s->line);
    free(s->x);
}

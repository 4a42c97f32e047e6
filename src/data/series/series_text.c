/* data/series/series_text.c: pieces of text files of series. */
#include "data/series/series_text.h"

#include "base/sentence.h"
#include "format/lines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

text text_trimmed(text t)
{
    while (t.size && blank(*t.at))
        t.at++, t.size--;
    while (t.size && blank(t.at[t.size - 1]))
        t.size--;
    return t;
}

bool text_cut(text *t, char mark, text *piece)
{
    if (!t->at)
        return false;
    const char *end = memchr(t->at, mark, t->size);
    *piece = (text){t->at, end ? (size_t)(end - t->at) : t->size};
    *t = end ? (text){end + 1, t->size - piece->size - 1} : (text){NULL, 0};
    return true;
}

bool text_cut_line(text *t, text *line)
{
    if (!t->at)
        return false;
    const char *end = t->at + t->size, *stop = line_end(t->at, end);
    *line = (text){t->at, (size_t)(stop - t->at)};
    *t = stop < end ? (text){stop + 1, (size_t)(end - stop) - 1} : (text){NULL, 0};
    return true;
}

bool text_line(text *t, int64_t *count, text *line)
{
    while (text_cut_line(t, line)) {
        text bare = text_trimmed(*line);
        ++*count;
        if (bare.size && *bare.at != '#' && *bare.at != '%')
            return true;
    }
    return false;
}

const char *text_shown(text t, char out[48])
{
    return fsnn_shown(out, 48, t.at, t.size);
}

bool text_word(text *t, text *out)
{
    *t = text_trimmed(*t);
    *out = *t;
    if (!t->size)
        return false;
    size_t n = 0;
    while (n < t->size && !blank(t->at[n]))
        n++;
    *out = (text){t->at, n};
    *t = (text){t->at + n, t->size - n};
    return true;
}

bool text_same(text t, const char *name)
{
    return strlen(name) == t.size && strncasecmp(t.at, name, t.size) == 0;
}

int64_t text_count(text t, char mark)
{
    int64_t n = 1;
    for (size_t i = 0; i < t.size; i++)
        n += t.at[i] == mark;
    return n;
}

fsnn_status text_value(const text_place *at, text t, int64_t dimension, int64_t k, float *out)
{
    char number[64], found[48], *end;
    bool good = false;
    t = text_trimmed(t);
    *out = NAN;
    if (text_same(t, "?") || text_same(t, "nan"))
        return FSNN_OK;
    if (t.size && t.size < sizeof number) {
        memcpy(number, t.at, t.size);
        number[t.size] = 0;
        *out = (float)strtod_l(number, &end, at->plain);
        good = end == number + t.size && isfinite(*out);
    }
    if (!good)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s:%lld: \"%s\" is not a number that can be used (dimension %lld, value "
                         "%lld)",
                         at->path, (long long)at->line, text_shown(t, found),
                         (long long)dimension + 1, (long long)k + 1);
    return FSNN_OK;
}

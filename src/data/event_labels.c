/* data/event_labels.c: classes from texts: from names of folders and files, lists and tables. */
#include "data/event_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { CLASS_MOST = 1 << 24 };

static bool whole_number(const char *text, long long *value)
{
    char *end;
    errno = 0;
    *value = strtoll(text, &end, 10);
    return !errno && end != text && !*end;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The different texts in order, all borrowed. */
static char **alphabet(const event_pieces *pieces, int64_t *count)
{
    char **text = fsnn_alloc((size_t)pieces->count * sizeof *text);
    *count = 0;
    if (!text)
        return NULL;
    for (int64_t i = 0; i < pieces->count; i++)
        text[i] = pieces->piece[i].text;
    qsort(text, (size_t)pieces->count, sizeof *text, by_text);
    for (int64_t i = 0; i < pieces->count; i++)
        if (!*count || strcmp(text[i], text[*count - 1]) != 0)
            text[(*count)++] = text[i];
    return text;
}

static fsnn_status by_number(const char *what, event_pieces *pieces, int64_t first)
{
    for (int64_t i = 0; i < pieces->count; i++) {
        long long value;
        whole_number(pieces->piece[i].text, &value);
        if (value < first || value - first >= CLASS_MOST)
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: %s has the class %lld, but classes count from %lld (first_class) "
                             "to %lld",
                             what, pieces->piece[i].path, value, (long long)first,
                             (long long)first + CLASS_MOST - 1);
        pieces->piece[i].label = (int32_t)(value - first);
    }
    return FSNN_OK;
}

static fsnn_status by_alphabet(event_pieces *pieces)
{
    int64_t count;
    char **text = alphabet(pieces, &count);
    if (!text)
        return FSNN_EMEMORY;
    for (int64_t i = 0; i < pieces->count; i++) {
        event_piece *p = &pieces->piece[i];
        char **at = bsearch(&p->text, text, (size_t)count, sizeof *text, by_text);
        p->label = (int32_t)(at - text);
    }
    fsnn_free(text);
    return FSNN_OK;
}

fsnn_status event_labels_settle(const char *what, event_pieces *pieces, int64_t first)
{
    bool numbers = true;
    int64_t texts = 0, without = -1;
    for (int64_t i = 0; i < pieces->count; i++) {
        long long value;
        const char *text = pieces->piece[i].text;
        texts += text != NULL;
        without = text ? without : i;
        numbers = numbers && text && whole_number(text, &value);
    }
    pieces->labelled = texts > 0;
    if (!texts)
        return FSNN_OK;
    if (without >= 0)
        return fsnn_fail(FSNN_EFORMAT, "%s: %s has no class, but other recordings have one", what,
                         pieces->piece[without].path);
    return numbers ? by_number(what, pieces, first) : by_alphabet(pieces);
}

/* ---- patterns of names ---- */

static const char mark[] = "{class}";

/* '*' is any text, {class} a text that is as short as can be and not empty: [*from, *from +
 * *length). */
static bool match(const char *pattern, const char *name, const char **from, size_t *length)
{
    size_t size = sizeof mark - 1;
    if (!*pattern)
        return !*name;
    if (*pattern == '*') {
        for (const char *rest = name;; rest++) {
            if (match(pattern + 1, rest, from, length))
                return true;
            if (!*rest)
                return false;
        }
    }
    if (!strncmp(pattern, mark, size)) {
        for (size_t n = 1; name[n - 1]; n++)
            if (match(pattern + size, name + n, from, length)) {
                *from = name;
                *length = n;
                return true;
            }
        return false;
    }
    return *pattern == *name && match(pattern + 1, name + 1, from, length);
}

int event_pattern_match(const char *pattern, const char *name, char **text)
{
    const char *from = NULL;
    size_t length = 0;
    *text = NULL;
    if (!match(pattern, name, &from, &length))
        return 0;
    if (from)
        *text = fsnn_format("%.*s", (int)length, from);
    return from && !*text ? FSNN_EMEMORY : 1;
}

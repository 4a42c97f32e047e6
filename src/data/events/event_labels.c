/* data/events/event_labels.c: classes from texts: from names of folders and files, lists and
 * tables. */
#include "data/events/event_files.h"

#include "data/class_names.h"

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

/* The different classes of a set, in order. */
typedef struct class
{
    const char *text; /* borrowed */
    long long number;
    int32_t label;
} class;

typedef struct classes {
    const char *what; /* the set's path */
    class *item;      /* [count] */
    int64_t count;
    bool numbers; /* all texts are whole ones */
} classes;

static int by_text(const void *a, const void *b)
{
    return strcmp(((const class *)a)->text, ((const class *)b)->text);
}

static int by_number(const void *a, const void *b)
{
    const class *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

static int (*order(const classes *c))(const void *, const void *)
{
    return c->numbers ? by_number : by_text;
}

/* All texts sorted, each once. */
static fsnn_status list(const event_pieces *pieces, classes *out)
{
    out->item = fsnn_alloc((size_t)pieces->count * sizeof *out->item);
    out->numbers = true;
    if (!out->item)
        return FSNN_EMEMORY;
    for (int64_t i = 0; i < pieces->count; i++) {
        class *c = &out->item[i];
        c->text = pieces->piece[i].text;
        out->numbers = whole_number(c->text, &c->number) && out->numbers;
    }
    qsort(out->item, (size_t)pieces->count, sizeof *out->item, order(out));
    for (int64_t i = 0; i < pieces->count; i++)
        if (!out->count || order(out)(&out->item[i], &out->item[out->count - 1]) != 0)
            out->item[out->count++] = out->item[i];
    return FSNN_OK;
}

static fsnn_status number(classes *c, int64_t first)
{
    for (int64_t i = 0; i < c->count; i++) {
        class *k = &c->item[i];
        if (c->numbers && (k->number < first || k->number - first >= CLASS_MOST))
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: there is the class %lld, but classes count from %lld "
                             "(first_class) to %lld",
                             c->what, k->number, (long long)first,
                             (long long)first + CLASS_MOST - 1);
        k->label = (int32_t)(c->numbers ? k->number - first : i);
    }
    return FSNN_OK;
}

static const class *find(const classes *c, const char *text)
{
    class key = {.text = text};
    if (c->numbers && !whole_number(text, &key.number))
        return NULL;
    return bsearch(&key, c->item, (size_t)c->count, sizeof *c->item, order(c));
}

static fsnn_status unknown(const char *what, const event_piece *piece, const classes *c)
{
    char **known = fsnn_alloc((size_t)c->count * sizeof *known);
    if (!known)
        return FSNN_EMEMORY;
    for (int64_t i = 0; i < c->count; i++)
        known[i] = (char *)(uintptr_t)c->item[i].text;
    fsnn_status status = class_names_fail(what, piece->text, c->what, known, c->count);
    fsnn_free(known);
    return status;
}

/* Names of many numbers would be mostly gaps. */
static fsnn_status name(const classes *c, event_pieces *pieces)
{
    pieces->classes = c->item[c->count - 1].label + 1;
    pieces->unused = c->item[0].label;
    pieces->numbers = c->numbers;
    if (pieces->classes > 2 * c->count + 1024)
        return FSNN_OK;
    pieces->name = fsnn_alloc((size_t)pieces->classes * sizeof *pieces->name);
    if (!pieces->name)
        return FSNN_EMEMORY;
    for (int64_t i = 0; i < c->count; i++)
        if (!(pieces->name[c->item[i].label] = fsnn_strdup(c->item[i].text)))
            return FSNN_EMEMORY;
    return FSNN_OK;
}

static fsnn_status apply(const char *what, const classes *c, event_pieces *pieces)
{
    for (int64_t i = 0; i < pieces->count; i++) {
        const class *k = find(c, pieces->piece[i].text);
        if (!k)
            return unknown(what, &pieces->piece[i], c);
        pieces->piece[i].label = k->label;
    }
    return name(c, pieces);
}

/* Recordings with a class; FSNN_EFORMAT where only some have one. */
static fsnn_status count_texts(const char *what, const event_pieces *pieces, int64_t *texts)
{
    int64_t without = -1;
    *texts = 0;
    for (int64_t i = 0; i < pieces->count; i++) {
        *texts += pieces->piece[i].text != NULL;
        without = pieces->piece[i].text ? without : i;
    }
    if (!*texts || without < 0)
        return FSNN_OK;
    return fsnn_fail(FSNN_EFORMAT, "%s: %s has no class, but other recordings have one", what,
                     pieces->piece[without].path);
}

fsnn_status event_labels_settle(const char *what, event_pieces *pieces, const char *training_what,
                                const event_pieces *training, int64_t first)
{
    int64_t mine, theirs;
    FSNN_TRY(count_texts(what, pieces, &mine));
    FSNN_TRY(count_texts(training_what, training, &theirs));
    pieces->labelled = mine > 0;
    if (!mine)
        return FSNN_OK;
    classes c = {.what = theirs ? training_what : what};
    fsnn_status status = list(theirs ? training : pieces, &c);
    if (status == FSNN_OK)
        status = number(&c, first);
    if (status == FSNN_OK)
        status = apply(what, &c, pieces);
    fsnn_free(c.item);
    return status;
}

/* ---- patterns of names ---- */

static const char mark[] = "{class}";

/* '*' is any text, {class} a text that is as short as can be and not empty: [*from, *from +
 * *length), the first one where there are several. Where a later '*' or {class} can be longer
 * instead, an earlier one need not be: only the last one is tried longer. */
static bool match(const char *pattern, const char *name, const char **from, size_t *length)
{
    const char *rest = NULL, *end = name; /* of the pattern behind the last one; of its text */
    size_t size = sizeof mark - 1, ignored = 0, *longer = &ignored;
    for (;;) {
        if (*pattern == '*') {
            rest = ++pattern;
            end = name;
            longer = &ignored;
        } else if (*name && !strncmp(pattern, mark, size)) {
            longer = *from ? &ignored : length;
            *from = *from ? *from : name;
            *longer = 1;
            rest = pattern += size;
            end = ++name;
        } else if (*pattern == *name) {
            if (!*pattern)
                return true;
            pattern++;
            name++;
        } else if (rest && *end) {
            (*longer)++;
            name = ++end;
            pattern = rest;
        } else {
            return false;
        }
    }
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

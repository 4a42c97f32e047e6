/* data/series/series_classes.c: classes that are met while a text is read, and their order. */
#include "data/series/series_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CLASSES = 4096 };

fsnn_status series_class(fsnn_series *s, const char *path, int64_t line, text name, int32_t *label)
{
    char found[48];
    *label = series_find_class(s, name.at, name.size);
    if (*label >= 0)
        return FSNN_OK;
    if (s->classes == CLASSES)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s:%lld: \"%s\" would be class number %d, which are too many: the column "
                         "must hold classes, not targets of a regression",
                         path, (long long)line, text_shown(name, found), CLASSES + 1);
    *label = (int32_t)s->classes;
    return series_name_class(s, name.at, name.size);
}

/* ---- order of classes: by number where all are numbers, else by name ---- */

typedef struct entry {
    char *name;
    bool numeric;
    double number;
    int64_t before; /* its number as yet */
} entry;

static int by_number(const void *a, const void *b)
{
    const entry *p = a, *q = b;
    return p->number != q->number ? (p->number > q->number) - (p->number < q->number)
                                  : strcmp(p->name, q->name);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const entry *)a)->name, ((const entry *)b)->name);
}

fsnn_status series_sort_classes(fsnn_series *s)
{
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    entry *e = fsnn_alloc(fsnn_bytes(s->classes, sizeof *e));
    int32_t *now = fsnn_alloc(fsnn_bytes(s->classes, sizeof *now));
    bool numeric = true;
    for (int64_t c = 0; plain && e && now && c < s->classes; c++) {
        char *end;
        e[c] = (entry){.name = s->name[c], .before = c};
        e[c].number = strtod_l(e[c].name, &end, plain);
        numeric = numeric && !*end && isfinite(e[c].number);
    }
    if (plain && e && now) {
        qsort(e, (size_t)s->classes, sizeof *e, numeric ? by_number : by_name);
        for (int64_t c = 0; c < s->classes; c++) {
            s->name[c] = e[c].name;
            now[e[c].before] = (int32_t)c;
        }
        for (int64_t i = 0; i < s->count; i++)
            s->labels[i] = now[s->labels[i]];
    }
    fsnn_status status = plain && e && now ? FSNN_OK : FSNN_EMEMORY;
    if (plain)
        freelocale(plain);
    fsnn_free(e);
    fsnn_free(now);
    return status;
}

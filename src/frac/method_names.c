/* Lists of methods for sentences, "gl, l1 or ab": of the table's rows those that can do what the
 * sentence speaks of. */
#include "frac/method.h"

#include <string.h>

/* A list of `count` names on its way. */
typedef struct list {
    char *text;
    size_t size;
    const char *last; /* the word before the last name */
    int at, count;
} list;

static void add(list *l, const char *name)
{
    size_t used = strlen(l->text);
    bool end = ++l->at == l->count;
    snprintf(l->text + used, l->size - used, "%s%s%s%s",
             l->at == 1 ? ""
             : end      ? " "
                        : ", ",
             l->at > 1 && end ? l->last : "", l->at > 1 && end ? " " : "", name);
}

/* Of the fractional methods, then of the integer ones, which stand first in the table. */
const char *frac_method_names(frac_fits_fn *fits, const void *what, const char *last,
                              char text[FRAC_NAMES])
{
    list l = {.text = text, .size = FRAC_NAMES, .last = last};
    *text = 0;
    for (int i = 0; i < frac_methods(); i++) {
        const frac_method *row = frac_method_get((fsnn_method)i);
        l.count += row && fits(row, what);
    }
    for (int integer = 0; integer < 2; integer++)
        for (int i = 0; i < frac_methods(); i++) {
            const frac_method *row = frac_method_get((fsnn_method)i);
            if (row && row->integer == (integer == 1) && fits(row, what))
                add(&l, row->name);
        }
    return text;
}

bool frac_linearised(const frac_method *method, const void *what)
{
    (void)what;
    return method->linearised;
}

bool frac_is_implicit(const frac_method *method, const void *what)
{
    (void)what;
    return method->scheme == FRAC_IMPLICIT;
}

bool frac_is_exact(const frac_method *method, const void *what)
{
    (void)what;
    return method->lweights != NULL;
}

/* `what` is a fsnn_method_group. */
static bool in_group(const frac_method *row, const void *what)
{
    const bool in[FSNN_METHOD_GROUPS] = {[FSNN_METHODS_FRACTIONAL] = !row->integer,
                                         [FSNN_METHODS_INTEGER] = row->integer,
                                         [FSNN_METHODS_IMPLICIT] = row->linearised,
                                         [FSNN_METHODS_TERMS] = row->multiterm && !row->integer};
    fsnn_method_group group = *(const fsnn_method_group *)what;
    return (unsigned)group < FSNN_METHOD_GROUPS && in[group];
}

bool fsnn_method_is(fsnn_method method, fsnn_method_group group)
{
    const frac_method *row = frac_method_get(method);
    return row && in_group(row, &group);
}

const char *fsnn_method_list(fsnn_method_group group, char *text, size_t size)
{
    char whole[FRAC_NAMES];
    if (!text || !size)
        return "";
    snprintf(text, size, "%s", frac_method_names(in_group, &group, "or", whole));
    return text;
}

/* base/names.c: a name that a user gave, in a table of names: its place, or a sentence with all of
 * them and the likeliest. */
#include "base/foreign.h"

#include <string.h>

enum { MOST = 128 };

/* The names of the table, without those that are empty. */
static int list(const char *(*at)(int i), const char *known[MOST])
{
    int count = 0;
    const char *name;
    for (int i = 0; count < MOST && (name = at(i)); i++)
        if (*name)
            known[count++] = name;
    return count;
}

/* "a, b, c", as much of it as there is space for. */
static const char *joined(const char *const *known, int count, char *text, size_t size)
{
    size_t used = 0;
    for (int i = 0; i < count && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", known[i]);
    return text;
}

static int unknown(const char *what, const char *name, const char *(*at)(int i))
{
    const char *known[MOST];
    char all[1024] = "", advice[1024];
    int count = list(at, known);
    const fsnn_foreign_among among = {known, count};
    if (name && fsnn_foreign_advice(name, NULL, &among, advice, sizeof advice))
        return fsnn_fail(FSNN_ENOTFOUND, "there is no %s \"%s\": known are %s; %s", what, name,
                         joined(known, count, all, sizeof all), advice);
    const char *near = name ? fsnn_nearest(name, known, count) : NULL;
    return fsnn_fail(FSNN_ENOTFOUND, "there is no %s \"%s\": known are %s%s%s%s", what,
                     name ? name : "", joined(known, count, all, sizeof all),
                     near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

int fsnn_name_find(const char *what, const char *name, const char *(*at)(int i),
                   const fsnn_alias *also)
{
    const char *row;
    for (int i = 0; name && (row = at(i)); i++)
        if (*row && strcmp(name, row) == 0)
            return i;
    for (; name && also && also->name; also++)
        if (strcmp(name, also->name) == 0)
            return also->value;
    return unknown(what, name, at);
}

/* base/foreign.c: the sentence for a name of another library. */
#include "base/foreign.h"

#include <string.h>
#include <strings.h>

typedef int compare_fn(const char *a, const char *b);

static bool is_among(const fsnn_foreign *row, const fsnn_foreign_among *among)
{
    if (!among)
        return true;
    for (int i = 0; row->ours && i < among->count; i++)
        if (strcmp(row->ours, among->names[i]) == 0)
            return true;
    return false;
}

/* A word that is called so here, too, was not understood where it stands: that it is the same is no
 * advice. */
static bool is_itself(const fsnn_foreign *row, const char *name, const char *value)
{
    return !value && row->ours && strcmp(row->ours, name) == 0;
}

static bool answers(const fsnn_foreign *row, const char *name, const char *value,
                    const fsnn_foreign_among *among, compare_fn *compare)
{
    return compare(row->name, name) == 0 && !row->value == !value &&
           (!value || compare(row->value, value) == 0) && is_among(row, among) &&
           !is_itself(row, name, value);
}

static size_t add(char *text, size_t size, size_t used, const char *part)
{
    if (used < size)
        used += (size_t)snprintf(text + used, size - used, "%s", part);
    return used;
}

void fsnn_foreign_sentence(const fsnn_foreign *row, char *text, size_t size)
{
    snprintf(text, size, "%s's %s%s%s %s%s here: %s", row->library, row->name,
             row->value ? "=" : "", row->value ? row->value : "",
             row->ours ? "is " : "has no counterpart", row->ours ? row->ours : "", row->note);
}

static const char *meant(const char *name, const char *value, const fsnn_foreign_among *among,
                         compare_fn *compare)
{
    const fsnn_foreign *row;
    for (int i = 0; (row = fsnn_foreign_at(i)); i++)
        if (row->ours && answers(row, name, value, among, compare))
            return row->ours;
    return NULL;
}

static bool advise(const char *name, const char *value, const fsnn_foreign_among *among,
                   compare_fn *compare, char *text, size_t size)
{
    const char *ours = meant(name, value, among, compare);
    const fsnn_foreign *row;
    char sentence[512];
    size_t used = 0;
    int count = 0;
    if (ours) {
        used = add(text, size, used, "did you mean \"");
        used = add(text, size, used, ours);
        used = add(text, size, used, "\"? (");
    }
    for (int i = 0; (row = fsnn_foreign_at(i)); i++) {
        if (!answers(row, name, value, among, compare))
            continue;
        used = add(text, size, used, count++ ? "; " : "");
        fsnn_foreign_sentence(row, sentence, sizeof sentence);
        used = add(text, size, used, sentence);
    }
    if (ours)
        add(text, size, used, ")");
    return count > 0;
}

bool fsnn_foreign_advice(const char *name, const char *value, const fsnn_foreign_among *among,
                         char *text, size_t size)
{
    text[0] = 0;
    return advise(name, value, among, strcmp, text, size) ||
           advise(name, value, among, strcasecmp, text, size);
}

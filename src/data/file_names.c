/* data/file_names.c: patterns of file names, conditions on their fields, lists of paths. */
#include "data/file_names.h"

#include "base/error_key.h"
#include "base/port_files.h"
#include "format/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- patterns ---- */

fsnn_status name_pattern_read(const char *text, name_pattern *out)
{
    *out = (name_pattern){.text = text};
    for (const char *p = text; *p; p++) {
        if (*p == '}')
            return fsnn_fail_key(FSNN_EARGUMENT, "pattern",
                                 "the pattern \"%s\" has a } without a {", text);
        if (*p != '{')
            continue;
        size_t n = strcspn(p + 1, "{}/");
        if (p[1 + n] != '}' || !n)
            return fsnn_fail_key(FSNN_EARGUMENT, "pattern",
                                 "the pattern \"%s\" has a { without a name and a } behind it",
                                 text);
        if (out->fields == NAME_FIELDS)
            return fsnn_fail_key(FSNN_EARGUMENT, "pattern",
                                 "the pattern \"%s\" has more than %d fields", text, NAME_FIELDS);
        out->field[out->fields] = p + 1;
        out->length[out->fields++] = (int)n;
        p += n + 1;
    }
    return FSNN_OK;
}

int name_pattern_find(const name_pattern *p, const char *name, int length)
{
    for (int i = 0; i < p->fields; i++)
        if (p->length[i] == length && !memcmp(p->field[i], name, (size_t)length))
            return i;
    return -1;
}

/* The last field takes one character more, which no "/" is; false where there is none. */
static bool longer(name_match *out, int field)
{
    const char *next = out->at[field] + out->length[field];
    if (!*next || *next == '/')
        return false;
    out->length[field]++;
    return true;
}

/* The shortest values, one after the other, that let the rest fit. Where a later field of the same
 * folder can be longer instead, an earlier one need not be: only the last one is tried longer, so
 * the time is at most the path's length times the pattern's. */
bool name_pattern_match(const name_pattern *p, const char *path, name_match *out)
{
    const char *text = p->text, *rest = NULL; /* of the pattern, behind the last field */
    int field = -1;
    for (;;) {
        if (*text == '{' && *path && *path != '/') {
            out->at[++field] = path++;
            out->length[field] = 1;
            text = rest = strchr(text, '}') + 1;
        } else if (*text == *path && !*text) {
            return true;
        } else if (*text == *path && *text != '{') {
            rest = *text == '/' ? NULL : rest;
            text++;
            path++;
        } else if (rest && longer(out, field)) {
            path = out->at[field] + out->length[field];
            text = rest;
        } else {
            return false;
        }
    }
}

/* ---- conditions ---- */

typedef struct condition {
    int field;
    const char *values; /* a|b|0-4 */
    int length;
} condition;

/* Cuts off the next condition; false after the last. field -1: not a field, or no "=". */
static bool next_condition(const name_pattern *p, const char **rest, condition *out)
{
    *rest += strspn(*rest, " ,;");
    size_t n = strcspn(*rest, " ,;"), name = strcspn(*rest, "= ,;");
    if (!n)
        return false;
    out->field = name < n ? name_pattern_find(p, *rest, (int)name) : -1;
    out->values = *rest + name + 1;
    out->length = (int)n - (int)name - 1;
    *rest += n;
    return true;
}

fsnn_status name_condition_check(const name_pattern *p, const char *conditions)
{
    condition c;
    for (const char *rest = conditions; rest && next_condition(p, &rest, &c);)
        if (c.field < 0 || c.length < 1)
            return fsnn_fail_key(
                FSNN_EARGUMENT, "only",
                "the conditions \"%s\" on \"%s\": expected is FIELD=VALUE with a field of "
                "the pattern, values like theo|lucas or 0-4",
                conditions, p->text);
    return FSNN_OK;
}

static bool whole(const char *text, int length, long long *out)
{
    *out = 0;
    for (int i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9' || i > 17)
            return false;
        *out = *out * 10 + (text[i] - '0');
    }
    return length > 0;
}

/* One of the values: the text itself, or a range of whole numbers. */
static bool is(const char *value, int n, const char *text, int length)
{
    long long low, high, x;
    const char *dash = memchr(value, '-', (size_t)n);
    if (n == length && !memcmp(value, text, (size_t)n))
        return true;
    return dash && whole(value, (int)(dash - value), &low) &&
           whole(dash + 1, n - (int)(dash - value) - 1, &high) && whole(text, length, &x) &&
           low <= x && x <= high;
}

static bool holds(const condition *c, const name_match *m)
{
    for (int at = 0; at <= c->length;) {
        const char *value = c->values + at, *bar = memchr(value, '|', (size_t)(c->length - at));
        int n = bar ? (int)(bar - value) : c->length - at;
        if (is(value, n, m->at[c->field], m->length[c->field]))
            return true;
        at += n + 1;
    }
    return false;
}

bool name_condition_holds(const name_pattern *p, const char *conditions, const name_match *m)
{
    condition c;
    for (const char *rest = conditions; rest && next_condition(p, &rest, &c);)
        if (!holds(&c, m))
            return false;
    return true;
}

/* ---- lists ---- */

fsnn_status text_check(const char *path, const uint8_t *bytes, size_t size)
{
    const uint8_t *zero = size ? memchr(bytes, 0, size) : NULL;
    if (!zero)
        return FSNN_OK;
    return fsnn_fail(
        FSNN_EFORMAT,
        "%s: byte %zu is 0: this is no plain text (one of 16 bits a character is saved "
        "as UTF-8 by most editors)",
        path, (size_t)(zero - bytes));
}

fsnn_status name_list_add(name_list *list, const char *text, size_t length)
{
    FSNN_TRY(
        fsnn_grow(&list->item, list->count, &list->capacity, list->count + 1, sizeof *list->item));
    list->item[list->count] = fsnn_format("%.*s", (int)length, text);
    return list->item[list->count] ? (list->count++, FSNN_OK) : FSNN_EMEMORY;
}

static int order(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void name_list_sort(name_list *list)
{
    if (list->count)
        qsort(list->item, (size_t)list->count, sizeof *list->item, order);
}

bool name_list_has(const name_list *list, const char *text)
{
    return list->count &&
           bsearch(&text, list->item, (size_t)list->count, sizeof *list->item, order);
}

void name_list_free(name_list *list)
{
    for (int64_t i = 0; i < list->count; i++)
        fsnn_free(list->item[i]);
    fsnn_free(list->item);
    *list = (name_list){0};
}

fsnn_status name_list_read(name_list *list, const char *path)
{
    uint8_t *bytes;
    size_t size;
    FSNN_TRY(fsnn_file_read(path, &bytes, &size));
    const char *text = (const char *)bytes;
    fsnn_status status = text_check(path, bytes, size);
    for (size_t at = 0; at < size && !status;) {
        size_t n = (size_t)(line_end(text + at, text + size) - text) - at, kept = n;
        while (kept && (text[at + kept - 1] == '\r' || text[at + kept - 1] == ' '))
            kept--;
        if (kept)
            status = name_list_add(list, text + at, kept);
        at += n + 1;
    }
    fsnn_free(bytes);
    name_list_sort(list);
    return status;
}

static fsnn_status walk(name_list *list, const char *folder, const char *below, int depth,
                        const name_pattern *pattern);

/* One entry of a folder: a path to match, or a folder to go into. */
static fsnn_status enter(name_list *list, const char *folder, const char *below, const char *name,
                         int depth, const name_pattern *pattern)
{
    name_match m;
    char *path = fsnn_format("%s%s%s", below, *below ? "/" : "", name);
    fsnn_status status = path ? FSNN_OK : FSNN_EMEMORY;
    if (path && depth)
        status = walk(list, folder, path, depth - 1, pattern);
    else if (path && name_pattern_match(pattern, path, &m))
        status = name_list_add(list, path, strlen(path));
    fsnn_free(path);
    return status;
}

/* What cannot be opened as a folder is no folder; only the first one must be one. */
static fsnn_status walk(name_list *list, const char *folder, const char *below, int depth,
                        const name_pattern *pattern)
{
    port_names names = {0};
    char *path = fsnn_format("%s%s%s", folder, *below ? "/" : "", below);
    fsnn_status status = path ? port_list(path, &names) : FSNN_EMEMORY;
    if (status == FSNN_ENOTFOUND && *below)
        status = FSNN_OK;
    else if (status == FSNN_ENOTFOUND || status == FSNN_EIO)
        status = fsnn_fail(FSNN_EIO, "%s: cannot be read as a folder: %s", path, strerror(errno));
    for (int64_t i = 0; i < names.count && !status; i++)
        status = enter(list, folder, below, names.name[i], depth, pattern);
    port_names_free(&names);
    fsnn_free(path);
    return status;
}

fsnn_status name_list_walk(name_list *list, const char *folder, const name_pattern *pattern)
{
    int depth = 0;
    for (const char *p = pattern->text; *p; p++)
        depth += *p == '/';
    FSNN_TRY(walk(list, folder, "", depth, pattern));
    name_list_sort(list);
    return FSNN_OK;
}

/* model/weights_names.c: the names of arrays in a file of weights beside those of a network's
 * parameters. */
#include "model/weights.h"

#include "net/net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 8, NAME = 96 /* bytes of a name in a sentence */ };

/* What does not fit. */
typedef struct misfits {
    const fsnn_net *net;
    const fsnn_arrays *list;
    const char **params, **arrays; /* all names of either, and how many */
    int param_count;
    FILE *out;
} misfits;

static bool wanted(const misfits *m, const fsnn_param *param)
{
    return !param->neuron && !fsnn_arrays_find(m->list, param->name);
}

static int count_unknown(const misfits *m)
{
    int count = 0;
    for (int i = 0; i < m->list->count; i++)
        count += !fsnn_net_param_find(m->net, m->list->item[i].name);
    return count;
}

static int count_missing(const misfits *m)
{
    int count = 0;
    for (int i = 0; i < m->param_count; i++)
        count += wanted(m, fsnn_net_param(m->net, i));
    return count;
}

/* ---- which name was meant ---- */

static const char *ending(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot ? dot : name;
}

/* The n-th of the missing parameters of this array's shape and ending, where it is the n-th such
 * array: tools that number their layers name them in this order. */
static const char *alike(const misfits *m, const fsnn_array *array)
{
    int before = 0;
    for (const fsnn_array *a = m->list->item; a < array; a++)
        before += !fsnn_net_param_find(m->net, a->name) &&
                  fsnn_shape_equal(&a->shape, &array->shape) &&
                  !strcmp(ending(a->name), ending(array->name));
    for (int i = 0; i < m->param_count; i++) {
        const fsnn_param *param = fsnn_net_param(m->net, i);
        if (wanted(m, param) && fsnn_shape_equal(&param->shape, &array->shape) &&
            !strcmp(ending(param->name), ending(array->name)) && before-- == 0)
            return param->name;
    }
    return NULL;
}

static const char *meant(const misfits *m, const fsnn_array *array)
{
    const char *near = fsnn_nearest(array->name, m->params, m->param_count);
    return near ? near : alike(m, array);
}

/* ---- sentences ---- */

static fsnn_status one_unknown(const misfits *m, const char *path)
{
    const fsnn_array *array = m->list->item;
    while (fsnn_net_param_find(m->net, array->name))
        array++;
    const char *near = meant(m, array);
    return fsnn_fail(FSNN_ENOTFOUND, "%s: the network has no parameter \"%s\"%s%s%s", path,
                     array->name, near ? ", did you mean \"" : "", near ? near : "",
                     near ? "\"?" : "");
}

static fsnn_status one_missing(const misfits *m, const char *path)
{
    int i = 0;
    while (!wanted(m, fsnn_net_param(m->net, i)))
        i++;
    const char *name = fsnn_net_param(m->net, i)->name,
               *near = fsnn_nearest(name, m->arrays, m->list->count),
               *why = fsnn_arrays_unread(m->list, name);
    return fsnn_fail(FSNN_ENOTFOUND, "%s: \"%s\" %s%s%s%s", path, name, why ? why : "is missing",
                     near ? "; the nearest name in the file is \"" : "", near ? near : "",
                     near ? "\"" : "");
}

static void list_unknown(const misfits *m)
{
    int shown = 0;
    for (int i = 0; i < m->list->count; i++) {
        const fsnn_array *array = &m->list->item[i];
        if (fsnn_net_param_find(m->net, array->name) || shown++ >= SHOWN)
            continue;
        const char *near = meant(m, array);
        fprintf(m->out, "%s\"%.*s\"", shown > 1 ? ", " : " ", NAME, array->name);
        if (near)
            fprintf(m->out, " (\"%.*s\"?)", NAME, near);
    }
    if (shown > SHOWN)
        fprintf(m->out, " and %d more", shown - SHOWN);
}

static void list_missing(const misfits *m)
{
    int shown = 0;
    for (int i = 0; i < m->param_count; i++) {
        const char *name = fsnn_net_param(m->net, i)->name, *why;
        if (!wanted(m, fsnn_net_param(m->net, i)) || shown++ >= SHOWN)
            continue;
        fprintf(m->out, "%s\"%.*s\"", shown > 1 ? ", " : " ", NAME, name);
        if ((why = fsnn_arrays_unread(m->list, name)))
            fprintf(m->out, " (%s)", why);
    }
    if (shown > SHOWN)
        fprintf(m->out, " and %d more", shown - SHOWN);
}

static fsnn_status many(misfits *m, const char *path, int unknown, int missing)
{
    char *text = NULL;
    size_t size = 0;
    if (!(m->out = open_memstream(&text, &size)))
        return fsnn_fail(FSNN_EMEMORY, "out of memory");
    if (unknown)
        fprintf(m->out, "%d of its %d arrays are no parameters of the network:", unknown,
                m->list->count);
    if (unknown)
        list_unknown(m);
    if (missing)
        fprintf(m->out, "%s%d of the network's parameters are missing:", unknown ? "; " : "",
                missing);
    if (missing)
        list_missing(m);
    bool failed = ferror(m->out);
    failed = fclose(m->out) != 0 || failed;
    fsnn_status status = failed ? fsnn_fail(FSNN_EMEMORY, "out of memory")
                                : fsnn_fail(FSNN_ENOTFOUND, "%s: %s", path, text);
    free(text);
    return status;
}

static fsnn_status tell(misfits *m, const char *path, int unknown, int missing)
{
    m->params = fsnn_alloc(fsnn_bytes(m->param_count + 1, sizeof *m->params));
    m->arrays = fsnn_alloc(fsnn_bytes(m->list->count + 1, sizeof *m->arrays));
    fsnn_status status = m->params && m->arrays ? FSNN_OK : FSNN_EMEMORY;
    for (int i = 0; status >= 0 && i < m->param_count; i++)
        m->params[i] = fsnn_net_param(m->net, i)->name;
    for (int i = 0; status >= 0 && i < m->list->count; i++)
        m->arrays[i] = m->list->item[i].name;
    if (status >= 0)
        status = unknown > 1 || missing > 1 ? many(m, path, unknown, missing)
                 : unknown                  ? one_unknown(m, path)
                                            : one_missing(m, path);
    fsnn_free(m->params);
    fsnn_free(m->arrays);
    return status;
}

fsnn_status weights_check_names(const fsnn_net *net, const char *path, const fsnn_arrays *list)
{
    misfits m = {.net = net, .list = list, .param_count = fsnn_net_param_count(net)};
    for (int i = 0; i < list->count; i++)
        if (fsnn_arrays_find(list, list->item[i].name) != &list->item[i])
            return fsnn_fail(FSNN_EFORMAT, "%s: \"%s\" is there twice", path, list->item[i].name);
    int unknown = count_unknown(&m), missing = count_missing(&m);
    return unknown || missing ? tell(&m, path, unknown, missing) : FSNN_OK;
}

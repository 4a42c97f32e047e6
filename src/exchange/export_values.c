/* exchange/export_values.c: values of a network's parameters, and arrays and texts in a graph. */
#include "exchange/export.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void export_refuse(exporter *ex, int node, const char *format, ...)
{
    char why[512];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    if (!ex->failed)
        ex->failed = fsnn_fail(FSNN_EUNSUPPORTED, "%s \"%s\": %s", ex->entry[node].info.kind,
                               ex->entry[node].info.name, why);
}

static void settle(exporter *ex, int item)
{
    if (item < 0 && !ex->failed)
        ex->failed = (fsnn_status)item;
}

double *export_param(exporter *ex, int node, const char *name, int64_t *count)
{
    const fsnn_node_info *info = &ex->entry[node].info;
    char *full = fsnn_format("%s.%s", *info->shares ? info->shares : info->name, name);
    const fsnn_param *param = full ? fsnn_net_param_find(ex->net, full) : NULL;
    if (!full)
        ex->failed = FSNN_EMEMORY;
    fsnn_free(full);
    if (!param)
        return NULL;
    *count = fsnn_shape_count(&param->shape);
    double *value = fsnn_alloc((size_t)*count * sizeof *value);
    for (int64_t i = 0; value && i < *count; i++)
        value[i] = param->value64 ? param->value64[i] : (double)param->value[i];
    if (!value)
        ex->failed = FSNN_EMEMORY;
    return value;
}

double *export_each(exporter *ex, int node, const char *name, double otherwise)
{
    const fsnn_shape *shape = &ex->entry[node].info.shape;
    const int64_t n = fsnn_shape_count(shape);
    int64_t count = 1;
    double *some = export_param(ex, node, name, &count), *all = fsnn_alloc((size_t)n * sizeof *all);
    const int64_t share = n / count; /* of a channel, which is the first dimension */
    for (int64_t i = 0; all && i < n; i++)
        all[i] = some ? some[i / share] : otherwise;
    if (!all)
        ex->failed = FSNN_EMEMORY;
    fsnn_free(some);
    return all;
}

bool export_starts(exporter *ex, int node, const fsnn_neuron *o)
{
    const bool single = fsnn_net_precision(ex->net) == FSNN_PRECISION_SINGLE;
    const int64_t n = fsnn_shape_count(&ex->entry[node].info.shape);
    double *v0 = export_each(ex, node, "v0", o->v0),
           *rest = export_each(ex, node, "rest", o->rest.value);
    bool differ = o->start.draw != 0;
    for (int64_t i = 0; v0 && rest && i < n; i++)
        differ = differ || (single ? (float)v0[i] != (float)rest[i] : v0[i] != rest[i]);
    fsnn_free(v0);
    fsnn_free(rest);
    return differ;
}

void export_array(exporter *ex, int group, const char *name, const fsnn_shape *shape, double *value)
{
    bool single = fsnn_net_precision(ex->net) == FSNN_PRECISION_SINGLE;
    const int64_t count = fsnn_shape_count(shape);
    if (!value)
        return;
    /* what a reader sees is what a second reading gives */
    for (int64_t i = 0; single && i < count; i++)
        value[i] = (double)(float)value[i];
    settle(ex, hdf_add_reals(&ex->nir->tree, group, name, shape->rank, shape->dim, value, single));
    fsnn_free(value);
}

void export_sizes(exporter *ex, int group, const char *name, int dims, const int64_t *value)
{
    const int64_t count = dims;
    settle(ex, hdf_add_wholes(&ex->nir->tree, group, name, 1, &count, value));
}

void export_size(exporter *ex, int group, const char *name, int64_t value)
{
    settle(ex, hdf_add_wholes(&ex->nir->tree, group, name, 0, NULL, &value));
}

void export_number(exporter *ex, int group, const char *name, double value)
{
    settle(ex, hdf_add_reals(&ex->nir->tree, group, name, 0, NULL, &value, false));
}

void export_text(exporter *ex, int group, const char *name, const char *value)
{
    settle(ex, hdf_add_text(&ex->nir->tree, group, name, value));
}

int export_group(exporter *ex, int group, const char *name)
{
    int at = hdf_add_group(&ex->nir->tree, group, name);
    settle(ex, at);
    return at < 0 ? 0 : at;
}

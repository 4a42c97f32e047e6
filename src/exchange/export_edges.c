/* exchange/export_edges.c: edges between the nodes of a graph: the sources of each node, with the
 * sources of aliases in their place. NIR has an edge once: of a source that is added several times,
 * a node Scale multiplies it. */
#include "exchange/export.h"

#include <string.h>

typedef struct sources {
    int *node;
    int count;
    int64_t capacity;
} sources;

static fsnn_status add_source(sources *list, int node)
{
    FSNN_TRY(fsnn_grow(&list->node, list->count, &list->capacity, list->count + 1, sizeof(int)));
    list->node[list->count++] = node;
    return FSNN_OK;
}

static fsnn_status gather(const exporter *ex, int node, sources *list, int depth)
{
    if (depth > ex->count)
        return fsnn_fail(FSNN_EUNSUPPORTED, "a loop of the network has no neuron and no weight");
    for (int k = 0, at; (at = export_source(ex, node, k)) >= 0; k++) {
        if (ex->entry[at].role == EXPORT_ALIAS)
            FSNN_TRY(gather(ex, at, list, depth + 1));
        else
            FSNN_TRY(add_source(list, at));
    }
    return FSNN_OK;
}

fsnn_status export_edge(exporter *ex, const char *from, const char *to)
{
    fsnn_status status = FSNN_OK;
    texts *list[2] = {&ex->from, &ex->to};
    const char *name[2] = {from, to};
    for (int i = 0; i < 2 && !status; i++) {
        status = fsnn_grow(&list[i]->line, list[i]->count, &list[i]->capacity, list[i]->count + 1,
                           sizeof(char *));
        char *copy = status ? NULL : fsnn_strdup(name[i]);
        if (!status && !copy)
            status = FSNN_EMEMORY;
        if (copy)
            list[i]->line[list[i]->count++] = copy;
    }
    return status;
}

/* from -> Scale of `times` -> to. */
static fsnn_status add_multiple(exporter *ex, int from, const char *to, int times)
{
    const fsnn_shape *shape = &ex->entry[from].info.shape;
    const int64_t n = fsnn_shape_count(shape);
    char *name = fsnn_format("%s_times_%d_%d", ex->entry[from].name, times, ex->from.count);
    double *factor = fsnn_alloc((size_t)n * sizeof *factor);
    if (!name || !factor) {
        fsnn_free(name);
        fsnn_free(factor);
        return FSNN_EMEMORY;
    }
    for (int64_t i = 0; i < n; i++)
        factor[i] = times;
    int group = export_group(ex, ex->nodes_group, name);
    export_text(ex, group, "type", "Scale");
    export_array(ex, group, "scale", shape, factor);
    fsnn_status status = export_edge(ex, ex->entry[from].name, name);
    if (!status)
        status = export_edge(ex, name, to);
    fsnn_free(name);
    return status ? status : ex->failed;
}

static fsnn_status add_edges(exporter *ex, const sources *list, const char *to)
{
    for (int i = 0; i < list->count; i++) {
        int times = 0;
        bool seen = false;
        for (int k = 0; k < list->count; k++) {
            times += list->node[k] == list->node[i];
            seen = seen || (k < i && list->node[k] == list->node[i]);
        }
        if (seen)
            continue;
        if (times > 1)
            FSNN_TRY(add_multiple(ex, list->node[i], to, times));
        else
            FSNN_TRY(export_edge(ex, ex->entry[list->node[i]].name, to));
    }
    return FSNN_OK;
}

/* The node whose output is the network's. */
static fsnn_status output_edges(exporter *ex, const char *name)
{
    int node = fsnn_net_output_node(ex->net, NULL);
    sources list = {0};
    fsnn_status status = node < 0                               ? (fsnn_status)node
                         : ex->entry[node].role == EXPORT_ALIAS ? gather(ex, node, &list, 0)
                                                                : add_source(&list, node);
    if (!status)
        status = add_edges(ex, &list, name);
    fsnn_free(list.node);
    return status;
}

static fsnn_status write_edges(exporter *ex, int root)
{
    const int64_t dim[2] = {ex->from.count, 2};
    const char **pair = fsnn_alloc((size_t)(ex->from.count + 1) * 2 * sizeof *pair);
    for (int i = 0; pair && i < ex->from.count; i++) {
        pair[2 * i] = ex->from.line[i];
        pair[2 * i + 1] = ex->to.line[i];
    }
    int at = pair ? hdf_add_texts(&ex->nir->tree, root, "edges", 2, dim, pair) : FSNN_EMEMORY;
    fsnn_free(pair);
    return at < 0 ? (fsnn_status)at : FSNN_OK;
}

fsnn_status export_edges(exporter *ex)
{
    for (int i = 1; i < ex->count; i++) {
        sources list = {0};
        fsnn_status status =
            ex->entry[i].role == EXPORT_NODE ? gather(ex, ex->entry[i].first, &list, 0) : FSNN_OK;
        char *to = fsnn_format("%s%s", ex->entry[i].name,
                               export_expands(ex, i) ? "_drive"
                               : ex->entry[i].many   ? "_in"
                                                     : "");
        if (!status)
            status = to ? add_edges(ex, &list, to) : FSNN_EMEMORY;
        fsnn_free(to);
        fsnn_free(list.node);
        FSNN_TRY(status);
    }
    FSNN_TRY(output_edges(ex, "output"));
    return write_edges(ex, ex->nir->tree.item[ex->nodes_group].parent);
}

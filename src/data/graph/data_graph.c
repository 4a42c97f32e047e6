/* data/graph/data_graph.c: the nodes of a graph as samples, in three parts that share their
 * numbers. */
#include "base/error_key.h"
#include "data/graph/graph.h"
#include "data/store.h"

#include <string.h>

/* All nodes as one data set; nodes without class have class 0 here, no part holds them. */
static fsnn_status all_nodes(const fsnn_graph *g, const fsnn_graph_options *o, const int8_t *part,
                             fsnn_data **out)
{
    int64_t columns;
    fsnn_array x = {.dtype = FSNN_F32};
    float *values;
    FSNN_TRY(fsnn_graph_features(g, o, part, &values, &columns));
    x.data = values;
    x.shape = FSNN_SHAPE(g->nodes, columns);
    int32_t *label = fsnn_alloc((size_t)g->nodes * sizeof *label);
    if (!label) {
        fsnn_free(values);
        return FSNN_EMEMORY;
    }
    for (int64_t i = 0; i < g->nodes; i++)
        label[i] = g->label[i] < 0 ? 0 : g->label[i];
    fsnn_array y = {.dtype = FSNN_I32, .shape = FSNN_SHAPE(g->nodes), .data = label};
    store_source source = {.what = "features of the graph",
                           .x = &x,
                           .y_what = "classes of the graph",
                           .y = &y,
                           .divisor = 1,
                           .fault = FSNN_EFORMAT};
    fsnn_status status = store_create(&source, out);
    fsnn_free(x.data); /* NULL when it was taken over */
    fsnn_free(label);
    if (!status && (*out)->store->classes < g->classes)
        (*out)->store->classes = g->classes;
    return status;
}

static fsnn_status pick(const fsnn_data *all, const int8_t *part, int which, fsnn_data **out)
{
    int64_t n = 0;
    for (int64_t i = 0; i < all->count; i++)
        n += part[i] == which;
    if (!n)
        return FSNN_OK;
    int64_t *row = fsnn_alloc((size_t)n * sizeof *row);
    if (!row)
        return FSNN_EMEMORY;
    n = 0;
    for (int64_t i = 0; i < all->count; i++)
        if (part[i] == which)
            row[n++] = i;
    return store_subset(all, row, n, out);
}

/* ---- the whole graph as one sample ---- */

typedef struct whole {
    float *values; /* [size] */
    size_t size;
} whole;

static fsnn_status fetch(const fsnn_data *data, int64_t row, float *x)
{
    (void)row; /* parts differ in their labels alone */
    const whole *w = data->store->more;
    memcpy(x, w->values, w->size * sizeof *x);
    return FSNN_OK;
}

static void release(void *more)
{
    whole *w = more;
    if (w)
        fsnn_free(w->values);
    fsnn_free(w);
}

/* label [FSNN_PARTS, nodes] */
static void mask(const fsnn_graph *g, const int8_t *part, int32_t *label)
{
    for (int p = 0; p < FSNN_PARTS; p++)
        for (int64_t i = 0; i < g->nodes; i++)
            label[p * g->nodes + i] = part[i] == p ? g->label[i] : FSNN_UNLABELLED;
}

/* Rows of the data set are the parts. */
static fsnn_status whole_graph(const fsnn_graph *g, const fsnn_graph_options *o, const int8_t *part,
                               fsnn_data **out)
{
    int64_t columns;
    whole *w = fsnn_alloc(sizeof *w);
    int32_t *label = fsnn_alloc((size_t)(FSNN_PARTS * g->nodes) * sizeof *label);
    fsnn_status status = w && label ? FSNN_OK : FSNN_EMEMORY;
    if (!status)
        status = fsnn_graph_features(g, o, part, &w->values, &columns);
    if (!status) {
        w->size = (size_t)(g->nodes * columns);
        mask(g, part, label);
        const store_lazy lazy = {.rows = FSNN_PARTS,
                                 .shape = FSNN_SHAPE(g->nodes, columns),
                                 .labels = label,
                                 .places = g->nodes,
                                 .classes = g->classes,
                                 .more = w,
                                 .release = release,
                                 .fetch = fetch};
        status = store_create_lazy(&lazy, out);
    } else {
        release(w);
    }
    fsnn_free(label);
    return status;
}

/* The row of a part that has nodes. */
static fsnn_status pick_part(const fsnn_graph *g, const fsnn_data *all, const int8_t *part,
                             int which, fsnn_data **out)
{
    int64_t n = 0;
    for (int64_t i = 0; i < g->nodes; i++)
        n += part[i] == which;
    if (!n)
        return FSNN_OK;
    int64_t *row = fsnn_alloc(sizeof *row);
    if (!row)
        return FSNN_EMEMORY;
    *row = which;
    return store_subset(all, row, 1, out);
}

/* ---- all of it ---- */

fsnn_status fsnn_data_graph(const fsnn_graph *graph, const fsnn_graph_options *options,
                            fsnn_data *part[FSNN_PARTS])
{
    if (!graph || !options || !part)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_data_graph needs a graph, options and places for its parts");
    for (int p = 0; p < FSNN_PARTS; p++)
        part[p] = NULL;
    int8_t *of = fsnn_alloc((size_t)graph->nodes);
    if (!of)
        return FSNN_EMEMORY;
    fsnn_data *all = NULL;
    fsnn_status status = fsnn_fail_in(fsnn_graph_split_nodes(graph, &options->split, of), "split");
    if (!status)
        status = (options->whole ? whole_graph : all_nodes)(graph, options, of, &all);
    for (int p = 0; p < FSNN_PARTS && !status; p++)
        status =
            options->whole ? pick_part(graph, all, of, p, &part[p]) : pick(all, of, p, &part[p]);
    fsnn_data_destroy(all);
    fsnn_free(of);
    for (int p = 0; p < FSNN_PARTS && status; p++) {
        fsnn_data_destroy(part[p]);
        part[p] = NULL;
    }
    return status;
}

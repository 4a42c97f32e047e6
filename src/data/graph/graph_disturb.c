/* data/graph/graph_disturb.c: disturbances of a graph itself: features that are lost, edges that
 * are lost. Whether an entry goes is a function of (seed, draw, what it is), not of the order
 * things are kept in, so that what is lost at an amount is lost at every larger one. Time linear
 * in entries and edges. */
#include "data/graph/graph.h"
#include "data/store.h"

#include <string.h>

typedef struct loss {
    double share;
    uint64_t seed, draw;
} loss;

static bool lost(const loss *l, uint64_t stream, int64_t row, int64_t width, int64_t column)
{
    return fsnn_random_uniform(l->seed, stream + l->draw, (uint64_t)(row * width + column)) <
           l->share;
}

/* Entries of X [nodes, features], each by itself. */
static void mask_features(const loss *l, fsnn_graph *g)
{
    int64_t kept = 0, first = 0;
    for (int64_t i = 0; i < g->nodes; i++) {
        int64_t end = g->feature_start[i + 1];
        for (int64_t e = first; e < end; e++) {
            if (lost(l, STORE_STREAM_MASK, i, g->features, g->feature[e]))
                continue;
            g->feature[kept] = g->feature[e];
            g->value[kept++] = g->value[e];
        }
        first = end;
        g->feature_start[i + 1] = kept;
    }
}

/* Undirected edges, each by itself: both directions go. */
static void drop_edges(const loss *l, fsnn_graph *g)
{
    int64_t kept = 0, first = 0;
    for (int64_t i = 0; i < g->nodes; i++) {
        int64_t end = g->edge_start[i + 1];
        for (int64_t e = first; e < end; e++) {
            int64_t j = g->neighbour[e], low = i < j ? i : j, high = i < j ? j : i;
            if (!lost(l, STORE_STREAM_EDGES, low, g->nodes, high))
                g->neighbour[kept++] = (int32_t)j;
        }
        first = end;
        g->edge_start[i + 1] = kept;
    }
    g->edges = kept / 2;
}

static void (*const disturb[FSNN_PERTURBS])(const loss *l, fsnn_graph *g) = {
    [FSNN_PERTURB_FEATURE_MASK] = mask_features,
    [FSNN_PERTURB_EDGE_DROP] = drop_edges,
};

/* A copy of `size` bytes; one byte beyond them keeps empty lists valid pointers. */
static void *copy(const void *from, size_t size)
{
    void *to = fsnn_alloc(size + 1);
    if (to && size)
        memcpy(to, from, size);
    return to;
}

static fsnn_status duplicate(const fsnn_graph *g, fsnn_graph **out)
{
    fsnn_graph *c = copy(g, sizeof *g);
    if (!c)
        return FSNN_EMEMORY;
    size_t nodes = (size_t)g->nodes, ends = (nodes + 1) * sizeof(int64_t);
    size_t entries = (size_t)g->feature_start[nodes], neighbours = (size_t)(2 * g->edges);
    c->edge_start = copy(g->edge_start, ends);
    c->neighbour = copy(g->neighbour, neighbours * sizeof *g->neighbour);
    c->feature_start = copy(g->feature_start, ends);
    c->feature = copy(g->feature, entries * sizeof *g->feature);
    c->value = copy(g->value, entries * sizeof *g->value);
    c->label = copy(g->label, nodes * sizeof *g->label);
    bool all =
        c->edge_start && c->neighbour && c->feature_start && c->feature && c->value && c->label;
    for (int p = 0; p < FSNN_PARTS; p++) {
        c->part[p] =
            g->part[p] ? copy(g->part[p], (size_t)g->part_count[p] * sizeof *g->part[p]) : NULL;
        all = all && (c->part[p] || !g->part[p]);
    }
    if (all)
        *out = c;
    else
        fsnn_graph_destroy(c);
    return all ? FSNN_OK : FSNN_EMEMORY;
}

fsnn_status fsnn_graph_disturb(const fsnn_graph *graph, const fsnn_perturbation *list, int count,
                               uint64_t seed, uint64_t draw, fsnn_graph **disturbed)
{
    if (!graph || !disturbed || count < 0 || (count && !list))
        return fsnn_fail(
            FSNN_EARGUMENT,
            "fsnn_graph_disturb needs a graph, a list and a place for the other graph");
    *disturbed = NULL;
    for (int i = 0; i < count; i++) {
        FSNN_TRY(fsnn_perturb_check(&list[i]));
        if (!fsnn_perturb_of_graph(list[i].kind))
            return fsnn_fail(FSNN_EARGUMENT,
                             "%s acts on samples, not on the graph they come from: fsnn_perturb "
                             "and loaders do that",
                             fsnn_perturb_name(list[i].kind));
    }
    FSNN_TRY(duplicate(graph, disturbed));
    for (int i = 0; i < count; i++)
        disturb[list[i].kind](&(loss){list[i].amount, seed, draw}, *disturbed);
    return FSNN_OK;
}

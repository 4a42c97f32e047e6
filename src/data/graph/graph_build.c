/* data/graph/graph_build.c: what readers of graphs share once they have numbers: neighbours from
 * pairs of nodes, the nodes of a part. */
#include "data/graph/graph.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int ascending(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* Puts the rows in order, each neighbour once; at[i] is where row i ends before. */
static void tidy(fsnn_graph *g, const int64_t *at, int32_t repeated[2])
{
    int64_t kept = 0;
    for (int64_t i = 0; i < g->nodes; i++) {
        int64_t first = g->edge_start[i];
        int32_t *row = g->neighbour + first;
        qsort(row, (size_t)(at[i] - first), sizeof *row, ascending);
        g->edge_start[i] = kept;
        for (int64_t k = 0; k < at[i] - first; k++) {
            int32_t other = row[k]; /* kept never passes row + k */
            if (kept == g->edge_start[i] || g->neighbour[kept - 1] != other) {
                g->neighbour[kept++] = other;
            } else if (repeated[0] < 0) {
                repeated[0] = (int32_t)i;
                repeated[1] = other;
            }
        }
    }
    g->edge_start[g->nodes] = kept;
    g->edges = kept / 2;
}

fsnn_status graph_connect(fsnn_graph *g, int32_t (*pair)[2], int64_t count, int32_t repeated[2])
{
    size_t n = (size_t)g->nodes + 1;
    repeated[0] = repeated[1] = -1;
    g->edge_start = fsnn_alloc(n * sizeof *g->edge_start);
    g->neighbour = fsnn_alloc((size_t)(2 * count + 1) * sizeof *g->neighbour);
    int64_t *at = fsnn_alloc(n * sizeof *at);
    if (!g->edge_start || !g->neighbour || !at) {
        fsnn_free(at);
        return FSNN_EMEMORY;
    }
    for (int64_t e = 0; e < count; e++)
        for (int side = 0; side < 2; side++)
            g->edge_start[pair[e][side] + 1]++;
    for (int64_t i = 0; i < g->nodes; i++)
        g->edge_start[i + 1] += g->edge_start[i];
    memcpy(at, g->edge_start, n * sizeof *at);
    for (int64_t e = 0; e < count; e++)
        for (int side = 0; side < 2; side++)
            g->neighbour[at[pair[e][side]]++] = pair[e][1 - side];
    tidy(g, at, repeated);
    fsnn_free(at);
    return FSNN_OK;
}

fsnn_status graph_feature_reserve(fsnn_graph *g, int64_t count)
{
    g->feature_start = fsnn_alloc((size_t)(g->nodes + 1) * sizeof *g->feature_start);
    g->feature = fsnn_alloc((size_t)(count + 1) * sizeof *g->feature);
    g->value = fsnn_alloc((size_t)(count + 1) * sizeof *g->value);
    return g->feature_start && g->feature && g->value ? FSNN_OK : FSNN_EMEMORY;
}

bool graph_finite(double value)
{
    return fabs(value) <= FLT_MAX;
}

fsnn_status graph_part_reserve(fsnn_graph *g, int part)
{
    g->part[part] = fsnn_alloc((size_t)g->nodes * sizeof *g->part[part]);
    return g->part[part] ? FSNN_OK : FSNN_EMEMORY;
}

const char *graph_part_add(fsnn_graph *g, int part, int64_t node, int8_t *assigned)
{
    if (assigned[node])
        return "a node that is already in a part";
    if (g->label[node] < 0)
        return "a node without class";
    assigned[node] = 1;
    g->part[part][g->part_count[part]++] = (int32_t)node;
    return NULL;
}

void graph_part_sort(fsnn_graph *g, int part)
{
    qsort(g->part[part], (size_t)g->part_count[part], sizeof *g->part[part], ascending);
}

fsnn_status graph_finish(fsnn_status status, fsnn_graph *g, fsnn_graph **graph)
{
    if (status < 0)
        fsnn_graph_destroy(g);
    else
        *graph = g;
    return status;
}

void fsnn_graph_destroy(fsnn_graph *g)
{
    if (!g)
        return;
    fsnn_free(g->edge_start);
    fsnn_free(g->neighbour);
    fsnn_free(g->feature_start);
    fsnn_free(g->feature);
    fsnn_free(g->value);
    fsnn_free(g->label);
    for (int p = 0; p < FSNN_PARTS; p++)
        fsnn_free(g->part[p]);
    fsnn_free(g);
}

/* data/graph/graph_matrix.c: the propagation matrix of a graph, and its product with dense rows. */
#include "data/graph/graph.h"

#include <math.h>
#include <string.h>

static double entry(fsnn_propagation kind, double mine, double theirs)
{
    if (kind == FSNN_PROPAGATE_NONE)
        return 1;
    if (kind == FSNN_PROPAGATE_ROW)
        return mine > 0 ? 1 / mine : 0;
    return mine > 0 && theirs > 0 ? 1 / sqrt(mine * theirs) : 0;
}

static void put(fsnn_graph_matrix *s, int64_t at, int64_t column, double weight)
{
    s->column[at] = (int32_t)column;
    s->weight[at] = (float)weight;
    s->exact[at] = weight;
}

static void fill(const fsnn_graph *g, fsnn_propagation kind, bool loops, bool counted,
                 fsnn_graph_matrix *s)
{
    int64_t more = loops && counted;
    for (int64_t i = 0; i < g->nodes; i++) {
        int64_t at = s->start[i], first = g->edge_start[i], n = g->edge_start[i + 1] - first;
        double mine = (double)(n + more);
        bool placed = !loops; /* the loop stands where it keeps the columns increasing */
        for (int64_t e = 0; e <= n; e++) {
            int64_t j = e < n ? g->neighbour[first + e] : INT64_MAX;
            if (!placed && j > i) {
                put(s, at++, i, entry(kind, mine, mine));
                placed = true;
            }
            if (e == n)
                break;
            put(s, at++, j,
                entry(kind, mine, (double)(g->edge_start[j + 1] - g->edge_start[j] + more)));
        }
        s->start[i + 1] = at;
    }
}

fsnn_status fsnn_graph_propagation(const fsnn_graph *g, fsnn_propagation kind, bool self_loops,
                                   bool count_loops, fsnn_graph_matrix *matrix)
{
    if (!g || !matrix || (unsigned)kind > FSNN_PROPAGATE_NONE)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_graph_propagation needs a graph, a place for the matrix and a kind "
                         "(sym, row or none)");
    size_t entries = (size_t)(2 * g->edges + (self_loops ? g->nodes : 0));
    *matrix = (fsnn_graph_matrix){
        .nodes = g->nodes,
        .start = fsnn_alloc((size_t)(g->nodes + 1) * sizeof *matrix->start),
        .column = fsnn_alloc((entries + 1) * sizeof *matrix->column),
        .weight = fsnn_alloc((entries + 1) * sizeof *matrix->weight),
        .exact = fsnn_alloc((entries + 1) * sizeof *matrix->exact),
    };
    if (!matrix->start || !matrix->column || !matrix->weight || !matrix->exact) {
        fsnn_graph_matrix_free(matrix);
        return FSNN_EMEMORY;
    }
    fill(g, kind, self_loops, count_loops, matrix);
    return FSNN_OK;
}

void fsnn_graph_matrix_free(fsnn_graph_matrix *matrix)
{
    if (!matrix)
        return;
    fsnn_free(matrix->start);
    fsnn_free(matrix->column);
    fsnn_free(matrix->weight);
    fsnn_free(matrix->exact);
    *matrix = (fsnn_graph_matrix){0};
}

typedef struct product {
    const fsnn_graph_matrix *s;
    const float *x; /* [nodes, columns] */
    int64_t columns;
    float *y;
} product;

static void rows(int64_t begin, int64_t end, void *user)
{
    const product *p = user;
    int64_t n = p->columns;
    for (int64_t i = begin; i < end; i++) {
        float *restrict y = p->y + i * n;
        memset(y, 0, (size_t)n * sizeof *y);
        for (int64_t e = p->s->start[i]; e < p->s->start[i + 1]; e++) {
            const float *x = p->x + p->s->column[e] * n;
            float w = p->s->weight[e];
#pragma omp simd
            for (int64_t c = 0; c < n; c++)
                y[c] += w * x[c];
        }
    }
}

void graph_multiply(const fsnn_graph_matrix *s, const float *x, int64_t columns, float *y)
{
    product p = {s, x, columns, y};
    fsnn_parallel_range(s->nodes, 64, rows, &p);
}

/* data/graph/graph_walk.c: return probabilities of random walks. With S = D^-1/2 A D^-1/2, which is
 * symmetric, (D^-1 A)^s and S^s have the same diagonal, and with y_a = S^a e_i
 *
 *     p_ii(2a) = y_a . y_a,    p_ii(2a + 1) = y_a . y_{a+1},
 *
 * so that count/2 products are enough. LANES nodes at a time. Time O(nodes edges count / LANES)
 * vector operations, memory two blocks [nodes, LANES] a thread. */
#include "data/graph/graph.h"

#include <string.h>

enum { LANES = 16 };

typedef struct walk {
    const fsnn_graph_matrix *s;
    int64_t count;
    float *encoding; /* [nodes, count] */
    double *space;   /* [threads, 2, nodes, LANES] */
} walk;

static void step(const fsnn_graph_matrix *s, const double *x, double *y)
{
    for (int64_t i = 0; i < s->nodes; i++) {
        double sum[LANES] = {0};
        for (int64_t e = s->start[i]; e < s->start[i + 1]; e++) {
            const double *from = x + (int64_t)s->column[e] * LANES;
            double w = s->weight[e];
            for (int k = 0; k < LANES; k++)
                sum[k] += w * from[k];
        }
        memcpy(y + i * LANES, sum, sizeof sum);
    }
}

static void dot(int64_t nodes, const double *x, const double *y, double out[LANES])
{
    memset(out, 0, LANES * sizeof *out);
    for (int64_t i = 0; i < nodes; i++)
        for (int k = 0; k < LANES; k++)
            out[k] += x[i * LANES + k] * y[i * LANES + k];
}

static void put(const walk *w, int64_t first, int64_t steps, const double p[LANES])
{
    if (steps < 1 || steps > w->count)
        return;
    for (int64_t k = 0; k < LANES && first + k < w->s->nodes; k++)
        w->encoding[(first + k) * w->count + steps - 1] = (float)p[k];
}

static void block(int64_t number, int worker, void *user)
{
    const walk *w = user;
    int64_t nodes = w->s->nodes, first = number * LANES, size = nodes * LANES;
    double *x = w->space + (int64_t)worker * 2 * size, *y = x + size, p[LANES];
    memset(x, 0, (size_t)size * sizeof *x);
    for (int64_t k = 0; k < LANES && first + k < nodes; k++)
        x[(first + k) * LANES + k] = 1;
    for (int64_t a = 0; 2 * a < w->count; a++) {
        step(w->s, x, y);
        dot(nodes, x, y, p);
        put(w, first, 2 * a + 1, p);
        dot(nodes, y, y, p);
        put(w, first, 2 * a + 2, p);
        double *other = x;
        x = y;
        y = other;
    }
}

fsnn_status fsnn_graph_walk(const fsnn_graph *graph, int64_t count, float *encoding)
{
    if (!graph || !encoding || count < 1)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_graph_walk needs a graph, at least one step (%lld) and a place for "
                         "the encoding",
                         (long long)count);
    fsnn_graph_matrix s;
    FSNN_TRY(fsnn_graph_propagation(graph, FSNN_PROPAGATE_SYM, false, false, &s));
    walk w = {.s = &s, .count = count, .encoding = encoding};
    w.space =
        fsnn_alloc((size_t)fsnn_threads() * 2 * (size_t)graph->nodes * LANES * sizeof(double));
    fsnn_status status = w.space ? FSNN_OK : FSNN_EMEMORY;
    if (!status)
        fsnn_parallel((graph->nodes + LANES - 1) / LANES, block, &w);
    fsnn_free(w.space);
    fsnn_graph_matrix_free(&s);
    return status;
}

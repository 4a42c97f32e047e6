/* data/graph/graph_features.c: what the samples of a graph's nodes are: features along the edges,
 * encodings, normalisation; the same of a disturbed graph. Time O(hops edges features), memory two
 * dense copies. */
#include "base/error_key.h"
#include "data/graph/graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

fsnn_graph_options fsnn_graph_options_default(void)
{
    return (fsnn_graph_options){
        .hops = 1,
        .self_loops = true,
        .count_loops = true,
        .split = {.train = 0.7, .validation = 0.2, .test = 0.1, .per_class = true, .seed = 1}};
}

static fsnn_status check(const fsnn_graph *g, const fsnn_graph_options *o, const int8_t *part,
                         int64_t *columns)
{
    enum { HOPS = 64, ENCODING = 1024 };
    if (o->hops < 0 || o->hops > HOPS)
        return fsnn_fail_key(FSNN_EARGUMENT, "hops",
                             "%lld hops over the edges: 0 to %d can be made", (long long)o->hops,
                             HOPS);
    if (o->laplacian < 0 || o->laplacian > ENCODING || o->walk < 0 || o->walk > ENCODING)
        return fsnn_fail_key(
            FSNN_EARGUMENT, o->laplacian < 0 || o->laplacian > ENCODING ? "laplacian" : "walk",
            "encodings of %lld (Laplacian) and %lld (walk) columns: 0 to %d each can "
            "be made",
            (long long)o->laplacian, (long long)o->walk, ENCODING);
    if (o->labels < 0 || o->labels > HOPS || (o->labels && !part))
        return fsnn_fail_key(FSNN_EARGUMENT, "labels",
                             "classes over %lld hops: 0 to %d can be made, given which nodes train",
                             (long long)o->labels, HOPS);
    if ((unsigned)o->normalization > FSNN_GRAPH_MAX)
        return fsnn_fail(FSNN_EARGUMENT, "normalisation %d does not exist: there are 0 to %d",
                         (int)o->normalization, FSNN_GRAPH_MAX);
    *columns = g->features * (o->concat ? o->hops + 1 : 1) + o->laplacian + o->walk +
               o->labels * g->classes;
    int64_t all;
    if (__builtin_mul_overflow(*columns, g->nodes, &all) || all > INT64_MAX / 16)
        return fsnn_fail(FSNN_EMEMORY, "%lld nodes of %lld columns do not fit into memory",
                         (long long)g->nodes, (long long)*columns);
    return FSNN_OK;
}

/* X [nodes, features] as dense rows. */
static void unpack(const fsnn_graph *g, bool row_first, float *x)
{
    for (int64_t i = 0; i < g->nodes; i++) {
        double sum = 0;
        for (int64_t e = g->feature_start[i]; e < g->feature_start[i + 1]; e++)
            sum += fabs(g->value[e]);
        float scale = row_first && sum > 0 ? (float)(1 / sum) : 1;
        for (int64_t e = g->feature_start[i]; e < g->feature_start[i + 1]; e++)
            x[i * g->features + g->feature[e]] = scale * g->value[e];
    }
}

/* Columns first .. first + n - 1 of all [nodes, columns] from x [nodes, n]. */
static void place(const float *x, int64_t nodes, int64_t n, float *all, int64_t columns,
                  int64_t first)
{
    for (int64_t i = 0; i < nodes; i++)
        memcpy(all + i * columns + first, x + i * n, (size_t)n * sizeof *x);
}

static fsnn_status hop_columns(const fsnn_graph *g, const fsnn_graph_options *o, float *all,
                               int64_t columns)
{
    size_t size = (size_t)(g->nodes * g->features);
    float *x = fsnn_alloc(size * sizeof *x), *y = fsnn_alloc(size * sizeof *y);
    fsnn_graph_matrix s = {0};
    fsnn_status status = x && y ? FSNN_OK : FSNN_EMEMORY;
    if (!status)
        status = fsnn_graph_propagation(g, o->propagation, o->self_loops, o->count_loops, &s);
    if (!status) {
        unpack(g, o->row_first, x);
        for (int64_t h = 0; h <= o->hops; h++) {
            if (o->concat || h == o->hops)
                place(x, g->nodes, g->features, all, columns, o->concat ? h * g->features : 0);
            graph_multiply(&s, x, g->features, y);
            float *other = x;
            x = y;
            y = other;
        }
    }
    fsnn_graph_matrix_free(&s);
    fsnn_free(x);
    fsnn_free(y);
    return status;
}

/* The eigenvectors that there are: a disturbed graph in many pieces may have fewer than a network
 * was trained with, the others say nothing (0) of where a node is. x [nodes, laplacian] */
static fsnn_status laplacian_columns(const fsnn_graph *g, const fsnn_graph_options *o, float *x)
{
    int64_t count = o->laplacian, there = count, L = o->laplacian;
    if (o->perturbs)
        FSNN_TRY(graph_laplacian_vectors(g, &there));
    if (there < count)
        count = there;
    memset(x, 0, (size_t)(g->nodes * L) * sizeof *x);
    if (count)
        FSNN_TRY(fsnn_graph_laplacian(g, count, 1, x, NULL));
    /* rows of `count` become rows of L */
    for (int64_t i = g->nodes - 1; i >= 0 && count < L; i--) {
        memmove(x + i * L, x + i * count, (size_t)count * sizeof *x);
        memset(x + i * L + count, 0, (size_t)(L - count) * sizeof *x);
    }
    return FSNN_OK;
}

static fsnn_status encoding_columns(const fsnn_graph *g, const fsnn_graph_options *o, float *all,
                                    int64_t columns)
{
    int64_t end = columns - o->labels * g->classes; /* where the encodings' columns end */
    int64_t most = o->laplacian > o->walk ? o->laplacian : o->walk;
    if (!most)
        return FSNN_OK;
    float *x = fsnn_alloc((size_t)(g->nodes * most) * sizeof *x);
    fsnn_status status = x ? FSNN_OK : FSNN_EMEMORY;
    if (!status && o->laplacian) {
        status = laplacian_columns(g, o, x);
        if (!status)
            place(x, g->nodes, o->laplacian, all, columns, end - o->walk - o->laplacian);
    }
    if (!status && o->walk) {
        status = fsnn_graph_walk(g, o->walk, x);
        if (!status)
            place(x, g->nodes, o->walk, all, columns, end - o->walk);
    }
    fsnn_free(x);
    return status;
}

/* Rows y = P^h Y after h rounds; what a node says of itself leaves each, but not the next round. */
static void spread_labels(const fsnn_graph *g, const fsnn_graph_options *o, const int8_t *part,
                          const fsnn_graph_matrix *p, const float *back, float *x, float *y,
                          float *all, int64_t columns)
{
    int64_t C = g->classes, first = columns - o->labels * C;
    for (int64_t i = 0; i < g->nodes; i++)
        if (part[i] == FSNN_PART_TRAIN)
            x[i * C + g->label[i]] = 1;
    for (int64_t h = 0; h < o->labels; h++) {
        graph_multiply(p, x, C, y);
        place(y, g->nodes, C, all, columns, first + h * C);
        for (int64_t i = 0; i < g->nodes; i++)
            if (part[i] == FSNN_PART_TRAIN) {
                float *own = &all[i * columns + first + h * C + g->label[i]];
                *own =
                    fmaxf(*own - back[i * o->labels + h], 0); /* rounding aside it is not below */
            }
        float *other = x;
        x = y;
        y = other;
    }
}

static fsnn_status label_columns(const fsnn_graph *g, const fsnn_graph_options *o,
                                 const int8_t *part, float *all, int64_t columns)
{
    size_t size = (size_t)(g->nodes * g->classes);
    float *x = fsnn_alloc(size * sizeof *x), *y = fsnn_alloc(size * sizeof *y);
    float *back = fsnn_alloc((size_t)(g->nodes * o->labels) * sizeof *back);
    fsnn_graph_matrix p = {0};
    fsnn_status status = x && y && back ? FSNN_OK : FSNN_EMEMORY;
    if (!status && o->labels > 1) /* after one step nobody is back */
        status = fsnn_graph_walk(g, o->labels, back);
    if (!status)
        status = fsnn_graph_propagation(g, FSNN_PROPAGATE_ROW, false, false, &p);
    if (!status)
        spread_labels(g, o, part, &p, back, x, y, all, columns);
    fsnn_graph_matrix_free(&p);
    fsnn_free(x);
    fsnn_free(y);
    fsnn_free(back);
    return status;
}

/* ---- normalisation: what is measured of the columns of x [n, C], and what that does to x in
 * place; a, b [C] are zeroed before measuring */

static void measure_deviation(int64_t n, int64_t C, const float *x, double *mean, double *square)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t c = 0; c < C; c++)
            mean[c] += x[i * C + c];
    for (int64_t c = 0; c < C; c++)
        mean[c] /= (double)n;
    for (int64_t i = 0; i < n; i++)
        for (int64_t c = 0; c < C; c++)
            square[c] += (x[i * C + c] - mean[c]) * (x[i * C + c] - mean[c]);
    for (int64_t c = 0; c < C; c++)
        square[c] = 1 / (sqrt(square[c] / (double)(n > 1 ? n - 1 : 1)) + 1e-8);
}

static void by_deviation(int64_t n, int64_t C, float *x, const double *mean, const double *scale)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t c = 0; c < C; c++)
            x[i * C + c] = (float)((x[i * C + c] - mean[c]) * scale[c]);
}

static void by_row(int64_t n, int64_t C, float *x, const double *a, const double *b)
{
    (void)a, (void)b;
    for (int64_t i = 0; i < n; i++) {
        double sum = 0;
        for (int64_t c = 0; c < C; c++)
            sum += fabs(x[i * C + c]);
        for (int64_t c = 0; c < C && sum > 0; c++)
            x[i * C + c] = (float)(x[i * C + c] / sum);
    }
}

static void measure_largest(int64_t n, int64_t C, const float *x, double *largest, double *b)
{
    (void)b;
    for (int64_t i = 0; i < n; i++)
        for (int64_t c = 0; c < C; c++)
            largest[c] = fmax(largest[c], fabs(x[i * C + c]));
}

static void by_largest(int64_t n, int64_t C, float *x, const double *largest, const double *b)
{
    (void)b;
    for (int64_t i = 0; i < n; i++)
        for (int64_t c = 0; c < C; c++)
            x[i * C + c] = largest[c] > 0 ? (float)(x[i * C + c] / largest[c]) : 0;
}

static const struct {
    void (*measure)(int64_t n, int64_t C, const float *x, double *a, double *b); /* NULL: nothing */
    void (*apply)(int64_t n, int64_t C, float *x, const double *a, const double *b);
} normalizations[] = {
    [FSNN_GRAPH_PLAIN] = {NULL, NULL},
    [FSNN_GRAPH_ZSCORE] = {measure_deviation, by_deviation},
    [FSNN_GRAPH_ROW] = {NULL, by_row},
    [FSNN_GRAPH_MAX] = {measure_largest, by_largest},
};

/* ---- all of it ---- */

static fsnn_status make_columns(const fsnn_graph *g, const fsnn_graph_options *o,
                                const int8_t *part, float *all, int64_t columns)
{
    FSNN_TRY(hop_columns(g, o, all, columns));
    FSNN_TRY(encoding_columns(g, o, all, columns));
    return o->labels ? label_columns(g, o, part, all, columns) : FSNN_OK;
}

/* The same of the disturbed graph, over the columns of the undisturbed one. */
static fsnn_status make_disturbed(const fsnn_graph *g, const fsnn_graph_options *o,
                                  const int8_t *part, float *all, int64_t columns)
{
    fsnn_graph *other;
    FSNN_TRY(
        fsnn_graph_disturb(g, o->perturb, o->perturbs, o->perturb_seed, o->perturb_draw, &other));
    fsnn_status status = make_columns(other, o, part, all, columns);
    fsnn_graph_destroy(other);
    return status;
}

/* a, b [columns] */
static fsnn_status make(const fsnn_graph *g, const fsnn_graph_options *o, const int8_t *part,
                        float *all, int64_t columns, double *a, double *b)
{
    int kind = (int)o->normalization;
    if (!o->perturbs || normalizations[kind].measure)
        FSNN_TRY(make_columns(g, o, part, all, columns));
    if (normalizations[kind].measure)
        normalizations[kind].measure(g->nodes, columns, all, a, b);
    if (o->perturbs)
        FSNN_TRY(make_disturbed(g, o, part, all, columns));
    if (normalizations[kind].apply)
        normalizations[kind].apply(g->nodes, columns, all, a, b);
    return FSNN_OK;
}

fsnn_status fsnn_graph_features(const fsnn_graph *graph, const fsnn_graph_options *options,
                                const int8_t *part, float **values, int64_t *columns)
{
    if (!graph || !options || !values || !columns)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_graph_features needs a graph, options and places for the values");
    *values = NULL;
    FSNN_TRY(check(graph, options, part, columns));
    float *all = fsnn_alloc((size_t)(graph->nodes * *columns) * sizeof *all);
    double *a = fsnn_alloc(2 * (size_t)*columns * sizeof *a);
    fsnn_status status = all && a ? FSNN_OK : FSNN_EMEMORY;
    if (!status)
        status = make(graph, options, part, all, *columns, a, a + *columns);
    fsnn_free(a);
    if (status)
        fsnn_free(all);
    else
        *values = all;
    return status;
}

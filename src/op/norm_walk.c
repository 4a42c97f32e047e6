/* op/norm_walk.c: sums and scalings over channels. Each is one pass over memory. */
#include "op/norm_walk.h"

enum { NUMBERS = 16384, LEAST_POINTS = 64 }; /* of a chunk: enough to pay for its partial sums */

norm_walk norm_walk_of(int64_t groups, int64_t samples, int64_t C, int64_t space, bool last)
{
    norm_walk w = {.C = C, .P = 1, .groups = groups, .rows = samples * space};
    if (!last && space > 1) {
        w.planes = true;
        w.P = space;
        w.rows = samples;
    }
    int64_t most = NUMBERS / (C * w.P), least = (LEAST_POINTS + w.P - 1) / w.P;
    w.chunk = most > least ? most : least;
    w.chunks = (w.rows + w.chunk - 1) / w.chunk;
    return w;
}

int64_t norm_walk_parts(const norm_walk *w)
{
    return w->groups * w->chunks * 2 * w->C;
}

/* ---- sums ---- */

typedef struct sums {
    const norm_walk *w;
    const real *g, *x;
    const double *mean; /* NULL: moments */
    double *part;       /* [groups, chunks, 2, C] */
} sums;

typedef struct range {
    int64_t group, first, n; /* rows, counted from the first of all */
} range;

static range range_of(const norm_walk *w, int64_t i)
{
    int64_t group = i / w->chunks, row = i % w->chunks * w->chunk, left = w->rows - row;
    return (range){group, group * w->rows + row, left < w->chunk ? left : w->chunk};
}

static void moments(int64_t i, int worker, void *user)
{
    (void)worker;
    const sums *j = user;
    const norm_walk *w = j->w;
    const op_kernels *k = op_kernels_get();
    range r = range_of(w, i);
    double *s = j->part + i * 2 * w->C, *q = s + w->C;
    const real *x = j->x + r.first * w->C * w->P;
    for (int64_t c = 0; c < 2 * w->C; c++)
        s[c] = 0;
    if (!w->planes) {
        k->column_moments(x, r.n, w->C, s, q);
        return;
    }
    for (int64_t row = 0; row < r.n; row++)
        for (int64_t c = 0; c < w->C; c++)
            k->run_moments(x + (row * w->C + c) * w->P, w->P, s + c, q + c);
}

static void products(int64_t i, int worker, void *user)
{
    (void)worker;
    const sums *j = user;
    const norm_walk *w = j->w;
    const op_kernels *k = op_kernels_get();
    range r = range_of(w, i);
    double *s = j->part + i * 2 * w->C, *q = s + w->C;
    const double *mean = j->mean + r.group * w->C;
    int64_t at = r.first * w->C * w->P;
    for (int64_t c = 0; c < 2 * w->C; c++)
        s[c] = 0;
    if (!w->planes) {
        k->column_products(j->g + at, j->x + at, mean, r.n, w->C, s, q);
        return;
    }
    for (int64_t row = 0; row < r.n; row++)
        for (int64_t c = 0; c < w->C; c++, at += w->P)
            k->run_products(j->g + at, j->x + at, mean[c], w->P, s + c, q + c);
}

/* Partial sums of each group, added in the order of chunks. */
static void collect(const norm_walk *w, const double *part, double *s, double *q)
{
    int64_t C = w->C;
    for (int64_t g = 0; g < w->groups; g++, s += C, q += C) {
        for (int64_t c = 0; c < C; c++)
            s[c] = q[c] = 0;
        for (int64_t i = 0; i < w->chunks; i++, part += 2 * C)
            for (int64_t c = 0; c < C; c++) {
                s[c] += part[c];
                q[c] += part[C + c];
            }
    }
}

void norm_moments(const norm_walk *w, const real *x, double *part, double *s, double *q)
{
    sums j = {.w = w, .x = x, .part = part};
    fsnn_parallel(w->groups * w->chunks, moments, &j);
    collect(w, part, s, q);
}

void norm_products(const norm_walk *w, const real *g, const real *x, const double *mean,
                   double *part, double *s, double *q)
{
    sums j = {w, g, x, mean, part};
    fsnn_parallel(w->groups * w->chunks, products, &j);
    collect(w, part, s, q);
}

/* ---- scalings ---- */

typedef struct scaling {
    const norm_walk *w;
    const norm_terms *t;
    const real *g, *x;
    real *y;
} scaling;

static void apply(int64_t i, int worker, void *user)
{
    (void)worker;
    const scaling *j = user;
    const norm_walk *w = j->w;
    range r = range_of(w, i);
    int64_t C = w->C, P = w->P, k = r.group * C, at = r.first * C * P;
    const real *mean = j->t->mean + k, *a = j->t->a + k, *b = j->t->b + k;
    for (int64_t row = 0; row < r.n; row++, at += C * P) {
        const real *x = j->x + at;
        real *y = j->y + at;
        if (!w->planes) {
#pragma omp simd
            for (int64_t c = 0; c < C; c++)
                y[c] = (x[c] - mean[c]) * a[c] + b[c];
            continue;
        }
        for (int64_t c = 0; c < C; c++, x += P, y += P)
#pragma omp simd
            for (int64_t p = 0; p < P; p++)
                y[p] = (x[p] - mean[c]) * a[c] + b[c];
    }
}

static void adjoint(int64_t i, int worker, void *user)
{
    (void)worker;
    const scaling *j = user;
    const norm_walk *w = j->w;
    range r = range_of(w, i);
    int64_t C = w->C, P = w->P, k = r.group * C, at = r.first * C * P;
    const real *mean = j->t->mean + k, *a = j->t->a + k, *m = j->t->m + k, *q = j->t->q + k;
    for (int64_t row = 0; row < r.n; row++, at += C * P) {
        const real *x = j->x + at, *g = j->g + at;
        real *y = j->y + at;
        if (!w->planes) {
#pragma omp simd
            for (int64_t c = 0; c < C; c++)
                y[c] = a[c] * (g[c] - m[c] - (x[c] - mean[c]) * q[c]);
            continue;
        }
        for (int64_t c = 0; c < C; c++, x += P, g += P, y += P)
#pragma omp simd
            for (int64_t p = 0; p < P; p++)
                y[p] = a[c] * (g[p] - m[c] - (x[p] - mean[c]) * q[c]);
    }
}

void norm_apply(const norm_walk *w, const norm_terms *t, const real *x, real *y)
{
    scaling j = {.w = w, .t = t, .x = x, .y = y};
    fsnn_parallel(w->groups * w->chunks, apply, &j);
}

void norm_adjoint(const norm_walk *w, const norm_terms *t, const real *g, const real *x, real *gx)
{
    scaling j = {w, t, g, x, gx};
    fsnn_parallel(w->groups * w->chunks, adjoint, &j);
}

/* tensor/dense_plain_depthwise_real.c: convolutions whose channels see nothing of each other. As a
 * product each would have one column; here the channels of a point are neighbours. Cost: that of
 * the convolution; sums in the order of the places, for the weights in the order of the points. */
#include "tensor/dense_plain_conv.h"

#include <string.h>

typedef struct call {
    const product_patches *p;
    const real *w, *start; /* [places, C], [C] */
    real *y;
    const product_rows *rows;
} call;

/* The points of one line of the grid. */
static void line(int64_t i, int worker, void *user)
{
    const call *c = user;
    const product_patches *p = c->p;
    const product_rows *r = c->rows;
    real *y = c->y + i / r->grid[0] * r->image + i % r->grid[0] * r->line;
    (void)worker;
    for (int64_t point = 0; point < p->grid[1]; point++, y += r->point) {
        for (int64_t n = 0; n < p->C; n++)
            y[n] = c->start ? c->start[n] : 0;
        for (int64_t place = 0; place < p->places; place++) {
            const real *x = product_patch_at(p, i * p->grid[1] + point, place);
            if (x)
                product_kernels_get()->multiply_add(p->C, x, c->w + place * p->C, y);
        }
    }
}

void dense_depthwise(const product_patches *p, int64_t images, const real *w, const real *start,
                     real *y, const product_rows *rows)
{
    call c = {p, w, start, y, rows};
    fsnn_parallel(images * p->grid[0], line, &c);
}

typedef struct weights_call {
    const dense_conv *conv;
    const product_patches *p;
    const real *gy;
    real *sums;
} weights_call;

static void chunk(int64_t i, int worker, void *user)
{
    const weights_call *c = user;
    const dense_conv *conv = c->conv;
    int64_t C = conv->shape.C, begin = i * conv->chunk, end = begin + conv->chunk;
    real *sums = c->sums + i * conv->places * C;
    (void)worker;
    memset(sums, 0, (size_t)(conv->places * C) * sizeof *sums);
    for (int64_t point = begin; point < end && point < conv->pixels; point++)
        for (int64_t place = 0; place < conv->places; place++) {
            const real *x = product_patch_at(c->p, point, place);
            if (x)
                product_kernels_get()->multiply_add(C, x, c->gy + point * C, sums + place * C);
        }
}

void dense_depthwise_weights(const dense_conv *conv, const real *x, const real *gy, real *sums)
{
    product_patches p = dense_conv_patches(conv, x);
    weights_call c = {conv, &p, gy, sums};
    fsnn_parallel(conv->chunks, chunk, &c);
}

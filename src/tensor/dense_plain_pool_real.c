/* tensor/dense_plain_pool_real.c: pooling over windows of one size, channels-last. Cost: a pass
 * over the points of all windows; the tape of maxima is four bytes an output. Sums go row by row
 * through a window; of equal maxima the first is taken, and never a NaN. */
#include "tensor/dense.h"
#include "tensor/dense_plain_product.h"

#include <string.h>

struct dense_pool {
    dense_pool_shape shape;
    bool backward;
};

/* The points of a window that lie inside of the image: lines top..bottom-1, left..right-1. */
typedef struct window {
    int64_t top, bottom, left, right;
    real scale; /* a sum is divided by it */
} window;

static int64_t clip(int64_t i, int64_t end)
{
    return i < 0 ? 0 : i > end ? end : i;
}

static window window_of(const dense_pool_shape *s, int64_t oh, int64_t ow)
{
    int64_t h = oh * s->stride[0] - s->padding[0], w = ow * s->stride[1] - s->padding[1];
    window n = {.top = clip(h, s->H), .bottom = clip(h + s->kernel[0], s->H)};
    n.left = clip(w, s->W);
    n.right = clip(w + s->kernel[1], s->W);
    int64_t inside = (n.bottom - n.top) * (n.right - n.left);
    n.scale = (real)(s->kind == DENSE_AVERAGE ? s->kernel[0] * s->kernel[1] : inside);
    return n;
}

typedef struct call {
    const dense_pool *pool;
    const real *x;
    real *y;
    int32_t *where; /* [outputs]: number of the point in the image, for backward; may be NULL */
} call;

static void average(const dense_pool_shape *s, const window *n, const real *image, real *y)
{
    memset(y, 0, (size_t)s->C * sizeof *y);
    for (int64_t h = n->top; h < n->bottom; h++)
        for (int64_t w = n->left; w < n->right; w++)
            for (int64_t c = 0; c < s->C; c++)
                y[c] += image[(h * s->W + w) * s->C + c];
    for (int64_t c = 0; c < s->C; c++)
        y[c] /= n->scale;
}

static void largest(const dense_pool_shape *s, const window *n, const real *image, real *y,
                    int32_t *where)
{
    for (int64_t c = 0; c < s->C; c++) {
        y[c] = -REAL_MAX;
        if (where)
            where[c] = (int32_t)(n->top * s->W + n->left);
    }
    for (int64_t h = n->top; h < n->bottom; h++)
        for (int64_t w = n->left; w < n->right; w++)
            for (int64_t c = 0; c < s->C; c++) {
                int64_t point = h * s->W + w;
                real x = image[point * s->C + c];
                if (!(x > y[c]))
                    continue;
                y[c] = x;
                if (where)
                    where[c] = (int32_t)point;
            }
}

static void forward_line(int64_t i, int worker, void *user)
{
    const call *c = user;
    const dense_pool_shape *s = &c->pool->shape;
    const real *image = c->x + i / s->OH * s->H * s->W * s->C;
    (void)worker;
    for (int64_t ow = 0; ow < s->OW; ow++) {
        int64_t at = (i * s->OW + ow) * s->C;
        window n = window_of(s, i % s->OH, ow);
        if (s->kind == DENSE_MAX)
            largest(s, &n, image, c->y + at, c->where ? c->where + at : NULL);
        else
            average(s, &n, image, c->y + at);
    }
}

static void spread(const dense_pool_shape *s, const window *n, const real *gy, real *image)
{
    for (int64_t h = n->top; h < n->bottom; h++)
        for (int64_t w = n->left; w < n->right; w++)
            for (int64_t c = 0; c < s->C; c++)
                image[(h * s->W + w) * s->C + c] += gy[c] / n->scale;
}

/* Windows may meet: an image is one thread's. */
static void backward_image(int64_t row, int worker, void *user)
{
    const call *call = user;
    const dense_pool_shape *s = &call->pool->shape;
    int64_t size = s->H * s->W * s->C;
    real *image = call->y + row * size;
    (void)worker;
    memset(image, 0, (size_t)size * sizeof *image);
    for (int64_t i = 0; i < s->OH * s->OW; i++) {
        int64_t at = (row * s->OH * s->OW + i) * s->C;
        const real *gy = call->x + at;
        window n = window_of(s, i / s->OW, i % s->OW);
        if (s->kind != DENSE_MAX)
            spread(s, &n, gy, image);
        for (int64_t c = 0; s->kind == DENSE_MAX && c < s->C; c++)
            image[call->where[at + c] * s->C + c] += gy[c];
    }
}

static fsnn_status check(const dense_pool_shape *s)
{
    const int64_t in[] = {s->H, s->W}, out[] = {s->OH, s->OW};
    for (int d = 0; d < 2; d++) {
        int64_t last = (out[d] - 1) * s->stride[d] - s->padding[d];
        if (s->padding[d] >= s->kernel[d] || last >= in[d])
            return fsnn_fail(FSNN_EDENSE,
                             "could not prepare a pooling: a window of %lld along axis %d sees "
                             "nothing of %lld inputs",
                             (long long)s->kernel[d], d, (long long)in[d]);
    }
    return FSNN_OK;
}

fsnn_status dense_pool_create(const dense_pool_shape *shape, bool backward, dense_pool **pool)
{
    *pool = NULL;
    FSNN_TRY(check(shape));
    *pool = fsnn_alloc(sizeof **pool);
    if (!*pool)
        return FSNN_EMEMORY;
    (*pool)->shape = *shape;
    (*pool)->backward = backward;
    return FSNN_OK;
}

void dense_pool_destroy(dense_pool *pool)
{
    fsnn_free(pool);
}

size_t dense_pool_tape(const dense_pool *pool)
{
    const dense_pool_shape *s = &pool->shape;
    if (!pool->backward || s->kind != DENSE_MAX)
        return 0;
    return (size_t)(s->rows * s->OH * s->OW * s->C) * sizeof(int32_t);
}

fsnn_status dense_pool_forward(dense_pool *pool, const real *x, real *y, void *tape)
{
    call c = {pool, x, y, dense_pool_tape(pool) ? tape : NULL};
    fsnn_parallel(pool->shape.rows * pool->shape.OH, forward_line, &c);
    return FSNN_OK;
}

fsnn_status dense_pool_backward(dense_pool *pool, const real *gy, real *gx, const void *tape)
{
    call c = {pool, gy, gx, (int32_t *)(void *)tape};
    fsnn_parallel(pool->shape.rows, backward_image, &c);
    return FSNN_OK;
}

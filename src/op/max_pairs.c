/* op/max_pairs.c: lines of outputs in parallel. Cost: one pass over input and output. */
#include "op/max_pairs.h"

#include "op/kernels.h"

#include <string.h>

typedef struct job {
    const dense_pool_shape *s;
    const op_pool_kernels *kernels;
    const real *from;
    real *to;
    uint8_t *tape;
    bool large;
} job;

enum { LARGE = 8 << 20 }; /* bytes that no cache holds until they are read again */

bool max_pairs_fit(const dense_pool_shape *s)
{
    bool fits = s->kind == DENSE_MAX;
    for (int d = 0; d < 2; d++)
        fits &= s->kernel[d] == 2 && s->stride[d] == 2 && s->padding[d] == 0;
    return fits;
}

size_t max_pairs_tape(const dense_pool_shape *s)
{
    return (size_t)(s->rows * s->OH * s->OW * s->C);
}

/* Where output line i begins, and the two lines of the image it is made of. */
static int64_t out_line(const dense_pool_shape *s, int64_t i)
{
    return i * s->OW * s->C;
}

static int64_t in_line(const dense_pool_shape *s, int64_t i)
{
    return (i / s->OH * s->H + i % s->OH * 2) * s->W * s->C;
}

static void forward(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    const dense_pool_shape *s = j->s;
    for (int64_t i = begin; i < end; i++)
        j->kernels->max_pairs(j->from + in_line(s, i), s->W * s->C, s->OW, s->C,
                              j->to + out_line(s, i), j->tape ? j->tape + out_line(s, i) : NULL);
}

/* What no window covers: the last column and the last line of odd sizes. */
static void clear_rest(const dense_pool_shape *s, int64_t i, real *gx)
{
    int64_t line = s->W * s->C, covered = 2 * s->OW * s->C;
    for (int row = 0; row < 2; row++)
        memset(gx + row * line + covered, 0, (size_t)(line - covered) * sizeof *gx);
    if (i % s->OH == s->OH - 1)
        memset(gx + 2 * line, 0, (size_t)((s->H - 2 * s->OH) * line) * sizeof *gx);
}

static void backward(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    const dense_pool_shape *s = j->s;
    for (int64_t i = begin; i < end; i++) {
        real *gx = j->to + in_line(s, i);
        j->kernels->max_pairs_back(j->from + out_line(s, i), j->tape + out_line(s, i), s->W * s->C,
                                   s->OW, s->C, gx, j->large);
        clear_rest(s, i, gx);
    }
}

static int64_t grain(const dense_pool_shape *s)
{
    return 1 + 16384 / (s->W * s->C);
}

void max_pairs_forward(const dense_pool_shape *s, const real *x, real *y, void *tape)
{
    job j = {.s = s, .kernels = op_pool_kernels_get(), .from = x, .to = y, .tape = tape};
    fsnn_parallel_range(s->rows * s->OH, grain(s), forward, &j);
}

void max_pairs_backward(const dense_pool_shape *s, const real *gy, real *gx, const void *tape)
{
    int64_t bytes = s->rows * s->H * s->W * s->C * (int64_t)sizeof *gx;
    job j = {.s = s,
             .kernels = op_pool_kernels_get(),
             .from = gy,
             .to = gx,
             .tape = (uint8_t *)tape,
             .large = bytes >= LARGE};
    fsnn_parallel_range(s->rows * s->OH, grain(s), backward, &j);
}

/* ---- pieces ---- */

bool max_pairs_even(const dense_pool_shape *s)
{
    return s->H % 2 == 0 && s->W % 2 == 0;
}

/* Where the outputs of a piece begin. */
static int64_t out_piece(const dense_pool_shape *s, int64_t row, int64_t line, int64_t from)
{
    return out_line(s, row * s->OH + line / 2) + from / 2;
}

void max_pairs_forward_patch(const dense_pool_shape *s, int64_t row, int64_t line, int64_t from,
                             int64_t count, const real *x, real *y, void *tape)
{
    int64_t at = out_piece(s, row, line, from);
    op_pool_kernels_get()->max_pairs(x, count, count / (2 * s->C), s->C, y + at,
                                     tape ? (uint8_t *)tape + at : NULL);
}

void max_pairs_backward_patch(const dense_pool_shape *s, int64_t row, int64_t line, int64_t from,
                              int64_t count, const real *gy, real *gx, const void *tape)
{
    int64_t at = out_piece(s, row, line, from);
    op_pool_kernels_get()->max_pairs_back(gy + at, (const uint8_t *)tape + at, count,
                                          count / (2 * s->C), s->C, gx, false);
}

/* op/few.c: products of few rows with weights that stay. Large ones are shared among the threads by
 * slices of columns; small ones are done by the thread that calls, which then makes no call of the
 * system. */
#include "op/few.h"

#include "base/isa.h"
#include "base/whole.h"
#include "tensor/dense.h"

#include <string.h>

/* Multiply-adds of a row from which threads are worth their waking; share of numbers from which a
 * row is taken whole. */
enum { LEAST_WORK = 1 << 20 };
#define WHOLE_FROM 0.75

static const few_kernels *kernels(void)
{
    static const few_kernels *const level[] = FSNN_BY_ISA(&few_kernels);
    return level[fsnn_isa_level()];
}

fsnn_status few_plan(few_weights *few, int64_t in, int64_t out)
{
    few->from = NULL;
    if (few->at && few->in == in && few->out == out)
        return FSNN_OK;
    few_close(few);
    few->in = in;
    few->out = out;
    few->kind = out <= FEW_LEAST ? 0 : out <= 2 * FEW_LEAST ? 1 : 2;
    few->width = FEW_LEAST << few->kind;
    few->slices = (out + few->width - 1) / few->width;
    few->at = fsnn_alloc(fsnn_bytes(few->slices * few->width * (in + 1), sizeof(real)));
    return few->at ? FSNN_OK : FSNN_EMEMORY;
}

void few_changed(few_weights *few)
{
    few->from = NULL;
}

void few_close(few_weights *few)
{
    fsnn_free(few->at);
    *few = (few_weights){0};
}

/* Lists of one row. */
static int64_t entries(int64_t in)
{
    return whole_line_numbers(in + FEW_MORE);
}

size_t few_scratch(int64_t in)
{
    return (size_t)entries(in) * (sizeof(int32_t) + sizeof(real));
}

typedef struct turning {
    const few_weights *few;
    const real *weight;
} turning;

/* Rows begin ... end - 1 of W^T. */
static void turn(int64_t begin, int64_t end, void *user)
{
    const turning *t = user;
    const few_weights *f = t->few;
    for (int64_t o = 0; o < f->slices * f->width; o++) {
        real *to = f->at + o / f->width * f->in * f->width + o % f->width;
        for (int64_t i = begin; i < end; i++)
            to[i * f->width] = o < f->out ? t->weight[o * f->in + i] : 0;
    }
}

static real *bias_of(const few_weights *few)
{
    return few->at + few->slices * few->in * few->width;
}

static void make(few_weights *few, const real *weight, const real *bias)
{
    real *to = bias_of(few);
    fsnn_parallel_range(few->in, 16, turn, &(turning){few, weight});
    memset(to, 0, (size_t)(few->slices * few->width) * sizeof *to);
    if (bias)
        memcpy(to, bias, (size_t)few->out * sizeof *to);
    few->from = weight;
}

typedef struct job {
    const few_weights *few;
    few_row row;
    real *y;
} job;

static void one(int64_t s, int worker, void *user)
{
    (void)worker;
    const job *j = user;
    const few_weights *f = j->few;
    int64_t first = s * f->width, left = f->out - first;
    kernels()->sum[f->kind](&j->row, f->at + first * f->in, bias_of(f) + first,
                            left < f->width ? left : f->width, j->y + first);
}

static void all(job *j)
{
    const few_weights *f = j->few;
    if (j->row.count * f->out >= LEAST_WORK) {
        fsnn_parallel(f->slices, one, j);
        return;
    }
    for (int64_t s = 0; s < f->slices; s++)
        one(s, 0, j);
}

/* The list of dense numbers, or all of them where few are 0. */
static void look(few_row *row, const real *x, int64_t in, int32_t *index, real *value)
{
    row->count = kernels()->list(x, in, index, value);
    bool whole = (double)row->count >= WHOLE_FROM * (double)in;
    row->index = whole ? NULL : index;
    row->value = whole ? x : value;
    if (whole)
        row->count = in;
}

/* The list of row r as it was given. */
static void take(few_row *row, const fsnn_spikes *lists, int64_t r, real *value)
{
    const float *given = lists->value ? lists->value + lists->start[r] : NULL;
    row->index = lists->index + lists->start[r];
    row->count = lists->count[r];
    row->value = given ? value : NULL;
    for (int64_t e = 0; given && e < row->count; e++)
        value[e] = (real)given[e];
}

void few_forward(few_weights *few, const real *x, const fsnn_spikes *lists, int64_t rows,
                 const real *weight, const real *bias, real *y, void *scratch)
{
    if (few->from != weight)
        make(few, weight, bias);
    real *value = scratch;
    int32_t *index = (int32_t *)(void *)(value + entries(few->in));
    for (int64_t r = 0; r < rows; r++) {
        job j = {.few = few, .row = {.piece = dense_piece()}, .y = y + r * few->out};
        if (lists)
            take(&j.row, lists, r, value);
        else
            look(&j.row, x + r * few->in, few->in, index, value);
        all(&j);
    }
}

/* op/reduce.c: mean and sum over axes. Sums are in double in the order of memory. Cost: one pass
 * over memory. */
#include "op/reduce.h"
#include "base/whole.h"
#include "op/check.h"

#include <string.h>

/* ---- the walk ---- */

reduce_walk reduce_walk_of(const fsnn_shape *shape, bool last, const bool *gone)
{
    reduce_walk w = {.size = fsnn_shape_count(shape), .gone_count = 1, .run = 1};
    int order[FSNN_MAX_RANK], d = shape->rank - 1;
    int64_t stride[FSNN_MAX_RANK];
    axes_order(shape, last, order);
    axes_strides(shape, last, stride);
    while (d > 0 && shape->dim[order[d]] == 1)
        d--;
    w.run_kept = shape->rank == 0 || !gone[order[d]];
    for (; d >= 0 && gone[order[d]] == !w.run_kept; d--) {
        w.run *= shape->dim[order[d]];
        w.gone_count *= w.run_kept ? 1 : shape->dim[order[d]];
    }
    axes_loop_add(&w.kept, 1, 0);
    axes_loop_add(&w.gone, 1, 0);
    for (int k = 0; k <= d; k++) {
        bool goes = gone[order[k]];
        axes_loop_add(goes ? &w.gone : &w.kept, shape->dim[order[k]], stride[order[k]]);
        w.gone_count *= goes ? shape->dim[order[k]] : 1;
    }
    w.out = w.size / w.gone_count;
    return w;
}

typedef struct job {
    const reduce_walk *w;
    double scale;
    const real *from;
    real *to;
} job;

enum { COLUMNS = 64 }; /* sums side by side that stay in the nearest cache */

static void add_columns(const job *j, const real *x, int64_t n, real *y)
{
    double sum[COLUMNS] = {0};
    for (int64_t i = 0; i < j->w->gone.total; i++) {
        const real *p = x + axes_loop_at(&j->w->gone, i);
#pragma omp simd
        for (int64_t c = 0; c < n; c++)
            sum[c] += (double)p[c];
    }
    for (int64_t c = 0; c < n; c++)
        y[c] = (real)(sum[c] * j->scale);
}

static real add_runs(const job *j, const real *x)
{
    double sum = 0;
    for (int64_t i = 0; i < j->w->gone.total; i++) {
        const real *p = x + axes_loop_at(&j->w->gone, i);
        for (int64_t c = 0; c < j->w->run; c++)
            sum += (double)p[c];
    }
    return (real)(sum * j->scale);
}

static void sums(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    const reduce_walk *w = j->w;
    for (int64_t r = begin; r < end; r++) {
        real *y = j->to + r * w->out;
        for (int64_t k = 0; k < w->kept.total; k++) {
            const real *x = j->from + r * w->size + axes_loop_at(&w->kept, k);
            if (!w->run_kept)
                y[k] = add_runs(j, x);
            for (int64_t c = 0; w->run_kept && c < w->run; c += COLUMNS)
                add_columns(j, x + c, whole_least(COLUMNS, w->run - c), y + k * w->run + c);
        }
    }
}

static void spread(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    const reduce_walk *w = j->w;
    real scale = (real)j->scale;
    for (int64_t r = begin; r < end; r++)
        for (int64_t k = 0; k < w->kept.total; k++) {
            const real *gy = j->from + r * w->out + (w->run_kept ? k * w->run : k);
            real *gx = j->to + r * w->size + axes_loop_at(&w->kept, k);
            for (int64_t i = 0; i < w->gone.total; i++) {
                real *p = gx + axes_loop_at(&w->gone, i);
                for (int64_t c = 0; c < w->run; c++)
                    p[c] = scale * gy[w->run_kept ? c : 0];
            }
        }
}

void reduce_sums(const reduce_walk *w, int64_t rows, double scale, const real *x, real *y)
{
    job j = {w, scale, x, y};
    fsnn_parallel_range(rows, 1 + 16384 / w->size, sums, &j);
}

void reduce_spread(const reduce_walk *w, int64_t rows, real scale, const real *gy, real *gx)
{
    job j = {w, scale, gy, gx};
    fsnn_parallel_range(rows, 1 + 16384 / w->size, spread, &j);
}

/* ---- the operators ---- */

static const fsnn_reduce defaults = {.axes = {.rank = 0}};

static const fsnn_key keys[] = {
    {.name = "axes",
     .type = FSNN_KEY_SHAPE,
     .offset = offsetof(fsnn_reduce, axes),
     .min = 0,
     .max = FSNN_MAX_RANK - 1,
     .otherwise = "all",
     .help = "axes of the sample's shape that vanish, 0 = channels"},
    {.name = "keep",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_reduce, keep),
     .help = "they stay, with size 1"},
    {0},
};

extern const fsnn_op op_mean, op_sum;

static reduce_walk walk_of(const op_node *node)
{
    const fsnn_reduce *o = node->options;
    bool gone[FSNN_MAX_RANK];
    for (int d = 0; d < FSNN_MAX_RANK; d++)
        gone[d] = o->axes.rank == 0;
    for (int d = 0; d < o->axes.rank; d++)
        gone[o->axes.dim[d]] = true;
    return reduce_walk_of(&node->in[0], node->in_last[0], gone);
}

static fsnn_status shape(op_node *node)
{
    const fsnn_reduce *o = node->options;
    const fsnn_shape *in = &node->in[0];
    fsnn_shape out = {.rank = 0};
    bool gone[FSNN_MAX_RANK] = {false};
    FSNN_TRY(axes_check(node, &o->axes));
    for (int d = 0; d < o->axes.rank; d++)
        gone[o->axes.dim[d]] = true;
    for (int d = 0; d < in->rank; d++) {
        bool goes = gone[d] || o->axes.rank == 0;
        if (!goes || o->keep)
            out.dim[out.rank++] = goes ? 1 : in->dim[d];
    }
    if (!out.rank) /* one number */
        out.dim[out.rank++] = 1;
    /* what is kept stays in the order of memory: channels last where they were and are kept */
    bool channels = in->rank && !gone[0] && o->axes.rank;
    op_output(node, 0, out, node->in_last[0] && channels);
    node->operations = fsnn_shape_count(in);
    return FSNN_OK;
}

static double scale_of(const op_node *node, const reduce_walk *w)
{
    return node->op == &op_mean ? 1 / (double)w->gone_count : 1;
}

static fsnn_status forward(op_node *node, const op_run *run)
{
    reduce_walk w = walk_of(node);
    reduce_sums(&w, node->K * node->B, scale_of(node, &w), run->in[0], run->out[0]);
    return FSNN_OK;
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    reduce_walk w = walk_of(node);
    if (run->gin[0])
        reduce_spread(&w, node->K * node->B, (real)scale_of(node, &w), run->gout[0], run->gin[0]);
    return FSNN_OK;
}

#define REDUCE(kind_name, what)                                                                    \
    {                                                                                              \
        .kind = kind_name, .help = what, .options_size = sizeof(fsnn_reduce),                      \
        .defaults = &defaults, .keys = keys, .min_in = 1, .max_in = 1, .flags = OP_LAST,           \
        .shape = shape, .forward = forward, .backward = backward                                   \
    }

const fsnn_op op_mean = REDUCE("mean", "the mean over axes");
const fsnn_op op_sum = REDUCE("sum", "the sum over axes");

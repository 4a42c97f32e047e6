/* op/dropout.c: in training each number is zeroed with probability p, the others are scaled by 1/(1
 * - p) (Srivastava et al. 2014, inverted form); otherwise nothing happens. With `hold` all time
 * steps of a sample share one mask. The mask is a function of (seed of the node, forward call,
 * index) and stays on the tape, a byte a number. */
#include "op/check.h"

#include <string.h>

static const fsnn_dropout defaults = {.p = 0.5};

static const fsnn_key keys[] = {
    {.name = "p",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_dropout, p),
     .min = 0,
     .max = 1,
     .help = "probability that a number is zeroed, below 1"},
    {.name = "hold",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_dropout, hold),
     .help = "the same mask for all time steps of a sample"},
    {0},
};

enum { PIECE = 1024 };

static fsnn_status shape(op_node *node)
{
    const fsnn_dropout *o = node->options;
    FSNN_TRY(op_check_probability(node, o->p));
    op_output(node, 0, node->in[0], node->in_last[0]);
    return FSNN_OK;
}

static int64_t mask_size(const op_node *node)
{
    const fsnn_dropout *o = node->options;
    return (o->hold ? 1 : node->K) * node->B * fsnn_shape_count(&node->in[0]);
}

static fsnn_status plan(op_node *node)
{
    node->tape_bytes = node->training ? (size_t)mask_size(node) : 0;
    return FSNN_OK;
}

typedef struct job {
    const real *in;
    real *out;
    unsigned char *mask;          /* [size] */
    int64_t size, times;          /* the mask serves so many times */
    uint64_t seed, stream, first; /* number of the first index */
    float p;
    real scale;
    bool draws;
} job;

static void draw(const job *j, int64_t begin, int64_t n)
{
    float u[PIECE]; /* the same masks in both precisions */
    fsnn_random_fill(u, n, j->seed, j->stream, j->first + (uint64_t)begin);
    unsigned char *mask = j->mask + begin;
#pragma omp simd
    for (int64_t i = 0; i < n; i++)
        mask[i] = u[i] >= j->p;
}

static void piece(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    if (j->draws)
        draw(j, begin, end - begin);
    const unsigned char *mask = j->mask + begin;
    real scale = j->scale;
    for (int64_t k = 0; k < j->times; k++) {
        const real *in = j->in + k * j->size + begin;
        real *out = j->out + k * j->size + begin;
#pragma omp simd
        for (int64_t i = 0; i < end - begin; i++)
            out[i] = in[i] * (scale * (real)mask[i]);
    }
}

static void apply(const op_node *node, const op_run *run, const real *in, real *out, bool draws)
{
    const fsnn_dropout *o = node->options;
    job j = {.in = in,
             .out = out,
             .mask = run->tape,
             .size = mask_size(node),
             .times = o->hold ? node->K : 1,
             .seed = node->seed,
             .stream = (uint64_t)run->step,
             .first =
                 o->hold ? 0 : (uint64_t)(run->first * node->B * fsnn_shape_count(&node->in[0])),
             .p = (float)o->p,
             .scale = (real)(1 / (1 - o->p)),
             .draws = draws};
    fsnn_parallel_range(j.size, PIECE, piece, &j);
}

static fsnn_status forward(op_node *node, const op_run *run)
{
    int64_t n = node->K * node->B * fsnn_shape_count(&node->in[0]);
    if (node->training)
        apply(node, run, run->in[0], run->out[0], true);
    else
        memcpy(run->out[0], run->in[0], (size_t)n * sizeof(real));
    return FSNN_OK;
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    if (run->gin[0])
        apply(node, run, run->gout[0], run->gin[0], false);
    return FSNN_OK;
}

const fsnn_op op_dropout = {
    .kind = "dropout",
    .help = "in training, zeroes numbers at random and scales the others up",
    .options_size = sizeof(fsnn_dropout),
    .defaults = &defaults,
    .keys = keys,
    .min_in = 1,
    .max_in = 1,
    .flags = OP_LAST | OP_DRAWS,
    .shape = shape,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};

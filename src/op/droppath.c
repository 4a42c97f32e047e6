/* op/droppath.c: stochastic depth (Huang et al. 2016; as torchvision's StochasticDepth in mode
 * "row"): in training a sample is zeroed as a whole, at all its time steps, with probability p, and
 * otherwise scaled by 1/(1 - p); otherwise nothing happens. Before the sum of a residual connection
 * it leaves the branch out. Whether a sample goes is a function of (seed of the node, forward call,
 * sample), so backward and segments that run again draw it anew. */
#include "op/check.h"

#include <string.h>

static const fsnn_droppath defaults = {.p = 0.1};

static const fsnn_key keys[] = {
    {.name = "p",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_droppath, p),
     .min = 0,
     .max = 1,
     .help = "probability that a sample is left out, below 1"},
    {0},
};

static fsnn_status shape(op_node *node)
{
    const fsnn_droppath *o = node->options;
    FSNN_TRY(op_check_probability(node, o->p));
    op_output(node, 0, node->in[0], node->in_last[0]);
    return FSNN_OK;
}

static fsnn_status plan(op_node *node)
{
    node->tape_bytes = 0;
    return FSNN_OK;
}

typedef struct job {
    const op_node *node;
    const real *in;
    real *out;
    int64_t size; /* numbers of a sample */
    uint64_t stream;
} job;

static void rows(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    const fsnn_droppath *o = j->node->options;
    for (int64_t r = begin; r < end; r++) {
        uint64_t sample = (uint64_t)(r % j->node->B);
        bool kept = fsnn_random_uniform(j->node->seed, j->stream, sample) >= (float)o->p;
        const real scale = kept ? (real)(1 / (1 - o->p)) : 0;
        const real *in = j->in + r * j->size;
        real *out = j->out + r * j->size;
        for (int64_t i = 0; i < j->size; i++)
            out[i] = kept ? in[i] * scale : 0;
    }
}

static void apply(const op_node *node, const op_run *run, const real *in, real *out)
{
    job j = {node, in, out, fsnn_shape_count(&node->in[0]), (uint64_t)run->step};
    enum { NUMBERS = 1 << 14 };
    fsnn_parallel_range(node->K * node->B, 1 + NUMBERS / (j.size + 1), rows, &j);
}

static fsnn_status forward(op_node *node, const op_run *run)
{
    int64_t n = node->K * node->B * fsnn_shape_count(&node->in[0]);
    if (node->training)
        apply(node, run, run->in[0], run->out[0]);
    else
        memcpy(run->out[0], run->in[0], (size_t)n * sizeof(real));
    return FSNN_OK;
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    if (run->gin[0])
        apply(node, run, run->gout[0], run->gin[0]);
    return FSNN_OK;
}

const fsnn_op op_droppath = {
    .kind = "droppath",
    .help =
        "in training, leaves out samples as a whole and scales the others up (stochastic depth)",
    .options_size = sizeof(fsnn_droppath),
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

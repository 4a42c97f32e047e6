/* op/delayed_linear.c: a linear layer whose connections have delays that are learned (Hammouamri,
 * Khalfaoui-Hassani and Masquelier 2024):
 *
 *     y_k[o] = b[o] + sum over i and whole lags j of W[o, i] w_j(d[o, i]) x_{k-j}[i]
 *
 * with w_j of op/lags.h. A lag j is a matrix W_j = W w_j(d), and all steps of a call are one
 * product with it. With G_j[o, i] the sum of gy_k[o] x_{k-j}[i]:
 *
 *     gW = sum_j w_j(d) G_j        gd = W sum_j w_j'(d) G_j        gx_{k-j} += W_j^T gy_k
 *
 * Cost: L + 1 products of a linear layer, forward and twice backward. */
#include "base/error_key.h"
#include "base/whole.h"
#include "op/kernels.h"
#include "op/lags.h"
#include "tensor/dense.h"

#include <math.h>
#include <string.h>

static const fsnn_delayed_linear defaults = {.bias = true, .lags = {.learn = true, .sigma = 0.5}};

static const fsnn_key keys[] = {
    {.name = "out",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_delayed_linear, out),
     .min = 1,
     .max = INT32_MAX,
     .required = true,
     .help = "size of the output's last dimension"},
    LAGS_KEYS(fsnn_delayed_linear, lags),
    {.name = "bias",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_delayed_linear, bias),
     .help = "add a bias"},
    {0},
};

enum { WEIGHT, DELAY, BIAS };

typedef struct state {
    lags lags; /* first: lags_memory */
} state;

static int64_t width_of(const fsnn_shape *shape)
{
    return shape->dim[shape->rank - 1];
}

static fsnn_status shape(op_node *node)
{
    const fsnn_delayed_linear *o = node->options;
    if (node->in[0].rank < 1)
        return fsnn_fail(FSNN_ESHAPE,
                         "%s \"%s\": its input is a scalar: it takes at least one dimension",
                         node->op->kind, node->name);
    FSNN_TRY(op_check(node, "out", o->out, 1, INT32_MAX));
    FSNN_TRY(lags_check(node, &o->lags));
    const int64_t in = width_of(&node->in[0]);
    fsnn_shape out = node->in[0];
    out.dim[out.rank - 1] = o->out;
    op_output(node, 0, out, false);
    node->params = 0;
    op_add_weight(node, FSNN_SHAPE(o->out, in), in);
    node->param[node->params++] = lags_param(&o->lags, FSNN_SHAPE(o->out, in));
    if (o->bias)
        op_add_bias(node, o->out, in, false);
    node->operations =
        op_product(op_product(fsnn_shape_count(&node->in[0]), o->out), o->lags.max + 1);
    return FSNN_OK;
}

/* ---- plan ---- */

/* The arrays of a call. */
typedef struct job {
    const fsnn_delayed_linear *o;
    int64_t in, out, lead; /* rows of a step of a sample are `lead` vectors */
    int64_t rows;          /* vectors of all steps */
    int64_t step;          /* vectors of a step */
    const real *weight, *delay;
    real *with, *gwith;     /* [L + K steps, in] */
    real *kernel, *gkernel; /* [L + 1, out, in] */
    real *gweight, *gdelay;
} job;

static job sizes_of(const op_node *node)
{
    job j = {.o = node->options, .in = width_of(&node->in[0])};
    j.out = j.o->out;
    j.lead = fsnn_shape_count(&node->in[0]) / j.in;
    j.step = node->B * j.lead;
    j.rows = node->K * j.step;
    return j;
}

static size_t kernel_bytes(const job *j)
{
    return fsnn_bytes(op_product(op_product(j->o->lags.max + 1, j->out), j->in), sizeof(real));
}

static fsnn_status plan(op_node *node)
{
    state *st = node->state;
    const job j = sizes_of(node);
    FSNN_TRY(dense_prepare());
    FSNN_TRY(lags_plan(node, &st->lags, j.o->lags.max));
    const size_t with = whole_lines(fsnn_bytes(lags_count(node, &st->lags), sizeof(real))),
                 kernel = whole_lines(kernel_bytes(&j)),
                 sums =
                     node->training ? (size_t)op_column_parts(j.rows, j.out) * sizeof(double) : 0;
    node->scratch_bytes = kernel + (node->training ? kernel + with + sums : with);
    node->tape_bytes = node->training ? with : 0;
    return FSNN_OK;
}

static job job_of(const op_node *node, const op_run *run)
{
    job j = sizes_of(node);
    const size_t kernel = whole_lines(kernel_bytes(&j));
    char *scratch = run->scratch;
    j.weight = run->value[WEIGHT];
    j.delay = run->value[DELAY];
    j.kernel = (real *)(void *)scratch;
    j.with = node->training ? run->tape : (real *)(void *)(scratch + kernel);
    j.gkernel = (real *)(void *)(scratch + kernel);
    j.gwith = (real *)(void *)(scratch + 2 * kernel);
    j.gweight = run->grad[WEIGHT];
    j.gdelay = run->grad[DELAY];
    return j;
}

/* ---- the matrices of the lags ---- */

/* Connections begin ... end - 1: their share in every lag. */
static void make_kernels(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    const int64_t lags = j->o->lags.max + 1, size = j->out * j->in;
    double w[LAGS_MOST + 1], dw[LAGS_MOST + 1];
    for (int64_t i = begin; i < end; i++) {
        lags_weights(&j->o->lags, (double)j->delay[i], w, dw);
        for (int64_t l = 0; l < lags; l++)
            j->kernel[l * size + i] = (real)((double)j->weight[i] * w[l]);
    }
}

static void add_gradients(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    const int64_t lags = j->o->lags.max + 1, size = j->out * j->in;
    double w[LAGS_MOST + 1], dw[LAGS_MOST + 1];
    for (int64_t i = begin; i < end; i++) {
        double weight = 0, delay = 0;
        lags_weights(&j->o->lags, (double)j->delay[i], w, dw);
        for (int64_t l = 0; l < lags; l++) {
            const double g = (double)j->gkernel[l * size + i];
            weight += w[l] * g;
            delay += dw[l] * g;
        }
        if (j->gweight)
            j->gweight[i] += (real)weight;
        if (j->gdelay)
            j->gdelay[i] += (real)(delay * (double)j->weight[i]);
    }
}

enum { CONNECTIONS = 1024 }; /* a piece of them */

/* ---- calls ---- */

static fsnn_status forward(op_node *node, const op_run *run)
{
    state *st = node->state;
    job j = job_of(node, run);
    const int64_t size = j.out * j.in, most = j.o->lags.max;
    real *y = run->out[0];
    lags_extend(node, &st->lags, run->in[0], j.with);
    fsnn_parallel_range(size, CONNECTIONS, make_kernels, &j);
    for (int64_t r = 0; j.o->bias && r < j.rows; r++)
        memcpy(y + r * j.out, run->value[BIAS], (size_t)j.out * sizeof *y);
    for (int64_t l = 0; l <= most; l++)
        FSNN_TRY(dense_gemm('N', 'T', j.rows, j.out, j.in, 1, j.with + (most - l) * j.step * j.in,
                            j.in, j.kernel + l * size, j.in, l || j.o->bias ? 1 : 0, y, j.out));
    return FSNN_OK;
}

static fsnn_status backward_parameters(const op_run *run, job *j)
{
    const int64_t size = j->out * j->in, most = j->o->lags.max;
    for (int64_t l = 0; l <= most && (j->gweight || j->gdelay); l++)
        FSNN_TRY(dense_gemm('T', 'N', j->out, j->in, j->rows, 1, run->gout[0], j->out,
                            j->with + (most - l) * j->step * j->in, j->in, 0, j->gkernel + l * size,
                            j->in));
    if (j->gweight || j->gdelay)
        fsnn_parallel_range(size, CONNECTIONS, add_gradients, j);
    return FSNN_OK;
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    state *st = node->state;
    job j = job_of(node, run);
    const int64_t size = j.out * j.in, most = j.o->lags.max;
    FSNN_TRY(backward_parameters(run, &j));
    fsnn_parallel_range(size, CONNECTIONS, make_kernels, &j);
    lags_open_back(node, &st->lags, j.gwith);
    for (int64_t l = 0; l <= most; l++)
        FSNN_TRY(dense_gemm('N', 'N', j.rows, j.in, j.out, 1, run->gout[0], j.out,
                            j.kernel + l * size, j.in, 1, j.gwith + (most - l) * j.step * j.in,
                            j.in));
    lags_close_back(node, &st->lags, j.gwith, run->gin[0]);
    if (j.o->bias && run->grad[BIAS])
        op_column_add(
            run->gout[0], j.rows, j.out,
            (double *)(void *)((char *)j.gwith +
                               whole_lines(fsnn_bytes(lags_count(node, &st->lags), sizeof(real)))),
            run->grad[BIAS]);
    return FSNN_OK;
}

static fsnn_status changed(op_node *node, real *const *value, bool *anew)
{
    const fsnn_delayed_linear *o = node->options;
    (void)anew;
    return lags_changed(node, &o->lags, DELAY, value[DELAY]);
}

static void destroy(op_node *node)
{
    state *st = node->state;
    lags_free(&st->lags);
}

const fsnn_op op_delayed_linear = {
    .kind = "delayed_linear",
    .help = "linear over the last dimension, each connection with a delay of its own that is "
            "learned",
    .options_size = sizeof(fsnn_delayed_linear),
    .defaults = &defaults,
    .keys = keys,
    .min_in = 1,
    .max_in = 1,
    .state_size = sizeof(state),
    .shape = shape,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .changed = changed,
    .memory = &lags_memory,
    .destroy = destroy,
};

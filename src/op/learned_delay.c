/* op/learned_delay.c: the input later, by delays that are learned: one for each number of a sample,
 * each channel, or all:
 *
 *     y_k[n] = sum over whole lags j of w_j(d[n]) x_{k-j}[n]           w_j: op/lags.h
 *     gd[n] = sum over k and j of w_j'(d[n]) gy_k[n] x_{k-j}[n]        gx_{k-j}[n] += w_j gy_k[n]
 *
 * Cost: L + 1 multiply-adds a number, forward and twice backward. */
#include "op/lags.h"

#include "base/whole.h"

#include <string.h>

static const fsnn_learned_delay defaults = {.lags = {.learn = true, .sigma = 0.5},
                                            .per = FSNN_PER_NEURON};

static const char *const per_names[] = {"layer", "channel", "neuron", NULL};

static const fsnn_key keys[] = {
    LAGS_KEYS(fsnn_learned_delay, lags),
    {.name = "per",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_learned_delay, per),
     .names = per_names,
     .help = "one delay for the layer, or one a channel or a neuron"},
    {0},
};

typedef struct state {
    lags lags; /* first: lags_memory */
} state;

static fsnn_status shape(op_node *node)
{
    const fsnn_learned_delay *o = node->options;
    const fsnn_shape *in = &node->in[0];
    FSNN_TRY(lags_check(node, &o->lags));
    FSNN_TRY(op_check(node, "per", (int64_t)o->per, 0, FSNN_PER_NEURON));
    op_output(node, 0, *in, false);
    node->params = 0;
    node->param[node->params++] = lags_param(
        &o->lags, o->per == FSNN_PER_NEURON
                      ? *in
                      : FSNN_SHAPE(o->per == FSNN_PER_CHANNEL && in->rank ? in->dim[0] : 1));
    node->operations = op_product(fsnn_shape_count(in), o->lags.max + 1);
    return FSNN_OK;
}

typedef struct job {
    const fsnn_learned_delay *o;
    int64_t most, n, delays; /* numbers of a sample; of the parameter */
    int64_t B, K;
    const real *delay;
    double *w, *dw, *g; /* [L + 1, delays]; gradients [n] */
    real *with;         /* [L + K, B, n] */
    const real *gy;
    real *y;
} job;

static job sizes_of(const op_node *node)
{
    const fsnn_learned_delay *o = node->options;
    return (job){.o = o,
                 .most = o->lags.max,
                 .n = fsnn_shape_count(&node->in[0]),
                 .delays = fsnn_shape_count(&node->param[0].shape),
                 .B = node->B,
                 .K = node->K};
}

static size_t weights_bytes(const job *j)
{
    return whole_lines(fsnn_bytes(op_product(j->most + 1, j->delays), sizeof(double)));
}

static fsnn_status plan(op_node *node)
{
    state *st = node->state;
    const job j = sizes_of(node);
    FSNN_TRY(lags_plan(node, &st->lags, j.most));
    const size_t with = whole_lines(fsnn_bytes(lags_count(node, &st->lags), sizeof(real)));
    node->scratch_bytes = 2 * weights_bytes(&j) + with + whole_lines((size_t)j.n * sizeof(double));
    node->tape_bytes = node->training ? with : 0;
    return FSNN_OK;
}

/* The weights of all delays, lag by lag. */
static void weigh(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    double w[LAGS_MOST + 1], dw[LAGS_MOST + 1];
    for (int64_t i = begin; i < end; i++) {
        lags_weights(&j->o->lags, (double)j->delay[i], w, dw);
        for (int64_t l = 0; l <= j->most; l++) {
            j->w[l * j->delays + i] = w[l];
            j->dw[l * j->delays + i] = dw[l];
        }
    }
}

enum { DELAYS = 256 }; /* a piece of them */

static job job_of(const op_node *node, const op_run *run)
{
    job j = sizes_of(node);
    char *at = run->scratch;
    j.delay = run->value[0];
    j.w = (double *)(void *)at;
    j.dw = (double *)(void *)(at + weights_bytes(&j));
    j.g = (double *)(void *)(at + 2 * weights_bytes(&j)); /* [n], then `with` */
    j.with =
        (real *)(void *)(at + 2 * weights_bytes(&j) + whole_lines((size_t)j.n * sizeof(double)));
    fsnn_parallel_range(j.delays, DELAYS, weigh, &j);
    return j;
}

/* Which delay is that of number i of a sample. */
static int64_t delay_of(const job *j, int64_t i)
{
    return j->delays == j->n ? i : j->delays == 1 ? 0 : i / (j->n / j->delays);
}

/* Numbers begin ... end - 1 of the samples' rows [K, B, n]. */
static void delay_forward(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    const int64_t row = j->B * j->n;
    for (int64_t i = begin; i < end; i++) {
        const int64_t d = delay_of(j, i % j->n);
        const real *x = j->with + j->most * row + i;
        double sum = 0;
        for (int64_t l = 0; l <= j->most; l++) {
            const double w = j->w[l * j->delays + d];
            if (w != 0)
                sum += w * (double)x[-l * row];
        }
        j->y[i] = (real)sum;
    }
}

enum { NUMBERS = 4096 };

static fsnn_status forward(op_node *node, const op_run *run)
{
    state *st = node->state;
    job j = job_of(node, run);
    if (node->training)
        j.with = run->tape;
    j.y = run->out[0];
    lags_extend(node, &st->lags, run->in[0], j.with);
    fsnn_parallel_range(j.K * j.B * j.n, NUMBERS, delay_forward, &j);
    return FSNN_OK;
}

/* Of numbers of a sample: the gradients of their inputs at all steps and of their delays. Columns
 * are apart, so threads do not meet; g [n]. */
typedef struct back {
    const job *j;
    const real *with;
    real *gwith;
    double *g;
} back;

static double number_back(const back *b, int64_t i)
{
    const job *j = b->j;
    const int64_t row = j->B * j->n, d = delay_of(j, i);
    double sum = 0;
    for (int64_t l = 0; l <= j->most; l++) {
        const double w = j->w[l * j->delays + d], dw = j->dw[l * j->delays + d];
        if (w == 0 && dw == 0)
            continue;
        for (int64_t k = 0; k < j->K; k++)
            for (int64_t s = 0; s < j->B; s++) {
                const int64_t at = (k * j->B + s) * j->n + i, from = at + (j->most - l) * row;
                sum += dw * (double)j->gy[at] * (double)b->with[from];
                b->gwith[from] += (real)(w * (double)j->gy[at]);
            }
    }
    return sum;
}

static void delay_back(int64_t begin, int64_t end, void *user)
{
    const back *b = user;
    for (int64_t i = begin; i < end; i++)
        b->g[i] = number_back(b, i);
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    state *st = node->state;
    job j = job_of(node, run);
    j.gy = run->gout[0];
    back b = {.j = &j, .with = run->tape, .gwith = j.with, .g = j.g};
    lags_open_back(node, &st->lags, b.gwith);
    fsnn_parallel_range(j.n, 16, delay_back, &b);
    lags_close_back(node, &st->lags, b.gwith, run->gin[0]);
    for (int64_t i = 0; i < j.n && run->grad[0]; i++)
        run->grad[0][delay_of(&j, i)] += (real)b.g[i];
    return FSNN_OK;
}

static fsnn_status changed(op_node *node, real *const *value, bool *anew)
{
    const fsnn_learned_delay *o = node->options;
    (void)anew;
    return lags_changed(node, &o->lags, 0, value[0]);
}

static void destroy(op_node *node)
{
    state *st = node->state;
    lags_free(&st->lags);
}

const fsnn_op op_learned_delay = {
    .kind = "learned_delay",
    .help = "its input later, by delays of layer, channels or neurons that are learned",
    .options_size = sizeof(fsnn_learned_delay),
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

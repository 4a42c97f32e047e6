/* op/batchnorm.c: batch normalisation (Ioffe and Szegedy 2015) of each channel, the first
 * dimension:
 *
 *     y = (x - mean) / sqrt(var + eps) weight + bias
 *
 * In training mean and (biased) variance are the batch's, over K, B and space, or over B and space
 * for each step alone (per_step), and the running statistics move by `momentum` towards them (the
 * variance unbiased), step after step. Otherwise the running statistics serve. Backward, with z =
 * (x - mean) / sd over n numbers:
 *
 *     gbias = sum gy,  gweight = sum gy z,  gx = weight / sd (gy - gbias / n - z gweight / n)
 *
 * Threshold-dependent batch normalisation (tdbn; Zheng et al. 2021) is the same over K and B with
 * alpha threshold weight in place of weight: currents that begin with the deviation of a threshold.
 *
 * Where a batch is run in shards together, n and all sums are those of the whole batch: each shard
 * gives its own, n among them, and takes those of all.
 *
 * Sums are in double in a fixed order. Cost: two passes over memory either way. */
#include "base/error_key.h"
#include "op/check.h"
#include "op/norm_walk.h"

#include <math.h>
#include <string.h>

static const fsnn_batchnorm defaults = {.eps = 1e-5, .momentum = 0.1, .affine = true};

#define NORM_KEYS                                                                                  \
    {.name = "eps",                                                                                \
     .type = FSNN_KEY_REAL,                                                                        \
     .offset = offsetof(fsnn_batchnorm, eps),                                                      \
     .min = 0,                                                                                     \
     .max = INFINITY,                                                                              \
     .above = true,                                                                                \
     .help = "added to the variance"},                                                             \
        {.name = "momentum",                                                                       \
         .type = FSNN_KEY_REAL,                                                                    \
         .offset = offsetof(fsnn_batchnorm, momentum),                                             \
         .min = 0,                                                                                 \
         .max = 1,                                                                                 \
         .help = "share of the batch in the running statistics"},                                  \
    {                                                                                              \
        .name = "affine", .type = FSNN_KEY_BOOL, .offset = offsetof(fsnn_batchnorm, affine),       \
        .help = "scale and shift by a learned weight and bias"                                     \
    }

static const fsnn_key keys[] = {
    NORM_KEYS,
    {.name = "per_step",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_batchnorm, per_step),
     .help = "batch statistics of each time step by itself, not over all steps together"},
    {0},
};

static const fsnn_tdbn td_defaults = {
    .norm = {.eps = 1e-5, .momentum = 0.1, .affine = true}, .alpha = 1, .threshold = 1};

static const fsnn_key td_keys[] = {
    {.name = "threshold",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_tdbn, threshold),
     .min = 0,
     .max = 1e9,
     .above = true,
     .help = "that of the neurons behind it: currents are normalised to the deviation alpha "
             "threshold"},
    {.name = "alpha",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_tdbn, alpha),
     .min = 0,
     .max = 1e9,
     .above = true,
     .help = "1, or 1/sqrt(n) where n branches are added up"},
    NORM_KEYS,
    {0},
};

extern const fsnn_op op_tdbn;

/* Deviation of what is normalised, before the weight. */
static double deviation(const op_node *node)
{
    const fsnn_tdbn *o = node->options;
    return node->op == &op_tdbn ? o->alpha * o->threshold : 1;
}

enum { WEIGHT, BIAS }; /* where there are any; running mean and variance are the last two */

static op_param channel_param(const char *name, int64_t C, double value, bool learn)
{
    return (op_param){
        .name = name, .shape = FSNN_SHAPE(C), .init = OP_CONSTANT, .scale = value, .learn = learn};
}

static fsnn_status shape(op_node *node)
{
    const fsnn_batchnorm *o = node->options;
    if (node->in[0].rank < 1)
        return fsnn_fail(FSNN_ESHAPE,
                         "%s \"%s\": its input is a scalar: it takes channels in the first "
                         "dimension",
                         node->op->kind, node->name);
    if (!(o->eps > 0 && isfinite(o->eps)))
        return fsnn_fail(FSNN_EARGUMENT, "%s \"%s\": eps is %g, it must be positive",
                         node->op->kind, node->name, o->eps);
    if (!(o->momentum >= 0 && o->momentum <= 1))
        return fsnn_fail(FSNN_EARGUMENT, "%s \"%s\": momentum is %g, it must lie between 0 and 1",
                         node->op->kind, node->name, o->momentum);
    if (!(deviation(node) > 0 && isfinite(deviation(node))))
        return fsnn_fail(FSNN_EARGUMENT,
                         "tdbn \"%s\": alpha times threshold is %g, it must be positive",
                         node->name, deviation(node));
    if (node->op == &op_tdbn && o->per_step)
        return fsnn_fail(FSNN_EARGUMENT,
                         "tdbn \"%s\": its statistics are over time and batch: per_step is for "
                         "batchnorm",
                         node->name);
    int64_t C = node->in[0].dim[0];
    node->params = 0;
    if (o->affine) {
        node->param[node->params++] = channel_param("weight", C, 1, true);
        node->param[node->params++] = channel_param("bias", C, 0, true);
    }
    node->param[node->params++] = channel_param("running_mean", C, 0, false);
    node->param[node->params++] = channel_param("running_var", C, 1, false);
    op_output(node, 0, node->in[0], node->in_last[0]);
    node->operations = fsnn_shape_count(&node->in[0]);
    return FSNN_OK;
}

static norm_walk walk_of(const op_node *node)
{
    const fsnn_batchnorm *o = node->options;
    int64_t C = node->in[0].dim[0], space = fsnn_shape_count(&node->in[0]) / C;
    bool each = o->per_step && node->training;
    return norm_walk_of(each ? node->K : 1, each ? node->B : node->K * node->B, C, space,
                        node->in_last[0]);
}

/* Numbers of a channel in a group. */
static double count_of(const norm_walk *w)
{
    return (double)(w->rows * w->P);
}

/* The same with all steps for which it stands, where the input is still. */
static double whole_count(const op_node *node, double count)
{
    const fsnn_batchnorm *o = node->options;
    return count * (double)(node->still && !o->per_step ? node->span : 1);
}

/* Samples of the batch. */
static int64_t batch_of(const op_node *node)
{
    return node->together ? node->together : node->B;
}

/* Numbers of a channel in a group of the whole batch. */
static double planned_count(const op_node *node, const norm_walk *w)
{
    return whole_count(node, count_of(w) / (double)node->B * (double)batch_of(node));
}

/* The scratch, [groups, C] each, then partial sums; on the tape mean and 1/sd, doubles too. */
typedef struct work {
    double *s, *q, *part;
    double *mean, *inv; /* tape */
    norm_terms terms;
} work;

static work work_of(const norm_walk *w, const op_run *run)
{
    int64_t n = w->groups * w->C;
    work k = {.s = run->scratch, .mean = run->tape};
    k.q = k.s + n;
    k.part = k.q + n;
    k.inv = k.mean ? k.mean + n : NULL;
    real *f = (real *)(k.part + norm_walk_parts(w));
    k.terms = (norm_terms){f, f + n, f + 2 * n, f + 3 * n, f + 4 * n};
    return k;
}

/* What has statistics step by step. */
static const char *stepwise(const op_node *node)
{
    return node->op == &op_tdbn ? "batchnorm with `per_step: true`" : "`per_step: true`";
}

/* Sums over shards are exchanged where the whole network waits for them: not step by step. */
static fsnn_status check_together(const op_node *node)
{
    if (!node->together || !node->training || (!node->looped && !node->segmented))
        return FSNN_OK;
    return fsnn_fail_key(
        FSNN_EUNSUPPORTED, "training.batchnorm",
        "%s \"%s\": %s runs pieces of time, but synchronised statistics are exchanged once for all "
        "steps: set training.batchnorm to shard, or %s",
        node->op->kind, node->name, node->looped ? "a loop" : "gradient checkpointing",
        node->looped ? "move the layer out of the loop" : "turn checkpointing off");
}

static fsnn_status plan(op_node *node)
{
    const fsnn_batchnorm *o = node->options;
    norm_walk w = walk_of(node);
    int64_t n = w.groups * w.C;
    if (node->training && planned_count(node, &w) < 2)
        return fsnn_fail(FSNN_ESHAPE,
                         "%s \"%s\": training sees one number a channel (%s %lld), which "
                         "has no variance: a batch of 2 or more works%s",
                         node->op->kind, node->name,
                         o->per_step ? "each step alone, batch" : "steps times batch",
                         (long long)(o->per_step ? 1 : node->K) * (long long)batch_of(node),
                         o->per_step ? ", or per_step: false with several steps" : "");
    FSNN_TRY(check_together(node));
    if (node->training && node->looped && !o->per_step)
        return fsnn_fail(
            FSNN_EUNSUPPORTED,
            "%s \"%s\": it stands in a loop, which goes through time step by step, "
            "but the statistics are over all steps: %s works, or its place outside of the loop",
            node->op->kind, node->name, stepwise(node));
    if (node->training && node->segmented && !o->per_step)
        return fsnn_fail(
            FSNN_EUNSUPPORTED,
            "%s \"%s\": gradient checkpointing runs pieces of time, but the statistics are "
            "over all steps: %s, or no checkpointing, works",
            node->op->kind, node->name, stepwise(node));
    node->scratch_bytes =
        (size_t)(2 * n + norm_walk_parts(&w)) * sizeof(double) + (size_t)(5 * n) * sizeof(real);
    node->tape_bytes = node->training ? (size_t)(2 * n) * sizeof(double) : 0;
    return FSNN_OK;
}

/* ---- sums over shards: numbers of a channel and group, then s and q ---- */

static int64_t sums_shared(const op_node *node)
{
    norm_walk w = walk_of(node);
    return node->training ? 1 + 2 * w.groups * w.C : 0;
}

static void give_sums(const norm_walk *w, const work *k, double *sums)
{
    const size_t bytes = (size_t)(w->groups * w->C) * sizeof *sums;
    sums[0] = count_of(w);
    memcpy(sums + 1, k->s, bytes);
    memcpy(sums + 1 + w->groups * w->C, k->q, bytes);
}

static void take_sums(const norm_walk *w, const work *k, const double *sums)
{
    const size_t bytes = (size_t)(w->groups * w->C) * sizeof *sums;
    memcpy(k->s, sums + 1, bytes);
    memcpy(k->q, sums + 1 + w->groups * w->C, bytes);
}

/* Numbers of a channel and group over which the sums are. */
static double summed_count(const norm_walk *w, const op_run *run)
{
    return run->shared ? run->shared[0] : count_of(w);
}

/* ---- forward ---- */

/* Mean, 1/sd and the running statistics from the sums. */
static void settle_batch(const op_node *node, const op_run *run, const norm_walk *w, const work *k)
{
    const fsnn_batchnorm *o = node->options;
    real *running_mean = run->value[node->params - 2], *running_var = run->value[node->params - 1];
    double n = summed_count(w, run), unbiased = whole_count(node, n);
    int64_t times = node->still && o->per_step ? node->span : 1;
    unbiased /= unbiased - 1;
    for (int64_t i = 0; i < w->groups * w->C; i++) {
        int64_t c = i % w->C;
        double mean = k->s[i] / n, var = k->q[i] / n - mean * mean;
        var = var > 0 ? var : 0;
        k->mean[i] = mean;
        k->inv[i] = 1 / sqrt(var + o->eps);
        k->terms.mean[i] = (real)mean;
        k->terms.a[i] = (real)k->inv[i];
        if (run->replay)
            continue;
        for (int64_t step = 0; step < times; step++) {
            running_mean[c] = (real)((1 - o->momentum) * running_mean[c] + o->momentum * mean);
            running_var[c] =
                (real)((1 - o->momentum) * running_var[c] + o->momentum * var * unbiased);
        }
    }
}

static void settle_running(const op_node *node, const op_run *run, const norm_walk *w,
                           const work *k)
{
    const fsnn_batchnorm *o = node->options;
    const real *mean = run->value[node->params - 2], *var = run->value[node->params - 1];
    for (int64_t c = 0; c < w->C; c++) {
        k->terms.mean[c] = mean[c];
        k->terms.a[c] = (real)(1 / sqrt((double)var[c] + o->eps));
    }
}

static fsnn_status forward(op_node *node, const op_run *run)
{
    const fsnn_batchnorm *o = node->options;
    norm_walk w = walk_of(node);
    work k = work_of(&w, run);
    if (node->training) {
        if (run->shared)
            take_sums(&w, &k, run->shared);
        else
            norm_moments(&w, run->in[0], k.part, k.s, k.q);
        settle_batch(node, run, &w, &k);
    } else {
        settle_running(node, run, &w, &k);
    }
    for (int64_t i = 0; i < w.groups * w.C; i++) {
        k.terms.b[i] = o->affine ? run->value[BIAS][i % w.C] : 0;
        k.terms.a[i] *= (real)deviation(node);
        if (o->affine)
            k.terms.a[i] *= run->value[WEIGHT][i % w.C];
    }
    norm_apply(&w, &k.terms, run->in[0], run->out[0]);
    return FSNN_OK;
}

/* ---- backward ---- */

static void add_gradients(const op_node *node, const op_run *run, const norm_walk *w, const work *k)
{
    for (int64_t c = 0; c < w->C; c++) {
        double weight = 0, bias = 0;
        for (int64_t g = 0; g < w->groups; g++) {
            int64_t i = g * w->C + c;
            weight += k->q[i] * k->inv[i];
            bias += k->s[i];
        }
        if (run->grad[WEIGHT])
            run->grad[WEIGHT][c] += (real)(deviation(node) * weight);
        if (run->grad[BIAS])
            run->grad[BIAS][c] += (real)bias;
    }
}

/* Sums of the shard at hand, and what they give to the parameters. */
static void sum_back(const op_node *node, const op_run *run, const norm_walk *w, const work *k)
{
    const fsnn_batchnorm *o = node->options;
    norm_products(w, run->gout[0], run->in[0], k->mean, k->part, k->s, k->q);
    if (o->affine)
        add_gradients(node, run, w, k);
}

static void gather(op_node *node, const op_run *run, bool back, double *sums)
{
    norm_walk w = walk_of(node);
    work k = work_of(&w, run);
    if (back)
        sum_back(node, run, &w, &k);
    else
        norm_moments(&w, run->in[0], k.part, k.s, k.q);
    give_sums(&w, &k, sums);
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    const fsnn_batchnorm *o = node->options;
    norm_walk w = walk_of(node);
    work k = work_of(&w, run);
    double n = summed_count(&w, run);
    if (run->shared)
        take_sums(&w, &k, run->shared);
    else
        sum_back(node, run, &w, &k);
    if (!run->gin[0])
        return FSNN_OK;
    for (int64_t i = 0; i < w.groups * w.C; i++) {
        double weight = deviation(node) * (o->affine ? (double)run->value[WEIGHT][i % w.C] : 1);
        k.terms.mean[i] = (real)k.mean[i];
        k.terms.a[i] = (real)(weight * k.inv[i]);
        k.terms.m[i] = (real)(k.s[i] / n);
        k.terms.q[i] = (real)(k.q[i] / n * k.inv[i] * k.inv[i]);
    }
    norm_adjoint(&w, &k.terms, run->gout[0], run->in[0], run->gin[0]);
    return FSNN_OK;
}

const fsnn_op op_batchnorm = {
    .kind = "batchnorm",
    .help = "normalises each channel over the batch",
    .options_size = sizeof(fsnn_batchnorm),
    .defaults = &defaults,
    .keys = keys,
    .min_in = 1,
    .max_in = 1,
    .flags = OP_LAST | OP_NEEDS_IN,
    .shape = shape,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .sums_shared = sums_shared,
    .gather = gather,
};

const fsnn_op op_tdbn = {
    .kind = "tdbn",
    .help = "threshold-dependent batch normalisation: each channel over time and batch, to the "
            "deviation alpha times threshold",
    .options_size = sizeof(fsnn_tdbn),
    .defaults = &td_defaults,
    .keys = td_keys,
    .min_in = 1,
    .max_in = 1,
    .flags = OP_LAST | OP_NEEDS_IN,
    .shape = shape,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .sums_shared = sums_shared,
    .gather = gather,
};

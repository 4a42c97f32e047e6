/* op/lags.c: the past that learned delays look back to, and the weights of lags. */
#include "op/lags.h"

#include "base/error_key.h"

#include <math.h>
#include <string.h>

const char *const lags_kernels[] = {"linear", "gaussian", NULL};
const char *const lags_inits[] = {"uniform", "constant", NULL};

/* ---- delays ---- */

fsnn_status lags_check(const op_node *node, const fsnn_lags *o)
{
    FSNN_TRY(op_check(node, "max", o->max, 1, LAGS_MOST));
    FSNN_TRY(op_check(node, "kernel", (int64_t)o->kernel, 0, FSNN_LAGS_GAUSSIAN));
    FSNN_TRY(op_check(node, "init", (int64_t)o->init, 0, FSNN_LAGS_CONSTANT));
    if (o->kernel == FSNN_LAGS_GAUSSIAN && !(o->sigma >= 0.05 && o->sigma <= LAGS_MOST))
        return fsnn_fail_key(FSNN_EARGUMENT, "sigma",
                             "%s \"%s\": sigma is %g, it must lie between 0.05 and %d steps",
                             node->op->kind, node->name, o->sigma, LAGS_MOST);
    if (o->init == FSNN_LAGS_CONSTANT && !(o->steps >= 0 && o->steps <= (double)o->max))
        return fsnn_fail_key(FSNN_EARGUMENT, "steps",
                             "%s \"%s\": delays of %g steps, but max is %lld: they must be from 0 "
                             "to max",
                             node->op->kind, node->name, o->steps, (long long)o->max);
    return FSNN_OK;
}

op_param lags_param(const fsnn_lags *o, fsnn_shape shape)
{
    const double half = 0.5 * (double)o->max;
    const bool drawn = o->init == FSNN_LAGS_UNIFORM;
    return (op_param){.name = "delay",
                      .shape = shape,
                      .init = drawn ? OP_UNIFORM : OP_CONSTANT,
                      .middle = half,
                      .scale = drawn ? half : o->steps,
                      .learn = o->learn};
}

fsnn_status lags_changed(const op_node *node, const fsnn_lags *o, int param, real *value)
{
    const real most = (real)o->max;
    for (int64_t i = 0; i < fsnn_shape_count(&node->param[param].shape); i++) {
        if (!isfinite(value[i]))
            return fsnn_fail(FSNN_EARGUMENT, "%s.delay[%lld] is %g: it must be finite", node->name,
                             (long long)i, (double)value[i]);
        value[i] = value[i] < 0 ? 0 : value[i] > most ? most : value[i];
    }
    return FSNN_OK;
}

static void linear_weights(int64_t most, double delay, double *w, double *dw)
{
    int64_t first = (int64_t)delay;
    first = first < most ? first : most - 1;
    memset(w, 0, (size_t)(most + 1) * sizeof *w);
    memset(dw, 0, (size_t)(most + 1) * sizeof *dw);
    w[first] = 1 - (delay - (double)first);
    w[first + 1] = delay - (double)first;
    dw[first] = -1;
    dw[first + 1] = 1;
}

static void gaussian_weights(int64_t most, double sigma, double delay, double *w, double *dw)
{
    const double narrow = 1 / (sigma * sigma), near = delay - floor(delay + 0.5);
    double sum = 0, mean = 0;
    for (int64_t j = 0; j <= most; j++) { /* the nearest lag has weight 1, so the sum is not 0 */
        const double far = (double)j - delay;
        w[j] = exp(0.5 * narrow * (near * near - far * far));
        sum += w[j];
    }
    for (int64_t j = 0; j <= most; j++) {
        w[j] /= sum;
        mean += w[j] * (double)j;
    }
    for (int64_t j = 0; j <= most; j++)
        dw[j] = w[j] * ((double)j - mean) * narrow;
}

void lags_weights(const fsnn_lags *o, double delay, double *w, double *dw)
{
    delay = delay < 0 ? 0 : delay > (double)o->max ? (double)o->max : delay;
    if (o->kernel == FSNN_LAGS_GAUSSIAN)
        gaussian_weights(o->max, o->sigma, delay, w, dw);
    else
        linear_weights(o->max, delay, w, dw);
}

/* ---- the past ---- */

fsnn_status lags_plan(op_node *node, lags *l, int64_t most)
{
    const int64_t row = node->B * fsnn_shape_count(&node->in[0]);
    const size_t bytes = fsnn_bytes(op_product(most, row), sizeof(real));
    if (l->past && l->most == most && l->row == row)
        return FSNN_OK;
    lags_free(l);
    if ((uint64_t)bytes > (uint64_t)fsnn_memory_left() / 2)
        return fsnn_fail_key(FSNN_EMEMORY, "max",
                             "%s \"%s\": out of memory for the %lld steps that it looks back to, "
                             "of %lld numbers each",
                             node->op->kind, node->name, (long long)most, (long long)row);
    l->past = fsnn_alloc(bytes);
    l->later = fsnn_alloc(bytes);
    if (!l->past || !l->later)
        return FSNN_EMEMORY;
    l->most = most;
    l->row = row;
    l->bytes = bytes;
    return FSNN_OK;
}

void lags_free(lags *l)
{
    fsnn_free(l->past);
    fsnn_free(l->later);
    *l = (lags){0};
}

void lags_extend(op_node *node, lags *l, const real *x, real *with)
{
    const int64_t steps = node->K * l->row;
    memcpy(with, l->past, l->bytes);
    memcpy(with + l->most * l->row, x, (size_t)steps * sizeof *x);
    memcpy(l->past, with + steps, l->bytes);
}

void lags_open_back(op_node *node, const lags *l, real *gwith)
{
    const int64_t steps = node->K * l->row;
    memset(gwith, 0, (size_t)steps * sizeof *gwith);
    memcpy(gwith + steps, l->later, l->bytes);
}

void lags_close_back(op_node *node, lags *l, const real *gwith, real *gx)
{
    memcpy(l->later, gwith, l->bytes);
    if (gx)
        memcpy(gx, gwith + l->most * l->row, (size_t)(node->K * l->row) * sizeof *gx);
}

/* ---- op/memory.h ---- */

static void reset(op_node *node)
{
    lags *l = node->state;
    memset(l->past, 0, l->bytes);
}

static size_t bytes(const op_node *node)
{
    const lags *l = node->state;
    return l->bytes;
}

static void save(const op_node *node, bool whole, void *to)
{
    const lags *l = node->state;
    (void)whole;
    memcpy(to, l->past, l->bytes);
}

static fsnn_status load(op_node *node, bool whole, const void *from)
{
    lags *l = node->state;
    (void)whole;
    memcpy(l->past, from, l->bytes);
    return FSNN_OK;
}

/* Behind the last step there is nothing that gives a gradient. */
static void chain(op_node *node, bool last, bool first)
{
    lags *l = node->state;
    (void)first;
    if (last)
        memset(l->later, 0, l->bytes);
}

static size_t held(const op_node *node)
{
    const lags *l = node->state;
    return 2 * l->bytes;
}

const op_memory lags_memory = {
    .reset = reset, .bytes = bytes, .save = save, .load = load, .chain = chain, .held = held};

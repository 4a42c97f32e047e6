/* The past as a sum of exponentials: lags below W exactly, the others by K modes
 *
 *   F_m(k+1) = e^(-s_m) F_m(k) + e^(-s_m W) x_{k+1-W}
 *   sum = sum_{j<W} w_j x_{k-j} + sum_m weight_m F_m(k)
 *
 * so that time and memory a step do not depend on the number of steps (Jiang et al. 2017; Banjai
 * and Lopez-Fernandez 2019). The nodes s are the same for all orders and kernels; only the weights
 * differ. W + K numbers a component. */
#include "frac/fde_run.h"

#include <math.h>
#include <string.h>

struct fde_past {
    size_t n;
    int W, modes;
    int64_t kept;
    double *decay,
        *enter;    /* [modes]: e^-s - 1, which keeps its digits for slow modes, and e^(-s W) */
    double *state; /* [n][modes] */
    double *ring;  /* [n][W]: x_k at k % W */
    double *near[FDE_KERNELS]; /* [slots][W]: w_j at j */
    double *far[FDE_KERNELS];  /* [slots][FDE_MODES] */
};

static void destroy(fde_past *past)
{
    if (!past)
        return;
    fsnn_free(past->decay);
    fsnn_free(past->enter);
    fsnn_free(past->state);
    fsnn_free(past->ring);
    for (int m = 0; m < FDE_KERNELS; m++) {
        fsnn_free(past->near[m]);
        fsnn_free(past->far[m]);
    }
    fsnn_free(past);
}

static double *numbers(fde_run *run, size_t count)
{
    run->report.bytes += (int64_t)(count * sizeof(double));
    return fsnn_alloc(count * sizeof(double));
}

static fsnn_status modes(fde_run *run, fde_past *past)
{
    fde_fit fit = {0};
    for (int m = 0; m < FDE_KERNELS; m++)
        fit.weight[m] = past->far[m];
    FSNN_TRY(fde_fit_make(run, &fit));
    past->modes = run->report.modes = fit.modes;
    run->report.weight_error = fit.error;
    run->report.weight_error_sum = fit.error_sum;
    past->state = numbers(run, run->n * (size_t)fit.modes);
    if (!past->state)
        return FSNN_EMEMORY;
    for (int m = 0; m < fit.modes; m++) {
        past->decay[m] = expm1(-fit.s[m]);
        past->enter[m] = exp(-fit.s[m] * past->W);
    }
    return FSNN_OK;
}

static fsnn_status fill(fde_run *run, fde_past *past)
{
    size_t W = (size_t)run->o->window;
    past->n = run->n;
    past->W = run->o->window;
    past->decay = numbers(run, FDE_MODES);
    past->enter = numbers(run, FDE_MODES);
    past->ring = numbers(run, run->n * W);
    if (!past->decay || !past->enter || !past->ring)
        return FSNN_EMEMORY;
    for (int m = 0; m < FDE_KERNELS && run->scheme->kernel[m]; m++) {
        past->near[m] = numbers(run, run->slots * W);
        past->far[m] = numbers(run, run->slots * FDE_MODES);
        if (!past->near[m] || !past->far[m])
            return FSNN_EMEMORY;
        for (size_t p = 0; p < run->slots; p++)
            fde_mix_lags(run->scheme->kernel[m], &run->mix[p], past->W - 1, past->near[m] + p * W);
    }
    return modes(run, past);
}

static fsnn_status create(fde_run *run, fde_past **out)
{
    fde_past *past = fsnn_alloc(sizeof *past);
    if (!past)
        return FSNN_EMEMORY;
    fsnn_status status = fill(run, past);
    if (status < 0)
        destroy(past);
    else
        *out = past;
    return status;
}

static void sum(const fde_run *run, int kernel, int64_t k, double *out)
{
    const fde_past *past = run->past;
    int W = past->W;
    for (size_t i = 0; i < run->n; i++) {
        const double *near = past->near[kernel] + run->slot[i] * (size_t)W;
        const double *far = past->far[kernel] + run->slot[i] * FDE_MODES;
        const double *ring = past->ring + i * (size_t)W;
        const double *state = past->state + i * (size_t)past->modes;
        double total = 0;
        for (int m = 0; m < past->modes; m++)
            total += far[m] * state[m];
        for (int j = k - 1 < W - 1 ? (int)(k - 1) : W - 1; j >= 1; j--)
            total += near[j] * ring[(k - j) % W];
        out[i] = total;
    }
}

static void push(fde_run *run, const double *x)
{
    fde_past *past = run->past;
    int64_t k = ++past->kept;
    size_t W = (size_t)past->W;
    for (size_t i = 0; i < run->n; i++) {
        double *ring = past->ring + i * W, *state = past->state + i * (size_t)past->modes;
        ring[k % past->W] = x[i];
        double leaves = ring[(k + 1) % past->W]; /* x_{k+1-W}; 0 in the beginning */
        for (int m = 0; m < past->modes; m++)
            state[m] += past->decay[m] * state[m] + past->enter[m] * leaves;
    }
}

static size_t states(const fde_run *run)
{
    return run->n * (size_t)run->past->modes;
}

static size_t ring(const fde_run *run)
{
    return run->n * (size_t)run->past->W;
}

static size_t bytes(const fde_run *run, int64_t kept)
{
    (void)kept;
    return (states(run) + ring(run)) * sizeof(double);
}

static void save(const fde_run *run, void *out)
{
    double *at = out;
    memcpy(at, run->past->state, states(run) * sizeof *at);
    memcpy(at + states(run), run->past->ring, ring(run) * sizeof *at);
}

static void load(fde_run *run, int64_t kept, const void *in)
{
    const double *at = in;
    run->past->kept = kept;
    memcpy(run->past->state, at, states(run) * sizeof *at);
    memcpy(run->past->ring, at + states(run), ring(run) * sizeof *at);
}

static int64_t kept(const fde_past *past)
{
    return past->kept;
}

static void clear(fde_past *past)
{
    past->kept = 0;
    memset(past->state, 0, past->n * (size_t)past->modes * sizeof *past->state);
    memset(past->ring, 0, past->n * (size_t)past->W * sizeof *past->ring);
}

const fde_engine fde_exponentials = {create, destroy, sum,  push, NULL,
                                     clear,  bytes,   save, load, kept};

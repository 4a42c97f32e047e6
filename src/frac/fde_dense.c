/* The whole past: x[n][steps] and the weights of all lags, backwards, so that both are read
 * forwards: sum_{i=1}^{k-1} w_{k-i} x_i. Exact; k products a component and step. */
#include "frac/fde_run.h"

#include <string.h>

struct fde_past {
    int64_t kept;           /* values pushed */
    double *x;              /* [n][steps] */
    double *w[FDE_KERNELS]; /* [slots][steps]; lag j at steps - j */
};

static void release(fde_past *past)
{
    fsnn_free(past->x);
    for (int m = 0; m < FDE_KERNELS; m++)
        fsnn_free(past->w[m]);
}

static void destroy(fde_past *past)
{
    if (past)
        release(past);
    fsnn_free(past);
}

static fsnn_status weights(fde_run *run, int kernel, double *w)
{
    size_t N = (size_t)run->steps;
    double *lags = fsnn_alloc((N + 1) * sizeof *lags);
    if (!lags)
        return FSNN_EMEMORY;
    for (size_t p = 0; p < run->slots; p++) {
        fde_mix_lags(run->scheme->kernel[kernel], &run->mix[p], (int64_t)N, lags);
        for (size_t j = 1; j <= N; j++)
            w[p * N + N - j] = lags[j];
    }
    fsnn_free(lags);
    return FSNN_OK;
}

static fsnn_status too_long(const fde_run *run)
{
    return fsnn_fail(FSNN_EMEMORY,
                     "the whole past of %lld steps of %zu component%s does not fit in memory: "
                     "FSNN_FDE_EXPONENTIALS keeps a constant number",
                     (long long)run->steps, run->n, run->n == 1 ? "" : "s");
}

static fsnn_status fill(fde_run *run, fde_past *past)
{
    size_t N = (size_t)run->steps;
    if (N > SIZE_MAX / 64 / (run->n + run->slots))
        return too_long(run);
    past->x = fsnn_alloc(run->n * N * sizeof *past->x);
    if (!past->x)
        return too_long(run);
    run->report.bytes = (int64_t)(run->n * N * sizeof *past->x);
    for (int m = 0; m < FDE_KERNELS && run->scheme->kernel[m]; m++) {
        past->w[m] = fsnn_alloc(run->slots * N * sizeof *past->w[m]);
        if (!past->w[m])
            return too_long(run);
        run->report.bytes += (int64_t)(run->slots * N * sizeof *past->w[m]);
        FSNN_TRY(weights(run, m, past->w[m]));
    }
    return FSNN_OK;
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

/* Eight partial sums: independent additions, and smaller rounding than one after the other. */
static double dot(const double *a, const double *b, size_t n)
{
    double part[8] = {0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (int l = 0; l < 8; l++)
            part[l] += a[i + (size_t)l] * b[i + (size_t)l];
    for (int l = 0; i < n; i++, l++)
        part[l] += a[i] * b[i];
    return ((part[0] + part[4]) + (part[2] + part[6])) +
           ((part[1] + part[5]) + (part[3] + part[7]));
}

static void sum(const fde_run *run, int kernel, int64_t k, double *out)
{
    const fde_past *past = run->past;
    size_t N = (size_t)run->steps, count = (size_t)(k - 1);
    for (size_t i = 0; i < run->n; i++) {
        const double *w = past->w[kernel] + run->slot[i] * N;
        out[i] = dot(w + N - count, past->x + i * N, count);
    }
}

static void push(fde_run *run, const double *x)
{
    fde_past *past = run->past;
    for (size_t i = 0; i < run->n; i++)
        past->x[i * (size_t)run->steps + (size_t)past->kept] = x[i];
    past->kept++;
}

static fsnn_status grow(fde_run *run, int64_t steps)
{
    fde_past *past = run->past, fresh = {.kept = past->kept};
    int64_t before = run->steps, bytes = run->report.bytes;
    run->steps = steps;
    fsnn_status status = fill(run, &fresh);
    if (status < 0) {
        run->steps = before;
        run->report.bytes = bytes;
    } else {
        for (size_t i = 0; i < run->n; i++)
            memcpy(fresh.x + i * (size_t)steps, past->x + i * (size_t)before,
                   (size_t)past->kept * sizeof *past->x);
        fde_past swap = *past;
        *past = fresh;
        fresh = swap;
    }
    release(&fresh);
    return status;
}

static void clear(fde_past *past)
{
    past->kept = 0;
}

static size_t bytes(const fde_run *run, int64_t kept)
{
    return run->n * (size_t)kept * sizeof(double);
}

static void save(const fde_run *run, void *out)
{
    size_t row = (size_t)run->past->kept * sizeof(double);
    for (size_t i = 0; i < run->n; i++)
        memcpy((char *)out + i * row, run->past->x + i * (size_t)run->steps, row);
}

static void load(fde_run *run, int64_t kept, const void *in)
{
    size_t row = (size_t)kept * sizeof(double);
    run->past->kept = kept;
    for (size_t i = 0; i < run->n; i++)
        memcpy(run->past->x + i * (size_t)run->steps, (const char *)in + i * row, row);
}

static int64_t kept(const fde_past *past)
{
    return past->kept;
}

const fde_engine fde_dense = {create, destroy, sum, push, grow, clear, bytes, save, load, kept};

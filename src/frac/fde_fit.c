/* Nodes and weights of the sums of exponentials for the discrete weights of a scheme.
 *
 * Trapezoidal rule in u = log s of  w_j = int e^(-s j) density(s) ds:  s_k = e^(k eta), weight_k =
 * eta s_k density(s_k). Fast nodes end where the window's first lag has decayed; the slow part of
 * the rule, s < s_cut ~ 1/N, is carried by TAIL fixed nodes in [0, s_cut] that match its first TAIL
 * moments. Nodes depend on N, window and tolerance only, so one set serves all orders and kernels.
 * The result is measured, and refined until it meets the tolerance. Banjai and Lopez-Fernandez,
 * Numer. Math. 141 (2019); McLean (2018). Cost: about 600 (modes) exponentials an attempt. */
#include "frac/fde_run.h"

#include <math.h>

enum { TAIL = 6, ATTEMPTS = 24, NEAR = 256, TABLE = 4096 };

typedef struct rule {
    double eta, cut, fast; /* step in log s; ends of the nodes */
    int W;
    int64_t N;
} rule;

static double tail_node(int i)
{
    return (1 - cos((2 * i + 1) * 3.14159265358979323846 / (2 * TAIL))) / 2;
}

static int nodes(const rule *r, double *s)
{
    int count = 0;
    for (; count < TAIL; count++)
        s[count] = r->cut * tail_node(count);
    for (double u = log(r->cut); u < log(r->fast) && count < FDE_MODES; u += r->eta)
        s[count++] = exp(u);
    return count;
}

/* Moments (s/cut)^i of the trapezoidal rule below cut: 45 units of log s one by one, the rest as
 * the geometric series that the leading power makes of it. At 1 + power = 0 (integral kernels at
 * alpha = 1) the density is all in that rest, with mass 1. */
static void moments(const fde_kernel *kernel, double a, const rule *r, double *m)
{
    double q = 1 + kernel->power(a);
    int count = (int)(45 / r->eta);
    for (int i = 0; i < TAIL; i++)
        m[i] = 0;
    for (int k = 1; k <= count; k++) {
        double s = r->cut * exp(-r->eta * k), mass = r->eta * s * kernel->density(a, s);
        for (int i = 0; i < TAIL; i++, mass *= s / r->cut) {
            m[i] += mass;
            if (k == count && q + i > 0)
                m[i] += mass * exp(-r->eta * (q + i)) / -expm1(-r->eta * (q + i));
        }
    }
    if (q == 0)
        m[0] = 1;
}

/* Weights of one order on the nodes. */
static fsnn_status weigh(const fde_kernel *kernel, const fde_mix *mix, const rule *r, int modes,
                         const double *s, double *weight)
{
    double A[TAIL * TAIL], b[TAIL];
    size_t pivot[TAIL];
    for (int i = 0; i < TAIL; i++)
        for (int j = 0; j < TAIL; j++)
            A[i * TAIL + j] = pow(tail_node(j), i);
    if (!fde_lu_factor(A, pivot, TAIL))
        return fsnn_fail(FSNN_ENUMERIC, "the moments of the exponentials cannot be matched");
    for (int k = 0; k < modes; k++)
        weight[k] = 0;
    for (int m = 0; m < mix->terms; m++) {
        moments(kernel, mix->alpha[m], r, b);
        fde_lu_solve(A, pivot, TAIL, b);
        for (int k = 0; k < TAIL; k++)
            weight[k] += mix->share[m] * b[k];
        for (int k = TAIL; k < modes; k++)
            weight[k] += mix->share[m] * r->eta * s[k] * kernel->density(mix->alpha[m], s[k]);
    }
    return FSNN_OK;
}

static double far_lag(const fde_kernel *kernel, const fde_mix *mix, double j)
{
    double w = 0;
    for (int m = 0; m < mix->terms; m++)
        w += mix->share[m] * kernel->lag(mix->alpha[m], j);
    return w;
}

/* Largest relative error and sum of |error| over the lags W..N: the first NEAR lags, then every 2
 * %. */
static void measure(const fde_kernel *kernel, const fde_mix *mix, const rule *r, const fde_fit *fit,
                    const double *weight, const double *table, double *error, double *sum)
{
    *error = *sum = 0;
    for (int64_t j = r->W, next; j <= r->N; j = next) {
        next = j < r->W + NEAR ? j + 1 : j + j / 50;
        if (next > r->N && j < r->N)
            next = r->N;
        double w = j <= TABLE ? table[j] : far_lag(kernel, mix, (double)j), sum_j = 0;
        for (int k = 0; k < fit->modes; k++)
            sum_j += weight[k] * exp(-fit->s[k] * (double)j);
        double e = fabs(sum_j - w);
        *sum += e * (double)(next - j);
        if (e > 0)
            *error = fmax(*error, e / w);
    }
}

static fsnn_status attempt(const fde_run *run, const rule *r, fde_fit *fit, double *table)
{
    fit->modes = nodes(r, fit->s);
    fit->error = fit->error_sum = 0;
    for (int m = 0; m < FDE_KERNELS && run->scheme->kernel[m]; m++)
        for (size_t p = 0; p < run->slots; p++) {
            const fde_kernel *kernel = run->scheme->kernel[m];
            double *weight = fit->weight[m] + p * FDE_MODES, error, sum;
            FSNN_TRY(weigh(kernel, &run->mix[p], r, fit->modes, fit->s, weight));
            fde_mix_lags(kernel, &run->mix[p], r->N < TABLE ? r->N : TABLE, table);
            measure(kernel, &run->mix[p], r, fit, weight, table, &error, &sum);
            fit->error = fmax(fit->error, error);
            fit->error_sum = fmax(fit->error_sum, sum);
        }
    return FSNN_OK;
}

fsnn_status fde_fit_make(const fde_run *run, fde_fit *fit)
{
    double tolerance = run->o->tolerance, digits = log(1 / tolerance);
    rule r = {.W = run->o->window, .N = run->steps};
    if (r.N <= r.W) { /* the window holds everything */
        fit->modes = 0;
        return FSNN_OK;
    }
    r.eta = 0.97 * 9.8696044 / (digits + 5);
    r.cut = fmin(1, 10 * pow(tolerance, 1.0 / TAIL)) / (double)r.N;
    r.fast = (digits + 6) / (r.W - 1);
    double *table = fsnn_alloc((TABLE + 1) * sizeof *table);
    if (!table)
        return FSNN_EMEMORY;
    fsnn_status status = FSNN_OK;
    for (int i = 0; i < ATTEMPTS && status >= 0; i++) {
        status = attempt(run, &r, fit, table);
        if (fit->error <= tolerance || fit->modes == FDE_MODES)
            break;
        r.eta *= 0.94;
        r.cut *= 0.75;
        r.fast *= 1.05;
    }
    fsnn_free(table);
    if (status >= 0 && !(fit->error <= tolerance))
        return fsnn_fail(
            FSNN_ENUMERIC,
            "no sum of at most %d exponentials reaches tolerance %g for %lld steps and window "
            "%d (best %.1e): a larger tolerance or window, or the dense memory, would work",
            FDE_MODES, tolerance, (long long)r.N, r.W, fit->error);
    return status;
}

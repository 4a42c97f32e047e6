/* Nodes and weights of the sums of exponentials.
 *
 * Trapezoidal rule in u = log s of  w_j = int e^(-s j) density(s) ds:   s_k = e^(k eta),   weight_k
 * = eta s_k density(s_k). Fast nodes end where the window's first lag has decayed; the slow part of
 * the rule, s < cut ~ 1/steps, is carried by TAIL fixed nodes in [0, cut] that match its first TAIL
 * moments. The result is measured, and refined until it meets the tolerance. Banjai and
 * Lopez-Fernandez, Numer. Math. 141 (2019); McLean (2018). Cost: about 700 (modes) exponentials an
 * attempt, and 700 weights a target. */
#include "frac/fit.h"

#include "frac/lu.h"

#include <math.h>
#include <string.h>

enum { TAIL = 6, ATTEMPTS = 40, NEAR = 256, TABLE = 4096, MOST_LAGS = 4096 };

static double tail_node(int i)
{
    return (1 - cos((2 * i + 1) * 3.14159265358979323846 / (2 * TAIL))) / 2;
}

static void nodes(frac_fit *fit)
{
    int count = 0;
    for (; count < TAIL; count++)
        fit->s[count] = fit->cut * tail_node(count);
    for (double u = log(fit->cut); u < log(fit->fast) && count < FRAC_MODES; u += fit->eta)
        fit->s[count++] = exp(u);
    fit->modes = count;
}

/* Moments (s/cut)^i of the trapezoidal rule below cut: 45 units of log s one by one, the rest as
 * the geometric series that the leading power makes of it. At 1 + power = 0 (integral kernels at
 * alpha = 1) the density is all in that rest, with mass 1. */
static void moments(const frac_fit *fit, const fde_kernel *kernel, double a, double z, double *m)
{
    double q = 1 + kernel->power(a), eta = fit->eta;
    int count = (int)(45 / eta);
    for (int i = 0; i < TAIL; i++)
        m[i] = 0;
    for (int k = 1; k <= count; k++) {
        double s = fit->cut * exp(-eta * k), mass = eta * s * kernel->density(a, z, s);
        for (int i = 0; i < TAIL; i++, mass *= s / fit->cut) {
            m[i] += mass;
            if (k == count && q + i > 0)
                m[i] += mass * exp(-eta * (q + i)) / -expm1(-eta * (q + i));
        }
    }
    if (q == 0)
        m[0] = 1;
}

fsnn_status frac_fit_weigh(const frac_fit *fit, const fde_kernel *kernel, const fde_mix *mix,
                           double *weight)
{
    double A[TAIL * TAIL], b[TAIL];
    size_t pivot[TAIL];
    if (fit->few) {
        memcpy(weight, fit->weight, (size_t)fit->modes * sizeof *weight);
        return FSNN_OK;
    }
    for (int i = 0; i < TAIL; i++)
        for (int j = 0; j < TAIL; j++)
            A[i * TAIL + j] = pow(tail_node(j), i);
    if (!frac_lu_factor(A, pivot, TAIL))
        return fsnn_fail(FSNN_ENUMERIC, "the moments of the exponentials cannot be matched");
    for (int k = 0; k < fit->modes; k++)
        weight[k] = 0;
    for (int m = 0; m < mix->terms && fit->modes; m++) {
        moments(fit, kernel, mix->alpha[m], mix->z, b);
        frac_lu_solve(A, pivot, TAIL, b);
        for (int k = 0; k < TAIL; k++)
            weight[k] += mix->share[m] * b[k];
        for (int k = TAIL; k < fit->modes; k++)
            weight[k] += mix->share[m] * fit->eta * fit->s[k] *
                         kernel->density(mix->alpha[m], mix->z, fit->s[k]);
    }
    return FSNN_OK;
}

/* The lag measured after lag j: the next of the first NEAR, then every 2 %; the last is never left
 * out. */
static int64_t after(const frac_fit *fit, int64_t j)
{
    int64_t next = j < fit->window + NEAR ? j + 1 : j + j / 50;
    return next > fit->steps && j < fit->steps ? fit->steps : next;
}

/* Weights of a sequence at the lags measured; returns their number. The near ones by fde_mix_lags,
 * which is cheap for all kernels, the far ones singly. */
static int lags(const frac_fit *fit, const fde_kernel *kernel, const fde_mix *mix, double *table,
                double *w)
{
    int count = 0;
    fde_mix_lags(kernel, mix, fit->steps < TABLE ? fit->steps : TABLE, table);
    for (int64_t j = fit->window; j <= fit->steps && count < MOST_LAGS; j = after(fit, j)) {
        double sum = 0;
        for (int m = 0; m < mix->terms && j > TABLE; m++)
            sum += mix->share[m] * kernel->lag(mix->alpha[m], mix->z, (double)j);
        w[count++] = j > TABLE ? sum : table[j];
    }
    return count;
}

/* e [lags][FRAC_MODES] = e^(-s_k j) */
static void exponentials(const frac_fit *fit, double *e)
{
    for (int64_t j = fit->window; j <= fit->steps; j = after(fit, j), e += FRAC_MODES)
        for (int k = 0; k < fit->modes; k++)
            e[k] = exp(-fit->s[k] * (double)j);
}

/* Largest relative error at the lags measured. */
static double compare(const frac_fit *fit, const double *w, const double *e, const double *weight)
{
    double error = 0;
    for (int64_t j = fit->window; j <= fit->steps; j = after(fit, j), w++, e += FRAC_MODES) {
        double got = 0;
        for (int k = 0; k < fit->modes; k++)
            got += weight[k] * e[k];
        double off = fabs(got - *w);
        if (off > 0)
            error = fmax(error, off / *w);
    }
    return error;
}

static int measured(const frac_fit *fit)
{
    int count = 0;
    for (int64_t j = fit->window; j <= fit->steps; j = after(fit, j))
        count++;
    return count;
}

/* ---- the error of finished weights, an upper bound ----
 *
 * The relative error e swings with log j like cos(2 pi log j/eta). Beyond NEAR, lags are read so
 * often that a swing has 20 readings. Between two of them |e| is at most the larger of theirs and
 * the bow of a curve with its second derivative, e'' gap^2/8. */
typedef struct reading {
    int64_t j;
    double w, e; /* the weight; relative error of the exponentials */
} reading;

static int64_t next_reading(const frac_fit *fit, int64_t j)
{
    double share = fmin(0.02, fit->eta / 20);
    int64_t next = j < fit->window + NEAR ? j + 1 : j + (int64_t)fmax(1, (double)j * share);
    return next > fit->steps && j < fit->steps ? fit->steps : next;
}

static int readings(const frac_fit *fit)
{
    int count = 0;
    for (int64_t j = fit->window; j <= fit->steps; j = next_reading(fit, j))
        count++;
    return count;
}

/* table [TABLE + 1]: w_j of the near lags */
static void read_all(const frac_fit *fit, const fde_kernel *kernel, const fde_mix *mix,
                     const double *weight, const double *table, reading *r)
{
    for (int64_t j = fit->window; j <= fit->steps; j = next_reading(fit, j), r++) {
        double got = 0, w = 0;
        for (int k = 0; k < fit->modes; k++)
            got += weight[k] * exp(-fit->s[k] * (double)j);
        for (int m = 0; m < mix->terms && j > TABLE; m++)
            w += mix->share[m] * kernel->lag(mix->alpha[m], mix->z, (double)j);
        if (j <= TABLE)
            w = table[j];
        *r = (reading){j, w, got == w ? 0 : (got - w) / w};
    }
}

static double gap(const reading *r)
{
    return log((double)r[1].j / (double)r[0].j);
}

/* |d2 e / d (log j)2| at r[1], by the readings around it */
static double bend(const reading *r)
{
    double a = gap(r), b = gap(r + 1);
    return fabs((r[2].e - r[1].e) / b - (r[1].e - r[0].e) / a) * 2 / (a + b);
}

/* From reading i to the next: the largest |e| there may be. */
static double most_between(const reading *r, int i, int count)
{
    double ends = fmax(fabs(r[i].e), fabs(r[i + 1].e)), width = gap(r + i);
    if (r[i + 1].j - r[i].j == 1 || count < 3)
        return ends;
    double left = bend(r + (i > 0 ? i - 1 : 0)), right = bend(r + (i + 3 < count ? i : count - 3));
    return ends + 1.25 * fmax(left, right) * width * width / 8; /* e'' is an estimate */
}

static void gauge(const reading *r, int count, double *error, double *sum)
{
    for (int i = 0; i < count; i++) {
        double most = fabs(r[i].e);
        *sum += fabs(r[i].w) * most;
        if (i + 1 < count) {
            most = most_between(r, i, count);
            *sum += fabs(r[i].w) * most * (double)(r[i + 1].j - r[i].j - 1); /* weights fall */
        }
        *error = fmax(*error, most);
    }
}

void frac_fit_measure(const frac_fit *fit, const fde_kernel *kernel, const fde_mix *mix,
                      const double *weight, double *error, double *sum)
{
    int count = readings(fit);
    reading *r = fsnn_alloc((size_t)(count + 1) * sizeof *r);
    double *table = fsnn_alloc((TABLE + 1) * sizeof *table);
    *error = *sum = r && table ? 0 : NAN;
    if (r && table) {
        fde_mix_lags(kernel, mix, fit->steps < TABLE ? fit->steps : TABLE, table);
        read_all(fit, kernel, mix, weight, table, r);
        gauge(r, count, error, sum);
    }
    fsnn_free(r);
    fsnn_free(table);
}

/* Largest error of all targets on the nodes of the rule as it is. */
static fsnn_status attempt(frac_fit *fit, const frac_target *target, int targets, int count,
                           const double *w, double *e)
{
    double weight[FRAC_MODES];
    nodes(fit);
    exponentials(fit, e);
    fit->error = 0;
    for (int t = 0; t < targets; t++) {
        FSNN_TRY(frac_fit_weigh(fit, target[t].kernel, &target[t].mix, weight));
        fit->error = fmax(fit->error, compare(fit, w + t * count, e, weight));
    }
    return FSNN_OK;
}

static fsnn_status search(frac_fit *fit, const frac_target *target, int targets, double *table)
{
    int count = measured(fit);
    double *w = table + TABLE + 1, *e = w + targets * count, wanted = 0.95 * fit->tolerance;
    for (int t = 0; t < targets; t++)
        lags(fit, target[t].kernel, &target[t].mix, table, w + t * count);
    for (int i = 0; i < ATTEMPTS; i++) {
        FSNN_TRY(attempt(fit, target, targets, count, w, e));
        if (fit->error <= wanted)
            return FSNN_OK;
        if (fit->modes == FRAC_MODES)
            break;
        fit->eta *= 0.94;
        fit->cut *= 0.75;
        fit->fast *= 1.05;
    }
    return fsnn_fail(FSNN_ENUMERIC,
                     "no sum of at most %d exponentials reaches tolerance %g for %lld steps and "
                     "window %d (best %.1e): a larger tolerance, fewer steps, or the whole "
                     "history, would work",
                     FRAC_MODES, fit->tolerance, (long long)fit->steps, fit->window, fit->error);
}

fsnn_status frac_fit_make(frac_fit *fit, const frac_target *target, int targets)
{
    double digits = log(1 / fit->tolerance);
    fit->modes = 0;
    fit->error = 0;
    fit->few = false;
    if (fit->steps < fit->window) /* the window holds everything */
        return FSNN_OK;
    fit->eta = 0.97 * 9.8696044 / (digits + 5);
    fit->cut = fmin(1, 10 * pow(fit->tolerance, 1.0 / TAIL)) / (double)fit->steps;
    fit->fast = (digits + 6) / (fit->window - 1);
    size_t capacity = (size_t)measured(fit) * ((size_t)targets + FRAC_MODES) + TABLE + 1;
    double *table = fsnn_alloc(capacity * sizeof *table);
    if (!table)
        return FSNN_EMEMORY;
    fsnn_status status = search(fit, target, targets, table);
    fsnn_free(table);
    return status;
}

/* As few exponentials as one sequence needs. Nodes and weights of a sum move together until its
 * largest relative error is small: Levenberg and Marquardt's method on log s and log weight, so
 * that both stay positive, with Lawson's weights, which grow where the error is largest (Lawson
 * 1961; Cline, SIAM J. Numer. Anal. 9 (1972)). A sum of n terms then does what the trapezoidal rule
 * (frac/fit.h), whose nodes serve all orders, does with about 3/2 n. Cost: some hundred solutions
 * of 2 n equations for each n that is tried. */
#include "frac/fit.h"

#include "frac/lu.h"

#include <math.h>
#include <string.h>

enum { POINTS = 240, MOST = 40, STEPS = 240, PATIENCE = 12 };

typedef struct few {
    int n, points;
    /* the sequence at lag is goal w; errors are relative to w */
    double lag[POINTS], w[POINTS], goal[POINTS], emphasis[POINTS], off[POINTS];
    double share[POINTS][MOST]; /* of term k in w at a point */
    double at[2 * MOST], best[2 * MOST], most;
    double matrix[4 * MOST * MOST], step[2 * MOST];
} few;

/* Lags between window and steps, evenly in their logarithms, whole and apart. */
static void choose_lags(few *f, const frac_fit *fit)
{
    const double last = log((double)fit->steps / fit->window);
    double before = 0;
    f->points = 0;
    for (int i = 0; i < POINTS; i++) {
        const double j = nearbyint(fit->window * exp(last * i / (POINTS - 1)));
        if (j <= before)
            continue;
        before = j;
        f->lag[f->points] = j;
        f->goal[f->points] = 1;
        f->emphasis[f->points++] = 1;
    }
}

static void read_kernel(few *f, const frac_target *t)
{
    for (int i = 0; i < f->points; i++) {
        f->w[i] = 0;
        for (int m = 0; m < t->mix.terms; m++)
            f->w[i] += t->mix.share[m] * t->kernel->lag(t->mix.alpha[m], t->mix.z, f->lag[i]);
    }
}

/* What the search begins with. */
typedef double density_fn(const frac_fit *fit, const void *of, double s);

static double density_of_kernel(const frac_fit *fit, const void *of, double s)
{
    const frac_target *t = of;
    double weight = 0;
    (void)fit;
    for (int m = 0; m < t->mix.terms; m++)
        weight += t->mix.share[m] * t->kernel->density(t->mix.alpha[m], t->mix.z, s);
    return weight;
}

/* n nodes, evenly in log s over all that matters, with the weights of a trapezoidal rule. */
static void begin(few *f, const frac_fit *fit, density_fn *density, const void *of, int n)
{
    const double slow = 1 / (double)fit->steps, fast = 8.0 / fit->window,
                 gap = log(fast / slow) / (n - 1);
    f->n = n;
    f->most = INFINITY;
    for (int k = 0; k < n; k++) {
        const double s = slow * exp(gap * k);
        f->at[k] = log(s);
        f->at[n + k] = log(fmax(gap * s * density(fit, of, s), 1e-300));
    }
    for (int i = 0; i < f->points; i++)
        f->emphasis[i] = 1;
}

/* Relative errors of the sum `at`, and what its terms share; the weighted sum of squares. */
static double look(few *f, const double *at)
{
    double sum = 0, most = 0;
    for (int i = 0; i < f->points; i++) {
        double off = -f->goal[i];
        for (int k = 0; k < f->n; k++) {
            f->share[i][k] = exp(at[f->n + k] - exp(at[k]) * f->lag[i]) / f->w[i];
            off += f->share[i][k];
        }
        f->off[i] = off;
        sum += f->emphasis[i] * off * off;
        most = fmax(most, fabs(off));
    }
    if (most < f->most) {
        f->most = most;
        memcpy(f->best, at, sizeof f->best);
    }
    return sum;
}

/* The normal equations at `at`, as `look` has left it, with damping. */
static bool solve(few *f, double damping)
{
    const int n = f->n, size = 2 * n;
    size_t pivot[2 * MOST];
    memset(f->matrix, 0, sizeof f->matrix);
    memset(f->step, 0, sizeof f->step);
    for (int i = 0; i < f->points; i++) {
        double row[2 * MOST];
        for (int k = 0; k < n; k++) {
            row[n + k] = f->share[i][k];
            row[k] = -row[n + k] * exp(f->at[k]) * f->lag[i];
        }
        for (int a = 0; a < size; a++) {
            const double scaled = f->emphasis[i] * row[a];
            f->step[a] -= scaled * f->off[i];
            for (int b = 0; b < size; b++)
                f->matrix[a * size + b] += scaled * row[b];
        }
    }
    for (int a = 0; a < size; a++)
        f->matrix[a * size + a] += damping * f->matrix[a * size + a] + 1e-14;
    if (!frac_lu_factor(f->matrix, pivot, (size_t)size))
        return false;
    frac_lu_solve(f->matrix, pivot, (size_t)size, f->step);
    return true;
}

/* Moves `at` to where the sum of squares is less; false: nowhere near. */
static bool improve(few *f, double *sum, double *damping)
{
    double there[2 * MOST];
    for (int i = 0; i < PATIENCE; i++, *damping *= 6) {
        if (!solve(f, *damping))
            continue;
        for (int a = 0; a < 2 * f->n; a++)
            there[a] = f->at[a] + fmax(-1, fmin(1, f->step[a]));
        const double next = look(f, there);
        if (next < *sum) {
            memcpy(f->at, there, sizeof f->at);
            *sum = next;
            *damping = fmax(*damping / 5, 1e-14);
            return true;
        }
        look(f, f->at);
    }
    return false;
}

/* Errors that are large count more. */
static void emphasise(few *f)
{
    double most = 0, sum = 0;
    for (int i = 0; i < f->points; i++)
        most = fmax(most, fabs(f->off[i]));
    for (int i = 0; i < f->points; i++)
        sum += f->emphasis[i] *= fabs(f->off[i]) / most + 0.02;
    for (int i = 0; i < f->points; i++)
        f->emphasis[i] *= f->points / sum;
}

/* The best sum of n terms. */
static double search(few *f, const frac_fit *fit, density_fn *density, const void *of, int n,
                     double wanted)
{
    double damping = 1e-2;
    begin(f, fit, density, of, n);
    double sum = look(f, f->at);
    for (int i = 0; i < STEPS && f->most > wanted; i++) {
        const bool moved = improve(f, &sum, &damping);
        if (!moved && i < 40)
            break;
        if (i >= 40 && (i % 4 == 0 || !moved)) {
            emphasise(f);
            sum = look(f, f->at);
            damping = 1e-3;
        }
    }
    return f->most;
}

static frac_fit found_by(const few *f, const frac_fit *fit)
{
    frac_fit found = *fit;
    found.modes = f->n;
    found.few = true;
    for (int k = 0; k < f->n; k++) {
        found.s[k] = exp(f->best[k]);
        found.weight[k] = exp(f->best[f->n + k]);
    }
    return found;
}

/* Takes the sum over, if the measured error of all lags is within the tolerance, too. */
static bool take(const few *f, frac_fit *fit, const frac_target *t)
{
    frac_fit found = found_by(f, fit);
    double error, sum;
    frac_fit_measure(&found, t->kernel, &t->mix, found.weight, &error, &sum);
    if (!(error <= fit->tolerance))
        return false;
    found.error = error;
    *fit = found;
    return true;
}

fsnn_status frac_fit_few(frac_fit *fit, const frac_target *target)
{
    FSNN_TRY(frac_fit_make(fit, target, 1));
    if (fit->modes < 4)
        return FSNN_OK;
    few *f = fsnn_alloc(sizeof *f);
    if (!f)
        return FSNN_EMEMORY;
    choose_lags(f, fit);
    read_kernel(f, target);
    const int all = fit->modes;
    bool found = false;
    for (int n = all / 2; n < all && n <= MOST && 4 * n < f->points && !found; n++)
        found = search(f, fit, density_of_kernel, target, n, 0.9 * fit->tolerance) <=
                    0.95 * fit->tolerance &&
                take(f, fit, target);
    fsnn_free(f);
    return FSNN_OK;
}

/* ---- a sequence of which the numbers are known ---- */

/* What an error is measured by at lag j. */
static double scale_at(const frac_fit *fit, const double *w, double floor, double j)
{
    return w[(int64_t)j] + floor / (fit->tolerance * j);
}

static void read_lags(few *f, const frac_fit *fit, const double *w, double floor)
{
    for (int i = 0; i < f->points; i++) {
        f->w[i] = scale_at(fit, w, floor, f->lag[i]);
        f->goal[i] = w[(int64_t)f->lag[i]] / f->w[i];
    }
}

/* w_j ~ j^-q around j = 1/s is the integral of s^(q-1) e^(-s j): s density is w_(1/s) / Gamma(q).
 */
static double density_of_lags(const frac_fit *fit, const void *of, double s)
{
    const double *w = of, last = (double)(fit->steps / 2), lag = 1 / s;
    const int64_t j = (int64_t)fmin(lag, last);
    const double near = w[j], far = w[2 * j];
    const double q = near > 0 && far > 0 ? fmax(0.2, fmin(3, log2(near / far))) : 1;
    return near * pow(lag / (double)j, -q) / (s * tgamma(q));
}

static bool take_lags(const few *f, frac_fit *fit, const double *w, double floor)
{
    frac_fit found = found_by(f, fit);
    found.error = 0;
    for (int64_t j = fit->window; j <= fit->steps; j += 1 + j / 200) {
        double sum = -w[j];
        for (int k = 0; k < found.modes; k++)
            sum += found.weight[k] * exp(-found.s[k] * (double)j);
        found.error = fmax(found.error, fabs(sum) / scale_at(fit, w, floor, (double)j));
    }
    if (!(found.error <= fit->tolerance))
        return false;
    *fit = found;
    return true;
}

fsnn_status frac_fit_few_lags(frac_fit *fit, const double *w, double floor)
{
    enum { FEWEST = 4 };
    few *f = fsnn_alloc(sizeof *f);
    if (!f)
        return FSNN_EMEMORY;
    choose_lags(f, fit);
    read_lags(f, fit, w, floor);
    /* about as many as the engine `few` finds for the methods' own sequences, and less */
    int n = (int)(0.8 * log(1 / fit->tolerance));
    bool found = false;
    for (n = n < FEWEST ? FEWEST : n; n <= MOST && 4 * n < f->points && !found; n++)
        found =
            search(f, fit, density_of_lags, w, n, 0.9 * fit->tolerance) <= 0.95 * fit->tolerance &&
            take_lags(f, fit, w, floor);
    const double best = f->most;
    fsnn_free(f);
    return found ? FSNN_OK
                 : fsnn_fail(FSNN_ENUMERIC,
                             "no sum of at most %d exponentials reaches tolerance %g for %lld "
                             "steps (best %.1e): a larger tolerance or fewer steps work",
                             MOST, fit->tolerance, (long long)fit->steps, best);
}

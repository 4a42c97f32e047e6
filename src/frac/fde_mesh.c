/* Estimated and controlled steps: product integration on any mesh t_0 < t_1 < ... (Diethelm, Ford
 * and Freed 2004; on graded meshes Liu, Roberts and Yan, BIT 58, 2018). f is a straight line
 * between points,
 *
 *   y(t) = y0 + v (t - t0) + 1/(C Gamma(a)) sum_j int_{t_j}^{t_{j+1}} (t - s)^(a-1) f(s) ds,
 *
 * which gives the end of a step (trap: f there by Newton's method; abm: f at the prediction that
 * holds f over the step, then f once more) and every time between two points. The last step starts
 * at a jump without seeing f before it, since the mesh has both values there.
 *
 * Error of a step: the second divided difference D of f integrated over it,
 *
 *   1/(C Gamma(a)) int D (s - t_k)(s - t_{k+1}) (t_{k+1} - s)^(a-1) ds
 *     = -D a d^(a+2)/(C Gamma(a+3)),
 *
 * of abm also right (f(y) - f(P)), what another correction would add; without a second interval,
 * the difference between f as a line and f held. A step costs as many powers as there are points,
 * for each order. */
#include "frac/fde_solver.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* d/Gamma(a) int_0^1 (q + d x)^(a-1) x dx and the same with 1 - x: of the ends of an interval of
 * length d whose right end lies q before t. */
static void interval(double a, double q, double d, double *left, double *right)
{
    double r = d / q;
    if (!(r <= 0.5)) {
        double p = q + d, whole = (pow(p, a) - pow(q, a)) / tgamma(1 + a);
        *left = ((pow(p, a + 1) - pow(q, a + 1)) / (a + 1) - q * (pow(p, a) - pow(q, a)) / a) /
                (d * tgamma(a));
        *right = whole - *left;
        return;
    }
    double term = 1, x = 0, rest = 0; /* binomial series in r */
    for (int m = 0; m < 60 && fabs(term) > DBL_EPSILON / 8; m++) {
        x += term / (m + 2);
        rest += term / ((m + 1.0) * (m + 2));
        term *= (a - 1 - m) / (m + 1) * r;
    }
    double scale = d * pow(q, a - 1) / tgamma(a);
    *left = scale * x;
    *right = scale * rest;
}

void fde_mesh_weights(const fsnn_fde_solver *s, const fde_mix *mix, int64_t points, double t,
                      double *w)
{
    memset(w, 0, (size_t)points * sizeof *w);
    for (int64_t j = 0; j + 1 < points; j++) {
        double d = s->time[j + 1] - s->time[j], left, right;
        if (!(d > 0)) /* a jump */
            continue;
        interval(mix->alpha[0], t - s->time[j + 1], d, &left, &right);
        w[j] += mix->share[0] * left;
        w[j + 1] += mix->share[0] * right;
    }
}

fde_ends fde_mesh_ends(const fde_mix *mix, double d)
{
    double a = mix->alpha[0], power = mix->share[0] * pow(d, a);
    return (fde_ends){power * a / tgamma(2 + a), power / tgamma(2 + a), power / tgamma(1 + a)};
}

fsnn_status fde_mesh_ready(fsnn_fde_solver *s)
{
    if (s->ready > s->k)
        return FSNN_OK;
    FSNN_TRY(fde_call(&s->run, s->time[s->k], s->now, s->f + (size_t)s->k * s->run.n));
    s->ready = s->k + 1;
    return FSNN_OK;
}

/* What the step from the last point to t starts from: `base` is the line, the past, and the left
 * end of the step, next the prediction. */
static void begin(fsnn_fde_solver *s, double t, double *base)
{
    fde_run *run = &s->run;
    size_t n = run->n;
    const double *f = s->f + (size_t)s->k * n;
    for (size_t p = 0; p < run->slots; p++) {
        fde_ends last = fde_mesh_ends(&run->mix[p], t - s->time[s->k]);
        run->gain[p] = last.right;
        fde_mesh_weights(s, &run->mix[p], s->k + 1, t, s->weight);
        for (size_t i = 0; i < n; i++) {
            if (run->slot[i] != p)
                continue;
            double v = run->velocity ? run->velocity[i] : 0;
            double sum = run->y0[i] + v * (t - s->o.t0);
            for (int64_t j = 0; j <= s->k; j++)
                sum += s->weight[j] * s->f[(size_t)j * n + i];
            base[i] = sum + last.left * f[i];
            s->next[i] = sum + last.whole * f[i];
        }
    }
}

/* y at the end of the step in `next`, whose prediction is there, and f there in the row behind the
 * last; `predicted` [n] is f at the prediction (abm). */
static fsnn_status solve(fsnn_fde_solver *s, double t, const double *base, double *predicted)
{
    fde_run *run = &s->run;
    if (run->scheme->implicit) {
        FSNN_TRY(fde_newton_solve(run, t, base, s->next));
    } else {
        FSNN_TRY(fde_call(run, t, s->next, predicted));
        for (size_t i = 0; i < run->n; i++)
            s->next[i] = base[i] + run->gain[run->slot[i]] * predicted[i];
    }
    FSNN_TRY(fde_bounded(run, s->next, t));
    return fde_call(run, t, s->next, s->f + (size_t)(s->k + 1) * run->n);
}

static double part(const fsnn_fde_solver *s, size_t i, double d, const double *predicted)
{
    const fde_run *run = &s->run;
    const fde_mix *mix = &run->mix[run->slot[i]];
    size_t n = run->n, k = (size_t)s->k;
    double now = s->f[k * n + i], next = s->f[(k + 1) * n + i], a = mix->alpha[0];
    double before = k ? s->time[k] - s->time[k - 1] : 0, gain = run->gain[run->slot[i]];
    if (!(before > 0))
        return gain * fabs(next - now);
    double slope = (now - s->f[(k - 1) * n + i]) / before;
    double D = ((next - now) / d - slope) / (d + before);
    double error = fabs(D) * mix->share[0] * a * pow(d, a + 2) / tgamma(a + 3);
    return run->scheme->implicit ? error : error + gain * fabs(next - predicted[i]);
}

/* One step to t. The estimates of its error are in `stage`; its largest share of what is allowed in
 * *size. */
static fsnn_status attempt(fsnn_fde_solver *s, double t, double *size)
{
    fde_run *run = &s->run;
    double *base = run->sum, *predicted = run->f, d = t - s->time[s->k];
    begin(s, t, base);
    FSNN_TRY(solve(s, t, base, predicted));
    *size = 0;
    for (size_t i = 0; i < run->n; i++) {
        double error = run->stage[i] = part(s, i, d, predicted);
        double allowed = s->plan.rtol * fmax(fabs(s->next[i]), fabs(s->now[i])) + s->atol[i];
        double share = error == 0 ? 0 : error / allowed;
        *size = share <= *size ? *size : share; /* also where it is not a number */
    }
    return FSNN_OK;
}

static void accept(fsnn_fde_solver *s, double t)
{
    double *swap = s->now;
    memcpy(s->error, s->run.stage, s->run.n * sizeof *s->error);
    s->estimated = true;
    fde_points_add(s, t, s->next);
    s->ready = s->k + 1;
    s->now = s->next;
    s->next = swap;
    s->run.report.steps++;
}

/* How much longer a step may be whose error has this size. */
static double factor(const fsnn_fde_solver *s, double size)
{
    double a = 0;
    for (size_t p = 0; p < s->run.slots; p++)
        a = fmax(a, s->run.order[p].alpha[0]);
    double wanted = size > 0 ? 0.9 * pow(size, -1 / (2 + a)) : 2;
    return fmin(fmax(wanted, 0.2), 2);
}

/* After a step from `start` to t whose error has this size. A step that only `end` made short says
 * nothing against the length that was meant. */
static void lengthen(fsnn_fde_solver *s, double start, double t, double size, bool refused,
                     bool ended)
{
    double wanted = (t - start) * factor(s, size);
    if (refused)
        s->h = fmin(wanted, t - start);
    else
        s->h = ended ? fmax(wanted, s->h) : wanted;
}

/* The length to try after one that failed, or whose error is too large. */
static fsnn_status shorten(const fsnn_fde_solver *s, double least, fsnn_status status, double size,
                           double *h)
{
    *h *= status < 0 ? 0.25 : factor(s, size);
    if (*h > least)
        return FSNN_OK;
    return status < 0 ? status
                      : fsnn_fail(FSNN_ENUMERIC,
                                  "step control needs a step of %.3g at t = %.9g, where steps of "
                                  "%.3g are the least: larger rtol and atol, or a smaller "
                                  "step_least, may work",
                                  *h, s->time[s->k], least);
}

fsnn_status fde_mesh_step(fsnn_fde_solver *s, double end)
{
    double start = s->time[s->k], size = 0;
    double least = fmax(s->plan.step_least, 16 * DBL_EPSILON * fabs(start));
    bool controlled = s->plan.steps == FSNN_FDE_CONTROLLED, refused = false;
    FSNN_TRY(fde_points_reserve(s, s->k + 2));
    FSNN_TRY(fde_mesh_ready(s));
    for (double h = fmax(fmin(s->h, s->plan.step_most), least);; refused = true) {
        bool ended = h >= end - start || fabs(start + h - end) < 1e-9 * h;
        double t = ended ? end : start + h;
        fsnn_status status = attempt(s, t, &size);
        if (status < 0 && !(controlled && status == FSNN_ENUMERIC))
            return status;
        if (status >= 0 && (!controlled || size <= 1)) {
            accept(s, t);
            if (controlled)
                lengthen(s, start, t, size, refused, ended);
            return FSNN_OK;
        }
        h = t - start;
        FSNN_TRY(shorten(s, least, status, size, &h));
    }
}

fsnn_status fde_mesh_cut(fsnn_fde_solver *s, double t)
{
    double size;
    s->k--;
    s->ready = s->k + 1;
    fde_points_at(s, s->k, true, s->now);
    FSNN_TRY(attempt(s, t, &size));
    accept(s, t);
    s->run.report.steps--;
    return FSNN_OK;
}

static void prepare(const fsnn_order *order, double h, fde_mix *mix, double *gain)
{
    (void)h;
    *mix = (fde_mix){.terms = 1, .alpha = {order->alpha[0]}, .share = {1 / order->coefficient[0]}};
    *gain = 0; /* of each step its own */
}

const fde_scheme fde_scheme_mesh_abm = {.method = FSNN_ABM, .prepare = prepare, .above_one = true};
const fde_scheme fde_scheme_mesh_trap = {
    .method = FSNN_TRAP, .implicit = true, .prepare = prepare, .above_one = true};

/* A bound on what a compressed memory can do to the spike tests of a run, and whether any came so
 * near.
 *
 * Let e_l be the errors of the weights, E = sum_l |e_l|. As long as all spikes are the same, the
 * error d of the state obeys the method's own recurrence, driven by rho_n, |rho_n| <= r = E max|x|
 * + rounding:
 *
 *   gl, l1 explicit   d_{n+1} = (w_1 - g/tau) d_n + sum_{l>=2} w_l d_{n+1-l} + rho_n
 *                     (g the gain; no g/tau without a leak)
 *   gl, l1 implicit   (1 + g/tau) d_{n+1} = sum_l w_l d_{n+1-l} + rho_n
 *   ml                d_{n+1} = rho_n: the history holds currents
 *
 * All weights are positive, and so is w_1 - g/tau where it is asked for: then the errors of N steps
 * stay below
 *   r / (1 - sum_{l<=N} w_l + g/tau).
 * Resets move d by the same amount as the state (subtract, jump, delta, current) or set it to 0
 * (value, restart). By induction over the steps no spike differs while the margin is larger.
 * (Compare numerics of the resolvent: its sum is this bound in the limit.)
 *
 * Rounding, in units of half an epsilon of real: a chain of n products errs by at most n of them; a
 * mode errs by SPAN + 2 a block, times the blocks until it has decayed. */
#include "scan/front.h"

#include <math.h>

static const double unit = REAL_EPSILON / 2;

/* Of N steps: the sum of the weights, and how far rounding can shift it, for history rows of at
 * most 1. */
static void sums(const scan *s, double N, double *total, double *rounding)
{
    const frac_sum *sum = &s->memory.sum[0];
    const frac_modes *m = &s->memory.modes;
    double modes = 0, drift = 0, near = 0;
    for (int l = 1; l <= FRAC_SPAN; l++)
        near += sum->w[l];
    for (int k = 0; k < m->fit.modes; k++) {
        double rate = m->fit.s[k], one = -expm1(-rate), block = -expm1(-rate * FRAC_SPAN);
        double rows = fmin(N, 1 / one), blocks = fmin(N / FRAC_SPAN + 1, 1 / block);
        double out = fabs((double)m->out[0][k * m->stride]); /* of lag SPAN + 1 */
        modes += (double)m->out[0][k * m->stride] * -expm1(-rate * N) / one;
        drift += out * rows * blocks * (FRAC_SPAN + 2) * unit;
    }
    *total = near + modes;
    *rounding = drift + (m->fit.modes + 2 * FRAC_SPAN + 16) * unit * fmax(1, *total);
}

/* Largest and smallest 1/tau of the layer; 0 without a leak. */
static void leaks(const scan *s, double *least, double *most)
{
    const scan_param *tau = &s->par[PAR_TAU];
    *least = s->model->leaky ? INFINITY : 0;
    *most = 0;
    for (int64_t i = 0; s->model->leaky && i < tau->count; i++) {
        *least = fmin(*least, 1 / (double)tau->value[i]);
        *most = fmax(*most, 1 / (double)tau->value[i]);
    }
}

/* The error of the state for |rho| <= 1; infinity where no bound is known. */
static double amplification(const scan *s, double total, double off)
{
    const frac_method *method = s->memory.method;
    const frac_sum *sum = &s->memory.sum[0];
    double least, most, gain = sum->gain;
    leaks(s, &least, &most);
    /* neurons of the user's own: what their equations round is not known */
    if (!s->model->linear && !s->model->readout)
        return INFINITY;
    if (method->lweights)
        return 1;
    if (method->drive)
        return INFINITY;
    if (s->memory.scheme == FRAC_EXPLICIT && (double)sum->w[1] < gain * most)
        return INFINITY;
    /* the exact weights' sum: less than that of the rounded ones by at most `off` and their
     * rounding */
    double slack = 1 - total - off - 2 * unit * total + gain * least;
    return slack > 0 ? 1 / slack : INFINITY;
}

/* The largest magnitude of a parameter: of the threshold and of rest, for rounding of the test. */
static double largest_of(const scan_param *par)
{
    double most = 0;
    for (int64_t i = 0; i < par->count; i++)
        most = fmax(most, fabs((double)par->value[i]));
    return most;
}

/* The largest |v0|. */
static double starts(const scan *s)
{
    return s->par[PAR_V0].count ? largest_of(&s->par[PAR_V0]) : fabs((double)s->v0);
}

static double bound_of(const scan *s, const fsnn_certificate *c, double largest)
{
    double total, rounding, least, most, ahead = 1;
    if (s->history.time > s->memory.what.horizon)
        return INFINITY;
    sums(s, (double)s->history.time, &total, &rounding);
    leaks(s, &least, &most);
    /* the test sees v + dv, which moves by 1 - 1/tau with v */
    if (scan_resetting(s)->ahead && !s->model->readout)
        ahead = fmax(fabs(1 - most), fabs(1 - least));
    double error = 1.05 * c->weight_error_sum; /* a margin: between far lags it is estimated */
    double rho = (error + rounding) * largest;
    double state = amplification(s, total, error) * rho;
    double given = largest_of(&s->par[PAR_THRESHOLD]) + largest_of(&s->par[PAR_REST]) + starts(s);
    return ahead * state + 8 * unit * (largest + given) * (1 + most);
}

fsnn_status scan_certify(const scan *s, fsnn_certificate *c)
{
    FRONT_RETURN(s, twin_certify(s->twin, c));
    const frac_memory *m = &s->memory;
    real margin = INFINITY, largest = 0;
    *c = (fsnn_certificate){.margin = INFINITY, .bound = INFINITY};
    if (!m->compressed)
        return FSNN_OK;
    const scan_extremes *seen = s->history.extremes.data;
    for (int64_t t = 0; t < s->tiles; t++) {
        margin = seen[t].margin < margin ? seen[t].margin : margin;
        largest = seen[t].largest > largest ? seen[t].largest : largest;
    }
    FSNN_TRY(frac_modes_error(&m->modes, m->method, &m->order, &m->leak, m->h, 0, &c->weight_error,
                              &c->weight_error_sum));
    c->modes = m->modes.fit.modes;
    /* of a readout the bound is that of its output */
    c->margin = s->model->readout ? INFINITY : margin;
    c->bound = bound_of(s, c, largest);
    c->proven = c->margin > c->bound;
    return FSNN_OK;
}

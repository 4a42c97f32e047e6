/* integer/inverse.c: a sum over drives as a sum over states. Let u = gain sum_j kappa_j x_{n-j},
 * kappa_0 = 1. The inverse sequence, 1/kappa(z) = 1 - b(z), gives the same u from its own past,
 *
 *     u_{n+1} = sum_l b_l u_{n+1-l} + gain x_n,     b_l = kappa_l - sum_{0<j<l} b_j kappa_{l-j}.
 *
 * kappa is log-convex, and so b_l >= 0 with sum_l b_l = 1 - 1/sum_j kappa_j <= 1 (Kaluza 1928):
 * states are means of states, and their bounds follow. Sums over drives have none such: the slowest
 * exponential of method ab would weigh a mean of drives with 1e4 to 1e7, and so its rounding.
 *
 * Far kappa are exponentials, fitted more tightly than the result asks for: cost is lags times
 * (FRAC_SPAN + modes). */
#include "base/whole.h"
#include "integer/past.h"

#include <math.h>

/* Less than a coefficient of 30 fractional bits can say, all that is beyond with it. */
#define NOTHING 0x1p-34
#define TIGHT 1e-11 /* relative error of far kappa, to begin with */

typedef struct division {
    double kappa[FRAC_SPAN + 1]; /* of lags 1 ... FRAC_SPAN, by the gain */
    frac_fit fit;                /* of those beyond, ... */
    double weight[FRAC_MODES];   /* ..., by the gain */
    double decay[FRAC_MODES], late[FRAC_MODES], far[FRAC_MODES];
} division;

/* Exponentials of the drives' weights. */
static fsnn_status fit_drives(const frac_memory *m, division *d)
{
    const frac_target target = frac_method_target(m->method, 0, &m->order, &m->leak, m->h);
    fsnn_status status = FSNN_ENUMERIC;
    for (double e = TIGHT; status == FSNN_ENUMERIC && e < 1.01 * m->what.tolerance; e *= 10) {
        d->fit.tolerance = e;
        status = frac_fit_make(&d->fit, &target, 1);
    }
    return status ? status : frac_fit_weigh(&d->fit, target.kernel, &target.mix, d->weight);
}

static fsnn_status begin(const frac_memory *m, division *d)
{
    double gain;
    d->fit =
        (frac_fit){.window = FRAC_SPAN + 1, .steps = whole_most(m->what.horizon, 4 * FRAC_SPAN)};
    frac_method_weigh(m->method, 0, &m->order, &m->leak, m->h, FRAC_SPAN, d->kappa, &gain);
    FSNN_TRY(fit_drives(m, d));
    for (int l = 1; l <= FRAC_SPAN; l++)
        d->kappa[l] /= gain;
    for (int k = 0; k < d->fit.modes; k++) {
        d->weight[k] /= gain;
        d->decay[k] = exp(-d->fit.s[k]);
        d->late[k] = exp(-d->fit.s[k] * (FRAC_SPAN + 1));
        d->far[k] = 0;
    }
    return FSNN_OK;
}

/* -sum_{j<l} b_j kappa_{l-j} with b_0 = -1. */
static double next(division *d, const double *b, int64_t l)
{
    const int64_t enters = l - FRAC_SPAN - 1;
    double sum = 0;
    for (int64_t j = whole_most(enters + 1, 0); j < l; j++)
        sum -= b[j] * d->kappa[l - j];
    for (int k = 0; k < d->fit.modes; k++) {
        d->far[k] = d->far[k] * d->decay[k] + (enters >= 0 ? b[enters] * d->late[k] : 0);
        sum -= d->weight[k] * d->far[k];
    }
    return sum;
}

/* b [fit.steps + 1]; returns how many lags there are. */
static int64_t divide(division *d, double *b)
{
    int64_t l = 0;
    b[0] = -1;
    do {
        l++;
        b[l] = next(d, b, l);
    } while (l < d->fit.steps && (l <= FRAC_SPAN || fabs(b[l]) * (double)l > NOTHING));
    return l;
}

static fsnn_status invert(const frac_memory *m, division *d, integer_inverse *inverse)
{
    FSNN_TRY(begin(m, d));
    double *b = fsnn_alloc(fsnn_bytes(d->fit.steps + 1, sizeof *b));
    if (!b)
        return FSNN_EMEMORY;
    const int64_t lags = inverse->lags = divide(d, b);
    for (int64_t l = 1; l <= lags && l < FSNN_COUNT(inverse->b); l++)
        inverse->b[l] = b[l];
    inverse->fit =
        (frac_fit){.tolerance = m->what.tolerance, .window = FRAC_SPAN + 1, .steps = lags};
    fsnn_status status =
        lags < 2 * FRAC_SPAN ? FSNN_OK : frac_fit_few_lags(&inverse->fit, b, NOTHING);
    fsnn_free(b);
    return status;
}

fsnn_status integer_inverse_make(const frac_memory *m, integer_inverse *inverse)
{
    division *d = fsnn_alloc(sizeof *d);
    *inverse = (integer_inverse){0};
    if (!d)
        return FSNN_EMEMORY;
    fsnn_status status = invert(m, d, inverse);
    fsnn_free(d);
    return status;
}

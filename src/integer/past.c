/* integer/past.c: the sum over the past that a layer takes, with a history of states whatever the
 * method (docs/fixed-point.md): methods that keep drives are inverted, and a slope that a scheme
 * takes elsewhere than before the step goes into the weights. */
#include "integer/past.h"

#include <math.h>

static bool can_scheme(const frac_memory *m)
{
    return m->scheme == FRAC_EXPLICIT || m->scheme == FRAC_IMPLICIT || m->scheme == FRAC_EXACT;
}

static fsnn_status check_memory(const net_step *s, const frac_memory *m)
{
    if (m->method->drive && !m->compressed)
        return integer_refuse(s,
                              "method %s keeps drives, of which integers have the memory by a "
                              "tolerance: `--memory 1e-5`, or dynamics.memory: {tolerance: 1e-5}, "
                              "works, and so does method gl or l1",
                              m->method->name);
    if (!m->compressed && m->keep < 0)
        return integer_refuse(s, "its memory is full and grows without end; dynamics.memory of a "
                                 "number of steps, or {tolerance: 1e-5}, works");
    if (!m->compressed && m->lags < m->keep)
        return integer_refuse(s, "its weights are settled for %lld steps and not for %lld",
                              (long long)m->lags, (long long)m->keep);
    return FSNN_OK;
}

static fsnn_status check(const net_step *s, const frac_memory *m, const integer_slope *slope)
{
    const bool within = m->scheme != FRAC_EXPLICIT && slope->leaky;
    if (m->method->start || m->sums > 1 || !can_scheme(m))
        return integer_refuse(s,
                              "method %s takes the drive at several places of a step; gl, l1, ab, "
                              "ml and euler work, and so does type float",
                              m->method->name);
    if (m->scheme != FRAC_EXPLICIT && slope->own)
        return integer_refuse(s,
                              "%smethod %s takes the slope of its equation: explicit gl, l1 and "
                              "ab work, and so does type float",
                              m->scheme == FRAC_IMPLICIT ? "implicit " : "", m->method->name);
    if (within && !slope->same)
        return integer_refuse(s,
                              "%smethod %s has the leak in its weights, and tau is not the same "
                              "for all its neurons: one tau works, and so does gl, l1 or ab",
                              m->scheme == FRAC_IMPLICIT ? "implicit " : "", m->method->name);
    return check_memory(s, m);
}

/* Room for the weights of `lags` lags and `modes` exponentials. */
static fsnn_status reserve(fsnn_integer *p, integer_past *past, int64_t lags, int modes)
{
    past->lags = lags;
    past->modes = modes;
    past->w = integer_alloc(p, (size_t)(lags + 1) * sizeof *past->w);
    past->out = integer_alloc(p, (size_t)(modes * FRAC_SPAN) * sizeof *past->out);
    return past->w && past->out ? FSNN_OK : FSNN_EMEMORY;
}

/* A history of states as the method has it. */
static fsnn_status copy(fsnn_integer *p, const frac_memory *m, integer_past *past)
{
    const frac_modes *modes = &m->modes;
    FSNN_TRY(reserve(p, past, m->sum[0].window, m->compressed ? modes->fit.modes : 0));
    past->rows = integer_memory_rows(m);
    past->blocks = m->compressed;
    for (int64_t l = 1; l <= past->lags; l++)
        past->w[l] = m->sum[0].w[l];
    for (int k = 0; k < past->modes; k++) {
        past->rate[k] = modes->fit.s[k];
        for (int i = 0; i < FRAC_SPAN; i++)
            past->out[k * FRAC_SPAN + i] = modes->out[0][k * modes->stride + i];
    }
    return FSNN_OK;
}

/* Lags whose weight is a whole number other than 0. */
static int64_t counting(const double *b, int64_t lags)
{
    while (lags > 1 && integer_number(b[lags], NET_ONE) == 0)
        lags--;
    return lags;
}

static bool same(const frac_memory *a, const frac_memory *b)
{
    return a && a->method == b->method && a->order.alpha[0] == b->order.alpha[0] &&
           a->order.coefficient[0] == b->order.coefficient[0] && a->leak.tau == b->leak.tau &&
           a->leak.leaky == b->leak.leaky && a->h == b->h &&
           a->what.tolerance == b->what.tolerance && a->what.horizon == b->what.horizon;
}

/* The inverse of m, in p. */
static fsnn_status inverse_of(fsnn_integer *p, const net_step *s, const frac_memory *m)
{
    if (same(p->inverted, m))
        return FSNN_OK;
    if (!p->inverse)
        p->inverse = integer_alloc(p, sizeof *p->inverse);
    p->inverted = NULL;
    const fsnn_status status = p->inverse ? integer_inverse_make(m, p->inverse) : FSNN_EMEMORY;
    if (status == FSNN_ENUMERIC) {
        char *why = fsnn_strdup(fsnn_error_text());
        const fsnn_status refused = integer_refuse(
            s, "its drives as states: %s, and so do gl, l1 and type float", why ? why : "");
        fsnn_free(why);
        return refused;
    }
    p->inverted = status ? NULL : m;
    return status;
}

/* A history of drives as one of states. */
static fsnn_status invert(fsnn_integer *p, const net_step *s, const frac_memory *m,
                          integer_past *past)
{
    FSNN_TRY(inverse_of(p, s, m));
    const integer_inverse *inverse = p->inverse;
    const frac_fit *fit = &inverse->fit;
    FSNN_TRY(reserve(p, past, counting(inverse->b, FSNN_COUNT(inverse->b) - 1), fit->modes));
    past->blocks = fit->modes > 0;
    past->rows = past->blocks ? 2 * FRAC_SPAN : past->lags;
    past->error = fit->error;
    for (int64_t l = 1; l <= past->lags; l++)
        past->w[l] = inverse->b[l];
    for (int k = 0; k < past->modes; k++) {
        past->rate[k] = fit->s[k];
        for (int i = 0; i < FRAC_SPAN; i++)
            past->out[k * FRAC_SPAN + i] = fit->weight[k] * exp(-fit->s[k] * (FRAC_SPAN + 1 + i));
    }
    return FSNN_OK;
}

/* The drive is taken at v, less what the scheme takes elsewhere: with z = g/tau
 * an exact scheme    u' = S + g (f + u/tau)              the first weight is more by z,
 * an implicit one    u' = (S + g (f + u/tau)) / (1 + z)  and all are divided. */
static void fold(const frac_memory *m, const integer_slope *slope, integer_past *past)
{
    const double z = past->gain * slope->rate, share = m->scheme == FRAC_IMPLICIT ? 1 / (1 + z) : 1;
    if (m->scheme == FRAC_EXPLICIT || !slope->leaky)
        return;
    past->w[1] += z;
    for (int64_t l = 1; l <= past->lags; l++)
        past->w[l] *= share;
    for (int i = 0; i < past->modes * FRAC_SPAN; i++)
        past->out[i] *= share;
    past->gain *= share;
}

fsnn_status integer_past_make(fsnn_integer *p, const net_step *s, const frac_memory *m,
                              const integer_slope *slope, integer_past *past)
{
    *past = (integer_past){.gain = m->sum[0].gain};
    FSNN_TRY(check(s, m, slope));
    FSNN_TRY(m->method->drive ? invert(p, s, m, past) : copy(p, m, past));
    if (past->lags < 1)
        FSNN_TRY(reserve(p, past, 1, past->modes));
    fold(m, slope, past);
    return FSNN_OK;
}

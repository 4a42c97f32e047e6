/* integer/memory.c: the sums over the past (parts/integer_memory.part). Exponentials become
 * means of the past, so that their states are bounded by what they are means of. */
#include "integer/past.h"

#include <math.h>

int64_t integer_memory_rows(const frac_memory *m)
{
    return m->compressed ? 2 * FRAC_SPAN : m->keep > 1 ? m->keep : 1;
}

/* Mode k: decays by e^-rate a step. */
typedef struct mode {
    int k;
    double rate;
} mode;

/* What a mode gives to each step of a block, and what its rounding comes to. */
static void give(const integer_past *from, mode m, net_memory *to, int32_t *out, integer_step *t)
{
    const double mean = -expm1(-m.rate); /* of a mode to the sum that it is a mean of */
    double most = 0;
    for (uint32_t i = 0; i < FRAC_SPAN; i++) {
        double c = from->out[(uint32_t)m.k * FRAC_SPAN + i] / mean;
        out[i * to->modes + (uint32_t)m.k] = integer_number(c, NET_ONE);
        most = fabs(c) > most ? fabs(c) : most;
    }
    t->error += most * 0.5 / -expm1(-m.rate * FRAC_SPAN);
}

/* What each row of a block gives to a mode: rounded down, so that their sum is at most 1. */
static void take(mode m, int32_t *in, int32_t *whole, int8_t *shift)
{
    enum { MOST = 31 };
    const double share = -expm1(-m.rate * FRAC_SPAN);
    int more = 0;
    while (more < MOST && ldexp(share, more + 1) <= 1)
        more++;
    whole[m.k] = 0;
    for (uint32_t j = 0; j < FRAC_SPAN; j++) {
        double e = -expm1(-m.rate) * exp(-m.rate * (FRAC_SPAN - 1 - (int)j));
        int32_t number = (int32_t)floor(ldexp(e, NET_ONE + more));
        in[(uint32_t)m.k * FRAC_SPAN + j] = number;
        whole[m.k] += number;
    }
    shift[m.k] = (int8_t)(NET_ONE + more);
}

static fsnn_status make_modes(fsnn_integer *p, const integer_past *from, integer_step *t)
{
    net_memory *to = &t->memory;
    const size_t modes = (size_t)from->modes, bytes = modes * FRAC_SPAN * sizeof(int32_t);
    int32_t *out = integer_alloc(p, bytes), *in = integer_alloc(p, bytes),
            *whole = integer_alloc(p, modes * sizeof *whole);
    int8_t *shift = integer_alloc(p, modes);
    if (!out || !in || !whole || !shift)
        return FSNN_EMEMORY;
    to->modes = (uint32_t)modes;
    for (int k = 0; k < from->modes; k++) {
        mode m = {k, from->rate[k]};
        give(from, m, to, out, t);
        take(m, in, whole, shift);
    }
    to->out = out;
    to->in = in;
    to->whole = whole;
    to->shift = shift;
    t->modes = integer_state(p, (int64_t)modes * to->neurons);
    return FSNN_OK;
}

fsnn_status integer_memory_make(fsnn_integer *p, const net_step *s, const integer_past *past,
                                integer_step *t)
{
    const int64_t lags = past->lags, neurons = t->numbers;
    if (past->rows * neurons > NET_MOST_NUMBERS)
        return integer_refuse(s, "%lld states of %lld neurons are too many", (long long)past->rows,
                              (long long)neurons);
    int32_t *w = integer_alloc(p, (size_t)(lags + 1) * sizeof *w);
    if (!w)
        return FSNN_EMEMORY;
    for (int64_t l = 1; l <= lags; l++)
        w[lags - l] = integer_number(past->w[l], NET_ONE);
    t->memory = (net_memory){.w = w,
                             .rows = (uint32_t)past->rows,
                             .lags = (uint32_t)lags,
                             .neurons = (uint32_t)neurons,
                             .blocks = past->blocks};
    t->past = integer_state(p, past->rows * neurons);
    t->at = integer_state(p, 1);
    t->inverted = past->error;
    t->gain = past->gain;
    return past->blocks ? make_modes(p, past, t) : FSNN_OK;
}

double integer_memory_weight(const net_memory *m, uint32_t lag)
{
    return lag >= 1 && lag <= m->lags ? ldexp(m->w[m->lags - lag], -NET_ONE) : 0;
}

double integer_memory_sum(const integer_step *t, double c)
{
    const net_memory *m = &t->memory;
    double most = 0;
    for (uint32_t i = 0; i < FRAC_SPAN; i++) { /* of each step of a block */
        const uint32_t near = m->blocks ? FRAC_SPAN + i : m->rows;
        double sum = fabs(integer_memory_weight(m, 1) - c);
        for (uint32_t l = 2; l <= m->lags && l <= near; l++)
            sum += fabs(integer_memory_weight(m, l));
        for (uint32_t k = 0; k < m->modes; k++)
            sum += fabs(ldexp(m->out[i * m->modes + k], -NET_ONE));
        most = sum > most ? sum : most;
    }
    return most;
}

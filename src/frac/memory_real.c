/* Settling of weights: computed in double, rounded once (to real), trimmed and padded. */
#include "frac/memory.h"

#include "base/error_key.h"
#include "base/isa.h"

#include <math.h>

extern const frac_kernels frac_kernels_base;
#ifdef FSNN_HAVE_AVX2
extern const frac_kernels frac_kernels_avx2;
#endif
#ifdef FSNN_HAVE_AVX512
extern const frac_kernels frac_kernels_avx512;
#endif

const frac_kernels *frac_kernels_get(void)
{
    static const frac_kernels *const level[] = FSNN_BY_ISA(&frac_kernels);
    return level[fsnn_isa_level()];
}

/* An order that is 1 and stays 1 is remembered by its last state, where the method's weights end
 * there too. */
static bool integer_for_good(const frac_method *method, const fsnn_order *order)
{
    if (order->learn_alpha || method->forever)
        return false;
    for (int m = 0; m < order->terms; m++)
        if (order->alpha[m] != 1)
            return false;
    return true;
}

void frac_memory_init(frac_memory *memory, const frac_method *method, bool implicit,
                      const fsnn_order *order, double h, const frac_keep *what)
{
    bool one = method->integer || integer_for_good(method, order);
    memory->method = method;
    memory->scheme = implicit && method->linearised ? FRAC_IMPLICIT : method->scheme;
    memory->order = *order;
    memory->h = h;
    memory->what = *what;
    memory->compressed = what->tolerance > 0 && !one;
    memory->fits = 0;
    memory->limit = method->integer || what->steps < 1 ? -1 : what->steps - 1;
    memory->keep = one ? 1 : memory->limit;
    if (memory->compressed) {
        memory->limit = 2 * FRAC_SPAN - 1;
        memory->keep = 2 * FRAC_SPAN;
    }
    memory->sums = method->pweights ? 2 : 1;
    memory->lags = memory->from = memory->starts = 0;
}

void frac_memory_free(frac_memory *memory)
{
    for (int s = 0; s < 2; s++) {
        fsnn_free(memory->sum[s].w);
        fsnn_free(memory->sum[s].start);
    }
    fsnn_free(memory->work);
    frac_modes_free(&memory->modes);
    *memory = (frac_memory){0};
}

static fsnn_status grow(frac_memory *memory, int64_t n)
{
    /* a net wrapped again may have a method with more sums than the one before */
    if (n <= memory->capacity && memory->sum[memory->sums - 1].w)
        return FSNN_OK;
    n = n > memory->capacity ? n : memory->capacity;
    double *work = fsnn_alloc(fsnn_bytes(n + 1, sizeof *work));
    real *w[2] = {NULL};
    bool good = work != NULL;
    for (int s = 0; s < memory->sums && good; s++)
        good = (w[s] = fsnn_alloc(fsnn_bytes(n + FRAC_PAD, sizeof(real)))) != NULL;
    if (!good) {
        fsnn_free(work);
        fsnn_free(w[0]);
        fsnn_free(w[1]);
        return FSNN_EMEMORY;
    }
    for (int s = 0; s < 2; s++) {
        fsnn_free(memory->sum[s].w);
        memory->sum[s].w = w[s];
    }
    fsnn_free(memory->work);
    memory->work = work;
    memory->capacity = n;
    return FSNN_OK;
}

/* Rounds work[1..n] into w, zero beyond the limit and in the padding; returns the last lag that has
 * a weight. */
static int64_t round_weights(const frac_memory *memory, int64_t n, real *w)
{
    int64_t window = 0, end = memory->limit >= 0 && memory->limit < n ? memory->limit : n;
    w[0] = 0;
    for (int64_t l = 1; l <= end; l++) {
        w[l] = (real)memory->work[l];
        if (w[l] != 0)
            window = l;
    }
    for (int64_t l = end + 1; l < memory->capacity + FRAC_PAD; l++)
        w[l] = 0;
    return window;
}

static void weights_of(const frac_memory *m, int s, int64_t n, double *gain)
{
    frac_method_weigh(m->method, s, &m->order, &m->leak, m->h, n, m->work, gain);
}

/* The modes stand for what order and leak are now. */
static bool modes_stand(const frac_memory *m)
{
    bool same = m->leak.tau == m->fitted_leak.tau && m->leak.leaky == m->fitted_leak.leaky;
    for (int i = 0; i < m->order.terms && same; i++)
        same = m->order.alpha[i] == m->fitted_order.alpha[i] &&
               m->order.coefficient[i] == m->fitted_order.coefficient[i];
    return same;
}

static fsnn_status settle_modes(frac_memory *m, bool renew)
{
    if (!m->compressed || (m->fits && (!renew || modes_stand(m))))
        return FSNN_OK;
    if (m->fits && !m->method->lmix && !m->modes.fit.few) { /* the nodes serve every order */
        FSNN_TRY(frac_modes_weigh(&m->modes, m->method, &m->order, &m->leak, m->h));
    } else {
        if (!m->method->kernel && !m->method->lmix)
            return fsnn_fail(FSNN_EUNSUPPORTED,
                             "method %s has no memory by a tolerance: its weights are no sums of "
                             "exponentials; `memory: full` or a number of steps works",
                             m->method->name);
        FSNN_TRY(frac_modes_make(&m->modes, m->method, &m->order, &m->leak, m->h, m->what.tolerance,
                                 m->what.horizon, m->what.few));
        m->fits++;
    }
    m->fitted_order = m->order;
    m->fitted_leak = m->leak;
    return FSNN_OK;
}

/* Truncated memories forget the first drive as any other. */
static bool first_counts(const frac_memory *m, int64_t n)
{
    return m->compressed || m->limit < 0 || n <= m->limit;
}

static void fill_starts(frac_memory *m)
{
    for (int s = 0; s < m->sums; s++) {
        frac_start_fn *start = s ? m->method->pstart : m->method->start;
        for (int64_t i = 0; i < m->starts; i++) {
            int64_t n = m->from + 1 + i;
            m->sum[s].start[i] = first_counts(m, n) ? (real)start(&m->order, m->h, n) : 0;
        }
    }
}

fsnn_status frac_memory_starts(frac_memory *m, int64_t time, int64_t K)
{
    if (!m->method->start || (time >= m->from && time + K <= m->from + m->starts))
        return FSNN_OK;
    int64_t capacity = K > m->start_capacity ? K : m->start_capacity;
    for (int s = 0; s < m->sums; s++) {
        if (capacity == m->start_capacity && m->sum[s].start)
            continue;
        fsnn_free(m->sum[s].start);
        m->sum[s].start = fsnn_alloc(fsnn_bytes(capacity, sizeof(real)));
        if (!m->sum[s].start) {
            m->start_capacity = m->starts = 0;
            return FSNN_EMEMORY;
        }
    }
    m->start_capacity = capacity;
    m->from = time;
    m->starts = K;
    fill_starts(m);
    return FSNN_OK;
}

fsnn_status frac_memory_settle(frac_memory *memory, int64_t n, bool renew)
{
    FSNN_TRY(settle_modes(memory, renew));
    if (memory->compressed) /* weights beyond are zero anyway */
        n = memory->limit;
    if (n < 1)
        n = 1;
    if (!renew && n <= memory->lags)
        return FSNN_OK;
    if (n < memory->lags)
        n = memory->lags;
    FSNN_TRY(grow(memory, n));
    for (int s = 0; s < memory->sums; s++) {
        frac_sum *sum = &memory->sum[s];
        double gain;
        weights_of(memory, s, n, &gain);
        sum->gain = (real)gain;
        if (!isfinite(sum->gain) || (gain != 0 && fabs(gain) < REAL_MIN))
            return fsnn_fail_key(FSNN_EARGUMENT, "dynamics.step",
                                 "the step %g gives method %s a gain of %.6g, beyond " REAL_NAME
                                 " precision: a %s step, in the unit of tau, works",
                                 memory->h, memory->method->name, gain,
                                 isfinite(sum->gain) ? "larger" : "smaller");
        sum->window = round_weights(memory, n, sum->w);
    }
    if (renew)
        fill_starts(memory);
    memory->lags = n;
    return FSNN_OK;
}

double frac_memory_cost(const frac_memory *m, int64_t o)
{
    double sum = 0;
    bool far = m->compressed && o >= 2 * FRAC_SPAN;
    for (int s = 0; s < m->sums; s++) {
        int64_t lags = frac_memory_near(m, o), window = m->sum[s].window;
        sum += (double)(lags < window ? lags : window) + (far ? m->modes.fit.modes : 0);
    }
    return sum + (far ? m->modes.fit.modes : 0);
}

int frac_memory_params(const frac_memory *memory)
{
    return 2 * memory->order.terms + (memory->method->lweights ? 1 : 0);
}

fsnn_status frac_memory_derive(const frac_memory *m, int s, int p, real *dw, real *dstart,
                               real *dout, real *dgain)
{
    const frac_method *method = m->method;
    double gain;
    if (method->dlweights)
        method->dlweights(&m->order, &m->leak, m->h, m->lags, p, m->work, &gain);
    else
        (s ? method->dpweights : method->dweights)(&m->order, m->h, m->lags, p, m->work, &gain);
    round_weights(m, m->lags, dw);
    *dgain = (real)gain;
    for (int64_t i = 0; i < m->starts; i++) {
        int64_t n = m->from + 1 + i;
        frac_dstart_fn *start = s ? method->dpstart : method->dstart;
        dstart[i] = first_counts(m, n) ? (real)start(&m->order, m->h, p, n) : 0;
    }
    return m->compressed ? frac_modes_derive(&m->modes, method, &m->order, m->h, s, p, dout)
                         : FSNN_OK;
}

/* Settling of weights: computed in double, rounded once, trimmed and padded. */
#include "frac/memory.h"

#include "base/isa.h"

extern const frac_kernels frac_kernels_base;
#ifdef FSNN_HAVE_AVX2
extern const frac_kernels frac_kernels_avx2;
#endif
#ifdef FSNN_HAVE_AVX512
extern const frac_kernels frac_kernels_avx512;
#endif

const frac_kernels *frac_kernels_get(void)
{
    static const frac_kernels *const level[] = {
        [FSNN_ISA_BASE] = &frac_kernels_base,
#ifdef FSNN_HAVE_AVX2
        [FSNN_ISA_AVX2] = &frac_kernels_avx2,
#endif
#ifdef FSNN_HAVE_AVX512
        [FSNN_ISA_AVX512] = &frac_kernels_avx512,
#endif
    };
    return level[fsnn_isa_level()];
}

/* An order that is 1 and stays 1 is remembered by its last state, where the method's weights end there too. */
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
                      const fsnn_order *order, double h, int64_t steps)
{
    memory->method = method;
    memory->scheme = implicit && method->linearised ? FRAC_IMPLICIT : method->scheme;
    memory->order = *order;
    memory->h = h;
    memory->limit = method->integer || steps < 1 ? -1 : steps - 1;
    memory->keep = method->integer || integer_for_good(method, order) ? 1 : memory->limit;
    memory->sums = method->pweights ? 2 : 1;
    memory->lags = 0;
}

void frac_memory_free(frac_memory *memory)
{
    for (int s = 0; s < 2; s++) {
        fsnn_free(memory->sum[s].w);
        fsnn_free(memory->sum[s].start);
    }
    fsnn_free(memory->work);
    *memory = (frac_memory){0};
}

static fsnn_status grow(frac_memory *memory, int64_t n)
{
    if (n <= memory->room)
        return FSNN_OK;
    size_t bytes = (size_t)(n + FRAC_PAD) * sizeof(float);
    float *block[4] = {NULL};
    double *work = fsnn_alloc((size_t)(n + 1) * sizeof *work);
    bool good = work != NULL;
    for (int i = 0; i < 2 * memory->sums && good; i++) {
        if (i % 2 && !memory->method->start)
            continue;
        block[i] = fsnn_alloc(bytes);
        good = block[i] != NULL;
    }
    if (!good) {
        for (int i = 0; i < 4; i++)
            fsnn_free(block[i]);
        fsnn_free(work);
        return FSNN_EMEMORY;
    }
    for (int i = 0; i < 4; i++) {
        float **slot = i % 2 ? &memory->sum[i / 2].start : &memory->sum[i / 2].w;
        fsnn_free(*slot);
        *slot = block[i];
    }
    fsnn_free(memory->work);
    memory->work = work;
    memory->room = n;
    return FSNN_OK;
}

/* Rounds work[1..n] into w, zero beyond the limit and in the padding; returns the last lag that has a weight. */
static int64_t round_weights(const frac_memory *memory, int64_t n, int64_t limit, float *w)
{
    int64_t window = 0, end = limit >= 0 && limit < n ? limit : n;
    w[0] = 0;
    for (int64_t l = 1; l <= end; l++) {
        w[l] = (float)memory->work[l];
        if (w[l] != 0)
            window = l;
    }
    for (int64_t l = end + 1; l < memory->room + FRAC_PAD; l++)
        w[l] = 0;
    return window;
}

static void weights_of(const frac_memory *m, int s, int64_t n, double *gain)
{
    const frac_method *method = m->method;
    if (method->lweights)
        method->lweights(&m->order, &m->leak, m->h, n, m->work, gain);
    else
        (s ? method->pweights : method->weights)(&m->order, m->h, n, m->work, gain);
}

fsnn_status frac_memory_settle(frac_memory *memory, int64_t n, bool renew)
{
    if (n < 1)
        n = 1;
    if (!renew && n <= memory->lags)
        return FSNN_OK;
    if (n < memory->lags)
        n = memory->lags;
    FSNN_TRY(grow(memory, n));
    const frac_method *method = memory->method;
    for (int s = 0; s < memory->sums; s++) {
        frac_sum *sum = &memory->sum[s];
        double gain;
        weights_of(memory, s, n, &gain);
        sum->gain = (float)gain;
        sum->window = round_weights(memory, n, memory->limit, sum->w);
        if (!method->start)
            continue;
        (s ? method->pstart : method->start)(&memory->order, memory->h, n, memory->work, &gain);
        round_weights(memory, n, memory->limit, sum->start);
    }
    memory->lags = n;
    return FSNN_OK;
}

int frac_memory_params(const frac_memory *memory)
{
    return 2 * memory->order.terms + (memory->method->lweights ? 1 : 0);
}

void frac_memory_derive(const frac_memory *m, int s, int p, float *dw, float *dstart, float *dgain)
{
    const frac_method *method = m->method;
    double gain, none;
    if (method->dlweights)
        method->dlweights(&m->order, &m->leak, m->h, m->lags, p, m->work, &gain);
    else
        (s ? method->dpweights : method->dweights)(&m->order, m->h, m->lags, p, m->work, &gain);
    round_weights(m, m->lags, m->limit, dw);
    *dgain = (float)gain;
    if (!method->start)
        return;
    (s ? method->dpstart : method->dstart)(&m->order, m->h, m->lags, p, m->work, &none);
    round_weights(m, m->lags, m->limit, dstart);
}

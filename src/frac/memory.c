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

/* An order that is 1 and stays 1 is remembered by its last state. */
static bool integer_for_good(const fsnn_order *order)
{
    if (order->learn_alpha)
        return false;
    for (int m = 0; m < order->terms; m++)
        if (order->alpha[m] != 1)
            return false;
    return true;
}

void frac_memory_init(frac_memory *memory, const frac_method *method, const fsnn_order *order,
                      double h, int64_t steps)
{
    memory->method = method;
    memory->order = *order;
    memory->h = h;
    memory->limit = method->integer || steps < 1 ? -1 : steps - 1;
    memory->keep = method->integer || integer_for_good(order) ? 1 : memory->limit;
    memory->lags = memory->window = 0;
}

void frac_memory_free(frac_memory *memory)
{
    fsnn_free(memory->w);
    fsnn_free(memory->work);
    *memory = (frac_memory){0};
}

static fsnn_status grow(frac_memory *memory, int64_t n)
{
    if (n <= memory->room)
        return FSNN_OK;
    float *w = fsnn_alloc((size_t)(n + FRAC_BLOCK + 1) * sizeof *w);
    double *work = fsnn_alloc((size_t)(n + 1) * sizeof *work);
    if (!w || !work) {
        fsnn_free(w);
        fsnn_free(work);
        return FSNN_EMEMORY;
    }
    fsnn_free(memory->w);
    fsnn_free(memory->work);
    memory->w = w;
    memory->work = work;
    memory->room = n;
    return FSNN_OK;
}

/* Rounds work[1..n] into w, zero beyond the limit and in the padding; returns the last lag that has a weight. */
static int64_t round_weights(const frac_memory *memory, int64_t n, float *w)
{
    int64_t window = 0, end = memory->limit >= 0 && memory->limit < n ? memory->limit : n;
    w[0] = 0;
    for (int64_t j = 1; j <= end; j++) {
        w[j] = (float)memory->work[j];
        if (w[j] != 0)
            window = j;
    }
    for (int64_t j = end + 1; j <= memory->room + FRAC_BLOCK; j++)
        w[j] = 0;
    return window;
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
    double gain;
    memory->method->weights(&memory->order, memory->h, n, memory->work, &gain);
    memory->gain = (float)gain;
    memory->lags = n;
    memory->window = round_weights(memory, n, memory->w);
    return FSNN_OK;
}

void frac_memory_derive(const frac_memory *memory, int p, float *dw, float *dgain)
{
    double gain;
    memory->method->dweights(&memory->order, memory->h, memory->lags, p, memory->work, &gain);
    round_weights(memory, memory->lags, dw);
    *dgain = (float)gain;
}

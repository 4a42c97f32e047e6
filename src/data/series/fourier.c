/* data/series/fourier.c: by kissfft. */
#include "data/series/fourier.h"

#include <kiss_fftr.h>

struct fourier {
    kiss_fftr_cfg plan;
};

_Static_assert(sizeof(kiss_fft_cpx) == 2 * sizeof(float), "complex numbers are pairs of floats");

fsnn_status fourier_create(int64_t size, fourier **f)
{
    *f = fsnn_alloc(sizeof **f);
    if (!*f)
        return FSNN_EMEMORY;
    (*f)->plan = kiss_fftr_alloc((int)size, 0, NULL, NULL);
    if ((*f)->plan)
        return FSNN_OK;
    fsnn_free(*f);
    *f = NULL;
    return fsnn_fail(FSNN_EMEMORY, "no memory for an FFT of %lld samples", (long long)size);
}

void fourier_destroy(fourier *f)
{
    if (f)
        kiss_fftr_free(f->plan);
    fsnn_free(f);
}

void fourier_run(const fourier *f, const float *in, float (*x)[2])
{
    kiss_fftr(f->plan, in, (kiss_fft_cpx *)(void *)x);
}

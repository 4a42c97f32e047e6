/* data/series/fourier_absent.c: where fsnn is built without a Fourier transform. */
#include "data/series/fourier.h"

#include "base/absent.h"

fsnn_status fourier_create(int64_t size, fourier **f)
{
    (void)size;
    *f = NULL;
    return fsnn_absent("mel spectra", "a Fourier transform", "FSNN_FFT");
}

void fourier_destroy(fourier *f)
{
    (void)f;
}

void fourier_run(const fourier *f, const float *in, float (*x)[2])
{
    (void)f;
    (void)in;
    (void)x;
}

/* data/series/fourier.h: the Fourier transform of real numbers. */
#ifndef FSNN_FOURIER_H
#define FSNN_FOURIER_H

#include "base/base.h"

typedef struct fourier fourier;

/* Of `size` numbers, a power of two. FSNN_EMEMORY; FSNN_EUNSUPPORTED: fsnn is built without. */
fsnn_status fourier_create(int64_t size, fourier **f);
void fourier_destroy(fourier *f);
/* x [size / 2 + 1][2]: real and imaginary parts of the transform of in [size]. */
void fourier_run(const fourier *f, const float *in, float (*x)[2]);

#endif

/* One walk over averages and weights, in double, bound by memory: 12 bytes a value, 24 in double
 * precision. */
#include "train/average.h"

#include "base/isa_kernel.h"

static void of_float(float *restrict a, const float *restrict w, int64_t n, double d)
{
    for (int64_t i = 0; i < n; i++)
        a[i] = (float)(d * (double)a[i] + (1 - d) * (double)w[i]);
}

static void of_double(double *restrict a, const double *restrict w, int64_t n, double d)
{
    for (int64_t i = 0; i < n; i++)
        a[i] = d * a[i] + (1 - d) * w[i];
}

const average_kernels FSNN_K(average_kernels) = {of_float, of_double};

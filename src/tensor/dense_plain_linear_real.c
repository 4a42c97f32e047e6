/* tensor/dense_plain_linear_real.c: the plain kernels have one product for all sizes. */
#include "tensor/dense.h"

fsnn_status dense_linear_create(int64_t rows, int64_t in, int64_t out, dense_linear **linear)
{
    (void)rows, (void)in, (void)out;
    *linear = NULL;
    return FSNN_OK;
}

void dense_linear_destroy(dense_linear *linear)
{
    (void)linear;
}

size_t dense_linear_scratch(const dense_linear *linear)
{
    (void)linear;
    return 0;
}

fsnn_status dense_linear_forward(const dense_linear *linear, const real *x, const real *w, real *y,
                                 void *scratch)
{
    (void)linear, (void)x, (void)w, (void)y, (void)scratch;
    return fsnn_fail(FSNN_ESTATE, "the plain kernels make no products for sizes");
}

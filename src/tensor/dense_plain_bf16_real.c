/* tensor/dense_plain_bf16_real.c: the plain kernels have no products in bfloat16. */
#include "tensor/dense.h"

fsnn_status dense_bf16_check(void)
{
    return fsnn_fail(FSNN_EUNSUPPORTED,
                     "bf16: its products are oneDNN's, in single precision, and this fsnn was "
                     "built without oneDNN: leave it out");
}

fsnn_status dense_bf16_create(int64_t rows, int64_t in, int64_t out, bool backward,
                              bool backward_data, dense_bf16 **product)
{
    (void)rows, (void)in, (void)out, (void)backward, (void)backward_data;
    *product = NULL;
    return dense_bf16_check();
}

void dense_bf16_destroy(dense_bf16 *product)
{
    (void)product;
}

size_t dense_bf16_scratch(const dense_bf16 *product)
{
    (void)product;
    return 0;
}

fsnn_status dense_bf16_forward(const dense_bf16 *product, const real *x, const real *w, real *y,
                               void *scratch)
{
    (void)product, (void)x, (void)w, (void)y, (void)scratch;
    return dense_bf16_check();
}

fsnn_status dense_bf16_backward_data(const dense_bf16 *product, const real *gy, const real *w,
                                     real *gx, void *scratch)
{
    (void)product, (void)gy, (void)w, (void)gx, (void)scratch;
    return dense_bf16_check();
}

fsnn_status dense_bf16_backward_weights(const dense_bf16 *product, const real *x, const real *gy,
                                        real *gw, void *scratch)
{
    (void)product, (void)x, (void)gy, (void)gw, (void)scratch;
    return dense_bf16_check();
}

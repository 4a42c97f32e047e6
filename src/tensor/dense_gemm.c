/* tensor/dense_gemm.c: the matrix product. Cost: 2 M N K flops. */
#include "tensor/dense.h"
#include "tensor/dense_dnnl.h"

fsnn_status dense_gemm(char ta, char tb, int64_t M, int64_t N, int64_t K, float alpha,
                       const float *A, int64_t lda, const float *B, int64_t ldb, float beta,
                       float *C, int64_t ldc)
{
    return dense_check(dnnl_sgemm(ta, tb, M, N, K, alpha, A, lda, B, ldb, beta, C, ldc),
                       "multiply matrices");
}

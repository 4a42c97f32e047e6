/* tensor/dense.h: the dense kernels. They have two forms, of which the build takes one
 * (FSNN_DENSE): dense_onednn*, a thin wrapper of oneDNN 2.x or 3.x, in single precision and the
 * only files that include dnnl.h; and dense_plain*, which need no library.
 * What stands under "bf16" rounds factors to bfloat16 and sums in float32.
 *
 * Images are channels-last, [N, H, W, C] in memory; convolution weights are [out, C/groups, kh, kw]
 * outside and are brought into the kernel's own layout inside, once a call. */
#ifndef FSNN_DENSE_H
#define FSNN_DENSE_H

#include "base/base.h"
#include "base/real.h"

/* Makes the room that products need; to be called when what uses them is planned, so that the calls
 * need not allocate. */
fsnn_status dense_prepare(void);
/* Has the kernels of products made now, once a process, which the first product would wait for:
 * with oneDNN some 20 ms of a processor. */
fsnn_status dense_warm(void);

/* Row-major C[M,N] = alpha op(A) op(B) + beta C; ta, tb 'N' or 'T'. */
fsnn_status dense_gemm(char ta, char tb, int64_t M, int64_t N, int64_t K, real alpha, const real *A,
                       int64_t lda, const real *B, int64_t ldb, real beta, real *C, int64_t ldc);

/* A number of C of a large product with alpha 1 and beta 0 is a sum in the order of k: so many k in
 * one chain, then so many in the next, and these chains added in their order. */
int64_t dense_piece(void);

/* y [rows, out] = x [rows, in] W^T, W [out, in], by kernels made for these sizes where they are
 * faster than dense_gemm, which hangs on the sizes and the processor only. Sums may have another
 * order than dense_gemm's. The environment variable FSNN_LINEAR asks for it always ("made", where
 * there are such kernels) or never ("gemm"). */
typedef struct dense_linear dense_linear;
/* *linear is NULL where dense_gemm is to be taken. */
fsnn_status dense_linear_create(int64_t rows, int64_t in, int64_t out, dense_linear **linear);
void dense_linear_destroy(dense_linear *linear);
/* Bytes of scratch of a call; of NULL 0. */
size_t dense_linear_scratch(const dense_linear *linear);
fsnn_status dense_linear_forward(const dense_linear *linear, const real *x, const real *w, real *y,
                                 void *scratch);

/* One operand of many products: where its matrix of product (o, i) begins, o outer + i inner, and
 * how its rows stand apart. `turned`: the transpose is what lies there. */
typedef struct dense_operand {
    int64_t outer, inner, row;
    bool turned;
} dense_operand;

static inline dense_operand dense_turned(dense_operand o)
{
    o.turned = !o.turned;
    return o;
}

/* outer * inner products C[M,N] = alpha A[M,K] B[K,N]; the C do not meet. */
typedef struct dense_batch {
    int64_t outer, inner, M, N, K;
    real alpha;
    dense_operand a, b, c;
} dense_batch;

fsnn_status dense_gemm_batch(const dense_batch *batch, const real *A, const real *B, real *C);

typedef struct dense_conv_shape {
    int64_t rows, C, H, W, out, OH, OW;
    int64_t kernel[2], stride[2], padding[2], dilation[2]; /* dilation 1 = dense */
    int64_t groups;
    bool bias;
    bool bias_apart; /* the caller sums the bias' gradient: backward_weights is given gb NULL */
    bool bf16;       /* see dense_bf16_check() */
} dense_conv_shape;

/* Time of a convolution beside that of oneDNN's in single precision, roughly. */
double dense_conv_time(void);

typedef struct dense_conv dense_conv;
fsnn_status dense_conv_create(const dense_conv_shape *shape, bool backward, bool backward_data,
                              dense_conv **conv);
void dense_conv_destroy(dense_conv *conv);
size_t dense_conv_scratch(const dense_conv *conv); /* bytes of scratch for any of its calls */
fsnn_status dense_conv_forward(dense_conv *conv, const real *x, const real *w, const real *b,
                               real *y, void *scratch);
fsnn_status dense_conv_backward_data(dense_conv *conv, const real *gy, const real *w, real *gx,
                                     void *scratch);
/* gw, gb: added to; either may be NULL */
fsnn_status dense_conv_backward_weights(dense_conv *conv, const real *x, const real *gy, real *gw,
                                        real *gb, void *scratch);

/* ---- bf16 ---- */

/* Whether there are products with factors in bfloat16 that are quicker than others: oneDNN's, on a
 * processor that has instructions for them. FSNN_EUNSUPPORTED with what is missing. */
fsnn_status dense_bf16_check(void);

/* y [rows, out] = x [rows, in] W^T, W [out, in], and its gradients, of factors rounded to bfloat16.
 * Arrays are float32; `scratch` holds the rounded ones. */
typedef struct dense_bf16 dense_bf16;
fsnn_status dense_bf16_create(int64_t rows, int64_t in, int64_t out, bool backward,
                              bool backward_data, dense_bf16 **product);
void dense_bf16_destroy(dense_bf16 *product);
size_t dense_bf16_scratch(const dense_bf16 *product);
fsnn_status dense_bf16_forward(const dense_bf16 *product, const real *x, const real *w, real *y,
                               void *scratch);
fsnn_status dense_bf16_backward_data(const dense_bf16 *product, const real *gy, const real *w,
                                     real *gx, void *scratch);
/* gw: added to */
fsnn_status dense_bf16_backward_weights(const dense_bf16 *product, const real *x, const real *gy,
                                        real *gw, void *scratch);

/* ---- pooling ---- */

typedef enum dense_pool_kind { DENSE_MAX, DENSE_AVERAGE, DENSE_AVERAGE_INSIDE } dense_pool_kind;
typedef struct dense_pool_shape {
    dense_pool_kind kind;
    int64_t rows, C, H, W, OH, OW;
    int64_t kernel[2], stride[2], padding[2];
} dense_pool_shape;

typedef struct dense_pool dense_pool;
fsnn_status dense_pool_create(const dense_pool_shape *shape, bool backward, dense_pool **pool);
void dense_pool_destroy(dense_pool *pool);
/* bytes that forward leaves for backward (max: where) */
size_t dense_pool_tape(const dense_pool *pool);
fsnn_status dense_pool_forward(dense_pool *pool, const real *x, real *y, void *tape);
fsnn_status dense_pool_backward(dense_pool *pool, const real *gy, real *gx, const void *tape);

#endif

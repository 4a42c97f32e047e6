/* tensor/dense_onednn_linear.c: y = x W^T of a linear layer by oneDNN's matrix product, made for
 * its sizes. dnnl_sgemm packs the turned weights anew in each call, which a few hundred rows do not
 * pay for. With AVX-512 the time of the matrix product over that of dnnl_sgemm is 0.45 to 0.97 for
 * 16 to 512 rows, and 0.85 to 1.02 for more rows and fewer than 1,024 outputs (oneDNN 2.6, Zen 5,
 * one thread, 15 layers from 32 -> 64 to 4,096 -> 4,096). For gradients it is not faster: those of
 * the weights mostly take 1.0 to 1.8, those of the input 0.9 to 1.2 of the time.
 *
 * Its sums depend neither on the number of rows nor on threads: chains of 512 k, or 1,024 in longer
 * sums, where dnnl_sgemm has chains of 384 or others, by rows, columns and threads. */
#include "base/wish.h"
#include "tensor/dense.h"
#include "tensor/dense_onednn_call.h"

#include <string.h>

enum {
    ROWS_LEAST = 16,      /* of fewer rows dnnl_sgemm does not pack the weights */
    ROWS_MANY = 1024,     /* pay for packing, */
    OUT_MANY = 1024,      /* from so many columns on */
    WORK_LEAST = 1 << 20, /* multiply-adds that are worth making a kernel */
};

struct dense_linear {
    dense_call call;
    size_t scratch;
};

typedef enum linear_wish { LINEAR_FASTER, LINEAR_GEMM, LINEAR_MADE } linear_wish;

static bool faster(int64_t rows, int64_t in, int64_t out)
{
    bool few = rows < ROWS_LEAST, many = rows >= ROWS_MANY && out >= OUT_MANY;
    return !few && !many && (double)rows * (double)in * (double)out >= WORK_LEAST;
}

static bool wished(int64_t rows, int64_t in, int64_t out)
{
    static const char *const name[] = {[LINEAR_GEMM] = "gemm", [LINEAR_MADE] = "made"};
    int wish = wish_of("FSNN_LINEAR", name, FSNN_COUNT(name));
    return wish < 0 ? faster(rows, in, out) : wish == LINEAR_MADE;
}

/* The measured kernels; others are dnnl_sgemm inside. */
static bool measured(const_dnnl_primitive_desc_t pd)
{
    static const char kernels[] = "brg:avx512";
    const char *name = "";
    return dnnl_primitive_desc_query(pd, dnnl_query_impl_info_str, 0, (void *)&name) ==
               dnnl_success &&
           strncmp(name, kernels, sizeof kernels - 1) == 0;
}

static fsnn_status describe(dnnl_primitive_desc_t *pd, int64_t rows, int64_t in, int64_t out)
{
    dense_desc x = {.set = false}, w = {.set = false}, y = {.set = false};
    fsnn_status status = dense_desc_create(&x, 2, (int64_t[]){rows, in}, dnnl_ab);
    if (!status)
        status = dense_desc_create(&w, 2, (int64_t[]){in, out}, dnnl_ba);
    if (!status)
        status = dense_desc_create(&y, 2, (int64_t[]){rows, out}, dnnl_ab);
    if (!status)
        status = dense_matmul_pd(pd, &x, &w, &y, false);
    dense_desc_free(&x);
    dense_desc_free(&w);
    dense_desc_free(&y);
    return status;
}

static fsnn_status make(dnnl_primitive_desc_t pd, dense_linear **linear)
{
    static const int number[] = {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST};
    static const dnnl_query_t layout[] = {dnnl_query_src_md, dnnl_query_weights_md,
                                          dnnl_query_dst_md};
    dense_linear *l = fsnn_alloc(sizeof *l);
    if (!l)
        return FSNN_EMEMORY;
    fsnn_status status =
        dense_call_make(&l->call, pd, number, layout, FSNN_COUNT(number), &l->scratch);
    if (status)
        dense_linear_destroy(l);
    else
        *linear = l;
    return status;
}

fsnn_status dense_linear_create(int64_t rows, int64_t in, int64_t out, dense_linear **linear)
{
    dnnl_primitive_desc_t pd = NULL;
    *linear = NULL;
    if (!wished(rows, in, out))
        return FSNN_OK;
    FSNN_TRY(describe(&pd, rows, in, out));
    fsnn_status status = measured(pd) ? make(pd, linear) : FSNN_OK;
    dnnl_primitive_desc_destroy(pd);
    return status;
}

void dense_linear_destroy(dense_linear *l)
{
    if (l)
        dense_call_free(&l->call);
    fsnn_free(l);
}

size_t dense_linear_scratch(const dense_linear *l)
{
    return l ? l->scratch : 0;
}

fsnn_status dense_linear_forward(const dense_linear *l, const float *x, const float *w, float *y,
                                 void *scratch)
{
    return dense_call_run(&l->call, (void *[]){(void *)x, (void *)w, y, scratch});
}

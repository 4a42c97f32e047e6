/* bench/floor.h: the floor that a bench row stands beside: dense kernels alone, called directly,
 * operands in the layouts the kernels like best and filled before the clock starts. Compiles
 * against oneDNN 2.x and 3.x; where fsnn is built without it, bench/floor_absent.h stands here. */
#ifndef BENCH_FLOOR_H
#define BENCH_FLOOR_H

#ifndef FSNN_DENSE_ONEDNN
#include "floor_absent.h"
#else

#include <oneapi/dnnl/dnnl.h>

#include <fsnn/tensor.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static const bool floor_there = true;

enum { FLOOR_MAX = 16, FLOOR_PARTS = 3 };

typedef struct floor_product_shape {
    int64_t M, N, K;
    float *a, *b, *c;
} floor_product_shape;

typedef struct floor_kernel {
    dnnl_primitive_t primitive;
    dnnl_exec_arg_t args[3];
} floor_kernel;

/* One layer: forward, backward by weights, and (unless it is the first) backward by data. */
typedef struct floor_layer {
    int backward_data, is_product;
    floor_product_shape product;
    floor_kernel part[FLOOR_PARTS];
} floor_layer;

typedef struct floor_list {
    floor_layer layer[FLOOR_MAX];
    int layers;
    double flops; /* of all parts */
    dnnl_engine_t engine;
    dnnl_stream_t stream;
} floor_list;

static inline void floor_check(dnnl_status_t status, int line)
{
    if (status == dnnl_success)
        return;
    fprintf(stderr, "floor.h:%d: the dense-kernel library failed with status %d\n", line,
            (int)status);
    exit(1);
}
#define FLOOR_TRY(call) floor_check((call), __LINE__)

static inline float *floor_numbers(int64_t n)
{
    float *x = fsnn_alloc_array(n, sizeof *x);
    if (!x)
        exit(1);
    for (int64_t i = 0; i < n; i++)
        x[i] = (float)(i % 17) / 17;
    return x;
}

/* c = a b, all [side, side]. */
static inline void floor_multiply(int64_t side, const float *a, const float *b, float *c)
{
    FLOOR_TRY(dnnl_sgemm('N', 'N', side, side, side, 1, a, side, b, side, 0, c, side));
}

/* y[M,N] = x[M,K] W[N,K]^T and its two gradients. */
static inline void floor_product(floor_list *f, int64_t M, int64_t N, int64_t K, int backward_data)
{
    floor_layer *l = &f->layer[f->layers++];
    l->is_product = 1;
    l->backward_data = backward_data;
    l->product = (floor_product_shape){
        M, N, K, floor_numbers(M * K), floor_numbers(N * K), floor_numbers(M * N)};
    f->flops += 2.0 * (double)(M * N * K) * (backward_data ? 3 : 2);
}

static inline void floor_run_product(const floor_layer *l, int part)
{
    const floor_product_shape *p = &l->product;
    if (part == 0)
        FLOOR_TRY(dnnl_sgemm('N', 'T', p->M, p->N, p->K, 1, p->a, p->K, p->b, p->K, 0, p->c, p->N));
    else if (part == 1)
        FLOOR_TRY(dnnl_sgemm('T', 'N', p->N, p->K, p->M, 1, p->c, p->N, p->a, p->K, 0, p->b, p->K));
    else
        FLOOR_TRY(dnnl_sgemm('N', 'N', p->M, p->K, p->N, 1, p->c, p->N, p->b, p->K, 0, p->a, p->K));
}

#if DNNL_VERSION_MAJOR >= 3
typedef dnnl_memory_desc_t floor_md;
#define FLOOR_MD(md) (md)
#define FLOOR_QUERY_MD(pd, what) ((dnnl_memory_desc_t)dnnl_primitive_desc_query_md(pd, what, 0))
static inline floor_md floor_any(const dnnl_dims_t dims)
{
    floor_md md;
    FLOOR_TRY(dnnl_memory_desc_create_with_tag(&md, 4, dims, dnnl_f32, dnnl_format_tag_any));
    return md;
}
static inline size_t floor_bytes(floor_md md)
{
    return dnnl_memory_desc_get_size(md);
}
#else
typedef dnnl_memory_desc_t floor_md;
#define FLOOR_MD(md) (&(md))
#define FLOOR_QUERY_MD(pd, what) (*dnnl_primitive_desc_query_md(pd, what, 0))
static inline floor_md floor_any(const dnnl_dims_t dims)
{
    floor_md md;
    FLOOR_TRY(dnnl_memory_desc_init_by_tag(&md, 4, dims, dnnl_f32, dnnl_format_tag_any));
    return md;
}
static inline size_t floor_bytes(floor_md md)
{
    return dnnl_memory_desc_get_size(&md);
}
#endif

static inline dnnl_memory_t floor_memory(const floor_list *f, floor_md md)
{
    dnnl_memory_t memory;
    float *x = floor_numbers((int64_t)(floor_bytes(md) / sizeof(float)));
    FLOOR_TRY(dnnl_memory_create(&memory, FLOOR_MD(md), f->engine, x));
    return memory;
}

/* The primitive of one part (0 forward, 1 by weights, 2 by data), every layout its own choice. */
static inline dnnl_primitive_desc_t floor_describe(const floor_list *f, int part, floor_md x,
                                                   floor_md w, floor_md y,
                                                   dnnl_primitive_desc_t hint)
{
    const dnnl_dims_t stride = {1, 1}, dilation = {0, 0}, padding = {1, 1};
    dnnl_primitive_desc_t pd;
#if DNNL_VERSION_MAJOR >= 3
    if (part == 0)
        FLOOR_TRY(dnnl_convolution_forward_primitive_desc_create(
            &pd, f->engine, dnnl_forward_training, dnnl_convolution_direct, x, w, NULL, y, stride,
            dilation, padding, padding, NULL));
    else if (part == 1)
        FLOOR_TRY(dnnl_convolution_backward_weights_primitive_desc_create(
            &pd, f->engine, dnnl_convolution_direct, x, w, NULL, y, stride, dilation, padding,
            padding, hint, NULL));
    else
        FLOOR_TRY(dnnl_convolution_backward_data_primitive_desc_create(
            &pd, f->engine, dnnl_convolution_direct, x, w, y, stride, dilation, padding, padding,
            hint, NULL));
#else
    dnnl_convolution_desc_t d;
    if (part == 0)
        FLOOR_TRY(dnnl_dilated_convolution_forward_desc_init(
            &d, dnnl_forward_training, dnnl_convolution_direct, &x, &w, NULL, &y, stride, dilation,
            padding, padding));
    else if (part == 1)
        FLOOR_TRY(dnnl_dilated_convolution_backward_weights_desc_init(
            &d, dnnl_convolution_direct, &x, &w, NULL, &y, stride, dilation, padding, padding));
    else
        FLOOR_TRY(dnnl_dilated_convolution_backward_data_desc_init(
            &d, dnnl_convolution_direct, &x, &w, &y, stride, dilation, padding, padding));
    FLOOR_TRY(dnnl_primitive_desc_create(&pd, &d, NULL, f->engine, hint));
#endif
    return pd;
}

/* 3x3 convolution with padding 1 of rows x [C, side, side] into `out` channels, and its two
 * gradients. */
static inline void floor_convolution(floor_list *f, int64_t rows, int64_t C, int64_t side,
                                     int64_t out, int backward_data)
{
    if (!f->engine) {
        FLOOR_TRY(dnnl_engine_create(&f->engine, dnnl_cpu, 0));
        FLOOR_TRY(dnnl_stream_create(&f->stream, f->engine, dnnl_stream_default_flags));
    }
    const dnnl_dims_t xd = {rows, C, side, side}, wd = {out, C, 3, 3}, yd = {rows, out, side, side};
    floor_layer *l = &f->layer[f->layers++];
    l->backward_data = backward_data;
    static const dnnl_query_t query[FLOOR_PARTS][3] = {
        {dnnl_query_src_md, dnnl_query_weights_md, dnnl_query_dst_md},
        {dnnl_query_src_md, dnnl_query_diff_dst_md, dnnl_query_diff_weights_md},
        {dnnl_query_diff_dst_md, dnnl_query_weights_md, dnnl_query_diff_src_md}};
    static const int arg[FLOOR_PARTS][3] = {
        {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST},
        {DNNL_ARG_SRC, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_WEIGHTS},
        {DNNL_ARG_DIFF_DST, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_SRC}};
    dnnl_primitive_desc_t hint = NULL;
    for (int part = 0; part < (backward_data ? 3 : 2); part++) {
        dnnl_primitive_desc_t pd =
            floor_describe(f, part, floor_any(xd), floor_any(wd), floor_any(yd), hint);
        FLOOR_TRY(dnnl_primitive_create(&l->part[part].primitive, pd));
        for (int i = 0; i < 3; i++)
            l->part[part].args[i] = (dnnl_exec_arg_t){
                arg[part][i], floor_memory(f, FLOOR_QUERY_MD(pd, query[part][i]))};
        if (part == 0)
            hint = pd;
        else
            FLOOR_TRY(dnnl_primitive_desc_destroy(pd));
    }
    FLOOR_TRY(dnnl_primitive_desc_destroy(hint));
    f->flops += 2.0 * (double)(rows * C * side * side * out) * 9 * (backward_data ? 3 : 2);
}

static inline void floor_run(const floor_list *f, const floor_layer *l, int part)
{
    if (l->is_product) {
        floor_run_product(l, part);
        return;
    }
    FLOOR_TRY(dnnl_primitive_execute(l->part[part].primitive, f->stream, 3, l->part[part].args));
    FLOOR_TRY(dnnl_stream_wait(f->stream));
}

static inline void floor_forward(const floor_list *f)
{
    for (int i = 0; i < f->layers; i++)
        floor_run(f, &f->layer[i], 0);
}

static inline void floor_backward(const floor_list *f)
{
    for (int i = f->layers - 1; i >= 0; i--)
        for (int part = 1; part < (f->layer[i].backward_data ? 3 : 2); part++)
            floor_run(f, &f->layer[i], part);
}

static inline void floor_free(floor_list *f)
{
    for (int i = 0; i < f->layers; i++) {
        floor_layer *l = &f->layer[i];
        fsnn_free_array(l->product.a);
        fsnn_free_array(l->product.b);
        fsnn_free_array(l->product.c);
        for (int part = 0; part < FLOOR_PARTS && l->part[part].primitive; part++) {
            for (int k = 0; k < 3; k++) {
                void *x;
                FLOOR_TRY(dnnl_memory_get_data_handle(l->part[part].args[k].memory, &x));
                FLOOR_TRY(dnnl_memory_destroy(l->part[part].args[k].memory));
                fsnn_free_array(x);
            }
            FLOOR_TRY(dnnl_primitive_destroy(l->part[part].primitive));
        }
    }
    if (f->engine) {
        FLOOR_TRY(dnnl_stream_destroy(f->stream));
        FLOOR_TRY(dnnl_engine_destroy(f->engine));
    }
}

#endif
#endif

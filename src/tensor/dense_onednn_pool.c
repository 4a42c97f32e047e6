/* tensor/dense_onednn_pool.c: pooling over oneDNN primitives, channels-last in and out. Cost: one
 * pass over input and output; the tape of max pooling is a byte or four an output. */
#include "tensor/dense.h"
#include "tensor/dense_onednn_call.h"

struct dense_pool {
    dense_call forward, backward;
    size_t tape;
    size_t own_bytes; /* working memory of the primitives, most often none */
    void *own;
};

static const dnnl_alg_kind_t algorithms[] = {
    [DENSE_MAX] = dnnl_pooling_max,
    [DENSE_AVERAGE] = dnnl_pooling_avg_include_padding,
    [DENSE_AVERAGE_INSIDE] = dnnl_pooling_avg_exclude_padding,
};

static fsnn_status describe(const dense_pool_shape *s, dense_images *images)
{
    FSNN_TRY(dense_desc_create(&images->src, 4, (int64_t[]){s->rows, s->C, s->H, s->W}, dnnl_nhwc));
    return dense_desc_create(&images->dst, 4, (int64_t[]){s->rows, s->C, s->OH, s->OW}, dnnl_nhwc);
}

static dense_window window_of(const dense_pool_shape *s)
{
    dense_window w = {0};
    for (int i = 0; i < 2; i++) {
        w.kernel[i] = s->kernel[i];
        w.stride[i] = s->stride[i];
        w.padding[i] = s->padding[i];
    }
    return w;
}

/* Arguments of either direction: from, to, working memory, and the tape where there is one. */
static fsnn_status fill(dense_pool *pool, dense_call *call, dnnl_primitive_desc_t pd, int from,
                        dense_layout in, int to, dense_layout out)
{
    dense_layout tape = dense_layout_of(pd, dnnl_query_workspace_md);
    dense_layout own = dense_layout_of(pd, dnnl_query_scratchpad_md);
    if (dense_layout_bytes(own) > pool->own_bytes)
        pool->own_bytes = dense_layout_bytes(own);
    FSNN_TRY(dense_call_create(call, pd));
    FSNN_TRY(dense_call_arg(call, from, in));
    FSNN_TRY(dense_call_arg(call, to, out));
    FSNN_TRY(dense_call_arg(call, DNNL_ARG_SCRATCHPAD, own));
    return dense_layout_bytes(tape) ? dense_call_arg(call, DNNL_ARG_WORKSPACE, tape) : FSNN_OK;
}

static fsnn_status make_backward(dense_pool *pool, const dense_images *images,
                                 const dense_window *window, dnnl_alg_kind_t algorithm,
                                 dnnl_primitive_desc_t hint)
{
    dnnl_primitive_desc_t pd;
    FSNN_TRY(dense_pool_back_pd(&pd, images, window, algorithm, hint));
    fsnn_status status = fill(pool, &pool->backward, pd, DNNL_ARG_DIFF_DST,
                              dense_layout_of(pd, dnnl_query_diff_dst_md), DNNL_ARG_DIFF_SRC,
                              dense_layout_of(pd, dnnl_query_diff_src_md));
    dnnl_primitive_desc_destroy(pd);
    return status;
}

static fsnn_status make(dense_pool *pool, const dense_images *images, const dense_pool_shape *shape,
                        bool backward)
{
    dnnl_primitive_desc_t pd;
    dense_window window = window_of(shape);
    dnnl_alg_kind_t algorithm = algorithms[shape->kind];
    FSNN_TRY(dense_pool_pd(&pd, images, &window, algorithm, backward));
    pool->tape = dense_layout_bytes(dense_layout_of(pd, dnnl_query_workspace_md));
    fsnn_status status =
        fill(pool, &pool->forward, pd, DNNL_ARG_SRC, dense_layout_of(pd, dnnl_query_src_md),
             DNNL_ARG_DST, dense_layout_of(pd, dnnl_query_dst_md));
    if (!status && backward)
        status = make_backward(pool, images, &window, algorithm, pd);
    dnnl_primitive_desc_destroy(pd);
    return status;
}

fsnn_status dense_pool_create(const dense_pool_shape *shape, bool backward, dense_pool **pool)
{
    dense_images images = {0};
    *pool = fsnn_alloc(sizeof **pool);
    if (!*pool)
        return FSNN_EMEMORY;
    fsnn_status status = describe(shape, &images);
    if (!status)
        status = make(*pool, &images, shape, backward);
    dense_images_free(&images);
    if (!status && (*pool)->own_bytes) {
        (*pool)->own = fsnn_alloc((*pool)->own_bytes);
        status = (*pool)->own ? FSNN_OK : FSNN_EMEMORY;
    }
    if (status) {
        dense_pool_destroy(*pool);
        *pool = NULL;
    }
    return status;
}

void dense_pool_destroy(dense_pool *pool)
{
    if (!pool)
        return;
    dense_call_free(&pool->forward);
    dense_call_free(&pool->backward);
    fsnn_free(pool->own);
    fsnn_free(pool);
}

size_t dense_pool_tape(const dense_pool *pool)
{
    return pool->tape;
}

fsnn_status dense_pool_forward(dense_pool *pool, const float *x, float *y, void *tape)
{
    return dense_call_run(&pool->forward, (void *[]){(void *)x, y, pool->own, tape});
}

fsnn_status dense_pool_backward(dense_pool *pool, const float *gy, float *gx, const void *tape)
{
    return dense_call_run(&pool->backward, (void *[]){(void *)gy, gx, pool->own, (void *)tape});
}

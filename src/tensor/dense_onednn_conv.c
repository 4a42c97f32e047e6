/* tensor/dense_onednn_conv.c: convolution over oneDNN primitives. Activations are channels-last in
 * and out, which its fast kernels take as they are; weights are brought into whatever layout a
 * kernel prefers and their gradients back, at every call (they are small beside the images). Cost:
 * 2 rows out C/groups kh kw OH OW flops a pass. */
#include "tensor/dense.h"
#include "tensor/dense_onednn_call.h"

double dense_conv_time(void)
{
    return 1;
}

/* One pass: a kernel, and the change of layout of the weights it reads or the gradients it gives.
 * Its part of the scratch: weights in the kernel's layout, bias gradient, the primitives' own. */
typedef struct pass {
    dense_call kernel, reorder;
    bool reorders;
    size_t weights_bytes, bias_bytes, own_bytes;
} pass;

struct dense_conv {
    dense_conv_shape shape;
    pass forward, data, weights;
    size_t scratch;
};

static size_t round_up(size_t bytes)
{
    return (bytes + 63) / 64 * 64;
}

/* ---- creating ---- */

static void weight_dims(const dense_conv_shape *s, int *rank, int64_t dims[5])
{
    *rank = 4;
    if (s->groups > 1) {
        *rank = 5;
        *dims++ = s->groups;
    }
    dims[0] = s->out / s->groups;
    dims[1] = s->C / s->groups;
    dims[2] = s->kernel[0];
    dims[3] = s->kernel[1];
}

static fsnn_status describe(const dense_conv_shape *s, dense_images *images)
{
    int rank;
    int64_t weights[5];
    weight_dims(s, &rank, weights);
    FSNN_TRY(dense_desc_create(&images->src, 4, (int64_t[]){s->rows, s->C, s->H, s->W}, dnnl_nhwc));
    FSNN_TRY(dense_desc_create(&images->weights, rank, weights, dnnl_format_tag_any));
    FSNN_TRY(
        dense_desc_create(&images->dst, 4, (int64_t[]){s->rows, s->out, s->OH, s->OW}, dnnl_nhwc));
    if (s->bias)
        FSNN_TRY(dense_desc_create(&images->bias, 1, &s->out, dnnl_a));
    return FSNN_OK;
}

static dense_window window_of(const dense_conv_shape *s)
{
    dense_window w = {.edge = s->C == s->groups && s->OW == 1};
    for (int i = 0; i < 2; i++) {
        w.kernel[i] = s->kernel[i];
        w.stride[i] = s->stride[i];
        w.padding[i] = s->padding[i];
        w.dilation[i] = s->dilation[i] - 1;
        w.edge |= s->padding[i] > s->dilation[i] * (s->kernel[i] - 1);
    }
    return w;
}

/* The reorder between plain weights and the kernel's; `back`: of gradients, added to the plain. */
static fsnn_status add_reorder(pass *p, const dense_conv_shape *s, dense_layout mine, bool back)
{
    dense_desc plain = {0};
    int rank;
    int64_t dims[5];
    weight_dims(s, &rank, dims);
    FSNN_TRY(dense_desc_create(&plain, rank, dims, rank == 4 ? dnnl_oihw : dnnl_goihw));
    dense_layout given = dense_desc_layout(&plain);
    dense_layout from = back ? mine : given, to = back ? given : mine;
    fsnn_status status = FSNN_OK;
    p->reorders = back || !dense_layout_equal(mine, given);
    if (p->reorders) {
        dnnl_primitive_desc_t pd;
        p->weights_bytes = round_up(dense_layout_bytes(mine));
        status = dense_reorder_pd(&pd, from, to, back);
        if (!status) {
            dense_layout own = dense_layout_of(pd, dnnl_query_scratchpad_md);
            if (dense_layout_bytes(own) > p->own_bytes)
                p->own_bytes = dense_layout_bytes(own);
            status = dense_call_create(&p->reorder, pd);
            if (!status)
                status = dense_call_arg(&p->reorder, DNNL_ARG_FROM, from);
            if (!status)
                status = dense_call_arg(&p->reorder, DNNL_ARG_TO, to);
            if (!status)
                status = dense_call_arg(&p->reorder, DNNL_ARG_SCRATCHPAD, own);
            dnnl_primitive_desc_destroy(pd);
        }
    }
    dense_desc_free(&plain);
    return status;
}

/* Where each argument's layout stands in a primitive descriptor. */
typedef struct argument {
    int number;
    dnnl_query_t layout;
} argument;

static const argument forward_args[] = {{DNNL_ARG_SRC, dnnl_query_src_md},
                                        {DNNL_ARG_WEIGHTS, dnnl_query_weights_md},
                                        {DNNL_ARG_DST, dnnl_query_dst_md},
                                        {DNNL_ARG_SCRATCHPAD, dnnl_query_scratchpad_md}};
static const argument data_args[] = {{DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md},
                                     {DNNL_ARG_WEIGHTS, dnnl_query_weights_md},
                                     {DNNL_ARG_DIFF_SRC, dnnl_query_diff_src_md},
                                     {DNNL_ARG_SCRATCHPAD, dnnl_query_scratchpad_md}};
static const argument weights_args[] = {{DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md},
                                        {DNNL_ARG_DIFF_WEIGHTS, dnnl_query_diff_weights_md},
                                        {DNNL_ARG_SRC, dnnl_query_src_md},
                                        {DNNL_ARG_SCRATCHPAD, dnnl_query_scratchpad_md}};

enum { ARGS = 4, WEIGHTS_ARG = 1 };

static fsnn_status fill_pass(pass *p, const dense_conv_shape *s, const argument *args,
                             dnnl_primitive_desc_t pd, int bias_arg, const dense_desc *bias,
                             bool back)
{
    FSNN_TRY(dense_call_create(&p->kernel, pd));
    for (int i = 0; i < ARGS; i++)
        FSNN_TRY(dense_call_arg(&p->kernel, args[i].number, dense_layout_of(pd, args[i].layout)));
    if (bias_arg && bias->set) {
        FSNN_TRY(dense_call_arg(&p->kernel, bias_arg, dense_desc_layout(bias)));
        p->bias_bytes = back ? round_up((size_t)s->out * sizeof(float)) : 0;
    }
    p->own_bytes = dense_layout_bytes(dense_layout_of(pd, dnnl_query_scratchpad_md));
    return add_reorder(p, s, dense_layout_of(pd, args[WEIGHTS_ARG].layout), back);
}

static fsnn_status make_backward(dense_conv *conv, const dense_images *images,
                                 const dense_window *window, dnnl_primitive_desc_t hint, bool data)
{
    dnnl_primitive_desc_t pd;
    dense_images given = *images;
    given.bias.set &= !conv->shape.bias_apart;
    FSNN_TRY(dense_conv_weights_pd(&pd, &given, window, hint));
    fsnn_status status = fill_pass(&conv->weights, &conv->shape, weights_args, pd,
                                   DNNL_ARG_DIFF_BIAS, &given.bias, true);
    dnnl_primitive_desc_destroy(pd);
    if (status || !data)
        return status;
    FSNN_TRY(dense_conv_data_pd(&pd, images, window, hint));
    status = fill_pass(&conv->data, &conv->shape, data_args, pd, 0, NULL, false);
    dnnl_primitive_desc_destroy(pd);
    return status;
}

static fsnn_status make(dense_conv *conv, const dense_images *images, bool backward, bool data)
{
    dnnl_primitive_desc_t pd;
    dense_window window = window_of(&conv->shape);
    FSNN_TRY(dense_conv_pd(&pd, images, &window, backward));
    fsnn_status status = fill_pass(&conv->forward, &conv->shape, forward_args, pd, DNNL_ARG_BIAS,
                                   &images->bias, false);
    if (!status && backward)
        status = make_backward(conv, images, &window, pd, data);
    dnnl_primitive_desc_destroy(pd);
    return status;
}

fsnn_status dense_conv_create(const dense_conv_shape *shape, bool backward, bool backward_data,
                              dense_conv **conv)
{
    dense_images images = {0};
    *conv = fsnn_alloc(sizeof **conv);
    if (!*conv)
        return FSNN_EMEMORY;
    (*conv)->shape = *shape;
    fsnn_status status = describe(shape, &images);
    if (!status)
        status = make(*conv, &images, backward, backward_data);
    dense_images_free(&images);
    if (status) {
        dense_conv_destroy(*conv);
        *conv = NULL;
        return status;
    }
    const pass *all[] = {&(*conv)->forward, &(*conv)->data, &(*conv)->weights};
    for (int i = 0; i < FSNN_COUNT(all); i++) {
        size_t need = all[i]->weights_bytes + all[i]->bias_bytes + all[i]->own_bytes;
        if (need > (*conv)->scratch)
            (*conv)->scratch = need;
    }
    return FSNN_OK;
}

void dense_conv_destroy(dense_conv *conv)
{
    if (!conv)
        return;
    pass *all[] = {&conv->forward, &conv->data, &conv->weights};
    for (int i = 0; i < FSNN_COUNT(all); i++) {
        dense_call_free(&all[i]->kernel);
        dense_call_free(&all[i]->reorder);
    }
    fsnn_free(conv);
}

size_t dense_conv_scratch(const dense_conv *conv)
{
    return conv->scratch;
}

/* ---- calls ---- */

typedef struct parts {
    char *weights, *bias, *own;
} parts;

static parts cut(const pass *p, void *scratch)
{
    char *at = scratch;
    return (parts){at, at + p->weights_bytes, at + p->weights_bytes + p->bias_bytes};
}

static fsnn_status run(const pass *p, const float *a, const float *w, float *b, const float *bias,
                       void *scratch)
{
    parts at = cut(p, scratch);
    void *weights = (void *)w;
    if (p->reorders) {
        weights = at.weights;
        FSNN_TRY(dense_call_run(&p->reorder, (void *[]){(void *)w, weights, at.own}));
    }
    return dense_call_run(&p->kernel, (void *[]){(void *)a, weights, b, at.own, (void *)bias});
}

fsnn_status dense_conv_forward(dense_conv *conv, const float *x, const float *w, const float *b,
                               float *y, void *scratch)
{
    return run(&conv->forward, x, w, y, b, scratch);
}

fsnn_status dense_conv_backward_data(dense_conv *conv, const float *gy, const float *w, float *gx,
                                     void *scratch)
{
    return run(&conv->data, gy, w, gx, NULL, scratch);
}

fsnn_status dense_conv_backward_weights(dense_conv *conv, const float *x, const float *gy,
                                        float *gw, float *gb, void *scratch)
{
    const pass *p = &conv->weights;
    parts at = cut(p, scratch);
    if (!gw && !gb)
        return FSNN_OK;
    FSNN_TRY(
        dense_call_run(&p->kernel, (void *[]){(void *)gy, at.weights, (void *)x, at.own, at.bias}));
    const float *bias = (const float *)(void *)at.bias;
    for (int64_t c = 0; gb && c < conv->shape.out; c++)
        gb[c] += bias[c];
    return gw ? dense_call_run(&p->reorder, (void *[]){at.weights, gw, at.own}) : FSNN_OK;
}

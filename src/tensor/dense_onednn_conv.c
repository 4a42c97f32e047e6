/* tensor/dense_onednn_conv.c: convolution over oneDNN primitives. Activations are channels-last in
 * and out, which its fast kernels take as they are; weights are brought into whatever layout a
 * kernel prefers and their gradients back, at every call (they are small beside the images). In
 * bfloat16 the images that a pass reads are rounded into the scratch first. Cost: 2 rows out
 * C/groups kh kw OH OW flops a pass. */
#include "tensor/dense.h"
#include "base/whole.h"
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
    dense_round x, y; /* in bfloat16: of the input, and of the gradient of the output */
    size_t scratch;
};

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

#define INPUT_DIMS(s)                                                                              \
    (int64_t[])                                                                                    \
    {                                                                                              \
        (s)->rows, (s)->C, (s)->H, (s)->W                                                          \
    }
#define OUTPUT_DIMS(s)                                                                             \
    (int64_t[])                                                                                    \
    {                                                                                              \
        (s)->rows, (s)->out, (s)->OH, (s)->OW                                                      \
    }

/* What a pass writes is float32; what it reads is rounded in bfloat16. */
typedef enum written { WRITES_OUTPUT, WRITES_INPUT, WRITES_WEIGHTS } written;

static dnnl_data_type_t type_of(const dense_conv_shape *s, bool reads)
{
    return s->bf16 && reads ? dnnl_bf16 : dnnl_f32;
}

static fsnn_status describe(const dense_conv_shape *s, written what, dense_images *images)
{
    int rank;
    int64_t weights[5];
    weight_dims(s, &rank, weights);
    FSNN_TRY(dense_desc_create_of(&images->src, 4, INPUT_DIMS(s), dnnl_nhwc,
                                  type_of(s, what != WRITES_INPUT)));
    FSNN_TRY(dense_desc_create_of(&images->weights, rank, weights, dnnl_format_tag_any,
                                  type_of(s, what != WRITES_WEIGHTS)));
    FSNN_TRY(dense_desc_create_of(&images->dst, 4, OUTPUT_DIMS(s), dnnl_nhwc,
                                  type_of(s, what != WRITES_OUTPUT)));
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
        p->weights_bytes = whole_lines(dense_layout_bytes(mine));
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
        p->bias_bytes = back ? whole_lines((size_t)s->out * sizeof(float)) : 0;
    }
    p->own_bytes = dense_layout_bytes(dense_layout_of(pd, dnnl_query_scratchpad_md));
    return add_reorder(p, s, dense_layout_of(pd, args[WEIGHTS_ARG].layout), back);
}

/* The pass that writes `what`; *pd, where it is wanted, is the caller's to destroy. */
static fsnn_status make_pass(dense_conv *conv, written what, dnnl_primitive_desc_t hint,
                             bool training, dnnl_primitive_desc_t *kept)
{
    const dense_conv_shape *s = &conv->shape;
    dense_images images = {0};
    dense_window window = window_of(s);
    dnnl_primitive_desc_t pd = NULL;
    fsnn_status status = describe(s, what, &images);
    bool back = what == WRITES_WEIGHTS;
    int bias = back ? DNNL_ARG_DIFF_BIAS : what == WRITES_OUTPUT ? DNNL_ARG_BIAS : 0;
    if (back && s->bias_apart)
        dense_desc_free(&images.bias);
    pass *const of[] = {&conv->forward, &conv->data, &conv->weights};
    static const argument *const args[] = {forward_args, data_args, weights_args};
    if (!status)
        status = what == WRITES_OUTPUT  ? dense_conv_pd(&pd, &images, &window, training)
                 : what == WRITES_INPUT ? dense_conv_data_pd(&pd, &images, &window, hint)
                                        : dense_conv_weights_pd(&pd, &images, &window, hint);
    if (!status)
        status = fill_pass(of[what], s, args[what], pd, bias, &images.bias, back);
    dense_images_free(&images);
    if (pd && (status || !kept))
        dnnl_primitive_desc_destroy(pd);
    else if (kept)
        *kept = pd;
    return status;
}

static fsnn_status make_rounding(dense_conv *conv, bool backward)
{
    const dense_conv_shape *s = &conv->shape;
    if (!s->bf16)
        return FSNN_OK;
    FSNN_TRY(dense_round_create(&conv->x, 4, INPUT_DIMS(s), dnnl_nhwc));
    return backward ? dense_round_create(&conv->y, 4, OUTPUT_DIMS(s), dnnl_nhwc) : FSNN_OK;
}

static fsnn_status make(dense_conv *conv, bool backward, bool data)
{
    dnnl_primitive_desc_t hint;
    FSNN_TRY(make_rounding(conv, backward));
    FSNN_TRY(make_pass(conv, WRITES_OUTPUT, NULL, backward, &hint));
    fsnn_status status = FSNN_OK;
    if (backward)
        status = make_pass(conv, WRITES_WEIGHTS, hint, true, NULL);
    if (!status && backward && data)
        status = make_pass(conv, WRITES_INPUT, hint, true, NULL);
    dnnl_primitive_desc_destroy(hint);
    return status;
}

static void reserve(dense_conv *conv)
{
    const pass *all[] = {&conv->forward, &conv->data, &conv->weights};
    size_t rounded = conv->x.bytes + conv->y.bytes,
           own = whole_most_bytes(conv->x.own, conv->y.own);
    for (int i = 0; i < FSNN_COUNT(all); i++)
        conv->scratch =
            whole_most_bytes(conv->scratch, rounded + all[i]->weights_bytes + all[i]->bias_bytes +
                                                whole_most_bytes(own, all[i]->own_bytes));
}

fsnn_status dense_conv_create(const dense_conv_shape *shape, bool backward, bool backward_data,
                              dense_conv **conv)
{
    *conv = fsnn_alloc(sizeof **conv);
    if (!*conv)
        return FSNN_EMEMORY;
    (*conv)->shape = *shape;
    fsnn_status status = make(*conv, backward, backward_data);
    if (status) {
        dense_conv_destroy(*conv);
        *conv = NULL;
        return status;
    }
    reserve(*conv);
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
    dense_round_free(&conv->x);
    dense_round_free(&conv->y);
    fsnn_free(conv);
}

size_t dense_conv_scratch(const dense_conv *conv)
{
    return conv->scratch;
}

/* ---- calls ---- */

/* Of the scratch: rounded input, rounded gradient, and what the pass needs. */
typedef struct parts {
    char *x, *y, *weights, *bias, *own;
} parts;

static parts cut(const dense_conv *conv, const pass *p, void *scratch)
{
    parts at = {.x = scratch};
    at.y = at.x + conv->x.bytes;
    at.weights = at.y + conv->y.bytes;
    at.bias = at.weights + p->weights_bytes;
    at.own = at.bias + p->bias_bytes;
    return at;
}

/* Images as a pass reads them: themselves, or rounded to `to`. */
static fsnn_status round_images(const dense_conv *conv, const dense_round *round, char *to,
                                char *own, const float **images)
{
    if (!conv->shape.bf16)
        return FSNN_OK;
    FSNN_TRY(dense_round_run(round, *images, to, own));
    *images = (const float *)(void *)to;
    return FSNN_OK;
}

/* `a` is read, in the layout of conv->x or conv->y, and b written. */
static fsnn_status run(const dense_conv *conv, const pass *p, const float *a, const float *w,
                       float *b, const float *bias, void *scratch)
{
    parts at = cut(conv, p, scratch);
    bool reads_x = p == &conv->forward;
    void *weights = (void *)w;
    FSNN_TRY(round_images(conv, reads_x ? &conv->x : &conv->y, reads_x ? at.x : at.y, at.own, &a));
    if (p->reorders) {
        weights = at.weights;
        FSNN_TRY(dense_call_run(&p->reorder, (void *[]){(void *)w, weights, at.own}));
    }
    return dense_call_run(&p->kernel, (void *[]){(void *)a, weights, b, at.own, (void *)bias});
}

fsnn_status dense_conv_forward(dense_conv *conv, const float *x, const float *w, const float *b,
                               float *y, void *scratch)
{
    return run(conv, &conv->forward, x, w, y, b, scratch);
}

fsnn_status dense_conv_backward_data(dense_conv *conv, const float *gy, const float *w, float *gx,
                                     void *scratch)
{
    return run(conv, &conv->data, gy, w, gx, NULL, scratch);
}

fsnn_status dense_conv_backward_weights(dense_conv *conv, const float *x, const float *gy,
                                        float *gw, float *gb, void *scratch)
{
    const pass *p = &conv->weights;
    parts at = cut(conv, p, scratch);
    if (!gw && !gb)
        return FSNN_OK;
    FSNN_TRY(round_images(conv, &conv->x, at.x, at.own, &x));
    FSNN_TRY(round_images(conv, &conv->y, at.y, at.own, &gy));
    FSNN_TRY(
        dense_call_run(&p->kernel, (void *[]){(void *)gy, at.weights, (void *)x, at.own, at.bias}));
    const float *bias = (const float *)(void *)at.bias;
    for (int64_t c = 0; gb && c < conv->shape.out; c++)
        gb[c] += bias[c];
    return gw ? dense_call_run(&p->reorder, (void *[]){at.weights, gw, at.own}) : FSNN_OK;
}

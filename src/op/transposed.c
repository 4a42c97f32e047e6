/* op/transposed.c: transposed convolution through the dense kernels. A convolution is linear in its
 * input; its transpose is what takes the gradient of its output to that of its input. So with the
 * convolution from [out, OH, OW] to [C, H, W] that has the same weights [C, out/groups, kh, kw],
 *
 *     forward            its backward to the input
 *     gradient of x      its forward
 *     gradient of W      its gradient, x and the output's gradient having changed places
 *
 * Cost: C H W out/groups kh kw multiply-adds a sample and step, once forward and twice backward. */
#include "op/transposed.h"
#include "base/error_key.h"
#include "op/kernels.h"

#include <string.h>

enum { WEIGHT, BIAS };

/* ---- shape ---- */

static fsnn_status check_size(const op_node *node, const fsnn_convtranspose2d *o, int d)
{
    FSNN_TRY(op_check(node, "kernel", o->kernel[d], 1, TRANSPOSED_MAX_SIDE));
    FSNN_TRY(op_check(node, "stride", o->stride[d], 1, TRANSPOSED_MAX_SIDE));
    FSNN_TRY(op_check(node, "padding", o->padding[d], 0, TRANSPOSED_MAX_SIDE));
    FSNN_TRY(op_check(node, "output_padding", o->output_padding[d], 0, TRANSPOSED_MAX_SIDE));
    FSNN_TRY(op_check(node, "dilation", o->dilation[d], 1, TRANSPOSED_MAX_SIDE));
    if (o->output_padding[d] < o->stride[d])
        return FSNN_OK;
    return fsnn_fail_key(FSNN_EARGUMENT, "output_padding",
                         "%s \"%s\": output_padding %lld is not below the stride %lld: it chooses "
                         "one of the sizes that a convolution of this stride takes to the input's",
                         node->op->kind, node->name, (long long)o->output_padding[d],
                         (long long)o->stride[d]);
}

static fsnn_status too_much(const op_node *node, const fsnn_convtranspose2d *o, int d, int64_t full)
{
    char text[128];
    return fsnn_fail_key(FSNN_ESHAPE, "padding",
                         "%s \"%s\": padding %lld takes all of the output of its input %s: at most "
                         "%lld leaves something",
                         node->op->kind, node->name, (long long)o->padding[d],
                         fsnn_shape_text(&node->in[0], text, sizeof text),
                         (long long)((full - 1) / 2));
}

/* Sizes of the output along the axes of the image that there are, side [dims]. */
static fsnn_status output_size(const op_node *node, const fsnn_convtranspose2d *o, int dims,
                               int64_t *side)
{
    for (int i = 0, d = 2 - dims; d < 2; i++, d++) {
        FSNN_TRY(check_size(node, o, d));
        int64_t full = (node->in[0].dim[1 + i] - 1) * o->stride[d] +
                       o->dilation[d] * (o->kernel[d] - 1) + o->output_padding[d] + 1;
        side[i] = full - 2 * o->padding[d];
        if (side[i] < 1)
            return too_much(node, o, d, full);
    }
    return FSNN_OK;
}

fsnn_status transposed_shape(op_node *node, const fsnn_convtranspose2d *o, int dims)
{
    transposed_state *st = node->state;
    int64_t side[2], share, points = 1;
    FSNN_TRY(op_check_image(node, dims));
    FSNN_TRY(op_check(node, "out", o->out, 1, TRANSPOSED_MAX_OUT));
    FSNN_TRY(op_check(node, "groups", o->groups, 1, TRANSPOSED_MAX_OUT));
    FSNN_TRY(op_check_groups(node, o->groups, o->out));
    FSNN_TRY(output_size(node, o, dims, side));
    st->options = *o;
    share = o->out / o->groups;
    fsnn_shape out = FSNN_SHAPE(o->out), weight = FSNN_SHAPE(node->in[0].dim[0], share);
    for (int i = 0; i < dims; i++) {
        out.dim[out.rank++] = side[i];
        weight.dim[weight.rank++] = o->kernel[2 - dims + i];
        share = op_product(share, o->kernel[2 - dims + i]);
        points = op_product(points, node->in[0].dim[1 + i]);
    }
    op_output(node, 0, out, true);
    node->params = 0;
    op_add_weight(node, weight, share);
    if (o->bias)
        op_add_bias(node, o->out, share, true);
    node->operations = op_product(node->in[0].dim[0], op_product(points, share));
    return FSNN_OK;
}

/* ---- plan ---- */

/* Height (d 0) and width (d 1). */
static int64_t side_of(const fsnn_shape *shape, int d)
{
    int axis = shape->rank - 2 + d;
    return axis > 0 ? shape->dim[axis] : 1;
}

static int64_t pixels_of(const op_node *node)
{
    return node->K * node->B * fsnn_shape_count(&node->out[0]) / node->out[0].dim[0];
}

static transposed_build wish(const op_node *node, const fsnn_convtranspose2d *o)
{
    transposed_build m;
    memset(&m, 0, sizeof m); /* compared as bytes */
    m.shape.rows = node->K * node->B;
    m.shape.bf16 = node->products == FSNN_PRODUCTS_BF16;
    m.shape.C = o->out;
    m.shape.H = side_of(&node->out[0], 0);
    m.shape.W = side_of(&node->out[0], 1);
    m.shape.out = node->in[0].dim[0];
    m.shape.OH = side_of(&node->in[0], 0);
    m.shape.OW = side_of(&node->in[0], 1);
    memcpy(m.shape.kernel, o->kernel, sizeof o->kernel);
    memcpy(m.shape.stride, o->stride, sizeof o->stride);
    memcpy(m.shape.padding, o->padding, sizeof o->padding);
    memcpy(m.shape.dilation, o->dilation, sizeof o->dilation);
    m.shape.groups = o->groups;
    m.threads = fsnn_threads();
    return m;
}

fsnn_status transposed_plan(op_node *node)
{
    transposed_state *st = node->state;
    transposed_build m = wish(node, &st->options);
    if (!st->adjoint || memcmp(&m, &st->built, sizeof m)) {
        transposed_destroy(node);
        FSNN_TRY(dense_conv_create(&m.shape, true, true, &st->adjoint));
        memcpy(&st->built, &m, sizeof m);
    }
    size_t sums = node->training && st->options.bias
                      ? (size_t)op_column_parts(pixels_of(node), st->options.out) * sizeof(double)
                      : 0;
    node->scratch_bytes = dense_conv_scratch(st->adjoint);
    if (sums > node->scratch_bytes)
        node->scratch_bytes = sums;
    return FSNN_OK;
}

/* ---- calls ---- */

typedef struct bias_job {
    const real *bias;
    int64_t channels;
    real *y; /* [pixels, channels] */
} bias_job;

static void add_bias(int64_t begin, int64_t end, void *user)
{
    const bias_job *j = user;
    for (int64_t p = begin; p < end; p++) {
        real *y = j->y + p * j->channels;
#pragma omp simd
        for (int64_t c = 0; c < j->channels; c++)
            y[c] += j->bias[c];
    }
}

fsnn_status transposed_forward(op_node *node, const op_run *run)
{
    transposed_state *st = node->state;
    FSNN_TRY(dense_conv_backward_data(st->adjoint, run->in[0], run->value[WEIGHT], run->out[0],
                                      run->scratch));
    if (!st->options.bias)
        return FSNN_OK;
    bias_job j = {run->value[BIAS], st->options.out, run->out[0]};
    fsnn_parallel_range(pixels_of(node), 1 + 16384 / st->options.out, add_bias, &j);
    return FSNN_OK;
}

fsnn_status transposed_backward(op_node *node, const op_run *run)
{
    transposed_state *st = node->state;
    FSNN_TRY(dense_conv_backward_weights(st->adjoint, run->gout[0], run->in[0], run->grad[WEIGHT],
                                         NULL, run->scratch));
    if (st->options.bias && run->grad[BIAS])
        op_column_add(run->gout[0], pixels_of(node), st->options.out, run->scratch,
                      run->grad[BIAS]);
    if (!run->gin[0])
        return FSNN_OK;
    return dense_conv_forward(st->adjoint, run->gout[0], run->value[WEIGHT], NULL, run->gin[0],
                              run->scratch);
}

void transposed_destroy(op_node *node)
{
    transposed_state *st = node->state;
    dense_conv_destroy(st->adjoint);
    st->adjoint = NULL;
}

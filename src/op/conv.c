/* op/conv.c: convolution through the dense kernels, or event by event where that is quicker for the
 * input at hand (op/conv_choice.h). Cost: out OH OW C/groups kh kw multiply-adds a sample and step,
 * once forward and twice backward; event by event, forward and for the weights, those of the
 * numbers that are not 0. In inference weights may have 8 bits (op/int8.h). */
#include "op/conv.h"
#include "op/kernels.h"

#include <string.h>

enum { WEIGHT, BIAS };

fsnn_status conv_shape(op_node *node, const fsnn_conv2d *o, int dims)
{
    conv_state *st = node->state;
    int skip = 2 - dims;
    op_window window = {dims, o->kernel + skip, o->stride + skip, o->padding + skip,
                        o->dilation + skip};
    int64_t side[2];
    FSNN_TRY(op_check_image(node, dims));
    FSNN_TRY(op_check(node, "out", o->out, 1, CONV_MAX_OUT));
    FSNN_TRY(op_check(node, "groups", o->groups, 1, CONV_MAX_OUT));
    FSNN_TRY(op_check_groups(node, o->groups, o->out));
    FSNN_TRY(op_check_window(node, &window, side));
    st->options = *o;
    int64_t fan_in = node->in[0].dim[0] / o->groups;
    fsnn_shape out = FSNN_SHAPE(o->out), weight = FSNN_SHAPE(o->out, fan_in);
    int64_t points = 1;
    for (int d = 0; d < dims; d++) {
        out.dim[out.rank++] = side[d];
        weight.dim[weight.rank++] = window.kernel[d];
        points = op_product(points, side[d]);
        fan_in = op_product(fan_in, window.kernel[d]);
    }
    op_output(node, 0, out, true);
    node->params = 0;
    op_add_weight(node, weight, fan_in);
    if (o->bias)
        op_add_bias(node, o->out, fan_in, true);
    node->operations = op_product(o->out, op_product(points, fan_in));
    return FSNN_OK;
}

/* Height (d 0) and width (d 1). */
static int64_t side_of(const fsnn_shape *shape, int d)
{
    int axis = shape->rank - 2 + d;
    return axis > 0 ? shape->dim[axis] : 1;
}

/* Sums over the output's gradient are next to nothing inside of a large convolution; where a sum
 * has few terms they cost the kernel as much as the products, and a pass of our own is quicker. */
static bool bias_apart(const op_node *node, const fsnn_conv2d *o)
{
    return o->bias && node->in[0].dim[0] / o->groups * o->kernel[0] * o->kernel[1] <= 32;
}

static int64_t pixels_of(const op_node *node)
{
    return node->K * node->B * fsnn_shape_count(&node->out[0]) / node->out[0].dim[0];
}

static conv_build wish(const op_node *node, const fsnn_conv2d *o)
{
    conv_build m;
    memset(&m, 0, sizeof m); /* compared as bytes */
    m.shape.rows = node->K * node->B;
    m.shape.bf16 = node->products == FSNN_PRODUCTS_BF16;
    m.shape.C = node->in[0].dim[0];
    m.shape.H = side_of(&node->in[0], 0);
    m.shape.W = side_of(&node->in[0], 1);
    m.shape.out = o->out;
    m.shape.OH = side_of(&node->out[0], 0);
    m.shape.OW = side_of(&node->out[0], 1);
    memcpy(m.shape.kernel, o->kernel, sizeof o->kernel);
    memcpy(m.shape.stride, o->stride, sizeof o->stride);
    memcpy(m.shape.padding, o->padding, sizeof o->padding);
    memcpy(m.shape.dilation, o->dilation, sizeof o->dilation);
    m.shape.groups = o->groups;
    m.shape.bias = o->bias;
    m.shape.bias_apart = bias_apart(node, o);
    m.training = node->training;
    m.data = node->gradient_in[0];
    m.threads = fsnn_threads();
    return m;
}

static void plan_events(conv_state *st)
{
    st->wish = conv_wished();
    bool possible = st->wish != CONV_DENSE && conv_events_plan(&st->events, &st->built.shape);
    const bool can[] = {
        [CONV_FORWARD] = possible, [CONV_WEIGHTS] = possible && st->events.gradient_chunks > 0};
    for (int way = 0; way < 2; way++)
        st->by_events[way] =
            can[way] && (st->wish == CONV_EVENTS || conv_worth_look(&st->events, (conv_way)way));
}

/* Of all that a call may do, one after the other. */
static size_t scratch_of(const op_node *node)
{
    const conv_state *st = node->state;
    bool training = st->built.training,
         apart = st->built.shape.bias_apart || st->by_events[CONV_WEIGHTS];
    bool sums = training && st->options.bias && apart;
    const size_t need[] = {
        dense_conv_scratch(st->conv),
        st->by_events[CONV_FORWARD] ? st->events.forward_bytes : 0,
        training && st->by_events[CONV_WEIGHTS] ? st->events.gradient_bytes : 0,
        sums ? (size_t)op_column_parts(pixels_of(node), st->options.out) * sizeof(double) : 0,
        st->int8.planned ? int8_scratch(&st->int8, node->K * node->B) : 0,
    };
    size_t most = 0;
    for (int i = 0; i < FSNN_COUNT(need); i++)
        most = need[i] > most ? need[i] : most;
    return most;
}

fsnn_status conv_plan(op_node *node)
{
    conv_state *st = node->state;
    conv_build m = wish(node, &st->options);
    if (!st->conv || memcmp(&m, &st->built, sizeof m)) {
        dense_conv_destroy(st->conv);
        FSNN_TRY(dense_conv_create(&m.shape, m.training, m.training && m.data, &st->conv));
        memcpy(&st->built, &m, sizeof m);
    }
    plan_events(st);
    if (node->products == FSNN_PRODUCTS_INT8)
        FSNN_TRY(int8_plan(&st->int8, &m.shape));
    else
        int8_close(&st->int8);
    node->scratch_bytes = scratch_of(node);
    return FSNN_OK;
}

/* Whether this input is few events, for this way. */
static bool by_events(const conv_state *st, conv_way way, const real *x)
{
    return st->by_events[way] &&
           (st->wish == CONV_EVENTS || conv_quicker(&st->events, way, conv_look(&st->events, x)));
}

fsnn_status conv_forward(op_node *node, const op_run *run)
{
    conv_state *st = node->state;
    const real *bias = st->options.bias ? run->value[BIAS] : NULL, *weight = run->value[WEIGHT];
    if (st->int8.planned) {
        if (int8_forward(&st->int8, node->K * node->B, run->in[0], NULL, weight, bias, run->out[0],
                         run->scratch))
            return FSNN_OK;
        weight = int8_rounded(&st->int8, weight);
    }
    if (by_events(st, CONV_FORWARD, run->in[0])) {
        conv_events_forward(&st->events, run->in[0], weight, bias, run->out[0], run->scratch);
        return FSNN_OK;
    }
    return dense_conv_forward(st->conv, run->in[0], weight, bias, run->out[0], run->scratch);
}

static fsnn_status backward_weights(op_node *node, const op_run *run)
{
    conv_state *st = node->state;
    real *gb = st->options.bias ? run->grad[BIAS] : NULL;
    bool events = run->grad[WEIGHT] && by_events(st, CONV_WEIGHTS, run->in[0]),
         apart = events || st->built.shape.bias_apart;
    if (events)
        conv_events_weights(&st->events, run->in[0], run->gout[0], run->grad[WEIGHT], run->scratch);
    else
        FSNN_TRY(dense_conv_backward_weights(st->conv, run->in[0], run->gout[0], run->grad[WEIGHT],
                                             apart ? NULL : gb, run->scratch));
    if (apart && gb)
        op_column_add(run->gout[0], pixels_of(node), st->options.out, run->scratch, gb);
    return FSNN_OK;
}

fsnn_status conv_backward(op_node *node, const op_run *run)
{
    conv_state *st = node->state;
    FSNN_TRY(backward_weights(node, run));
    if (!run->gin[0])
        return FSNN_OK;
    return dense_conv_backward_data(st->conv, run->gout[0], run->value[WEIGHT], run->gin[0],
                                    run->scratch);
}

fsnn_status conv_changed(op_node *node, real *const *value, bool *anew)
{
    (void)value;
    (void)anew;
    int8_changed(&((conv_state *)node->state)->int8);
    return FSNN_OK;
}

void conv_destroy(op_node *node)
{
    conv_state *st = node->state;
    int8_close(&st->int8);
    dense_conv_destroy(st->conv);
    st->conv = NULL;
}

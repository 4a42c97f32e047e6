/* A neuron layer without a network. A tape is a net of an input and the layer; its parameters lie
 * in the memory of the layer's own net, which never runs. */
#include "net/net.h"
#include <fsnn/layer.h>

#include <stdatomic.h>

struct fsnn_layer {
    fsnn_net *net;    /* owner of the parameters */
    int64_t version;  /* of their values and places */
    atomic_int users; /* the caller and the tapes */
};

struct fsnn_tape {
    fsnn_layer *layer;
    fsnn_net *net;
    int64_t version; /* of the parameters that it has settled */
};

/* ---- the layer ---- */

/* Input and layer, wrapped. */
static fsnn_status make(const char *kind, const void *options, const fsnn_dynamics *dynamics,
                        const fsnn_plan *plan, fsnn_shape shape, fsnn_net **net)
{
    FSNN_TRY(fsnn_net_create(net));
    int in = fsnn_net_input(*net, shape);
    int layer = fsnn_net_add(*net, kind, kind, &in, 1, options);
    fsnn_status status = layer < 0 ? layer : fsnn_net_wrap(*net, dynamics, plan);
    if (status) {
        fsnn_net_destroy(*net);
        *net = NULL;
    }
    return status;
}

fsnn_status fsnn_layer_create(const char *kind, const void *options, const fsnn_dynamics *dynamics,
                              fsnn_shape shape, fsnn_layer **layer)
{
    FSNN_NEED(layer);
    *layer = NULL;
    FSNN_NEED(kind);
    FSNN_NEED(dynamics);
    FSNN_TRY(net_need_neuron(kind));
    fsnn_layer *made = fsnn_alloc(sizeof *made);
    if (!made)
        return FSNN_EMEMORY;
    fsnn_plan plan = {.steps = 1, .batch = 1};
    fsnn_status status = make(kind, options, dynamics, &plan, shape, &made->net);
    if (status) {
        fsnn_free(made);
        return status;
    }
    atomic_init(&made->users, 1);
    *layer = made;
    return FSNN_OK;
}

void fsnn_layer_destroy(fsnn_layer *layer)
{
    if (!layer || atomic_fetch_sub(&layer->users, 1) > 1)
        return;
    fsnn_net_destroy(layer->net);
    fsnn_free(layer);
}

const char *fsnn_layer_warning(const fsnn_layer *layer, int index)
{
    return layer ? fsnn_net_warning(layer->net, index) : NULL;
}

int fsnn_layer_param_count(const fsnn_layer *layer)
{
    FSNN_NEED(layer);
    return fsnn_net_param_count(layer->net);
}

const fsnn_param *fsnn_layer_param(const fsnn_layer *layer, int index)
{
    return layer ? fsnn_net_param(layer->net, index) : NULL;
}

fsnn_status fsnn_layer_bind(fsnn_layer *layer, int index, void *value, void *grad)
{
    FSNN_NEED(layer);
    FSNN_TRY(fsnn_net_bind(layer->net, index, value, grad));
    layer->version++;
    return FSNN_OK;
}

fsnn_status fsnn_layer_params_changed(fsnn_layer *layer)
{
    FSNN_NEED(layer);
    layer->version++;
    return fsnn_net_params_changed(layer->net);
}

void fsnn_layer_zero_grad(fsnn_layer *layer)
{
    if (layer)
        fsnn_net_zero_grad(layer->net);
}

/* ---- tapes ---- */

/* Whether the tape has the parameters of the layer, as they are now. */
static bool follows(const fsnn_tape *tape)
{
    const fsnn_net *owner = tape->layer->net, *net = tape->net;
    bool same = tape->version == tape->layer->version && net->params == owner->params;
    for (int i = 0; same && i < owner->params; i++)
        same = net->place[i].value == owner->place[i].value;
    return same;
}

/* The tape's net may have been wrapped anew, with parameters that the layer's memory is too small
 * for. */
static fsnn_status check_like(const fsnn_tape *tape)
{
    const fsnn_net *owner = tape->layer->net, *net = tape->net;
    bool like = net->params == owner->params && net->flat_size == owner->flat_size;
    for (int i = 0; like && i < owner->params; i++)
        like = fsnn_shape_equal(&net->param[i].shape, &owner->param[i].shape) &&
               net->param[i].learn == owner->param[i].learn;
    if (like)
        return FSNN_OK;
    return fsnn_fail(FSNN_ESTATE, "the tape's net was wrapped with other dynamics than its layer "
                                  "has: make a layer of those");
}

static fsnn_status follow(fsnn_tape *tape)
{
    if (follows(tape))
        return FSNN_OK;
    const fsnn_net *owner = tape->layer->net;
    FSNN_TRY(check_like(tape));
    for (int i = 0; i < owner->params; i++)
        FSNN_TRY(fsnn_net_bind(tape->net, i, owner->place[i].value, owner->place[i].grad));
    FSNN_TRY(fsnn_net_params_changed(tape->net));
    tape->version = tape->layer->version;
    return FSNN_OK;
}

fsnn_status fsnn_tape_create(fsnn_layer *layer, const fsnn_plan *plan, fsnn_tape **tape)
{
    FSNN_NEED(tape);
    *tape = NULL;
    FSNN_NEED(layer);
    FSNN_NEED(plan);
    fsnn_tape *made = fsnn_alloc(sizeof *made);
    if (!made)
        return FSNN_EMEMORY;
    const fsnn_net *owner = layer->net;
    fsnn_dynamics dynamics = owner->dynamics;
    dynamics.order = owner->order;
    dynamics.orders = owner->layers;
    fsnn_plan wanted = *plan;
    wanted.input_gradient = plan->training;
    const op_node *node = &owner->node[1]->op;
    fsnn_status status =
        make(node->op->kind, node->options, &dynamics, &wanted, owner->input_shape, &made->net);
    made->layer = layer;
    made->version = -1;
    if (!status) {
        atomic_fetch_add(&layer->users, 1);
        status = follow(made);
        *tape = made;
    } else
        fsnn_free(made);
    if (status && *tape) {
        fsnn_tape_destroy(*tape);
        *tape = NULL;
    }
    return status;
}

void fsnn_tape_destroy(fsnn_tape *tape)
{
    if (!tape)
        return;
    fsnn_net_destroy(tape->net);
    fsnn_layer_destroy(tape->layer);
    fsnn_free(tape);
}

fsnn_net *fsnn_tape_net(fsnn_tape *tape)
{
    return tape ? tape->net : NULL;
}

fsnn_status fsnn_tape_reset(fsnn_tape *tape)
{
    FSNN_NEED(tape);
    return fsnn_net_reset(tape->net);
}

fsnn_status fsnn_tape_forward(fsnn_tape *tape, const float *I, float *output)
{
    FSNN_NEED(tape);
    FSNN_TRY(follow(tape));
    return net_forward_into(tape->net, FSNN_PRECISION_SINGLE, "fsnn_tape_forward",
                            "fsnn_tape_forward_double", I, output);
}

fsnn_status fsnn_tape_forward_double(fsnn_tape *tape, const double *I, double *output)
{
    FSNN_NEED(tape);
    FSNN_TRY(follow(tape));
    return net_forward_into(tape->net, FSNN_PRECISION_DOUBLE, "fsnn_tape_forward_double",
                            "fsnn_tape_forward", I, output);
}

static fsnn_status check_unchanged(const fsnn_tape *tape)
{
    if (!tape->net->ran || follows(tape))
        return FSNN_OK;
    return fsnn_fail(FSNN_ESTATE, "the layer's parameters changed after this tape went forward: go "
                                  "backward before they do, or forward again");
}

fsnn_status fsnn_tape_backward(fsnn_tape *tape, const float *output_gradient, float *I_gradient)
{
    FSNN_NEED(tape);
    FSNN_TRY(check_unchanged(tape));
    return net_backward_into(tape->net, FSNN_PRECISION_SINGLE, "fsnn_tape_backward",
                             "fsnn_tape_backward_double", output_gradient, I_gradient);
}

fsnn_status fsnn_tape_backward_double(fsnn_tape *tape, const double *output_gradient,
                                      double *I_gradient)
{
    FSNN_NEED(tape);
    FSNN_TRY(check_unchanged(tape));
    return net_backward_into(tape->net, FSNN_PRECISION_DOUBLE, "fsnn_tape_backward_double",
                             "fsnn_tape_backward", output_gradient, I_gradient);
}

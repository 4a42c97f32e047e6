/* Calls of several segments (net/segments.c), forward and backward. */
#include "net/data.h"

#include <string.h>

fsnn_status net_segments_forward(fsnn_net *net, const real *x)
{
    net_segments *g = &net->segments;
    int64_t out = net_output_numbers(net);
    memset(g->rate, 0, (size_t)net->nodes * sizeof *g->rate);
    for (int64_t i = 0; i < g->count; i++) {
        FSNN_TRY(net_segments_enter(net, i));
        if (net->plan.training)
            FSNN_TRY(net_segments_states(net, i, false));
        FSNN_TRY(net_forward(net, net_input_at(net, x)));
        memcpy((real *)g->output + g->first * out, net_data(net, net->out_value),
               (size_t)(net->K * out) * sizeof(real));
        net_segments_count_spikes(net);
    }
    return net->plan.training ? net_segments_states(net, g->count, false) : FSNN_OK;
}

/* The last segment's activations are still there. */
static fsnn_status again(fsnn_net *net, int64_t segment, const real *x)
{
    FSNN_TRY(net_segments_enter(net, segment));
    x = net_input_at(net, x);
    if (segment == net->segments.count - 1)
        return net_input(net, x);
    FSNN_TRY(net_segments_states(net, segment, true));
    return net_forward(net, x);
}

/* Of the input in segment i; segments come from the last to the first. */
static void keep_gradient(fsnn_net *net, int64_t i)
{
    net_segments *g = &net->segments;
    int64_t in = net_input_numbers(net);
    real *gradient = g->gradient;
    const real *from = net_input_gradient(net);
    if (!net->plan.still)
        memcpy(gradient + g->first * in, from, (size_t)(net->K * in) * sizeof *from);
    else if (i == g->count - 1)
        memcpy(gradient, from, (size_t)in * sizeof *from);
    else
        for (int64_t n = 0; n < in; n++)
            gradient[n] += from[n];
}

static fsnn_status back(fsnn_net *net, const real *x, const real *output_gradient)
{
    net_segments *g = &net->segments;
    int64_t out = net_output_numbers(net);
    for (int64_t i = g->count - 1; i >= 0; i--) {
        FSNN_TRY(again(net, i, x));
        FSNN_TRY(net_backward(net, output_gradient + g->first * out));
        if (net->plan.input_gradient)
            keep_gradient(net, i);
    }
    return FSNN_OK;
}

/* The nodes are left in the state that forward left: a call that follows goes on from there. */
fsnn_status net_segments_backward(fsnn_net *net, const real *x, const real *output_gradient)
{
    net->segments.replay = true;
    fsnn_status status = back(net, x, output_gradient);
    net->segments.replay = false;
    return status ? status : net_segments_states(net, net->segments.count, true);
}

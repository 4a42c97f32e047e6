/* Gradient checkpointing: a call of T steps in segments of C.
 *
 *   forward    for each segment: keep the states of what remembers, run, keep the output
 *   backward   from the last to the first: restore the states, run again, go back, given the
 *              gradients of the state that the segment after it left (op/memory.h: `chain`)
 *
 * The arena holds one segment. Time: one forward more. Memory a neuron: C activations + T/C states,
 * smallest at C = sqrt(T state/activations) (Chen et al. 2016). */
#include "net/net.h"
#include "net/neuron_ops.h"
#include "op/memory.h"

#include <math.h>
#include <string.h>

bool net_segmented(const fsnn_net *net)
{
    return net->segments.steps > 0;
}

static size_t state_bytes(const fsnn_net *net)
{
    size_t sum = 0;
    for (int i = 1; i < net->nodes; i++)
        sum += op_memory_most(&net->node[i]->op);
    return sum;
}

static fsnn_status plan_steps(fsnn_net *net, int64_t K)
{
    net->K = K;
    return net_place(net);
}

/* The segment that needs least memory, from the sizes of a short one. */
static fsnn_status choose(fsnn_net *net, int64_t T)
{
    enum { SHORT = 8 };
    int64_t trial = T < SHORT ? T : SHORT;
    net->segments.steps = trial;
    FSNN_TRY(plan_steps(net, trial));
    double activations = (double)net->arena_need / (double)trial;
    /* a full history is no part of the states: then the root of T */
    double best = sqrt((double)T * fmax((double)state_bytes(net) / activations, 1));
    int64_t C = best < 1 ? 1 : best > (double)T ? T : (int64_t)ceil(best);
    net->segments.steps = C;
    for (int64_t c = C; c < 2 * C && c <= T; c++) /* equal segments need one plan */
        if (T % c == 0) {
            net->segments.steps = c;
            break;
        }
    return FSNN_OK;
}

static fsnn_status capacity(void *block, size_t *bytes, size_t need)
{
    void **at = block;
    if (need <= *bytes)
        return FSNN_OK;
    fsnn_free(*at);
    *bytes = 0;
    *at = fsnn_alloc(need);
    if (!*at)
        return FSNN_EMEMORY;
    *bytes = need;
    return FSNN_OK;
}

static int64_t output_count(const fsnn_net *net)
{
    return net->plan.batch * fsnn_shape_count(&net->value[net->out_value].shape);
}

static fsnn_status reserve(fsnn_net *net)
{
    net_segments *g = &net->segments;
    size_t T = (size_t)net->plan.steps;
    g->state = state_bytes(net);
    if (net->plan.training)
        FSNN_TRY(capacity(&g->states, &g->states_bytes, g->state * (size_t)(g->count + 1) + 1));
    FSNN_TRY(capacity(&g->rate, &g->rate_bytes, (size_t)net->nodes * sizeof *g->rate));
    FSNN_TRY(capacity(&g->output, &g->output_bytes, T * (size_t)output_count(net) * sizeof(float)));
    if (!net->plan.input_gradient)
        return FSNN_OK;
    T = net->plan.still ? 1 : T;
    return capacity(&g->gradient, &g->gradient_bytes,
                    T * (size_t)net_input_numbers(net) * sizeof(float));
}

fsnn_status net_segments_plan(fsnn_net *net)
{
    net_segments *g = &net->segments;
    int64_t T = net->plan.steps;
    g->steps = g->first = 0;
    g->replay = false;
    if (net->plan.checkpoint) {
        if (net->plan.checkpoint == FSNN_CHECKPOINT_AUTO)
            FSNN_TRY(choose(net, T));
        else
            g->steps = net->plan.checkpoint < T ? net->plan.checkpoint : T;
        g->count = (T + g->steps - 1) / g->steps;
    }
    FSNN_TRY(plan_steps(net, g->steps ? g->steps : T));
    return g->steps ? reserve(net) : FSNN_OK;
}

/* Segment i: its steps, and the plan for them (the last may be shorter). */
static fsnn_status enter(fsnn_net *net, int64_t i)
{
    net_segments *g = &net->segments;
    g->first = i * g->steps;
    int64_t left = net->plan.steps - g->first, K = left < g->steps ? left : g->steps;
    return K == net->K ? FSNN_OK : plan_steps(net, K);
}

static fsnn_status states(fsnn_net *net, int64_t segment, bool load)
{
    char *at = net->segments.states + (size_t)segment * net->segments.state;
    for (int i = 1; i < net->nodes; i++) {
        op_node *op = &net->node[i]->op;
        const op_memory *memory = op->op->memory;
        if (memory && load)
            FSNN_TRY(memory->load(op, false, at));
        else if (memory)
            memory->save(op, false, at);
        at += op_memory_most(op);
    }
    return FSNN_OK;
}

static void count_spikes(fsnn_net *net)
{
    for (int i = 1; i < net->nodes; i++)
        if (net_neuron(net, i))
            net->segments.rate[i] += neuron_node_rate(net_neuron(net, i)) * (double)net->K;
}

fsnn_status net_segments_forward(fsnn_net *net, const float *x)
{
    net_segments *g = &net->segments;
    int64_t out = output_count(net);
    memset(g->rate, 0, (size_t)net->nodes * sizeof *g->rate);
    for (int64_t i = 0; i < g->count; i++) {
        FSNN_TRY(enter(net, i));
        if (net->plan.training)
            FSNN_TRY(states(net, i, false));
        FSNN_TRY(net_forward(net, net_input_at(net, x)));
        memcpy(g->output + g->first * out, net_data(net, net->out_value),
               (size_t)(net->K * out) * sizeof(float));
        count_spikes(net);
    }
    return net->plan.training ? states(net, g->count, false) : FSNN_OK;
}

/* The last segment's activations are still there. */
static fsnn_status again(fsnn_net *net, int64_t segment, const float *x)
{
    FSNN_TRY(enter(net, segment));
    x = net_input_at(net, x);
    if (segment == net->segments.count - 1)
        return net_input(net, x);
    FSNN_TRY(states(net, segment, true));
    return net_forward(net, x);
}

/* Of the input in segment i; segments come from the last to the first. */
static void keep_gradient(fsnn_net *net, int64_t i)
{
    net_segments *g = &net->segments;
    int64_t in = net_input_numbers(net);
    const float *from = net_input_gradient(net);
    if (!net->plan.still)
        memcpy(g->gradient + g->first * in, from, (size_t)(net->K * in) * sizeof *from);
    else if (i == g->count - 1)
        memcpy(g->gradient, from, (size_t)in * sizeof *from);
    else
        for (int64_t n = 0; n < in; n++)
            g->gradient[n] += from[n];
}

static fsnn_status back(fsnn_net *net, const float *x, const float *output_gradient)
{
    net_segments *g = &net->segments;
    int64_t out = output_count(net);
    for (int64_t i = g->count - 1; i >= 0; i--) {
        FSNN_TRY(again(net, i, x));
        FSNN_TRY(net_backward(net, output_gradient + g->first * out));
        if (net->plan.input_gradient)
            keep_gradient(net, i);
    }
    return FSNN_OK;
}

/* The nodes are left in the state that forward left: a call that follows goes on from there. */
fsnn_status net_segments_backward(fsnn_net *net, const float *x, const float *output_gradient)
{
    net->segments.replay = true;
    fsnn_status status = back(net, x, output_gradient);
    net->segments.replay = false;
    return status ? status : states(net, net->segments.count, true);
}

double net_segments_rate(const fsnn_net *net, int node)
{
    return net->segments.rate[node] / (double)net->plan.steps;
}

size_t net_segments_bytes(const fsnn_net *net)
{
    const net_segments *g = &net->segments;
    return net_segmented(net) ? g->states_bytes + g->output_bytes + g->gradient_bytes : 0;
}

int64_t fsnn_net_segment(const fsnn_net *net)
{
    FSNN_NEED(net);
    return net->wrapped ? net->segments.steps : 0;
}

void net_segments_free(fsnn_net *net)
{
    fsnn_free(net->segments.states);
    fsnn_free(net->segments.output);
    fsnn_free(net->segments.gradient);
    fsnn_free(net->segments.rate);
}

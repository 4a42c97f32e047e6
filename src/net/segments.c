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

int64_t net_output_numbers(const fsnn_net *net)
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
    FSNN_TRY(capacity(&g->output, &g->output_bytes,
                      T * (size_t)net_output_numbers(net) * net->plane->size));
    if (!net->plan.input_gradient)
        return FSNN_OK;
    T = net->plan.still ? 1 : T;
    return capacity(&g->gradient, &g->gradient_bytes,
                    T * (size_t)net_input_numbers(net) * net->plane->size);
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

fsnn_status net_segments_enter(fsnn_net *net, int64_t i)
{
    net_segments *g = &net->segments;
    g->first = i * g->steps;
    int64_t left = net->plan.steps - g->first, K = left < g->steps ? left : g->steps;
    return K == net->K ? FSNN_OK : plan_steps(net, K);
}

fsnn_status net_segments_states(fsnn_net *net, int64_t segment, bool load)
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

void net_segments_count_spikes(fsnn_net *net)
{
    for (int i = 1; i < net->nodes; i++)
        if (net_neuron(net, i))
            net->segments.rate[i] += neuron_node_rate(net_neuron(net, i)) * (double)net->K;
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

/* Counting what the steps of a forward did (net/account.c): inputs that are spikes, and others. */
#include "net/data.h"
#include "net/neuron_ops.h"

static void look_at(const real *x, int64_t count, net_tally *t)
{
    int64_t ones = 0, others = 0;
    for (int64_t i = 0; i < count; i++) {
        ones += x[i] == 1;
        others += x[i] != 1 && x[i] != 0;
    }
    t->inputs += (double)count;
    t->ones += (double)ones;
    t->others += (double)others;
}

/* The same for lists: what is not in them is 0. */
static void look_at_lists(const fsnn_spikes *s, net_tally *t)
{
    int64_t ones = 0, others = 0;
    for (int64_t r = 0; r < s->steps * s->batch; r++) {
        int64_t count = s->count[r], different = 0;
        for (int64_t e = s->start[r]; s->value && e < s->start[r] + count; e++)
            different += s->value[e] != 1;
        ones += count - different;
        others += different;
    }
    t->inputs += (double)(s->steps * s->batch * s->width);
    t->ones += (double)ones;
    t->others += (double)others;
}

void net_count(fsnn_net *net, const net_step *step)
{
    const op_node *op = step->op;
    if (!net->tally || step->node < 0 || net->segments.replay)
        return;
    net_tally *t = &net->tally[step->node];
    int64_t rows = net->K * op->B; /* of a loop, all its steps */
    t->steps += (double)rows;
    if (net_neuron(net, step->node))
        t->memory += neuron_node_memory_cost(op) * (double)(op->B * fsnn_shape_count(&op->out[0]));
    for (int i = 0; op->operations > 0 && i < op->inputs; i++)
        if (net_reads_spikes(net, step, i))
            look_at_lists(&net->piece, t);
        else
            look_at(net_data(net, step->in[i]), net_numbers(net, step->in[i]), t);
}

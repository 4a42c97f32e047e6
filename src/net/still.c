/* An input that is the same at every step (fsnn_plan.still): what stands between it and the first
 * neurons gives the same at every step too. It is computed once, B rows in place of K B, and the
 * neurons read it at each step; its gradient is the sum of those of the steps. A value is still
 * where whatever makes it and whatever reads it can do with that; the others have their K B rows,
 * and where the input is among them it is written out K times. */
#include "net/net.h"

#include <string.h>

/* The step is done once for all steps of time. */
static bool once(const fsnn_net *net, const net_step *s)
{
    bool draws = net->plan.training && (s->op->op->flags & OP_DRAWS);
    bool still = !net_looped(s) && !s->op->op->memory && !draws;
    for (int k = 0; k < s->op->inputs; k++)
        still = still && net->value[s->in[k]].still;
    for (int p = 0; p < s->op->outputs; p++)
        still = still && net->value[s->out[p]].still;
    return still;
}

static bool stir(fsnn_net *net, int value)
{
    bool was = net->value[value].still;
    net->value[value].still = false;
    return was;
}

/* What a step that is done K times gives and reads is not still; but neurons, whose current it is,
 * read it as it is. */
static bool settle(fsnn_net *net, const net_step *s)
{
    bool changed = false, reads = s->op->op->flags & OP_READS_STILL && !net_looped(s);
    if (once(net, s))
        return false;
    for (int p = 0; p < s->op->outputs; p++)
        changed |= stir(net, s->out[p]);
    for (int k = 0; k < s->op->inputs && !reads; k++)
        changed |= stir(net, s->in[k]);
    return changed;
}

void net_still(fsnn_net *net)
{
    for (int v = 0; v < net->values; v++)
        net->value[v].still = net->plan.still && !net->plan.record;
    bool changed;
    stir(net, net->out_value);
    do {
        changed = false;
        for (int i = 0; i < net->steps; i++)
            changed |= settle(net, &net->step[i]);
    } while (changed);
    for (int i = 0; i < net->steps; i++) {
        const net_step *s = &net->step[i];
        s->op->still = once(net, s);
        s->op->still_in = s->op->inputs > 0 && net->value[s->in[0]].still;
    }
}

int64_t net_still_numbers(const fsnn_net *net)
{
    bool out = net->plan.still && !net->value[0].still;
    return out ? net_numbers(net, 0) : 0;
}

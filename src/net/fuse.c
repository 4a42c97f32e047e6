/* Fusing: a layer of neurons whose spikes only one operator reads, and that operator, where it can
 * take its input patch by patch (op.h), become one pass: spikes go from the scan into the operator
 * while they are in the first cache, and so do their gradients on the way back. Neither has a place
 * in the arena. */
#include "net/net.h"

/* Somebody else looks at the output of step s: the user, the counts of spikes. */
static bool seen(const fsnn_net *net, const net_step *s)
{
    int out = s->out[0];
    return net->plan.record || net->tally || net_penalized(net, s->node) || out == net->out_value ||
           net->value[out].readers != 1;
}

static int reader_of(const fsnn_net *net, int value)
{
    for (int i = 0; i < net->steps; i++)
        for (int k = 0; k < net->step[i].op->inputs; k++)
            if (net->step[i].in[k] == value)
                return i;
    return -1;
}

/* The step that step s can do the work of: -1: none. Both or neither take part in backward. */
static int follower(const fsnn_net *net, const net_step *s)
{
    if (!s->op->op->into || net_looped(s) || seen(net, s))
        return -1;
    int i = reader_of(net, s->out[0]);
    const net_step *next = i < 0 ? NULL : &net->step[i];
    bool good = next && !net_looped(next) && next->live == s->live && next->op->inputs == 1 &&
                next->op->outputs == 1 && next->op->op->patches;
    return good && s->op->op->into(s->op, next->op) ? i : -1;
}

/* The parameter of step s that is added to each channel of its output, and learned; -1: none. */
static int bias_of(const fsnn_net *net, const net_step *s)
{
    for (int p = 0; p < s->op->params; p++)
        if (s->op->param[p].channel && net_step_param(net, s, p)->learn)
            return p;
    return -1;
}

/* The gradient of a bias is the sum of the gradients that the neurons behind it give: they add them
 * up in passing. */
static fsnn_status sum(fsnn_net *net, net_step *s)
{
    if (!s->op->op->sums)
        return FSNN_OK;
    const net_value *in = &net->value[s->in[0]];
    net_step *before = in->step < 0 ? NULL : &net->step[in->step];
    bool can, alone = s->live && !net_looped(s) && before && before->live && before->node > 0 &&
                      !net_looped(before) && in->readers == 1 && s->in[0] != net->out_value;
    int bias = alone ? bias_of(net, before) : -1;
    if (bias < 0)
        return FSNN_OK;
    FSNN_TRY(s->op->op->sums(s->op, &can));
    if (!can)
        return FSNN_OK;
    s->sums = in->step;
    before->summed = bias;
    return FSNN_OK;
}

fsnn_status net_fuse(fsnn_net *net)
{
    for (int i = 0; i < net->steps; i++) {
        net->step[i].sums = net->step[i].summed = -1;
        net->step[i].leads = net->step[i].follows = -1;
        for (int p = 0; p < net->step[i].op->outputs; p++)
            net->value[net->step[i].out[p]].passed = false;
    }
    for (int i = 0; i < net->steps; i++) {
        net_step *s = &net->step[i];
        FSNN_TRY(sum(net, s));
        if (s->op->op->into)
            s->op->op->into(s->op, NULL);
        s->leads = follower(net, s);
        if (s->leads < 0)
            continue;
        net->step[s->leads].follows = i;
        net->value[s->out[0]].passed = true;
    }
    return FSNN_OK;
}

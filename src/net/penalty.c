/* Penalties: which there are, what may be one, and what they say. Their numbers stand in double in
 * either precision; penalty_real.c goes through spikes and gradients. */
#include "net/net.h"
#include "net/neuron_ops.h"

#include <math.h>

static const char *const kind_name[FSNN_PENALTY_KINDS] = {"rate", "potential"};
static const char *const mean_name[FSNN_PENALTY_MEANS] = {"neuron", "layer", "batch"};

const char *fsnn_penalty_name(fsnn_penalty_kind kind)
{
    return (unsigned)kind < FSNN_PENALTY_KINDS ? kind_name[kind] : "?";
}

const char *fsnn_penalty_mean_name(fsnn_penalty_mean mean)
{
    return (unsigned)mean < FSNN_PENALTY_MEANS ? mean_name[mean] : "?";
}

fsnn_status fsnn_penalty_check(const fsnn_penalty *p)
{
    FSNN_NEED(p);
    if ((unsigned)p->kind >= FSNN_PENALTY_KINDS || (unsigned)p->mean >= FSNN_PENALTY_MEANS)
        return fsnn_fail(FSNN_EARGUMENT, "there is no penalty number %d of a mean number %d",
                         (int)p->kind, (int)p->mean);
    if (!(p->weight >= 0 && isfinite(p->weight)))
        return fsnn_fail_key(FSNN_EARGUMENT, "weight",
                             "the weight of a penalty is %g: it is a finite number of at least 0",
                             p->weight);
    if (!(p->min <= p->max))
        return fsnn_fail_key(FSNN_EARGUMENT, "min",
                             "a penalty with min %g and max %g: min is at most max", p->min,
                             p->max);
    if (!isfinite(p->min) && !isfinite(p->max))
        return fsnn_fail_key(FSNN_EARGUMENT, "min",
                             "a penalty without a bound does nothing: give min, max or both");
    if (p->kind == FSNN_PENALTY_RATE && (p->min > 1 || p->max < 0))
        return fsnn_fail_key(FSNN_EARGUMENT, "min",
                             "a penalty of a rate with min %g and max %g: rates are spikes a step, "
                             "from 0 to 1",
                             p->min, p->max);
    return FSNN_OK;
}

static fsnn_status check_node(const fsnn_net *net, const fsnn_penalty *p)
{
    op_node *op = p->node > 0 && p->node < net->nodes ? net_neuron(net, p->node) : NULL;
    if (!op)
        return fsnn_fail(FSNN_EARGUMENT, "a penalty is on node %d, which is no neuron layer",
                         p->node);
    if (p->kind == FSNN_PENALTY_RATE && !neuron_node_spiking(op))
        return fsnn_fail_key(FSNN_EARGUMENT, op->name,
                             "%s \"%s\" does not spike: its potential can have a penalty, a rate "
                             "it has not",
                             op->op->kind, op->name);
    return FSNN_OK;
}

/* Numbers of the potentials in their layers. */
static fsnn_status number(const fsnn_net *net, net_penalty *list, int count)
{
    for (int i = 0; i < count; i++) {
        if (list[i].what.kind != FSNN_PENALTY_POTENTIAL)
            continue;
        for (int k = 0; k < i; k++)
            list[i].hold += list[k].what.kind == FSNN_PENALTY_POTENTIAL &&
                            list[k].what.node == list[i].what.node;
        if (list[i].hold >= SCAN_HOLDS)
            return fsnn_fail(FSNN_EARGUMENT,
                             "the potential of \"%s\" has more than %d penalties: one has a bound "
                             "from below and one from above",
                             net->node[list[i].what.node]->name, SCAN_HOLDS);
    }
    return FSNN_OK;
}

/* The layers' own part of it, without a slope: they compute in the general way from now on. */
static fsnn_status hold(const fsnn_net *net)
{
    for (int n = 1; n < net->nodes; n++) {
        scan_holds holds = {0};
        op_node *op = net_neuron(net, n);
        for (int i = 0; op && i < net->penalty.count; i++) {
            const net_penalty *p = &net->penalty.list[i];
            if (p->what.kind == FSNN_PENALTY_POTENTIAL && p->what.node == n)
                holds.hold[holds.count++] = (scan_bound){p->what.min, p->what.max, 0};
        }
        if (op)
            FSNN_TRY(neuron_node_hold(op, &holds));
    }
    return FSNN_OK;
}

static void free_list(net_penalty *list, int count)
{
    for (int i = 0; i < count; i++) {
        fsnn_free(list[i].sum);
        fsnn_free(list[i].row);
    }
    fsnn_free(list);
}

void net_penalties_free(fsnn_net *net)
{
    free_list(net->penalty.list, net->penalty.count);
    fsnn_free(net->penalty.steps);
    net->penalty = (net_penalties){0};
}

static fsnn_status take(const fsnn_net *net, const fsnn_penalty *list, int count,
                        net_penalty *taken)
{
    for (int i = 0; i < count; i++) {
        FSNN_TRY(fsnn_penalty_check(&list[i]));
        FSNN_TRY(check_node(net, &list[i]));
        taken[i] = (net_penalty){.what = list[i], .value = NAN};
    }
    return number(net, taken, count);
}

fsnn_status fsnn_net_penalize(fsnn_net *net, const fsnn_penalty *list, int count)
{
    FSNN_NEED(net);
    if (count < 0 || (count && !list))
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_net_penalize: %d penalties and no list", count);
    if (!count && !net->penalty.count)
        return FSNN_OK;
    if (!net->wrapped)
        return fsnn_fail(FSNN_ESTATE, "the net is not wrapped: call fsnn_net_wrap first");
    net_penalty *taken = fsnn_alloc((size_t)(count + 1) * sizeof *taken);
    if (!taken)
        return FSNN_EMEMORY;
    fsnn_status status = take(net, list, count, taken);
    if (status) {
        fsnn_free(taken);
        return status;
    }
    free_list(net->penalty.list, net->penalty.count);
    net->penalty.list = taken;
    net->penalty.count = count;
    FSNN_TRY(hold(net));
    const fsnn_plan plan = net->plan;
    return fsnn_net_replan(net, &plan);
}

fsnn_status fsnn_net_lengths(fsnn_net *net, const int64_t *steps, int64_t count)
{
    FSNN_NEED(net);
    if (count < 0 || (count && !steps))
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_net_lengths: %lld samples and no list",
                         (long long)count);
    for (int64_t b = 0; b < count; b++)
        if (steps[b] < 1)
            return fsnn_fail(FSNN_EARGUMENT,
                             "sample %lld has %lld steps that count: at least 1 is needed",
                             (long long)b, (long long)steps[b]);
    if (count != net->penalty.lengths) { /* in a training most batches have one size */
        fsnn_free(net->penalty.steps);
        net->penalty.lengths = 0;
        net->penalty.steps = count ? fsnn_alloc((size_t)count * sizeof *net->penalty.steps) : NULL;
        if (count && !net->penalty.steps)
            return FSNN_EMEMORY;
        net->penalty.lengths = count;
    }
    if (count)
        memcpy(net->penalty.steps, steps, (size_t)count * sizeof *steps);
    return FSNN_OK;
}

fsnn_status fsnn_net_penalty(const fsnn_net *net, int index, double *value)
{
    FSNN_NEED(net);
    FSNN_NEED(value);
    if (index < 0 || index >= net->penalty.count)
        return fsnn_fail(FSNN_EARGUMENT, "there is no penalty %d: the net has %d", index,
                         net->penalty.count);
    *value = net->penalty.list[index].value;
    return FSNN_OK;
}

bool net_penalized(const fsnn_net *net, int node)
{
    bool any = false;
    for (int i = 0; i < net->penalty.count; i++)
        any |= net->penalty.list[i].what.node == node;
    return any && net->plan.training;
}

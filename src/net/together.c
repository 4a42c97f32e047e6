/* net/together.c: one batch in shards, each run by a net of its own at the same time, where an
 * operator's numbers depend on sums over all samples of the batch (batch normalisation that is
 * synchronised). Such a call stops before that step, forward and backward, and has left the sums of
 * its shard; whoever runs the nets adds them up and lets the calls go on. */
#include "net/net.h"

bool net_sums_samples(const fsnn_net *net)
{
    for (int i = 1; i < net->nodes; i++)
        if (net->node[i]->op.op->gather)
            return true;
    return false;
}

static int64_t sums_of(const net_step *step)
{
    const op_node *op = step->op;
    return op->together && op->op->sums_shared ? op->op->sums_shared(op) : 0;
}

int64_t net_together_most(const fsnn_net *net)
{
    int64_t most = 0;
    for (int i = 0; i < net->steps; i++) {
        int64_t count = sums_of(&net->step[i]);
        most = count > most ? count : most;
    }
    return most;
}

fsnn_status net_replan_together(fsnn_net *net, const fsnn_plan *plan, int64_t samples)
{
    const int64_t before = net->together.samples;
    const fsnn_plan was = net->plan;
    net->together.samples = samples;
    fsnn_status status = fsnn_net_replan(net, plan);
    if (status == FSNN_OK || samples == before)
        return status;
    fsnn_error error;
    fsnn_error_keep(&error);
    net->together.samples = before;
    fsnn_net_replan(net, &was);
    fsnn_error_restore(&error);
    return status;
}

fsnn_status net_together_reserve(fsnn_net *net)
{
    net_together *t = &net->together;
    int64_t most = net_together_most(net);
    t->step = -1;
    t->total = NULL;
    if (most <= t->capacity)
        return FSNN_OK;
    fsnn_free(t->sums);
    t->capacity = 0;
    t->sums = fsnn_alloc((size_t)most * sizeof *t->sums);
    if (!t->sums)
        return FSNN_EMEMORY;
    t->capacity = most;
    return FSNN_OK;
}

void net_together_share(fsnn_net *net, double weight)
{
    net->penalty.share = weight;
}

bool net_waits(const fsnn_net *net, const double **sums, int64_t *count)
{
    const net_together *t = &net->together;
    if (t->step < 0)
        return false;
    *sums = t->sums;
    *count = sums_of(&net->step[t->step]);
    return true;
}

fsnn_status net_go_on(fsnn_net *net, const double *total, const void **output)
{
    net->together.total = total;
    return net->plane->go_on(net, output);
}

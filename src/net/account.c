/* net/account.c: what forwards cost: how many inputs of each operator are spikes, how long the sums
 * over the past are. */
#include "net/net.h"
#include "net/neuron_ops.h"

fsnn_status fsnn_net_count_spikes(fsnn_net *net, bool on)
{
    FSNN_NEED(net);
    if (!net->wrapped)
        return fsnn_fail(FSNN_ESTATE, "spikes are counted in a net that is wrapped");
    fsnn_free(net->tally);
    net->tally = on ? fsnn_alloc((size_t)net->nodes * sizeof *net->tally) : NULL;
    if (on && !net->tally)
        return FSNN_EMEMORY;
    net->ran = false; /* spikes that are counted have a place of their own */
    FSNN_TRY(net_place(net));
    for (int i = 1; i < net->nodes; i++)
        if (net_neuron(net, i))
            FSNN_TRY(neuron_node_count(net_neuron(net, i), on));
    return FSNN_OK;
}

fsnn_status fsnn_net_account(const fsnn_net *net, int node, fsnn_account *account)
{
    FSNN_NEED(net);
    FSNN_NEED(account);
    if (!net->wrapped || node < 0 || node >= net->nodes)
        return fsnn_fail(FSNN_EARGUMENT, "node %d is no node of a wrapped net", node);
    if (!net->tally)
        return fsnn_fail(
            FSNN_ESTATE,
            "the operations of \"%s\" are not counted: fsnn_net_count_spikes begins it",
            net->node[node]->name);
    const net_tally *t = &net->tally[node];
    const op_node *op = &net->node[node]->op;
    *account = (fsnn_account){.memory = t->steps > 0 ? t->memory / t->steps : 0};
    if (node == 0 || op->operations == 0 || t->inputs == 0)
        return FSNN_OK;
    account->dense = (double)op->operations;
    account->spikes = t->others == 0;
    account->rate = account->spikes ? t->ones / t->inputs : 1;
    if (account->spikes)
        account->additions = account->dense * account->rate;
    else
        account->multiply_adds = account->dense;
    return FSNN_OK;
}

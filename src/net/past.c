/* The memory of a neuron layer as formulas have it: weights of lags, exponentials. In double
 * precision, whatever the net's. */
#include "net/net.h"
#include "net/neuron_ops.h"

#include "frac/modes.h"

static fsnn_status past_of(const fsnn_net *net, int node, int state, neuron_past *past)
{
    FSNN_NEED(net);
    const op_node *op = net->wrapped ? net_neuron(net, node) : NULL;
    if (!op)
        return fsnn_fail(FSNN_EARGUMENT, "node %d is no neuron layer of a wrapped net", node);
    int states = neuron_node_states(op);
    if (state < 0 || state >= states)
        return fsnn_fail(FSNN_EARGUMENT, "\"%s\" has no state %d: it has %d, from 0 on", op->name,
                         state, states);
    neuron_node_past(op, state, past);
    return FSNN_OK;
}

static fsnn_status check_sum(const neuron_past *past, int sum)
{
    int sums = past->method->pkernel ? 2 : 1;
    if (sum >= 0 && sum < sums)
        return FSNN_OK;
    return fsnn_fail(FSNN_EARGUMENT, "method %s has no sum %d: it has %d, from 0 on",
                     past->method->name, sum, sums);
}

/* w[1 .. n], w[0] is not touched. */
static void weigh(const neuron_past *p, int sum, int64_t n, double *w, double *gain)
{
    frac_method_weigh(p->method, sum, &p->order, &p->leak, p->h, n, w, gain);
}

fsnn_status fsnn_net_memory_form(const fsnn_net *net, int node, int state, fsnn_memory_form *form)
{
    neuron_past p;
    double w[2];
    FSNN_NEED(form);
    FSNN_TRY(past_of(net, node, state, &p));
    *form = (fsnn_memory_form){.method = p.method->name,
                               .implicit = p.scheme == FRAC_IMPLICIT && p.method->linearised,
                               .drives = p.method->drive,
                               .sums = p.method->pkernel ? 2 : 1,
                               .lags = p.lags > 0 ? p.lags : 0,
                               .exponentials = p.fit ? p.fit->modes : 0,
                               .near = p.fit ? FRAC_SPAN : 0};
    weigh(&p, 0, 1, w, &form->gain);
    return FSNN_OK;
}

fsnn_status fsnn_net_memory_weights(const fsnn_net *net, int node, int state, int sum, int64_t n,
                                    double *w, double *start)
{
    neuron_past p;
    double gain;
    FSNN_NEED(w);
    FSNN_TRY(past_of(net, node, state, &p));
    FSNN_TRY(check_sum(&p, sum));
    if (n < 1)
        return fsnn_fail(FSNN_EARGUMENT, "%lld weights asked for: at least 1", (long long)n);
    weigh(&p, sum, n, w - 1, &gain); /* methods count lags from 1 and leave w[0] alone */
    frac_start_fn *first = sum ? p.method->pstart : p.method->start;
    for (int64_t l = 1; l <= n; l++) {
        bool counts = p.lags < 0 || l <= p.lags;
        if (!counts)
            w[l - 1] = 0;
        if (start)
            start[l - 1] = first && counts ? first(&p.order, p.h, l) : 0;
    }
    return FSNN_OK;
}

fsnn_status fsnn_net_memory_exponentials(const fsnn_net *net, int node, int state, int sum,
                                         double *rate, double *weight)
{
    neuron_past p;
    FSNN_NEED(rate);
    FSNN_NEED(weight);
    FSNN_TRY(past_of(net, node, state, &p));
    FSNN_TRY(check_sum(&p, sum));
    if (!p.fit)
        return fsnn_fail(FSNN_EARGUMENT,
                         "\"%s\" sums its past lag by lag: exponentials come with a tolerance",
                         net->node[node]->name);
    const frac_target t = frac_method_target(p.method, sum, &p.order, &p.leak, p.h);
    memcpy(rate, p.fit->s, (size_t)p.fit->modes * sizeof *rate);
    return frac_fit_weigh(p.fit, t.kernel, &t.mix, weight);
}

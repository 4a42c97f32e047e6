/* What neuron layers did in the last forward: states, tests, spikes and currents. */
#include "net/data.h"
#include "net/neuron_node.h"

#include <string.h>

static const net_step *step_of(const fsnn_net *net, int node)
{
    for (int i = 0; i < net->steps; i++)
        if (net->step[i].node == node)
            return &net->step[i];
    return NULL;
}

static fsnn_status check_read(const fsnn_net *net, int node)
{
    const op_node *op = net->wrapped ? net_neuron(net, node) : NULL;
    if (!op)
        return fsnn_fail(FSNN_EARGUMENT, "node %d is no neuron layer of a wrapped net", node);
    if (!net->plan.record || !net->ran || net_segmented(net))
        return fsnn_fail(
            FSNN_ESTATE,
            "reading \"%s\" needs a plan with record, and a forward since the last reset",
            op->name);
    return FSNN_OK;
}

/* Plain layout, from the node's own. */
static void deliver(const fsnn_net *net, const op_node *op, const real *from, real *out)
{
    int64_t rows = net->K * op->B, count = fsnn_shape_count(&op->out[0]);
    if (op->out_last[0])
        net_transpose(from, out, rows, count / op->out[0].dim[0], op->out[0].dim[0]);
    else
        memcpy(out, from, (size_t)(rows * count) * sizeof(real));
}

fsnn_status net_read_state(const fsnn_net *net, int node, int state, void *out)
{
    FSNN_TRY(check_read(net, node));
    const op_node *op = net_neuron(net, node);
    if (!neuron_node_state_name(op, state))
        return fsnn_fail(FSNN_EARGUMENT, "\"%s\" has no state number %d: its states are 0 to %d",
                         op->name, state, neuron_node_states(op) - 1);
    const real *spikes = net_data(net, step_of(net, node)->out[0]);
    if (!op->out_last[0]) {
        neuron_values(op, state, spikes, out);
        return FSNN_OK;
    }
    real *space =
        fsnn_alloc(fsnn_bytes(net->K * op->B * fsnn_shape_count(&op->out[0]), sizeof(real)));
    if (!space)
        return FSNN_EMEMORY;
    neuron_values(op, state, spikes, space);
    deliver(net, op, space, out);
    fsnn_free(space);
    return FSNN_OK;
}

static fsnn_status read_tested(const fsnn_net *net, int node, fsnn_record what, real *out)
{
    const op_node *op = net_neuron(net, node);
    const net_step *step = step_of(net, node);
    if (neuron_node_readout(op))
        return fsnn_fail(FSNN_EARGUMENT, "\"%s\" is a readout: it never spikes and tests nothing",
                         op->name);
    const int64_t count = net->K * op->B * fsnn_shape_count(&op->out[0]);
    real *space = fsnn_alloc(fsnn_bytes(2 * count, sizeof *space));
    if (!space)
        return FSNN_EMEMORY;
    fsnn_status status = neuron_tested(op, net_data(net, step->in[0]), net_data(net, step->out[0]),
                                       space, space + count);
    if (!status)
        deliver(net, op, what == FSNN_RECORD_TEST ? space : space + count, out);
    fsnn_free(space);
    return status;
}

fsnn_status net_read(const fsnn_net *net, int node, fsnn_record what, void *out)
{
    if (what == FSNN_RECORD_V)
        return net_read_state(net, node, 0, out);
    FSNN_TRY(check_read(net, node));
    if (what == FSNN_RECORD_TEST || what == FSNN_RECORD_THRESHOLD)
        return read_tested(net, node, what, out);
    const op_node *op = net_neuron(net, node);
    if (what == FSNN_RECORD_SPIKES && !neuron_node_spiking(op)) {
        memset(out, 0, (size_t)(net->K * op->B * fsnn_shape_count(&op->out[0])) * sizeof(real));
        return FSNN_OK;
    }
    const net_step *step = step_of(net, node);
    deliver(net, op, net_data(net, what == FSNN_RECORD_CURRENT ? step->in[0] : step->out[0]), out);
    return FSNN_OK;
}

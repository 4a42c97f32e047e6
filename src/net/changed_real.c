/* Values of parameters were written: each node settles what depends on its own. */
#include "net/data.h"

fsnn_status net_changed(fsnn_net *net, bool *anew)
{
    fsnn_status status = FSNN_OK;
    for (int i = 1; i < net->nodes && !status; i++) {
        net_node *node = net->node[i];
        if (!node->op.op->changed)
            continue;
        real *value[OP_MAX_PARAM];
        for (int p = 0; p < node->op.params; p++)
            value[p] = net_values(net, node->first_param + p);
        status = node->op.op->changed(&node->op, value, anew);
    }
    return status;
}

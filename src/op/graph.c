/* op/graph.c: y = S x along the edges of a graph, one sample [nodes, F] the whole graph. Backward:
 * gx = S^T gy. Cost: one multiply-add an entry of S and feature. */
#include "op/check.h"
#include "op/propagate.h"

static const fsnn_graph_layer defaults = {.self_loops = true, .loops_in_degree = true};

static const fsnn_key keys[] = {PROPAGATE_KEYS, {0}};

static fsnn_status shape(op_node *node)
{
    const propagate_state *st = node->state;
    FSNN_TRY(propagate_check(node));
    op_output(node, 0, node->in[0], false);
    node->operations = op_product(st->forward.start[st->forward.nodes], node->in[0].dim[1]);
    return FSNN_OK;
}

static fsnn_status forward(op_node *node, const op_run *run)
{
    const propagate_state *st = node->state;
    propagate_multiply(&st->forward, node->K * node->B, node->in[0].dim[1], run->in[0], NULL,
                       run->out[0]);
    return FSNN_OK;
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    const propagate_state *st = node->state;
    if (run->gin[0])
        propagate_multiply(&st->backward, node->K * node->B, node->in[0].dim[1], run->gout[0], NULL,
                           run->gin[0]);
    return FSNN_OK;
}

const fsnn_op op_graph = {
    .kind = "graph",
    .help = "y = S x: features [nodes, F] of a whole graph averaged over neighbours",
    .options_size = sizeof(fsnn_graph_layer),
    .defaults = &defaults,
    .keys = keys,
    .min_in = 1,
    .max_in = 1,
    .state_size = sizeof(propagate_state),
    .create = propagate_create,
    .lend = propagate_lend,
    .shape = shape,
    .forward = forward,
    .backward = backward,
    .destroy = propagate_destroy,
};

/* What delays give, before anything is lowered: the nodes that they name, and their shapes.
 *
 * The shape of a delay is that of its source, which may depend on the delay. So shapes are found
 * by going through the graph until none changes: an input that is not known yet counts as one
 * like its siblings (the current that is added to a feedback has the feedback's shape). Where
 * there is none, the shape must be given. Lowering compares what was found. Cost: a pass over
 * the graph a delay. */
#include "net/net.h"
#include "op/check.h"

#include <stdlib.h>
#include <string.h>

/* What is known of a node's outputs: nothing, nothing because it does not take what is guessed of
 * its inputs, by a guess, for certain. */
typedef enum known { NOTHING, REFUSED, GUESSED, CERTAIN } known;

static fsnn_status no_source(const fsnn_net *net, const net_node *delay, const char *name)
{
    char whose[128];
    snprintf(whose, sizeof whose, "delay \"%s\": ", delay->name);
    return net_no_node(net, whose, name);
}

/* "split1.1": node and output. */
static fsnn_status find_source(const fsnn_net *net, net_node *delay)
{
    const char *of = delay->op.op->of(delay->op.options);
    char *name = fsnn_strdup(of);
    if (!name)
        return FSNN_EMEMORY;
    char *dot = strchr(name, '.'), *end = NULL;
    long port = dot ? strtol(dot + 1, &end, 10) : 0;
    if (dot)
        *dot = 0;
    int node = net_node_index(net, name);
    fsnn_status status = FSNN_OK;
    if (dot && (dot[1] < '0' || dot[1] > '9' || *end || port >= OP_MAX_OUT))
        status =
            fsnn_fail(FSNN_EARGUMENT,
                      "delay \"%s\": \"%s\" is no source: a node's name, or name and output like "
                      "\"split1.1\"",
                      delay->name, of);
    else if (node < 0)
        status = no_source(net, delay, name);
    fsnn_free(name);
    delay->from[0] = node * NET_PORTS + (int)port;
    return status;
}

/* Declared shapes hold; images lie as convolutions want them, until the source says otherwise. */
static fsnn_status begin(fsnn_net *net, int *delays)
{
    *delays = 0;
    for (int i = 1; i < net->nodes; i++) {
        net_node *node = net->node[i];
        if (!net_delay(net, i))
            continue;
        const fsnn_delay *o = node->op.options;
        FSNN_TRY(net_fail_in(&node->op, find_source(net, node)));
        for (int d = 0; d < o->shape.rank; d++)
            if (o->shape.dim[d] < 1)
                return fsnn_fail_key(FSNN_ESHAPE, node->name,
                                     "delay \"%s\": its shape has a dimension of %lld: all "
                                     "are at least 1",
                                     node->name, (long long)o->shape.dim[d]);
        net_delay_settle(&node->op, &o->shape, false);
        ++*delays;
    }
    return FSNN_OK;
}

static bool images(const fsnn_shape *shape)
{
    return shape->rank == 3 && shape->dim[0] > 1 && fsnn_shape_count(shape) != shape->dim[0];
}

/* Output of a handle, NULL: unknown. */
static const fsnn_shape *shape_of(const fsnn_net *net, const known *have, int handle)
{
    const net_node *node = net->node[handle / NET_PORTS];
    int port = handle % NET_PORTS;
    if (handle / NET_PORTS == 0)
        return &net->input_shape;
    return have[handle / NET_PORTS] >= GUESSED && port < node->op.outputs ? &node->op.out[port]
                                                                          : NULL;
}

/* The shapes of one node's inputs; how well they are known. */
static known inputs_of(const fsnn_net *net, const known *have, net_node *node)
{
    const fsnn_shape *like = NULL;
    known all = CERTAIN;
    for (int k = 0; k < node->op.inputs && !like; k++)
        like = shape_of(net, have, node->from[k]);
    if (!like)
        return NOTHING;
    for (int k = 0; k < node->op.inputs; k++) {
        const fsnn_shape *shape = shape_of(net, have, node->from[k]);
        if (!shape || have[node->from[k] / NET_PORTS] == GUESSED)
            all = GUESSED;
        node->op.in[k] = shape ? *shape : *like;
        /* as lowering will choose it */
        node->op.in_last[k] =
            (node->op.op->flags & OP_WANTS_LAST) && !op_same_layouts(&node->op.in[k]);
    }
    return all;
}

/* Shapes of all nodes as far as they follow from what is known; of delays, what the last pass
 * found. */
static fsnn_status pass(const fsnn_net *net, known *have)
{
    have[0] = CERTAIN;
    for (int i = 1; i < net->nodes; i++) {
        net_node *node = net->node[i];
        const fsnn_shape *shape = net_delay(net, i) ? net_delay_shape(&node->op) : NULL;
        have[i] = shape ? (shape->rank ? GUESSED : NOTHING) : inputs_of(net, have, node);
        if (shape && ((const fsnn_delay *)node->op.options)->shape.rank)
            have[i] = CERTAIN;
        if (have[i] == NOTHING)
            continue;
        fsnn_status status = net_shape(&node->op);
        if (status && have[i] == CERTAIN)
            return net_fail_in(&node->op, status);
        have[i] = status ? REFUSED : have[i];
    }
    return FSNN_OK;
}

/* Delays take the shapes of their sources; true where one is new. */
static bool follow(const fsnn_net *net, const known *have)
{
    bool changed = false;
    for (int i = 1; i < net->nodes; i++) {
        net_node *node = net->node[i];
        if (!net_delay(net, i) || ((const fsnn_delay *)node->op.options)->shape.rank)
            continue;
        const fsnn_shape *shape = shape_of(net, have, node->from[0]);
        if (!shape || fsnn_shape_equal(shape, net_delay_shape(&node->op)))
            continue;
        net_delay_settle(&node->op, shape, false);
        changed = true;
    }
    return changed;
}

/* A delay has no shape. Where a node of the loop refuses its options whatever its shape is, that is
 * the reason. */
static fsnn_status unknown(const fsnn_net *net, const known *have, const net_node *delay)
{
    for (int i = 1; i < net->nodes; i++) {
        net_node *node = net->node[i];
        if (have[i] != REFUSED)
            continue;
        fsnn_status status = net_shape(&node->op);
        if (status && status != FSNN_ESHAPE)
            return net_fail_in(&node->op, status);
    }
    return fsnn_fail_key(
        FSNN_ESHAPE, delay->name,
        "delay \"%s\": the shape of \"%s\" follows from nothing but the loop: give "
        "the delay its `shape`",
        delay->name, delay->sources);
}

static fsnn_status finish(const fsnn_net *net, const known *have)
{
    for (int i = 1; i < net->nodes; i++) {
        net_node *node = net->node[i];
        if (!net_delay(net, i))
            continue;
        fsnn_shape shape = *net_delay_shape(&node->op);
        const net_node *from = net->node[node->from[0] / NET_PORTS];
        int port = node->from[0] % NET_PORTS,
            outputs = node->from[0] < NET_PORTS ? 1 : from->op.outputs;
        if (!shape.rank && outputs && port >= outputs)
            return fsnn_fail_key(FSNN_EARGUMENT, node->name,
                                 "\"%s\" reads output %d of \"%s\", which has %d, counted from 0",
                                 node->name, port, from->name, outputs);
        if (!shape.rank)
            return unknown(net, have, node);
        net_delay_settle(&node->op, &shape, images(&shape));
    }
    return FSNN_OK;
}

fsnn_status net_delays_settle(fsnn_net *net)
{
    int delays;
    FSNN_TRY(begin(net, &delays));
    if (!delays)
        return FSNN_OK;
    known *have = fsnn_alloc((size_t)net->nodes * sizeof *have);
    if (!have)
        return FSNN_EMEMORY;
    fsnn_status status = FSNN_OK;
    bool changed = true;
    for (int i = 0; i < 2 * delays + 2 && changed && !status; i++) {
        status = pass(net, have);
        changed = !status && follow(net, have);
    }
    if (!status)
        status = finish(net, have);
    fsnn_free(have);
    return status;
}

/* The precisions there are, and the change from one to the other: the graph stays, its nodes are
 * made anew with the operators of the other table. */
#include "net/net.h"

#include <string.h>

extern const net_plane net_plane_real;
#ifdef FSNN_HAVE_DOUBLE
extern const net_plane net_plane_real_double;
#endif

const net_plane *net_plane_of(fsnn_precision precision)
{
    if (precision == FSNN_PRECISION_SINGLE)
        return &net_plane_real;
#ifdef FSNN_HAVE_DOUBLE
    if (precision == FSNN_PRECISION_DOUBLE)
        return &net_plane_real_double;
#endif
    return NULL;
}

const fsnn_op *net_plane_kind_at(const net_plane *plane, int index)
{
    int i = 0;
    for (; plane->ops[i]; i++)
        if (i == index)
            return plane->ops[i];
    index -= i;
    for (i = 0; plane->neuron_at(i); i++)
        if (i == index)
            return plane->neuron_at(i);
    index -= i;
    for (i = 0; plane->delays[i]; i++)
        if (i == index)
            return plane->delays[i];
    return NULL;
}

const fsnn_op *net_plane_kind(const net_plane *plane, const char *kind)
{
    const fsnn_op *op;
    for (int i = 0; (op = net_plane_kind_at(plane, i)); i++)
        if (strcmp(op->kind, kind) == 0)
            return op;
    return NULL;
}

void net_release_node(op_node *op)
{
    if (op->state && op->op->destroy)
        op->op->destroy(op);
    fsnn_free(op->state);
    fsnn_free(op->options);
}

fsnn_status net_make_node(net_node *node, const fsnn_op *kind, op_node *made)
{
    size_t options = kind->options_size, state = kind->state_size ? kind->state_size : 1;
    *made = node->op;
    made->op = kind;
    made->options = options ? fsnn_alloc(options) : NULL;
    made->state = fsnn_alloc(state);
    if (!made->state || (options && !made->options))
        return FSNN_EMEMORY;
    if (options)
        memcpy(made->options, node->op.options, options);
    if (node->op.op->lend)
        FSNN_TRY(node->op.op->lend(&node->op, made->options));
    return kind->create ? kind->create(made) : FSNN_OK;
}

static fsnn_status make_all(fsnn_net *net, const net_plane *plane, op_node *made)
{
    for (int i = 1; i < net->nodes; i++) {
        const op_node *op = &net->node[i]->op;
        const fsnn_op *kind = net_plane_kind(plane, op->op->kind);
        if (!kind)
            return fsnn_fail_key(FSNN_EUNSUPPORTED, "dynamics.precision",
                                 "%s \"%s\": this kind has no double precision: single works",
                                 op->op->kind, op->name);
        FSNN_TRY(net_make_node(net->node[i], kind, &made[i]));
    }
    return FSNN_OK;
}

fsnn_status net_set_precision(fsnn_net *net, fsnn_precision precision)
{
    const net_plane *plane = net_plane_of(precision);
    if (!plane && (unsigned)precision <= FSNN_PRECISION_DOUBLE)
        return fsnn_fail_key(FSNN_EUNSUPPORTED, "dynamics.precision",
                             "this fsnn was built without double precision "
                             "(FSNN_PRECISION_DOUBLE=OFF): single works");
    if (!plane)
        return fsnn_fail(FSNN_EARGUMENT, "there is no precision number %d", (int)precision);
    if (plane == net->plane)
        return FSNN_OK;
    op_node *made = fsnn_alloc((size_t)net->nodes * sizeof *made);
    if (!made)
        return FSNN_EMEMORY;
    memset(made, 0, (size_t)net->nodes * sizeof *made);
    fsnn_status status = make_all(net, plane, made);
    for (int i = 1; i < net->nodes; i++) {
        op_node keep = net->node[i]->op;
        if (!status)
            net->node[i]->op = made[i];
        if (made[i].op)
            net_release_node(status ? &made[i] : &keep);
    }
    fsnn_free(made);
    if (!status)
        net->plane = plane;
    return status;
}

fsnn_precision fsnn_net_precision(const fsnn_net *net)
{
    return net ? net->plane->precision : FSNN_PRECISION_SINGLE;
}

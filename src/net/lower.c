/* Lowering: shapes are inferred in the order of nodes, layout conversions are put where an operator asks for another layout
 * than its source has, and the result is a list of steps and a list of values. */
#include "net/net.h"

#include <string.h>

void net_unlower(fsnn_net *net)
{
    for (int i = 0; i < net->conversions; i++)
        fsnn_free(net->conversion[i]);
    fsnn_free(net->conversion);
    fsnn_free(net->tally);
    net->tally = NULL;
    fsnn_free(net->value);
    fsnn_free(net->step);
    for (int i = 0; i < net->warnings; i++)
        fsnn_free(net->warning[i]);
    fsnn_free(net->warning);
    net->conversion = NULL;
    net->value = NULL;
    net->step = NULL;
    net->warning = NULL;
    net->conversions = net->values = net->steps = net->warnings = 0;
}

fsnn_status net_warn(fsnn_net *net, char *sentence)
{
    char **grown = fsnn_alloc((size_t)(net->warnings + 1) * sizeof *grown);
    if (!grown || !sentence) {
        fsnn_free(grown);
        fsnn_free(sentence);
        return FSNN_EMEMORY;
    }
    if (net->warnings)
        memcpy(grown, net->warning, (size_t)net->warnings * sizeof *grown);
    fsnn_free(net->warning);
    net->warning = grown;
    net->warning[net->warnings++] = sentence;
    return FSNN_OK;
}

static fsnn_status make_room(fsnn_net *net)
{
    /* at worst every input of every node is converted, and the output */
    int inputs = 1, outputs = 1;
    for (int i = 0; i < net->nodes; i++) {
        inputs += net->node[i]->op.inputs;
        outputs += OP_MAX_OUT;
    }
    net->step_room = net->nodes + inputs;
    net->value_room = outputs + inputs;
    net->step = fsnn_alloc((size_t)net->step_room * sizeof *net->step);
    net->value = fsnn_alloc((size_t)net->value_room * sizeof *net->value);
    net->conversion = fsnn_alloc((size_t)inputs * sizeof *net->conversion);
    return net->step && net->value && net->conversion ? FSNN_OK : FSNN_EMEMORY;
}

static int add_value(fsnn_net *net, int step, int port, const fsnn_shape *shape, bool last)
{
    int v = net->values++;
    net->value[v] = (net_value){.step = step, .port = port, .shape = *shape, .last = last,
                                .root = v, .grad_root = v, .place = -1, .grad_place = -1};
    return v;
}

static fsnn_status add_step(fsnn_net *net, op_node *op, int user, const int *in)
{
    net_step *step = &net->step[net->steps];
    step->op = op;
    step->node = user;
    for (int i = 0; i < op->inputs; i++) {
        step->in[i] = in[i];
        op->in[i] = net->value[in[i]].shape;
        op->in_last[i] = net->value[in[i]].last;
        net->value[in[i]].readers++;
    }
    FSNN_TRY(op->op->shape(op));
    for (int p = 0; p < op->outputs; p++) {
        step->out[p] = add_value(net, net->steps, p, &op->out[p], op->out_last[p]);
        if (op->op->flags & OP_VIEW)
            net->value[step->out[p]].root = net->value[in[0]].root;
    }
    net->steps++;
    return FSNN_OK;
}

/* The value `v` in the wanted layout: itself, a conversion made before, or a new one. */
static int in_layout(fsnn_net *net, int v, bool last)
{
    const net_value *value = &net->value[v];
    if (value->last == last)
        return v;
    const fsnn_op *kind = last ? &net_to_last : &net_to_plain;
    for (int i = 0; i < net->steps; i++)
        if (net->step[i].op->op == kind && net->step[i].in[0] == v)
            return net->step[i].out[0];
    op_node *op = fsnn_alloc(sizeof *op);
    if (!op)
        return FSNN_EMEMORY;
    net->conversion[net->conversions++] = op;
    op->op = kind;
    op->name = kind->kind;
    op->inputs = 1;
    FSNN_TRY(add_step(net, op, -1, &v));
    return net->step[net->steps - 1].out[0];
}

/* Both layouts hold the same numbers in the same places. */
static bool either(const fsnn_shape *shape)
{
    return shape->rank < 2 || shape->dim[0] == 1 || fsnn_shape_count(shape) == shape->dim[0];
}

static fsnn_status choose_layout(fsnn_net *net, const fsnn_op *op, int inputs, int *in)
{
    bool mixed = false;
    for (int i = 1; i < inputs; i++)
        mixed |= net->value[in[i]].last != net->value[in[0]].last;
    for (int i = 0; i < inputs; i++) {
        const net_value *v = &net->value[in[i]];
        bool want = v->last;
        if (op->flags & OP_WANTS_LAST)
            want = v->shape.rank == 3 && !either(&v->shape);
        else if (mixed || !(op->flags & OP_LAST))
            want = false;
        int got = in_layout(net, in[i], want);
        if (got < 0)
            return (fsnn_status)got;
        in[i] = got;
    }
    return FSNN_OK;
}

/* Value of a handle; `made` [nodes] is the step of each node. */
static int value_of(const fsnn_net *net, const int *made, int handle, const char *reader)
{
    int node = handle / NET_PORTS, port = handle % NET_PORTS;
    if (handle - port == net->input)
        return port ? fsnn_fail(FSNN_EARGUMENT, "the input has one output, port 0") : 0;
    const op_node *op = net->step[made[node]].op;
    if (port >= op->outputs)
        return fsnn_fail(FSNN_EARGUMENT, "\"%s\" reads output %d of \"%s\", which has %d, counted from 0",
                         reader, port, op->name, op->outputs);
    return net->step[made[node]].out[port];
}

static fsnn_status lower(fsnn_net *net, int *made)
{
    add_value(net, -1, 0, &net->input_shape, false);
    for (int i = 1; i < net->nodes; i++) {
        net_node *node = net->node[i];
        int in[OP_MAX_IN];
        for (int k = 0; k < node->op.inputs; k++) {
            in[k] = value_of(net, made, node->from[k], node->name);
            if (in[k] < 0)
                return (fsnn_status)in[k];
        }
        FSNN_TRY(choose_layout(net, node->op.op, node->op.inputs, in));
        FSNN_TRY(add_step(net, &node->op, i, in));
        made[i] = net->steps - 1;
    }
    int handle = net->output >= 0 ? net->output : (net->nodes - 1) * NET_PORTS;
    int out = value_of(net, made, handle, "output");
    if (out >= 0)
        out = in_layout(net, out, false);
    if (out < 0)
        return (fsnn_status)out;
    net->out_value = out;
    return FSNN_OK;
}

/* Backward runs along the ways from something learned (or the input, where asked for) to the output. */
static void mark(fsnn_net *net, bool *above, bool *below)
{
    above[0] = net->plan.input_gradient;
    below[net->out_value] = true;
    for (int i = net->steps - 1; i >= 0; i--) {
        const net_step *s = &net->step[i];
        bool reached = false;
        for (int p = 0; p < s->op->outputs; p++)
            reached |= below[s->out[p]];
        for (int k = 0; k < s->op->inputs; k++)
            below[s->in[k]] |= reached;
    }
    for (int i = 0; i < net->steps; i++) {
        net_step *s = &net->step[i];
        bool learns = false, fed = false, reached = false;
        for (int p = 0; p < s->op->params; p++)
            learns |= s->op->param[p].learn;
        for (int k = 0; k < s->op->inputs; k++)
            fed |= above[s->in[k]];
        for (int p = 0; p < s->op->outputs; p++) {
            above[s->out[p]] = learns || fed;
            reached |= below[s->out[p]];
        }
        s->live = net->plan.training && reached && (learns || fed);
        for (int k = 0; k < s->op->inputs; k++)
            s->op->gradient_in[k] = s->live && above[s->in[k]];
    }
    for (int v = 0; v < net->values; v++)
        net->value[v].wants = net->plan.training && above[v] && below[v];
}

/* Which steps take part in backward, and which gradients it gives: again when the plan changed. */
fsnn_status net_mark(fsnn_net *net)
{
    bool *above = fsnn_alloc((size_t)net->values); /* depends on something learned */
    bool *below = fsnn_alloc((size_t)net->values); /* the output depends on it */
    bool good = above && below;
    if (good)
        mark(net, above, below);
    fsnn_free(above);
    fsnn_free(below);
    return good ? FSNN_OK : FSNN_EMEMORY;
}

fsnn_status net_lower(fsnn_net *net)
{
    net_unlower(net);
    FSNN_TRY(make_room(net));
    int *made = fsnn_alloc((size_t)net->nodes * sizeof *made);
    if (!made)
        return FSNN_EMEMORY;
    fsnn_status status = lower(net, made);
    fsnn_free(made);
    FSNN_TRY(status);
    return net_mark(net);
}

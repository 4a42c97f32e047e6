/* Lowering: shapes are inferred in the order of nodes, layout conversions are put where an operator
 * asks for another layout than its source has, and the result is a list of steps and a list of
 * values. */
#include "net/net.h"
#include "op/check.h"

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

fsnn_status net_warn_once(fsnn_net *net, char *sentence)
{
    for (int i = 0; sentence && i < net->warnings; i++)
        if (strcmp(net->warning[i], sentence) == 0) {
            fsnn_free(sentence);
            return FSNN_OK;
        }
    return net_warn(net, sentence);
}

static fsnn_status reserve(fsnn_net *net)
{
    /* at worst every input of every node is converted, and the output */
    int inputs = 1, outputs = 1;
    for (int i = 0; i < net->nodes; i++) {
        /* of a delay the second step, and its input */
        inputs += net->node[i]->op.inputs + (net_delay(net, i) ? 2 : 0);
        outputs += OP_MAX_OUT;
    }
    net->step_capacity = net->nodes + inputs;
    net->value_capacity = outputs + inputs;
    net->step = fsnn_alloc((size_t)net->step_capacity * sizeof *net->step);
    net->value = fsnn_alloc((size_t)net->value_capacity * sizeof *net->value);
    net->conversion = fsnn_alloc((size_t)inputs * sizeof *net->conversion);
    return net->step && net->value && net->conversion ? FSNN_OK : FSNN_EMEMORY;
}

static int add_value(fsnn_net *net, int step, int port, const fsnn_shape *shape, bool last)
{
    int v = net->values++;
    net->value[v] = (net_value){.step = step,
                                .port = port,
                                .shape = *shape,
                                .last = last,
                                .root = v,
                                .grad_root = v,
                                .place = -1,
                                .grad_place = -1};
    return v;
}

static fsnn_status add_step(fsnn_net *net, op_node *op, int user, const int *in)
{
    net_step *step = &net->step[net->steps];
    step->op = op;
    step->node = user;
    step->partner = step->leads = step->follows = step->sums = step->summed = -1;
    for (int i = 0; i < op->inputs; i++) {
        step->in[i] = in[i];
        op->in[i] = net->value[in[i]].shape;
        op->in_last[i] = net->value[in[i]].last;
        net->value[in[i]].readers++;
    }
    FSNN_TRY(net_fail_in(op, net_shape(op)));
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
    const fsnn_op *kind = last ? net->plane->to_last : net->plane->to_plain;
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

static fsnn_status choose_layout(fsnn_net *net, const fsnn_op *op, int inputs, int *in)
{
    bool mixed = false;
    for (int i = 1; i < inputs; i++)
        mixed |= net->value[in[i]].last != net->value[in[0]].last;
    for (int i = 0; i < inputs; i++) {
        const net_value *v = &net->value[in[i]];
        bool want = v->last;
        if (op->flags & OP_WANTS_LAST)
            want = !op_same_layouts(&v->shape);
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
static int value_of(const fsnn_net *net, const int *step_of, int handle, const char *reader)
{
    int node = handle / NET_PORTS, port = handle % NET_PORTS;
    if (handle - port == net->input)
        return port ? fsnn_fail(FSNN_EARGUMENT, "the input has one output, port 0") : 0;
    const op_node *op = net->step[step_of[node]].op;
    if (port >= op->outputs)
        return fsnn_fail_key(FSNN_EARGUMENT, reader,
                             "\"%s\" reads output %d of \"%s\", which has %d, counted from 0",
                             reader, port, op->name, op->outputs);
    return net->step[step_of[node]].out[port];
}

/* Around a loop the shape must be one. */
static fsnn_status check_delay(const fsnn_net *net, const net_node *delay, const fsnn_shape *found)
{
    char gives[128], is[128];
    const fsnn_shape *shape = net_delay_shape(&delay->op);
    if (fsnn_shape_equal(shape, found))
        return FSNN_OK;
    return fsnn_fail(
        FSNN_ESHAPE,
        "delay \"%s\": it gives %s, but its source \"%s\" is %s: around a loop the shape "
        "must stay the same",
        delay->name, fsnn_shape_text(shape, gives, sizeof gives),
        net->node[delay->from[0] / NET_PORTS]->name, fsnn_shape_text(found, is, sizeof is));
}

/* The steps that take in what delays give, behind all others. */
static fsnn_status close_delays(fsnn_net *net, const int *step_of)
{
    for (int i = 1; i < net->nodes; i++) {
        op_node *delay = net_delay(net, i);
        if (!delay)
            continue;
        int in = value_of(net, step_of, net->node[i]->from[0], net->node[i]->name);
        if (in < 0)
            return (fsnn_status)in;
        FSNN_TRY(net_fail_in(delay, check_delay(net, net->node[i], &net->value[in].shape)));
        in = in_layout(net, in, net_delay_last(delay));
        if (in < 0)
            return (fsnn_status)in;
        op_node *op = fsnn_alloc(sizeof *op);
        if (!op)
            return FSNN_EMEMORY;
        net->conversion[net->conversions++] = op;
        *op = (op_node){
            .op = delay->op->put, .name = delay->name, .state = delay->state, .inputs = 1};
        FSNN_TRY(add_step(net, op, -1, &in));
        net->step[net->steps - 1].partner = step_of[i];
        net->step[step_of[i]].partner = net->steps - 1;
    }
    return FSNN_OK;
}

static fsnn_status lower(fsnn_net *net, int *step_of)
{
    add_value(net, -1, 0, &net->input_shape, false);
    for (int i = 1; i < net->nodes; i++) {
        net_node *node = net->node[i];
        int in[OP_MAX_IN];
        for (int k = 0; k < node->op.inputs; k++) {
            in[k] = value_of(net, step_of, node->from[k], node->name);
            if (in[k] < 0)
                return (fsnn_status)in[k];
        }
        FSNN_TRY(choose_layout(net, node->op.op, node->op.inputs, in));
        FSNN_TRY(add_step(net, &node->op, i, in));
        FSNN_TRY(net_fail_in(&node->op, net_share_params(net, node)));
        step_of[i] = net->steps - 1;
    }
    int handle = net->output >= 0 ? net->output : (net->nodes - 1) * NET_PORTS;
    int out = value_of(net, step_of, handle, "output");
    if (out >= 0)
        out = in_layout(net, out, false);
    if (out < 0)
        return (fsnn_status)out;
    net->out_value = out;
    return close_delays(net, step_of);
}

/* Delays whose sources lie in another layout than theirs take it; true if there were any. */
static bool follow_layouts(fsnn_net *net)
{
    bool moved = false;
    for (int i = 0; i < net->steps; i++) {
        const net_step *s = &net->step[i];
        if (!s->op->op->put || s->op->inputs)
            continue;
        /* behind a conversion is what the source is by itself */
        int in = net->step[s->partner].in[0];
        const net_step *from = net->value[in].step < 0 ? NULL : &net->step[net->value[in].step];
        bool turned =
            from && (from->op->op == net->plane->to_last || from->op->op == net->plane->to_plain);
        if (turned)
            net_delay_settle(s->op, net_delay_shape(s->op), !net_delay_last(s->op));
        moved = moved || turned;
    }
    return moved;
}

/* The output depends on what the step gives; what a put takes in, its delay gives later. */
static bool reaches(const fsnn_net *net, const net_step *s, const bool *below)
{
    const net_step *partner = s->partner < 0 ? NULL : &net->step[s->partner];
    bool reached = partner && partner->op->outputs && below[partner->out[0]];
    for (int p = 0; p < s->op->outputs; p++)
        reached |= below[s->out[p]];
    return reached;
}

/* The step depends on something learned. */
static bool learns(const fsnn_net *net, const net_step *s, const bool *above)
{
    const net_step *partner = s->partner < 0 ? NULL : &net->step[s->partner];
    bool any = partner && partner->op->inputs && above[partner->in[0]];
    for (int p = 0; p < s->op->params; p++)
        any |= s->op->param[p].learn;
    for (int k = 0; k < s->op->inputs; k++)
        any |= above[s->in[k]];
    return any;
}

/* Marks another time where it changes something: in loops, what was marked reaches what stands
 * before. */
static bool mark_once(const fsnn_net *net, bool *above, bool *below)
{
    bool changed = false;
    for (int i = net->steps - 1; i >= 0; i--) {
        const net_step *s = &net->step[i];
        bool reached = reaches(net, s, below);
        for (int k = 0; k < s->op->inputs && reached; k++) {
            changed |= !below[s->in[k]];
            below[s->in[k]] = true;
        }
    }
    for (int i = 0; i < net->steps; i++) {
        const net_step *s = &net->step[i];
        bool any = learns(net, s, above);
        for (int p = 0; p < s->op->outputs && any; p++) {
            changed |= !above[s->out[p]];
            above[s->out[p]] = true;
        }
    }
    return changed;
}

/* Backward runs along the ways from something learned (or the input, where asked for) to the
 * output. */
static void mark(fsnn_net *net, bool *above, bool *below)
{
    above[0] = net->plan.input_gradient;
    below[net->out_value] = true;
    while (mark_once(net, above, below))
        ;
    for (int i = 0; i < net->steps; i++) {
        net_step *s = &net->step[i];
        s->live = net->plan.training && reaches(net, s, below) && learns(net, s, above);
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

static fsnn_status lower_once(fsnn_net *net)
{
    net_unlower(net);
    FSNN_TRY(reserve(net));
    int *step_of = fsnn_alloc((size_t)net->nodes * sizeof *step_of);
    if (!step_of)
        return FSNN_EMEMORY;
    fsnn_status status = lower(net, step_of);
    fsnn_free(step_of);
    return status;
}

fsnn_status net_lower(fsnn_net *net)
{
    enum { TRIES = 4 }; /* layouts that do not settle by then are converted around the loop */
    FSNN_TRY(net_delays_settle(net));
    FSNN_TRY(lower_once(net));
    for (int i = 0; i < TRIES && follow_layouts(net); i++)
        FSNN_TRY(lower_once(net));
    FSNN_TRY(net_loops_find(net));
    return net_mark(net);
}

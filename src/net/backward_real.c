/* Backward: the same steps upwards. The first reader of a value writes its gradient, later ones add
 * to it. */
#include "net/data.h"
#include "base/whole.h"
#include "op/memory.h"

#include <string.h>

typedef struct sum {
    real *to;
    const real *from;
} sum;

static void add_range(int64_t begin, int64_t end, void *user)
{
    const sum *s = user;
    for (int64_t i = begin; i < end; i++)
        s->to[i] += s->from[i];
}

static void add(real *to, const real *from, int64_t n)
{
    sum s = {to, from};
    fsnn_parallel_range(n, 1 << 15, add_range, &s);
}

/* Of the rows of time step `at` of a loop; of all elsewhere. */
static real *grad_at(const fsnn_net *net, const net_step *step, int value, int64_t at)
{
    real *grad = net_grad(net, value);
    return grad ? grad + at * net_call_numbers(net, value, step) : NULL;
}

static void gradients(const fsnn_net *net, const net_step *step, int64_t at, op_run *run)
{
    int64_t addend = net->addend;
    for (int p = 0; p < step->op->outputs; p++)
        run->gout[p] = net->value[step->out[p]].wants ? grad_at(net, step, step->out[p], at)
                                                      : net_at(net, net->zeros);
    for (int k = 0; k < step->op->inputs; k++) {
        if (!step->op->gradient_in[k])
            continue;
        run->gin[k] = step->adds[k] ? net_at(net, addend) : grad_at(net, step, step->in[k], at);
        if (step->adds[k])
            addend += whole_line_numbers(net_call_numbers(net, step->in[k], step));
    }
}

/* A view hands its gradient on: nothing to do where it shares memory with its source's. */
static void view(const fsnn_net *net, const net_step *step, int64_t at)
{
    if (!step->op->gradient_in[0])
        return;
    real *to = grad_at(net, step, step->in[0], at);
    const real *from = grad_at(net, step, step->out[0], at);
    int64_t n = net_call_numbers(net, step->in[0], step);
    if (step->adds[0])
        add(to, from, n);
    else if (to != from)
        memcpy(to, from, (size_t)n * sizeof *to);
}

static real *bias_gradient(const fsnn_net *net, const net_step *step)
{
    return net_grads(net, net->node[step->node]->first_param + step->summed);
}

fsnn_status net_backward_step(const fsnn_net *net, const net_step *step, int64_t at)
{
    op_run run, next;
    if (step->op->op->flags & OP_VIEW) {
        view(net, step, at);
        return FSNN_OK;
    }
    net_run(net, step, at, &run);
    gradients(net, step, at, &run);
    if (net->penalty.count && step->op->outputs)
        net_penalties_give(net, step, at, grad_at(net, step, step->out[0], at));
    if (step->sums >= 0)
        run.gsum = bias_gradient(net, &net->step[step->sums]);
    if (step->summed >= 0)
        run.grad[step->summed] = NULL;
    net_lead(net, step, &run, &next);
    if (step->leads >= 0)
        gradients(net, &net->step[step->leads], at, &next);
    if (net_looped(step) && step->op->op->flags & OP_LATER)
        memset(run.grad, 0, sizeof run.grad); /* loops.c comes back to them */
    FSNN_TRY(step->op->op->backward(step->op, &run));
    for (int k = 0; k < step->op->inputs; k++)
        if (step->adds[k] && run.gin[k])
            add(grad_at(net, step, step->in[k], at), run.gin[k],
                net_call_numbers(net, step->in[k], step));
    return FSNN_OK;
}

/* What remembers is told which piece of the call comes; one whose gradients do not go on to others
 * is all there is. */
static void chain(const fsnn_net *net)
{
    bool last = net->segments.first + net->K == net->plan.steps, first = net->segments.first == 0;
    for (int i = 1; i < net->nodes; i++) {
        op_node *op = &net->node[i]->op;
        if (op->op->memory && op->op->memory->chain)
            op->op->memory->chain(op, last || !op->chained, first || !op->chained);
    }
}

/* The sums of a step, before it. */
static void gather(fsnn_net *net, const net_step *step)
{
    op_run run;
    net_run(net, step, 0, &run);
    gradients(net, step, 0, &run);
    net_gather(net, step, &run);
}

/* One step, or a loop. A step that waits is begun again. */
static fsnn_status step_back(fsnn_net *net, const net_step *step, int i)
{
    if (!net->together.total)
        net_unpack(net, i);
    if (net_looped(step))
        return net_loop_backward(net, i);
    if (!step->live || step->follows >= 0)
        return FSNN_OK;
    if (!net_gathers(net, step))
        return net_backward_step(net, step, 0);
    gather(net, step);
    return FSNN_OK;
}

/* From step `last` on, to the first or to one that waits. */
static fsnn_status steps_back(fsnn_net *net, int last)
{
    for (int i = last; i >= 0; i = net->step[i].first - 1) {
        FSNN_TRY(step_back(net, &net->step[i], i));
        if (net->together.step >= 0)
            return FSNN_OK;
        net->together.total = NULL;
        FSNN_TRY(net_tell_final(net, net->step[i].first, i));
    }
    return net_tell_final(net, 0, -1);
}

fsnn_status net_backward(fsnn_net *net, const real *output_gradient)
{
    chain(net);
    if (net->value[net->out_value].wants)
        memcpy(net_grad(net, net->out_value), output_gradient,
               (size_t)net_numbers(net, net->out_value) * sizeof(real));
    net->back = true;
    return steps_back(net, net->steps - 1);
}

fsnn_status net_call_back(fsnn_net *net, const void *output_gradient, const void **input_gradient)
{
    FSNN_TRY(net_penalties_back(net));
    net->ran = false; /* activations may be overwritten by gradients: one backward a forward */
    if (net_segmented(net))
        FSNN_TRY(net_segments_backward(net, net->given, output_gradient));
    else
        FSNN_TRY(net_backward(net, output_gradient));
    if (net->together.step >= 0)
        return FSNN_OK;
    net_penalties_end(net);
    if (input_gradient)
        *input_gradient = net_segmented(net) ? net->segments.gradient : net_input_gradient(net);
    return FSNN_OK;
}

fsnn_status net_backward_on(fsnn_net *net, int step)
{
    FSNN_TRY(steps_back(net, step));
    if (net->together.step < 0)
        net_penalties_end(net);
    return FSNN_OK;
}

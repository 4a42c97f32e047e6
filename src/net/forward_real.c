/* Forward: every step once, in order, over all K time steps of the batch; loops time step by time
 * step. */
#include "net/data.h"

#include <string.h>

const real *net_data(const fsnn_net *net, int value)
{
    int root = net->value[value].root;
    const net_value *at = &net->value[root];
    if (root == 0)
        return net->x;
    if (net->back && at->packed)
        return net_at(net, at->again);
    if (net->output_to && root == net->value[net->out_value].root)
        return net->output_to;
    return net_at(net, at->place);
}

const real *net_input_at(const fsnn_net *net, const real *x)
{
    return x && !net->plan.still ? x + net->segments.first * net_input_numbers(net) : x;
}

/* The lists of the steps that run. */
static void cut(fsnn_net *net)
{
    int64_t skip = net->segments.first * net->plan.batch;
    net->piece = *net->spikes;
    net->piece.steps = net->K;
    net->piece.start += skip;
    net->piece.count += skip;
}

typedef struct unpacking {
    const fsnn_spikes *spikes;
    real *x;
} unpacking;

static void unpack_rows(int64_t begin, int64_t end, void *user)
{
    const unpacking *u = user;
    const fsnn_spikes *s = u->spikes;
    for (int64_t r = begin; r < end; r++) {
        real *row = u->x + r * s->width;
        memset(row, 0, (size_t)s->width * sizeof *row);
        for (int64_t e = s->start[r]; e < s->start[r] + s->count[r]; e++)
            row[s->index[e]] = s->value ? s->value[e] : 1;
    }
}

/* Spikes as numbers, where a node needs them so. */
static fsnn_status unpack(fsnn_net *net)
{
    bool needed = false;
    for (int i = 0; i < net->steps; i++)
        for (int k = 0; k < net->step[i].op->inputs; k++)
            needed |= net->value[net->step[i].in[k]].root == 0 &&
                      !(net->step[i].op->op->flags & OP_VIEW) &&
                      !net_reads_spikes(net, &net->step[i], k);
    needed |= net->value[net->out_value].root == 0;
    if (!needed)
        return FSNN_OK;
    FSNN_TRY(net_dense_reserve(net, net->K * net->plan.batch * net->piece.width));
    unpacking u = {&net->piece, net->dense};
    fsnn_parallel_range(net->K * net->plan.batch, 64, unpack_rows, &u);
    net->x = net->dense;
    return FSNN_OK;
}

fsnn_status net_input(fsnn_net *net, const real *x)
{
    if (x || !net->spikes)
        return net_still_input(net, x);
    net->x = NULL;
    cut(net);
    return unpack(net);
}

real *net_grad(const fsnn_net *net, int value)
{
    int root = net->value[value].grad_root;
    int64_t place = net->value[root].grad_place;
    if (net->gradient_to && root == net->value[0].grad_root)
        return net->gradient_to;
    return place < 0 ? NULL : net_at(net, place);
}

int64_t net_call_numbers(const fsnn_net *net, int value, const net_step *step)
{
    int64_t K = net->value[value].still ? 1 : step->op->K;
    return K * net->plan.batch * fsnn_shape_count(&net->value[value].shape);
}

/* Of the rows of time step `at` of a loop; of all elsewhere. NULL: it goes straight to who reads
 * it. */
static real *data_at(const fsnn_net *net, const net_step *step, int value, int64_t at)
{
    if (net->value[value].passed)
        return NULL;
    return (real *)net_data(net, value) + at * net_call_numbers(net, value, step);
}

void net_lead(const fsnn_net *net, const net_step *step, op_run *run, op_run *next)
{
    if (step->leads < 0)
        return;
    const net_step *follower = &net->step[step->leads];
    net_run(net, follower, 0, next);
    run->into = follower->op;
    run->into_run = next;
}

/* Pointers of one step: data, parameters, scratch and tape. Gradients are backward's business. */
void net_run(const fsnn_net *net, const net_step *step, int64_t at, op_run *run)
{
    const op_node *op = step->op;
    *run = (op_run){.step = net->counter,
                    .first = net->segments.first + at,
                    .at = at,
                    .replay = net->segments.replay,
                    .shared = net->together.total};
    for (int k = 0; k < op->inputs; k++)
        if (net_reads_spikes(net, step, k))
            run->spikes[k] = &net->piece;
        else
            run->in[k] = data_at(net, step, step->in[k], at);
    for (int p = 0; p < op->outputs; p++)
        run->out[p] = data_at(net, step, step->out[p], at);
    for (int p = 0; p < op->params; p++) {
        int param = net->node[step->node]->first_param + p;
        run->value[p] = net_values(net, param);
        run->grad[p] = net->param[param].learn ? net_grads(net, param) : NULL;
    }
    run->scratch = net->scratch < 0 ? NULL : net_at(net, net->scratch);
    run->tape = step->tape < 0 ? NULL : net_at(net, step->tape + at * net_tape_numbers(net, step));
}

void net_gather(fsnn_net *net, const net_step *step, const op_run *run)
{
    step->op->op->gather(step->op, run, net->back, net->together.sums);
    net->together.step = (int)(step - net->step);
}

static fsnn_status forward_step(fsnn_net *net, const net_step *step)
{
    op_run run, next;
    if (step->op->op->flags & OP_VIEW || step->follows >= 0)
        return FSNN_OK;
    net_run(net, step, 0, &run);
    if (net_gathers(net, step)) {
        net_gather(net, step, &run);
        return FSNN_OK;
    }
    net_lead(net, step, &run, &next);
    FSNN_TRY(step->op->op->forward(step->op, &run));
    net_count(net, step);
    net_penalties_count(net, step);
    return FSNN_OK;
}

/* From step `first` on, to the end or to one that waits. */
static fsnn_status forward_steps(fsnn_net *net, int first)
{
    for (int i = first; i < net->steps; i = net->step[i].last + 1) {
        if (net_looped(&net->step[i]))
            FSNN_TRY(net_loop_forward(net, i));
        else
            FSNN_TRY(forward_step(net, &net->step[i]));
        if (net->together.step >= 0)
            return FSNN_OK;
        net->together.total = NULL;
        net_pack(net, i);
    }
    return net_output_finite(net);
}

fsnn_status net_forward(fsnn_net *net, const real *x)
{
    net->back = false;
    FSNN_TRY(net_input(net, x));
    fsnn_status status = forward_steps(net, 0);
    return status == FSNN_ENUMERIC ? net_strayed(net) : status;
}

static void end_forward(fsnn_net *net, const void **output)
{
    if (net->together.step >= 0)
        return;
    net->ran = true;
    if (output)
        *output = net_segmented(net) ? net->segments.output : net_data(net, net->out_value);
}

fsnn_status net_call(fsnn_net *net, const void *x, const fsnn_spikes *spikes, const void **output)
{
    net->ran = net->moved = false;
    net->together.step = -1;
    net->together.total = NULL;
    net->counter++;
    net->spikes = spikes;
    net->given = x;
    FSNN_TRY(net_penalties_begin(net));
    FSNN_TRY((net_segmented(net) ? net_segments_forward : net_forward)(net, x));
    end_forward(net, output);
    return FSNN_OK;
}

/* A forward that waits comes to its end in a later call. */
fsnn_status net_call_on(fsnn_net *net, const void **output)
{
    int step = net->together.step;
    net->together.step = -1;
    if (net->back)
        return net_backward_on(net, step);
    fsnn_status status = forward_steps(net, step);
    FSNN_TRY(status == FSNN_ENUMERIC ? net_strayed(net) : status);
    end_forward(net, output);
    return FSNN_OK;
}

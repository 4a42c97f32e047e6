/* Forward: every step once, in order, over all K time steps of the batch; loops time step by time
 * step. */
#include "net/net.h"

const float *net_data(const fsnn_net *net, int value)
{
    int root = net->value[value].root;
    const net_value *at = &net->value[root];
    return root == 0 ? net->x : net->arena + (net->back && at->packed ? at->again : at->place);
}

bool net_reads_spikes(const fsnn_net *net, const net_step *step, int k)
{
    return net->spikes && net->value[step->in[k]].root == 0 && (step->op->op->flags & OP_SPIKES) &&
           step->op->in[k].rank == 1;
}

const float *net_input_at(const fsnn_net *net, const float *x)
{
    return x && !net->plan.still ? x + net->segments.first * net_input_numbers(net) : x;
}

fsnn_status net_dense_reserve(fsnn_net *net, int64_t size)
{
    if (size <= net->dense_capacity)
        return FSNN_OK;
    fsnn_free(net->dense);
    net->dense_capacity = 0;
    net->dense = fsnn_alloc((size_t)size * sizeof *net->dense);
    if (!net->dense)
        return FSNN_EMEMORY;
    net->dense_capacity = size;
    return FSNN_OK;
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
    fsnn_spikes_dense(&net->piece, net->dense);
    net->x = net->dense;
    return FSNN_OK;
}

fsnn_status net_input(fsnn_net *net, const float *x)
{
    if (x || !net->spikes)
        return net_still_input(net, x);
    net->x = NULL;
    cut(net);
    return unpack(net);
}

float *net_grad(const fsnn_net *net, int value)
{
    int64_t place = net->value[net->value[value].grad_root].grad_place;
    return place < 0 ? NULL : net->arena + place;
}

int64_t net_floats(const fsnn_net *net, int value, const net_step *step)
{
    int64_t K = net->value[value].still ? 1 : step->op->K;
    return K * net->plan.batch * fsnn_shape_count(&net->value[value].shape);
}

/* What one call leaves on the tape, as whole lines. */
int64_t net_tape_floats(const net_step *step)
{
    return ((int64_t)step->op->tape_bytes + 63) / 64 * 16;
}

/* Of the rows of time step `at` of a loop; of all elsewhere. NULL: it goes straight to who reads
 * it. */
static float *data_at(const fsnn_net *net, const net_step *step, int value, int64_t at)
{
    if (net->value[value].passed)
        return NULL;
    return (float *)net_data(net, value) + at * net_floats(net, value, step);
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
                    .replay = net->segments.replay};
    for (int k = 0; k < op->inputs; k++)
        if (net_reads_spikes(net, step, k))
            run->spikes[k] = &net->piece;
        else
            run->in[k] = data_at(net, step, step->in[k], at);
    for (int p = 0; p < op->outputs; p++)
        run->out[p] = data_at(net, step, step->out[p], at);
    for (int p = 0; p < op->params; p++) {
        const fsnn_param *param = &net->param[net->node[step->node]->first_param + p];
        run->value[p] = param->value;
        run->grad[p] = param->learn ? param->grad : NULL;
    }
    run->scratch = net->scratch < 0 ? NULL : net->arena + net->scratch;
    run->tape = step->tape < 0 ? NULL : net->arena + step->tape + at * net_tape_floats(step);
}

static fsnn_status forward_step(fsnn_net *net, const net_step *step)
{
    op_run run, next;
    if (step->op->op->flags & OP_VIEW || step->follows >= 0)
        return FSNN_OK;
    net_run(net, step, 0, &run);
    net_lead(net, step, &run, &next);
    FSNN_TRY(step->op->op->forward(step->op, &run));
    net_count(net, step);
    return FSNN_OK;
}

static fsnn_status forward_steps(fsnn_net *net)
{
    for (int i = 0; i < net->steps; i = net->step[i].last + 1) {
        if (net_looped(&net->step[i]))
            FSNN_TRY(net_loop_forward(net, i));
        else
            FSNN_TRY(forward_step(net, &net->step[i]));
        net_pack(net, i);
    }
    return net_output_finite(net);
}

fsnn_status net_forward(fsnn_net *net, const float *x)
{
    net->back = false;
    FSNN_TRY(net_input(net, x));
    fsnn_status status = forward_steps(net);
    return status == FSNN_ENUMERIC ? net_strayed(net) : status;
}

/* Input x, or the lists of spikes where x is NULL. */
static fsnn_status run(fsnn_net *net, const float *x, const fsnn_spikes *spikes,
                       const float **output)
{
    net->ran = false;
    net->counter++;
    net->spikes = spikes;
    net->given = x;
    FSNN_TRY((net_segmented(net) ? net_segments_forward : net_forward)(net, x));
    net->ran = true;
    if (output)
        *output = net_segmented(net) ? net->segments.output : net_data(net, net->out_value);
    return FSNN_OK;
}

static fsnn_status check_wrapped(const fsnn_net *net)
{
    if (net && net->wrapped)
        return FSNN_OK;
    return fsnn_fail(FSNN_ESTATE, "the net is not wrapped: call fsnn_net_wrap before forward");
}

fsnn_status fsnn_net_forward(fsnn_net *net, const float *x, const float **output)
{
    FSNN_TRY(check_wrapped(net));
    if (!x)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_net_forward: the input is NULL");
    return run(net, x, NULL, output);
}

fsnn_status fsnn_net_forward_spikes(fsnn_net *net, const fsnn_spikes *spikes, const float **output)
{
    FSNN_TRY(check_wrapped(net));
    if (!spikes)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_net_forward_spikes: the input is NULL");
    if (net->plan.still)
        return fsnn_fail(FSNN_ESTATE,
                         "the net is planned for an input that is the same at every step "
                         "(plan.still): lists of spikes are not; plan it without");
    int64_t width = fsnn_shape_count(&net->input_shape);
    if (spikes->steps != net->plan.steps || spikes->batch != net->plan.batch ||
        spikes->width != width)
        return fsnn_fail(FSNN_ESHAPE,
                         "spikes of %lld steps, %lld samples and %lld elements, but the net is "
                         "planned for %lld, %lld and %lld",
                         (long long)spikes->steps, (long long)spikes->batch,
                         (long long)spikes->width, (long long)net->plan.steps,
                         (long long)net->plan.batch, (long long)width);
    return run(net, NULL, spikes, output);
}

int64_t fsnn_net_counter(const fsnn_net *net)
{
    FSNN_NEED(net);
    return net->counter;
}

void fsnn_net_counter_set(fsnn_net *net, int64_t counter)
{
    net->counter = counter;
}

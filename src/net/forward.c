/* Forward: every step once, in order, over all K time steps of the batch; loops time step by time step. */
#include "net/net.h"

const float *net_data(const fsnn_net *net, int value)
{
    int root = net->value[value].root;
    return root == 0 ? net->x : net->arena + net->value[root].place;
}

float *net_grad(const fsnn_net *net, int value)
{
    int64_t place = net->value[net->value[value].grad_root].grad_place;
    return place < 0 ? NULL : net->arena + place;
}

int64_t net_floats(const fsnn_net *net, int value, const net_step *step)
{
    return step->op->K * net->plan.batch * fsnn_shape_count(&net->value[value].shape);
}

/* What one call leaves on the tape, as whole lines. */
int64_t net_tape_floats(const net_step *step)
{
    return ((int64_t)step->op->tape_bytes + 63) / 64 * 16;
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
        run->in[k] = net_data(net, step->in[k]) + at * net_floats(net, step->in[k], step);
    for (int p = 0; p < op->outputs; p++)
        run->out[p] =
            (float *)net_data(net, step->out[p]) + at * net_floats(net, step->out[p], step);
    for (int p = 0; p < op->params; p++) {
        const fsnn_param *param = &net->param[net->node[step->node]->first_param + p];
        run->value[p] = param->value;
        run->grad[p] = param->learn ? param->grad : NULL;
    }
    run->scratch = net->scratch < 0 ? NULL : net->arena + net->scratch;
    run->tape = step->tape < 0 ? NULL : net->arena + step->tape + at * net_tape_floats(step);
}

fsnn_status net_forward(fsnn_net *net, const float *x)
{
    net->x = x;
    for (int i = 0; i < net->steps; i = net->step[i].last + 1) {
        net_step *step = &net->step[i];
        op_run run;
        if (net_looped(step)) {
            FSNN_TRY(net_loop_forward(net, i));
            continue;
        }
        if (step->op->op->flags & OP_VIEW)
            continue;
        net_run(net, step, 0, &run);
        FSNN_TRY(step->op->op->forward(step->op, &run));
        net_count(net, step);
    }
    return FSNN_OK;
}

fsnn_status fsnn_net_forward(fsnn_net *net, const float *x, const float **output)
{
    if (!net || !net->wrapped)
        return fsnn_fail(FSNN_ESTATE, "the net is not wrapped: call fsnn_net_wrap before forward");
    if (!x)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_net_forward: the input is NULL");
    net->ran = false;
    net->counter++;
    FSNN_TRY((net_segmented(net) ? net_segments_forward : net_forward)(net, x));
    net->x = x;
    net->ran = true;
    if (output)
        *output = net_segmented(net) ? net->segments.output : net_data(net, net->out_value);
    return FSNN_OK;
}

int64_t fsnn_net_counter(const fsnn_net *net)
{
    return net->counter;
}

void fsnn_net_counter_set(fsnn_net *net, int64_t counter)
{
    net->counter = counter;
}

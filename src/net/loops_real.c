/* Loops (net/loops.c): their steps on the rows of one step of time after the other. */
#include "net/data.h"

#include <string.h>

fsnn_status net_loop_forward(fsnn_net *net, int first)
{
    int last = net->step[first].last;
    for (int64_t k = 0; k < net->K; k++)
        for (int i = first; i <= last; i++) {
            const net_step *step = &net->step[i];
            op_run run;
            if (step->op->op->flags & OP_VIEW)
                continue;
            net_run(net, step, k, &run);
            FSNN_TRY(step->op->op->forward(step->op, &run));
        }
    for (int i = first; i <= last; i++) {
        net_count(net, &net->step[i]);
        net_penalties_count(net, &net->step[i]);
    }
    return FSNN_OK;
}

/* Parameters whose gradient is a product over all rows get it in one piece. */
static fsnn_status later(fsnn_net *net, const net_step *step)
{
    op_node *op = step->op;
    bool wanted[OP_MAX_IN];
    if (!step->live || !(op->op->flags & OP_LATER))
        return FSNN_OK;
    memcpy(wanted, op->gradient_in, sizeof wanted);
    memset(op->gradient_in, 0, sizeof op->gradient_in);
    op->K = op->span;
    op->looped = false;
    fsnn_status status = net_backward_step(net, step, 0);
    op->K = 1;
    op->looped = true;
    memcpy(op->gradient_in, wanted, sizeof wanted);
    return status;
}

fsnn_status net_loop_backward(fsnn_net *net, int last)
{
    int first = net->step[last].first;
    for (int64_t k = net->K - 1; k >= 0; k--)
        for (int i = last; i >= first; i--)
            if (net->step[i].live)
                FSNN_TRY(net_backward_step(net, &net->step[i], k));
    for (int i = last; i >= first; i--)
        FSNN_TRY(later(net, &net->step[i]));
    return FSNN_OK;
}

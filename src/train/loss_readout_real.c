/* Readouts: which steps of the output answer for a class. A readout is a row of the table. */
#include "train/loss.h"

static loss_window mean(const loss_batch *batch, loss_item item, int64_t c)
{
    (void)c;
    return (loss_window){0, loss_steps(batch, item.b), 1};
}

static loss_window sum(const loss_batch *batch, loss_item item, int64_t c)
{
    (void)c;
    int64_t steps = loss_steps(batch, item.b);
    return (loss_window){0, steps, (double)steps};
}

static loss_window last(const loss_batch *batch, loss_item item, int64_t c)
{
    (void)c;
    return (loss_window){loss_steps(batch, item.b) - 1, 1, 1};
}

static loss_window each(const loss_batch *batch, loss_item item, int64_t c)
{
    (void)batch, (void)c;
    return (loss_window){item.k, 1, 1};
}

static loss_window max(const loss_batch *batch, loss_item item, int64_t c)
{
    int64_t stride = batch->B * batch->C, best = 0;
    const real *x = batch->output + item.b * batch->C + c;
    for (int64_t k = 1; k < loss_steps(batch, item.b); k++)
        if (x[k * stride] > x[best * stride])
            best = k;
    return (loss_window){best, 1, 1};
}

loss_window loss_look(const loss_batch *batch, loss_item item, int64_t c)
{
    static loss_window (*const look[FSNN_READOUTS])(const loss_batch *, loss_item, int64_t) = {
        [FSNN_READOUT_AUTO] = mean, [FSNN_READOUT_MEAN] = mean, [FSNN_READOUT_LAST] = last,
        [FSNN_READOUT_MAX] = max,   [FSNN_READOUT_SUM] = sum,   [FSNN_READOUT_EACH] = each};
    return look[batch->readout](batch, item, c);
}

double loss_want(const loss_batch *batch, loss_item item, loss_window w, int64_t c)
{
    if (batch->labels)
        return loss_label(batch, item) == c;
    if (!batch->steps)
        return batch->target[item.b * batch->C + c];
    const real *of_sample = batch->target + item.b * batch->K * batch->C;
    return w.scale * loss_mean(of_sample + w.first * batch->C + c, w.terms, batch->C);
}

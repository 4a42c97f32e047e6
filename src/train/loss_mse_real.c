/* mse_rate, mse_count, mse: L = 1/(items C) sum (x - target)^2, x the answer of the readout; x =
 * scale times a mean over `terms` steps, so that dL/do = 2 scale (x - target)/(items C terms).
 * Classes stand for targets of `scale` times the rate that is wanted of the class and of the
 * others: 1 and 0, a spike at each step and none, where nothing is said. */
#include "train/loss.h"

static double target(const loss_batch *batch, loss_item item, loss_window w, int64_t c)
{
    double want = loss_want(batch, item, w, c);
    if (!batch->labels)
        return want;
    return w.scale * (want != 0 ? batch->correct : batch->incorrect);
}

/* (x - target)^2 of all classes. */
static double one(const loss_batch *batch, loss_item item)
{
    int64_t C = batch->C;
    double sum = 0;
    for (int64_t c = 0; c < C && !loss_skips(batch, item); c++) {
        loss_window w = loss_look(batch, item, c);
        double slope = 2 * w.scale / (batch->total * (double)C * (double)w.terms);
        double x = loss_read(batch, item, w, c);
        double d = x - target(batch, item, w, c);
        double weight = loss_part_weight(batch, item, c);
        sum += weight * d * d;
        loss_give(batch, item, w, c, weight * slope * d);
    }
    return sum;
}

double loss_mse(const loss_batch *batch)
{
    return loss_sum(batch, one) / (batch->total * (double)batch->C);
}

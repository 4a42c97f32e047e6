/* bce: a yes or no for each class, several labels a sample. With s(x) = 1/(1 + exp(-x)) and a
 * target t in [0, 1] the cross entropy is stable as
 *     l(x, t) = max(x, 0) - x t + log(1 + exp(-|x|)),     dl/dx = s(x) - t,
 * L = 1/(items C) sum l. */
#include "train/loss.h"

#include <math.h>

static double sigmoid(double x)
{
    double e = exp(-fabs(x));
    return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

static double one(const loss_batch *batch, loss_item item)
{
    int64_t C = batch->C;
    double sum = 0, weight = 1 / (batch->total * (double)C);
    for (int64_t c = 0; c < C && !loss_skips(batch, item); c++) {
        loss_window w = loss_look(batch, item, c);
        double x = loss_read(batch, item, w, c), t = loss_want(batch, item, w, c);
        double own = loss_part_weight(batch, item, c);
        sum += own * (fmax(x, 0) - x * t + log1p(exp(-fabs(x))));
        loss_give(batch, item, w, c, own * weight * (sigmoid(x) - t) * w.scale / (double)w.terms);
    }
    return sum;
}

double loss_bce(const loss_batch *batch)
{
    return loss_sum(batch, one) / (batch->total * (double)batch->C);
}

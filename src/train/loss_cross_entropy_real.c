/* Cross entropy of a softmax, stable: with m = max x, S = sum exp(x_c - m), p_c = exp(x_c - m)/S,
 *     L = sum_c q_c (log S - (x_c - m)),     dL/dx_c = p_c sum q - q_c,
 * q the target, smoothed, times the weight of the class,
 * and x the mean of `terms` numbers times `scale`: each of them gets dL/dx scale/terms. Cost: three
 * walks over the numbers, no memory. */
#include "train/loss.h"

#include <math.h>

static double answer(const loss_batch *batch, loss_item item, int64_t c)
{
    return loss_read(batch, item, loss_look(batch, item, c), c);
}

static double share_of(const loss_batch *batch, loss_item item, loss_window w, int64_t c)
{
    double e = batch->smoothing;
    return loss_class_weight(batch, c) *
           ((1 - e) * loss_want(batch, item, w, c) + e / (double)batch->C);
}

double loss_cross_entropy(const loss_batch *batch, loss_item item, double weight)
{
    int64_t C = batch->C;
    double top = -INFINITY, sum = 0, loss = 0, share = 0;
    for (int64_t c = 0; c < C; c++)
        top = fmax(top, answer(batch, item, c));
    for (int64_t c = 0; c < C; c++)
        sum += exp(answer(batch, item, c) - top);
    double log_sum = log(sum);
    for (int64_t c = 0; c < C; c++) {
        loss_window w = loss_look(batch, item, c);
        double q = share_of(batch, item, w, c);
        share += q;
        if (q != 0)
            loss += q * (log_sum - (loss_read(batch, item, w, c) - top));
    }
    for (int64_t c = 0; batch->gradient && c < C; c++) {
        loss_window w = loss_look(batch, item, c);
        double q = share_of(batch, item, w, c);
        double p = exp(loss_read(batch, item, w, c) - top) / sum;
        loss_give(batch, item, w, c, weight * (p * share - q) * w.scale / (double)w.terms);
    }
    return isnan(sum) ? NAN : loss;
}

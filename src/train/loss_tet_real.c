/* tet: temporal efficient training (Deng, Li, Zhang and Gu 2022): each step answers by itself,
 *     L = (1 - mix) 1/(K B) sum_{k,b} CE(softmax(o_kb), label_b) + mix 1/(K B C) sum (o - PHI)^2,
 * the second term holding all outputs near the threshold PHI = 1. */
#include "train/loss.h"

#define PHI 1.0

static double hold(const loss_batch *batch)
{
    int64_t n = batch->K * batch->B * batch->C, C = batch->C;
    double sum = 0, counted = (double)(batch->counted * C);
    double scale = 2 * batch->mix / counted;
    for (int64_t i = 0; i < n; i++) {
        if (loss_skips(batch, loss_item_at(batch, i / C)))
            continue;
        double d = batch->output[i] - PHI;
        sum += d * d;
        if (batch->gradient)
            batch->gradient[i] = (real)(batch->gradient[i] + scale * d);
    }
    return sum / counted;
}

static double weight_of(const loss_batch *batch)
{
    return (1 - batch->mix) / batch->total;
}

static double one(const loss_batch *batch, loss_item item)
{
    return loss_skips(batch, item) ? 0 : loss_cross_entropy(batch, item, weight_of(batch));
}

double loss_tet(const loss_batch *batch)
{
    double sum = loss_sum(batch, one) * weight_of(batch);
    return batch->mix > 0 ? sum + batch->mix * hold(batch) : sum;
}

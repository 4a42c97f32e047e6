/* ce_rate, ce_sum: the cross entropy of softmax(x), x the mean of the output over the steps, or its
 * sum; mean over the batch. */
#include "train/loss.h"

static double one(const loss_batch *batch, int64_t b)
{
    if (loss_skips(batch, b))
        return 0;
    return loss_cross_entropy(batch, b, b * batch->C, batch->K, batch->scale,
                              1.0 / (double)batch->counted);
}

double loss_ce(const loss_batch *batch)
{
    return loss_sum(batch, batch->B, one) / (double)batch->counted;
}

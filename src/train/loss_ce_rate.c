/* ce_rate: the cross entropy of softmax(r), r the mean of the output over the steps; mean over the
 * batch. */
#include "train/loss.h"

static double one(const loss_batch *batch, int64_t b)
{
    if (loss_skips(batch, b))
        return 0;
    return loss_cross_entropy(batch, b, b * batch->C, batch->K, 1.0 / (double)batch->counted);
}

double loss_ce_rate(const loss_batch *batch)
{
    return loss_sum(batch, batch->B, one) / (double)batch->counted;
}

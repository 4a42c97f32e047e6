/* ce_rate, ce_sum, ce: the cross entropy of softmax(x), x the mean of the output over the steps,
 * its sum, or what another readout takes; mean over the items. */
#include "train/loss.h"

static double one(const loss_batch *batch, loss_item item)
{
    if (loss_skips(batch, item))
        return 0;
    return loss_cross_entropy(batch, item, 1.0 / batch->total);
}

double loss_ce(const loss_batch *batch)
{
    return loss_sum(batch, one) / batch->total;
}

/* ce_rate: the cross entropy of softmax(r), r the mean of the output over the steps; mean over the
 * batch. */
#include "train/loss.h"

double loss_ce_rate(const loss_batch *batch)
{
    double sum = 0;
    for (int64_t b = 0; b < batch->B; b++)
        if (!loss_skips(batch, b))
            sum += loss_cross_entropy(batch, b, b * batch->C, batch->K,
                                      1.0 / (double)batch->counted);
    return sum / (double)batch->counted;
}

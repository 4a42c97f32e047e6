/* mse_rate: L = 1/(B C) sum (r - target)^2, r the mean of the output over the K steps; dL/do = 2 (r
 * - target)/(B C K). */
#include "train/loss.h"

/* (r - target)^2 of all classes. */
static double one(const loss_batch *batch, int64_t b)
{
    int64_t C = batch->C, BC = batch->B * C;
    double sum = 0, scale = 2.0 / ((double)(batch->counted * C) * (double)batch->K);
    for (int64_t c = 0; c < C && !loss_skips(batch, b); c++) {
        int64_t at = b * C + c;
        double d = loss_mean(batch->output + at, batch->K, BC) - loss_target(batch, b, c);
        sum += d * d;
        for (int64_t k = 0; batch->gradient && k < batch->K; k++)
            batch->gradient[k * BC + at] = (float)(scale * d);
    }
    return sum;
}

double loss_mse_rate(const loss_batch *batch)
{
    return loss_sum(batch, batch->B, one) / (double)(batch->counted * batch->C);
}

/* mse_rate, mse_count: L = 1/(B C) sum (x - target)^2, x = scale r, r the mean of the output over
 * the K steps; dL/do = 2 scale (x - target)/(B C K). Classes stand for targets of `scale` and 0: a
 * spike at each step and none. */
#include "train/loss.h"

/* (x - target)^2 of all classes. */
static double one(const loss_batch *batch, int64_t b)
{
    int64_t C = batch->C, BC = batch->B * C;
    double sum = 0, each = batch->scale, unit = batch->target ? 1 : each;
    double slope = 2 * each / ((double)(batch->counted * C) * (double)batch->K);
    for (int64_t c = 0; c < C && !loss_skips(batch, b); c++) {
        int64_t at = b * C + c;
        double x = each * loss_mean(batch->output + at, batch->K, BC);
        double d = x - unit * loss_target(batch, b, c);
        sum += d * d;
        for (int64_t k = 0; batch->gradient && k < batch->K; k++)
            batch->gradient[k * BC + at] = (real)(slope * d);
    }
    return sum;
}

double loss_mse(const loss_batch *batch)
{
    return loss_sum(batch, batch->B, one) / (double)(batch->counted * batch->C);
}

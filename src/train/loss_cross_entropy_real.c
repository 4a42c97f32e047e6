/* Cross entropy of a softmax, stable: with m = max x, S = sum exp(x_c - m), p_c = exp(x_c - m)/S,
 *     L = sum_c q_c (log S - (x_c - m)),     dL/dx_c = p_c sum q - q_c,
 * and x the mean of `terms` numbers times `scale`: each of them gets dL/dx scale/terms. Cost: three
 * walks over the numbers, no memory. */
#include "train/loss.h"

#include <math.h>

double loss_cross_entropy(const loss_batch *batch, int64_t b, int64_t at, int64_t terms,
                          double scale, double weight)
{
    int64_t C = batch->C, stride = batch->B * C;
    const real *x = batch->output + at;
    double top = -INFINITY, sum = 0, loss = 0, share = 0;
    for (int64_t c = 0; c < C; c++)
        top = fmax(top, scale * loss_mean(x + c, terms, stride));
    for (int64_t c = 0; c < C; c++)
        sum += exp(scale * loss_mean(x + c, terms, stride) - top);
    double log_sum = log(sum), e = batch->smoothing;
    for (int64_t c = 0; c < C; c++) {
        double q = (1 - e) * loss_target(batch, b, c) + e / (double)C;
        share += q;
        if (q != 0)
            loss += q * (log_sum - (scale * loss_mean(x + c, terms, stride) - top));
    }
    for (int64_t c = 0; batch->gradient && c < C; c++) {
        double q = (1 - e) * loss_target(batch, b, c) + e / (double)C;
        double p = exp(scale * loss_mean(x + c, terms, stride) - top) / sum;
        real g = (real)(weight * (p * share - q) * scale / (double)terms);
        for (int64_t k = 0; k < terms; k++)
            batch->gradient[at + k * stride + c] = g;
    }
    return isnan(sum) ? NAN : loss;
}

/* net/lags.c: weights of lags for programs that take a network apart. */
#include "op/lags.h"

#include <math.h>

fsnn_status fsnn_lags_weights(const fsnn_lags *lags, double delay, double *weight)
{
    double slope[LAGS_MOST + 1];
    FSNN_NEED(lags);
    FSNN_NEED(weight);
    if (lags->max < 1 || lags->max > LAGS_MOST || (unsigned)lags->kernel > FSNN_LAGS_GAUSSIAN ||
        (lags->kernel == FSNN_LAGS_GAUSSIAN && !(lags->sigma >= 0.05 && lags->sigma <= LAGS_MOST)))
        return fsnn_fail(FSNN_EARGUMENT,
                         "max %lld, sigma %g: a delay is made of 1 to %d lags, by a kernel linear "
                         "or gaussian, with sigma from 0.05 to %d steps",
                         (long long)lags->max, lags->sigma, LAGS_MOST, LAGS_MOST);
    if (!(delay >= 0 && delay <= (double)lags->max))
        return fsnn_fail(FSNN_EARGUMENT, "a delay of %g steps is not from 0 to max, which is %lld",
                         delay, (long long)lags->max);
    lags_weights(lags, delay, weight, slope);
    return FSNN_OK;
}

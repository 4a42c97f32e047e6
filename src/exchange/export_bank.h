/* exchange/export_bank.h: the memory of a fractional neuron as a sum of exponentials from its first
 * lag on. */
#ifndef FSNN_EXCHANGE_EXPORT_BANK_H
#define FSNN_EXCHANGE_EXPORT_BANK_H

#include "base/base.h"

enum { BANK_MODES = 256 };

/* w_l = [l is 1] first + sum_k weight[k] decay[k]^(l - 1), l = 1, 2, ... */
typedef struct bank {
    int modes;
    double decay[BANK_MODES], weight[BANK_MODES];
    double first;
    double error; /* sum of |w_l - what it should be| over the lags that were given */
} bank;

/* From weights w [lags] whose exponentials rate, weight [modes] hold for lags above `near`: others
 * that decay faster are added, by least squares, until the error is at most `tolerance` times the
 * sum of |w|, or as small as it gets. FSNN_EMEMORY. */
fsnn_status bank_fit(const double *w, int64_t lags, const double *rate, const double *weight,
                     int modes, int64_t near, double tolerance, bank *b);

#endif

/* frac/modes.h: the past in constant memory. Near lags are summed exactly, far ones by a sum of
 * exponentials ("modes").
 *
 * History rows and outputs are numbered from time 0: output o sums over rows r < o, lag o - r. They
 * are cut into blocks of SPAN, wherever a call begins or ends. An output of block b sees the rows
 * of blocks b - 1 and b exactly (lags up to 2 SPAN - 1) and all earlier ones by the state
 *
 *     S_k = sum_{r < (b-1) SPAN} e^(-s_k ((b-1) SPAN - 1 - r)) x_r,
 *     far part of output b SPAN + i:  sum_k weight_k e^(-s_k (SPAN + 1 + i)) S_k.
 *
 * so that a block costs two small matrix products; no lag is corrected, the exponentials give lags
 * from SPAN + 1 on. The transpose (rows receive from later outputs) has the same form in reversed
 * time, so backward runs the same functions on reversed rows. States are kept in blocks of time
 * because rounding takes nothing from slow modes that way: step by step they would lose their
 * digits (e^-s rounds to 1). Cost a neuron and step: 4 modes + 3 SPAN flops, and modes + 2 SPAN
 * numbers of memory, for any number of steps. */
#ifndef FSNN_FRAC_MODES_H
#define FSNN_FRAC_MODES_H

#include "base/real.h"
#include "frac/fit.h"
#include "frac/method.h"

#define FRAC_SPAN 24 /* two blocks of FRAC_BLOCK */

typedef struct frac_modes {
    frac_fit fit;
    int padded;     /* modes, up to a multiple of FRAC_BLOCK: rows of a state, at least one */
    int64_t stride; /* of `out`: outputs of a block and padding */
    real *decay;    /* [padded] e^(-s SPAN) - 1 */
    real *in;       /* [SPAN][padded] row j of a block enters with e^(-s (SPAN - 1 - j)) */
    real *out[2];   /* [padded][stride] of each sum: weight e^(-s (SPAN + 1 + i)) */
} frac_modes;

/* Finds modes for a method and its orders over lags up to `horizon`. Orders may move afterwards
 * (frac_modes_weigh), but not with `few`: as few modes as the order needs, where the method has
 * one sum. After an error the modes are those of before. */
fsnn_status frac_modes_make(frac_modes *m, const frac_method *method, const fsnn_order *order,
                            const frac_leak *leak, double h, double tolerance, int64_t horizon,
                            bool few);
/* `out` of all sums for the order as it is. */
fsnn_status frac_modes_weigh(frac_modes *m, const frac_method *method, const fsnn_order *order,
                             const frac_leak *leak, double h);
/* The derivative of `out` of sum s in parameter p of the order (frac/method.h), [padded][stride]:
 * fourth-order differences of the closed forms, exact to about 1e-11. */
fsnn_status frac_modes_derive(const frac_modes *m, const frac_method *method,
                              const fsnn_order *order, double h, int s, int p, real *dout);
/* Largest relative error of a weight and sum of |error| over all lags to the horizon, of sum s as
 * it is weighed. */
fsnn_status frac_modes_error(const frac_modes *m, const frac_method *method,
                             const fsnn_order *order, const frac_leak *leak, double h, int s,
                             double *error, double *sum);
void frac_modes_free(frac_modes *m);

typedef struct frac_modes_kernels {
    /* acc[i][lane] = sum_k out[k][i] S[k][lane], i = 0..outputs-1 (all FRAC_BLOCK are written where
     * outputs > 2). out points to the first output's column, S [padded][32]. */
    void (*recall)(const frac_modes *m, const real *out, const real *S, int64_t outputs, real *acc);
    /* S goes on by one block, whose rows first..last-1 are `rows` [last - first][32]; the others
     * are zero. */
    void (*absorb)(const frac_modes *m, const real *rows, int64_t first, int64_t last, real *S);
} frac_modes_kernels;

const frac_modes_kernels *frac_modes_kernels_get(void);

#endif

/* frac/memory.h: the weighted sum of the past, for 32 neurons at a time. This is the small interface through which the
 * neurons' scan sees the fractional room.
 *
 * A tile's history is [time][32], one row a step, oldest first. Sums run oldest first in one chain of multiply-adds for each
 * neuron, so that they give the same bits however time is cut into blocks and chunks. A causal convolution is a
 * lower-triangular Toeplitz matrix, and its transpose is the same one in reversed time: the backward scan
 * calls the same functions on a reversed history. */
#ifndef FSNN_FRAC_MEMORY_H
#define FSNN_FRAC_MEMORY_H

#include "base/base.h"
#include "frac/method.h"

#define FRAC_LANES 32 /* neurons in a tile */
#define FRAC_BLOCK 12 /* outputs that share one pass over the history */

typedef struct frac_kernels {
    /* acc[i][lane] = sum_{k<rows} w[rows-k+i] past[k][lane], i = 0..FRAC_BLOCK-1: what the rows before a block add to each
     * of its outputs. past [rows][32], acc [FRAC_BLOCK][32]; w[1 .. rows+FRAC_BLOCK-1] is read. */
    void (*far)(const float *w, const float *past, int64_t rows, float *acc);
    /* acc[lane] += sum_{k<rows} w[rows-k] past[k][lane]: one output, rows just before it. */
    void (*near)(const float *w, const float *past, int64_t rows, float *acc);
} frac_kernels;

const frac_kernels *frac_kernels_get(void);

/* The weights of one neuron layer, settled: single precision, trimmed to the lags that count, padded with zeros. */
typedef struct frac_memory {
    const frac_method *method;
    fsnn_order order;
    double h;
    int64_t limit;  /* most lags that may count: memory M leaves M-1; -1: no limit */
    int64_t keep;   /* states worth remembering from one call to the next; -1: all */
    int64_t window; /* lags with a weight, within `lags` */
    int64_t lags;   /* lags settled so far */
    float gain;
    float *w; /* [lags + FRAC_BLOCK + 1], w[j] for lag j */
    double *work;
    int64_t room;
} frac_memory;

/* `steps` is fsnn_dynamics.memory: 0 full, M >= 1 leaves M-1 lags. Integer methods need one lag whatever it says. */
void frac_memory_init(frac_memory *memory, const frac_method *method, const fsnn_order *order,
                      double h, int64_t steps);
/* Makes the weights of lags 1..n ready (again after `order` changed: pass renew). Allocates only when n grows. */
fsnn_status frac_memory_settle(frac_memory *memory, int64_t n, bool renew);
/* Derivative of the weights in parameter p (method.h): dw [lags + FRAC_BLOCK + 1], trimmed to `limit` like w. */
void frac_memory_derive(const frac_memory *memory, int p, float *dw, float *dgain);
void frac_memory_free(frac_memory *memory);

#endif

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
#define FRAC_PAD (FRAC_BLOCK + 1) /* zeros behind the last weight */

typedef struct frac_kernels {
    /* acc[i][lane] = sum_{k<rows} w[rows-k+i] past[k][lane], i = 0..FRAC_BLOCK-1: what the rows before a block add to each
     * of its outputs. past [rows][32], acc [FRAC_BLOCK][32]; w[1 .. rows+FRAC_BLOCK-1] is read. */
    void (*far)(const float *w, const float *past, int64_t rows, float *acc);
    /* acc[lane] += sum_{k<rows} w[rows-k] past[k][lane]: one output, rows just before it. */
    void (*near)(const float *w, const float *past, int64_t rows, float *acc);
} frac_kernels;

const frac_kernels *frac_kernels_get(void);

/* One weighted sum, settled: single precision, trimmed to the lags that count, padded with zeros. */
typedef struct frac_sum {
    float *w;     /* [room + FRAC_PAD], w[l] for lag l */
    float *start; /* [room + FRAC_PAD], start[n] of the first drive in output n; NULL: none */
    float gain;
    int64_t window; /* lags with a weight, of those settled */
} frac_sum;

/* The weights of one neuron layer. sum[0] leads to the new state; PECE has its predictor in sum[1]. */
typedef struct frac_memory {
    const frac_method *method;
    frac_scheme scheme; /* the method's, or its implicit variant */
    fsnn_order order;
    frac_leak leak;
    double h;
    int64_t limit; /* most lags that may count: memory M leaves M-1; -1: no limit */
    int64_t keep;  /* history rows worth remembering from one call to the next; -1: all */
    int64_t lags;  /* lags settled so far */
    int64_t room;
    int sums;
    frac_sum sum[2];
    double *work;
} frac_memory;

/* `steps` is fsnn_dynamics.memory: 0 full, M >= 1 leaves M-1 lags. Integer methods need one lag whatever it says. */
void frac_memory_init(frac_memory *memory, const frac_method *method, bool implicit,
                      const fsnn_order *order, double h, int64_t steps);
/* Makes the weights of lags 1..n ready (again after `order` or `leak` changed: pass renew). Allocates only when n grows. */
fsnn_status frac_memory_settle(frac_memory *memory, int64_t n, bool renew);
/* Numbers of the parameters of a memory: alpha of each term, coefficient of each term, tau where weights depend on it. */
int frac_memory_params(const frac_memory *memory);
/* Derivative of sum s in parameter p: dw and dstart [room + FRAC_PAD], trimmed like w. dstart may be NULL where there is none. */
void frac_memory_derive(const frac_memory *memory, int s, int p, float *dw, float *dstart, float *dgain);
void frac_memory_free(frac_memory *memory);

#endif

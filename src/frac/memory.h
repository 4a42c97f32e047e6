/* frac/memory.h: the weighted sum of the past, for 32 neurons at a time. This is the small
 * interface through which the neurons' scan sees the fractional room.
 *
 * A tile's history is [time][32], one row a step, oldest first. Sums run oldest first in one chain
 * of multiply-adds for each neuron, so that they give the same bits however time is cut into blocks
 * and chunks. A causal convolution is a lower-triangular Toeplitz matrix, and its transpose is the
 * same one in reversed time: the backward scan calls the same functions on a reversed history. */
#ifndef FSNN_FRAC_MEMORY_H
#define FSNN_FRAC_MEMORY_H

#include "base/base.h"
#include "base/rows.h"
#include "frac/method.h"
#include "frac/modes.h"

#define FRAC_BLOCK 12             /* outputs that share one pass over the history */
#define FRAC_PAD (FRAC_BLOCK + 1) /* zeros behind the last weight */

typedef struct frac_kernels {
    /* acc[i][lane] = sum_{k<rows} w[rows-k+i] past[k][lane], i = 0..FRAC_BLOCK-1: what the rows
     * before a block add to each of its outputs. past [rows][32], acc [FRAC_BLOCK][32]; w[1 ..
     * rows+FRAC_BLOCK-1] is read. */
    void (*far)(const real *w, const real *past, int64_t rows, real *acc);
    /* acc[lane] += sum_{k<rows} w[rows-k] past[k][lane]: one output, rows just before it. */
    void (*near)(const real *w, const real *past, int64_t rows, real *acc);
} frac_kernels;

const frac_kernels *frac_kernels_get(void);

/* What a layer remembers. */
typedef struct frac_keep {
    int64_t steps; /* 0: everything; M >= 1: a step sees M states, its own included */
    /* > 0: everything, far lags by exponentials with this relative error of a weight */
    double tolerance;
    int64_t horizon; /* lags that the tolerance holds for */
    bool few;        /* as few exponentials as the order needs, found anew where it moves */
} frac_keep;

/* One weighted sum, settled: rounded to real, trimmed to the lags that count, padded with zeros.
 */
typedef struct frac_sum {
    real *w;     /* [capacity + FRAC_PAD], w[l] for lag l */
    real *start; /* [start_capacity] of the first drive in output from + 1 + i; NULL: none */
    real gain;
    int64_t window; /* lags with a weight, of those settled */
} frac_sum;

/* The weights of one neuron layer. sum[0] leads to the new state; PECE has its predictor in sum[1].
 */
typedef struct frac_memory {
    const frac_method *method;
    frac_scheme scheme; /* the method's, or its implicit variant */
    fsnn_order order;
    frac_leak leak;
    double h;
    frac_keep what;
    bool compressed; /* far lags are in `modes` */
    /* how often nodes have been found for `modes`: with another number a state is void */
    int64_t fits;
    fsnn_order fitted_order; /* what `modes` are weighed for */
    frac_leak fitted_leak;
    frac_modes modes;
    int64_t limit; /* most lags that are summed one by one: memory M leaves M-1; -1: no limit */
    int64_t keep;  /* history rows worth remembering from one call to the next; -1: all */
    int64_t lags;  /* lags settled so far */
    int64_t capacity;
    int64_t from, starts, start_capacity; /* `start` covers outputs from + 1 .. from + starts */
    int sums;
    frac_sum sum[2];
    double *work;
} frac_memory;

/* Integer methods need one lag whatever `what` says, and so do orders that are and stay 1 where
 * weights end there. */
void frac_memory_init(frac_memory *memory, const frac_method *method, bool implicit,
                      const fsnn_order *order, double h, const frac_keep *what);
/* Makes the weights of lags 1..n ready (again after `order` or `leak` changed: pass renew).
 * Allocates only when n grows. FSNN_ENUMERIC when no exponentials do what is asked. */
fsnn_status frac_memory_settle(frac_memory *memory, int64_t n, bool renew);
/* Makes the weights of the first drive ready for outputs time + 1 .. time + K. Allocates only when
 * K grows. */
fsnn_status frac_memory_starts(frac_memory *memory, int64_t time, int64_t K);
/* Rows just before output o that are summed one by one; the earlier ones are in the modes, or
 * forgotten. */
static inline int64_t frac_memory_near(const frac_memory *memory, int64_t o)
{
    return memory->compressed && o >= FRAC_SPAN ? FRAC_SPAN + o % FRAC_SPAN : o;
}
/* Numbers of the parameters of a memory: alpha of each term, coefficient of each term, tau where
 * weights depend on it. */
int frac_memory_params(const frac_memory *memory);
/* Derivative of sum s in parameter p, as far as it is settled: dw [capacity + FRAC_PAD], trimmed
 * like w; dstart [starts] where the method has one; dout like frac_modes.out where there are
 * modes. */
fsnn_status frac_memory_derive(const frac_memory *memory, int s, int p, real *dw, real *dstart,
                               real *dout, real *dgain);
/* Multiply-adds of the sums over the past for output o, a neuron: one a lag that has a weight;
 * where the memory is compressed, two a mode for those behind. */
double frac_memory_cost(const frac_memory *memory, int64_t o);
void frac_memory_free(frac_memory *memory);

#endif

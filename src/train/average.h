/* train/average.h: an exponential average of the weights that learn (Polyak and Juditsky 1992, with
 * weights that decay): a <- d a + (1 - d) w after each step. */
#ifndef FSNN_TRAIN_AVERAGE_H
#define FSNN_TRAIN_AVERAGE_H

#include "base/base.h"
#include <fsnn/net.h>

typedef struct average {
    fsnn_net *net; /* NULL: nothing is averaged */
    double decay;
    void **value; /* [params] of the net, in its precision; NULL of those that do not learn */
    bool swapped; /* the net has the averages, and `value` the weights */
} average;

/* a <- d a + (1 - d) w of n numbers, one set an instruction set; all give the same bits. */
typedef struct average_kernels {
    void (*of_float)(float *a, const float *w, int64_t n, double d);
    void (*of_double)(double *a, const double *w, int64_t n, double d);
} average_kernels;

extern const average_kernels average_kernels_base, average_kernels_avx2, average_kernels_avx512;

/* Nothing where decay is 0. FSNN_EMEMORY; average_close is due after an error too. */
fsnn_status average_open(average *a, fsnn_net *net, double decay);
void average_close(average *a);
/* Bytes of one. */
int64_t average_bytes(const fsnn_net *net, double decay);
/* After a step. */
void average_step(average *a);
/* The net has the averages from now on, or its weights again; nothing where it is so already. */
fsnn_status average_show(average *a, bool averages);
/* Arrays "train.ema.NAME" of a state, while the net has its weights. */
fsnn_status average_save(const average *a, fsnn_arrays *out);
/* FSNN_ENOTFOUND, FSNN_ESHAPE, FSNN_EFORMAT: which array; nothing is changed then. */
fsnn_status average_load(average *a, const fsnn_arrays *in);

#endif

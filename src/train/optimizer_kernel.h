/* train/optimizer_kernel.h: the inner loops of the optimisers, one set an instruction set. */
#ifndef FSNN_TRAIN_OPTIMIZER_KERNEL_H
#define FSNN_TRAIN_OPTIMIZER_KERNEL_H

#include "base/real.h"

#include <stdbool.h>
#include <stdint.h>

/* Numbers of one step, prepared in double. */
typedef struct optimizer_step {
    real scale;        /* of the gradient: clipping */
    real rate;         /* sgd: lr; adam: lr / (1 - beta1^t) */
    real shrink;       /* adamw: 1 - lr weight_decay; else 1 */
    real decay;        /* sgd, adam: weight decay that adds to the gradient; else 0 */
    real momentum;     /* sgd */
    real beta1, beta2; /* adam */
    real rest1, rest2; /* 1 - beta */
    real root;         /* adam: 1 / sqrt(1 - beta2^t) */
    real eps;
    bool nesterov, zero; /* zero: clear the gradient on the way */
} optimizer_step;

typedef struct optimizer_range {
    real *value, *grad;
    real *first, *second; /* moments; NULL where there are none */
    int64_t count;
} optimizer_range;

typedef struct optimizer_kernels {
    double (*square)(const real *x, int64_t n); /* sum of squares */
    void (*sgd)(const optimizer_step *s, const optimizer_range *r);
    void (*adam)(const optimizer_step *s, const optimizer_range *r);
} optimizer_kernels;

const optimizer_kernels *optimizer_kernels_get(void);

#endif

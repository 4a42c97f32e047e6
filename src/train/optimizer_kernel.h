/* train/optimizer_kernel.h: the inner loops of the optimisers, one set an instruction set. */
#ifndef FSNN_TRAIN_OPTIMIZER_KERNEL_H
#define FSNN_TRAIN_OPTIMIZER_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#define OPTIMIZER_CHUNK 16384

/* Numbers of one step, prepared in double. */
typedef struct optimizer_step {
    float scale;        /* of the gradient: clipping */
    float rate;         /* sgd: lr; adam: lr / (1 - beta1^t) */
    float shrink;       /* adamw: 1 - lr weight_decay; else 1 */
    float decay;        /* sgd, adam: weight decay that adds to the gradient; else 0 */
    float momentum;     /* sgd */
    float beta1, beta2; /* adam */
    float rest1, rest2; /* 1 - beta */
    float root;         /* adam: 1 / sqrt(1 - beta2^t) */
    float eps;
    bool nesterov, zero; /* zero: clear the gradient on the way */
} optimizer_step;

typedef struct optimizer_range {
    float *value, *grad;
    float *first, *second; /* moments; NULL where there are none */
    int64_t count;
} optimizer_range;

typedef struct optimizer_kernels {
    double (*square)(const float *x, int64_t n); /* sum of squares */
    void (*sgd)(const optimizer_step *s, const optimizer_range *r);
    void (*adam)(const optimizer_step *s, const optimizer_range *r);
} optimizer_kernels;

const optimizer_kernels *optimizer_kernels_get(void);

#endif

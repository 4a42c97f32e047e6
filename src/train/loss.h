/* train/loss.h: what a loss is: a row of a table (loss_real.c) and a function in a file of its own,
 * compiled once a precision. */
#ifndef FSNN_TRAIN_LOSS_H
#define FSNN_TRAIN_LOSS_H

#include "base/base.h"
#include "base/real.h"
#include <fsnn/train.h>

/* One batch, checked. Exactly one of labels and target is given. */
typedef struct loss_batch {
    int64_t K, B, C;
    const real *output;    /* [K, B, C] */
    const int32_t *labels; /* [B] */
    const real *target;    /* [B, C] */
    real *gradient;        /* [K, B, C], or NULL */
    double smoothing, mix;
    double scale;    /* of the mean over the steps: 1, or K for what counts their sum */
    int64_t counted; /* samples whose label counts */
} loss_batch;

typedef struct loss_rule {
    const char *name;
    bool accepts_target, smooths, mixes, sums;  /* target, label_smoothing, mix; scale K */
    double (*compute)(const loss_batch *batch); /* the loss; writes the gradient */
} loss_rule;

extern const loss_rule loss_rules[FSNN_LOSSES];

double loss_ce(const loss_batch *batch);
double loss_mse(const loss_batch *batch);
double loss_tet(const loss_batch *batch);

/* r[b][c], the mean of the output over `terms` steps that lie `stride` numbers apart. */
static inline double loss_mean(const real *output, int64_t terms, int64_t stride)
{
    double sum = 0;
    for (int64_t k = 0; k < terms; k++)
        sum += output[k * stride];
    return sum / (double)terms;
}

/* Sample b has no label that counts. */
static inline bool loss_skips(const loss_batch *batch, int64_t b)
{
    return batch->labels && batch->labels[b] == FSNN_UNLABELLED;
}

/* What the loss wants of class c for sample b, before smoothing. */
static inline double loss_target(const loss_batch *batch, int64_t b, int64_t c)
{
    return batch->target ? batch->target[b * batch->C + c] : batch->labels[b] == c;
}

/* Cross entropy of the softmax of x_c, `scale` times the mean over `terms` steps (stride B*C) of
 * output + at (a row [C] of sample b). Where there is a gradient it is written to all the terms,
 * times `weight`. Returns the cross entropy without the weight. */
double loss_cross_entropy(const loss_batch *batch, int64_t b, int64_t at, int64_t terms,
                          double scale, double weight);

/* one(batch, 0) + ... + one(batch, count - 1), shared by the threads in a way that does not depend
 * on their number. */
double loss_sum(const loss_batch *batch, int64_t count,
                double (*one)(const loss_batch *batch, int64_t i));

/* The loss of a batch (fsnn_loss_compute), of output, target and gradient in this precision. */
fsnn_status loss_compute(const fsnn_loss *loss, int64_t K, int64_t B, int64_t C, const void *output,
                         const int32_t *labels, const void *target, void *gradient, double *value,
                         int64_t *correct);
/* The class with the largest r of sample b, the first of equals. */
int64_t loss_answer(int64_t K, int64_t B, int64_t C, const void *output, int64_t b);

#endif

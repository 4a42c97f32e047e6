/* train/loss.h: what a loss is: a row of a table (loss_real.c) and a function in a file of its own,
 * compiled once a precision.
 *
 * A loss is a mean over *items*: samples, or with the readout `each` steps of samples. An item has
 * an answer x_c for each class, which its *window* says: `scale` times the mean of the output over
 * `terms` steps from `first` on. What a loss says of an item's answers is all that differs between
 * losses; what a readout says of windows is all that differs between readouts
 * (loss_readout_real.c). */
#ifndef FSNN_TRAIN_LOSS_H
#define FSNN_TRAIN_LOSS_H

#include "base/real.h"
#include "train/loss_input.h"

/* One batch, checked. Exactly one of labels and target is given. */
typedef struct loss_batch {
    int64_t K, B, C;
    const real *output;    /* [K, B, C] */
    const int32_t *labels; /* [B], with `steps` [B, K] */
    const real *target;    /* [B, C], with `steps` [B, K, C] */
    bool steps;
    real *gradient;         /* [K, B, C], or NULL */
    const int64_t *lengths; /* [B] steps that count; NULL: all */
    fsnn_readout readout;
    double smoothing, mix, correct, incorrect;
    const double *weight; /* [C] of the classes, or NULL */
    int64_t items;   /* B, or K B where each step answers: item i is sample i % B at step i / B */
    int64_t counted; /* items that count */
    double total;    /* by which a mean divides: their number, or the sum of their weights */
} loss_batch;

typedef struct loss_rule {
    const char *name;
    fsnn_readout readout; /* AUTO: the user's */
    bool takes_values, smooths, mixes;
    loss_task task; /* of values */
    /* the loss; writes the gradient */
    double (*compute)(const loss_batch *batch);
} loss_rule;

extern const loss_rule loss_rules[FSNN_LOSSES];

double loss_ce(const loss_batch *batch);
double loss_mse(const loss_batch *batch);
double loss_tet(const loss_batch *batch);
double loss_bce(const loss_batch *batch);

/* One answer: of sample b, of readout `each` at step k. */
typedef struct loss_item {
    int64_t b, k;
} loss_item;

static inline loss_item loss_item_at(const loss_batch *batch, int64_t i)
{
    return (loss_item){i % batch->B, i / batch->B};
}

/* Steps of sample b that count. */
static inline int64_t loss_steps(const loss_batch *batch, int64_t b)
{
    return batch->lengths && batch->lengths[b] < batch->K ? batch->lengths[b] : batch->K;
}

/* The steps that answer for one class: x = scale * mean of the output over them. */
typedef struct loss_window {
    int64_t first, terms;
    double scale;
} loss_window;

/* loss_readout_real.c */
loss_window loss_look(const loss_batch *batch, loss_item item, int64_t c);

/* The mean of the output over `terms` steps that lie `stride` numbers apart. */
static inline double loss_mean(const real *output, int64_t terms, int64_t stride)
{
    double sum = 0;
    for (int64_t k = 0; k < terms; k++)
        sum += output[k * stride];
    return sum / (double)terms;
}

/* x_c of the item. */
static inline double loss_read(const loss_batch *batch, loss_item item, loss_window w, int64_t c)
{
    int64_t at = (w.first * batch->B + item.b) * batch->C + c;
    return w.scale * loss_mean(batch->output + at, w.terms, batch->B * batch->C);
}

/* The gradient of each step of the window, where there is one: dL/dx_c scale/terms. */
static inline void loss_give(const loss_batch *batch, loss_item item, loss_window w, int64_t c,
                             double gradient)
{
    int64_t stride = batch->B * batch->C, at = (w.first * batch->B + item.b) * batch->C + c;
    for (int64_t k = 0; batch->gradient && k < w.terms; k++)
        batch->gradient[at + k * stride] = (real)gradient;
}

static inline int32_t loss_label(const loss_batch *batch, loss_item item)
{
    return batch->labels[batch->steps ? item.b * batch->K + item.k : item.b];
}

/* The item has no label that counts, or stands behind the end of its sample. */
static inline bool loss_skips(const loss_batch *batch, loss_item item)
{
    if (item.k >= loss_steps(batch, item.b))
        return true;
    return batch->labels && loss_label(batch, item) == FSNN_UNLABELLED;
}

static inline double loss_class_weight(const loss_batch *batch, int64_t c)
{
    return batch->weight ? batch->weight[c] : 1;
}

/* Of an item with a label that of its class, of all others 1. */
static inline double loss_item_weight(const loss_batch *batch, loss_item item)
{
    return batch->labels ? loss_class_weight(batch, loss_label(batch, item)) : 1;
}

/* Of what class c adds to an item, where the loss is a sum over the classes. */
static inline double loss_part_weight(const loss_batch *batch, loss_item item, int64_t c)
{
    return batch->labels ? loss_item_weight(batch, item) : loss_class_weight(batch, c);
}

/* What the loss wants of class c, before smoothing: 1 or 0, or the value; of values a step the
 * same readout as that of the output. */
double loss_want(const loss_batch *batch, loss_item item, loss_window w, int64_t c);

/* Cross entropy of the softmax of the item's answers, targets times the weights of classes, with
 * the gradient, where there is one, times `weight`. Returns it without that weight. */
double loss_cross_entropy(const loss_batch *batch, loss_item item, double weight);

/* one(batch, item 0) + ... + one(batch, item count - 1), shared by the threads in a way that does
 * not depend on their number. */
double loss_sum(const loss_batch *batch, double (*one)(const loss_batch *batch, loss_item item));

/* The batch as the functions above take it. `gradient` is cleared where not all is written. */
fsnn_status loss_prepare(const fsnn_loss *loss, const loss_input *input, loss_batch *batch);

/* The loss of a batch (fsnn_loss_measure), in this precision. */
fsnn_status loss_compute(const fsnn_loss *loss, const loss_input *input, fsnn_measure *measure);
/* Calls `visit` for each answer that counts (loss_answers_real.c). FSNN_EMEMORY. */
fsnn_status loss_answers(const fsnn_loss *loss, const loss_input *input, loss_visit *visit,
                         void *user);

#endif

/* train/loss_input.h: what a loss is given, in either precision. */
#ifndef FSNN_TRAIN_LOSS_INPUT_H
#define FSNN_TRAIN_LOSS_INPUT_H

#include "base/base.h"
#include <fsnn/train.h>

/* One batch. Exactly one of labels and values is given; pointers that are void are to numbers of
 * the net's precision. */
typedef struct loss_input {
    int64_t K, B, C;
    const void *output;     /* [K, B, C] */
    const int32_t *labels;  /* [B], with `steps` [B, K] */
    const void *values;     /* [B, C], with `steps` [B, K, C] */
    bool steps;             /* a target for each step */
    void *gradient;         /* [K, B, C], or NULL */
    const int64_t *lengths; /* [B], or NULL */
} loss_input;

/* What is compared: the answers of a loss as an evaluation sees them, one after the other. */
typedef struct loss_answer {
    const double *x; /* [C] */
    int32_t label;   /* where there are labels */
    const double *y; /* [C] values in place of a label, or NULL */
} loss_answer;
typedef void loss_visit(const loss_answer *answer, void *user);

/* What a network learns, which decides by what it is judged. */
typedef enum loss_task {
    LOSS_CLASSES, /* one class of several, by labels or by shares */
    LOSS_LABELS,  /* several labels a sample, yes or no each */
    LOSS_VALUES,  /* numbers */
} loss_task;
loss_task loss_task_of(const fsnn_loss *loss, bool labels);

/* FSNN_EARGUMENT, with the key, for a target that the loss does not take, and for a number of
 * answers that it cannot compare. */
fsnn_status loss_check_target(const fsnn_loss *loss, int64_t classes, bool labels, bool steps);
/* Never AUTO. */
fsnn_readout loss_readout(const fsnn_loss *loss, bool steps);

#endif

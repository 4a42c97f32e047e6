/* train/evaluate.h: evaluation inside of a training. */
#ifndef FSNN_TRAIN_EVALUATE_H
#define FSNN_TRAIN_EVALUATE_H

#include "train/layers.h"

/* fsnn_evaluate without the table of confusions, leaving the net planned for evaluation. Breaks off
 * with FSNN_EINTERRUPTED when `*stop` is set (stop may be NULL). */
fsnn_status evaluate_quick(fsnn_net *net, fsnn_loader *loader, const fsnn_loss *loss,
                           volatile const int *stop, fsnn_evaluation *result);

#endif

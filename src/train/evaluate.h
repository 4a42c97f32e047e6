/* train/evaluate.h: evaluation inside of a training. */
#ifndef FSNN_TRAIN_EVALUATE_H
#define FSNN_TRAIN_EVALUATE_H

#include "train/layers.h"
#include <fsnn/integer.h>

/* fsnn_evaluate without the table of confusions, leaving the net planned for evaluation, and
 * without pairs. Of `training` loss and top_k count. Breaks off with FSNN_EINTERRUPTED when `*stop`
 * is set (stop may be NULL). Of ranks (NULL: alone) each has its share of the loader's batches
 * (data/loader.h), and all get the figures of all: the same as of one. */
fsnn_status evaluate_quick(fsnn_net *net, fsnn_loader *loader, const fsnn_training *training,
                           const fsnn_ranks *ranks, volatile const int *stop,
                           fsnn_evaluation *result);

/* fsnn_evaluate_epoch, where `integers` of the net give the answers (NULL: the net does), and
 * the net with weights as they are in these its rates and costs, that tells the samples that are
 * over, before its first batch (0) and after each. A non-zero return stops it:
 * FSNN_EINTERRUPTED, and `*result` has the figures of these samples, to be freed (nothing where
 * there are none). */
typedef int evaluate_progress(int64_t samples, void *user);
fsnn_status evaluate_watched(fsnn_net *net, fsnn_loader *loader, const fsnn_training *training,
                             int64_t epoch, const fsnn_integer *integers,
                             evaluate_progress *progress, void *user, fsnn_evaluation *result);

#endif

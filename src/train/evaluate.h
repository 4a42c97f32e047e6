/* train/evaluate.h: evaluation inside of a training. */
#ifndef FSNN_TRAIN_EVALUATE_H
#define FSNN_TRAIN_EVALUATE_H

#include "train/layers.h"
#include <fsnn/integer.h>

/* fsnn_evaluate without the table of confusions and without pairs, which leaves the net planned for
 * evaluation. Of `training` only loss and top_k count. Ends with FSNN_EINTERRUPTED when `*stop` is
 * set (stop may be NULL). Each rank (`ranks` NULL: alone) has its share of the loader's batches
 * (data/loader.h), and all get the figures of all, which are those of one process. */
fsnn_status evaluate_quick(fsnn_net *net, fsnn_loader *loader, const fsnn_training *training,
                           const fsnn_ranks *ranks, volatile const int *stop,
                           fsnn_evaluation *result);

/* fsnn_evaluate_epoch, which calls `progress` with the number of samples so far, before the first
 * batch (0) and after each. A non-zero return stops it: FSNN_EINTERRUPTED, and `*result` has the
 * figures of these samples, to be freed (nothing where there are none). Where there are `integers`
 * of the net, they give the answers; rates and costs are then those of the net with the weights
 * that the integers have. NULL: the net gives the answers. */
typedef int evaluate_progress(int64_t samples, void *user);
fsnn_status evaluate_watched(fsnn_net *net, fsnn_loader *loader, const fsnn_training *training,
                             int64_t epoch, const fsnn_integer *integers,
                             evaluate_progress *progress, void *user, fsnn_evaluation *result);

#endif

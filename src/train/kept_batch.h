/* train/kept_batch.h: a copy of a loader's batch, which outlives the next one. */
#ifndef FSNN_TRAIN_KEPT_BATCH_H
#define FSNN_TRAIN_KEPT_BATCH_H

#include "base/base.h"
#include <fsnn/data.h>

enum { KEPT_PARTS = 8 };

typedef struct kept_batch {
    fsnn_batch batch; /* points into `part` and to `spikes` */
    fsnn_spikes spikes;
    void *part[KEPT_PARTS];
    size_t bytes[KEPT_PARTS]; /* that there is room for */
} kept_batch;

/* `numbers` of a sample at one step. FSNN_EMEMORY. */
fsnn_status kept_batch_copy(kept_batch *k, const fsnn_batch *from, int64_t numbers);
void kept_batch_free(kept_batch *k);

#endif

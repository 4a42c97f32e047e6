/* data/mix.h: samples mixed with another of the set: mixup and CutMix. What is drawn is a function
 * of (seed, epoch, sample), whatever the batch. */
#ifndef FSNN_DATA_MIX_H
#define FSNN_DATA_MIX_H

#include "base/base.h"

#include <fsnn/data.h>

typedef struct mix {
    bool on;
    int64_t partner; /* sample of the set */
    double share;    /* of the sample itself, in 0..1; the rest is the partner's */
    bool cut;        /* a rectangle of the partner, else the weighted sum */
    int64_t x0, x1, y0, y1;
} mix;

bool mix_any(const fsnn_augment *augment);
/* For sample `index` of `count`, of W x H pixels (0: no pictures). */
mix mix_draw(const fsnn_augment *augment, int64_t count, int64_t W, int64_t H, uint64_t seed,
             int64_t epoch, int64_t index);
/* x [planes, H, W] or [size] becomes its mix with `partner`, of the same shape. */
void mix_apply(const mix *m, int64_t size, int64_t W, int64_t H, const float *partner, float *x);

#endif

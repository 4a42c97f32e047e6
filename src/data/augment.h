/* data/augment.h: changes of training samples. What happens to a sample is drawn once, for all its
 * frames, as a function of (seed, epoch, sample). Places are pixels of the frames: column x from 0
 * to W - 1, row y from 0 to H - 1. */
#ifndef FSNN_DATA_AUGMENT_H
#define FSNN_DATA_AUGMENT_H

#include "base/base.h"
#include "data/mix.h"

#include <fsnn/data.h>

/* What was drawn for a sample of W x H pixels. */
typedef struct augment_clip {
    int64_t W, H;
    bool flip, flip_vertical, flip_polarity;
    double dx, dy; /* pixels to the right, down; whole numbers but for a crop */
    /* what crop, scale, shear and rotation make of (x, y) from the middle, and back:
     * [xx, xy, yx, yy] */
    double to[4], from[4];
    int64_t cut_x, cut_y, cut; /* a square of cut x cut is taken out; 0: none */
    double drop, jitter;
    uint64_t seed, stream; /* of the numbers drawn for each event */
} augment_clip;

/* FSNN_EARGUMENT with a sentence when the options cannot work. */
fsnn_status augment_check(const fsnn_augment *augment);
bool augment_any(const fsnn_augment *augment);

augment_clip augment_draw(const fsnn_augment *augment, int64_t W, int64_t H, uint64_t seed,
                          int64_t epoch, int64_t sample);
/* Where a point goes; false when it leaves the picture or is cut out. */
bool augment_point(const augment_clip *clip, int *x, int *y);
/* Changes `planes` pictures [planes, H, W] in place; what comes in from outside is `fill`. `work`
 * [H, W]. */
void augment_pictures(const augment_clip *clip, int64_t planes, float fill, float *work, float *x);

/* ---- samples of a data set ---- */

typedef struct augmenter {
    fsnn_augment options;
    bool on;
    bool pictures, series; /* changes of these are asked for */
    int64_t planes, H, W;  /* of pictures; 0 else */
    int64_t T, C;          /* of series */
    float *work;           /* [H, W] */
    float *partner;        /* [size] where samples are mixed */
} augmenter;

/* FSNN_EARGUMENT when the samples of `data` cannot be changed so; augmenter_close is due after an
 * error too. */
fsnn_status augmenter_open(augmenter *a, const fsnn_augment *options, const fsnn_data *data);
/* Row `row` of the store, which is sample `index` of the set, as floats. */
fsnn_status augmenter_fetch(const augmenter *a, const fsnn_data *data, int64_t row, uint64_t seed,
                            int64_t epoch, int64_t index, float *x);
/* What that mixes sample `index` with, and how. */
mix augmenter_mix(const augmenter *a, const fsnn_data *data, uint64_t seed, int64_t epoch,
                  int64_t index);
void augmenter_close(augmenter *a);

#endif

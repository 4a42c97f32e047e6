/* train/schedule.h: the learning rate over the epochs. */
#ifndef FSNN_TRAIN_SCHEDULE_H
#define FSNN_TRAIN_SCHEDULE_H

#include "base/base.h"
#include <fsnn/train.h>

/* What a schedule remembers: only `plateau` does. Start from SCHEDULE_START. */
typedef struct schedule_state {
    double scale; /* product of the drops so far */
    double best;  /* lowest loss so far, but for improvements below the threshold */
    int64_t bad;  /* epochs since then, or since the last drop */
} schedule_state;

#define SCHEDULE_START ((schedule_state){.scale = 1, .best = INFINITY})

fsnn_status schedule_check(const fsnn_schedule *schedule);
/* The rate for the batch that follows `done` of `epochs` epochs (fractions too). */
double schedule_rate(const fsnn_schedule *schedule, const schedule_state *state, double lr,
                     double epochs, double done);
/* An epoch ended with this loss. */
void schedule_epoch(const fsnn_schedule *schedule, schedule_state *state, double loss);

#endif

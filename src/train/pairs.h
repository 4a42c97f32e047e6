/* train/pairs.h: some of the pairs of truth and answer of a regression, taken evenly however many
 * there are: every one, then every second, every fourth ... */
#ifndef FSNN_TRAIN_PAIRS_H
#define FSNN_TRAIN_PAIRS_H

#include "base/base.h"

enum { PAIRS_MOST = 4096 };

typedef struct pairs {
    float *truth, *answer; /* [PAIRS_MOST], or NULL: none is kept */
    int64_t count;         /* that are kept */
    int64_t seen, stride;
} pairs;

/* FSNN_EMEMORY. */
fsnn_status pairs_open(pairs *p);
void pairs_add(pairs *p, double truth, double answer);

#endif

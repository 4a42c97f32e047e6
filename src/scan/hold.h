/* scan/hold.h: bounds that potentials are held to by a penalty, in no precision.
 *
 * With v the potential of a step before its reset, the penalty of a neuron and step is
 *     h(v) = max(0, min - v)^2 + max(0, v - max)^2,
 * and v receives slope h'(v)/2 in backward, beside what the loss gives it. */
#ifndef FSNN_SCAN_HOLD_H
#define FSNN_SCAN_HOLD_H

#include <stdint.h>

enum { SCAN_HOLDS = 4 };

typedef struct scan_bound {
    double min, max, slope;
} scan_bound;

typedef struct scan_holds {
    scan_bound hold[SCAN_HOLDS];
    int count;
    const int64_t *steps; /* [B] steps of each sample that count, from the reset on; NULL: all */
} scan_holds;

#endif

/* scan/front.h: scans in single precision that have a twin (scan/twin.h). */
#ifndef FSNN_SCAN_FRONT_H
#define FSNN_SCAN_FRONT_H

#include "scan/scan.h"
#include "scan/twin.h"

/* Whether there are twins: in single precision, where the library has both. */
#if defined(FSNN_HAVE_DOUBLE) && !defined(FSNN_DOUBLE)
#define SCAN_FRONT 1
#else
#define SCAN_FRONT 0
#endif

/* Leaves the function with what the twin says, where there is one. */
#if SCAN_FRONT
#define FRONT_RETURN(s, call)                                                                      \
    do {                                                                                           \
        if ((s)->twin)                                                                             \
            return call;                                                                           \
    } while (0)

/* Whether the scan is to be a front. */
bool front_wanted(const scan *s);
fsnn_status front_plan(scan *s, int64_t K);
/* step -1: the whole call */
fsnn_status front_forward(scan *s, int64_t step, int64_t K, const float *I, float *spikes);
fsnn_status front_backward(scan *s, int64_t step, const float *I, const float *spikes,
                           const float *gspikes, const scan_grads *grads);
void front_reset(scan *s);
fsnn_status front_state_load(scan *s, bool whole, const void *bytes);
scan_stray front_first_stray(const scan *s);
#else
#define FRONT_RETURN(s, call) ((void)(s))
#endif

#endif

/* session/evaluate.h: an evaluation of several draws, and under disturbances. */
#ifndef FSNN_SESSION_EVALUATE_H
#define FSNN_SESSION_EVALUATE_H

#include "session/session.h"

/* What is evaluated, and how far it came. */
typedef struct assess {
    fsnn_session *s;
    const fsnn_assess_options *o;
    int part;
    int64_t done; /* passes over the data */
} assess;

/* Before each pass. FSNN_EINTERRUPTED: it was stopped. */
fsnn_status assess_go_on(assess *a);
/* Mean and standard deviation of x [n]. */
double assess_mean(const double *x, int64_t n, double *deviation);

/* session/draws.c: the undisturbed data. */
fsnn_status assess_draws(assess *a, fsnn_assessment *out);
/* session/disturbed.c: the data under each condition. */
fsnn_status assess_conditions(assess *a, fsnn_assessment *out);

#endif

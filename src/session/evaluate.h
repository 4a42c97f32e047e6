/* session/evaluate.h: an evaluation of several draws, and under disturbances. */
#ifndef FSNN_SESSION_EVALUATE_H
#define FSNN_SESSION_EVALUATE_H

#include "session/session.h"

/* What is evaluated, and how far it came. */
typedef struct assess {
    fsnn_session *s;
    const fsnn_assess_options *o;
    int part;
    int64_t samples, passes; /* of the part, and passes over it that are over */
} assess;

/* One pass: epoch `draw` of a loader. FSNN_EINTERRUPTED: it was stopped, *e is of the samples
 * before. */
fsnn_status assess_pass(assess *a, fsnn_net *net, fsnn_loader *loader, int64_t draw,
                        fsnn_evaluation *e);
/* Mean and standard deviation of x [n]. */
double assess_mean(const double *x, int64_t n, double *deviation);

/* session/draws.c: the undisturbed data. */
fsnn_status assess_draws(assess *a, fsnn_assessment *out);
/* session/disturbed.c: the data under each condition. */
fsnn_status assess_conditions(assess *a, fsnn_assessment *out);

#endif

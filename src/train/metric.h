/* train/metric.h: by what a network is judged: sums over the answers of an evaluation, and a table
 * of what is made of them. A metric is a row. */
#ifndef FSNN_TRAIN_METRIC_H
#define FSNN_TRAIN_METRIC_H

#include "train/loss_input.h"

/* Counts and sums over all answers, a place a class or value, as the task needs them. */
typedef struct metric_sums {
    loss_task task;
    int64_t C, k;    /* k of top_k */
    int64_t answers; /* that were added */
    int64_t in_top;  /* of them with their class among the k largest */
    /* [C] each. classes: truly of it, answered, both. labels: yes is true, yes is answered, both */
    int64_t *truth, *answered, *both;
    /* [C] each. values: mean of the truth, sums of squares of its deviations, of the errors, and of
     * their absolute values */
    double *mean, *spread, *squares, *absolute;
} metric_sums;

/* FSNN_EMEMORY; metric_close is due after an error too. */
fsnn_status metric_open(metric_sums *sums, loss_task task, int64_t C, int64_t k);
void metric_close(metric_sums *sums);
/* The class of an answer: the largest, the first of equals. */
int64_t metric_class(const double *x, int64_t C);
void metric_add(metric_sums *sums, const loss_answer *answer);
/* NaN for metrics of other tasks, for those of no answers, and for the loss. */
void metric_read(const metric_sums *sums, double value[FSNN_METRICS]);
/* Whether a metric judges this task. */
bool metric_judges(fsnn_metric metric, loss_task task);

#endif

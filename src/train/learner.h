/* train/learner.h: what runs a batch, or a shard of one: a net and what its loss needs. Learners of
 * one training run shards at the same time; the first has the training's own net, the others copies
 * that have its weights. */
#ifndef FSNN_TRAIN_LEARNER_H
#define FSNN_TRAIN_LEARNER_H

#include "base/error_key.h"
#include "train/kept_batch.h"
#include "train/pass.h"

/* What the loss says of a batch, or a shard of one. */
typedef struct lesson {
    double loss, norm;
    int64_t correct, counted;
} lesson;

typedef enum learner_stage {
    LEARNER_NEW,
    LEARNER_FORWARD,
    LEARNER_BACKWARD,
    LEARNER_DONE
} learner_stage;

typedef struct learner {
    fsnn_net *net;
    bool copy;      /* the net is the learner's */
    void *gradient; /* of the output, [capacity], in the net's precision */
    int64_t capacity;
    pass_input input;
    kept_batch kept;
    /* the batch that runs: */
    const fsnn_batch *batch;
    learner_stage stage;
    loss_input answers;
    lesson lesson;
    fsnn_status status;
    fsnn_error error; /* of a status that is an error */
} learner;

/* What all learners of a training have in common, for one batch. */
typedef struct learning {
    const fsnn_training *training;
    const fsnn_loss *loss;
    double done;      /* share of the training */
    int64_t together; /* samples of a batch whose shards are run together, or 0 */
    int64_t full;     /* targets of a shard that is full; 0: the batch is whole */
} learning;

/* With `copy`: on a copy of `net`. FSNN_EMEMORY; learner_close is due after an error too. */
fsnn_status learner_open(learner *w, fsnn_net *net, bool copy);
void learner_close(learner *w);
/* The batch to run, which stays until it has run. */
void learner_take(learner *w, const fsnn_batch *batch);
/* Forward, loss, backward, to the end (LEARNER_DONE) or to where the net waits for the sums of all
 * shards (net_waits); called again, with these, it goes on. Its status is in `w`. */
void learner_go(const learning *how, learner *w, const double *total);
/* Whether so many learners are done; else another rank has failed while they waited. */
bool learners_done(const learner *w, int count);
/* The weight of its shard among those that are full and in which every sample counts. */
double learner_weight(const learning *how, const learner *w);
/* The status, with its sentence the last error of this thread. */
fsnn_status learner_status(const learner *w);

#endif

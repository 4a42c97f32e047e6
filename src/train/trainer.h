/* train/trainer.h: a running training. */
#ifndef FSNN_TRAIN_TRAINER_H
#define FSNN_TRAIN_TRAINER_H

#include "train/average.h"
#include "train/giving.h"
#include "train/history.h"
#include "train/learner.h"
#include "train/plane.h"
#include "train/ranks.h"
#include "train/quantised.h"
#include "train/run.h"
#include "train/schedule.h"
#include "train/shards.h"
#include "train/together.h"

/* Where a training stands: all that a checkpoint keeps besides weights, moments and figures
 * (checkpoint.c has the table). */
typedef struct progress {
    int64_t epoch;                        /* epochs done */
    int64_t batches, samples, correct;    /* of the running epoch */
    double loss;                          /* sum over samples */
    double norm;                          /* sum over batches */
    double lr;                            /* of the last batch */
    double seconds;                       /* spent on its batches, waiting for them included */
    int64_t counter;                      /* forward calls of the net */
    int64_t epoch_batches, epoch_samples; /* of the loader */
    schedule_state schedule;
    double watched; /* early stop: the best figure so far, larger is better */
    int64_t bad;    /* epochs since then */
    int64_t rows;   /* epochs in the history */
    int64_t best;   /* row of the best epoch, -1: none yet */
} progress;

typedef struct trainer {
    fsnn_net *net;
    fsnn_loader *train, *test;
    const fsnn_train_options *options;
    fsnn_run *run; /* NULL: nothing is written */
    /* fingerprints of the data that it learns from and that are watched ("" none) */
    char data[FSNN_FINGERPRINT_SIZE], watched[FSNN_FINGERPRINT_SIZE];
    fsnn_optimizer *optimizer;
    fsnn_loss loss; /* that of the options, with the weights of classes */
    double *class_weight;
    average average;
    quantised quantised;
    layers layers;
    train_figures figures;
    double *rate;        /* [layers] of the running epoch, sums over samples */
    fsnn_metrics so_far; /* arrays for the figures that callbacks see */
    history history;
    progress at;
    bool values;               /* targets are no classes */
    double evaluation_seconds; /* of the last evaluation; 0: none yet */
    double mark;               /* when the last batch ended */
    bool wants;                /* this process wants to stop in this epoch */
    bool stop;                 /* one of the ranks wanted to, when the last batch was run */
    /* [learners]: the first has the net; the others run shards at the same time */
    learner *learner;
    int learners;
    int threads; /* of this process */
    together together;
    double weight; /* of the gradients that are added up for the next step */
    shards shards; /* where a batch has several: */
    double *said;  /* [shards][width] what each says of itself (trainer_shards.c) */
    double *own;   /* the same, of this rank's shards, and of all ranks: */
    double *told;
    giving giving;
    int64_t full; /* targets of one that is full */
} trainer;

/* The next batch of the epoch: forward, loss, backward, step. 1; 0: there is none; an error. */
int trainer_batch(trainer *t);
/* Its parts: what learners are told; the step, where the group of batches is complete, with
 * `weight` as the weight of its gradient; the figures. */
learning trainer_learning(const trainer *t);
fsnn_status trainer_step(trainer *t, double weight, lesson *l);
void trainer_count(trainer *t, const lesson *l);
/* Batches that wait for a step before the one that runs now. */
int64_t trainer_group(const trainer *t);

/* Learners, of which shards may want several. FSNN_EMEMORY. */
fsnn_status trainer_learners_open(trainer *t);
void trainer_learners_close(trainer *t);
/* Before the first batch of shards: the plan of the net. */
fsnn_status trainer_learners_begin(const trainer *t);
/* What follows is for all threads of the process, or for one, as a shard is run. */
void trainer_threads(const trainer *t, bool many);

/* Batches of shards. What they need; FSNN_EMEMORY. */
fsnn_status trainer_shards_open(trainer *t);
void trainer_shards_close(trainer *t);
/* Batches and samples of an epoch. */
void trainer_shards_epoch(const trainer *t, int64_t *batches, int64_t *samples);
/* The next batch of the epoch. */
fsnn_status trainer_shards_batch(trainer *t);
/* trainer_wave.c: shards `first` ... `last` - 1 of the next batch, which has `shards` in all, into
 * the tree; what each says of itself into own. */
fsnn_status trainer_run_shards(trainer *t, int64_t first, int64_t last, int64_t shards);
/* A shard was run: its row. */
void trainer_shard_says(const trainer *t, const learner *w, int64_t index);
/* Batches of the epoch whose gradients wait for a step, after the one that ran last; 0: it made
 * one. */
int64_t trainer_waiting(const trainer *t);
/* The figures of the running epoch so far, into `metrics`, which has its arrays. */
void trainer_metrics(const trainer *t, fsnn_metrics *metrics);

/* Each does nothing where there is no run. */
/* last.state.safetensors: with it all that was trained so far is safe. */
fsnn_status checkpoint_save(trainer *t);
/* The files that follow from the state: last.safetensors, metrics.csv and metrics.jsonl; and
 * `best`, where the state is that of the best epoch, best.safetensors before them. */
fsnn_status checkpoint_follow(trainer *t, bool best);
/* The fingerprints, where there is a run to keep them, or ranks that compare them. */
fsnn_status trainer_data_find(trainer *t);
/* To a state, and held against that of a state to go on from. */
fsnn_status trainer_data_save(const trainer *t, fsnn_arrays *out);
fsnn_status trainer_data_check(const trainer *t, const fsnn_arrays *in);
/* From last.state.safetensors; nothing is changed unless everything fits. */
fsnn_status checkpoint_load(trainer *t);
/* The same of the state at `path`, for a rank that has no run. */
fsnn_status checkpoint_load_other(trainer *t, const char *path);

/* trainer_ranks.c: whether the ranks are alike, and go on from one state: before the first batch.
 * FSNN_EARGUMENT (key ranks): what differs, of which rank. */
fsnn_status trainer_ranks_load(trainer *t);
fsnn_status trainer_ranks_compare(const trainer *t);

#endif

/* train/records.h: what the batches of an evaluation say, as numbers in a row, so that ranks can
 * tell each other and count all batches in their order, as one process would. */
#ifndef FSNN_TRAIN_RECORDS_H
#define FSNN_TRAIN_RECORDS_H

#include "train/layers.h"
#include "train/loss_input.h"
#include "train/ranks.h"

/* A batch: its loss, targets that count, steps times samples, what it is held against (labels, or
 * values [C]). */
typedef struct record {
    double loss, counted, steps;
    bool labels;
    int64_t C;
    int64_t answers; /* that follow it */
} record;

typedef struct records {
    double *own; /* [count] of this rank */
    int64_t count, capacity;
    int64_t begin;       /* of the batch that is being written */
    fsnn_status refused; /* memory that an answer did not get */
    /* of all ranks: [ranks][width]; where each is read */
    double *all;
    int64_t ranks, width, *at, batch, left;
} records;

void records_free(records *r);

/* A batch begins, with the rates of the layers; its answers (loss_visit); it ends. FSNN_EMEMORY. */
fsnn_status records_begin(records *r, const record *batch, const layers *l, const fsnn_net *net);
void records_answer(const loss_answer *answer, void *records);
fsnn_status records_end(const records *r);

/* Each rank has those of all, where batch i was that of rank i % count. */
fsnn_status records_share(records *r, const fsnn_ranks *ranks);
/* The next batch, with the rates [layers]; false: there is none. Its answers are read before the
 * next one. */
bool records_next(records *r, record *batch, int layers, const double **rate);
bool records_next_answer(records *r, const record *batch, loss_answer *answer);

#endif

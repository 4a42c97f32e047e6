/* train/figures.h: figures of an epoch besides those that every training has, each with a name:
 * terms of the loss ("term.quiet"), norms of the gradient by layer ("gradient.fc1"), parameters of
 * neurons that are learned ("lif1.tau"; of several numbers their mean, ".min" and ".max"). */
#ifndef FSNN_TRAIN_FIGURES_H
#define FSNN_TRAIN_FIGURES_H

#include "train/optimizer.h"

typedef struct train_figure {
    int kind;  /* figures.c has the table */
    int of;    /* the first penalty, the node, the parameter */
    int count; /* of penalties */
} train_figure;

typedef struct train_figures {
    int count;
    train_figure *list; /* [count] */
    char **name;        /* [count], owned, one block */
    double *sum; /* [count] of the running epoch: over batches, over steps of the optimiser */
} train_figures;

/* Of a net that has the penalties of the training's terms (terms.h). */
fsnn_status figures_open(train_figures *f, const fsnn_net *net, const fsnn_training *training);
void figures_close(train_figures *f);
/* After the backward of a batch; after a step, of the mean of gradients whose weights have this
 * sum. */
void figures_batch(train_figures *f, const fsnn_net *net);
void figures_step(train_figures *f, const fsnn_optimizer *optimizer, double weight);
/* Means over so many batches and steps, parameters as they are, into out [count]. */
void figures_read(const train_figures *f, const fsnn_net *net, int64_t batches, int64_t steps,
                  double *out);
/* Of a batch that has shards: what the backward of one says, into value [count], and the mean of
 * all. */
void figures_look(const train_figures *f, const fsnn_net *net, double *value);
void figures_batch_mean(train_figures *f, const double *value);
void figures_next_epoch(train_figures *f);
/* The running sums in a state; one without them, or of others, leaves 0. */
fsnn_status figures_save(const train_figures *f, fsnn_arrays *out);
void figures_load(train_figures *f, const fsnn_arrays *in);

#endif

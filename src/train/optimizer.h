/* train/optimizer.h: the inside of an optimiser. The learnable parameters are cut into chunks of at
 * most OPTIMIZER_CHUNK values, whatever the number of threads; a step is two walks over them: one
 * for the norm, one that reads gradient, moments and value and writes them back. */
#ifndef FSNN_TRAIN_OPTIMIZER_H
#define FSNN_TRAIN_OPTIMIZER_H

#include "base/base.h"
#include <fsnn/train.h>

#define OPTIMIZER_SLOTS 2
#define OPTIMIZER_CHUNK 16384

typedef struct optimizer_rule {
    const char *name;
    int slots;
    const char *slot[OPTIMIZER_SLOTS]; /* what each remembers of a parameter: "m" */
} optimizer_rule;

extern const optimizer_rule optimizer_rules[FSNN_OPTIMIZERS];

typedef struct optimizer_chunk {
    int param;            /* of the net */
    int64_t begin, count; /* within the parameter */
    int64_t slot;         /* where its moments begin */
    double rate;          /* factor on the learning rate (optimizer_rate) */
} optimizer_chunk;

struct fsnn_optimizer {
    fsnn_net *net; /* borrowed */
    fsnn_optimizer_options options;
    const optimizer_rule *rule;
    fsnn_precision precision;    /* of the net, when it was made */
    int64_t steps;               /* taken so far */
    void *slot[OPTIMIZER_SLOTS]; /* [total] each, NULL where the rule needs none */
    int64_t total;
    optimizer_chunk *chunk;
    double *square; /* [chunks]: sums of squares of the gradient */
    int64_t chunks;
    bool neuron; /* neuron parameters are among them */
    int threads; /* that its walks take; 0: those of the calling thread */
};

/* A step: of an optimiser, with a learning rate and a factor on the gradient; zero: the gradients
 * are cleared on the way. */
typedef struct optimizer_walk {
    const fsnn_optimizer *o;
    double lr, scale;
    bool zero;
} optimizer_walk;

/* Of a chunk, in the precision of the file that includes this (optimizer_step_real.c): the sum of
 * squares of its gradient; its step. */
double optimizer_square(const fsnn_optimizer *o, const optimizer_chunk *chunk);
void optimizer_step_chunk(const optimizer_walk *walk, const optimizer_chunk *chunk);

fsnn_status optimizer_check(const fsnn_optimizer_options *options);
/* optimizer_rules.c: whether the rules fit the net: FSNN_EARGUMENT. */
fsnn_status optimizer_check_rules(const fsnn_net *net, const fsnn_optimizer_options *options);
/* Whether a name is one of the pattern's: `*` any letters, `?` one. */
bool optimizer_pattern_fits(const char *pattern, const char *name);
/* The factor on the learning rate of a parameter; 0: it does not learn. */
double optimizer_rate(const fsnn_optimizer_options *options, const fsnn_param *param);
/* Gradients of parameters that rules keep from learning become 0: nobody else clears them. */
void optimizer_clear_fixed(const fsnn_net *net, const fsnn_optimizer_options *options);
/* What an optimiser of these options remembers, in bytes. */
int64_t optimizer_bytes(const fsnn_net *net, const fsnn_optimizer_options *options);
/* fsnn_optimizer_step of the mean of gradients that were added up with weights whose sum is
 * `weight`; leaves the gradients zero, in the same walk: saves fsnn_net_zero_grad its own. */
fsnn_status optimizer_step_and_zero(fsnn_optimizer *optimizer, double lr, double clip,
                                    double weight, double *norm);

#endif

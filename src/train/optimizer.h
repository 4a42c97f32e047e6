/* train/optimizer.h: the inside of an optimiser. The learnable parameters are cut into chunks of at
 * most OPTIMIZER_CHUNK values, whatever the number of threads; a step is two walks over them: one
 * for the norm, one that reads gradient, moments and value and writes them back. */
#ifndef FSNN_TRAIN_OPTIMIZER_H
#define FSNN_TRAIN_OPTIMIZER_H

#include "base/base.h"
#include "train/optimizer_kernel.h"
#include <fsnn/train.h>

#define OPTIMIZER_SLOTS 2

typedef struct optimizer_rule {
    const char *name;
    int slots;
    const char *slot[OPTIMIZER_SLOTS]; /* what each remembers of a parameter: "m" */
    void (*kernel)(const optimizer_kernels *k, const optimizer_step *s, const optimizer_range *r);
} optimizer_rule;

extern const optimizer_rule optimizer_rules[FSNN_OPTIMIZERS];

typedef struct optimizer_chunk {
    int param;            /* of the net */
    int64_t begin, count; /* within the parameter */
    int64_t slot;         /* where its moments begin */
} optimizer_chunk;

struct fsnn_optimizer {
    fsnn_net *net; /* borrowed */
    fsnn_optimizer_options options;
    const optimizer_rule *rule;
    const optimizer_kernels *kernels;
    int64_t steps;                /* taken so far */
    float *slot[OPTIMIZER_SLOTS]; /* [total] each, NULL where the rule needs none */
    int64_t total;
    optimizer_chunk *chunk;
    double *square; /* [chunks]: sums of squares of the gradient */
    int64_t chunks;
    bool neuron; /* neuron parameters are among them */
};

fsnn_status optimizer_check(const fsnn_optimizer_options *options);
/* What an optimiser of these options remembers, as floats of all learned parameters. */
int64_t optimizer_bytes(const fsnn_net *net, const fsnn_optimizer_options *options);
/* fsnn_optimizer_step that leaves the gradients zero, in the same walk: saves fsnn_net_zero_grad
 * its own. */
fsnn_status optimizer_step_and_zero(fsnn_optimizer *optimizer, double lr, double clip,
                                    double *norm);

#endif

/* op/lags.h: what operators with learned delays have in common: the steps that they look back to,
 * and the weights of lags.
 *
 * A delay d, any number from 0 to the longest lag L, is a sum over whole lags, y_k = sum over j of
 * w_j(d) x_{k-j}, whose weights follow d smoothly:
 *
 *   linear     w_j = max(0, 1 - |j - d|)                     the two lags beside d
 *   gaussian   w_j = exp(-(j - d)^2 / (2 sigma^2)) / sum     Hammouamri et al. 2024 (DCLS)
 *
 * so that d has a gradient, that of this sum. Where linear has a corner, at whole d, the slope is
 * that of d a little longer, at L that of d a little shorter. */
#ifndef FSNN_OP_LAGS_H
#define FSNN_OP_LAGS_H

#include "op/check.h"
#include "op/memory.h"

#define LAGS_MOST 1024

/* The beginning of the state of an operator that uses lags_memory. */
typedef struct lags {
    int64_t most;       /* L */
    int64_t row;        /* numbers of a step: those of all samples */
    real *past, *later; /* [L, row]: the inputs before, oldest first; gradients that later calls
                         * have left for the last L inputs */
    size_t bytes;       /* of each */
} lags;

extern const op_memory lags_memory;

/* The options, of either operator. */
fsnn_status lags_check(const op_node *node, const fsnn_lags *o);
/* A parameter "delay" as the options have it begin. */
op_param lags_param(const fsnn_lags *o, fsnn_shape shape);
/* Delays that were written are finite; what is not from 0 to L becomes the nearest end. */
fsnn_status lags_changed(const op_node *node, const fsnn_lags *o, int param, real *value);
/* w [L + 1] of a delay, and their derivatives dw by it. */
void lags_weights(const fsnn_lags *o, double delay, double *w, double *dw);

/* Room for the past of B samples; it stays where they are as many as before. */
fsnn_status lags_plan(op_node *node, lags *l, int64_t most);
void lags_free(lags *l);
/* Numbers of x with the steps before it. */
static inline int64_t lags_count(const op_node *node, const lags *l)
{
    return (l->most + node->K) * l->row;
}
/* with [L + K, row] = the past, then x; the past becomes the last L steps of it. */
void lags_extend(op_node *node, lags *l, const real *x, real *with);
/* The same backwards: gwith begins as what later calls have left; when all has been added to it,
 * its first L steps are left for calls before, and gx is the rest. */
void lags_open_back(op_node *node, const lags *l, real *gwith);
void lags_close_back(op_node *node, lags *l, const real *gwith, real *gx);

/* ---- keys ---- */
extern const char *const lags_kernels[], *const lags_inits[];
/* The rows of `member`, an fsnn_lags inside `struct_`. */
#define LAGS_KEYS(struct_, member)                                                                 \
    {.name = "max",                                                                                \
     .type = FSNN_KEY_INT,                                                                         \
     .offset = offsetof(struct_, member.max),                                                      \
     .min = 1,                                                                                     \
     .max = LAGS_MOST,                                                                             \
     .required = true,                                                                             \
     .help = "the longest delay, in steps; learned delays stay from 0 to this"},                   \
        {.name = "init",                                                                           \
         .type = FSNN_KEY_ENUM,                                                                    \
         .offset = offsetof(struct_, member.init),                                                 \
         .names = lags_inits,                                                                      \
         .help = "delays begin drawn evenly from 0 to max, or all at `steps`"},                    \
        {.name = "steps",                                                                          \
         .type = FSNN_KEY_REAL,                                                                    \
         .offset = offsetof(struct_, member.steps),                                                \
         .min = 0,                                                                                 \
         .max = LAGS_MOST,                                                                         \
         .with = "init",                                                                           \
         .when = 1u << FSNN_LAGS_CONSTANT,                                                         \
         .help = "where delays begin, in steps; need not be whole"},                               \
        {.name = "kernel",                                                                         \
         .type = FSNN_KEY_ENUM,                                                                    \
         .offset = offsetof(struct_, member.kernel),                                               \
         .names = lags_kernels,                                                                    \
         .help =                                                                                   \
             "weights of the whole lags that a delay is made of: linear between the two beside "   \
             "it, or a normalised gaussian over all"},                                             \
        {.name = "sigma",                                                                          \
         .type = FSNN_KEY_REAL,                                                                    \
         .offset = offsetof(struct_, member.sigma),                                                \
         .min = 0.05,                                                                              \
         .max = LAGS_MOST,                                                                         \
         .with = "kernel",                                                                         \
         .when = 1u << FSNN_LAGS_GAUSSIAN,                                                         \
         .help = "standard deviation of the gaussian, in steps"},                                  \
    {                                                                                              \
        .name = "learn", .type = FSNN_KEY_BOOL, .offset = offsetof(struct_, member.learn),         \
        .help = "learn the delays"                                                                 \
    }

#endif

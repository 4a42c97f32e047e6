/* integer/integer.h: a network in integers (docs/fixed-point.md): what it is made of.
 *
 * A program has a step for each of the lowered network's. What a step computes is a form: a
 * function in run_kernel.c, which calls the same C as `fsnn export-c` prints (parts/, text in
 * C99 that stands alone). All that a step remembers, and all values, lie in one state of 32-bit
 * numbers, so that many samples run at once, each with a state of its own. */
#ifndef FSNN_INTEGER_INSIDE_H
#define FSNN_INTEGER_INSIDE_H

#include "base/base.h"
#include "frac/memory.h"
#include "integer/types.h"
#include "net/net.h"
#include <fsnn/integer.h>

/* Numbers X stand for X 2^-fraction, |X| <= bound. */
typedef struct integer_value {
    int fraction;
    double bound; /* a whole number, at most 2^30 */
} integer_value;

typedef enum integer_form {
    INTEGER_VIEW, /* nothing to do */
    INTEGER_LINEAR,
    INTEGER_CONV,
    INTEGER_DEPTHWISE,
    INTEGER_POOL,
    INTEGER_VOTING,
    INTEGER_AFFINE,
    INTEGER_MOVE,
    INTEGER_ADD,
    INTEGER_TURN,
    INTEGER_DELAY,
    INTEGER_PUT,
    INTEGER_NEURON,
    INTEGER_FORMS
} integer_form;

/* What a layer of weights multiplies its sums with, before it is rounded: channel c gives
 * gain sum + offset, |sum| <= reach times the input's bound. */
typedef struct integer_gains {
    double *gain, *offset, *reach; /* [channels] */
} integer_gains;

typedef struct integer_step {
    integer_form form;
    const char *name;
    int inputs, in[OP_MAX_IN], out;        /* values */
    int64_t in_at[OP_MAX_IN], out_at;      /* in the state */
    int64_t numbers;                       /* of the output */
    bool still;                            /* follows from the input of the step alone */
    int32_t down[OP_MAX_IN];               /* bits that inputs lose */
    int64_t rows, width[OP_MAX_IN], whole; /* rows of linear layers; strips of moves */
    int64_t columns;                       /* of a turn */
    /* weights, and what is made of their sums, which is of channel i / stride % channels */
    int64_t input_numbers, outputs, weights, channels, stride;
    int8_t *weight;
    integer_gains gains;
    net_factors factors;
    net_window window;
    int pool; /* parts/integer_pool.part */
    int64_t voters, more;
    /* delays: lags, and where their past is and its next row */
    uint32_t *lag;
    int64_t depth, same;
    int64_t past, at;
    /* neurons */
    net_memory memory;
    net_rule neuron;
    net_equation *equation; /* NULL: the rule is all; else rows counts its constants */
    int64_t modes, wait;
    int fraction;        /* of its potentials */
    double reach, error; /* bound of |u|; of the error of far sums by rounding, units */
    double gain;         /* of its drive */
    double inverted;     /* largest relative error of a far weight that was found here; 0: none */
    bool proven;         /* the bound is */
} integer_step;

struct fsnn_integer {
    const fsnn_net *net; /* while it is made */
    fsnn_integer_options options;
    integer_value *value; /* [values] */
    int *root;            /* [values] whose memory a value is, with what is folded */
    int64_t *place;       /* [values] of roots in a state */
    integer_step *step;   /* [steps] */
    int values, steps;
    int64_t numbers; /* of a state */
    fsnn_shape out;
    int in_value, out_value;
    int64_t in_numbers, out_numbers;
    bool out_last; /* the output lies channels-last */
    int in_fraction;
    int32_t in_most;
    /* the last memory that was inverted, while it is made: layers often have the same */
    const struct frac_memory *inverted;
    struct integer_inverse *inverse;
    void **owned;
    int64_t owned_count, owned_capacity;
};

/* Zeroed memory that the program owns; NULL: none left. */
void *integer_alloc(fsnn_integer *p, size_t bytes);
/* `count` numbers of a state; where they begin. */
int64_t integer_state(fsnn_integer *p, int64_t count);
/* FSNN_EUNSUPPORTED: `kind "name" has no integers: ` and the sentence. */
fsnn_status integer_refuse(const net_step *s, const char *format, ...) FSNN_PRINTF(2, 3);
/* The largest fraction, at most 30, with which `bound` is at most 2^30; its value. */
int integer_fraction(double bound);
integer_value integer_value_of(double bound, int fraction);
/* The bound of what its numbers stand for. */
double integer_real_bound(const integer_value *v);
/* What a step reads. */
const integer_value *integer_in(const fsnn_integer *p, const net_step *s, int k);
/* What it gives. */
void integer_give(fsnn_integer *p, const net_step *s, integer_value value);
/* Values of parameter q of a node. */
const float *integer_param(const fsnn_integer *p, const net_step *s, int q);
/* round(x 2^fraction), halves to even, within 32 bits. */
int32_t integer_number(double x, int fraction);

/* A kind of step: fills t. */
typedef fsnn_status integer_make_fn(fsnn_integer *p, const net_step *s, integer_step *t);
integer_make_fn integer_make_linear, integer_make_conv, integer_make_pool, integer_make_voting,
    integer_make_norm, integer_make_scale, integer_make_view, integer_make_copy, integer_make_turn,
    integer_make_add, integer_make_concat, integer_make_delay, integer_make_put,
    integer_make_neuron;
/* The function of a step; NULL: its kind has no integers. */
integer_make_fn *integer_kind_of(const net_step *s);
/* Names of the kinds, for a sentence: "linear, conv1d ..." into text. */
void integer_kinds_text(char *text, size_t bytes);

/* ---- pieces ---- */

/* Room for gains of `channels`. */
fsnn_status integer_gains_make(fsnn_integer *p, integer_step *t, int64_t channels);
/* Gains become factors and the value that the step gives; its input loses bits where sums need
 * it. */
fsnn_status integer_gains_settle(fsnn_integer *p, const net_step *s, integer_step *t);
/* Weights [channels][inputs] become integers with a scale a channel: t->weight, where weight `i` of
 * channel c goes to i * channels + c, and gains. */
fsnn_status integer_weigh(fsnn_integer *p, integer_step *t, const float *weight, const float *bias);
/* Rows of the ring that the C has of a memory, in single precision and in integers. */
int64_t integer_memory_rows(const frac_memory *m);
typedef struct integer_past integer_past; /* integer/past.h */
fsnn_status integer_memory_make(fsnn_integer *p, const net_step *s, const integer_past *past,
                                integer_step *t);
/* The weight of a lag, 1 ... m->lags; of others 0. */
double integer_memory_weight(const net_memory *m, uint32_t lag);
/* t->equation of a layer whose fraction, gain and memory are known. */
fsnn_status integer_equation_make(fsnn_integer *p, const net_step *s, integer_step *t);
/* The largest sum of |coefficients| over the past, with c taken from the first lag's. */
double integer_memory_sum(const integer_step *t, double c);

#endif

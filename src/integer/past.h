/* integer/past.h: the sum over the past of a layer, before its numbers become whole: with a history
 * of states,
 *
 *     u_{n+1} = sum_l w_l u_{n+1-l} + gain f,     f = I/tau - [leaky] v/tau - what a spike takes
 *
 *   past.c      of any method: as it is, or inverted; the slope of implicit and exact schemes
 *   inverse.c   the inverse of a sequence of weights, and exponentials for its far part
 *   memory.c    the whole numbers */
#ifndef FSNN_INTEGER_PAST_H
#define FSNN_INTEGER_PAST_H

#include "frac/memory.h"
#include "integer/integer.h"

/* How the drive falls with v. */
typedef struct integer_slope {
    bool own;         /* it is an equation's */
    bool leaky, same; /* same: rate is that of all neurons */
    double rate;      /* 1/tau */
} integer_slope;

struct integer_past {
    double gain;
    double *w;          /* [lags + 1], w[l] of lag l */
    int64_t lags, rows; /* rows of the history */
    bool blocks;        /* far lags are exponentials */
    int modes;
    double rate[FRAC_MODES]; /* decays by e^-rate a step */
    double *out;             /* [modes][FRAC_SPAN] to step i of a block */
    double error; /* largest relative error of an exponential weight that was found here */
};

/* FSNN_EUNSUPPORTED, FSNN_ENUMERIC, FSNN_EMEMORY. */
fsnn_status integer_past_make(fsnn_integer *p, const net_step *s, const frac_memory *m,
                              const integer_slope *slope, integer_past *past);

/* u = gain x * (1, kappa_1, kappa_2, ...) is  u_{n+1} = sum_l b_l u_{n+1-l} + gain x_n. */
typedef struct integer_inverse {
    int64_t lags;            /* what is beyond is nothing in whole numbers, or beyond the horizon */
    double b[2 * FRAC_SPAN]; /* of the first lags; 0 where there are none */
    frac_fit fit;            /* of the lags from FRAC_SPAN + 1; no modes: they are nothing */
} integer_inverse;

/* FSNN_ENUMERIC: no exponentials do what the memory asks for; FSNN_EMEMORY. */
fsnn_status integer_inverse_make(const frac_memory *m, integer_inverse *inverse);

#endif

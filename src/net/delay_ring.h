/* net/delay_ring.h: the past that a delay holds, as many steps as its longest lag, and, backward,
 * the gradients that later steps left for earlier ones.
 *
 * Both are rings of steps. Forward goes around `past` from the oldest step on. Backward goes around
 * `later` in the other direction: the step at hand takes what was left for it, then leaves its
 * gradient for the step a lag before. Neither ring knows time, so a run may be cut anywhere. Cost:
 * a copy or two of a step. */
#ifndef FSNN_NET_DELAY_RING_H
#define FSNN_NET_DELAY_RING_H

#include "base/real.h"
#include <fsnn/status.h>

#include <stddef.h>
#include <stdint.h>

typedef struct delay_ring {
    int64_t depth;       /* the longest lag, at least 1 */
    int64_t lag;         /* of all numbers; 0: none, the step itself */
    const int64_t *each; /* [count] in place of lag, as the numbers lie; NULL: all have one lag */
    int64_t numbers, count; /* of a step; of a sample of it */
    real *past, *later;     /* [depth][numbers] */
    size_t bytes;           /* of each */
    int64_t next;           /* of past: the oldest, where the next step goes */
    int64_t end;            /* of later: where the step behind the one at hand was */
} delay_ring;

/* Room for steps of `samples` times `count` numbers; what was there is lost where they grow. */
fsnn_status delay_ring_plan(delay_ring *r, int64_t samples, int64_t count);
void delay_ring_free(delay_ring *r);
size_t delay_ring_bytes(const delay_ring *r); /* of the past */
void delay_ring_reset(delay_ring *r);         /* the past becomes zeros */
void delay_ring_forget(delay_ring *r);        /* no later step has left anything */
void delay_ring_save(const delay_ring *r, void *to);
void delay_ring_load(delay_ring *r, const void *from);

/* The output of the step at hand; `in`, its input, is read where there is no lag. Before put. */
void delay_ring_read(const delay_ring *r, const real *in, real *out);
/* The step at hand becomes past. */
void delay_ring_put(delay_ring *r, const real *in);
/* The gradient of the input of the step at hand; gout, that of its output, is read where there is
 * no lag (NULL: there is none such). Before leave. */
void delay_ring_take(const delay_ring *r, const real *gout, real *gin);
/* Its output's gradient is left for steps before; the step before is at hand then. */
void delay_ring_leave(delay_ring *r, const real *gout);

#endif

/* op/conv_choice.h: whether a convolution is quicker event by event (op/conv_events.h) or by the
 * dense kernels: a look at some of the input, and what either way costs, from measurements. */
#ifndef FSNN_OP_CONV_CHOICE_H
#define FSNN_OP_CONV_CHOICE_H

#include "op/conv_events.h"

/* What the environment variable FSNN_CONVOLUTION asks for: "dense" or "events" whatever the input,
 * for measurements and comparisons; by the input where it says nothing or something else. */
typedef enum conv_wish { CONV_BY_INPUT, CONV_DENSE, CONV_EVENTS } conv_wish;
conv_wish conv_wished(void);

typedef enum conv_way { CONV_FORWARD, CONV_WEIGHTS } conv_way;

/* How full an input is: shares, in [0, 1]. */
typedef struct conv_density {
    double events; /* of numbers that are not 0 */
    double pixels; /* of pixels with such a number */
} conv_density;

/* From a sample of lines of x [rows, H, W, C] that depends on the sizes only. */
conv_density conv_look(const conv_events *plan, const real *x);
/* Time of the way event by event over that of the dense kernels, as the model has it. */
double conv_ratio(const conv_events *plan, conv_way way, conv_density density);
/* Whether it is clearly quicker at this density. */
bool conv_quicker(const conv_events *plan, conv_way way, conv_density density);
/* Whether there is a density at which it would be, in a call that is long enough for a look. */
bool conv_worth_look(const conv_events *plan, conv_way way);

#endif

/* tests/double.h: the same net in double precision, after a test has looked at it in single. */
#ifndef TESTS_DOUBLE_H
#define TESTS_DOUBLE_H

#include "check.h"
#include "net/net.h"

#include <fsnn/fsnn.h>

/* The dynamics and plan of the last wrap, in double precision; parameters keep their values. */
static inline void wrap_double(fsnn_net *net)
{
    fsnn_dynamics d = net->dynamics;
    fsnn_plan plan = net->plan;
    fsnn_order *order = malloc((size_t)(net->layers + 1) * sizeof *order);
    memcpy(order, net->order, (size_t)net->layers * sizeof *order);
    d.order = order;
    d.orders = net->layers;
    d.precision = FSNN_PRECISION_DOUBLE;
    GOOD(fsnn_net_wrap(net, &d, &plan));
    assert_int_equal(fsnn_net_precision(net), FSNN_PRECISION_DOUBLE);
    free(order);
}

static inline double *widened(const float *x, int64_t count)
{
    double *wide = malloc((size_t)(count + 1) * sizeof *wide);
    for (int64_t i = 0; i < count; i++)
        wide[i] = (double)x[i];
    return wide;
}

/* The gradient check of the net in double precision: an error that single precision hides in its
 * rounding shows here. */
static inline void gradcheck_double(fsnn_net *net, const float *x, int directions)
{
#ifndef FSNN_HAVE_DOUBLE
    (void)net, (void)x, (void)directions;
    return;
#endif
    double worst = INFINITY;
    const char *where = "";
    wrap_double(net);
    int64_t steps = net->plan.still ? 1 : net->plan.steps;
    double *wide = widened(x, steps * net->plan.batch * fsnn_shape_count(&net->input_shape));
    GOOD(fsnn_net_gradcheck_double(net, wide, directions, &worst, &where));
    if (!(worst < 1e-7))
        fail_msg("in double precision: %.2e at %s", worst, where);
    free(wide);
}

#endif

/* Gradient check: along random directions d, backward's <g, d> against central differences of
 * forward with one step of Richardson extrapolation, (4 D(e) - D(2e)) / 3, error O(e^4). The loss
 * is a random linear functional of the output, summed in double. In single precision small steps
 * drown in rounding and large ones in curvature, so the best of several steps counts. */
#include "net/data.h"

#include <math.h>
#include <string.h>

typedef struct check {
    fsnn_net *net;
    int64_t inputs, outputs;
    real *x, *r, *direction, *keep;
    int64_t counter;
} check;

static fsnn_status loss(const check *c, double *value)
{
    const void *given;
    c->net->counter = c->counter; /* the same random numbers each time */
    FSNN_TRY(fsnn_net_reset(c->net));
    FSNN_TRY(net_call(c->net, c->x, NULL, &given));
    const real *out = given;
    *value = 0;
    for (int64_t i = 0; i < c->outputs; i++)
        *value += (double)out[i] * (double)c->r[i];
    return FSNN_OK;
}

/* L(at + e d) - L(at - e d), over 2e; `at` is restored. */
static fsnn_status difference(check *c, real *at, int64_t n, double e, double *slope)
{
    double value[2];
    fsnn_status status = FSNN_OK;
    for (int side = 0; side < 2 && !status; side++) {
        for (int64_t i = 0; i < n; i++)
            at[i] = (real)((double)c->keep[i] + (side ? -e : e) * (double)c->direction[i]);
        status = fsnn_net_params_changed(c->net);
        if (!status)
            status = loss(c, &value[side]);
    }
    memcpy(at, c->keep, (size_t)n * sizeof *at);
    FSNN_TRY(fsnn_net_params_changed(c->net));
    FSNN_TRY(status);
    *slope = (value[0] - value[1]) / (2 * e);
    return FSNN_OK;
}

/* A step that keeps positive parameters positive and alpha inside (0, 1]. */
static double step_size(const real *at, int64_t n, fsnn_range range, double share)
{
    double square = 0, e = share;
    for (int64_t i = 0; i < n; i++)
        square += (double)at[i] * (double)at[i];
    e *= fmax(sqrt(square / (double)n), 0.1);
    for (int64_t i = 0; i < n; i++) {
        if (range == FSNN_UNIT)
            e = fmin(e, 0.2 * (1 - (double)at[i]));
        if (range != FSNN_ANY)
            e = fmin(e, 0.1 * (double)at[i]);
    }
    return e;
}

static fsnn_status along(check *c, real *at, const real *grad, int64_t n, fsnn_range range,
                         uint64_t stream, double *error)
{
    static const double shares[2][3] = {{0.01, 0.03, 0.09}, {1e-4, 5e-4, 2.5e-3}};
    const double *share = shares[sizeof(real) == sizeof(double)];
    double analytic = 0, length = 0;
    for (int64_t i = 0; i < n; i++) {
        c->direction[i] = fsnn_random_u32(77, stream, (uint64_t)i) & 1 ? 1 : -1;
        analytic += (double)grad[i] * (double)c->direction[i];
        length += (double)grad[i] * (double)grad[i];
    }
    memcpy(c->keep, at, (size_t)n * sizeof *at);
    *error = INFINITY;
    for (int i = 0; i < FSNN_COUNT(shares[0]); i++) {
        double e = step_size(at, n, range, share[i]), near, far;
        if (e < 1e-6) { /* alpha at its end: no room for differences */
            *error = 0;
            break;
        }
        FSNN_TRY(difference(c, at, n, e, &near));
        FSNN_TRY(difference(c, at, n, 2 * e, &far));
        double numeric = (4 * near - far) / 3;
        *error =
            fmin(*error, fabs(analytic - numeric) / (fabs(numeric) + 0.1 * sqrt(length) + 1e-3));
    }
    return FSNN_OK;
}

static fsnn_status run(check *c, int directions, double *worst, const char **where)
{
    fsnn_net *net = c->net;
    const void *gx;
    double value, error;
    for (int64_t i = 0; i < c->outputs; i++)
        c->r[i] = (real)fsnn_random_normal(78, 0, (uint64_t)i);
    FSNN_TRY(fsnn_net_params_changed(net));
    FSNN_TRY(loss(c, &value));
    fsnn_net_zero_grad(net);
    FSNN_TRY(net_call_back(net, c->r, &gx));
    real *grad = fsnn_alloc(fsnn_bytes(c->inputs, sizeof *grad)); /* forward will overwrite it */
    if (!grad)
        return FSNN_EMEMORY;
    memcpy(grad, gx, (size_t)c->inputs * sizeof *grad);
    *worst = 0;
    *where = "";
    fsnn_status status = FSNN_OK;
    for (int d = 0; d < directions && !status; d++)
        for (int p = -1; p < net->params && !status; p++) {
            const fsnn_param *param = p < 0 ? NULL : &net->param[p];
            if (param && !param->learn)
                continue;
            uint64_t stream = (uint64_t)(d * (net->params + 1) + p + 1);
            status = param ? along(c, net_values(net, p), net_grads(net, p),
                                   fsnn_shape_count(&param->shape), param->range, stream, &error)
                           : along(c, c->x, grad, c->inputs, FSNN_ANY, stream, &error);
            if (!status && !(error <= *worst)) {
                *worst = error;
                *where = param ? param->name : "input";
            }
        }
    fsnn_free(grad);
    return status;
}

fsnn_status net_gradcheck(fsnn_net *net, const void *x, int directions, double *worst,
                          const char **where)
{
    int64_t rows = net->plan.steps * net->plan.batch, largest = 0;
    int64_t given = net->plan.still ? net->plan.batch : rows;
    check c = {.net = net,
               .inputs = given * fsnn_shape_count(&net->input_shape),
               .outputs = rows * fsnn_shape_count(&net->value[net->out_value].shape),
               .counter = net->counter};
    for (int p = 0; p < net->params; p++)
        if (fsnn_shape_count(&net->param[p].shape) > largest)
            largest = fsnn_shape_count(&net->param[p].shape);
    if (c.inputs > largest)
        largest = c.inputs;
    c.x = fsnn_alloc(fsnn_bytes(c.inputs, sizeof(real)));
    c.r = fsnn_alloc(fsnn_bytes(c.outputs, sizeof(real)));
    c.direction = fsnn_alloc(fsnn_bytes(largest, sizeof(real)));
    c.keep = fsnn_alloc(fsnn_bytes(largest, sizeof(real)));
    fsnn_status status = FSNN_EMEMORY;
    if (c.x && c.r && c.direction && c.keep) {
        memcpy(c.x, x, (size_t)c.inputs * sizeof(real));
        status = run(&c, directions, worst, where);
    }
    fsnn_free(c.x);
    fsnn_free(c.r);
    fsnn_free(c.direction);
    fsnn_free(c.keep);
    return status;
}

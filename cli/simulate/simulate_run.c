/* cli/simulate/simulate_run.c: one run of fsnn simulate: a neuron layer fed by its current. */
#include "cli/simulate/simulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static fsnn_status build(const sim_setup *s, double alpha, fsnn_net **net)
{
    fsnn_status status = fsnn_net_create(net);
    if (status < 0)
        return status;
    int input = fsnn_net_input(*net, FSNN_SHAPE(s->neurons));
    status = sim_neuron_add(s, *net, input);
    if (status < 0)
        return status;
    fsnn_order order = fsnn_order_of(alpha);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    dynamics.integrator = s->integer ? FSNN_ODEINT : FSNN_FDEINT;
    dynamics.method = s->method;
    dynamics.implicit = s->implicit;
    dynamics.step = s->step;
    dynamics.memory = s->memory;
    dynamics.tolerance = s->tolerance;
    dynamics.horizon = s->steps;
    fsnn_plan plan = {.steps = s->steps, .batch = 1, .record = true, .seed = s->seed};
    plan.training = s->neuron.noise.mode != FSNN_NOISE_NONE; /* elsewhere there is none */
    return fsnn_net_wrap(*net, &dynamics, &plan);
}

static fsnn_status run(const sim_setup *s, fsnn_net *net, const float *input, float *v,
                       float *spikes)
{
    int node = fsnn_net_node_find(net, s->kind);
    fsnn_status status = fsnn_net_forward(net, input, NULL);
    if (status >= 0)
        status = fsnn_net_read(net, node, FSNN_RECORD_V, v);
    if (status >= 0)
        status = fsnn_net_read(net, node, FSNN_RECORD_SPIKES, spikes);
    for (int64_t i = 0; s->readout && i < s->steps * s->neurons; i++)
        spikes[i] = 0; /* its output is v */
    return status;
}

/* A combination that cannot be wrapped was asked for on the command line. */
static int refused(fsnn_status status)
{
    int code = cli_fail(status);
    bool asked =
        status == FSNN_EUNSUPPORTED || status == FSNN_EARGUMENT || status == FSNN_EDESCRIPTION;
    return asked ? CLI_USAGE : code;
}

static int check_finite(const sim_setup *s, double alpha, const float *v)
{
    for (int64_t i = 0; i < s->steps * s->neurons; i++) {
        if (!isfinite(v[i]))
            return cli_error(CLI_FAILED,
                             "alpha %g: the potential is no longer finite at time %g: take a "
                             "smaller --step, or %s",
                             alpha, (double)(i / s->neurons + 1) * s->step,
                             s->leaky || s->readout
                                 ? "--method ml or trap"
                                 : "a --reset that brings it back (value, restart)");
    }
    return CLI_GOOD;
}

int sim_run(const sim_setup *s, double alpha, const float *input, float **v, float **spikes)
{
    fsnn_net *net = NULL;
    size_t count = (size_t)(s->steps * s->neurons);
    fsnn_status status = build(s, alpha, &net);
    *v = *spikes = NULL;
    if (status < 0) {
        fsnn_net_destroy(net);
        return refused(status);
    }
    const char *warning;
    for (int i = 0; (warning = fsnn_net_warning(net, i)); i++)
        cli_warn("%s", warning);
    *v = cli_allocate(count, sizeof **v);
    *spikes = cli_allocate(count, sizeof **spikes);
    status = run(s, net, input, *v, *spikes);
    fsnn_net_destroy(net);
    int code = status < 0 ? cli_fail(status) : check_finite(s, alpha, *v);
    if (code != CLI_GOOD) {
        free(*v);
        free(*spikes);
        *v = *spikes = NULL;
    }
    return code;
}

double *sim_spike_times(const sim_setup *s, const float *spikes, int64_t neuron, int64_t *count)
{
    double *time = cli_allocate((size_t)s->steps, sizeof *time);
    *count = 0;
    for (int64_t k = 0; k < s->steps; k++) {
        if (spikes[k * s->neurons + neuron] != 0)
            time[(*count)++] = (double)(k + 1) * s->step;
    }
    return time;
}

/* ---- points ---- */

void sim_points_add(sim_points *p, double x, double y)
{
    if (p->count == p->capacity) {
        int64_t capacity = p->capacity ? 2 * p->capacity : 64;
        double *gx = cli_allocate((size_t)capacity, sizeof *gx);
        double *gy = cli_allocate((size_t)capacity, sizeof *gy);
        if (p->count) {
            memcpy(gx, p->x, (size_t)p->count * sizeof *gx);
            memcpy(gy, p->y, (size_t)p->count * sizeof *gy);
        }
        free(p->x);
        free(p->y);
        p->x = gx;
        p->y = gy;
        p->capacity = capacity;
    }
    p->x[p->count] = x;
    p->y[p->count++] = y;
}

void sim_points_free(sim_points *p, int count)
{
    for (int i = 0; i < count; i++) {
        free(p[i].x);
        free(p[i].y);
        p[i] = (sim_points){0};
    }
}

fsnn_curve sim_curve(const char *name, fsnn_mark mark, int colour, const sim_points *p)
{
    return (fsnn_curve){
        .name = name, .mark = mark, .colour = colour, .count = p->count, .x = p->x, .y = p->y};
}

char *sim_label(char *text, double alpha)
{
    snprintf(text, CLI_NUMBER, "alpha %.6g", alpha);
    return text;
}

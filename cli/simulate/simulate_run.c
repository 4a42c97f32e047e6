/* cli/simulate/simulate_run.c: one run of fsnn simulate: a neuron layer fed by its current. */
#include "cli/simulate/simulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static fsnn_dynamics dynamics_of(const sim_setup *s, const fsnn_order *order)
{
    fsnn_dynamics dynamics = fsnn_dynamics_default(order);
    dynamics.integrator = s->integer ? FSNN_ODEINT : FSNN_FDEINT;
    dynamics.method = s->method;
    dynamics.implicit = s->implicit;
    dynamics.step = s->step;
    dynamics.memory = s->memory;
    dynamics.tolerance = s->tolerance;
    dynamics.engine = s->engine;
    dynamics.horizon = s->steps;
    dynamics.precision = s->precision;
    return dynamics;
}

/* Steps of one call: the same numbers, and after each there is time for a sign of life. */
static int64_t steps_of_call(const sim_setup *s)
{
    enum { CALLS = 100, LEAST = 500 };
    int64_t steps = s->steps / CALLS;
    steps = steps < LEAST ? LEAST : steps;
    return steps < s->steps ? steps : s->steps;
}

static fsnn_plan plan_of(const sim_setup *s)
{
    fsnn_plan plan = {.steps = steps_of_call(s), .batch = 1, .record = true, .seed = s->seed};
    plan.training = s->neuron.noise.mode != FSNN_NOISE_NONE; /* elsewhere there is none */
    return plan;
}

static fsnn_status build(const sim_setup *s, double alpha, fsnn_net **net)
{
    fsnn_status status = fsnn_net_create(net);
    if (status < 0)
        return status;
    int input = fsnn_net_input(*net, FSNN_SHAPE(s->neurons));
    status = sim_neuron_add(s, *net, input);
    if (status < 0)
        return status;
    fsnn_order order = s->several.terms ? s->several : fsnn_order_of(alpha);
    fsnn_dynamics dynamics = dynamics_of(s, &order);
    fsnn_plan plan = plan_of(s);
    return fsnn_net_wrap(*net, &dynamics, &plan);
}

/* ---- what is read ---- */

static void reserve(const sim_setup *s, const fsnn_net *net, sim_trace *t)
{
    size_t count = (size_t)(s->steps * s->neurons);
    int node = fsnn_net_node_find(net, s->kind);
    t->v = cli_allocate(count, sizeof *t->v);
    t->spikes = cli_allocate(count, sizeof *t->spikes);
    for (int i = 0; i < FSNN_USER_STATES; i++) {
        const char *name = fsnn_net_state_name(net, node, i + 1);
        if (!name)
            break;
        t->name[i] = cli_format("%s", name);
        t->state[i] = cli_allocate(count, sizeof *t->state[i]);
    }
    if (s->readout)
        return;
    t->test = cli_allocate(count, sizeof *t->test);
    t->threshold = cli_allocate(count, sizeof *t->threshold);
}

void sim_trace_free(sim_trace *t)
{
    free(t->v);
    free(t->spikes);
    free(t->test);
    free(t->threshold);
    for (int i = 0; i < FSNN_USER_STATES; i++) {
        free(t->state[i]);
        free(t->name[i]);
    }
    *t = (sim_trace){0};
}

/* In single precision numbers go through a buffer of floats, of a call's [steps][neurons]. */
typedef struct call {
    const sim_setup *setup;
    fsnn_net *net;
    int node;
    float *single; /* NULL in double precision */
    int64_t count; /* of the call */
} call;

static fsnn_status feed(const call *c, const double *input)
{
    if (!c->single)
        return fsnn_net_forward_double(c->net, input, NULL);
    for (int64_t i = 0; i < c->count; i++)
        c->single[i] = (float)input[i];
    return fsnn_net_forward(c->net, c->single, NULL);
}

static void widen(const call *c, double *out)
{
    for (int64_t i = 0; i < c->count; i++)
        out[i] = c->single[i];
}

static fsnn_status take(const call *c, fsnn_record what, double *out)
{
    if (!c->single)
        return fsnn_net_read_double(c->net, c->node, what, out);
    fsnn_status status = fsnn_net_read(c->net, c->node, what, c->single);
    widen(c, out);
    return status;
}

static fsnn_status take_state(const call *c, int state, double *out)
{
    if (!c->single)
        return fsnn_net_read_state_double(c->net, c->node, state, out);
    fsnn_status status = fsnn_net_read_state(c->net, c->node, state, c->single);
    widen(c, out);
    return status;
}

/* What the call did whose first number is at `from`. */
static fsnn_status collect(const call *c, int64_t from, sim_trace *t)
{
    fsnn_status status = take(c, FSNN_RECORD_V, t->v + from);
    if (status >= 0 && !c->setup->readout) /* its output is v */
        status = take(c, FSNN_RECORD_SPIKES, t->spikes + from);
    for (int i = 0; status >= 0 && i < FSNN_USER_STATES && t->state[i]; i++)
        status = take_state(c, i + 1, t->state[i] + from);
    if (status >= 0 && t->test)
        status = take(c, FSNN_RECORD_TEST, t->test + from);
    if (status >= 0 && t->threshold)
        status = take(c, FSNN_RECORD_THRESHOLD, t->threshold + from);
    return status;
}

static int run(const sim_setup *s, double alpha, fsnn_net *net, const double *input, sim_trace *t)
{
    fsnn_plan plan = plan_of(s);
    call c = {.setup = s, .net = net, .node = fsnn_net_node_find(net, s->kind)};
    if (s->precision == FSNN_PRECISION_SINGLE)
        c.single = cli_allocate((size_t)(plan.steps * s->neurons), sizeof *c.single);
    sim_progress progress = sim_progress_start(s, alpha);
    int code = CLI_GOOD;
    for (int64_t k = 0; k < s->steps && code == CLI_GOOD; k += plan.steps) {
        fsnn_status status = FSNN_OK;
        if (s->steps - k < plan.steps) {
            plan.steps = s->steps - k;
            status = fsnn_net_replan(net, &plan);
        }
        c.count = plan.steps * s->neurons;
        if (status >= 0)
            status = feed(&c, input + k * s->neurons);
        if (status >= 0)
            status = collect(&c, k * s->neurons, t);
        sim_progress_step(&progress, k + plan.steps);
        if (status < 0 || *cli_stop())
            sim_progress_end(&progress);
        if (status < 0)
            code = cli_fail(status);
        else if (*cli_stop())
            code = cli_error(CLI_INTERRUPTED, "interrupted: nothing was written");
    }
    sim_progress_end(&progress);
    free(c.single);
    return code;
}

/* A combination that cannot be wrapped was asked for on the command line. */
static int refused(fsnn_status status)
{
    int code = cli_fail(status);
    bool asked =
        status == FSNN_EUNSUPPORTED || status == FSNN_EARGUMENT || status == FSNN_EDESCRIPTION;
    return asked ? CLI_USAGE : code;
}

static int check_finite(const sim_setup *s, double alpha, const double *v)
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

/* Warnings of the net, each once: a table of many runs has the same for many orders and
 * currents. */
static void warn(const fsnn_net *net)
{
    static char *said[SIM_ALPHAS + 1]; /* of the whole command */
    const char *warning;
    for (int i = 0; (warning = fsnn_net_warning(net, i)); i++) {
        int at = 0;
        while (at < SIM_ALPHAS && said[at] && strcmp(said[at], warning) != 0)
            at++;
        if (said[at])
            continue;
        said[at] = cli_format("%s", warning);
        cli_warn("%s", at < SIM_ALPHAS ? warning : "more runs have such warnings");
    }
}

static int run_at(const sim_setup *s, double alpha, const double *input, sim_trace *t)
{
    fsnn_net *net = NULL;
    fsnn_status status = build(s, alpha, &net);
    *t = (sim_trace){0};
    if (status < 0) {
        fsnn_net_destroy(net);
        return refused(status);
    }
    warn(net);
    reserve(s, net, t);
    int code = run(s, alpha, net, input, t);
    fsnn_net_destroy(net);
    if (code == CLI_GOOD)
        code = check_finite(s, alpha, t->v);
    if (code != CLI_GOOD)
        sim_trace_free(t);
    return code;
}

int sim_trace_run(const sim_setup *s, int alpha, const double *input, sim_trace *t)
{
    return run_at(s, s->alpha[alpha], input, t);
}

int sim_run(const sim_setup *s, double alpha, const double *input, double **v, double **spikes)
{
    sim_trace t;
    int code = run_at(s, alpha, input, &t);
    *v = t.v;
    *spikes = t.spikes;
    t.v = t.spikes = NULL;
    sim_trace_free(&t);
    return code;
}

double *sim_spike_times(const sim_setup *s, const double *spikes, int64_t neuron, int64_t *count)
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

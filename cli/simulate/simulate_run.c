/* cli/simulate/simulate_run.c: runs of fsnn simulate: its setup as a simulation of the library,
 * what came out, and lists of points. */
#include "cli/simulate/simulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static fsnn_dynamics dynamics_of(const sim_setup *s)
{
    static const fsnn_order one = {.terms = 1, .alpha = {1}, .coefficient = {1}};
    fsnn_dynamics dynamics = fsnn_dynamics_default(s->several.terms ? &s->several : &one);
    dynamics.integrator = s->integer ? FSNN_ODEINT : FSNN_FDEINT;
    dynamics.method = s->method;
    dynamics.implicit = s->implicit;
    dynamics.step = s->step;
    dynamics.memory = s->memory;
    dynamics.tolerance = s->tolerance;
    dynamics.engine = s->engine;
    dynamics.precision = s->precision;
    return dynamics;
}

static fsnn_current part_of(const sim_setup *s, const sim_current *c)
{
    fsnn_current current = {.kind = (fsnn_current_kind)c->kind,
                            .p = {c->p[0], c->p[1], c->p[2], c->p[3]},
                            .sample = c->sample,
                            .time = c->time,
                            .count = c->count,
                            .neurons = c->neurons};
    if (c->kind == SIM_RAMP)
        current.p[2] = s->time;
    return current;
}

/* The first part, which points at the others in the watch. */
static fsnn_current current_of(const sim_setup *s, sim_watch *w)
{
    fsnn_current current = part_of(s, &s->current), *last = &current;
    int parts = 0;
    for (const sim_current *c = s->current.plus; c; c = c->plus) {
        w->part[parts] = part_of(s, c);
        last->plus = &w->part[parts];
        last = &w->part[parts++];
    }
    return current;
}

/* ---- while it runs ---- */

static int on_piece(int order, int64_t done, void *user)
{
    sim_watch *w = user;
    const sim_setup *s = w->setup;
    if (order != w->order)
        cli_line_end(&w->line);
    if (order != w->order || !done)
        w->line = cli_line_begin();
    w->order = order;
    cli_line_draw(&w->line, "alpha %g: time %.6g of %.6g, %.0f %%",
                  w->alpha ? w->alpha[order] : s->alpha[0], (double)done * s->step,
                  (double)s->steps * s->step, 100 * (double)done / (double)s->steps);
    return *cli_stop();
}

/* Each warning once: a table of many runs has the same for many orders and currents. */
static void warn(const char *warning, void *user)
{
    static char *said[SIM_ALPHAS + 1]; /* of the whole command */
    int at = 0;
    (void)user;
    while (at < SIM_ALPHAS && said[at] && strcmp(said[at], warning) != 0)
        at++;
    if (said[at])
        return;
    said[at] = cli_format("%s", warning);
    cli_warn("%s", at < SIM_ALPHAS ? warning : "more runs have such warnings");
}

fsnn_simulation sim_simulation(const sim_setup *s, sim_watch *w)
{
    memcpy(s->options, &s->neuron, sizeof s->neuron);
    *w = (sim_watch){.setup = s, .order = -1, .alpha = s->several.terms ? NULL : s->alpha};
    return (fsnn_simulation){.kind = s->kind,
                             .options = s->options,
                             .dynamics = dynamics_of(s),
                             .alpha = w->alpha,
                             .alphas = s->alphas,
                             .current = current_of(s, w),
                             .rest = s->rest,
                             .resistance = s->resistance,
                             .steps = s->steps,
                             .neurons = s->neurons,
                             .seed = s->seed,
                             .progress = on_piece,
                             .warn = warn,
                             .user = w};
}

/* A combination that cannot be wrapped was asked for on the command line. */
static int refused(fsnn_status status)
{
    int code = cli_fail(status);
    bool asked =
        status == FSNN_EUNSUPPORTED || status == FSNN_EARGUMENT || status == FSNN_EDESCRIPTION;
    return asked ? CLI_USAGE : code;
}

int sim_done(sim_watch *w, fsnn_status status)
{
    cli_line_end(&w->line);
    if (status == FSNN_EINTERRUPTED || (status >= 0 && *cli_stop()))
        return cli_error(CLI_INTERRUPTED, "interrupted: nothing was written");
    return status < 0 ? refused(status) : CLI_GOOD;
}

/* ---- what came out ---- */

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

static double *found(const fsnn_arrays *arrays, const char *name)
{
    const fsnn_array *array = fsnn_arrays_find(arrays, name);
    return array ? array->data : NULL;
}

static void look(sim_trace *t)
{
    static const char state[] = "state.";
    int states = 0;
    t->input = found(&t->arrays, "current");
    t->v = found(&t->arrays, "v");
    t->spikes = found(&t->arrays, "spikes");
    t->test = found(&t->arrays, "test");
    t->threshold = found(&t->arrays, "threshold");
    for (int i = 0; i < t->arrays.count && states < FSNN_USER_STATES; i++) {
        const fsnn_array *array = &t->arrays.item[i];
        if (strncmp(array->name, state, sizeof state - 1) != 0)
            continue;
        t->name[states] = array->name + sizeof state - 1;
        t->state[states++] = array->data;
    }
}

int sim_trace_run(const sim_setup *s, int alpha, sim_trace *t)
{
    sim_watch w;
    fsnn_simulation what = sim_simulation(s, &w);
    if (what.alpha) {
        what.alpha = w.alpha = &s->alpha[alpha];
        what.alphas = 1;
    }
    *t = (sim_trace){0};
    fsnn_status status = fsnn_simulate(&what, &t->arrays);
    int code = sim_done(&w, status);
    if (code == CLI_GOOD) {
        look(t);
        code = check_finite(s, s->alpha[alpha], t->v);
    }
    if (code != CLI_GOOD)
        sim_trace_free(t);
    return code;
}

void sim_trace_free(sim_trace *t)
{
    fsnn_arrays_free(&t->arrays);
    *t = (sim_trace){0};
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

/* A neuron layer is fed by its current, order by order. */
#include "session/simulate.h"
#include "net/net.h"

#include <math.h>
#include <string.h>

fsnn_simulation fsnn_simulation_default(void)
{
    static const fsnn_order one = {.terms = 1, .alpha = {1}, .coefficient = {1}};
    fsnn_simulation what = {.dynamics = fsnn_dynamics_default(&one), .steps = 1000, .neurons = 1};
    what.dynamics.step = 0.01;
    what.dynamics.method = FSNN_GL;
    what.dynamics.precision = FSNN_PRECISION_DOUBLE;
    what.seed = 1;
    return what;
}

const char *simulate_kind(const fsnn_simulation *what)
{
    return what->kind ? what->kind : "lif";
}

int simulate_orders(const fsnn_simulation *what)
{
    return what->alpha ? what->alphas : 1;
}

double simulate_alpha(const fsnn_simulation *what, int order)
{
    return what->alpha ? what->alpha[order] : what->dynamics.order->alpha[0];
}

/* ---- the neuron ---- */

fsnn_neuron simulate_neuron(const fsnn_simulation *what)
{
    fsnn_user defaults; /* the largest of the neurons' options, which begin alike */
    fsnn_neuron neuron;
    const void *options = what->options;
    if (!options) {
        fsnn_kind_defaults(simulate_kind(what), &defaults);
        options = &defaults;
    }
    memcpy(&neuron, options, sizeof neuron);
    return neuron;
}

double simulate_rest(const fsnn_simulation *what)
{
    return what->rest != 0 ? what->rest : simulate_neuron(what).rest.value;
}

double simulate_resistance(const fsnn_simulation *what)
{
    const double own = simulate_neuron(what).resistance.value;
    return what->resistance != 0 && what->resistance != 1 ? what->resistance : own != 0 ? own : 1;
}

bool simulate_shifted(const fsnn_simulation *what)
{
    return simulate_rest(what) != 0 || simulate_resistance(what) != 1;
}

/* Potentials count from rest inside: v - rest obeys the equation of rest 0. */
static fsnn_status check_shift(const fsnn_simulation *what)
{
    const char *kind = simulate_kind(what);
    double threshold = simulate_neuron(what).threshold.value, rest = simulate_rest(what);
    if (!isfinite(rest) || !isfinite(what->resistance) || !(simulate_resistance(what) > 0) ||
        !isfinite(simulate_resistance(what)))
        return fsnn_fail(FSNN_EARGUMENT,
                         "rest is %g and resistance is %g: both must be finite, a resistance "
                         "positive",
                         rest, simulate_resistance(what));
    if (!simulate_shifted(what))
        return FSNN_OK;
    if (strcmp(kind, "lif") != 0 && strcmp(kind, "if") != 0 && strcmp(kind, "noisy") != 0)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "a resting potential and a resistance are of kinds lif, if and noisy, not "
                         "of %s: an equation of your own can have both, dv = (-(v - E) + R*I)/tau",
                         kind);
    const fsnn_neuron neuron = simulate_neuron(what);
    if (neuron.threshold.values || neuron.v_reset.values || neuron.start.values ||
        neuron.rest.values || neuron.resistance.values)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "with a resting potential or a resistance, these, threshold, v_reset and "
                         "v0 are one number for all neurons");
    if (!(threshold > rest))
        return fsnn_fail(FSNN_EARGUMENT,
                         "the threshold %g is not above the resting potential %g, on which it "
                         "stands",
                         threshold, rest);
    return FSNN_OK;
}

fsnn_neuron simulate_from_rest(const fsnn_simulation *what)
{
    fsnn_neuron neuron = simulate_neuron(what);
    const double rest = simulate_rest(what);
    neuron.threshold.value -= rest;
    neuron.v_reset.value -= rest;
    neuron.v0 -= rest;
    neuron.rest = (fsnn_value){0};
    neuron.resistance = (fsnn_value){.value = 1};
    return neuron;
}

double simulate_drive(const fsnn_simulation *what, double current)
{
    return simulate_resistance(what) * current;
}

fsnn_status simulate_check(const fsnn_simulation *what)
{
    const fsnn_dynamics *d = &what->dynamics;
    FSNN_TRY(net_need_neuron(simulate_kind(what)));
    if (what->steps < 1 || what->neurons < 1)
        return fsnn_fail(FSNN_EARGUMENT,
                         "a simulation takes one step and one neuron or more, not %lld and %lld",
                         (long long)what->steps, (long long)what->neurons);
    if (what->steps > INT64_MAX / 16 / what->neurons)
        return fsnn_fail(FSNN_EARGUMENT, "%lld steps of %lld neurons are more than can be counted",
                         (long long)what->steps, (long long)what->neurons);
    if (!(d->step > 0) || !isfinite(d->step))
        return fsnn_fail(FSNN_EARGUMENT, "the step is %g: it must be above 0", d->step);
    FSNN_TRY(check_shift(what));
    if (what->alpha && what->alphas < 1)
        return fsnn_fail(FSNN_EARGUMENT, "there is a list of %d orders", what->alphas);
    if (!what->alpha && (!d->order || d->orders != 1))
        return fsnn_fail(FSNN_EARGUMENT, "a simulation needs the order of one layer, not of %d",
                         d->order ? d->orders : 0);
    return FSNN_OK;
}

bool simulate_known(const fsnn_simulation *what)
{
    const char *kind = simulate_kind(what);
    return (strcmp(kind, "lif") == 0 || strcmp(kind, "if") == 0) &&
           simulate_neuron(what).noise.mode == FSNN_NOISE_NONE;
}

fsnn_status simulate_need_events(const fsnn_simulation *what)
{
    fsnn_reset reset = simulate_neuron(what).reset;
    if (reset != FSNN_RESET_CURRENT && reset != FSNN_RESET_NONE)
        return FSNN_OK;
    return fsnn_fail(FSNN_EARGUMENT,
                     "with reset %s a spike looks a unit of time ahead and comes in every step: "
                     "take jump, subtract, value, delta or restart",
                     fsnn_reset_name(reset));
}

/* ---- one run ---- */

/* A run on its way. In single precision numbers go through a buffer of floats, of a call's
 * [steps][neurons]. */
typedef struct run {
    const fsnn_simulation *what;
    int order; /* number of the run */
    fsnn_net *net;
    int node;
    float *single;  /* NULL in double precision */
    double *scaled; /* resistance times the current; NULL: it is 1 */
    int64_t count;  /* of the call */
} run;

/* Steps of one call: the same numbers, and after each there is time for a sign of life. */
static int64_t steps_of_call(const fsnn_simulation *what)
{
    enum { CALLS = 100, LEAST = 500 };
    int64_t steps = what->steps / CALLS;
    steps = steps < LEAST ? LEAST : steps;
    return steps < what->steps ? steps : what->steps;
}

static fsnn_plan plan_of(const fsnn_simulation *what)
{
    fsnn_plan plan = {.steps = steps_of_call(what), .batch = 1, .record = true, .seed = what->seed};
    plan.training = simulate_neuron(what).noise.mode != FSNN_NOISE_NONE; /* elsewhere is none */
    return plan;
}

static fsnn_status build(run *r)
{
    const fsnn_simulation *what = r->what;
    const char *kind = simulate_kind(what);
    FSNN_TRY(fsnn_net_create(&r->net));
    int input = fsnn_net_input(r->net, FSNN_SHAPE(what->neurons));
    const fsnn_neuron from_rest = simulate_from_rest(what);
    const void *options = simulate_shifted(what) ? &from_rest : what->options;
    int node = fsnn_net_add(r->net, kind, kind, &input, 1, options);
    if (node < 0)
        return (fsnn_status)node;
    fsnn_dynamics dynamics = what->dynamics;
    fsnn_order order = what->alpha ? fsnn_order_of(what->alpha[r->order]) : *dynamics.order;
    dynamics.order = &order;
    dynamics.orders = 1;
    if (dynamics.horizon == 0)
        dynamics.horizon = what->steps;
    fsnn_plan plan = plan_of(what);
    FSNN_TRY(fsnn_net_wrap(r->net, &dynamics, &plan));
    r->node = fsnn_net_node_find(r->net, kind);
    if (simulate_shifted(what)) {
        r->scaled = fsnn_alloc((size_t)(plan.steps * what->neurons) * sizeof *r->scaled);
        if (!r->scaled)
            return FSNN_EMEMORY;
    }
    if (dynamics.precision == FSNN_PRECISION_DOUBLE)
        return FSNN_OK;
    r->single = fsnn_alloc((size_t)(plan.steps * what->neurons) * sizeof *r->single);
    return r->single ? FSNN_OK : FSNN_EMEMORY;
}

static fsnn_status feed(const run *r, const double *input)
{
    if (!r->single && simulate_drive(r->what, 1) == 1)
        return fsnn_net_forward_double(r->net, input, NULL);
    for (int64_t i = 0; i < r->count && r->scaled; i++)
        r->scaled[i] = simulate_drive(r->what, input[i]);
    if (!r->single)
        return fsnn_net_forward_double(r->net, r->scaled, NULL);
    for (int64_t i = 0; i < r->count; i++)
        r->single[i] = (float)(r->scaled ? r->scaled[i] : input[i]);
    return fsnn_net_forward(r->net, r->single, NULL);
}

static void widen(const run *r, double *out)
{
    for (int64_t i = 0; i < r->count; i++)
        out[i] = (double)r->single[i];
}

static fsnn_status take(const run *r, fsnn_record what, double *out)
{
    if (!r->single)
        return fsnn_net_read_double(r->net, r->node, what, out);
    FSNN_TRY(fsnn_net_read(r->net, r->node, what, r->single));
    widen(r, out);
    return FSNN_OK;
}

static fsnn_status take_state(const run *r, int state, double *out)
{
    if (!r->single)
        return fsnn_net_read_state_double(r->net, r->node, state, out);
    FSNN_TRY(fsnn_net_read_state(r->net, r->node, state, r->single));
    widen(r, out);
    return FSNN_OK;
}

/* What the call did whose first number is at `from`. */
static fsnn_status collect(const run *r, int64_t from, const simulate_trace *t)
{
    const double rest = simulate_rest(r->what);
    const struct {
        fsnn_record what;
        double *to;
    } record[] = {{FSNN_RECORD_V, t->v},
                  {FSNN_RECORD_SPIKES, t->spikes},
                  {FSNN_RECORD_TEST, t->test},
                  {FSNN_RECORD_THRESHOLD, t->threshold}};
    for (int i = 0; i < FSNN_COUNT(record); i++) {
        if (!record[i].to)
            continue;
        FSNN_TRY(take(r, record[i].what, record[i].to + from));
        for (int64_t k = 0; k < r->count && rest != 0; k++)
            if (record[i].what != FSNN_RECORD_SPIKES)
                record[i].to[from + k] += rest;
    }
    for (int i = 0; i < FSNN_USER_STATES; i++)
        if (t->state[i])
            FSNN_TRY(take_state(r, i + 1, t->state[i] + from));
    return FSNN_OK;
}

static fsnn_status go_on(const run *r, int64_t done)
{
    const fsnn_simulation *what = r->what;
    if (what->progress && what->progress(r->order, done, what->user) != 0)
        return fsnn_fail(FSNN_EINTERRUPTED, "the simulation was stopped after %lld of %lld steps",
                         (long long)done, (long long)what->steps);
    return FSNN_OK;
}

static fsnn_status walk(run *r, const double *input, const simulate_trace *t)
{
    const fsnn_simulation *what = r->what;
    fsnn_plan plan = plan_of(what);
    const char *warning;
    for (int i = 0; what->warn && (warning = fsnn_net_warning(r->net, i)) != NULL; i++)
        what->warn(warning, what->user);
    for (int64_t k = 0; k < what->steps; k += plan.steps) {
        FSNN_TRY(go_on(r, k));
        if (what->steps - k < plan.steps) {
            plan.steps = what->steps - k;
            FSNN_TRY(fsnn_net_replan(r->net, &plan));
        }
        r->count = plan.steps * what->neurons;
        FSNN_TRY(feed(r, input + k * what->neurons));
        FSNN_TRY(collect(r, k * what->neurons, t));
    }
    return FSNN_OK;
}

fsnn_status simulate_run(const fsnn_simulation *what, int order, const double *input,
                         const simulate_trace *trace)
{
    run r = {.what = what, .order = order};
    fsnn_status status = build(&r);
    if (status >= 0)
        status = walk(&r, input, trace);
    fsnn_free(r.single);
    fsnn_free(r.scaled);
    fsnn_net_destroy(r.net);
    return status;
}

/* ---- all of them, as arrays ---- */

/* The places of one kind of record for all orders, [A, T, N]. */
typedef struct results {
    const fsnn_simulation *what;
    fsnn_arrays *out;
    double *t, *current, *alpha;
    simulate_trace all;
} results;

static fsnn_status add(results *r, const char *name, int rank, double **data)
{
    const fsnn_simulation *s = r->what;
    const fsnn_shape shape[] = {
        FSNN_SHAPE(s->steps),
        FSNN_SHAPE(s->steps, s->neurons),
        FSNN_SHAPE(simulate_orders(s), s->steps, s->neurons),
    };
    fsnn_array *array = fsnn_arrays_add(r->out, name, FSNN_F64, &shape[rank - 1]);
    if (!array)
        return fsnn_fail(FSNN_EMEMORY, "out of memory for the array %s", name);
    *data = array->data;
    return FSNN_OK;
}

static fsnn_status add_alpha(results *r)
{
    const fsnn_shape shape = FSNN_SHAPE(simulate_orders(r->what));
    fsnn_array *array = fsnn_arrays_add(r->out, "alpha", FSNN_F64, &shape);
    if (!array)
        return fsnn_fail(FSNN_EMEMORY, "out of memory for the array alpha");
    r->alpha = array->data;
    return FSNN_OK;
}

/* Of states beside v the names are the net's, which there is none of yet: a net of one neuron. */
static fsnn_status add_states(results *r)
{
    const fsnn_simulation *s = r->what;
    const char *kind = simulate_kind(s), *name;
    char text[256];
    fsnn_net *net = NULL;
    FSNN_TRY(fsnn_net_create(&net));
    int input = fsnn_net_input(net, FSNN_SHAPE(1));
    int handle = fsnn_net_add(net, kind, kind, &input, 1, s->options);
    fsnn_status status = handle < 0 ? (fsnn_status)handle : FSNN_OK;
    int node = handle < 0 ? 0 : fsnn_net_node_find(net, kind);
    for (int i = 0; i < FSNN_USER_STATES && status >= 0; i++) {
        name = fsnn_net_state_name(net, node, i + 1);
        if (!name)
            break;
        snprintf(text, sizeof text, "state.%s", name);
        status = add(r, text, 3, &r->all.state[i]);
    }
    fsnn_net_destroy(net);
    return status;
}

static fsnn_status add_all(results *r)
{
    bool readout = fsnn_kind_is_readout(simulate_kind(r->what));
    FSNN_TRY(add(r, "t", 1, &r->t));
    FSNN_TRY(add(r, "current", 2, &r->current));
    FSNN_TRY(add_alpha(r));
    FSNN_TRY(add(r, "v", 3, &r->all.v));
    FSNN_TRY(add(r, "spikes", 3, &r->all.spikes));
    FSNN_TRY(add_states(r));
    if (readout) {
        r->all.spikes = NULL; /* they stay 0: its output is v */
        return FSNN_OK;
    }
    FSNN_TRY(add(r, "test", 3, &r->all.test));
    return add(r, "threshold", 3, &r->all.threshold);
}

/* The part of one order of each array. */
static simulate_trace part(const results *r, int order)
{
    const simulate_trace *all = &r->all;
    int64_t from = order * r->what->steps * r->what->neurons;
    simulate_trace t = {0};
    double *const whole[] = {all->v, all->spikes, all->test, all->threshold};
    double **const to[] = {&t.v, &t.spikes, &t.test, &t.threshold};
    for (int i = 0; i < FSNN_COUNT(whole); i++)
        *to[i] = whole[i] ? whole[i] + from : NULL;
    for (int i = 0; i < FSNN_USER_STATES; i++)
        t.state[i] = all->state[i] ? all->state[i] + from : NULL;
    return t;
}

fsnn_status fsnn_simulate(const fsnn_simulation *what, fsnn_arrays *result)
{
    FSNN_NEED(what);
    FSNN_NEED(result);
    FSNN_TRY(simulate_check(what));
    results r = {.what = what, .out = result};
    FSNN_TRY(add_all(&r));
    FSNN_TRY(fsnn_simulation_current(what, r.current));
    for (int64_t k = 0; k < what->steps; k++)
        r.t[k] = (double)(k + 1) * what->dynamics.step;
    for (int i = 0; i < simulate_orders(what); i++) {
        const simulate_trace t = part(&r, i);
        r.alpha[i] = simulate_alpha(what, i);
        FSNN_TRY(simulate_run(what, i, r.current, &t));
    }
    return FSNN_OK;
}

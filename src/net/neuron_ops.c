/* Neuron layers as nodes of the graph: options, parameters, and calls of the scan. */
#include "net/neuron_ops.h"

#include "base/error_key.h"
#include "net/neuron_user.h"
#include "op/memory.h"

#include "scan/scan.h"

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

enum { P_TAU };

typedef struct state {
    scan scan;
    const frac_method *method;
    fsnn_order order;
    double h;
    frac_keep memory;
    bool implicit;
    /* numbers of the parameters that not every layer has; -1: none */
    int threshold, alpha, coefficient, v_reset, own; /* own: the first of the model's own */
    int64_t *counts; /* [counted] spikes of each neuron; NULL: not counted */
    int64_t counted, tests;
    double done;      /* share of the training */
    neuron_user user; /* kind user */
} state;

static const char *const per_names[] = {"layer", "channel", NULL};
static const char *const surrogate_names[] = {
    "arctan",   "sigmoid",     "rectangle",        "gaussian", "fast_sigmoid",
    "triangle", "exponential", "straight_through", "erf",      NULL};
static const char *const growth_names[] = {"geometric", "linear", NULL};
static const fsnn_alias surrogate_aliases[] = {
    {"piecewise_linear", FSNN_RECTANGLE}, {"superspike", FSNN_FAST_SIGMOID}, {0}};
static const char *const noise_names[] = {"none",     "meanfield",     "soft_noisy", "hard_st",
                                          "concrete", "hard_concrete", NULL};
static const char *const reset_names[] = {"current", "subtract", "value",   "none",
                                          "jump",    "delta",    "restart", NULL};

/* Surrogate scales: what is steeper or wider leaves single precision. */
#define SCALE_LEAST 1e-18
#define SCALE_MOST 1e18
#define NOISE_MOST                                                                                 \
    1e9 /* of gamma and temperature; the reciprocals of their products are such scales */
#define REST_MOST 1e7 /* steps: counted in single precision */

static const fsnn_key value_keys[] = {
    {.name = "value",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_value, value),
     .min = 0,
     .max = INFINITY,
     .above = true,
     .help = "the value, or where learning starts"},
    {.name = "learn",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_value, learn),
     .help = "learn it"},
    {.name = "per",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_value, per),
     .names = per_names,
     .help = "one number for the layer, or one a channel"},
    {0},
};

static const fsnn_key own_keys[] = {
    {.name = "value",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_user_param, value.value),
     .min = -INFINITY,
     .max = INFINITY,
     .help = "the value, or where learning starts"},
    {.name = "learn",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_user_param, value.learn),
     .help = "learn it"},
    {.name = "per",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_user_param, value.per),
     .names = per_names,
     .help = "one number for the layer, or one a channel"},
    {0},
};

static const fsnn_key any_value_keys[] = {
    {.name = "value",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_value, value),
     .min = -INFINITY,
     .max = INFINITY,
     .help = "the value, or where learning starts"},
    {.name = "learn",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_value, learn),
     .help = "learn it"},
    {.name = "per",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_value, per),
     .names = per_names,
     .help = "one number for the layer, or one a channel"},
    {0},
};

static const fsnn_key surrogate_keys[] = {
    {.name = "kind",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_surrogate, kind),
     .names = surrogate_names,
     .aliases = surrogate_aliases,
     .help = "shape of the surrogate gradient; rectangle is also called piecewise_linear, "
             "fast_sigmoid also superspike"},
    {.name = "scale",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_surrogate, scale),
     .min = 0,
     .max = SCALE_MOST,
     .above = true,
     .otherwise = "arctan, sigmoid 5; rectangle 0.5; gaussian 0.4; fast_sigmoid 10; triangle, "
                  "exponential, straight_through 1; erf 2",
     .help = "steepness (arctan, sigmoid, fast_sigmoid, triangle, erf), half-width (rectangle), "
             "standard deviation (gaussian), decay length (exponential), slope "
             "(straight_through)"},
    {.name = "scale_end",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_surrogate, scale_end),
     .min = 0,
     .max = SCALE_MOST,
     .above = true,
     .otherwise = "scale",
     .help = "the scale at the end of a training, which moves to it batch by batch"},
    {.name = "growth",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_surrogate, growth),
     .names = growth_names,
     .help = "how it moves: by equal factors, or by equal differences"},
    {0},
};

static const fsnn_key noise_keys[] = {
    {.name = "mode",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_noise, mode),
     .names = noise_names,
     .help = "the spike in training, z = (potential - threshold)/gamma, g logistic noise, T the "
             "temperature: meanfield sigmoid(z); soft_noisy sigmoid(z + g); concrete sigmoid((z + "
             "g)/T); hard_st and hard_concrete a step at z + g = 0, with the gradient of "
             "sigmoid(z), sigmoid((z + g)/T)"},
    {.name = "gamma",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_noise, gamma),
     .min = 0,
     .max = NOISE_MOST,
     .above = true,
     .otherwise = "0.2",
     .help = "scale of the noise, in the unit of the potential"},
    {.name = "temperature",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_noise, temperature),
     .min = 0,
     .max = NOISE_MOST,
     .above = true,
     .otherwise = "0.25",
     .help = "T of the concrete modes"},
    {0},
};

/* A readout has no more than these; rows of every neuron too. */
#define TAU_KEY                                                                                    \
    {                                                                                              \
        .name = "tau", .type = FSNN_KEY_GROUP, .offset = offsetof(fsnn_neuron, tau),               \
        .group = value_keys, .help = "time constant, in the unit of the solver step"               \
    }
static const fsnn_key readout_keys[] = {
    TAU_KEY,
    {.name = "v0",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_neuron, v0),
     .min = -INFINITY,
     .max = INFINITY,
     .help = "potential at time 0 (Caputo)"},
    {0},
};

static const fsnn_key derivative_key[] = {
    {.name = "d", .type = FSNN_KEY_TEXT, .offset = offsetof(fsnn_user_state, derivative)}, {0}};
static const fsnn_key after_key[] = {{.name = "after_spike",
                                      .type = FSNN_KEY_TEXT,
                                      .offset = offsetof(fsnn_user_state, after_spike)},
                                     {0}};
static const fsnn_key start_key[] = {{.name = "start",
                                      .type = FSNN_KEY_REAL,
                                      .offset = offsetof(fsnn_user_state, start),
                                      .min = -INFINITY,
                                      .max = INFINITY},
                                     {0}};

/* A key of states beside v, with the state's name inside. */
#define STATE_KEY(key, row, otherwise_, what)                                                      \
    {                                                                                              \
        .name = key, .type = FSNN_KEY_FAMILY, .offset = offsetof(fsnn_user, state),                \
        .max = FSNN_USER_STATES, .group = row, .size = sizeof(fsnn_user_state),                    \
        .count = offsetof(fsnn_user, states), .otherwise = otherwise_, .help = what                \
    }

/* Of the user's neuron; from row STATE_KEYS on of kinds with several states, from PARAM_KEYS on of
 * kinds with equations, from USER_KEYS on of every neuron. */
enum { STATE_KEYS = 6, PARAM_KEYS = 8, USER_KEYS = 9 };
static const fsnn_key keys[] = {
    {.name = "dv",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(fsnn_user, dv),
     .help = "the derivative, like `(-v^2 + I)/tau`; names: v, I, tau, threshold and params"},
    {.name = "spike",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(fsnn_user, spike),
     .help = "a spike where this is >= 0; `v + dv - threshold` when not given"},
    {.name = "after_spike",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(fsnn_user, after_spike),
     .help = "the drive that a spike s leaves under reset `current`; `dv - s*threshold/tau` when "
             "not given"},
    {.name = "callback",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(fsnn_user, callback),
     .help = "in place of equations: the name of C functions that the program has registered "
             "(fsnn_neuron_register)"},
    STATE_KEY("dNAME", derivative_key, NULL,
              "the derivative of a further state, up to three: `dw` makes a state w beside v, "
              "which equations may name; may name s, the spike of the step"),
    STATE_KEY("after_spike_NAME", after_key, "`dNAME`",
              "the drive that a spike s leaves of such a state, under any reset"),
    STATE_KEY("NAME0", start_key, "0", "such a state at time 0: `w0` is that of w"),
    {.name = "fractional",
     .type = FSNN_KEY_TEXTS,
     .offset = offsetof(fsnn_user, fractional),
     .max = 1 + FSNN_USER_STATES,
     .count = offsetof(fsnn_user, fractionals),
     .otherwise = "v",
     .help =
         "states of fractional order, like `[v, w]`; the others are integrated by forward Euler"},
    {.name = "params",
     .type = FSNN_KEY_NAMED,
     .offset = offsetof(fsnn_user, param),
     .max = FSNN_USER_PARAMS,
     .group = own_keys,
     .size = sizeof(fsnn_user_param),
     .count = offsetof(fsnn_user, params),
     .help = "parameters of its own, like `{a: 0.2, b: {value: 1, learn: true}}`"},
    TAU_KEY,
    {.name = "threshold",
     .type = FSNN_KEY_GROUP,
     .offset = offsetof(fsnn_neuron, threshold),
     .group = value_keys,
     .help = "potential at which a spike fires"},
    {.name = "surrogate",
     .type = FSNN_KEY_GROUP,
     .offset = offsetof(fsnn_neuron, surrogate),
     .group = surrogate_keys,
     .help = "gradient that stands in for the step's"},
    {.name = "reset",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_neuron, reset),
     .names = reset_names,
     .help = "what a spike does to the potential"},
    {.name = "v0",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_neuron, v0),
     .min = -INFINITY,
     .max = INFINITY,
     .help = "potential at time 0 (Caputo), and where reset `restart` lands"},
    {.name = "v_reset",
     .type = FSNN_KEY_GROUP,
     .offset = offsetof(fsnn_neuron, v_reset),
     .group = any_value_keys,
     .help = "where reset `value` lands"},
    {.name = "refractory",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_neuron, refractory),
     .min = 0,
     .max = INFINITY,
     .help = "time without spikes after each, in the unit of the solver step, rounded to steps; "
             "resets `value` and `restart` hold the potential meanwhile"},
    {.name = "detach_reset",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_neuron, detach_reset),
     .help = "the spike inside the reset carries no gradient"},
    {.name = "noise",
     .type = FSNN_KEY_GROUP,
     .offset = offsetof(fsnn_neuron, noise),
     .group = noise_keys,
     .help = "logistic noise on the threshold in training, in place of the surrogate; elsewhere "
             "the threshold is sharp"},
    {0},
};

/* All neurons' options begin with a fsnn_neuron. FSNN_NEURON_DEFAULT, as a constant that an
 * initialiser may have. */
#define DEFAULTS                                                                                   \
    .tau = {0.5, false, FSNN_PER_LAYER}, .threshold = {1.0, false, FSNN_PER_LAYER},                \
    .surrogate = {.kind = FSNN_ARCTAN}, .reset = FSNN_RESET_CURRENT, .detach_reset = true
static const fsnn_user defaults = {.neuron = {DEFAULTS}};
static const fsnn_neuron noisy_defaults = {DEFAULTS, .noise = {.mode = FSNN_NOISE_HARD_ST}};

void neuron_node_dynamics(op_node *node, const frac_method *method, bool implicit,
                          const fsnn_order *order, double h, const frac_keep *memory)
{
    state *st = node->state;
    st->method = method;
    st->order = *order;
    st->h = h;
    enum { NEVER = INT32_MAX }; /* steps that no run reaches: as good as full, and no overflow */
    st->memory = *memory;
    if (memory->steps >= NEVER)
        st->memory.steps = 0;
    st->implicit = implicit;
    frac_memory_init(&st->scan.memory, method, implicit, order, h, &st->memory);
}

/* Kernels compute in single precision, and with the reciprocal. */
#define RANGE ", from 1.2e-38 to 3.4e+38"
static bool positive(double value)
{
    return value >= (double)FLT_MIN && value <= (double)FLT_MAX;
}

static bool scale_fits(double scale)
{
    return scale == 0 || (scale >= SCALE_LEAST && scale <= SCALE_MOST);
}

static bool noise_fits(const fsnn_noise *o)
{
    const double least = 1 / NOISE_MOST;
    bool gamma = o->gamma == 0 || (o->gamma >= least && o->gamma <= NOISE_MOST);
    return gamma &&
           (o->temperature == 0 || (o->temperature >= least && o->temperature <= NOISE_MOST));
}

static fsnn_status check_noise(const fsnn_noise *o)
{
    if ((unsigned)o->mode >= FSNN_NOISES)
        return fsnn_fail(FSNN_EARGUMENT, "there is no noise mode number %d", o->mode);
    if (!noise_fits(o))
        return fsnn_fail(FSNN_EARGUMENT,
                         "the noise has gamma %g and temperature %g: each must be from 1e-9 to "
                         "1e+9, or 0 for its default",
                         o->gamma, o->temperature);
    if (o->mode == FSNN_NOISE_NONE && (o->gamma != 0 || o->temperature != 0))
        return fsnn_fail(FSNN_EARGUMENT, "the noise has a gamma or temperature but no mode: set "
                                         "one, like noise: {mode: hard_st}, or leave them out");
    return FSNN_OK;
}

/* What is said of options gets the node's name. */
static fsnn_status with_name(const op_node *node, fsnn_status status)
{
    if (status && status != FSNN_EMEMORY) {
        char *why = fsnn_strdup(fsnn_error_text());
        fsnn_fail(status, "%s \"%s\": %s", node->op->kind, node->name, why ? why : "");
        fsnn_free(why);
    }
    return status;
}

/* op.h: check */
static fsnn_status check(const fsnn_op *op, const void *options, char key[OP_KEY])
{
    const fsnn_neuron *o = options;
    snprintf(key, OP_KEY, "noise");
    FSNN_TRY(check_noise(&o->noise));
    key[0] = 0;
    return op->create ? neuron_user_check(op, options, key) : FSNN_OK;
}

static fsnn_status check_options(const op_node *node)
{
    const fsnn_neuron *o = node->options;
    const fsnn_value *value[] = {&o->tau, &o->threshold};
    static const char *const name[] = {"tau", "threshold"};
    for (int i = 0; i < 2; i++)
        if (!positive(value[i]->value))
            return fsnn_fail_key(FSNN_EARGUMENT, name[i],
                                 "%s \"%s\": %s is %g, it must be positive" RANGE, node->op->kind,
                                 node->name, name[i], value[i]->value);
    if ((unsigned)o->surrogate.growth >= FSNN_GROWTHS || !scale_fits(o->surrogate.scale_end))
        return fsnn_fail(FSNN_EARGUMENT,
                         "%s \"%s\": the surrogate's scale_end is %g, growth %d: the scale must be "
                         "from 1e-18 to 1e+18, or 0 where it does not change",
                         node->op->kind, node->name, o->surrogate.scale_end, o->surrogate.growth);
    if ((unsigned)o->surrogate.kind >= FSNN_SURROGATES || !scale_fits(o->surrogate.scale))
        return fsnn_fail(FSNN_EARGUMENT,
                         "%s \"%s\": surrogate kind %d with scale %g: the scale must be from 1e-18 "
                         "to 1e+18, or 0 for the default of the kind",
                         node->op->kind, node->name, o->surrogate.kind, o->surrogate.scale);
    if ((unsigned)o->reset >= FSNN_RESETS)
        return fsnn_fail_key(FSNN_EARGUMENT, "reset", "%s \"%s\": there is no reset number %d",
                             node->op->kind, node->name, o->reset);
    if (!isfinite((float)o->v_reset.value) || !isfinite((float)o->v0))
        return fsnn_fail_key(FSNN_EARGUMENT, isfinite((float)o->v0) ? "v_reset" : "v0",
                             "%s \"%s\": v0 is %g and v_reset is %g: they must be finite and of a "
                             "magnitude up to 3e+38",
                             node->op->kind, node->name, o->v0, o->v_reset.value);
    if ((o->v_reset.learn || o->v_reset.per == FSNN_PER_CHANNEL) && o->reset != FSNN_RESET_VALUE)
        return fsnn_fail_key(
            FSNN_EARGUMENT, "v_reset",
            "%s \"%s\": v_reset is where reset value lands, but the reset is %s: it "
            "cannot be learned or differ by channel",
            node->op->kind, node->name, fsnn_reset_name(o->reset));
    FSNN_TRY(with_name(node, check_noise(&o->noise)));
    const state *st = node->state;
    if (!(o->refractory >= 0 && o->refractory / st->h <= REST_MOST))
        return fsnn_fail_key(
            FSNN_EARGUMENT, "refractory",
            "%s \"%s\": refractory is %g at step %g: it must be from 0 to %g steps", node->op->kind,
            node->name, o->refractory, st->h, REST_MOST);
    return FSNN_OK;
}

/* Resets act on what a method keeps: not every pair can be. */
static fsnn_status check_reset(const op_node *node, const scan *s)
{
    const state *st = node->state;
    const reset_rule *reset = scan_resetting(s);
    const frac_method *method = s->memory.method;
    const char *kind = node->op->kind;
    if (reset->state && method->drive)
        return fsnn_fail_key(
            FSNN_EUNSUPPORTED, "reset",
            "%s \"%s\": reset %s overwrites the potential, but method %s remembers "
            "the drive: use jump, delta or current with it, or the methods gl or l1",
            kind, node->name, reset->name, method->name);
    if (reset->clears && method->start)
        return fsnn_fail_key(
            FSNN_EUNSUPPORTED, "reset",
            "%s \"%s\": reset %s begins a new history for each neuron, but method %s "
            "weighs the first drive apart: use gl, l1, ab or ml with it",
            kind, node->name, reset->name, method->name);
    const equation *e = st->user.equation;
    if (method->lweights && st->user.made && !(e && (e->leaks || e->slope == EQUATION_FLAT)))
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s \"%s\": method %s is exact for dv = (-v + ...)/tau and for a dv "
                         "without v, and this neuron's dv %s: use gl, l1, ab, trap or abm with it",
                         kind, node->name, method->name,
                         e ? "depends on v otherwise" : "is a callback");
    const fsnn_order *order = &s->memory.order;
    if (method->lweights && s->memory.compressed &&
        (s->options.tau.learn || order->learn_alpha || order->learn_coefficient))
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s \"%s\": with method %s the exponentials of a memory given by its "
                         "tolerance depend on tau and alpha, so these cannot be learned: use full "
                         "memory, or the method gl, l1 or ab",
                         kind, node->name, method->name);
    if (method->lweights && s->options.tau.per == FSNN_PER_CHANNEL)
        return fsnn_fail_key(
            FSNN_EUNSUPPORTED, "tau",
            "%s \"%s\": the weights of method %s depend on tau, so it must be one for "
            "the layer: write `per: layer`, or use another method",
            kind, node->name, method->name);
    return FSNN_OK;
}

/* Several states are advanced by explicit methods with one sum over the past. */
static fsnn_status check_states(const op_node *node, const state *st)
{
    if (!st->scan.others)
        return FSNN_OK;
    const frac_method *method = st->method;
    bool possible = method->scheme == FRAC_EXPLICIT && !method->start;
    if (!possible)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s \"%s\": it has %d states, which method %s cannot advance together: "
                         "gl, l1, ab and euler can",
                         node->op->kind, node->name, 1 + st->scan.others, method->name);
    if (st->implicit && method->linearised)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s \"%s\": it has %d states, which would have to be solved for together: "
                         "leave `implicit` out, with a step that is small enough",
                         node->op->kind, node->name, 1 + st->scan.others);
    if (((const fsnn_neuron *)node->options)->noise.mode != FSNN_NOISE_NONE)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s \"%s\": it has %d states, and noise on the threshold is for neurons "
                         "of one: leave `noise` out",
                         node->op->kind, node->name, 1 + st->scan.others);
    return FSNN_OK;
}

/* Each state's memory: the layer's where it is of fractional order, else that of forward Euler. */
static void settle_states(const op_node *node, state *st)
{
    const fsnn_user *o = node->options;
    const frac_method *euler = frac_method_get(FSNN_EULER);
    for (int i = 0; i <= st->scan.others; i++) {
        scan *s = scan_state(&st->scan, i);
        bool fractional = !st->user.made || neuron_user_fractional(o, i);
        if (i || !fractional)
            frac_memory_init(&s->memory, fractional ? st->method : euler, st->implicit, &st->order,
                             st->h, &st->memory);
        if (i)
            s->v0 = (float)o->state[i - 1].start;
    }
}

static op_param value_param(const char *name, const fsnn_value *v, int64_t channels,
                            fsnn_range range)
{
    return (op_param){.name = name,
                      .shape = FSNN_SHAPE(v->per == FSNN_PER_CHANNEL ? channels : 1),
                      .init = OP_CONSTANT,
                      .scale = v->value,
                      .learn = v->learn,
                      .neuron = true,
                      .range = range};
}

static int add_param(op_node *node, op_param param)
{
    node->param[node->params] = param;
    return node->params++;
}

/* Of the order: the net writes the numbers, they may differ by term. */
static op_param order_param(const char *name, const state *st, bool learn, fsnn_range range)
{
    return (op_param){.name = name,
                      .shape = FSNN_SHAPE(st->order.terms),
                      .init = OP_CONSTANT,
                      .learn = learn,
                      .neuron = true,
                      .range = range};
}

static void add_others(op_node *node, const fsnn_neuron *o, state *st)
{
    st->threshold = st->alpha = st->coefficient = st->v_reset = -1;
    if (!st->scan.model->readout)
        st->threshold = add_param(
            node, value_param("threshold", &o->threshold, st->scan.channels, FSNN_POSITIVE));
    st->own = node->params;
    for (int i = 0; i < st->scan.model->own; i++) {
        const fsnn_user_param *p = &((const fsnn_user *)node->options)->param[i];
        fsnn_range range = st->user.positive >> i & 1 ? FSNN_POSITIVE : FSNN_ANY;
        add_param(node, value_param(p->name, &p->value, st->scan.channels, range));
    }
    if (!st->method->integer)
        st->alpha = add_param(node, order_param("alpha", st, st->order.learn_alpha, FSNN_UNIT));
    if (!st->method->integer && (st->order.terms > 1 || st->order.learn_coefficient))
        st->coefficient = add_param(
            node, order_param("coefficient", st, st->order.learn_coefficient, FSNN_POSITIVE));
    if (o->reset != FSNN_RESET_VALUE)
        return;
    st->v_reset = add_param(node, value_param("v_reset", &o->v_reset, st->scan.channels, FSNN_ANY));
}

/* Without spikes there is nothing to reset. */
static fsnn_status settle_readout(const op_node *node, scan *s)
{
    if (s->options.reset != FSNN_RESET_CURRENT && s->options.reset != FSNN_RESET_NONE)
        return fsnn_fail(FSNN_EARGUMENT,
                         "readout \"%s\": it never spikes, so reset %s does nothing: leave it out",
                         node->name, fsnn_reset_name(s->options.reset));
    if (s->options.noise.mode != FSNN_NOISE_NONE)
        return fsnn_fail(
            FSNN_EARGUMENT,
            "readout \"%s\": it never spikes, so noise on its threshold does nothing: leave it out",
            node->name);
    s->options.reset = FSNN_RESET_NONE;
    s->rest = 0;
    return FSNN_OK;
}

static fsnn_status shape(op_node *node)
{
    FSNN_TRY(check_options(node));
    const fsnn_neuron *o = node->options;
    state *st = node->state;
    node->outputs = 1;
    node->out[0] = node->in[0];
    node->out_last[0] = node->in_last[0];

    scan *s = &st->scan;
    s->model = st->user.made ? &st->user.model : neuron_model_find(node->op->kind);
    s->options = *o;
    s->v0 = (float)o->v0;
    s->rest = (int64_t)round(o->refractory / st->h);
    s->channels = node->in[0].rank ? node->in[0].dim[0] : 1;
    s->N = fsnn_shape_count(&node->in[0]);
    s->stride = node->in_last[0] ? 1 : s->N / s->channels;

    if (s->model->readout)
        FSNN_TRY(settle_readout(node, s));
    FSNN_TRY(check_states(node, st));
    settle_states(node, st);
    s->memory.leak = (frac_leak){o->tau.value, s->model->leaky};
    FSNN_TRY(check_reset(node, s));

    node->params = 0;
    add_param(node, value_param("tau", &o->tau, s->channels, FSNN_POSITIVE)); /* P_TAU */
    add_others(node, o, st);
    return FSNN_OK;
}

/* Errors of the scan get the node's name. */
static fsnn_status named(const op_node *node, fsnn_status status)
{
    return status == FSNN_ENUMERIC || status == FSNN_ECALLBACK ? with_name(node, status) : status;
}

/* Where a step uses the slope of dv, backward uses its change: a difference of differences would be
 * noise. */
static fsnn_status check_slopes(const op_node *node)
{
    const state *st = node->state;
    const scan *s = &st->scan;
    const fsnn_neuron_callback *c = &st->user.callback.c;
    bool sloped = s->memory.scheme == FRAC_IMPLICIT ||
                  (s->memory.scheme == FRAC_PECE && s->options.reset == FSNN_RESET_DELTA);
    if (!node->training || !sloped || !c->dv || c->dv_slopes)
        return FSNN_OK;
    return fsnn_fail(
        FSNN_EUNSUPPORTED,
        "%s \"%s\": the gradient of an implicit method, and of reset delta with abm, needs the "
        "callback's dv_slopes: give them, or train with gl, l1 or ab, not implicit",
        node->op->kind, node->name);
}

/* Where the values lie; NULL: only how many there are of each parameter. */
static void bind(op_node *node, float *const *value)
{
    state *st = node->state;
    const int from[NEURON_PARS] = {P_TAU, st->threshold, st->v_reset};
    for (int p = 0; p < scan_pars(&st->scan); p++) {
        int at = p < NEURON_PARS ? from[p] : st->own + p - NEURON_PARS;
        if (at >= 0)
            st->scan.par[p] =
                (scan_param){value ? value[at] : NULL, fsnn_shape_count(&node->param[at].shape)};
    }
}

static fsnn_status plan(op_node *node)
{
    state *st = node->state;
    scan *s = &st->scan;
    bind(node, NULL);
    s->B = node->B;
    s->training = node->training;
    s->still = node->still_in;
    s->noise.seed = node->seed;
    neuron_node_progress(node, st->done);
    s->smooth = node->smooth;
    FSNN_TRY(check_slopes(node));
    s->linked = node->training && node->chained;
    s->chained = s->linked || (node->training && node->looped);
    s->total = node->total;
    if (s->linked && s->memory.keep < 0 && scan_resetting(s)->clears)
        return fsnn_fail(
            FSNN_EUNSUPPORTED,
            "%s \"%s\": reset %s empties the history that gradient checkpointing comes back to: a "
            "memory by tolerance or of a number of steps works with it, or no checkpointing",
            node->op->kind, node->name, scan_resetting(s)->name);
    node->scratch_bytes = node->tape_bytes = 0;
    return named(node, scan_plan(s, node->looped ? node->span : node->K));
}

static void take(const scan_sink *sink, int64_t row, int64_t line, int64_t from, int64_t count,
                 const float *spikes)
{
    const op_node *next = sink->of[0];
    next->op->take(next, sink->of[1], row, line, from, count, spikes);
}

static void give(const scan_sink *sink, int64_t row, int64_t line, int64_t from, int64_t count,
                 float *gspikes)
{
    const op_node *next = sink->of[0];
    next->op->give(next, sink->of[1], row, line, from, count, gspikes);
}

static bool into(op_node *node, const op_node *next)
{
    state *st = node->state;
    op_patches p = {0};
    if (next && !(node->out_last[0] && next->op->patches && next->op->patches(next, &p)))
        return false;
    scan_sink sink = {
        .lines = p.lines, .width = p.width, .unit = p.unit, .take = take, .give = give};
    return scan_sinks(&st->scan, &sink) && next;
}

static fsnn_status sums(op_node *node, bool *can)
{
    state *st = node->state;
    return scan_sums(&st->scan, can);
}

static bool binary(const op_node *node)
{
    const scan *s = &((const state *)node->state)->scan;
    return !s->model->readout && !s->smooth && !(s->noise.on && s->noise.soft);
}

static void send(state *st, const op_run *run)
{
    st->scan.sink.of[0] = run->into;
    st->scan.sink.of[1] = run->into_run;
}

typedef struct tally {
    state *st;
    const float *spikes; /* [rows, N] */
    int64_t rows;
} tally;

static void tally_range(int64_t begin, int64_t end, void *user)
{
    const tally *t = user;
    int64_t *counts = t->st->counts, N = t->st->scan.N;
    for (int64_t r = 0; r < t->rows; r++)
        for (int64_t n = begin; n < end; n++)
            counts[n] += t->spikes[r * N + n] != 0;
}

static fsnn_status forward(op_node *node, const op_run *run)
{
    state *st = node->state;
    bind(node, run->value);
    send(st, run);
    if (st->scan.time == 0)
        st->scan.noise.run = (uint64_t)run->step;
    fsnn_status status =
        node->looped ? scan_step_forward(&st->scan, run->at, node->span, run->in[0], run->out[0])
                     : scan_forward(&st->scan, node->K, run->in[0], run->out[0]);
    FSNN_TRY(named(node, status));
    if (!st->counts || st->counted != st->scan.N)
        return FSNN_OK;
    tally t = {st, run->out[0], node->K * st->scan.B};
    fsnn_parallel_range(st->scan.N, 256, tally_range, &t);
    st->tests += t.rows;
    return FSNN_OK;
}

void neuron_node_progress(op_node *node, double done)
{
    state *st = node->state;
    const fsnn_neuron *o = node->options;
    st->done = done;
    st->scan.options.surrogate = o->surrogate;
    st->scan.options.surrogate.scale = fsnn_surrogate_scale_at(&o->surrogate, done);
    scan_settle_noise(&st->scan);
}

fsnn_status neuron_node_count(op_node *node, bool on)
{
    state *st = node->state;
    fsnn_free(st->counts);
    st->counts = NULL;
    st->tests = 0;
    if (!on)
        return FSNN_OK;
    st->counted = st->scan.N;
    st->counts = fsnn_alloc((size_t)(st->counted + 1) * sizeof *st->counts);
    return st->counts ? FSNN_OK : FSNN_EMEMORY;
}

const int64_t *neuron_node_counts(const op_node *node, int64_t *tests)
{
    const state *st = node->state;
    *tests = st->tests;
    return st->counted == st->scan.N ? st->counts : NULL;
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    state *st = node->state;
    bind(node, run->value);
    send(st, run);
    scan_grads grads = {.I = run->gin[0], .sums = run->gsum, .par = {run->grad[P_TAU]}};
    if (st->threshold >= 0)
        grads.par[PAR_THRESHOLD] = run->grad[st->threshold];
    if (st->alpha >= 0)
        grads.alpha = run->grad[st->alpha];
    if (st->coefficient >= 0)
        grads.coefficient = run->grad[st->coefficient];
    if (st->v_reset >= 0)
        grads.par[PAR_V_RESET] = run->grad[st->v_reset];
    for (int i = 0; i < st->scan.model->own; i++)
        grads.par[NEURON_PARS + i] = run->grad[st->own + i];
    fsnn_status status =
        node->looped
            ? scan_step_backward(&st->scan, run->at, run->in[0], run->out[0], run->gout[0], &grads)
            : scan_backward(&st->scan, run->in[0], run->out[0], run->gout[0], &grads);
    return named(node, status);
}

static void destroy(op_node *node)
{
    state *st = node->state;
    fsnn_free(st->counts);
    st->counts = NULL;
    scan_free(&st->scan);
    neuron_user_free(&st->user);
}

static fsnn_status check_positive(const op_node *node, int p, const float *value)
{
    for (int64_t i = 0; i < fsnn_shape_count(&node->param[p].shape); i++)
        if (!(value[i] > 0 && isfinite(value[i])))
            return fsnn_fail(FSNN_EARGUMENT, "%s.%s[%lld] is %g: it must be positive", node->name,
                             node->param[p].name, (long long)i, value[i]);
    return FSNN_OK;
}

static fsnn_status check_finite(const op_node *node, int p, const float *value)
{
    for (int64_t i = 0; i < fsnn_shape_count(&node->param[p].shape); i++)
        if (!isfinite(value[i]))
            return fsnn_fail(FSNN_EARGUMENT, "%s.%s[%lld] is %g: it must be finite", node->name,
                             node->param[p].name, (long long)i, (double)value[i]);
    return FSNN_OK;
}

static fsnn_status changed(op_node *node, float *const *value, bool *anew)
{
    state *st = node->state;
    FSNN_TRY(check_positive(node, P_TAU, value[P_TAU]));
    if (st->threshold >= 0)
        FSNN_TRY(check_positive(node, st->threshold, value[st->threshold]));
    const fsnn_neuron *o = node->options;
    float tau = value[P_TAU][0];
    st->scan.memory.leak.tau = tau == (float)o->tau.value ? o->tau.value : tau;
    if (st->v_reset >= 0)
        FSNN_TRY(check_finite(node, st->v_reset, value[st->v_reset]));
    for (int i = 0; i < st->scan.model->own; i++)
        FSNN_TRY((st->user.positive >> i & 1 ? check_positive : check_finite)(node, st->own + i,
                                                                              value[st->own + i]));
    if (st->alpha < 0)
        return FSNN_OK;
    fsnn_order *order = &st->scan.memory.order;
    for (int m = 0; m < order->terms; m++) {
        float alpha = value[st->alpha][m];
        if (!(alpha > 0 && alpha <= 1))
            return fsnn_fail(FSNN_EARGUMENT, "%s.alpha[%d] is %g: it must lie in (0, 1]",
                             node->name, m, alpha);
        /* the number as the description gives it, where the float is its rounding */
        order->alpha[m] = alpha == (float)st->order.alpha[m] ? st->order.alpha[m] : alpha;
    }
    if (st->coefficient >= 0) {
        FSNN_TRY(check_positive(node, st->coefficient, value[st->coefficient]));
        for (int m = 0; m < order->terms; m++) {
            float c = value[st->coefficient][m];
            order->coefficient[m] =
                c == (float)st->order.coefficient[m] ? st->order.coefficient[m] : c;
        }
    }
    for (int i = 0; i <= st->scan.others; i++) {
        frac_memory *m = &scan_state(&st->scan, i)->memory;
        int64_t fits = m->fits;
        m->order = *order;
        fsnn_status status = frac_memory_settle(m, m->lags, true);
        *anew = *anew || m->fits != fits;
        FSNN_TRY(status);
    }
    return FSNN_OK;
}

/* ---- memory ---- */

static void reset(op_node *node)
{
    state *st = node->state;
    scan_reset(&st->scan);
}

static size_t bytes(const op_node *node)
{
    const state *st = node->state;
    return scan_state_bytes(&st->scan, true);
}

static void save(const op_node *node, bool whole, void *to)
{
    const state *st = node->state;
    scan_state_save(&st->scan, whole, to);
}

static fsnn_status load(op_node *node, bool whole, const void *from)
{
    state *st = node->state;
    return scan_state_load(&st->scan, whole, from);
}

static void chain(op_node *node, bool last, bool first)
{
    state *st = node->state;
    st->scan.begins = first;
    if (last)
        scan_chain(&st->scan);
}

static size_t most(const op_node *node)
{
    const state *st = node->state;
    return scan_state_most(&st->scan);
}

static bool fits(const op_node *node, const void *from, int64_t count)
{
    const state *st = node->state;
    return scan_state_fits(&st->scan, from, count);
}

/* Parameters may have been learned since: what counts is the form of the state. */
static void print_memory(const frac_memory *m, uint64_t *print)
{
    op_print_mix(print, m->method->name, strlen(m->method->name));
    op_print_mix(print, &m->h, sizeof m->h);
    op_print_mix(print, &m->keep, sizeof m->keep);
    op_print_mix(print, &m->compressed, sizeof m->compressed);
    if (m->compressed)
        op_print_mix(print, m->modes.fit.s, (size_t)m->modes.fit.modes * sizeof(double));
}

static void print(const op_node *node, uint64_t *sum)
{
    const state *st = node->state;
    const scan *s = &st->scan;
    op_print_mix(sum, &s->N, sizeof s->N);
    op_print_mix(sum, &s->options.reset, sizeof s->options.reset);
    op_print_mix(sum, &s->rest, sizeof s->rest);
    print_memory(&s->memory, sum);
    for (int i = 0; i < s->others; i++)
        print_memory(&s->other[i].memory, sum);
}

static size_t held(const op_node *node)
{
    const state *st = node->state;
    return scan_bytes(&st->scan);
}

static const op_memory memory = {.reset = reset,
                                 .bytes = bytes,
                                 .save = save,
                                 .load = load,
                                 .chain = chain,
                                 .most = most,
                                 .fits = fits,
                                 .print = print,
                                 .held = held};

double neuron_node_rate(const op_node *node)
{
    const state *st = node->state;
    return scan_rate(&st->scan);
}

double neuron_node_memory_cost(const op_node *node)
{
    const state *st = node->state;
    return scan_memory_cost(&st->scan);
}

fsnn_status neuron_node_certificate(const op_node *node, fsnn_certificate *certificate)
{
    const state *st = node->state;
    return scan_certify(&st->scan, certificate);
}

/* The largest 1/tau that is stable at step h: sum_m C_m limit(alpha_m) / h^alpha_m. */
static double stable_rate(const state *st, double h)
{
    double sum = 0;
    for (int m = 0; m < st->order.terms; m++) {
        double a = st->method->integer ? 1 : st->order.alpha[m];
        sum += st->order.coefficient[m] * st->method->stable(a) / pow(h, a);
    }
    return sum;
}

/* The largest stable step: stable_rate falls with it. */
static double stable_step(const state *st, double rate)
{
    double low = 1e-30, high = 1e30;
    for (int i = 0; i < 200; i++) {
        double middle = sqrt(low * high);
        if (stable_rate(st, middle) > rate)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* How fast dv falls with v: -d(dv)/dv with the parameters as they were given; where it changes with
 * v, at v0 without a current. 0: it does not fall, or that is not known (a callback). */
static double leak_rate(const state *st, const op_node *node)
{
    const fsnn_neuron *o = node->options;
    const equation *e = st->user.equation;
    double at[EQUATION_VALUES] = {0};
    if (st->scan.model->leaky)
        return 1 / o->tau.value;
    if (!e)
        return 0;
    at[EQUATION_X] = o->v0;
    at[EQUATION_PAR + PAR_TAU] = o->tau.value;
    at[EQUATION_PAR + PAR_THRESHOLD] = o->threshold.value;
    for (int i = 0; i < st->scan.model->own; i++)
        at[EQUATION_PAR + 2 + i] = ((const fsnn_user *)node->options)->param[i].value.value;
    double rate = -equation_value(e, EQUATION_J, at);
    return isfinite(rate) && rate > 0 ? rate : 0;
}

/* A step below ..., and for the leak of lif a tau above ..., are stable. */
static char *remedy(const state *st, double rate, double most)
{
    double step = stable_step(st, rate);
    if (st->scan.model->leaky)
        return fsnn_format("a step below %.4g or a tau above %.4g is stable", step, 1 / most);
    return fsnn_format("a step below %.4g is stable", step);
}

static char *unstable_terms(const op_node *node, const state *st, double rate, double most,
                            const char *works)
{
    return fsnn_format("%s \"%s\": %s is %.4g, beyond the %.4g up to which explicit %s is stable "
                       "with these %d terms at step %g: potentials below threshold may oscillate "
                       "and grow; %s, and so is `implicit: true` at any step",
                       node->op->kind, node->name,
                       st->scan.model->leaky ? "1/tau" : "the slope of dv, -d(dv)/dv,", rate, most,
                       st->method->name, st->order.terms, st->h, works);
}

static char *unstable_term(const op_node *node, const state *st, double rate, double most,
                           const char *works)
{
    double a = st->method->integer ? 1 : st->order.alpha[0], limit = st->method->stable(a);
    double z = rate / most * limit; /* h^alpha / (tau C) */
    bool leaky = st->scan.model->leaky;
    char slope[64] = "step^alpha/tau";
    if (!leaky)
        snprintf(slope, sizeof slope, "step^alpha times the slope of dv%s, %.4g,",
                 st->scan.model->curved ? " at v0" : "", rate);
    return fsnn_format("%s \"%s\": %s is %.4g, beyond the %.4g up to which explicit %s is stable "
                       "at alpha %g: potentials below threshold may oscillate and grow; %s, and so "
                       "%s, or `implicit: true` with gl, l1 and ab, at any step",
                       node->op->kind, node->name, slope, z, limit, st->method->name, a, works,
                       leaky ? "are the methods trap and ml" : "is the method trap");
}

char *neuron_node_unstable(const op_node *node)
{
    const state *st = node->state;
    double rate = leak_rate(st, node);
    if (rate == 0 || !st->method->stable || st->scan.memory.scheme == FRAC_IMPLICIT)
        return NULL;
    double most = stable_rate(st, st->h);
    if (rate <= most * (1 + 1e-12))
        return NULL;
    char *works = remedy(st, rate, most);
    if (!works)
        return NULL;
    char *sentence =
        (st->order.terms > 1 ? unstable_terms : unstable_term)(node, st, rate, most, works);
    fsnn_free(works);
    return sentence;
}

static fsnn_status create_user(op_node *node)
{
    state *st = node->state;
    FSNN_TRY(neuron_user_create(&st->user, node->options, node));
    return scan_others(&st->scan, st->user.model.others);
}

int neuron_node_states(const op_node *node)
{
    const state *st = node->state;
    return 1 + st->scan.others;
}

const char *neuron_node_state_name(const op_node *node, int i)
{
    if (i < 0 || i >= neuron_node_states(node))
        return NULL;
    return i ? neuron_user_state(node->options, i) : "v";
}

void neuron_node_values(const op_node *node, int i, const float *spikes, float *out)
{
    const state *st = node->state;
    if (i)
        scan_other_values(&st->scan, i - 1, out);
    else
        scan_potentials(&st->scan, spikes, out);
}

const char *neuron_node_equations(const op_node *node)
{
    const state *st = node->state;
    return st->user.equations ? st->user.equations : "";
}

/* Options type and defaults, first key, create. */
#define NEURON(symbol, kind_name, type, begins, key, made, what)                                   \
    static const fsnn_op symbol = {.kind = kind_name,                                              \
                                   .help = what,                                                   \
                                   .options_size = sizeof(type),                                   \
                                   .defaults = &(begins),                                          \
                                   .keys = (key),                                                  \
                                   .create = made,                                                 \
                                   .check = check,                                                 \
                                   .min_in = 1,                                                    \
                                   .max_in = 1,                                                    \
                                   .flags = OP_LAST | OP_NEEDS_IN | OP_NEEDS_OUT | OP_NEURON |     \
                                            OP_READS_STILL | OP_INPLACE,                           \
                                   .state_size = sizeof(state),                                    \
                                   .shape = shape,                                                 \
                                   .plan = plan,                                                   \
                                   .forward = forward,                                             \
                                   .backward = backward,                                           \
                                   .into = into,                                                   \
                                   .sums = sums,                                                   \
                                   .binary = binary,                                               \
                                   .changed = changed,                                             \
                                   .memory = &memory,                                              \
                                   .destroy = destroy}

NEURON(kind_if, "if", fsnn_neuron, defaults, keys + USER_KEYS, NULL,
       "integrate-and-fire: tau D^alpha v = I");
NEURON(kind_lif, "lif", fsnn_neuron, defaults, keys + USER_KEYS, NULL,
       "leaky integrate-and-fire: tau D^alpha v = -v + I");
NEURON(kind_noisy, "noisy", fsnn_neuron, noisy_defaults, keys + USER_KEYS, NULL,
       "lif with a noisy threshold while it is trained; every neuron of one state can have "
       "`noise`, here it is the default");
NEURON(kind_user, "user", fsnn_user, defaults, keys, create_user,
       "a neuron of your own, by its equations: D^alpha v = dv (docs/neurons.md)");
NEURON(kind_qif, "qif", fsnn_user, defaults, keys + PARAM_KEYS, create_user,
       "quadratic integrate-and-fire: tau D^alpha v = a (v - rest) (v - critical) + I; params a 1, "
       "rest 0, critical 0.5");
NEURON(kind_eif, "eif", fsnn_user, defaults, keys + PARAM_KEYS, create_user,
       "exponential integrate-and-fire: tau D^alpha v = -v + slope exp((v - onset)/slope) + I; "
       "params slope 0.2, onset 0.8");
NEURON(kind_hard_lif, "hard_lif", fsnn_user, defaults, keys + PARAM_KEYS, create_user,
       "lif with a hard reset by feedback: tau D^alpha v = -v + I - kappa s v while it spikes; "
       "params kappa 1 (tau - 1 takes away all of v at alpha 1 and step 1)");
NEURON(kind_cuba, "cuba", fsnn_user, defaults, keys + STATE_KEYS, create_user,
       "current-based leaky integrate-and-fire: tau D^alpha v = -v + i, and i is the current "
       "behind a synaptic filter, tau_syn di/dt = -i + I; params tau_syn 2; states v, i, of "
       "fractional order v");
NEURON(kind_alif, "alif", fsnn_user, defaults, keys + STATE_KEYS, create_user,
       "leaky integrate-and-fire with a threshold that spikes raise: threshold + beta a, tau_a "
       "da/dt = -a + s; params tau_a 20, beta 1.8; states v, a, of fractional order v");
NEURON(kind_readout, "readout", fsnn_neuron, defaults, readout_keys, NULL,
       "leaky readout: tau D^alpha v = -v + I without spikes, the output is v (for regression and "
       "losses on the potential)");

const fsnn_op *const fsnn_neuron_ops[] = {
    &kind_if,       &kind_lif,  &kind_noisy, &kind_user,    &kind_qif, &kind_eif,
    &kind_hard_lif, &kind_cuba, &kind_alif,  &kind_readout, NULL};

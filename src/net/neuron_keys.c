/* The options of neuron layers as tables of keys. Kinds with equations have more keys than the
 * others, kinds with several states more than those, and the user's own neuron has most. Each table
 * holds what it has more, and goes on in the next smaller one. */
#include "net/neuron_node.h"

#include <math.h>
#include <stddef.h>

static const char *const per_names[] = {"layer", "channel", "neuron", NULL};
static const char *const equality_names[] = {">=", ">", NULL};
static const char *surrogate_name(int i)
{
    return fsnn_surrogate_name((fsnn_surrogate_kind)i);
}

static const char *noise_name(int i)
{
    return fsnn_noise_name((fsnn_noise_mode)i);
}

static const char *reset_name(int i)
{
    return fsnn_reset_name((fsnn_reset)i);
}

static const char *const growth_names[] = {"geometric", "linear", NULL};
static const fsnn_alias surrogate_aliases[] = {
    {"piecewise_linear", FSNN_RECTANGLE}, {"superspike", FSNN_FAST_SIGMOID}, {0}};

/* A value that may be learned: the rows of `member`, an fsnn_value inside `struct_`. */
#define VALUE_KEYS(struct_, member, least, without)                                                \
    {.name = "value",                                                                              \
     .type = FSNN_KEY_REALS,                                                                       \
     .offset = offsetof(struct_, member value),                                                    \
     .size = offsetof(struct_, member values),                                                     \
     .count = offsetof(struct_, member count),                                                     \
     .min = least,                                                                                 \
     .max = INFINITY,                                                                              \
     .above = without,                                                                             \
     .help = "the value, or where learning starts; a list with `per: channel` or `per: neuron`: "  \
             "a value each, in the order of the layer's shape"},                                   \
        {.name = "learn",                                                                          \
         .type = FSNN_KEY_BOOL,                                                                    \
         .offset = offsetof(struct_, member learn),                                                \
         .help = "learn it"},                                                                      \
    {                                                                                              \
        .name = "per", .type = FSNN_KEY_ENUM, .offset = offsetof(struct_, member per),             \
        .names = per_names, .help = "one number for the layer, or one a channel or a neuron"       \
    }
static const fsnn_key value_keys[] = {VALUE_KEYS(fsnn_value, , 0, true), {0}};
static const fsnn_key any_value_keys[] = {VALUE_KEYS(fsnn_value, , -INFINITY, false), {0}};
static const fsnn_key own_keys[] = {VALUE_KEYS(fsnn_user_param, value., -INFINITY, false), {0}};

static const char *const draw_names[] = {"none", "uniform", "normal", NULL};
/* v0, a number of the options, and `start`, what more there is of it. */
static const fsnn_key start_keys[] = {
    {.name = "value",
     .type = FSNN_KEY_REALS,
     .offset = offsetof(fsnn_neuron, v0),
     .size = offsetof(fsnn_neuron, start.values),
     .count = offsetof(fsnn_neuron, start.count),
     .min = -INFINITY,
     .max = INFINITY,
     .help =
         "the value, where learning starts, or the middle of a draw; a list with `per: channel` "
         "or `per: neuron`: a value each, in the order of the layer's shape"},
    {.name = "learn",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_neuron, start.learn),
     .help = "learn it"},
    {.name = "per",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_neuron, start.per),
     .names = per_names,
     .help = "one number for the layer, or one a channel or a neuron"},
    {.name = "draw",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_neuron, start.draw),
     .names = draw_names,
     .help = "the numbers are drawn once, with the initial weights: evenly from value - spread to "
             "value + spread, or normally with the standard deviation spread; with `per: channel` "
             "or `per: neuron`"},
    {.name = "spread",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_neuron, start.spread),
     .min = 0,
     .max = INFINITY,
     .with = "v0.draw",
     .when = FSNN_ALL_BUT(FSNN_DRAW_NONE),
     .help = "how far drawn numbers lie from the value"},
    {0},
};

static const fsnn_key surrogate_keys[] = {
    {.name = "kind",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_surrogate, kind),
     .name_of = surrogate_name,
     .aliases = surrogate_aliases,
     .help = "shape of the surrogate gradient; rectangle is also called piecewise_linear, "
             "fast_sigmoid also superspike"},
    {.name = "scale",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_surrogate, scale),
     .min = 0,
     .max = NEURON_SCALE_MOST,
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
     .max = NEURON_SCALE_MOST,
     .above = true,
     .otherwise = "scale",
     .help = "scale at the end of a training; the scale changes batch by batch"},
    {.name = "growth",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_surrogate, growth),
     .names = growth_names,
     .with = "scale_end",
     .when = FSNN_ALL_BUT(0),
     .help = "how the scale changes: by equal factors, or by equal differences"},
    {0},
};

static const fsnn_key noise_keys[] = {
    {.name = "mode",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_noise, mode),
     .name_of = noise_name,
     .help = "the spike in training, z = (potential - threshold)/gamma, g logistic noise, T the "
             "temperature: meanfield sigmoid(z); soft_noisy sigmoid(z + g); concrete sigmoid((z + "
             "g)/T); hard_st and hard_concrete a step at z + g = 0, with the gradient of "
             "sigmoid(z), sigmoid((z + g)/T)"},
    {.name = "gamma",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_noise, gamma),
     .min = 0,
     .max = NEURON_NOISE_MOST,
     .above = true,
     .otherwise = "0.2",
     .help = "scale of the noise, in the unit of the potential"},
    {.name = "temperature",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_noise, temperature),
     .min = 0,
     .max = NEURON_NOISE_MOST,
     .above = true,
     .otherwise = "0.25",
     .with = "mode",
     .when = 1u << FSNN_NOISE_CONCRETE | 1u << FSNN_NOISE_HARD_CONCRETE,
     .help = "T of the concrete modes"},
    {0},
};

#define TAU_KEY                                                                                    \
    {                                                                                              \
        .name = "tau", .type = FSNN_KEY_GROUP, .offset = offsetof(fsnn_neuron, tau),               \
        .group = value_keys, .help = "time constant, in the unit of the solver step"               \
    }
/* A readout never spikes: it has no more than these. */
const fsnn_key neuron_readout_keys[] = {
    TAU_KEY,
    {.name = "v0",
     .type = FSNN_KEY_GROUP,
     .group = start_keys,
     .brief = true,
     .help = "potential at time 0 (Caputo), and after a spike under reset `restart`"},
    {0},
};

static const fsnn_key spiking_keys[] = {
    {.name = "surrogate",
     .type = FSNN_KEY_GROUP,
     .offset = offsetof(fsnn_neuron, surrogate),
     .group = surrogate_keys,
     .with = "noise.mode",
     .when = 1u << FSNN_NOISE_NONE,
     .help = "function whose slope replaces the derivative of the spike in training"},
    {.name = "reset",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_neuron, reset),
     .name_of = reset_name,
     .help = "what a spike does to the potential"},
    {.name = "v0",
     .type = FSNN_KEY_GROUP,
     .group = start_keys,
     .brief = true,
     .help = "potential at time 0 (Caputo), and after a spike under reset `restart`"},
    {.name = "v_reset",
     .type = FSNN_KEY_GROUP,
     .offset = offsetof(fsnn_neuron, v_reset),
     .group = any_value_keys,
     .with = "reset",
     .when = 1u << FSNN_RESET_VALUE,
     .help = "potential after a spike under reset `value`"},
    {.name = "refractory",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_neuron, refractory),
     .min = 0,
     .max = INFINITY,
     .help = "time without spikes after a spike, in the unit of the solver step, rounded to steps; "
             "resets `value` and `restart` hold the potential during this time"},
    {.name = "detach_reset",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_neuron, detach_reset),
     .with = "reset",
     .when = FSNN_ALL_BUT(FSNN_RESET_NONE),
     .help = "the spike inside the reset carries no gradient"},
    {.name = "equality",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_neuron, equality),
     .names = equality_names,
     .help = "the neuron spikes where its potential is >= the threshold, or only where it is > (as "
             "NIR has it)"},
    {.name = "noise",
     .type = FSNN_KEY_GROUP,
     .offset = offsetof(fsnn_neuron, noise),
     .group = noise_keys,
     .help = "logistic noise on the threshold in training, in place of the surrogate; outside of "
             "training the threshold is sharp"},
    {0},
};

#define THRESHOLD_KEY(values, what)                                                                \
    {                                                                                              \
        .name = "threshold", .type = FSNN_KEY_GROUP, .offset = offsetof(fsnn_neuron, threshold),   \
        .group = values, .help = what                                                              \
    }

const fsnn_key neuron_keys[] = {
    TAU_KEY,
    THRESHOLD_KEY(value_keys, "the neuron spikes when its potential reaches this value"),
    FSNN_KEYS_GO_ON(spiking_keys),
};

const fsnn_key neuron_resting_keys[] = {
    TAU_KEY,
    THRESHOLD_KEY(any_value_keys, "the neuron spikes when its potential reaches this value, which "
                                  "is above `rest`"),
    {.name = "rest",
     .type = FSNN_KEY_GROUP,
     .optional = true,
     .offset = offsetof(fsnn_neuron, rest),
     .group = any_value_keys,
     .help = "potential at rest; threshold, v0 and v_reset are potentials like it, in units of "
             "your own, and v0 and v_reset are `rest` unless they are given; a spike takes "
             "threshold - rest where it takes the threshold without"},
    {.name = "resistance",
     .type = FSNN_KEY_GROUP,
     .optional = true,
     .offset = offsetof(fsnn_neuron, resistance),
     .group = value_keys,
     .help = "what the input current is multiplied with"},
    FSNN_KEYS_GO_ON(spiking_keys),
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

const fsnn_key neuron_param_keys[] = {
    {.name = "params",
     .type = FSNN_KEY_NAMED,
     .offset = offsetof(fsnn_user, param),
     .max = FSNN_USER_PARAMS,
     .group = own_keys,
     .like = "values, like {a: 0.2}",
     .size = sizeof(fsnn_user_param),
     .count = offsetof(fsnn_user, params),
     .help = "parameters of the equations, like `{a: 0.2, b: {value: 1, learn: true}}`"},
    FSNN_KEYS_GO_ON(neuron_keys),
};

/* The threshold of kinds whose potential runs up by itself. */
#define PEAK_KEY                                                                                   \
    {                                                                                              \
        .name = "v_peak", .type = FSNN_KEY_GROUP, .offset = offsetof(fsnn_neuron, threshold),      \
        .group = any_value_keys, .instead = "threshold", .mark = offsetof(fsnn_neuron, peak),      \
        .otherwise = "threshold",                                                                  \
        .help = "in place of `threshold`: the potential at which an upstroke counts as a spike "   \
                "and ends, any number, with reset `value` or `restart`"                            \
    }

const fsnn_key neuron_peak_keys[] = {PEAK_KEY, FSNN_KEYS_GO_ON(neuron_param_keys)};

const fsnn_key neuron_state_keys[] = {
    STATE_KEY("NAME0", start_key, "0", "value of a further state at time 0: `w0` for w"),
    {.name = "fractional",
     .type = FSNN_KEY_TEXTS,
     .offset = offsetof(fsnn_user, fractional),
     .max = 1 + FSNN_USER_STATES,
     .count = offsetof(fsnn_user, fractionals),
     .otherwise = "v",
     .help =
         "states of fractional order, like `[v, w]`; the others are integrated by forward Euler"},
    FSNN_KEYS_GO_ON(neuron_param_keys),
};

const fsnn_key neuron_user_keys[] = {
    {.name = "dv",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(fsnn_user, dv),
     .help = "the derivative, like `(-v*(1 + a*tanh(v)) + I)/tau`; names: v, I, tau, threshold and "
             "params"},
    {.name = "spike",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(fsnn_user, spike),
     .help = "the neuron spikes if this is >= 0; `v + dv - threshold` when not given"},
    {.name = "after_spike",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(fsnn_user, after_spike),
     .help = "the value that replaces dv in a step; s is 1 if the neuron spiked (only for reset "
             "`current`); `dv - s*threshold/tau` when not given"},
    {.name = "callback",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(fsnn_user, callback),
     .help = "in place of equations: the name of C functions that the program registered "
             "(fsnn_neuron_register)"},
    STATE_KEY("dNAME", derivative_key, NULL,
              "derivative of a further state, up to three: `dw` adds a state w, which all "
              "equations may use; it may use s, the spike of the step"),
    STATE_KEY("after_spike_NAME", after_key, "`dNAME`",
              "the value that replaces the derivative of a further state in a step, under any "
              "reset; s is 1 if the neuron spiked"),
    PEAK_KEY,
    FSNN_KEYS_GO_ON(neuron_state_keys),
};

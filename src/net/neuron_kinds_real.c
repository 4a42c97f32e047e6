/* All kinds of neurons, one row each: name, help, options, and for kinds that are equations the
 * equations, with the values that their parameters have where a layer says nothing else. A new kind
 * of equations is a row here and nothing more; a model by hand, like lif, has a file in neuron/ too
 * (neuron/model.h). */
#include "net/neuron_node.h"

#include <string.h>

/* All neurons' options begin with a fsnn_neuron. FSNN_NEURON_DEFAULT, as a constant that an
 * initialiser may have. */
#define DEFAULTS                                                                                   \
    .tau = {.value = 2.0}, .threshold = {.value = 1.0}, .surrogate = {.kind = FSNN_ARCTAN},        \
    .reset = FSNN_RESET_CURRENT, .detach_reset = true, .resistance = {.value = 1.0}
static const fsnn_user defaults = {.neuron = {DEFAULTS}};
static const fsnn_neuron noisy_defaults = {DEFAULTS, .noise = {.mode = FSNN_NOISE_HARD_ST}};

static const neuron_functions functions = {
    .dynamics = neuron_dynamics,
    .states = neuron_states,
    .state_name = neuron_state_name,
    .readout = neuron_is_readout,
    .progress = neuron_progress,
    .count = neuron_count,
    .counts = neuron_counts,
    .equations = neuron_equations,
    .memory_cost = neuron_memory_cost,
    .rate = neuron_rate,
    .spiking = neuron_spiking,
    .certificate = neuron_certificate,
    .past = neuron_past_of,
    .unstable = neuron_unstable,
    .overshoots = neuron_overshoots,
    .forgets = neuron_forgets,
    .hold = neuron_hold,
    .held = neuron_held,
};

/* What all of them are to the net. */
#define LAYER                                                                                      \
    .check = neuron_check, .min_in = 1, .max_in = 1,                                               \
    .flags = OP_LAST | OP_NEEDS_IN | OP_NEEDS_OUT | OP_NEURON | OP_READS_STILL | OP_INPLACE,       \
    .state_size = sizeof(neuron_layer), .shape = neuron_shape, .plan = neuron_plan,                \
    .forward = neuron_forward, .backward = neuron_backward, .into = neuron_into,                   \
    .sums = neuron_sums, .binary = neuron_binary, .changed = neuron_changed,                       \
    .memory = &neuron_memory, .neuron = &functions, .create = neuron_create,                       \
    .destroy = neuron_destroy
/* A model of neuron/, with its defaults and keys; equations, with their keys. */
#define NEURON(name, begins, table, what)                                                          \
    .kind = name, .help = what, .options_size = sizeof(fsnn_neuron), .defaults = &(begins),        \
    .keys = table, LAYER
#define EQUATIONS(name, table, what)                                                               \
    .kind = name, .help = what, .options_size = sizeof(fsnn_user), .defaults = &defaults,          \
    .keys = table, LAYER

static const neuron_kind kinds[] = {
    {.op = {NEURON("if", defaults, neuron_resting_keys, "integrate-and-fire: tau D^alpha v = I")}},
    {.op = {NEURON("lif", defaults, neuron_resting_keys,
                   "leaky integrate-and-fire: tau D^alpha v = -v + I, with rest and resistance -(v "
                   "- rest) + resistance I")}},
    {.op = {NEURON("noisy", noisy_defaults, neuron_resting_keys,
                   "lif with a noisy threshold in training; every neuron with one state can have "
                   "`noise`, here it is the default")}},
    {.op = {EQUATIONS("user", neuron_user_keys,
                      "a neuron of your own by equations: D^alpha v = dv (docs/neurons.md)")}},
    /* Ermentrout and Kopell 1986 (theta neuron); Latham et al. 2000 */
    {.op = {EQUATIONS("qif", neuron_peak_keys,
                      "quadratic integrate-and-fire: tau D^alpha v = a (v - rest) (v - critical) + "
                      "I; params a 1, rest 0, critical 0.5")},
     .what = {.dv = "(a*(v - rest)*(v - critical) + I)/tau",
              .params = 3,
              .param = {{"a", {.value = 1}},
                        {"rest", {.value = 0}},
                        {"critical", {.value = 0.5}}}}},
    /* Fourcaud-Trocme et al. 2003. The exponent is kept below 20, so that one step past the
     * threshold does not leave single precision. */
    {.op = {EQUATIONS(
         "eif", neuron_peak_keys,
         "exponential integrate-and-fire: tau D^alpha v = -v + slope exp((v - onset)/slope) + I; "
         "params slope 0.2, onset 0.8")},
     .what = {.dv = "(-v + slope*exp(min((v - onset)/slope, 20)) + I)/tau",
              .params = 2,
              .param = {{"slope", {.value = 0.2}}, {"onset", {.value = 0.8}}}}},
    /* the spike makes the leak 1 + kappa times as strong for a step; Kang et al. 2025 (spikeDE) */
    {.op = {EQUATIONS(
         "hard_lif", neuron_param_keys,
         "lif with a hard reset by feedback: tau D^alpha v = -v + I - kappa s v, s = 1 in the step "
         "of a spike; params kappa 1 (tau - 1 removes all of v at alpha 1 and step 1)")},
     .what = {.dv = "(-v + I)/tau",
              .after_spike = "dv - s*kappa*v/tau",
              .params = 1,
              .param = {{"kappa", {.value = 1}}}}},
    /* The current of an exponential synapse: Brette et al. 2007 (CUBA); Neftci, Mostafa and Zenke
     * 2019. The synapse is a plain filter; memory belongs to the membrane. */
    {.op = {EQUATIONS(
         "cuba", neuron_state_keys,
         "current-based leaky integrate-and-fire: tau D^alpha v = -v + i, and i is the current "
         "behind a synaptic filter, tau_syn di/dt = -i + I; params tau_syn 2; states v, i, of "
         "fractional order v")},
     .what = {.dv = "(-v + i)/tau",
              .states = 1,
              .state = {{.name = "i", .derivative = "(-i + I)/tau_syn"}},
              .params = 1,
              .param = {{"tau_syn", {.value = 2}}}},
     .positive = 1},
    /* Bellec et al. 2018, with its beta; Yin, Corradi and Bohte 2021. Spikes of before raise the
     * threshold of now; a reset takes `threshold`, not what was added to it (Bellec et al.
     * 2020). */
    {.op = {EQUATIONS(
         "alif", neuron_state_keys,
         "leaky integrate-and-fire with a threshold that spikes raise: threshold + beta a, tau_a "
         "da/dt = -a + s; params tau_a 20, beta 1.8; states v, a, of fractional order v")},
     .what = {.dv = "(-v + I)/tau",
              .spike = "v + dv - threshold - beta*a",
              .states = 1,
              .state = {{.name = "a", .derivative = "(-a + s)/tau_a"}},
              .params = 2,
              .param = {{"tau_a", {.value = 20}}, {"beta", {.value = 1.8}}}},
     .positive = 1},
    {.op = {NEURON("readout", defaults, neuron_readout_keys,
                   "leaky readout: tau D^alpha v = -v + I without spikes, the output is v (for "
                   "regression and losses on the potential)")}},
    {.op = {NEURON("integrator", defaults, neuron_readout_keys,
                   "readout without a leak: tau D^alpha v = I, the output is v")}},
};

const fsnn_op *neuron_op_at(int index)
{
    return index >= 0 && index < FSNN_COUNT(kinds) ? &kinds[index].op : NULL;
}

const neuron_kind *neuron_kind_find(const char *kind)
{
    for (int i = 0; i < FSNN_COUNT(kinds); i++)
        if (kinds[i].what.dv && strcmp(kinds[i].op.kind, kind) == 0)
            return &kinds[i];
    return NULL;
}

/* fsnn/neuron.h: what a neuron layer is made of: its kind, parameters, surrogate gradient and
 * reset.
 *
 * A neuron is stateless: it computes the derivative dv from the membrane potential v and the input
 * current I, and the spike from dv. The solver (fsnn/frac.h) owns the state.
 *
 *   if    dv = resistance I / tau
 *   lif   dv = (-(v - rest) + resistance I) / tau           rest is 0 and resistance 1 unless given
 *   user  what you write (fsnn_user below, docs/neurons.md)
 *   qif   dv = (a (v - rest) (v - critical) + I) / tau
 *   noisy    as lif, with noise on its threshold while it is trained (fsnn_noise)
 *   readout  as lif, but it never spikes: its output is v after the step
 *   integrator  as if, but it never spikes: its output is v after the step
 *   eif   dv = (-v + slope exp((v - onset)/slope) + I) / tau
 *   hard_lif  as lif, but a spike takes kappa v/tau from dv in place of threshold/tau
 *   cuba  dv = (-v + i) / tau, di = (-i + I) / tau_syn     the current through a synaptic filter
 *   alif  dv = (-v + I) / tau, da = (-a + s) / tau_a       the threshold is threshold + beta a
 *
 * qif, eif, hard_lif, cuba and alif take fsnn_user without equations: params are those whose value
 * is not the default.
 *
 * Resets `current` and `none` test the potential one unit of time ahead, s = H(v + dv - threshold),
 * spike at equality (unless `equality` says otherwise); `current` then hands dv - s threshold/tau
 * to the solver. The others test the new potential p that the solver gives, s = H(p - threshold),
 * and act on it:
 *
 *   subtract  v = p - s threshold; the history keeps the value after the reset
 *   value     v = v_reset where s = 1; the history keeps it
 *   jump      v = u - threshold N with N the number of spikes; the history keeps u as if there had
 *             been no spike
 *   delta     an impulse -threshold/step in the drive of the step: v falls by step^(alpha-1)
 *             threshold
 *   restart   v = v0 and an empty history where s = 1
 *
 * jump, delta and restart converge as the step shrinks; current, subtract and value are models in
 * discrete time.
 *
 * A refractory period r: there is no spike in the round(r/step) steps after a spike. Resets value
 * and restart hold the potential during this time (the history of value keeps the held potential,
 * that of restart begins when the period ends); with the others the potential goes on and only
 * spikes are suppressed.
 *
 * With a potential at rest (if, lif, noisy) threshold, v0, v_reset and all that is recorded are
 * potentials like it, which may be negative, and a spike takes threshold - rest where it takes
 * threshold above. v0 and v_reset are not moved: give them, too. */
#ifndef FSNN_NEURON_H
#define FSNN_NEURON_H

#include <stdbool.h>
#include <stdint.h>

#include <fsnn/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum fsnn_per { FSNN_PER_LAYER, FSNN_PER_CHANNEL, FSNN_PER_NEURON } fsnn_per;

/* A neuron parameter: its (initial) value, whether it is learned, and whether the layer has one
 * number, or each channel (the first dimension of the layer's shape) or each neuron has its own.
 * As a parameter of a net (fsnn_net_param) it has the shape [1], [channels], or that of the
 * layer. */
typedef struct fsnn_value {
    double value;
    bool learn;
    fsnn_per per;
    /* [count] (initial) values in place of `value`, a number a channel or neuron, as `per` says, in
     * the order of the shape (row-major); copied when the layer is added. NULL: all are `value`. */
    const double *values;
    int64_t count;
} fsnn_value;

/* What a potential exactly at the threshold does: it spikes, H(0) = 1, as nearly everywhere; or it
 * does not, H(0) = 0, as NIR has it. Potentials of binary fractions meet their threshold often. */
typedef enum fsnn_equality { FSNN_REACHES, FSNN_EXCEEDS, FSNN_EQUALITIES } fsnn_equality;

/* Surrogate gradient: the function that replaces the derivative of the spike H(x), x = potential -
 * threshold. k is the scale; the next column is the scale that 0 means.
 *   arctan            (k/2) / (1 + (pi/2 k x)^2)             5    Fang et al. 2021
 *   sigmoid           k s(kx) (1 - s(kx)), s logistic        5
 *   rectangle         1/(2k) for |x| <= k, else 0            0.5  Wu et al. 2018
 *   gaussian          normal density, standard deviation k   0.4  Yin et al. 2021
 *   fast_sigmoid      1 / (1 + k |x|)^2                      10   Zenke, Ganguli 2018: SuperSpike
 *   triangle          max(0, k - k^2 |x|)                    1    Esser et al. 2016
 *   exponential       e^(-|x|/k) / k                         1    Shrestha and Orchard 2018
 *   straight_through  k                                      1    Bengio et al. 2013
 *   erf               (k/sqrt(pi)) e^(-(kx)^2)               2
 * All but fast_sigmoid (area 2/k), exponential (2) and straight_through have area 1. */
typedef enum fsnn_surrogate_kind {
    FSNN_ARCTAN,
    FSNN_SIGMOID,
    FSNN_RECTANGLE,
    FSNN_GAUSSIAN,
    FSNN_FAST_SIGMOID,
    FSNN_TRIANGLE,
    FSNN_EXPONENTIAL,
    FSNN_STRAIGHT_THROUGH,
    FSNN_ERF,
    FSNN_SURROGATES
} fsnn_surrogate_kind;

/* How a scale changes from its first to its last value while the finished share t of the training
 * goes from 0 to 1: scale (scale_end/scale)^t, or scale + (scale_end - scale) t. */
typedef enum fsnn_growth { FSNN_GROWTH_GEOMETRIC, FSNN_GROWTH_LINEAR, FSNN_GROWTHS } fsnn_growth;

typedef struct fsnn_surrogate {
    fsnn_surrogate_kind kind;
    double scale;     /* k above, from 1e-18 to 1e18; 0: the default of the kind */
    double scale_end; /* at the end of a training, likewise; 0: it does not change */
    fsnn_growth growth;
} fsnn_surrogate;

typedef enum fsnn_reset {
    FSNN_RESET_CURRENT,
    FSNN_RESET_SUBTRACT,
    FSNN_RESET_VALUE,
    FSNN_RESET_NONE,
    FSNN_RESET_JUMP,
    FSNN_RESET_DELTA,
    FSNN_RESET_RESTART,
    FSNN_RESETS
} fsnn_reset;

/* Noise on the threshold in training: the spike is H(x + gamma g), x = potential - threshold, g
 * from the standard logistic distribution. Given x the neuron fires with probability
 * sigmoid(x/gamma), a smooth function, whose slope is a true gradient; a surrogate is a choice.
 * With z = x/gamma, T the temperature:
 *
 *   mode            spike                  its slope in z             random
 *   meanfield       sigmoid(z)             its own                    no: the expected spike
 *   soft_noisy      sigmoid(z + g)         its own                    yes
 *   hard_st         H(z + g)               that of sigmoid(z)         yes: straight through
 *   concrete        sigmoid((z + g)/T)     its own                    yes: Maddison et al. 2017
 *   hard_concrete   H(z + g)               that of sigmoid((z + g)/T) yes: Jang et al. 2017
 *
 * The surrogate is not used. A spike acts as in every neuron (reset, refractory period); events
 * that happen or not (emptying a history, starting a refractory period) follow H(z + g), with
 * meanfield H(z). Outside of training there is no noise: the spike is H(x). g is a function of the
 * seed, the layer, the sample and the neuron in it, the step since the reset, and the number
 * (fsnn_net_counter) of the first forward after the reset. It is the same however time is cut into
 * calls, with checkpointing, and for any number of threads. */
typedef enum fsnn_noise_mode {
    FSNN_NOISE_NONE,
    FSNN_NOISE_MEANFIELD,
    FSNN_NOISE_SOFT_NOISY,
    FSNN_NOISE_HARD_ST,
    FSNN_NOISE_CONCRETE,
    FSNN_NOISE_HARD_CONCRETE,
    FSNN_NOISES
} fsnn_noise_mode;

typedef struct fsnn_noise {
    fsnn_noise_mode mode;
    double gamma;       /* scale of the noise, in the unit of the potential; 0: 0.2 */
    double temperature; /* of the concrete modes; 0: 0.25 */
} fsnn_noise;

/* How numbers that are drawn lie around their middle m, with the spread s. */
typedef enum fsnn_draw {
    FSNN_DRAW_NONE,    /* all are m */
    FSNN_DRAW_UNIFORM, /* evenly from m - s to m + s */
    FSNN_DRAW_NORMAL,  /* normally, with the mean m and the standard deviation s */
    FSNN_DRAWS
} fsnn_draw;

/* How v0 begins where it is more than a number: then it is a parameter, "v0", of the shape [1],
 * [channels] or that of the layer. Of draws and lists `per` says what has a number of its own. */
typedef struct fsnn_start {
    bool learn;
    fsnn_per per;
    const double *values; /* [count] in place of v0, as fsnn_value has them */
    int64_t count;
    fsnn_draw draw; /* around v0, by the seed of the plan, when the net is wrapped first */
    double spread;
} fsnn_start;

/* Options of a neuron layer; start from FSNN_NEURON_DEFAULT. */
typedef struct fsnn_neuron {
    fsnn_value tau;       /* time constant, > 0, in the unit of the solver step */
    fsnn_value threshold; /* above rest, which is 0 by default; a peak: any finite number */
    fsnn_surrogate surrogate;
    fsnn_reset reset;
    double v0;          /* potential at time 0, and where reset `restart` lands */
    fsnn_value v_reset; /* for FSNN_RESET_VALUE, any finite number; learned only there */
    double refractory;  /* >= 0, in the unit of the solver step; 0: none */
    bool detach_reset;  /* true: the spike inside the reset carries no gradient */
    /* The threshold is the peak (V_peak) at which an upstroke counts as a spike and ends: of qif,
     * eif and user, with reset value or restart. */
    bool peak;
    fsnn_noise noise; /* of the threshold, in training; none but for kind noisy: hard_st */
    fsnn_equality equality;
    fsnn_start start;      /* v0 learned, drawn, or of channels or neurons */
    fsnn_value rest;       /* of if, lif and noisy: the potential at rest, any finite number */
    fsnn_value resistance; /* of the same: what a current is multiplied with, > 0; 0: 1 */
} fsnn_neuron;

#ifdef __cplusplus
inline fsnn_neuron fsnn_neuron_default(void)
{
    fsnn_neuron neuron = fsnn_neuron();
    neuron.tau.value = 2;
    neuron.threshold.value = 1.0;
    neuron.surrogate.kind = FSNN_ARCTAN;
    neuron.reset = FSNN_RESET_CURRENT;
    neuron.detach_reset = true;
    return neuron;
}
#define FSNN_NEURON_DEFAULT (fsnn_neuron_default())
#else
#define FSNN_NEURON_DEFAULT                                                                        \
    ((fsnn_neuron){.tau = {.value = 2.0},                                                          \
                   .threshold = {.value = 1.0},                                                    \
                   .surrogate = {.kind = FSNN_ARCTAN},                                             \
                   .reset = FSNN_RESET_CURRENT,                                                    \
                   .detach_reset = true})
#endif

/* ---- A neuron of your own ----------------------------------------------------------------------
 * Kind `user` (fsnn_net_user): equations as texts. tau D^alpha v = tau dv; every solver, reset,
 * surrogate and memory works with it, and backward differentiates it exactly.
 *
 *   dv           "(-v^2 + I)/tau"          the derivative; names: v I tau threshold and your own
 *   spike        "v + dv - threshold"      (the default) a spike if this is >= 0. Resets that
 *                                          test the potential after the step give it as v, with dv
 *                                          = 0
 *   after_spike  "dv - s*threshold/tau"    (the default) replaces dv in the step, under reset
 *                                          `current` only; s is 1 if the neuron spiked
 *
 * Operators + - * / ^, parentheses, numbers; exp log sqrt tanh sigmoid abs step sin cos min max
 * pow. Texts of up to 2000 characters.
 *
 * Further states (fsnn_user_state): w beside v, with an equation for dw, which may name v, w, I,
 * parameters and s, the spike of the step. A step charges (all derivatives at the states before it,
 * s = 0 in them), fires, resets v, and then moves the other states, whose equations see s. Resets
 * act on v alone. Methods gl, l1, ab (not implicit) and euler. States named in `fractional` are of
 * the order of the layer; the others are integrated by forward Euler with the same step, which is
 * what these methods are at alpha = 1. detach_reset is about v: gradients pass the s in other
 * states' equations. */
enum { FSNN_USER_PARAMS = 14, FSNN_USER_STATES = 3 };

/* A state beside v. */
typedef struct fsnn_user_state {
    const char *name;       /* "w" */
    const char *derivative; /* text of dw */
    /* text of after_spike_w, the drive that a spike s leaves, under any reset; NULL: dw */
    const char *after_spike;
    double start; /* w at time 0 */
} fsnn_user_state;

/* A parameter of your own: any finite number; learned if `value.learn` says so. */
typedef struct fsnn_user_param {
    const char *name;
    fsnn_value value;
} fsnn_user_param;

/* ---- by callback: arrays in, array out */

/* Input of a callback: n neurons at one step, arrays of [n]. The callback writes its result for all
 * n and keeps nothing. */
typedef struct fsnn_neuron_rows {
    int n;
    const float *v, *I; /* membrane potential, input current */
    const float *dv;    /* what dv gave: for spike and after_spike; NULL in dv itself */
    /* the spike (0 or 1; between them under plan.smooth): for after_spike; else NULL */
    const float *s;
    const float *const *param; /* [2 + params][n]: tau, threshold, then your own in their order */
} fsnn_neuron_rows;

/* Writes out [n]. 0 is good; anything else ends the running call, which returns FSNN_ECALLBACK. */
typedef int fsnn_neuron_fn(const fsnn_neuron_rows *at, float *out, void *user);

/* Partial derivatives of out, arrays [n] that the callback writes; NULL: not needed. */
typedef struct fsnn_neuron_slopes {
    float *v, *I, *dv, *s;
    float *const *param; /* [2 + params], entries may be NULL */
} fsnn_neuron_slopes;
typedef int fsnn_neuron_slopes_fn(const fsnn_neuron_rows *at, const fsnn_neuron_slopes *out,
                                  void *user);

/* A neuron in C. The functions mean what the texts of the same names mean: NULL for spike or
 * after_spike takes the default. They are pure: out[i] depends on element i of the rows only, and
 * the same numbers give the same result.
 *
 * Threads: the library calls them from several threads at once, each call with rows of its own;
 * what `user` points to is shared, so it is only read, or guarded by the caller.
 *
 * Derivatives: without slopes backward takes differences of the function itself (central, two
 * steps, single precision: good to about 1e-5 of the function's size where it is smooth over a
 * 30th of max(1, |x|), for parameters of |x|), four calls for each of v, I and every learned
 * parameter. The implicit methods (trap, and `implicit` with gl, l1, ab) need d(dv)/dv already
 * forward, and its differences backward: training with them, and with reset delta under abm,
 * asks for dv_slopes. */
typedef struct fsnn_neuron_callback {
    fsnn_neuron_fn *dv, *spike, *after_spike;
    fsnn_neuron_slopes_fn *dv_slopes, *spike_slopes, *after_spike_slopes; /* NULL: differences */
    void *user;
    int params; /* of its own, with the values they have where a layer says nothing else */
    fsnn_user_param param[FSNN_USER_PARAMS];
} fsnn_neuron_callback;

/* Registers a callback under a name, for `callback: NAME` in a description and fsnn_user.callback.
 * It is copied, with the names of its parameters. It replaces an earlier one of that name; networks
 * keep the one they were built with. NULL removes the name. May be called from any thread.
 * Errors: FSNN_EARGUMENT (no dv, too many parameters), FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_neuron_register(const char *name, const fsnn_neuron_callback *callback);

/* Options of kind `user`; start from fsnn_kind_defaults("user", &options) or from
 * {.neuron = FSNN_NEURON_DEFAULT}. Texts are copied when the node is added. */
typedef struct fsnn_user {
    fsnn_neuron neuron; /* tau, threshold, surrogate, reset, ... as of every neuron */
    const char *dv, *spike, *after_spike; /* equations; spike, after_spike: NULL for the default */
    int params; /* with a callback: those whose value is not its default */
    fsnn_user_param param[FSNN_USER_PARAMS];
    const char *callback; /* in place of equations: the name that fsnn_neuron_register knows */
    /* beside v; of kinds with states of their own: those whose start is not 0 */
    int states;
    fsnn_user_state state[FSNN_USER_STATES];
    int fractionals; /* 0: v alone is of fractional order */
    /* [fractionals] names of states, in place of that */
    const char *fractional[1 + FSNN_USER_STATES];
} fsnn_user;

/* Whether the spikes of a layer that sums by exponentials (fsnn_dynamics.tolerance) are those of
 * the exact weights. `bound` is the largest error of a potential by the memory and single
 * precision. If no spike test came closer to its threshold than `bound`, all spikes since the reset
 * are those of the exact weights without rounding, given the same currents. A readout has no spike
 * test: its margin is infinite, and `bound` is the largest error of its output. */
typedef struct fsnn_certificate {
    bool proven;   /* margin > bound */
    double margin; /* smallest distance of a spike test from its threshold */
    /* infinity where none is known: methods ab, trap, abm; equations and callbacks; gl and l1
     * with step^alpha/tau beyond their first weight; runs longer than the horizon */
    double bound;
    double weight_error;     /* largest relative error of a weight up to the horizon */
    double weight_error_sum; /* sum of the weights' |error| up to the horizon */
    int modes; /* exponentials; 0: the layer sums its history itself, exact but for rounding (margin
                  and bound are infinite then), or its horizon is below 25 steps */
} fsnn_certificate;

/* Names as in descriptions; the value, or FSNN_ENOTFOUND. `piecewise_linear` is rectangle,
 * `superspike` is fast_sigmoid. */
FSNN_API const char *fsnn_surrogate_name(fsnn_surrogate_kind kind);
FSNN_API int fsnn_surrogate_find(const char *name);
FSNN_API const char *fsnn_reset_name(fsnn_reset reset);
FSNN_API int fsnn_reset_find(const char *name);
FSNN_API const char *fsnn_noise_name(fsnn_noise_mode mode);
FSNN_API int fsnn_noise_find(const char *name);

/* The default scale of a kind; 0 for a number that is no kind. */
FSNN_API double fsnn_surrogate_default_scale(fsnn_surrogate_kind kind);
/* The scale at the finished share `done`, in 0..1, of a training. */
FSNN_API double fsnn_surrogate_scale_at(const fsnn_surrogate *surrogate, double done);
/* The surrogate derivative at x, and its primitive with 1/2 at x = 0 (where the area is 1: 0 far
 * below, 1 far above): scalar reference. Finite for every finite x. */
FSNN_API double fsnn_surrogate_slope(const fsnn_surrogate *surrogate, double x);
FSNN_API double fsnn_surrogate_smooth(const fsnn_surrogate *surrogate, double x);

#ifdef __cplusplus
}
#endif
#endif

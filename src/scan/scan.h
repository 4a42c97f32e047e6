/* scan/scan.h: the charge-fire-reset scan, where neuron and memory meet without knowing each
 * other.
 *
 * A neuron layer holds B*N neurons, cut into tiles of 32. Each tile walks through all K steps by
 * itself, its history staying in cache; threads share the tiles. The backward scan is the same walk
 * in reversed time. */
#ifndef FSNN_SCAN_SCAN_H
#define FSNN_SCAN_SCAN_H

#include "scan/hold.h"
#include "scan/step.h"

#include <stdatomic.h>

/* A parameter of the layer: one number, or one a channel, or one a neuron of a sample. */
typedef struct scan_param {
    const real *value; /* [count] */
    int64_t count;     /* 1, channels, or N in the order of the shape */
} scan_param;

/* A block of memory that grows. Those of a scan are listed in scan/blocks.c. */
typedef struct scan_block {
    void *data;
    size_t bytes;
} scan_block;

/* Rows of all tiles: [tiles][capacity][32]; the first `rows` of each are filled. */
typedef struct scan_rows {
    scan_block block;
    int64_t capacity, rows;
} scan_rows;

/* What the fused scan has settled (scan/fused.h). */
typedef struct scan_fused {
    scan_block space; /* [workers][group][scan_fused_stride][32] */
    scan_block wide;  /* [workers] what bands of tiles need, where the model is wide */
    int workers;
    int64_t group, rows;
    int64_t stretch; /* numbers of a line in a patch of the sink */
} scan_fused;

/* Where spikes go as they are made, and their gradients come from, in place of arrays [K, B, N].
 * The N numbers of a sample are lines; a patch is a stretch of `lines` neighbouring lines, one
 * after the other [lines, count]: from number `from` of line `line` (a multiple of lines) of row k
 * B + b on. */
typedef struct scan_sink scan_sink;
struct scan_sink {
    int64_t lines; /* 0: there is no sink */
    int64_t width; /* numbers of a line */
    int64_t unit;  /* stretches are multiples of it */
    void (*accept_spikes)(const scan_sink *sink, int64_t row, int64_t line, int64_t from,
                          int64_t count, const real *spikes);
    void (*return_gradients)(const scan_sink *sink, int64_t row, int64_t line, int64_t from,
                             int64_t count, real *gspikes);
    const void *of[2]; /* for accept_spikes and return_gradients */
};

/* Noise on the threshold (fsnn_noise), as the mode and the plan have it. */
typedef struct scan_noise {
    bool on;
    bool drawn; /* the argument of the spike is shifted by noise */
    bool soft;  /* the spike is the surrogate's primitive */
    bool seen;  /* primitive and slope are taken with the noise */
    real gamma;
    uint64_t seed, run; /* of the layer; the number of the run since the reset */
} scan_noise;

/* Sums a tile leaves: parameters of the neuron, then those of the order. */
enum {
    SCAN_PARS = NEURON_PARS + NEURON_OWN_PARS,
    SCAN_ORDERS = 2 * FSNN_MAX_TERMS + 1,
    SCAN_PARTS = SCAN_PARS + SCAN_ORDERS
};

/* A parameter of the order that is learned: derivatives of the weights of each sum (of lags, of the
 * first drive, of modes), and of the gain. */
typedef struct scan_order {
    int number; /* frac/memory.h */
    real *dw[2], *dstart[2], *dout[2];
    real dgain;
} scan_order;

/* Extremes of a run since the reset: what the spike test came closest to zero, the largest history
 * row. */
typedef struct scan_extremes {
    real margin, largest;
} scan_extremes;

/* The state of the neurons: what a later call needs to go on. */
typedef struct scan_history {
    int64_t time;        /* steps since the reset */
    scan_rows u;         /* states, the last row is the present; u = v - v0, jumps apart */
    scan_rows x;         /* the history that the sums run over, where it is not the states */
    scan_block first;    /* [tiles][32] the first drive, for methods that weigh it apart */
    scan_block count;    /* [tiles][32] spikes so far, for jumps */
    scan_block wait;     /* [tiles][32] steps that are left of the refractory period */
    scan_block modes;    /* [tiles][modes.padded][32] the far past, where memory is compressed */
    scan_block extremes; /* [tiles] scan_extremes, where memory is compressed */
} scan_history;

/* What the last forward leaves for backward. Rows are [tiles][capacity][32]. */
typedef struct scan_tape {
    int64_t capacity; /* steps */
    /* for resets that keep the argument of the spike; where the model has an argument of its own,
     * the potential that it is of */
    scan_block arg;
    scan_block predicted; /* predictor-corrector: the predicted state */
    scan_block resting;   /* 1 in the refractory period, else 0 */
    scan_block modes;     /* as scan_history.modes: the far past as the call found it */
    scan_block fired;     /* [tiles] spikes, double */
} scan_tape;

/* Backward, the discrete adjoint. q are gradients of sums over the past, newest first; a worker has
 * room for them (chained: each tile has). */
typedef struct scan_adjoint {
    int workers;
    int64_t q_capacity;
    scan_block q;    /* [workers or tiles][sums][q_capacity][32] */
    scan_block far;  /* [workers or tiles][sums][modes.padded][32] what modes have taken in of q */
    scan_block part; /* [tiles][SCAN_PARTS] double */
    scan_block lane; /* [tiles][scan_pars][32], where a parameter has several numbers */
    scan_block sums; /* [tiles][32] of the gradients of I over the steps, then [channels] double */
    scan_block held; /* [tiles][SCAN_HOLDS] double, since they were set */
    scan_block dw;   /* derivatives of the weights, to which `order` points */
    scan_order order[SCAN_ORDERS];
} scan_adjoint;

/* Chained: calls are pieces of one run that backward goes through from the last to the first, each
 * given the gradients of the state that the one after it left. Linked: the state is brought back
 * before each piece, which runs forward again; otherwise all pieces are those of one call made step
 * by step. */
typedef struct scan_chaining {
    bool on, linked;
    bool begins;   /* the call is the first of the run: what was before is constant */
    int64_t total; /* steps of the whole run */
    int64_t later; /* rows of q that the calls after have left, newest first */
    int64_t span;  /* to which `far` has been taken */
    /* a call after has left what `carry` holds (a memory of one step leaves no rows) */
    bool handed;
    scan_block carry; /* [tiles][SCAN_CARRY][32] */
    scan_block count; /* [tiles][32] the spike count after the step at hand */
} scan_chaining;

/* A call made step by step (scan_step_forward): step `at` of `of`. The same in scans of states
 * beside v. */
typedef struct scan_stepping {
    bool on;
    int64_t at, of;
    double fired; /* spikes of the steps before */
} scan_stepping;

/* A scan with several states (docs/math.md) is v and, for each other state, a scan of its own in
 * `other`, of which only the history is used: memory, rows, modes, q. */
typedef struct scan scan;
struct scan {
    /* set by the owner */
    const neuron_model *model;
    fsnn_neuron options;
    frac_memory memory;
    bool smooth;
    real least; /* argument of the spike that is one: 0, or all above 0 (scan_plan) */
    scan_noise noise;
    real v0;
    int64_t rest; /* refractory period after a spike, in steps */
    /* of v_reset, v0: none, and the number of options, v0 holds; of rest: none, and it is 0 */
    scan_param par[SCAN_PARS];
    /* neurons: B samples of N, channel of neuron i of a sample = (i / stride) % channels */
    int64_t B, N, channels, stride;
    bool training; /* backward will come: keep what it needs */
    bool stream;   /* calls follow one another: what they need is there from the plan on */
    /* I is [B, N], the same at every step, and so is its gradient: their sum. Not step by step */
    bool still;
    bool general; /* tests: the general scan where the fused one would do */
    scan_holds holds;

    int64_t tiles, K;    /* of 32 neurons; steps of the last call */
    atomic_bool strayed; /* in it a state has left the finite numbers (scan/finite.c) */
    scan_block self;     /* [selves][model->self_bytes] a worker's space of the model */
    int selves;
    scan_history history;
    scan_tape tape;
    scan_adjoint adjoint;
    scan_chaining chain;
    scan_stepping step;
    scan_fused fused;
    scan_sink sink; /* only where scan_sinks said yes */

    struct scan_twin *twin; /* does all of it, where there is one (scan/twin.h) */
    scan *other; /* [others], where the model has states beside v; their v0 is where they begin */
    int others;
};

/* Gradients a backward scan gives. NULL: not learned; alpha, coefficient [terms]. All but I are
 * added to. */
typedef struct scan_grads {
    real *I; /* [K, B, N], still: [B, N]; written; may be NULL */
    real *par[SCAN_PARS];
    real *alpha, *coefficient;
    /* [channels] of I, over steps, samples and places; only where scan_sums said yes */
    real *sums;
} scan_grads;

/* Noise and the surrogate that goes with it, from the options; outside of training there is
 * none. */
void scan_settle_noise(scan *s);
/* The name of a mode of noise; NULL beyond the last. */
const char *scan_noise_name(int mode);
/* Makes room for calls of up to K steps; state becomes that of time 0 when the number of neurons
 * changed. */
fsnn_status scan_plan(scan *s, int64_t K);
/* After the plan: takes the sink, if spikes can go there; false where they cannot. lines 0:
 * none. */
bool scan_sinks(scan *s, const scan_sink *sink);
/* After the plan: whether backward can give scan_grads.sums; where it can, there is room for
 * them. */
fsnn_status scan_sums(scan *s, bool *can);
void scan_reset(scan *s);
/* I [K, B, N] -> spikes [K, B, N], where s->still is set from I [B, N]. The state goes on from the
 * last call. */
fsnn_status scan_forward(scan *s, int64_t K, const real *I, real *spikes);
/* The last forward reversed, given its input, its spikes, and their gradient; state before it
 * counts as constant. */
fsnn_status scan_backward(scan *s, const real *I, const real *spikes, const real *gspikes,
                          const scan_grads *grads);
/* A call of K steps, made one by one for layers in loops: steps 0, 1, ... K-1 forward, then K-1,
 * ... 0 backward. Planned for K steps; chained, where backward comes. I, spikes and their gradients
 * are those of the step, [B, N]. The same numbers as scan_forward gives for the whole call. */
fsnn_status scan_step_forward(scan *s, int64_t step, int64_t K, const real *I, real *spikes);
fsnn_status scan_step_backward(scan *s, int64_t step, const real *I, const real *spikes,
                               const real *gspikes, const scan_grads *grads);
/* Before the last of a chain of calls is taken backward: nothing is known of later ones. */
void scan_chain(scan *s);
/* The state as bytes: what a later call needs to go on from here. A history that is kept whole is
 * left where it is when `whole` is false: only its length is noted, for a chain that comes back to
 * it. */
size_t scan_state_bytes(const scan *s, bool whole);
size_t scan_state_most(const scan *s); /* of any state with `whole` false */
/* Whether `count` bytes are such a state (`whole`) of this scan. */
bool scan_state_fits(const scan *s, const void *bytes, int64_t count);
void scan_state_save(const scan *s, bool whole, void *bytes);
fsnn_status scan_state_load(scan *s, bool whole, const void *bytes);
/* v after each step of the last forward, v_1..v_K [K, B, N], given its spikes. */
void scan_potentials(const scan *s, const real *spikes, real *v);
/* What the spike tests of the last forward compared, given its input and its spikes: the potential
 * (v + dv where the reset looks ahead, else v as the step gave it; value, delta and restart: as the
 * spike left it) and the threshold, which is that less the argument of the spike. [K, B, N]. */
void scan_tested(const scan *s, const real *I, const real *spikes, real *test, real *threshold);
/* The same as scan_potentials of state `other` beside v. */
void scan_other_values(const scan *s, int other, real *out);
/* Room for states beside v; after it s->other is there, zeroed. */
fsnn_status scan_others(scan *s, int others);
/* What the run since the reset says of the memory's error (scan/certificate.c). */
fsnn_status scan_certify(const scan *s, fsnn_certificate *certificate);
/* Spikes of the call so far. */
double scan_fired(const scan *s);
double scan_rate(const scan *s);
/* Whether all states were finite at the end of the last forward. A state that is not stays so, but
 * where a reset lands from infinity. */
bool scan_finite(const scan *s);
/* Where they ceased to be: the first step, and there the lowest neuron. */
typedef struct scan_stray {
    int state;      /* 0: v */
    int64_t step;   /* of the last forward, 0..K-1 */
    int64_t time;   /* the same since the reset */
    int64_t neuron; /* 0..B*N-1 */
    real value;     /* NaN, or an infinity */
} scan_stray;
scan_stray scan_first_stray(const scan *s);
/* Multiply-adds of the sums over the past in the last forward, a neuron. */
double scan_memory_cost(const scan *s);
size_t scan_bytes(const scan *s);
void scan_free(scan *s);

/* Parameters of the model: the common ones and its own. */
static inline int scan_pars(const scan *s)
{
    return NEURON_PARS + s->model->own;
}
/* Whether one of x [count] is not finite. */
static inline bool scan_strays(const real *x, int count)
{
    int stray = 0;
    for (int i = 0; i < count; i++)
        stray |= !(x[i] - x[i] == 0);
    return stray;
}
/* Whether potentials inside count from a potential at rest, which is not 0. */
static inline bool scan_rests(const scan *s)
{
    return s->par[PAR_REST].count > 0;
}
/* Where v begins, from rest, of scans in which that is one number. */
static inline real scan_start(const scan *s)
{
    return scan_rests(s) ? s->v0 - s->par[PAR_REST].value[0] : s->v0;
}
/* By any worker, of any tile. */
static inline void scan_say_strayed(scan *s)
{
    atomic_store_explicit(&s->strayed, true, memory_order_relaxed);
}
/* The least argument of a spike. Where the processor takes numbers below REAL_MIN for 0, that is
 * the least above 0. */
static inline real scan_least(fsnn_equality equality)
{
    const volatile real tiny = REAL_TRUE_MIN;
    return equality == FSNN_REACHES ? 0 : tiny > 0 ? tiny : REAL_MIN;
}
static inline const reset_rule *scan_resetting(const scan *s)
{
    return &scan_kernels_get()->resets[s->options.reset];
}
/* State i: 0 is v. */
static inline scan *scan_state(scan *s, int i)
{
    return i ? &s->other[i - 1] : s;
}

/* Sets the penalties of potentials that backward adds (scan/hold.h), their sums 0. FSNN_EMEMORY. */
fsnn_status scan_hold(scan *s, const scan_holds *holds);
/* The sum of h(v) of one of them over neurons and steps, of all backwards since. */
double scan_held(const scan *s, int hold);

#endif

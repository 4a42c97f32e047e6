/* neuron/scan.h: the charge-fire-reset scan, where neuron and memory meet without knowing each
 * other.
 *
 * A neuron layer holds B*N neurons, cut into tiles of 32. Each tile walks through all K steps by
 * itself, its history staying in cache; threads share the tiles. The backward scan is the same walk
 * in reversed time. */
#ifndef FSNN_NEURON_SCAN_H
#define FSNN_NEURON_SCAN_H

#include "neuron/model.h"

/* A parameter of the layer: one number, or one a channel. */
typedef struct scan_param {
    const float *value; /* [count] */
    int64_t count;      /* 1 or channels */
} scan_param;

/* Rows of all tiles: [tiles][capacity][32]; the first `rows` of each are filled. */
typedef struct scan_rows {
    float *data;
    int64_t capacity, rows;
    size_t bytes;
} scan_rows;

/* Plain blocks that grow. */
typedef struct scan_block {
    void *data;
    size_t bytes;
} scan_block;

/* What the fused scan has settled (neuron/scan_fused.h). */
typedef struct scan_fused {
    scan_block space; /* [workers][group][rows][32] */
    int workers;
    int64_t group, rows;
} scan_fused;

/* Noise on the threshold (fsnn_noise), as the mode and the plan have it. */
typedef struct scan_noise {
    bool on;
    bool drawn; /* the argument of the spike is shifted by noise */
    bool soft;  /* the spike is the surrogate's primitive */
    bool seen;  /* primitive and slope are taken with the noise */
    float gamma;
    uint64_t seed, run; /* of the layer; the number of the run since the reset */
} scan_noise;

/* Sums a tile leaves: parameters of the neuron, then those of the order. */
enum {
    SCAN_PARS = NEURON_PARS + NEURON_OWN_PARS,
    SCAN_ORDERS = 2 * FSNN_MAX_TERMS + 1,
    SCAN_PARTS = SCAN_PARS + SCAN_ORDERS
};

typedef struct scan {
    /* what: set by the owner */
    const neuron_model *model;
    fsnn_neuron options;
    frac_memory memory;
    bool smooth;
    scan_noise noise;
    float v0;
    int64_t rest; /* refractory period after a spike, in steps */
    scan_param par[SCAN_PARS]; /* of v_reset: none, and the options' number holds */
    /* neurons: B samples of N, channel of neuron i of a sample = (i / stride) % channels */
    int64_t B, N, channels, stride;
    bool training; /* backward will come: keep what it needs */
    bool general;  /* tests: the general scan where the fused one would do */

    /* state */
    int64_t tiles;
    int64_t time; /* steps since the reset */
    scan_rows u;  /* states, the last row is the present; u = v - v0, jumps apart */
    scan_rows x;  /* the history that the sums run over, where it is not the states */
    scan_block first; /* [tiles][32] the first drive, for methods that weigh it apart */
    scan_block count; /* [tiles][32] spikes so far, for jumps */
    scan_block wait;  /* [tiles][32] steps that are left of the refractory period */
    scan_block modes; /* [tiles][modes.padded][32] state of the far past, where the memory is compressed */
    scan_block seen;  /* [tiles] scan_seen, where the memory is compressed */

    /* of the last forward */
    int64_t K;
    int64_t tape_room;  /* steps of arg and predicted */
    scan_block arg;     /* [tiles][tape_room][32], resets that keep the spike argument; models with an argument of their
                           own: the potential that it is of */
    scan_block predicted; /* [tiles][tape_room][32], predictor-corrector */
    scan_block resting; /* [tiles][tape_room][32] 1 in the refractory period, else 0 */
    scan_block fired;   /* [tiles] spikes, double */
    scan_block before;  /* like modes: the far past as the call found it */

    scan_block self; /* [selves][model->room] a worker's space of the model */
    int selves;

    /* of backward. A call's gradients of sums are q, newest first, sums [q_room][32] of a worker.
     */
    int workers;
    int64_t q_room;
    scan_block work; /* [workers] (chained: [tiles]) [sums][q_room][32] */
    scan_block far;  /* likewise [sums][modes.padded][32] */
    scan_block part; /* [tiles][SCAN_PARTS] double */
    scan_block lane; /* [tiles][scan_pars][32] */
    scan_block dw;   /* derivatives of the weights */

    /* Chained: calls are pieces of one run that backward goes through from the last to the first,
     * each given the gradients of the state that the one after it left. */
    bool chained;
    bool begins;      /* the call is the first of the run: what was before is constant */
    int64_t total;    /* steps of the whole run */
    int64_t later;    /* rows of q that the calls after have left, newest first */
    int64_t block;    /* to which `far` has been taken */
    scan_block carry; /* [tiles][SCAN_CARRY][32] */

    scan_fused fused;
} scan;

/* What the state before a call receives, a row each: of the state itself, of the spike count, of
 * the first drive. */
enum { CARRY_STATE, CARRY_COUNT, CARRY_FIRST, SCAN_CARRY };

/* Extremes of a run since the reset: what the spike test came closest to zero, the largest history
 * row. */
typedef struct scan_seen {
    float margin, largest;
} scan_seen;

/* Gradients a backward scan gives. NULL: not learned; alpha, coefficient [terms]. All but I are
 * added to. */
typedef struct scan_grads {
    float *I; /* [K, B, N], written; may be NULL */
    float *par[SCAN_PARS];
    float *alpha, *coefficient;
} scan_grads;

/* Noise and the surrogate that goes with it, from the options; outside of training there is none. */
void scan_settle_noise(scan *s);
/* Makes room for calls of up to K steps; state becomes that of time 0 when the number of neurons
 * changed. */
fsnn_status scan_plan(scan *s, int64_t K);
void scan_reset(scan *s);
/* I [K, B, N] -> spikes [K, B, N]. The state goes on from the last call. */
fsnn_status scan_forward(scan *s, int64_t K, const float *I, float *spikes);
/* The last forward reversed, given its input, its spikes, and their gradient; state before it
 * counts as constant. */
fsnn_status scan_backward(scan *s, const float *I, const float *spikes, const float *gspikes,
                          const scan_grads *grads);
/* Before the last of a chain of calls is taken backward: nothing is known of later ones. */
void scan_chain(scan *s);
/* The state as bytes: what a later call needs to go on from here. A history that is kept whole is
 * left where it is when `whole` is false: only its length is noted, for a chain that comes back to
 * it. */
size_t scan_state_bytes(const scan *s, bool whole);
size_t scan_state_room(const scan *s); /* of any state with `whole` false */
/* Whether `count` bytes are such a state (`whole`) of this scan. */
bool scan_state_fits(const scan *s, const void *bytes, int64_t count);
void scan_state_save(const scan *s, bool whole, void *bytes);
fsnn_status scan_state_load(scan *s, bool whole, const void *bytes);
/* v after each step of the last forward, v_1..v_K [K, B, N], given its spikes. */
void scan_potentials(const scan *s, const float *spikes, float *v);
/* What the run since the reset says of the memory's error (neuron/certificate.c). */
fsnn_status scan_certify(const scan *s, fsnn_certificate *certificate);
double scan_rate(const scan *s);
/* Multiply-adds of the sums over the past in the last forward, a neuron. */
double scan_memory_cost(const scan *s);
size_t scan_bytes(const scan *s);
void scan_free(scan *s);

/* ---- shared by the files of the scan ---- */

typedef struct scan_tile {
    lanes par[SCAN_PARS], row[NEURON_ROWS];
    void *self;    /* the model's space of this worker */
    int64_t first; /* neuron of lane 0 */
    int width;     /* neurons in the tile, 32 but for the last */
} scan_tile;

/* Room for K more steps: forgets, extends, settles weights. */
fsnn_status scan_ready(scan *s, int64_t K);
/* Room for derivatives of all weights (of lags, of the first drive, of modes), as far as they are
 * settled: for `orders` parameters and each sum, scan_order_room floats. */
int64_t scan_order_room(const scan *s);
fsnn_status scan_plan_order(scan *s, int orders);
fsnn_status scan_block_room(scan_block *block, size_t bytes);
/* Room for `rows` rows a tile; those filled are kept. */
fsnn_status scan_rows_reserve(const scan *s, scan_rows *r, int64_t rows);
void scan_tile_open(const scan *s, int64_t t, int worker, scan_tile *tile);
/* Parameters of the model: the common ones and its own. */
static inline int scan_pars(const scan *s)
{
    return NEURON_PARS + s->model->own;
}
/* Channel of neuron i (0..B*N-1). */
static inline int64_t scan_channel(const scan *s, int64_t i)
{
    return i % s->N / s->stride % s->channels;
}
/* The row of 32 at step k of x [K, B*N]: in place where the tile is whole, else copied into
 * `space`. */
const float *scan_row(const scan *s, const scan_tile *tile, const float *x, int64_t k, lanes space);
static inline const neuron_reset *scan_resetting(const scan *s)
{
    return &neuron_kernels_get()->resets[s->options.reset];
}
/* The history is kept apart from the states: of drives, or because spikes empty it. */
static inline bool scan_apart(const scan *s)
{
    return s->memory.method->drive || scan_resetting(s)->clears;
}
/* History rows and outputs are numbered from the reset: the output of the step at time 0. States
 * count from u_0, other histories from what the first step leaves. */
static inline int64_t scan_output(const scan *s, int64_t time)
{
    return time + (scan_apart(s) ? 0 : 1);
}
static inline float *scan_rows_of(const scan_rows *r, int64_t t)
{
    return r->data + t * r->capacity * FRAC_LANES;
}

#endif

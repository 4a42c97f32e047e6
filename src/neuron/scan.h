/* neuron/scan.h: the charge-fire-reset scan, where neuron and memory meet without knowing each other.
 *
 * A neuron layer holds B*N neurons, cut into tiles of 32. Each tile walks through all K steps by itself, its history staying in
 * cache; threads share the tiles. The backward scan is the same walk in reversed time. */
#ifndef FSNN_NEURON_SCAN_H
#define FSNN_NEURON_SCAN_H

#include "neuron/model.h"

/* A parameter of the layer: one number, or one a channel. */
typedef struct scan_param {
    const float *value; /* [count] */
    int64_t count;      /* 1 or channels */
} scan_param;

/* Sums a tile leaves: parameters, then alpha and coefficient of each term. */
enum { SCAN_ORDER = NEURON_PARS, SCAN_PARTS = NEURON_PARS + 2 * FSNN_MAX_TERMS };

typedef struct scan {
    /* what: set by the owner */
    const neuron_model *model;
    fsnn_neuron options;
    frac_memory memory;
    bool smooth;
    float v0;
    scan_param par[NEURON_PARS];
    /* neurons: B samples of N, channel of neuron i of a sample = (i / stride) % channels */
    int64_t B, N, channels, stride;
    bool training; /* backward will come: keep what it needs */

    /* state: rows [tiles][capacity][32] of u = v - v0; `rows` are filled, the last one is the present */
    int64_t tiles, capacity, rows;
    float *u;
    int64_t K;      /* steps of the last forward */
    float *arg;     /* [tiles][arg_room][32], for resets that keep the spike argument */
    int64_t arg_room;
    double *counts; /* [tiles] spikes of the last forward */
    float *work;    /* backward: [workers][2][K][32] */
    int workers;
    double *part;   /* backward: [tiles][SCAN_PARTS] sums for the parameters of the layer */
    float *lane;    /* backward: [tiles][NEURON_PARS][32] sums for the parameters of channels */
    float *dw;      /* [2 terms][dw_room], derivatives of the weights */
    int64_t dw_room;
    size_t bytes_u, bytes_dw, bytes_arg, bytes_counts, bytes_work, bytes_part, bytes_lane;
} scan;

/* Gradients a backward scan gives. par[p] NULL: not learned; alpha, coefficient [terms] or NULL. All are added to. */
typedef struct scan_grads {
    float *I; /* [K, B, N], written; may be NULL */
    float *par[NEURON_PARS];
    float *alpha, *coefficient;
} scan_grads;

/* Makes room for calls of up to K steps; state becomes that of time 0 when the number of neurons changed. */
fsnn_status scan_plan(scan *s, int64_t K);
void scan_reset(scan *s);
/* I [K, B, N] -> spikes [K, B, N]. The state goes on from the last call. */
fsnn_status scan_forward(scan *s, int64_t K, const float *I, float *spikes);
/* The last forward reversed, given its input, its spikes, and their gradient; state before it counts as constant. */
fsnn_status scan_backward(scan *s, const float *I, const float *spikes, const float *gspikes,
                          const scan_grads *grads);
/* v after each step of the last forward: v_1..v_K [K, B, N]. */
void scan_potentials(const scan *s, float *v);
double scan_rate(const scan *s);
size_t scan_bytes(const scan *s);
void scan_free(scan *s);

/* Shared by scan_forward.c and scan_backward.c. */
typedef struct scan_tile {
    lanes par[NEURON_PARS], row[NEURON_ROWS];
    int64_t first; /* neuron of lane 0 */
    int width;     /* neurons in the tile, 32 but for the last */
} scan_tile;

/* Room for K more steps: forgets, extends, settles weights. */
fsnn_status scan_ready(scan *s, int64_t K);
/* Room for the derivatives of the weights as far as they are settled. */
fsnn_status scan_plan_order(scan *s);
void scan_tile_open(const scan *s, int64_t t, scan_tile *tile);
/* Channel of neuron i (0..B*N-1). */
static inline int64_t scan_channel(const scan *s, int64_t i)
{
    return i % s->N / s->stride % s->channels;
}
/* The row of 32 at step k of x [K, B*N]: in place where the tile is whole, else copied into `space`. */
const float *scan_row(const scan *s, const scan_tile *tile, const float *x, int64_t k, lanes space);

#endif

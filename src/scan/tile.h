/* scan/tile.h: tiles of 32 neurons, and their rows of the arrays that a call is given. */
#ifndef FSNN_SCAN_TILE_H
#define FSNN_SCAN_TILE_H

#include "scan/scan.h"

typedef struct scan_tile {
    lanes par[SCAN_PARS], row[NEURON_ROWS];
    void *self;    /* the model's space of this worker */
    int64_t first; /* neuron of lane 0 */
    int width;     /* neurons in the tile, 32 but for the last */
} scan_tile;

/* Each parameter is one number: tiles are alike. */
bool scan_alike(const scan *s);
void scan_tile_open(const scan *s, int64_t t, int worker, scan_tile *tile);

/* Tiles, or groups of them, over threads; where a step or two of a few tiles is all there is,
 * waking them takes longer. */
static inline void scan_groups(int64_t groups, int64_t tiles, int64_t K,
                               void (*group)(int64_t g, int worker, void *user), void *user)
{
    enum { FEW_STEPS = 32 };
    if (tiles * K > FEW_STEPS) {
        fsnn_parallel(groups, group, user);
        return;
    }
    for (int64_t g = 0; g < groups; g++)
        group(g, 0, user);
}
static inline void scan_each(int64_t tiles, int64_t K,
                             void (*tile)(int64_t t, int worker, void *user), void *user)
{
    scan_groups(tiles, tiles, K, tile, user);
}

/* Row of a tile's step 0 of the call at hand in the blocks of the tape. */
static inline int64_t scan_tape_row(const scan *s, int64_t t)
{
    return t * s->tape.capacity + (s->step.on ? s->step.at : 0);
}

/* ---- rows ---- */

/* The row of 32 at step k of x [K, B*N]: in place where the tile is whole, else copied into
 * `space`. */
const real *scan_row(const scan *s, const scan_tile *tile, const real *x, int64_t k, lanes space);
/* Numbers from the current of one step to that of the next. */
static inline int64_t scan_pitch(const scan *s)
{
    return s->still ? 0 : s->B * s->N;
}
/* The row of I, of which there may be one for all steps. */
static inline const real *scan_current(const scan *s, const scan_tile *tile, const real *I,
                                       int64_t k, lanes space)
{
    return scan_row(s, tile, I, s->still ? 0 : k, space);
}
/* What step k gives for it goes to gI (NULL: nowhere); steps come from the last to the first. */
void scan_write_current(const scan *s, const scan_tile *tile, real *gI, int64_t k,
                        const real *given);

/* ---- readings ---- */

/* scan_potentials, counted from rest; and rest added to each of v [K, B, N]. */
void scan_potentials_from_rest(const scan *s, const real *spikes, real *v);
void scan_add_rest(const scan *s, real *v);

/* ---- gradients of parameters ---- */

/* What tiles have left is added, in their order: one number of SCAN_PARTS to *grad; all parameters
 * of the model to where they are wanted; the sums of gradients of I to those of channels. */
void scan_add_part(const scan *s, int part, real *grad);
void scan_add_pars(const scan *s, const scan_grads *grads);
void scan_add_sums(const scan *s, real *sums);
/* Channel of neuron i (0..B*N-1). */
static inline int64_t scan_channel(const scan *s, int64_t i)
{
    return i % s->N / s->stride % s->channels;
}
/* Where neuron i stands in the shape of a sample: as it lies, but for images channels-last. */
static inline int64_t scan_place(const scan *s, int64_t i)
{
    const int64_t n = i % s->N;
    return s->stride * s->channels == s->N
               ? n
               : n % s->channels * (s->N / s->channels) + n / s->channels;
}
/* Which number of a parameter that has several is that of neuron i. */
static inline int64_t scan_number_of(const scan *s, const scan_param *par, int64_t i)
{
    return par->count == s->channels ? scan_channel(s, i) : scan_place(s, i);
}
/* sum [32] += x y, lane by lane: exact products, so that it does not matter how they are joined. */
static inline void scan_add_products(double *sum, const real *x, const real *y)
{
    EACH_LANE sum[i] += (double)x[i] * (double)y[i];
}

#endif

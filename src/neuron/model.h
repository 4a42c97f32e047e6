/* neuron/model.h: what a neuron is: a stateless rule at a point, applied to a tile of 32 neurons at
 * one step.
 *
 * A model sees rows of 32 numbers: `par`, its parameters as the user knows them, and `row`, what it
 * prepares from them once a tile (a reciprocal, say) so that the step is cheap. Two rows are common
 * to all models and used by the resets.
 *
 * Hand-written models are constants (table_kernel.c). Users' neurons are made at run time
 * (neuron/user.h): they work on something of their own, `of`, in a space that each worker has,
 * `self`; models without have a NULL there. */
#ifndef FSNN_NEURON_MODEL_H
#define FSNN_NEURON_MODEL_H

#include "base/base.h"
#include "base/rows.h"
#include <fsnn/neuron.h>

/* PAR_REST: threshold, v_reset and v0 of a tile count from it, as all potentials in a scan do */
enum { PAR_TAU, PAR_THRESHOLD, PAR_V_RESET, PAR_V0, PAR_REST, NEURON_PARS };
enum { NEURON_OWN_PARS = 14 }; /* most parameters a model may have beside those */
/* threshold; reset drive: what a spike takes from the derivative with reset `current`; v_reset and
 * v0 (the scan's: models leave them alone); then the model's own; of gradients, last, what rest
 * receives beside threshold, v_reset and v0 (the scan's) */
enum {
    ROW_THRESHOLD,
    ROW_RESET_DRIVE,
    ROW_V_RESET,
    ROW_V0,
    ROW_OWN,
    ROW_RATE = ROW_OWN,
    ROW_REST = 8,
    NEURON_ROWS
};

/* What backward hands to a model: where the gradients of a potential, a current, a derivative and a
 * spike are added. Rows of 32. */
typedef struct neuron_gradients {
    real *v, *I, *dv, *s;
} neuron_gradients;

typedef struct neuron_model neuron_model;

/* A model that does several neighbouring tiles in one call, so that what a call costs is shared;
 * for the fused scan (scan/fused.h). Rows are [tiles][32]. Same bits as tile by tile. Spike
 * argument and reset drive are the usual ones. */
typedef struct neuron_wide {
    /* bytes of a wide `self`, whole cache lines */
    size_t (*self_bytes)(const neuron_model *m, int tiles);
    /* Lays `self` out for tiles 0..tiles-1 of parameters par[t] [NEURON_PARS + own][32], of at most
     * as many as it has room for; its gradients are 0. */
    void (*open)(const neuron_model *m, void *self, int tiles, const lanes *const *par);
    void (*charge)(void *self, const real *v, const real *I, real *dv);
    void (*charge_back)(void *self, const real *v, const real *I, const real *gdv, real *gv,
                        real *gI);
    /* The parameters' gradients, par[t] as in open, grow[t] and gpar[t] as in prepare_back. */
    void (*close)(void *self, const lanes *const *par, const lanes *const *grow,
                  lanes *const *gpar);
} neuron_wide;

struct neuron_model {
    const char *kind;
    /* dv falls with v as -v/tau: explicit schemes have a stability limit, and `ml` solves it */
    bool leaky;
    bool linear;  /* dv = (I - v) / tau or, without a leak, I / tau; 1/tau stands in ROW_RATE */
    bool readout; /* gives its potential after the step, never a spike; only with reset `none` */
    bool curved;  /* d(dv)/dv changes with v or I */
    int own;      /* parameters of its own, par[NEURON_PARS] on */
    /* states beside v: then equations, which scan/states_*_kernel.c run (neuron/user.h) */
    int others;
    const void *of;
    const neuron_wide *wide; /* NULL: one tile at a time */
    size_t self_bytes;       /* bytes of `self`, whole cache lines */
    /* Lays `self` out, before a tile; its gradients are 0. NULL where there is none. */
    void (*open)(const neuron_model *m, void *self);
    /* What went wrong in the model since it was last asked. NULL: nothing can. */
    fsnn_status (*trouble)(const neuron_model *m);
    /* par [NEURON_PARS + own][32] -> row [NEURON_ROWS][32] */
    void (*prepare)(void *self, const lanes *par, lanes *row);
    /* adds to gpar what grow (gradients of row) comes to */
    void (*prepare_back)(void *self, const lanes *par, const lanes *row, const lanes *grow,
                         lanes *gpar);
    /* dv from v, I */
    void (*charge)(void *self, const real *v, const real *I, const lanes *row, real *dv);
    /* gv = gdv d(dv)/dv, gI = gdv d(dv)/dI, grow += gdv d(dv)/drow */
    void (*charge_back)(void *self, const real *v, const real *I, const lanes *row, const real *gdv,
                        real *gv, real *gI, lanes *grow);
    /* J = d(dv)/dv, for implicit and exact schemes; grow += gJ dJ/drow, g->v and g->I likewise
     * where the model is curved */
    void (*leak)(void *self, const real *v, const real *I, const lanes *row, real *J);
    void (*leak_back)(void *self, const real *v, const real *I, const lanes *row, const real *gJ,
                      lanes *grow, const neuron_gradients *g);
    /* The argument of the spike; NULL: v + dv - threshold. Where the potential after the step is
     * tested that is v, and dv is 0. */
    void (*spike)(void *self, const real *v, const real *I, const real *dv, real *arg);
    void (*spike_back)(void *self, const real *v, const real *I, const real *dv, const real *garg,
                       const neuron_gradients *g);
    /* c = what a spike takes from the drive under reset `current`; NULL: s ROW_RESET_DRIVE */
    void (*reset_drive)(void *self, const real *v, const real *I, const real *dv, const real *s,
                        real *c);
    void (*reset_drive_back)(void *self, const real *v, const real *I, const real *dv,
                             const real *s, const real *gc, const neuron_gradients *g);
};

typedef struct neuron_surrogate {
    void (*slope)(real scale, const real *x, real *d);
    void (*smooth)(real scale, const real *x, real *s);
} neuron_surrogate;

/* A hand-written model. */
const neuron_model *neuron_model_find(const char *kind);

#endif

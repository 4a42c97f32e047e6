/* neuron/model.h: what a neuron is: a stateless rule at a point, applied to a tile of 32 neurons at one step.
 *
 * A model sees rows of 32 numbers: `par`, its parameters as the user knows them, and `row`, what it prepares from them once a
 * tile (a reciprocal, say) so that the step is cheap. Two rows are common to all models and used by the resets. */
#ifndef FSNN_NEURON_MODEL_H
#define FSNN_NEURON_MODEL_H

#include "base/base.h"
#include "frac/memory.h"
#include <fsnn/neuron.h>

typedef float lanes[FRAC_LANES];

enum { PAR_TAU, PAR_THRESHOLD, NEURON_PARS };
/* threshold; kick: what a spike takes from the derivative with reset `current`; then the model's own */
enum { ROW_THRESHOLD, ROW_KICK, ROW_OWN, NEURON_ROWS = 8 };

typedef struct neuron_model {
    const char *kind;
    /* par [NEURON_PARS][32] -> row [NEURON_ROWS][32] */
    void (*prepare)(const lanes *par, lanes *row);
    /* adds to gpar what grow (gradients of row) comes to */
    void (*prepare_back)(const lanes *par, const lanes *row, const lanes *grow, lanes *gpar);
    /* dv from v, I */
    void (*charge)(const float *v, const float *I, const lanes *row, float *dv);
    /* gv = gdv d(dv)/dv, gI = gdv d(dv)/dI, grow += gdv d(dv)/drow */
    void (*charge_back)(const float *v, const float *I, const lanes *row, const float *gdv, float *gv,
                        float *gI, lanes *grow);
} neuron_model;

/* What happens at and after the spike (fsnn/neuron.h). p is the solver's new potential,
 * acc + gain dv (before a reset); u counts from v0. Rows of 32. */
typedef struct neuron_step {
    const float *v;    /* potential before the step */
    const float *acc;  /* weighted sum of the past */
    const float *dv;
    const lanes *row;
    float gain, v0, v_reset;
} neuron_step;

typedef struct neuron_step_back {
    const float *s, *arg; /* spikes; potential minus threshold, as tested */
    const float *slope;   /* surrogate derivative at arg */
    const float *gs;      /* gradient of the spikes from outside */
    const float *G;       /* gradient of the new state */
    float gain, v0, v_reset;
    bool detach;
} neuron_step_back;

typedef struct neuron_reset {
    bool keeps_arg; /* the spike argument cannot be recomputed from the states: it is kept for backward */
    /* what the spike test sees */
    void (*argument)(const neuron_step *step, float *arg);
    /* the derivative handed to the solver, f, and the new state u */
    void (*apply)(const neuron_step *step, const float *arg, const float *s, float *f, float *u);
    /* f alone, again, for backward */
    void (*derivative)(const neuron_step *step, const float *s, float *f);
    /* q: gradient of the solver's new potential; gdv: of dv; gv: of v through the spike test; grow += */
    void (*back)(const neuron_step_back *b, const lanes *row, float *q, float *gdv, float *gv, lanes *grow);
} neuron_reset;

typedef struct neuron_surrogate {
    void (*slope)(float scale, const float *x, float *d);
    void (*smooth)(float scale, const float *x, float *s);
} neuron_surrogate;

/* All of these for one instruction set. */
typedef struct neuron_kernels {
    const neuron_model *const *models; /* NULL-terminated */
    const neuron_reset *resets;         /* [FSNN_RESETS] */
    const neuron_surrogate *surrogates; /* [FSNN_SURROGATES] */
    void (*fire)(const float *x, float *s); /* s = x >= 0 */
} neuron_kernels;

const neuron_kernels *neuron_kernels_get(void);
const neuron_model *neuron_model_find(const char *kind);

#endif

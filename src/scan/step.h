/* scan/step.h: one step of a tile: where the sum over the past, the neuron and the reset meet. */
#ifndef FSNN_SCAN_STEP_H
#define FSNN_SCAN_STEP_H

#include "frac/memory.h"
#include "neuron/model.h"

/* One step of a tile, as schemes and resets see it. Rows of 32; v = u + off. */
typedef struct scan_step {
    const neuron_model *model;
    void *self;
    const lanes *row;
    const real *I;
    const real *arg; /* of the spike, once it is known; a spike from `least` on */
    /* state and potential before the step, and what is between them: v0 less jumps */
    const real *u, *v, *off;
    const real *dv;   /* charge at v */
    const real *c;    /* what the spike takes from the drive */
    const real *S[2]; /* sums over the past */
    real gain, h, least;
    frac_scheme scheme;
    /* backward: what a reset gives v and I of a curved model is added here */
    const neuron_gradients *more;
} scan_step;

/* Gradients of one step. In: gp of the scheme's new state p, gx of the drive it leaves in the
 * history. Out (written): gS, gdv, gu (of u where it stands by itself), goff, gc, gI; grow and
 * ggain are added to. */
typedef struct scan_step_back {
    const real *p, *gp, *gx;
    real *gS[2], *gdv, *gu, *goff, *gc, *gI;
    lanes *grow;
    real *ggain;
} scan_step_back;

/* How one step goes (frac/method.h). */
typedef struct scan_scheme {
    /* p the new state before a reset, x the drive for the history */
    void (*step)(const scan_step *t, real *p, real *x);
    void (*back)(const scan_step *t, scan_step_back *b);
    /* x again from p, for gradients of the weights */
    void (*drive)(const scan_step *t, const real *p, real *x);
} scan_scheme;

/* What happens at and after the spike (fsnn/neuron.h). */
typedef struct reset_rule {
    const char *name;
    bool ahead;       /* the test sees v + dv, before the step; else the new potential */
    bool reset_drive; /* the spike takes ROW_RESET_DRIVE from the drive */
    bool state;       /* overwrites the state: needs a method whose history keeps states */
    /* the spike argument cannot be recomputed from the states: it is kept for backward */
    bool keeps_arg;
    bool subtracts; /* a spike takes the threshold from the new potential, and that is all */
    bool counts;    /* jumps: spikes are counted, the history goes on as if nothing had happened */
    bool clears;    /* a spike empties the neuron's history */
    bool holds;     /* a refractory neuron stays where its spike landed: apply and back see s = 1 */
    /* new state u and drive x (changed in place) after spikes s */
    void (*apply)(const scan_step *t, const real *p, const real *s, real *u, real *x);
    /* G of u, gx of x -> gp of p (written), gs of s (added to); grow, ggain added to */
    void (*back)(const scan_step *t, const real *p, const real *s, const real *G, const real *gx,
                 real *gp, real *gs, lanes *grow, real *ggain);
} reset_rule;

struct scan;
struct scan_grads;

/* All of these for one instruction set. */
typedef struct scan_kernels {
    const scan_scheme *schemes;                       /* [FRAC_SCHEMES] */
    const reset_rule *resets;                         /* [FSNN_RESETS] */
    const neuron_surrogate *surrogates;               /* [FSNN_SURROGATES] */
    void (*fire)(const real *x, real least, real *s); /* s = x >= least */
    /* x [32] += gamma g, g logistic: of a seed, a run, a step of it, a tile */
    void (*noise)(uint64_t seed, uint64_t run, int64_t step, int64_t tile, real gamma, real *x);
    /* the scans (scan/scan.h) */
    fsnn_status (*forward)(struct scan *s, int64_t K, const real *I, real *spikes);
    fsnn_status (*backward)(struct scan *s, const real *I, const real *spikes, const real *gspikes,
                            const struct scan_grads *grads);
    /* the same where the model has several states */
    fsnn_status (*states_forward)(struct scan *s, int64_t K, const real *I, real *spikes);
    fsnn_status (*states_backward)(struct scan *s, const real *I, const real *spikes,
                                   const real *gspikes, const struct scan_grads *grads);
} scan_kernels;

const scan_kernels *scan_kernels_get(void);

#endif

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
#include "frac/memory.h"
#include <fsnn/neuron.h>

/* A row, at the beginning of a cache line: rows in the middle of structures would else lie across
 * lines, which makes every other access to them dearer. */
typedef float lanes[FRAC_LANES] __attribute__((aligned(64)));

enum { PAR_TAU, PAR_THRESHOLD, PAR_V_RESET, NEURON_PARS };
enum { NEURON_OWN_PARS = 14 }; /* most parameters a model may have beside those */
/* threshold; kick: what a spike takes from the derivative with reset `current`; v_reset (the
 * scan's: models leave it alone); then the model's own */
enum { ROW_THRESHOLD, ROW_KICK, ROW_V_RESET, ROW_OWN, ROW_RATE = ROW_OWN, NEURON_ROWS = 8 };

/* What backward hands to a model: where the gradients of a potential, a current, a derivative and a
 * spike are added. Rows of 32. */
typedef struct neuron_gradients {
    float *v, *I, *dv, *s;
} neuron_gradients;

typedef struct neuron_model neuron_model;

/* A model that does several neighbouring tiles in one call, so that what a call costs is shared;
 * for the fused scan (neuron/scan_fused.h). Rows are [tiles][32]. Same bits as tile by tile. Spike
 * argument and kick are the usual ones. */
typedef struct neuron_wide {
    /* bytes of a wide `self`, whole cache lines */
    size_t (*room)(const neuron_model *m, int tiles);
    /* Lays `self` out for tiles 0..tiles-1 of parameters par[t] [NEURON_PARS + own][32], of at most
     * as many as it has room for; its gradients are 0. */
    void (*open)(const neuron_model *m, void *self, int tiles, const lanes *const *par);
    void (*charge)(void *self, const float *v, const float *I, float *dv);
    void (*charge_back)(void *self, const float *v, const float *I, const float *gdv, float *gv,
                        float *gI);
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
    /* states beside v: then equations, which scan_states_*_kernel.c run (neuron/user.h) */
    int others;
    const void *of;
    const neuron_wide *wide; /* NULL: one tile at a time */
    size_t room;             /* bytes of `self`, whole cache lines */
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
    void (*charge)(void *self, const float *v, const float *I, const lanes *row, float *dv);
    /* gv = gdv d(dv)/dv, gI = gdv d(dv)/dI, grow += gdv d(dv)/drow */
    void (*charge_back)(void *self, const float *v, const float *I, const lanes *row,
                        const float *gdv, float *gv, float *gI, lanes *grow);
    /* J = d(dv)/dv, for implicit and exact schemes; grow += gJ dJ/drow, g->v and g->I likewise
     * where the model is curved */
    void (*leak)(void *self, const float *v, const float *I, const lanes *row, float *J);
    void (*leak_back)(void *self, const float *v, const float *I, const lanes *row, const float *gJ,
                      lanes *grow, const neuron_gradients *g);
    /* The argument of the spike; NULL: v + dv - threshold. Where the potential after the step is
     * tested that is v, and dv is 0. */
    void (*spike)(void *self, const float *v, const float *I, const float *dv, float *arg);
    void (*spike_back)(void *self, const float *v, const float *I, const float *dv,
                       const float *garg, const neuron_gradients *g);
    /* c = what a spike takes from the drive under reset `current`; NULL: s ROW_KICK */
    void (*kick)(void *self, const float *v, const float *I, const float *dv, const float *s,
                 float *c);
    void (*kick_back)(void *self, const float *v, const float *I, const float *dv, const float *s,
                      const float *gc, const neuron_gradients *g);
};

/* Rows never overlap: said aloud, so that every row is two or four vector operations. */
#define EACH_LANE _Pragma("omp simd") for (int i = 0; i < FRAC_LANES; i++)

/* A loop, for the compiler to make two or four stores of: calls and string instructions cost more
 * than the row. */
static inline void lanes_zero(float *row)
{
    EACH_LANE row[i] = 0;
}

/* One step of a tile, as schemes and resets see it. Rows of 32; v = u + off. */
typedef struct neuron_step {
    const neuron_model *model;
    void *self;
    const lanes *row;
    const float *I;
    const float *arg; /* of the spike, once it is known */
    /* state and potential before the step, and what is between them: v0 less jumps */
    const float *u, *v, *off;
    const float *dv;   /* charge at v */
    const float *c;    /* what the spike takes from the drive */
    const float *S[2]; /* sums over the past */
    float gain, h, v0;
    frac_scheme scheme;
    /* backward: what a reset gives v and I of a curved model is added here */
    const neuron_gradients *more;
} neuron_step;

/* Gradients of one step. In: gp of the scheme's new state p, gx of the drive it leaves in the
 * history. Out (written): gS, gdv, gu (of u where it stands by itself), goff, gc, gI; grow and
 * ggain are added to. */
typedef struct neuron_step_back {
    const float *p, *gp, *gx;
    float *gS[2], *gdv, *gu, *goff, *gc, *gI;
    lanes *grow;
    float *ggain;
} neuron_step_back;

/* How one step goes (frac/method.h). */
typedef struct neuron_scheme {
    /* p the new state before a reset, x the drive for the history */
    void (*step)(const neuron_step *t, float *p, float *x);
    void (*back)(const neuron_step *t, neuron_step_back *b);
    /* x again from p, for gradients of the weights */
    void (*drive)(const neuron_step *t, const float *p, float *x);
} neuron_scheme;

/* What happens at and after the spike (fsnn/neuron.h). */
typedef struct neuron_reset {
    const char *name;
    bool ahead; /* the test sees v + dv, before the step; else the new potential */
    bool kick;  /* the spike takes ROW_KICK from the drive */
    bool state; /* overwrites the state: needs a method whose history keeps states */
    /* the spike argument cannot be recomputed from the states: it is kept for backward */
    bool keeps_arg;
    bool counts; /* jumps: spikes are counted, the history goes on as if nothing had happened */
    bool clears; /* a spike empties the neuron's history */
    bool holds;  /* a refractory neuron stays where its spike landed: apply and back see s = 1 */
    /* new state u and drive x (changed in place) after spikes s */
    void (*apply)(const neuron_step *t, const float *p, const float *s, float *u, float *x);
    /* G of u, gx of x -> gp of p (written), gs of s (added to); grow, ggain added to */
    void (*back)(const neuron_step *t, const float *p, const float *s, const float *G,
                 const float *gx, float *gp, float *gs, lanes *grow, float *ggain);
} neuron_reset;

typedef struct neuron_surrogate {
    void (*slope)(float scale, const float *x, float *d);
    void (*smooth)(float scale, const float *x, float *s);
} neuron_surrogate;

struct scan;
struct scan_grads;

/* All of these for one instruction set. */
typedef struct neuron_kernels {
    const neuron_model *const *models;      /* NULL-terminated */
    const neuron_scheme *schemes;           /* [FRAC_SCHEMES] */
    const neuron_reset *resets;             /* [FSNN_RESETS] */
    const neuron_surrogate *surrogates;     /* [FSNN_SURROGATES] */
    void (*fire)(const float *x, float *s); /* s = x >= 0 */
    /* x [32] += gamma g, g logistic: of a seed, a run, a step of it, a tile */
    void (*noise)(uint64_t seed, uint64_t run, int64_t step, int64_t tile, float gamma, float *x);
    /* the scans (neuron/scan.h) */
    fsnn_status (*forward)(struct scan *s, int64_t K, const float *I, float *spikes);
    fsnn_status (*backward)(struct scan *s, const float *I, const float *spikes,
                            const float *gspikes, const struct scan_grads *grads);
    /* the same where the model has several states */
    fsnn_status (*states_forward)(struct scan *s, int64_t K, const float *I, float *spikes);
    fsnn_status (*states_backward)(struct scan *s, const float *I, const float *spikes,
                                   const float *gspikes, const struct scan_grads *grads);
} neuron_kernels;

const neuron_kernels *neuron_kernels_get(void);
/* A hand-written model. */
const neuron_model *neuron_model_find(const char *kind);

#endif

/* scan/twin.h: a scan in double precision behind one in single precision, for the reset `jump`.
 *
 * There the state is u = v + threshold N, N the count of spikes: it grows without end, and where
 * the history keeps states, single precision loses the digits that the steps are made of
 * (docs/math.md). So such a scan (front_once.c) only hands over: currents, spikes, parameters and
 * gradients become double and come back as float; all that is remembered stands in the twin
 * (twin.c), which is the scan of the second compilation. This header has no `real`, so that both
 * see the same. */
#ifndef FSNN_SCAN_TWIN_H
#define FSNN_SCAN_TWIN_H

#include "equation/equation.h"
#include "frac/memory.h"
#include "neuron/model.h"
#include "scan/hold.h"

enum { TWIN_PARS = NEURON_PARS + NEURON_OWN_PARS };

typedef struct scan_twin scan_twin;

/* What the memory of a state is made of (frac_memory_init), and where the state begins. */
typedef struct twin_state {
    const frac_method *method;
    bool implicit;
    fsnn_order order;
    frac_leak leak;
    double h, v0;
    frac_keep what;
} twin_state;

/* What the owner has set in the front, as scan/scan.h names it. */
typedef struct twin_layer {
    const char *kind;     /* of the hand-written model */
    const void *equation; /* else its equations, compiled for double precision */
    int own;              /* parameters of its own */
    fsnn_neuron options;
    int64_t rest, B, N, channels, stride;
    bool smooth, training, stream, still;
    bool chained, linked, begins;
    int64_t total;
    uint64_t seed, run;
    bool anew; /* the memories begin anew */
    int states;
    twin_state state[EQUATION_STATES];
    int pars;
    const float *par[TWIN_PARS]; /* [count]; NULL: not bound yet */
    int64_t count[TWIN_PARS];
    scan_holds holds;
} twin_layer;

typedef struct twin_grads {
    float *I, *par[TWIN_PARS], *alpha, *coefficient;
} twin_grads;

typedef struct twin_stray {
    int state;
    int64_t step, time, neuron;
    double value;
} twin_stray;

/* The functions of scan/scan.h; step -1: the whole call. *twin NULL: there is none yet. */
fsnn_status twin_plan(scan_twin **twin, const twin_layer *layer, int64_t K);
fsnn_status twin_forward(scan_twin *t, const twin_layer *layer, int64_t step, int64_t K,
                         const float *I, float *spikes);
fsnn_status twin_backward(scan_twin *t, const twin_layer *layer, int64_t step, const float *I,
                          const float *spikes, const float *gspikes, const twin_grads *grads);
fsnn_status twin_hold(scan_twin *t, const scan_holds *holds);
double twin_held(const scan_twin *t, int hold);
void twin_chain(scan_twin *t);
void twin_reset(scan_twin *t);
int64_t twin_time(const scan_twin *t);
size_t twin_state_bytes(const scan_twin *t, bool whole);
size_t twin_state_most(const scan_twin *t);
bool twin_state_fits(const scan_twin *t, const void *bytes, int64_t count);
void twin_state_save(const scan_twin *t, bool whole, void *bytes);
fsnn_status twin_state_load(scan_twin *t, bool whole, const void *bytes);
uint64_t twin_run(const scan_twin *t); /* of the noise: a state has it */
void twin_potentials(scan_twin *t, const float *spikes, float *v);
void twin_other_values(scan_twin *t, int other, float *out);
void twin_tested(scan_twin *t, const float *I, const float *spikes, float *test, float *threshold);
double twin_fired(const scan_twin *t);
double twin_rate(const scan_twin *t);
bool twin_finite(const scan_twin *t);
twin_stray twin_first_stray(const scan_twin *t);
double twin_memory_cost(const scan_twin *t);
size_t twin_bytes(const scan_twin *t);
fsnn_status twin_certify(const scan_twin *t, fsnn_certificate *certificate);
void twin_free(scan_twin *t);

#endif

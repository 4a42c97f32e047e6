/* scan/states.h: the scan of neurons with several states, v and others (docs/neurons.md:
 * more than one state).
 *
 *   charge       D = equations at the states before the step, s = 0
 *   fire, reset  as of every neuron, on v (general_forward_kernel.c)
 *   others       each with the drive F_i that the spike leaves of D_i, by its own sum over its own
 *                past
 *
 * All schemes are explicit, so each state's step is S_i + gain_i F_i. Each has a track: its memory
 * (the layer's, or forward Euler), rows, modes, q. Blocks of FRAC_BLOCK steps are common to all
 * tracks and end where any track's do; no bit depends on them. Cost a neuron and step: that of one
 * state's memory for each fractional state, and the equations. */
#ifndef FSNN_SCAN_STATES_H
#define FSNN_SCAN_STATES_H

#include "neuron/user.h"
#include "scan/scan.h"

#include <string.h>

/* The equations of a model with several states on the rows of one step. A part's outputs and
 * gradients go to the rows pointed to here; those that no equation names are not touched. */
typedef struct states_rows {
    lanes X[EQUATION_STATES], D[EQUATION_STATES], F[EQUATION_STATES];
} states_rows;

static inline void states_point(real **slot, int at, const real *row)
{
    slot[at] = (real *)(uintptr_t)row; /* parts write to outputs only */
}

static inline void states_point_all(real **slot, int at, const lanes *row, int states)
{
    for (int i = 0; i < states; i++)
        states_point(slot, at + i, row[i]);
}

/* Whether drives after the spike are to be worked out: not where all are D and the usual reset
 * drive. */
static inline bool states_after(const equation *e, bool reset_drive)
{
    bool after = reset_drive && !e->default_after[0];
    for (int i = 1; i < e->states; i++)
        after = after || !e->default_after[i];
    return after;
}

/* The charge, and what the step's parts read: states, current, derivatives. */
static inline void states_charge(const equation *e, real **slot, const real *I, states_rows *r)
{
    states_point(slot, EQUATION_I, I);
    states_point_all(slot, EQUATION_X, r->X, e->states);
    states_point_all(slot, EQUATION_D, r->D, e->states);
    equation_run(e, EQUATION_CHARGE, slot);
}

/* The argument of the spike: `ahead` of the step at v and dv; else of the potential vp after it,
 * where derivatives are 0 and the other states are those before the step. `none` holds zeros. */
static inline void states_test(const equation *e, real **slot, const states_rows *r, bool ahead,
                               const real *vp, const real *none, const real *theta, real *arg)
{
    const real *v = ahead ? r->X[0] : vp, *dv = ahead ? r->D[0] : none;
    if (e->default_spike) {
        EACH_LANE arg[i] = (v[i] + dv[i]) - theta[i];
        return;
    }
    states_point(slot, EQUATION_X, v);
    for (int i = 0; i < e->states; i++)
        states_point(slot, EQUATION_D + i, ahead ? r->D[i] : none);
    states_point(slot, EQUATION_ARG, arg);
    equation_run(e, EQUATION_SPIKE, slot);
    states_point(slot, EQUATION_X, r->X[0]);
    states_point_all(slot, EQUATION_D, r->D, e->states);
}

/* The drives F that the spikes s leave of D; c, what they take from that of v. */
static inline void states_drive(const equation *e, real **slot, bool reset_drive,
                                const real *amount, const real *s, states_rows *r, real *c)
{
    if (states_after(e, reset_drive)) {
        states_point(slot, EQUATION_S, s);
        states_point_all(slot, EQUATION_F, r->F, e->states);
        equation_run(e, EQUATION_AFTER, slot);
    }
    for (int k = 1; k < e->states; k++)
        if (e->default_after[k])
            memcpy(r->F[k], r->D[k], sizeof(lanes));
    const real *F = r->F[0], *D = r->D[0];
    lanes_zero(c);
    if (reset_drive && e->default_after[0]) {
        EACH_LANE c[i] = s[i] * amount[i];
    } else if (reset_drive) {
        EACH_LANE c[i] = D[i] - F[i];
    }
}

#endif

/* neuron/user.h: neurons of the user's own as models of the scan. */
#ifndef FSNN_NEURON_USER_H
#define FSNN_NEURON_USER_H

#include "equation/equation.h"
#include "neuron/model.h"

/* Row of a user's parameter p, of which tau and the threshold are the first two, among those of the
 * scan. */
static inline int neuron_user_par(int p)
{
    return p < 2 ? p : NEURON_PARS + p - 2;
}

/* ---- by equations ---- */

/* A model that does what the equations `e` say, which it does not own and which must outlive it:
 * the hand-written one where they are those of `lif` or `if`, else one that runs them. */
neuron_model neuron_equation_model(const equation *e);
/* The one that runs them, always. */
neuron_model neuron_interpreted_model(const equation *e);

/* The table of slots in a worker's space of such a model, and its equations: for the scan of
 * several states. */
real **neuron_equation_slots(void *self);
static inline const equation *neuron_equation_of(const neuron_model *m)
{
    return m->of;
}

/* ---- by callback ---- */

/* A callback as a layer has it; must outlive its model. */
typedef struct neuron_callback {
    fsnn_neuron_callback c;
    int pars;                           /* 2 + c.params */
    bool learned[2 + FSNN_USER_PARAMS]; /* gradients are asked for */
    int failed;                         /* what a function returned when it failed */
} neuron_callback;

neuron_model neuron_callback_model(neuron_callback *c);

/* The registered callback, NULL: none. Names of its parameters belong to the caller:
 * fsnn_free(*names). */
bool neuron_callback_find(const char *name, fsnn_neuron_callback *out, char **names);
/* Known names, for error sentences: "a, b"; fsnn_free. */
char *neuron_callback_names(void);

#endif

/* neuron/user.h: neurons of the user's own as models of the scan. */
#ifndef FSNN_NEURON_USER_H
#define FSNN_NEURON_USER_H

#include "neuron/equation.h"
#include "neuron/model.h"

/* A model that runs the compiled equations `e`, which it does not own and which must outlive it. */
neuron_model neuron_equation_model(const equation *e);

#endif

/* Integrate-and-fire, without a leak:  tau D^alpha v = I,  dv = I / tau.
 * A spike takes threshold/tau from the derivative under reset `current`. */
#include "base/isa_kernel.h"
#include "neuron/model.h"

enum { RATE = ROW_RATE }; /* 1/tau */

static void prepare(void *self, const lanes *par, lanes *row)
{
    (void)self;
    EACH_LANE
    {
        row[RATE][i] = 1 / par[PAR_TAU][i];
        row[ROW_THRESHOLD][i] = par[PAR_THRESHOLD][i];
        row[ROW_RESET_DRIVE][i] = par[PAR_THRESHOLD][i] / par[PAR_TAU][i];
    }
}

static void prepare_back(void *self, const lanes *par, const lanes *row, const lanes *grow,
                         lanes *gpar)
{
    (void)self;
    EACH_LANE
    {
        real rate = row[RATE][i], theta = par[PAR_THRESHOLD][i];
        gpar[PAR_TAU][i] -= (grow[RATE][i] + grow[ROW_RESET_DRIVE][i] * theta) * rate * rate;
        gpar[PAR_THRESHOLD][i] += grow[ROW_THRESHOLD][i] + grow[ROW_RESET_DRIVE][i] * rate;
    }
}

static void charge(void *self, const real *v, const real *I, const lanes *row, real *dv)
{
    (void)self, (void)v;
    EACH_LANE dv[i] = I[i] * row[RATE][i];
}

static void charge_back(void *self, const real *v, const real *I, const lanes *row, const real *gdv,
                        real *gv, real *gI, lanes *grow)
{
    (void)self, (void)v;
    lanes_zero(gv);
    EACH_LANE
    {
        gI[i] = gdv[i] * row[RATE][i];
        grow[RATE][i] += gdv[i] * I[i];
    }
}

static void leak(void *self, const real *v, const real *I, const lanes *row, real *J)
{
    (void)self, (void)v, (void)I, (void)row;
    lanes_zero(J);
}

static void leak_back(void *self, const real *v, const real *I, const lanes *row, const real *gJ,
                      lanes *grow, const neuron_gradients *g)
{
    (void)self, (void)v, (void)I, (void)row, (void)g, (void)gJ, (void)grow;
}

#define RULE                                                                                       \
    .prepare = prepare, .prepare_back = prepare_back, .charge = charge,                            \
    .charge_back = charge_back, .leak = leak, .leak_back = leak_back

const neuron_model FSNN_K(neuron_if) = {
    .kind = "if",
    .linear = true,
    RULE,
};

/* The same without spikes: its potential is the output. */
const neuron_model FSNN_K(neuron_integrator) = {
    .kind = "integrator",
    .readout = true,
    RULE,
};

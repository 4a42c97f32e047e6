/* fsnn/frac.h: the dynamics of a fractional spiking network: how tau D^alpha v = f goes in time.
 *
 * D^alpha is the Caputo derivative of order 0 < alpha <= 1. A method replaces it by a sum over the
 * past,
 *
 *     u_{n+1} = g f(t_n, v_n) + sum_{j>=1} w_j u_{n+1-j},      v = v_0 + u,
 *
 * with weights w and gain g that depend on the method, alpha and the step h. At alpha = 1 they are
 * those of the classic forward Euler scheme, bit for bit. */
#ifndef FSNN_FRAC_H
#define FSNN_FRAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fsnn/status.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FSNN_MAX_TERMS 8

typedef enum fsnn_integrator {
    FSNN_FDEINT, /* fractional order (default) */
    FSNN_ODEINT, /* integer order: alpha is ignored */
} fsnn_integrator;

typedef enum fsnn_method {
    FSNN_METHOD_DEFAULT, /* gl for fdeint, euler for odeint */
    FSNN_EULER,          /* forward Euler (odeint) */
    FSNN_GL,             /* Gruenwald-Letnikov, explicit */
    FSNN_L1,             /* L1, explicit (spikeDE calls it l1 and trap) */
    FSNN_TRAP,           /* product trapezoid, implicit */
    FSNN_AB,             /* product rectangle (fractional Adams-Bashforth of one step) */
    FSNN_ABM,            /* predictor-corrector: rectangle, then trapezoid (PECE) */
    FSNN_HEUN,           /* Heun's method, integer order */
    FSNN_RK4,            /* classic Runge-Kutta, integer order */
    FSNN_ML, /* Mittag-Leffler kernel: exact for linear neurons with step-constant input */
} fsnn_method;

/* How the past is summed. Methods and engines combine freely. */
typedef enum fsnn_engine {
    FSNN_ENGINE_AUTO,         /* exponentials where a tolerance is given and they cost less for a
                                 run of `horizon` steps: on this processor, as was measured */
    FSNN_ENGINE_DIRECT,       /* the history itself, lag by lag: grows with time */
    FSNN_ENGINE_EXPONENTIALS, /* far lags by exponentials: constant memory and work a step */
    FSNN_ENGINE_FEW,          /* the same by fewer, about 2/3, which a search finds for the orders
                                 as they stand: for devices; not for training */
} fsnn_engine;

/* Lags that a tolerance holds for by default. */
#define FSNN_HORIZON 1000000
#define FSNN_HORIZON_MOST 1000000000000000

/* The order of one neuron layer: sum_m coefficient[m] D^alpha[m], most often one term with
 * coefficient 1. */
typedef struct fsnn_order {
    int terms;
    double alpha[FSNN_MAX_TERMS];       /* each in (0, 1] */
    double coefficient[FSNN_MAX_TERMS]; /* each > 0 */
    bool learn_alpha, learn_coefficient;
} fsnn_order;

/* What a network computes in. Double precision has every kind of node, method, reset and memory, in
 * plain kernels of the library's own; what has none is an error. */
typedef enum fsnn_precision { FSNN_PRECISION_SINGLE, FSNN_PRECISION_DOUBLE } fsnn_precision;

/* Options of fsnn_net_wrap. Start from fsnn_dynamics_default(). */
typedef struct fsnn_dynamics {
    fsnn_integrator integrator;
    fsnn_method method;
    bool implicit;           /* linearised implicit variant of gl, l1, ab: stable for any step */
    const fsnn_order *order; /* [orders]; borrowed for the call */
    int orders;              /* 1: the same for all; else one a neuron layer, in order */
    double step;             /* solver step h > 0, in the unit of tau */
    int64_t memory;          /* 0: full; M >= 2: a step sees itself and the M-1 states before it */
    /* > 0: full memory whose far lags (from 25 to 48 on) are summed by exponentials; every weight
     * up to `horizon` lags is within this relative error, 1e-12 to 0.1 (states in single precision
     * give about 1e-7). Source: Banjai and Lopez-Fernandez (2019). */
    double tolerance;
    int64_t horizon; /* lags that the tolerance holds for, older states fade; 0: FSNN_HORIZON */
    /* auto: short horizons take the history itself, up to about 200 steps (base), 290 (AVX2) or 410
     * (AVX-512); without a horizon a plan for training counts its steps, any other is long */
    fsnn_engine engine;
    fsnn_precision precision; /* of states, parameters, inputs and outputs: single or double */
} fsnn_dynamics;

/* One term of order alpha, coefficient 1, fixed. */
FSNN_API fsnn_order fsnn_order_of(double alpha);
/* fdeint, gl, step 1, full memory; `order` must be set by the caller. */
FSNN_API fsnn_dynamics fsnn_dynamics_default(const fsnn_order *order);

/* The engine of a run; an error if memory, tolerance, horizon and engine contradict each other. */
FSNN_API fsnn_status fsnn_engine_settle(const fsnn_dynamics *dynamics, fsnn_engine *engine);

/* "single", "double"; NULL: there is no such precision. */
FSNN_API const char *fsnn_precision_name(fsnn_precision precision);

/* Names as in descriptions ("gl", ...); the value, or FSNN_ENOTFOUND. */
FSNN_API const char *fsnn_method_name(fsnn_method method);
/* Methods by what they can do. */
typedef enum fsnn_method_group {
    FSNN_METHODS_FRACTIONAL, /* of fdeint */
    FSNN_METHODS_INTEGER,    /* of odeint */
    FSNN_METHODS_IMPLICIT,   /* with a linearised implicit variant */
    FSNN_METHODS_TERMS,      /* fractional, of several terms */
    FSNN_METHOD_GROUPS
} fsnn_method_group;
FSNN_API bool fsnn_method_is(fsnn_method method, fsnn_method_group group);
/* Their names for a sentence, "gl, l1 or ab", as far as `text` [size] holds them; returns it. */
FSNN_API const char *fsnn_method_list(fsnn_method_group group, char *text, size_t size);
FSNN_API int fsnn_method_find(const char *name);

/* The weights that multiply the past: w[j-1] for lags j = 1..n, and the gain of the derivative, in
 * double precision. Source: Gruenwald-Letnikov: Podlubny (1999), ch. 7; L1: Oldham and Spanier
 * (1974).
 * Errors: FSNN_EARGUMENT (alpha, step or n out of range), FSNN_EUNSUPPORTED (terms > 1 for this
 * method). */
FSNN_API fsnn_status fsnn_frac_weights(fsnn_method method, const fsnn_order *order, double step,
                                       int64_t n, double *w, double *gain);

#ifdef __cplusplus
}
#endif
#endif

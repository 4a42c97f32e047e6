/* frac/method.h: what a method is. A method advances  sum_m C_m D^alpha_m u = f  (u = v - v_0,
 * Caputo) by one step,
 *
 *     u_{n+1} = gain f* + sum_{l=1}^{n} w_l x_{n+1-l}  ( + start_{n+1} x_0 ),
 *
 * where the history x keeps the states u or the drives f, and f* is the drive where the scheme
 * takes it: before the step, after it (implicit), or both. A method gives gain, w_l and start_n,
 * and their exact derivatives in every alpha_m and C_m. One file and one table row each. */
#ifndef FSNN_FRAC_METHOD_H
#define FSNN_FRAC_METHOD_H

#include "base/base.h"
#include "frac/fit.h"
#include <fsnn/frac.h>

/* How one step goes, given S = the sum over the past. f is the drive, c what a spike takes from it.
 */
typedef enum frac_scheme {
    FRAC_EXPLICIT, /* p = S + gain f(v_n) */
    FRAC_IMPLICIT, /* p = S + gain f(v_0 + p), f linearised at v_n: exact for IF and LIF */
    FRAC_PECE,     /* P = S_0;  p = S_1 + gain f(v_0 + P);  the history keeps f(v_0 + p) */
    FRAC_HEUN,     /* two and four stages, integer order */
    FRAC_RK4,
    FRAC_EXACT, /* p = S + gain (f(v_n) - J u_n): the leak J is in the weights (Mittag-Leffler) */
    FRAC_SCHEMES
} frac_scheme;

/* Where weights depend on the neuron: ml only. */
typedef struct frac_leak {
    double tau;
    bool leaky; /* dv = (I - v)/tau, else dv = I/tau */
} frac_leak;

typedef void frac_weight_fn(const fsnn_order *order, double h, int64_t n, double *w, double *gain);
typedef void frac_dweight_fn(const fsnn_order *order, double h, int64_t n, int p, double *dw,
                             double *dgain);
/* The weight of the first drive in output n >= 1, and its derivative in parameter p. */
typedef double frac_start_fn(const fsnn_order *order, double h, int64_t n);
typedef double frac_dstart_fn(const fsnn_order *order, double h, int p, int64_t n);

typedef double frac_sum_fn(const fsnn_order *order, const frac_leak *leak, double h, int64_t n);

typedef struct frac_method {
    const char *name, *help;
    bool integer;   /* belongs to odeint: alpha is ignored */
    bool multiterm; /* several terms can be done */
    frac_scheme scheme;
    bool drive;      /* the history keeps drives, not states */
    bool linearised; /* has an implicit variant */
    /* weights do not decay to the integer order's at alpha = 1: all history counts */
    bool forever;
    /* w[l] for l = 1..n (w[0] is not touched) and the gain, in double precision */
    frac_weight_fn *weights;
    /* derivatives of all of these in parameter p: alpha_p for p < terms, else the coefficient p -
     * terms */
    frac_dweight_fn *dweights;
    /* weights of the first drive. NULL: there are none */
    frac_start_fn *start;
    frac_dstart_fn *dstart;
    /* predictor of PECE: the same four, no gain */
    frac_weight_fn *pweights;
    frac_dweight_fn *dpweights;
    frac_start_fn *pstart;
    frac_dstart_fn *dpstart;
    /* in place of weights: they depend on tau too, parameter 2 terms */
    void (*lweights)(const fsnn_order *order, const frac_leak *leak, double h, int64_t n, double *w,
                     double *gain);
    void (*dlweights)(const fsnn_order *order, const frac_leak *leak, double h, int64_t n, int p,
                      double *dw, double *dgain);
    /* the same weights as sequences that sums of exponentials can give (frac/fit.h), for lags >= 2:
     * w_l of `weights` is kernel mixed by `mix`, that of `pweights` is pkernel. NULL: the method
     * remembers one step, or takes no tolerance of its memory. In place of both where weights
     * depend on tau too: lmix, which gives the kernel */
    const fde_kernel *kernel, *pkernel;
    void (*mix)(const fsnn_order *order, double h, fde_mix *mix);
    const fde_kernel *(*lmix)(const fsnn_order *order, const frac_leak *leak, double h,
                              fde_mix *mix);
    /* largest z = h^alpha/tau for which the explicit scheme for D^alpha v = -v/tau does not grow;
     * NULL: no limit */
    double (*stable)(double alpha);
    /* largest z for which D^alpha v = -v/tau + 1/tau from v = 0 rises to 1 and never falls: beyond
     * it potentials overshoot (docs/math.md). NULL: no limit, and none for implicit variants */
    double (*monotone)(double alpha);
    /* w_1 + ... + w_n in closed form, the same of the predictor's: what a memory of n + 1 steps
     * has. NULL: the method is of integer order, or what a short memory moves is not told; psum: it
     * has no predictor */
    frac_sum_fn *sum, *psum;
} frac_method;

/* The row of a method; NULL for a number that is none. FSNN_METHOD_DEFAULT is resolved by
 * frac_method_settle. */
const frac_method *frac_method_get(fsnn_method method);
/* Numbers of methods are below it. */
int frac_methods(void);
/* The method an integrator runs with; error when they do not go together. */
fsnn_status frac_method_settle(fsnn_integrator integrator, fsnn_method method,
                               const frac_method **row);
/* Checks one order: number of terms, ranges, whether the method can do it. */
fsnn_status frac_order_check(const frac_method *method, const fsnn_order *order);
/* Whether single precision has its numbers, which are in range: none is 0 or infinite there. */
fsnn_status frac_order_check_single(const fsnn_order *order);

/* The weights w[1 ... n] and the gain of sum 0 over the past, or of sum 1, the predictor's, whether
 * they depend on the leak or not; w[0] is not touched. */
void frac_method_weigh(const frac_method *method, int sum, const fsnn_order *order,
                       const frac_leak *leak, double h, int64_t n, double *w, double *gain);
/* The sequence behind them, of a method with a kernel or lmix. */
frac_target frac_method_target(const frac_method *method, int sum, const fsnn_order *order,
                               const frac_leak *leak, double h);

/* Names of the methods that `fits` takes, for a sentence: "gl, l1 or ab" with the word `last`
 * before the last one, into text [FRAC_NAMES], which it returns. `what` is handed to `fits`. */
enum { FRAC_NAMES = 128 };
typedef bool frac_fits_fn(const frac_method *method, const void *what);
const char *frac_method_names(frac_fits_fn *fits, const void *what, const char *last,
                              char text[FRAC_NAMES]);
/* Has an implicit variant; is implicit in every variant; is exact for if and lif. */
frac_fits_fn frac_linearised, frac_is_implicit, frac_is_exact;

extern const frac_method frac_euler, frac_heun, frac_rk4, frac_gl, frac_l1, frac_ab, frac_trap,
    frac_abm, frac_ml;

#endif

/* fsnn/fde.h: fractional differential equations with a right-hand side of one's own, in double
 * precision, and the Mittag-Leffler function.
 *
 *     sum_m C_m D^alpha_m y = f(t, y),     y(t0) = y0,     D^alpha Caputo, 0 < alpha <= 2,
 *
 * for a system of n components, each with its own order if wanted, by fixed steps h. Orders above 1
 * also have an initial velocity, y'(t0). What is there, with the order of the error at a fixed t >
 * 0 for smooth y | for y that starts like t^alpha, alpha <= 1:
 *
 *   gl    explicit, implicit  several terms  1 | 1                       Gruenwald-Letnikov
 *   l1    explicit, implicit  several terms  1, implicit 2-alpha | 1     L1
 *   ab    explicit, implicit  one term       1 | 1                       product rectangle
 *   trap  implicit            one term       2 | 1+alpha                 product trapezoid
 *   abm   explicit            one term       1+alpha | 1+alpha           predictor-corrector
 *   euler, heun, rk4          integer order  1, 2, 4
 *
 * Above order 1 there are gl, ab, trap and abm, with the dense memory; for y smooth their orders
 * are 1, 1, 2 and 2. fsnn/fde_solver.h has the same solver as an object: it goes on, changes its
 * state, finds events, chooses its steps, and has gradients.
 *
 * Sources: Podlubny, Fractional Differential Equations (1999), ch. 7 (gl); Oldham and Spanier
 * (1974) (l1); Diethelm, Ford and Freed, Numer. Algorithms 36 (2004) (abm); Garrappa, Mathematics
 * 6(2) 16 (2018) (ab, trap). */
#ifndef FSNN_FDE_H
#define FSNN_FDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fsnn/frac.h>
#include <fsnn/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* E_{alpha,beta}(z) = sum_k z^k / Gamma(alpha k + beta) for real z, 0 < alpha <= 2, beta > 0; NaN
 * outside of that. Accurate to 1e-12 relative or 1e-14 absolute, and for beta > 15 to 1e-14 of
 * 1/Gamma(beta); as a rule to the last digit. Infinity where the value is beyond double. An
 * integral over a parabola (Weideman and Trefethen, Math. Comp. 76, 2007) with the poles that it
 * passes, in double-double arithmetic, whatever the platform's long double; some ten microseconds
 * for any arguments. For alpha > 1 and z < 0 it oscillates in x = |z|^(1/alpha); next to a zero
 * that accuracy holds while x^(2 - beta) < 1e13. From x = 1e15 on the phase is lost, and where the
 * oscillation has not died out (alpha at or next to 2, beta small) the result is NaN. */
FSNN_API double fsnn_mittag_leffler(double alpha, double beta, double z);

/* dydt[n] = f(t, y[n]). 0: good. Positive: stop here, keep what has been computed
 * (FSNN_EINTERRUPTED). Negative: an error (FSNN_ECALLBACK, its sentence names the number). */
typedef int (*fsnn_fde_function)(double t, const double *y, double *dydt, size_t n, void *user);
/* J[n][n], row by row: J[i*n+j] = d f_i / d y_j. Returns like fsnn_fde_function. */
typedef int (*fsnn_fde_jacobian)(double t, const double *y, double *J, size_t n, void *user);

typedef enum fsnn_fde_memory {
    FSNN_FDE_DENSE, /* the whole past: exact; N(N+1)/2 products and N numbers a component for N
                       steps */
    FSNN_FDE_EXPONENTIALS, /* lags from `window` on as a sum of exponentials: constant memory and
                              time a step */
} fsnn_fde_memory;

/* An equation and how to solve it. Start from fsnn_fde_default(); pointers are borrowed for the
 * call. */
typedef struct fsnn_fde {
    size_t n; /* components */
    fsnn_fde_function f;
    fsnn_fde_jacobian
        jacobian; /* NULL: differences of f (n more calls when a Jacobian is needed) */
    void *user;

    fsnn_method method;
    bool implicit; /* implicit variant of gl, l1 or ab (trap is implicit whatever this says) */
    const fsnn_order *order; /* [orders]; NULL for the methods of integer order */
    size_t orders;           /* 1: the same for every component; else n */
    double t0, step;         /* start, and step h > 0 */

    fsnn_fde_memory memory;
    double tolerance; /* exponentials: largest relative error of a weight, 1e-12 .. 0.1 */
    int window;       /* exponentials: lags below it are exact, 2 .. 4096 */

    /* implicit: Newton's method ends when the last change of each component y_i is at most
     * newton_tolerance |y_i| + newton_atol (rtol and atol of other solvers), or what is left of the
     * equation is below the rounding of its terms. No result depends on the units of y. */
    double newton_tolerance;    /* 1e-15 .. 1 */
    int newton_iterations;      /* implicit: at most so many a step; then FSNN_ENUMERIC */
    double newton_atol;         /* in units of y, >= 0; 0 (the default): none */
    const double *newton_atols; /* [n] in place of newton_atol, one for each component; or NULL */

    const double *velocity; /* [n] y'(t0), 0 for components without an order above 1; NULL: 0 */
} fsnn_fde;

/* What a run did. */
typedef struct fsnn_fde_report {
    int64_t steps; /* steps completed */
    int64_t times; /* rows of y that are filled: less than asked for after a stop or an error */
    double t;      /* time of the last completed step */
    int64_t calls; /* of f, those for differences included */
    int64_t iterations; /* Newton iterations */
    int64_t jacobians;  /* Jacobians evaluated */
    int64_t bytes;      /* kept for the memory of the equation */
    int modes;          /* exponentials in use, 0: dense */
    double
        weight_error; /* exponentials: no weight over the run's lags has a larger relative error */
    double
        weight_error_sum; /* exponentials: no sum of |error| of weights over all lags is larger */
} fsnn_fde_report;

/* gl, explicit, dense; tolerance 1e-7, window 16; Newton to 1e-12 of each component in at most 50
 * iterations. Set f
 * (n, user), order, step and what should differ. */
FSNN_API fsnn_fde fsnn_fde_default(size_t n, fsnn_fde_function f, void *user);

/* Solves from y0[n] at t0 over the grid t0 + k h as far as the last of `times`, and gives
 * y[count][n] at times[count], which ascend from t0 on. A time on the grid (to 1e-9 h) has the
 * value of that grid point; one between two grid points lies on the straight line between them.
 * f is never called beyond the last of `times`: where h does not divide the interval, the grid ends
 * before it, and what comes after lies on the line through the last two grid points. h must not be
 * longer than the interval. `report` may be NULL.
 *
 * Sums over the past are plain double sums (eight interleaved partial sums in the dense memory).
 * The weights of the exponentials are checked for this run's number of steps before it starts, at
 * every lag of the first 256 and then closely enough to bound what lies between; for the linear
 * decay D^a v = -v/tau with h^a <= a tau their effect on v stays below tau h^-a weight_error_sum
 * max|v|, with the gl method.
 *
 * Errors: FSNN_EARGUMENT, FSNN_EUNSUPPORTED (a combination that is not there),
 * FSNN_ECALLBACK, FSNN_EINTERRUPTED, FSNN_ENUMERIC (y not finite, Newton not converging; the
 * sentence names t), FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_fde_solve(const fsnn_fde *fde, const double *y0, const double *times,
                                    size_t count, double *y, fsnn_fde_report *report);

#ifdef __cplusplus
}
#endif
#endif

/* fsnn/fde_solver.h: the solver of fsnn/fde.h as an object. It goes to a time, is read, changed,
 * saved, and goes on; finds events; chooses its steps if asked to; has gradients.
 *
 *     fsnn_fde_solver_create(&fde, NULL, y0, &solver);
 *     fsnn_fde_solver_step_to(solver, 1, NULL);
 *     fsnn_fde_solver_state(solver, 1, y);
 *
 * A Caputo derivative remembers. A change of the state therefore means one of two things:
 *
 *   restart  the past is forgotten: the derivative begins at the present time, with new initial
 *            values. A new problem on the same equation.
 *   jump     the past stays: y(t) = y0 + y'(t0) (t - t0) + sum_{t_i <= t} delta_i + I^alpha f, the
 *            solution of an equation with impulses in the sense of Feckan, Zhou and Wang, Commun.
 *            Nonlinear Sci. Numer. Simul. 17 (2012). The delta_i are remembered for ever, as y0 is;
 *            what f gives is remembered as before. At alpha = 1 both are the same.
 *
 * A solver is used by one thread at a time. */
#ifndef FSNN_FDE_SOLVER_H
#define FSNN_FDE_SOLVER_H

#include <fsnn/fde.h>

#ifdef __cplusplus
extern "C" {
#endif

/* *value = g(t, y[n]): an event is where it passes 0. Returns like fsnn_fde_function. */
typedef int (*fsnn_fde_event_function)(double t, const double *y, double *value, size_t n,
                                       void *user);
typedef struct fsnn_fde_event {
    fsnn_fde_event_function g;
    int direction; /* > 0: g rises through 0; < 0: it falls; 0: either */
    bool terminal; /* fsnn_fde_solver_step_to stops there */
    void *user;    /* for g; NULL: that of the equation */
} fsnn_fde_event;

/* P[n][parameters], row by row: d f_i / d p_j. Returns like fsnn_fde_function. */
typedef int (*fsnn_fde_parameter_jacobian)(double t, const double *y, double *P, size_t n,
                                           size_t parameters, void *user);

typedef enum fsnn_fde_steps {
    FSNN_FDE_FIXED,      /* the grid t0 + k step of fsnn_fde_solve, with its bits; every method */
    FSNN_FDE_ESTIMATED,  /* steps of the same length with an estimate of their error; abm, trap */
    FSNN_FDE_CONTROLLED, /* steps as long as rtol and atol allow, the first of `step`; abm, trap */
} fsnn_fde_steps;

/* What a solver does besides fsnn_fde_solve. Start from fsnn_fde_plan_default(). */
typedef struct fsnn_fde_plan {
    bool history;    /* keep the states: read at any past time, gradients. Off, with exponentials:
                        constant memory. Always on with estimated and controlled steps */
    int64_t horizon; /* exponentials: lags that the tolerance holds for; 0: FSNN_HORIZON */

    fsnn_fde_steps steps;
    /* controlled: the estimated error that a step adds to component i is at most rtol |y_i| +
     * atol_i. It is an error of one step, not of the solution. */
    double rtol, atol;            /* >= 0, not both 0 */
    const double *atols;          /* [n] in place of atol; or NULL */
    double step_least, step_most; /* bounds of the steps; FSNN_ENUMERIC where the lower is hit */

    const fsnn_fde_event *event; /* [events] */
    size_t events;

    double *parameter; /* [parameters] that f reads; borrowed as long as the solver */
    size_t parameters;
    fsnn_fde_parameter_jacobian parameter_jacobian; /* NULL: differences, which move `parameter`
                                                       for a moment */
} fsnn_fde_plan;

/* Fixed steps, history kept; rtol 1e-6, atol 1e-9, steps of any length; no events or parameters. */
FSNN_API fsnn_fde_plan fsnn_fde_plan_default(void);

typedef struct fsnn_fde_solver fsnn_fde_solver;

/* A solver at t0. What `fde` and `plan` point at is copied, but for what `user` and `parameter`
 * point at. `plan` NULL: the defaults. Errors: those of fsnn_fde_solve, of a plan FSNN_EARGUMENT
 * and FSNN_EUNSUPPORTED. */
FSNN_API fsnn_status fsnn_fde_solver_create(const fsnn_fde *fde, const fsnn_fde_plan *plan,
                                            const double *y0, fsnn_fde_solver **solver);
FSNN_API void fsnn_fde_solver_destroy(fsnn_fde_solver *solver); /* NULL is fine */

/* Makes the steps that end by time t; f is never called beyond t. Estimated and controlled steps
 * end at t exactly; fixed ones at the last grid point up to t. Stops after the step of a terminal
 * event, at its time: *event (may be NULL) is its number, else -1. Events are sought in completed
 * steps, one passage of 0 a step and event, and located to rounding, where the state is read as by
 * fsnn_fde_solver_state; a g that is 0 where a search begins is no event. A call after that goes
 * on. Errors: those of fsnn_fde_solve; FSNN_EARGUMENT (t before the present time); FSNN_ENUMERIC
 * also where step control would need a step below step_least. After FSNN_EINTERRUPTED,
 * FSNN_ECALLBACK and FSNN_ENUMERIC of Newton's method or f the solver is at its last complete step
 * and may go on; where y was not finite, it must be restarted or loaded. */
FSNN_API fsnn_status fsnn_fde_solver_step_to(fsnn_fde_solver *solver, double t, int64_t *event);

/* The present time: of the last step, or of the terminal event that stopped it. NaN of NULL. */
FSNN_API double fsnn_fde_solver_time(const fsnn_fde_solver *solver);

/* y[n] at time t, from t0 (or the last restart) to the time that was asked for last; at a jump the
 * state after it. Fixed steps: on the straight line between grid points, and after the last on the
 * line through the last two; before the first grid point, one explicit step of that length.
 * Estimated and controlled steps: the method's own integral up to t, of f between its points.
 * Errors: FSNN_EARGUMENT (t outside), FSNN_ESTATE (not kept: the plan has no history), those of
 * f. */
FSNN_API fsnn_status fsnn_fde_solver_state(fsnn_fde_solver *solver, double t, double *y);

/* Estimate [n] of the error of the last step, |true - computed|. Source: the second divided
 * difference of f, integrated like f itself (the next term of the product trapezoid; Diethelm,
 * Ford and Freed 2004), of abm also what its correction left; of a first step, the difference to
 * the product rectangle. FSNN_ESTATE: fixed steps, or no step so far. */
FSNN_API fsnn_status fsnn_fde_solver_error(const fsnn_fde_solver *solver, double *error);

/* y += delta[n] at the present time, and the past stays (see above). With estimated and controlled
 * steps the orders of the methods hold across a jump. With fixed steps it falls between two grid
 * points or f has been taken before it, so that trap and abm are of first order there. */
FSNN_API fsnn_status fsnn_fde_solver_jump(fsnn_fde_solver *solver, const double *delta);

/* A new beginning at the present time: y[n] and y'[n] (NULL: 0) are initial values, the past is
 * forgotten. Fixed steps: a grid from there on. Events go on, those found so far stay. */
FSNN_API fsnn_status fsnn_fde_solver_restart(fsnn_fde_solver *solver, const double *y,
                                             const double *velocity);

/* Events found since creation or loading, in their order. */
typedef struct fsnn_fde_hit {
    size_t event;
    double t;
} fsnn_fde_hit;
FSNN_API int64_t fsnn_fde_solver_hits(const fsnn_fde_solver *solver);
/* Number `index`, and y[n] there (may be NULL), before any change. FSNN_EARGUMENT. */
FSNN_API fsnn_status fsnn_fde_solver_hit(const fsnn_fde_solver *solver, int64_t index,
                                         fsnn_fde_hit *hit, double *y);

/* What was done since creation; `times` is 0. */
FSNN_API fsnn_status fsnn_fde_solver_report(const fsnn_fde_solver *solver, fsnn_fde_report *report);

/* All that a solver remembers, as bytes with a version and a checksum, to go on later with the same
 * bits in a solver that was created with the same equation and plan (t0 and y0 do not matter). The
 * bytes are for machines alike; f, events and parameters are not in them, nor the events found.
 * Errors of load: FSNN_EFORMAT (no state, damaged), FSNN_EUNSUPPORTED (a newer version),
 * FSNN_ESHAPE (another equation or plan), FSNN_EMEMORY; the solver then stays as it was. */
FSNN_API int64_t fsnn_fde_solver_state_bytes(const fsnn_fde_solver *solver);
FSNN_API fsnn_status fsnn_fde_solver_state_save(const fsnn_fde_solver *solver, void *bytes);
FSNN_API fsnn_status fsnn_fde_solver_state_load(fsnn_fde_solver *solver, const void *bytes,
                                                int64_t count);

/* Gradient of a function L of the states at `times` [count], which ascend from t0 (or the last
 * restart) to the present time: dL[count][n] are its derivatives by y(times), as
 * fsnn_fde_solver_state reads them; dy0[n], dvelocity[n] and dparameter[parameters] (each may be
 * NULL) become those by the initial values (of the last restart) and the parameters. It is the
 * derivative of the numbers as they were computed, the discrete adjoint: exact but for rounding
 * where the Jacobians are given, else by central differences. Jumps and the lengths of steps count
 * as constants. With gl, l1, ab, abm, trap, and a history in dense memory; k steps cost k^2/2
 * products a component and k Jacobians.
 * Errors: FSNN_EARGUMENT, FSNN_ESTATE (no history), FSNN_EUNSUPPORTED (method, memory), those of
 * f. */
FSNN_API fsnn_status fsnn_fde_solver_gradient(fsnn_fde_solver *solver, const double *times,
                                              size_t count, const double *dL, double *dy0,
                                              double *dvelocity, double *dparameter);

#ifdef __cplusplus
}
#endif
#endif

/* fsnn/simulate.h: a neuron, or a population of neurons each by itself, under a current over time,
 * at one or several orders: potentials and spikes, and tables of firing rates, of first spikes, of
 * intervals between spikes and of relaxations beside their exact values where these are known, of
 * resets, of weights and of surrogates.
 *
 * Nothing is printed or written; results are arrays and tables. */
#ifndef FSNN_SIMULATE_H
#define FSNN_SIMULATE_H

#include <fsnn/net.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum fsnn_current_kind {
    FSNN_CURRENT_CONSTANT, /* p[0] */
    FSNN_CURRENT_STEP,     /* p[0] from time p[1] until p[2] (INFINITY: to the end), else 0 */
    FSNN_CURRENT_RAMP,     /* from p[0] to p[1] over the time p[2], or, of 0, the whole time */
    FSNN_CURRENT_SINE,     /* p[2] + p[0] sin(2 pi p[1] t) */
    FSNN_CURRENT_NOISE,    /* normal, mean p[0], deviation p[1]: a number a step and neuron */
    FSNN_CURRENT_SAMPLES,  /* rows of numbers: of steps, or at times */
    /* p[2] + p[0] in the first share p[3] (0: a half) of each period 1/p[1], p[2] in the rest */
    FSNN_CURRENT_SQUARE,
    /* p[3] + p[0] sin(2 pi (p[1] t + (p[2] - p[1]) t^2 / (2 T))): frequencies from p[1] to p[2]
     * over the whole time T */
    FSNN_CURRENT_CHIRP,
    /* normal, mean p[0], deviation p[1]/sqrt(step): its integral has the variance p[1]^2 t,
     * whatever the step */
    FSNN_CURRENT_WHITE,
    FSNN_CURRENT_SPIKES, /* a charge p[0] at each of the times: p[0]/step in the step it is in */
    FSNN_CURRENTS
} fsnn_current_kind;

typedef struct fsnn_current {
    fsnn_current_kind kind;
    double p[4];
    const struct fsnn_current *plus; /* added to it; NULL: nothing. At most 16 in a row */
    /* samples, and of spikes `time` and `count`; borrowed for the call: */
    const double *sample; /* [count][neurons] */
    /* [count] of the rows, increasing from 0: straight lines between them, and the last one holds.
     * NULL: row k is the current of step k */
    const double *time;
    int64_t count, neurons; /* neurons 1: the same for all */
} fsnn_current;

typedef struct fsnn_simulation {
    const char *kind;    /* of neuron: "lif", ...; NULL: lif */
    const char *layer;   /* that it is from (fsnn_session_simulation), for programs; may be NULL */
    const void *options; /* the options' struct of the kind; NULL: its defaults */
    /* method, step, memory, precision, and the order where `alpha` is NULL (of one layer). A
     * horizon of 0 is the length of the run. */
    fsnn_dynamics dynamics;
    const double *alpha; /* [alphas] orders of one term, a run each; integer methods take 1 alone */
    int alphas;
    fsnn_current current;
    int64_t steps, neurons;
    uint64_t seed; /* of noise */
    /* In units of a user's own, of kinds if and lif: potentials of the options and of the results
     * stand on the resting potential `rest`; all of them may be negative. A current is multiplied
     * by `resistance` (0: 1),
     *
     *     tau D^alpha v = -(v - rest) + resistance I     (if: without the leak).
     *
     * v0 and v_reset are not moved: give them, too. Formulas of exact values below are of rest 0
     * and resistance 1: potentials in them count from rest, and I is resistance times the
     * current. */
    double rest, resistance;
    /* before each piece of a run, with the steps that are done of run number `order`; a non-zero
     * return stops: FSNN_EINTERRUPTED. May be NULL. */
    int (*progress)(int order, int64_t done, void *user);
    /* remarks that are no errors (fsnn_net_warning), of every run. May be NULL. */
    void (*warn)(const char *sentence, void *user);
    void *user;
} fsnn_simulation;

/* One lif neuron of order 1, 1000 steps of 0.01 by method gl in double precision, current 0. */
FSNN_API fsnn_simulation fsnn_simulation_default(void);

/* The current of each step and neuron, out [steps][neurons], taken where the method takes it: at
 * the beginning of a step (explicit gl, l1, ab, euler), at its end (implicit ones, trap, abm), in
 * its middle (ml, heun, rk4, which hold it over the step); in single precision as it is rounded.
 * FSNN_EARGUMENT (rows of samples that do not fit: too few, or no column a neuron). */
FSNN_API fsnn_status fsnn_simulation_current(const fsnn_simulation *what, double *out);

/* Runs all orders. Appended to `result` (release it by fsnn_arrays_free, after an error too), all
 * float64, A orders, T steps, N neurons:
 *   t              [T] the ends of the steps
 *   current        [T, N]
 *   alpha          [A] (of several terms the first)
 *   v              [A, T, N] the potential after each step
 *   spikes         [A, T, N]; 0 of a readout
 *   state.NAME     [A, T, N] of each state beside v
 *   test, threshold  [A, T, N] what the spike tests compared (fsnn_net_read); not of a readout
 * Errors: FSNN_EARGUMENT, FSNN_EUNSUPPORTED, FSNN_EDESCRIPTION (an equation), FSNN_ENUMERIC (a
 * state is no longer finite), FSNN_EINTERRUPTED, FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_simulate(const fsnn_simulation *what, fsnn_arrays *result);

/* ---- tables ---------------------------------------------------------------------------------- */

/* Owned: fsnn_table_free. Times are in the unit of tau, currents in that of v. */
typedef struct fsnn_table {
    int columns;
    int64_t rows;
    char **name;  /* [columns] "current", "alpha 0.8" */
    char **unit;  /* [columns] "time", "1/time", "current", "potential", "" of plain numbers */
    double *cell; /* [rows][columns]; not a number where there is none */
} fsnn_table;

/* NULL is fine. */
FSNN_API void fsnn_table_free(fsnn_table *table);

/* Firing rates against current, the mean over the whole time: columns current, a rate for each
 * order ("alpha 0.8"), and "exact, alpha 1" of if and lif without noise, where a spike puts v below
 * the threshold: an interval is tau log((I - r) / (I - threshold)) for lif, tau (threshold - r) / I
 * for if, r where a spike puts v, plus the refractory period where v is held meanwhile. `current`
 * [currents] is in place of what->current, what->neurons does not count.
 * Errors: those of fsnn_simulate; FSNN_EARGUMENT of resets current and none, under which a spike
 * comes in every step. */
FSNN_API fsnn_status fsnn_simulate_rates(const fsnn_simulation *what, const double *current,
                                         int currents, fsnn_table *table);

/* Time of the first spike of a neuron at rest under a constant current, for every current and
 * order: columns alpha, current, first spike, exact, relative error. Exact, of if and lif, where
 *   lif  I (1 - E_alpha(-t^alpha/tau)) = threshold      (E the Mittag-Leffler function)
 *   if   I t^alpha / (tau Gamma(1 + alpha)) = threshold
 * With dynamics.step 0 the step is 1, 2 or 5 times a power of ten, at least 250 up to the spike.
 * A spike that never comes, or later than 200,000 steps, is not a number.
 * Errors: as fsnn_simulate_rates; FSNN_EARGUMENT of other kinds, with noise, and where v0 is not
 * rest. */
FSNN_API fsnn_status fsnn_simulate_latency(const fsnn_simulation *what, const double *current,
                                           int currents, fsnn_table *table);

/* The exact time of that first spike, whatever the current of `what`; infinity: never; not a number
 * where none is known. */
FSNN_API double fsnn_latency_exact(const fsnn_simulation *what, double alpha, double current);

/* Spikes of the first neuron, their times and the intervals before them, order by order: columns
 * alpha, spike (from 1), time, exact time, interval, exact interval. Exact, of if from rest under a
 * constant current with reset jump and without refractory period or noise: spike k at
 * (k threshold tau Gamma(1 + alpha) / I)^(1/alpha). Errors: as fsnn_simulate_rates. */
FSNN_API fsnn_status fsnn_simulate_intervals(const fsnn_simulation *what, fsnn_table *table);

/* A leaky neuron without spikes on its way from v0 to the constant current: columns alpha, time,
 * potential, distance (|v - I|, with a resting potential |v - rest - resistance I|), a row a step,
 * order by order. Of lif; its reset and threshold do not count. Errors: those of fsnn_simulate;
 * FSNN_EARGUMENT (another kind, another current). */
FSNN_API fsnn_status fsnn_simulate_relaxation(const fsnn_simulation *what, fsnn_table *table);
/* The exact distance at a time, |v0 - I| E_alpha(-t^alpha/tau) (E the Mittag-Leffler function); not
 * a number where fsnn_simulate_relaxation is an error. */
FSNN_API double fsnn_relaxation_exact(const fsnn_simulation *what, double alpha, double time);

/* One neuron under the same current with every reset, at the first order: a row for each, columns
 * reset (fsnn_reset), spikes, first spike, first interval, last interval, last potential. Appended
 * to `result` (may be NULL; release it by fsnn_arrays_free, after an error too), float64 [T]:
 * "v.RESET", "spikes.RESET", "test.RESET", as of fsnn_simulate. Errors: those of fsnn_simulate, of
 * a reset that the method cannot do, too; FSNN_EARGUMENT (a readout). */
FSNN_API fsnn_status fsnn_simulate_resets(const fsnn_simulation *what, fsnn_arrays *result,
                                          fsnn_table *table);

enum {
    FSNN_TABLE_LAGS = 20000, /* rows of the tables below at most */
    FSNN_TABLE_WINDOW = 16,  /* lags below it are exact in fsnn_exponentials_table */
};

/* The weights with which a method sums the past at step 1 (fsnn_frac_weights): columns lag, a
 * weight for each order ("alpha 0.8"), and the power law alpha/Gamma(1 - alpha) lag^(-1 - alpha)
 * that those of gl approach ("power law, alpha 0.8"). Errors: FSNN_EARGUMENT, those of
 * fsnn_frac_weights. */
FSNN_API fsnn_status fsnn_weights_table(fsnn_method method, const double *alpha, int alphas,
                                        int64_t lags, fsnn_table *table);

/* What approximates weights by exponentials. */
typedef struct fsnn_exponentials {
    int modes;
    double largest; /* relative error of a weight */
    double stated;  /* that the fit promises */
} fsnn_exponentials;

/* The weights of gl at step 1 as a sum of exponentials within a relative `tolerance`: columns lag,
 * weight, sum of exponentials, relative error. Errors: FSNN_EARGUMENT (alpha not within (0, 1),
 * lags not from FSNN_TABLE_WINDOW to FSNN_TABLE_LAGS), those of fsnn_fde_solve. */
FSNN_API fsnn_status fsnn_exponentials_table(double alpha, double tolerance, int64_t lags,
                                             fsnn_exponentials *found, fsnn_table *table);

/* Surrogates at their default scales, evenly from `low` to `high`: columns x (potential -
 * threshold), "slope.NAME" of each, "smooth.NAME" of each (fsnn_surrogate_slope, _smooth). The
 * summary has a row for each: columns surrogate (fsnn_surrogate_kind), scale, slope at 0, half
 * width (where the slope is half of that at 0; infinity: nowhere), slope at 1, area under the
 * slope. Errors: FSNN_EARGUMENT, FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_surrogates_table(double low, double high, int64_t rows,
                                           fsnn_table *table);
FSNN_API fsnn_status fsnn_surrogates_summary(fsnn_table *table);

#ifdef __cplusplus
}
#endif
#endif

/* playground/neuron/play.h: what the page "one neuron" asks of the library.
 *
 * The page writes numbers and texts into the arrays of play_numbers and play_text, by their names,
 * and calls play_run, play_rates, play_weights or play_field. These return 0, or a negative
 * fsnn_status with the library's sentence in play_error(). Results stay until the next call of the
 * same function. There is one page, and so one of everything. */
#ifndef PLAYGROUND_PLAY_H
#define PLAYGROUND_PLAY_H

#include <fsnn/simulate.h>

#ifdef __wasm__
#define PLAY_API(name) __attribute__((export_name(#name)))
#else
#define PLAY_API(name)
#endif

typedef enum play_number {
    PLAY_ALPHA,
    PLAY_TAU,
    PLAY_THRESHOLD,
    PLAY_V_RESET,
    PLAY_REFRACTORY,
    PLAY_STEP,
    PLAY_TIME,
    PLAY_SEED,
    PLAY_P0, /* of the current: fsnn_current.p */
    PLAY_P1,
    PLAY_P2,
    PLAY_NUMBERS
} play_number;

typedef enum play_word {
    PLAY_KIND,
    PLAY_METHOD,
    PLAY_RESET,
    PLAY_CURRENT, /* constant, step, ramp, noise or drawn */
    PLAY_PARAMS,  /* "a=0.2, b=1" */
    PLAY_DV,
    PLAY_DW, /* empty: there is no second state */
    PLAY_WORDS
} play_word;

enum {
    PLAY_WORD_SIZE = 2048, /* bytes of a text, its end included */
    PLAY_STEPS = 5000,     /* at most, of a run */
    PLAY_POINTS = 64,      /* of a drawn current, at most */
    PLAY_CURRENTS = 32, /* of the curve of rates: a tile of neurons, which takes as long as one */
    PLAY_FIELD = 24     /* points along an axis of the phase plane */
};

/* ---- what is asked ---- */

double *play_numbers(void);               /* [PLAY_NUMBERS] */
const char *play_number_name(int number); /* "alpha"; NULL beyond the last */
char *play_text(int word);                /* [PLAY_WORD_SIZE] */
const char *play_word_name(int word);     /* "kind"; NULL beyond the last */
/* A drawn current goes in straight lines through points: times [PLAY_POINTS], then values. */
double *play_drawn(void);
void play_drawn_count(int count);

/* ---- answers ---- */

const char *play_error(void);
/* The remarks of the last run, a line each. */
const char *play_warnings(void);

/* Runs the neuron at alpha and, beside it, at alpha 1 (methods of integer order: at 1 alone). */
int play_run(void);
int play_steps(void);
int play_orders(void); /* 2, or 1 where alpha is 1 */
/* [steps] "t", "current"; [orders][steps] "v", "spikes", "state" (the second one). NULL: none. */
const double *play_array(int which);
/* FNV-1a of the bits of all potentials in single precision and of all spikes, at alpha: 16 digits
 * of base 16. The same on every machine whose arithmetic is IEEE's and joins no products and
 * sums. */
const char *play_hash(void);

/* Firing rates under PLAY_CURRENTS constant currents from 0 to `most`: rows of play_rates_columns()
 * numbers: current, the rate at alpha, at alpha 1, and the exact one of alpha 1 where it is
 * known. */
int play_rates(double most);
int play_rates_columns(void);
const double *play_rates_rows(void);

/* Weights of `lags` states of the past at alpha, then at 1; and the gain of the derivative. */
int play_weights(int lags);
const double *play_weights_rows(void);

/* dv over v from v_low to v_high under a constant current [PLAY_FIELD]. With a second state w, over
 * w from w_low to w_high too, [w][v], and dw behind it. */
int play_field(double current, double v_low, double v_high, double w_low, double w_high);
const double *play_field_rows(void);

/* ---- inside ---- */

double play_get(play_number number);
const char *play_say(play_word word);
/* Status of a call; keeps its sentence where it failed. */
int play_done(fsnn_status status);
/* What the settings describe; it points at what stays. Orders: alpha and 1. */
fsnn_status play_simulation(fsnn_simulation *what);
fsnn_status play_current(fsnn_current *current);
/* The second state in a result, whatever its name; NULL: there is none. */
const double *play_second(const fsnn_arrays *arrays);
/* Whether the neuron has a state beside v. */
int play_has_state(const fsnn_simulation *what);

#endif

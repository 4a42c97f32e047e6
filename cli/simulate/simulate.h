/* cli/simulate/simulate.h: the parts of fsnn simulate: options in simulate.c, the current over time
 * in simulate_current.c and simulate_file.c, order, method and memory in simulate_dynamics.c,
 * the neuron in simulate_neuron.c and simulate_states.c, one run in simulate_run.c, what is written
 * in simulate_output.c and simulate_figure.c, and the ready-made pictures in show_*.c. Functions
 * that return int return an exit code, after a sentence when it is not CLI_GOOD. */
#ifndef FSNN_CLI_SIMULATE_H
#define FSNN_CLI_SIMULATE_H

#include "cli/cli.h"

enum {
    SIM_NAMES = 64,         /* texts that options of a neuron are cut into */
    SIM_ALPHAS = 8,         /* in one call: as many as there are colours */
    SIM_PARTS = 16,         /* currents in a sum */
    SIM_VALUES = 200000000, /* steps times neurons at most */
};

typedef enum sim_current_kind {
    SIM_CONSTANT,
    SIM_STEP,
    SIM_RAMP,
    SIM_SINE,
    SIM_NOISE,
    SIM_FILE,
    SIM_SQUARE,
    SIM_CHIRP,
    SIM_WHITE,
    SIM_SPIKES,
    SIM_CURRENTS
} sim_current_kind;

typedef struct sim_current {
    sim_current_kind kind;
    double p[4];    /* the numbers behind the kind */
    double *sample; /* file: [count][neurons] */
    double *time;   /* file: [count] of each row, from 0 on; NULL: a row a step. Spikes: [count] */
    int64_t count, neurons;
    struct sim_current *plus; /* added to it; NULL: nothing */
} sim_current;

typedef struct sim_options {
    cli_common common;
    const char *neuron, *reset, *method, *alpha, *current, *memory, *out, *format, *show;
    const char *dv, *spike, *after_spike, *fractional, *model, *node, *precision;
    cli_list param, dw, after_spike_w, w0;
    bool implicit, no_figure;
    cli_real tau, threshold, v_peak, v_reset, v0, refractory, gamma, step, time, rest, resistance;
    const char *units;
    cli_int neurons;
} sim_options;

/* What is simulated: options with defaults filled in. */
typedef struct sim_setup {
    const char *kind;
    bool leaky, readout; /* kinds lif, readout */
    fsnn_neuron neuron;
    /* of the kind, [size]: begins with a fsnn_neuron, which `neuron` takes the place of */
    void *options;
    size_t size;
    char *name[SIM_NAMES]; /* of parameters and states in them, and their equations */
    int names;
    const sim_options *given;
    cli_model model;        /* that the neuron is from */
    const char *layer;      /* its name there; NULL: from no description */
    char *weights;          /* the file that its numbers are from; NULL: from none */
    fsnn_dynamics dynamics; /* of that layer, with its own order */
    fsnn_method method;
    fsnn_engine engine;
    fsnn_precision precision;
    bool integer, implicit;
    int alphas;
    double alpha[SIM_ALPHAS];
    fsnn_order several; /* of a description: terms, where it has more than one; alphas is 1 */
    double step, time, tolerance; /* of the memory; 0: none */
    int64_t steps, memory, neurons;
    uint64_t seed;
    sim_current current;
    double rest, resistance;
    fsnn_units units;
} sim_setup;

typedef struct sim_show sim_show;

/* ---- what is printed: kept until all of it is there ---- */

void sim_print(const char *format, ...) FSNN_PRINTF(1, 2);
/* Prints what was kept when `code` is CLI_GOOD, and forgets it otherwise; returns it. */
int sim_print_end(int code);

/* Refuses a name: what the option takes, the nearest. */
int sim_no_such(const char *option, const char *name, const char *const *known, int count);

/* ---- help of options that take names, from the tables of these ---- */

const char *sim_help(const char *option);
/* What they take, for completion, or NULL. */
const char *sim_values(const char *option);

/* ---- order, method, step, memory ---- */

/* What the options say, else the description of the neuron, else the row. */
int sim_dynamics_read(const sim_options *options, const sim_show *row, sim_setup *setup);
/* "0.5", or "0.3+0.8" of several terms, into text [CLI_NUMBER]. */
const char *sim_alpha_text(const sim_setup *setup, int alpha, int digits, char *text);

/* ---- units (simulate_units.c) ---- */

/* "time=ms,potential=mV,current=nA", or some of them; NULL: none. */
int sim_units_read(const char *text, sim_setup *setup);
/* Those of a description, where --units names no other. */
void sim_units_take(const fsnn_units *described, sim_setup *setup);
/* "time [ms]", or the plain name, into text [CLI_NUMBER]. */
const char *sim_unit_label(const sim_setup *setup, fsnn_quantity quantity, const char *name,
                           char *text);
/* "; time in ms, potential in mV, current in nA, rates in Hz", or ""; to be freed. */
char *sim_units_text(const sim_setup *setup);
/* A rate of once in a unit of time, in Hz where that is known. */
double sim_rate_unit(const sim_setup *setup);

/* ---- neuron ---- */

/* Kind, options and reset; free with sim_neuron_free, after errors too. */
int sim_neuron_read(const sim_options *options, const sim_show *row, sim_setup *setup);
int sim_reset_read(const char *name, sim_setup *setup);
void sim_neuron_free(sim_setup *setup);
/* States beside v and which are of fractional order. */
int sim_states_read(const sim_options *options, sim_setup *setup);
/* What equations and parameters are part of, or NULL. */
fsnn_user *sim_user(const sim_setup *setup);
/* A text that the setup keeps. */
const char *sim_keep(sim_setup *setup, char *text);
/* "LIF, tau 1, threshold 1, reset jump"; to be freed */
char *sim_neuron_text(const sim_setup *setup);
/* That which is given, or 1. */
double sim_resistance(const sim_setup *setup);
/* ", rest -70, resistance 40", or "" where they are 0 and 1, in text [SIM_SHIFT] */
enum { SIM_SHIFT = 64 };
const char *sim_shift_text(const sim_setup *setup, char *text);
enum { SIM_KIND_TEXT = 76 };
/* "LIF", "dv = (-v^2 + I)/tau" in text [SIM_KIND_TEXT] */
const char *sim_kind_text(const sim_setup *setup, char *text);

/* ---- current ---- */

/* "constant:1.5", "1.5", "step:2@5-10", or several with + between; a file is read here. Free with
 * sim_current_free. */
int sim_current_read(const char *text, sim_current *current);
void sim_current_free(sim_current *current);
/* Of a file: a table of text, or an NPZ; how long rows with times last. */
int sim_file_read(const char *path, sim_current *current);
double sim_file_duration(const sim_current *current);
/* ---- a run ---- */

/* What a neuron did, [steps][neurons] each. */
typedef struct sim_trace {
    fsnn_arrays arrays;              /* that the others stand in */
    double *input;                   /* current of each step */
    double *v, *spikes;              /* v after each step */
    double *test, *threshold;        /* what the spike test compared; NULL: a readout */
    double *state[FSNN_USER_STATES]; /* beside v; NULL: there is no such */
    char *name[FSNN_USER_STATES];    /* of the states */
} sim_trace;

/* Runs order number `alpha`; free with sim_trace_free, not needed after errors. Warnings go to
 * stderr. */
int sim_trace_run(const sim_setup *setup, int alpha, sim_trace *trace);
void sim_trace_free(sim_trace *trace);
/* Times of the spikes of one neuron, count in `*count`; to be freed. */
double *sim_spike_times(const sim_setup *setup, const double *spikes, int64_t neuron,
                        int64_t *count);

/* A simulation on its way: how far it is, at which order. */
typedef struct sim_watch {
    const sim_setup *setup;
    const double *alpha; /* orders of the runs; NULL: that of the setup's several terms */
    int order;
    cli_line line;
    fsnn_current part[SIM_PARTS]; /* of the current behind the first */
} sim_watch;
/* The setup as the library takes it, which says how far it is and warns; borrows both. */
fsnn_simulation sim_simulation(const sim_setup *setup, sim_watch *watch);
/* What became of it, as an exit code, after a sentence where it failed or was interrupted. */
int sim_done(sim_watch *watch, fsnn_status status);

/* ---- results ---- */

typedef struct sim_result {
    const double *input;
    sim_trace trace[SIM_ALPHAS];
} sim_result;

void sim_summary(const sim_setup *setup, const sim_result *result);
int sim_write(const sim_setup *setup, const sim_result *result, bool npz, const char *path);
/* Current, potentials with threshold, spikes. */
void sim_figure(const sim_setup *setup, const sim_result *result, const char *path);
/* "precision: double" */
const char *sim_precision(const sim_setup *setup);
/* "layer n of net.yaml, with its reset, method, alpha, step and memory"; to be freed. */
char *sim_sources_text(const sim_setup *setup);
/* "LIF, tau 1, threshold 1, reset jump; method gl, step 0.01"; to be freed. */
char *sim_setup_text(const sim_setup *setup);

/* ---- ready-made pictures ---- */

struct sim_show {
    const char *name, *what;
    /* defaults for what is not given */
    const char *neuron, *reset, *method, *alpha, *current;
    double step, time;
    /* Prints its table and draws `path`.png. `given` tells which options were. */
    int (*run)(const sim_setup *setup, const sim_options *given, const char *path);
    bool any;           /* of any neuron, not only of lif and if, whose exact values are known */
    const char *unused; /* options that it has no use for, parted by blanks; NULL: none */
};

extern const sim_show show_relaxation, show_latency, show_adaptation, show_fi, show_weights,
    show_surrogates, show_resets;

/* ---- curves that own their points ---- */

typedef struct sim_points {
    double *x, *y;
    int64_t count, capacity;
} sim_points;
void sim_points_add(sim_points *points, double x, double y);
void sim_points_free(sim_points *points, int count);
/* A drawn picture: one chart after the other, curves appended to the last one. */
typedef struct sim_picture {
    fsnn_chart chart[4];
    fsnn_curve curve[4][4 * SIM_ALPHAS];
    sim_points points[4][4 * SIM_ALPHAS];
    char name[4][4 * SIM_ALPHAS][CLI_NUMBER];
    int charts;
} sim_picture;
fsnn_chart *sim_picture_chart(sim_picture *picture, const char *heading, const char *x_label,
                              const char *y_label);
/* A new curve of the last chart, without points yet; `name` is copied and may be NULL. */
sim_points *sim_picture_curve(sim_picture *picture, const char *name, fsnn_mark mark, int colour);
/* Draws it unless --no-figure, says so, and releases it. CLI_FAILED only when nothing could be
 * written. */
int sim_picture_draw(sim_picture *picture, const sim_options *given, const char *title,
                     const char *subtitle, int columns, const char *path);
void sim_picture_free(sim_picture *picture);
/* Refuses a --current of another kind than this one. */
int sim_need_current(const sim_setup *setup, const sim_options *given, sim_current_kind kind,
                     const char *what);
/* Usage error where spikes are no events of their own: resets current and none. */
int sim_need_reset(const sim_setup *setup, const sim_options *given);
void sim_cell(double value, const char *end); /* a column of 13, a dash when not finite */

fsnn_curve sim_curve(const char *name, fsnn_mark mark, int colour, const sim_points *points);
/* "alpha 0.5" into `text`, which has CLI_NUMBER bytes. */
char *sim_label(char *text, double alpha);

#endif

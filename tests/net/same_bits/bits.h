/* Hashes of what the library computes, to compare the bits of two builds. A case prints one line,
 *
 *     NAME output=HASH gradient=HASH ...
 *
 * with the 64-bit FNV-1a of each part in hexadecimal; "zeros" where all its numbers are 0, "none"
 * where it has no numbers. A combination that fsnn_net_wrap refuses prints "NAME refused", one
 * whose potentials leave the finite numbers "NAME ends". What else fails prints "NAME failed" and
 * makes the program fail.
 *
 * Only public headers: the source stays the same while the library behind them changes. Inputs are
 * multiples of 2^-11, so they are the same numbers whatever compiles this. */
#ifndef TESTS_SAME_BITS_H
#define TESTS_SAME_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fsnn/fsnn.h>

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

/* ---- hashes and lines (bits.c) ---- */

typedef struct hash {
    uint64_t bits;
    int64_t bytes;
    bool other; /* than 0 */
} hash;

hash hash_new(void);
void hash_add(hash *h, const void *bytes, size_t count);
/* Every NaN counts as the same: which one comes out is the compiler's choice. */
void hash_floats(hash *h, const float *x, int64_t count);
void hash_double(hash *h, double x);
void hash_number(hash *h, int64_t x);

void line_begin(const char *name);
void line_part(const char *part, const hash *h);
void line_end(void);
void line_word(const char *name, const char *word);
/* "NAME failed"; the library's sentence goes to stderr. */
void line_failed(const char *name);
int lines_failed(void);

/* A number in [-1, 1), and `count` of them times `scale` plus `shift`: both powers of two, or a few
 * of them, so that nothing is rounded. */
float bits_value(uint64_t stream, uint64_t index);
float *bits_values(int64_t count, uint64_t stream, float scale, float shift);

/* ---- neurons (neurons.c): every public kind, and users' neurons of several forms ---- */

typedef struct neuron_row {
    const char *name, *kind;
    fsnn_user what; /* the kind's own options; of kinds that take fsnn_neuron none */
} neuron_row;

/* Rows 0, 1, ... until NULL. Kinds that the table does not know yet come last, with their
 * defaults. */
const neuron_row *neuron_at(int index);
const neuron_row *neuron_find(const char *name);
/* Adds it with the options that every neuron has. */
int neuron_add(fsnn_net *net, const neuron_row *row, const char *name, int from,
               const fsnn_neuron *options, bool fixed);
void neurons_register(void);

/* ---- one case (setup.c) ---- */

typedef struct way {
    const char *name;
    fsnn_method method;
    bool integer, implicit;
} way;

typedef struct engine {
    const char *name;
    int64_t memory;
    double tolerance;
    int64_t steps; /* long enough for its far lags */
} engine;

typedef struct setup setup;
struct setup {
    int (*build)(fsnn_net *net, const setup *s); /* the last node's handle */
    const neuron_row *neuron;
    fsnn_neuron options;
    bool fixed; /* nothing is learned */
    way way;
    engine engine;
    fsnn_order order[2];
    int orders;
    fsnn_shape input;
    fsnn_plan plan;
    int calls;       /* of forward and backward, one after the other */
    double progress; /* of the training */
    double step;     /* of the solver */
    bool spikes;     /* the input is lists of spikes */
};

/* lif, gl, full memory, order 0.6 and 0.85, everything learned, neurons on neurons. */
setup setup_default(void);
/* The first way from ways[w] on that the rest of the setup goes with. */
void setup_fit(setup *s, int w);
void setup_run(const char *name, const setup *s);
int build_stack(fsnn_net *net, const setup *s);
extern const way ways[];
extern const int ways_count;
extern const engine engines[];
extern const int engines_count;

/* ---- groups of cases ---- */

void group_prints(void);   /* prints.c: of the C library's functions and of the dense kernels */
void group_cross(void);    /* cross.c: kinds, methods, resets, engines */
void group_options(void);  /* options.c: surrogates, noise, refractory periods, orders, ... */
void group_time(void);     /* time.c: chunks, states, checkpoints, still input, shapes, loops */
void group_solver(void);   /* solver.c: weights, equations in double precision */
void group_dense(void);    /* dense.c: networks with dense kernels */
void group_training(void); /* training.c: short trainings of networks as the examples have them */

#endif

/* equation/equation.h: neurons that the user writes as equations, compiled for rows of 32.
 *
 * A neuron is a small system at a point: states v (and w, ... up to EQUATION_STATES), a current I,
 * parameters tau, threshold and the user's own:
 *
 *   dv          = (-v^2 + I)/tau               what the solver integrates, tau apart (tau D^alpha v
 *                                              = tau dv)
 *   dw          = ...                          for each further state; may name the spike, s
 *                                              (adaptation: (-w + s)/tau_w)
 *   spike       = v + dv - threshold           the argument of the step: a spike where it is >= 0
 *                                              (this is the default)
 *   after_spike = dv - s*threshold/tau         the drive of v under reset `current`, s the spike
 *                                              (this is the default)
 *   after_spike_w = dw                         the same for w (default: dw with the spike that it
 *                                              names)
 *
 * Language: + - * / ^ (to the right first, before minus: -v^2 is -(v^2)), parentheses, numbers, the
 * names above and exp log sqrt tanh sigmoid abs step sin cos (one argument), min max pow (two).
 * step(x) is 1 from x = 0 on. dv, dw are known in spike and after_spike, s in after_spike and in
 * dw. Where dw stands before the spike is known (CHARGE, and as the name dw), s is 0 in it.
 *
 * The texts become one graph of shared nodes in normal form (equation_graph.h), which is
 * differentiated; its parts become short lists of operations on rows of 32 numbers
 * (equation_code.h), run by one small interpreter for each instruction set (equation_kernel.c).
 * What depends on parameters only is prepared once a tile. A part reads and writes rows through a
 * table of pointers, `slot`, so that nothing is copied and nothing allocated.
 *
 *   part          reads                       writes                     adds to
 *   PREPARE       PAR                         (rows of its own)
 *   CHARGE        X I                         D
 *   SPIKE         X I D                       ARG
 *   AFTER         X I D S                     F
 *   LEAK          X I                         J, J[i][j] = d(D_i)/d(X_j)
 *   CHARGE_BACK   X I, G+D                    G+X G+I                    (gradients of own rows)
 *   SPIKE_BACK    X I D, G+ARG                                           G+X G+I G+D, own rows
 *   AFTER_BACK    X I D S, G+F                                           G+X G+I G+D G+S, own rows
 *   LEAK_BACK     X I, G+J                                               G+X G+I, own rows
 *   PREPARE_BACK  (gradients of its own rows)                            G+PAR
 *
 * Use: once a worker equation_open (table and rows in one block of equation_bytes bytes); once a
 * tile the PAR pointers and PREPARE (and equation_clear for backward); each step the pointers of
 * what a part reads, writes and adds to, and equation_run; at the end of a backward tile
 * PREPARE_BACK. Rows named by the caller must not overlap; rows that a part's equations do not name
 * are not touched.
 *
 * Cost: an operation on a row is 4 to 8 vector instructions, a call and the fetching of its
 * pointers; a chain of three or four additions and multiplications is one. (-v + I)/tau is one
 * operation, its backward three, a tile alone about twice the time of the hand-written LIF, 8 tiles
 * at once much less; with the same bits; exp, log, tanh, sigmoid are some 15 operations' worth
 * each, pow and sin 50. Where default_spike or default_after say so, a caller may do these two by
 * hand and spare their parts. An equation is not changed by running: any number of threads may use
 * it, each with a block of its own.
 *
 * Limits: texts of 2000 characters, 60 parentheses inside one another, 4 states, 16 parameters; a
 * graph of 4096 nodes once differentiated, a part of 8192 values.
 *
 * Derivatives at kinks: abs has slope 1 at 0, step has none, min and max give all to their first
 * argument where both are equal; the slope of sqrt(x), and of powers below 1, at 0 is a large
 * number instead of infinity. exp, log, tanh, sigmoid, sqrt, pow are good to 3 units in the last
 * place (measured in the tests), sin and cos are libm's. A value that overflows single precision is
 * infinite: equations whose intermediate values do may give no number. */
#ifndef FSNN_EQUATION_EQUATION_H
#define FSNN_EQUATION_EQUATION_H

#include "base/base.h"
#include "base/rows.h"

enum { EQUATION_STATES = 4, EQUATION_PARS = 16, EQUATION_LENGTH = 2000, EQUATION_NAME = 63 };

/* Slots: rows of 32 numbers. Slot G + n is the gradient of slot n. */
enum {
    EQUATION_X = 0,                            /* states [EQUATION_STATES] */
    EQUATION_I = EQUATION_X + EQUATION_STATES, /* current */
    EQUATION_S,                                /* spike */
    EQUATION_D,                                /* derivatives of the states [EQUATION_STATES] */
    /* parameters [EQUATION_PARS]: tau, threshold, the user's own */
    EQUATION_PAR = EQUATION_D + EQUATION_STATES,
    EQUATION_ARG = EQUATION_PAR + EQUATION_PARS, /* argument of the spike */
    EQUATION_F,                                  /* drives after the spike [EQUATION_STATES] */
    EQUATION_J = EQUATION_F + EQUATION_STATES,   /* [EQUATION_STATES][EQUATION_STATES] */
    EQUATION_VALUES = EQUATION_J + EQUATION_STATES * EQUATION_STATES,
    EQUATION_G = EQUATION_VALUES,
    EQUATION_OWN = EQUATION_G + EQUATION_VALUES /* from here on: the equation's own rows */
};

typedef enum equation_part {
    EQUATION_PREPARE,
    EQUATION_CHARGE,
    EQUATION_SPIKE,
    EQUATION_AFTER,
    EQUATION_LEAK,
    EQUATION_BACK, /* the backward of a part is at part + EQUATION_BACK */
    EQUATION_PREPARE_BACK = EQUATION_BACK,
    EQUATION_CHARGE_BACK,
    EQUATION_SPIKE_BACK,
    EQUATION_AFTER_BACK,
    EQUATION_LEAK_BACK,
    EQUATION_PARTS
} equation_part;

/* How dv, dw depend on the states: not at all, with constant slopes (schemes may prepare), with
 * slopes that change. */
typedef enum equation_slope { EQUATION_FLAT, EQUATION_LINEAR, EQUATION_CURVED } equation_slope;

/* What the user wrote. Texts are only read during equation_create. */
typedef struct equation_state {
    const char *name;        /* "v" first, then "w" or another name */
    const char *derivative;  /* text of "dv" */
    const char *after_spike; /* NULL: the default */
} equation_state;

typedef struct equation_source {
    const equation_state *state; /* [states] */
    int states;                  /* 1..EQUATION_STATES */
    const char *spike;           /* NULL: the default */
    const char *const *own;      /* [owns] names of parameters beside tau and threshold */
    int owns;                    /* 0..EQUATION_PARS - 2 */
} equation_source;

/* Where an error stands: filled when equation_create fails because of a text. */
typedef struct equation_place {
    /* "dv", "spike", "after_spike", "after_spike_w"; "" when no text is at fault */
    char key[EQUATION_NAME + 16];
    /* of the character, 1 is the first; characters are those of UTF-8 */
    int column;
} equation_place;

/* One operation on rows of n: d = op(a, b, c, e, f), numbers of slots; `run` does it. */
typedef struct equation_op {
    void (*run)(const struct equation_op *o, real *const *slot, int n);
    uint16_t op, d, a, b, c, e, f;
} equation_op;

typedef struct equation_code {
    const equation_op *op; /* [count] */
    int count;
} equation_code;

struct graph;

typedef struct equation {
    equation_code part[EQUATION_PARTS];
    int states, pars; /* parameters: tau, threshold and the user's own */
    uint64_t uses;    /* bit EQUATION_PAR + p: parameter p is somewhere in the equations */
    equation_slope slope;
    /* dv has the slope -1/tau in v, and does not see other states: method ml solves it */
    bool leaks;
    /* one state, dv = (I - v)/tau or I/tau, default spike and after_spike: hand-written neurons
     * do it */
    bool lif, plain_if;
    bool default_spike; /* the argument is v + dv - threshold */
    /* the drive is the default one: of v, dv - s*threshold/tau; of others, D as CHARGE gives it */
    bool default_after[EQUATION_STATES];
    /* own rows: prepared [rows], their gradients [rows], constants [constants], temporaries
     * [temporaries] */
    int rows, constants, temporaries;
    /* for equation_value, and for tests */
    struct graph *graph;
    int node[EQUATION_VALUES]; /* of D, ARG, F, J; -1 elsewhere */
    equation_op *ops;          /* all parts', [count] */
    int count;
    real (*constant)[32]; /* [constants] */
    /* in single precision: the same equations compiled for double (scan/twin.h), where the library
     * has both */
    struct equation *twin;
} equation;

/* Compiles. FSNN_EDESCRIPTION when a text or a name is wrong, with a sentence that says where and
 * what would work (place may be NULL); FSNN_EUNSUPPORTED when a text is too long or too deep;
 * FSNN_EMEMORY. *out is destroyed with equation_destroy. */
fsnn_status equation_create(const equation_source *source, equation_place *place, equation **out);
void equation_destroy(equation *e);

/* Bytes of scratch of one worker, to be aligned to 64. */
size_t equation_bytes(const equation *e);
/* Lays table and rows out in `scratch`; returns the table, whose slots below EQUATION_OWN are the
 * caller's. */
real **equation_open(const equation *e, void *scratch);
/* Gradients of the own rows become 0: before the first backward step of a tile. */
void equation_clear(const equation *e, real *const *slot);

/* The same for `tiles` tiles at once: all rows, the caller's too, are [tiles][32]. The same bits,
 * and the cost of fetching and calling operations only once. */
size_t equation_wide_bytes(const equation *e, int tiles);
real **equation_wide_open(const equation *e, void *scratch, int tiles);
void equation_wide_clear(const equation *e, real *const *slot, int tiles);

/* Chooses the kernels of an instruction set (base/isa.h) up to fsnn_isa_level(), which is what
 * equation_create takes. */
void equation_choose(equation *e, int level);

static inline void equation_wide_run(const equation *e, equation_part part, real *const *slot,
                                     int tiles)
{
    const equation_op *op = e->part[part].op;
    for (int i = 0, n = e->part[part].count; i < n; i++)
        op[i].run(&op[i], slot, tiles * ROW_LANES);
}

static inline void equation_run(const equation *e, equation_part part, real *const *slot)
{
    equation_wide_run(e, part, slot, 1);
}

/* The value of one of D, ARG, F, J (a slot) in double precision, from values of X, I, S, D, PAR
 * [EQUATION_VALUES]: the reference. NaN when memory is out. */
double equation_value(const equation *e, int slot, const double *values);

#endif

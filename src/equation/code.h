/* equation/code.h: from the graph to operations on rows.
 *
 *   graph -> tape      values in the order of computing, each one operation; equal ones once
 *                      (equation_lower.c)
 *   tape  -> tape      its backward, appended: the adjoint of each value, last to first
 *                      (equation_tape.c)
 *   tape  -> code      chains become one operation, rows are shared by values that do not live at
 *                      once (equation_emit.c)
 *
 * A chain is ((a o1 b) o2 c) o3 e, or that + f, with o of + - * (and - the other way round: e - x),
 * where what is inside is used nowhere else: (I - v)*r + g is one operation, one pass over the
 * rows. */
#ifndef FSNN_EQUATION_CODE_H
#define FSNN_EQUATION_CODE_H

#include "equation/expression.h"

/* Codes of operations, on a tape and in code: first the chains of one, two and three links,
 * numbered so that chain + link is 4 chain + o. OP_FROM (c - x) opens no chain. */
enum { LINK_ADD, LINK_SUB, LINK_MUL, LINK_FROM, LINKS };
enum {
    OP_ADD = LINK_ADD,
    OP_SUB = LINK_SUB,
    OP_MUL = LINK_MUL,
    OP_TWO = LINKS,         /* + 4 o1 + o2, o1 below LINK_FROM */
    OP_THREE = OP_TWO + 12, /* + 16 o1 + 4 o2 + o3 */
    OP_SUM = OP_THREE + 48, /* the same, and then + f: what gradients are added with */
    OP_OTHERS = OP_SUM + 48,
    OP_COPY = OP_OTHERS, /* a */
    OP_ZERO,
    OP_NEG,
    OP_DIV,
    OP_SQRT,
    OP_EXP,
    OP_LOG,
    OP_TANH,
    OP_SIGMOID,
    OP_ABS,
    OP_STEP,
    OP_SIN,
    OP_COS,
    OP_MIN,
    OP_MAX,
    OP_POW,
    OP_SIGNED,  /* a >= 0 ? b : -b */
    OP_PICK,    /* a <= b ? c : 0 */
    OP_ATLEAST, /* max(a, 2^-63): keeps slopes of roots finite */
    OPS,
    /* values of a tape that need no operation */
    TAPE_SLOT, /* a: slot */
    TAPE_CONST
};

typedef struct tape_value {
    int op, a, b, c; /* values; -1: none */
    real number;     /* of constants */
    int next;
} tape_value;

enum { TAPE_BUCKETS = 256, TAPE_VALUES = 8192, TAPE_OUTPUTS = 512 };

/* A value and the slot where it is to be left. */
typedef struct tape_output {
    int value, slot;
} tape_output;

typedef struct tape {
    tape_value *value; /* [capacity] */
    int64_t capacity;
    int count;
    tape_output output[TAPE_OUTPUTS];
    int outputs;
    fsnn_status status;
    int bucket[TAPE_BUCKETS];
} tape;

fsnn_status tape_init(tape *t);
void tape_free(tape *t);
/* Builders: the value of an operation, simplified and shared. */
int tape_slot(tape *t, int slot);
int tape_const(tape *t, double number);
int tape_op(tape *t, int op, int a, int b, int c);
int tape_neg(tape *t, int a);
int tape_add(tape *t, int a, int b);
int tape_sub(tape *t, int a, int b);
int tape_mul(tape *t, int a, int b);
int tape_div(tape *t, int a, int b);
void tape_output_add(tape *t, int value, int slot);
/* Gradients: the outputs so far, with their gradients in slot + EQUATION_G or, for own rows, slot +
 * rows, become gradients of the leaves. adjoint [count at the call] is filled with values, -1 where
 * there is no gradient. */
void tape_backward(tape *t, int rows, int *adjoint);

/* Where parameters' expressions stand: row[node] is the number of its prepared row, -1 for none. */
typedef struct lowering {
    const graph *g;
    int *row;   /* [g->count] */
    int *value; /* [g->count] on the tape, -1 */
    int *stack; /* [g->count] marks */
} lowering;

/* The value of `node`; what is prepared is read from its row, unless `inside` (while preparing). */
void lower_outputs(const lowering *l, tape *t, const int *nodes, const int *slots, int count,
                   bool inside);
/* Numbers the rows that outputs nodes [count] need; returns how many. */
int lower_rows(const lowering *l, const int *nodes, int count);

/* Operations of all parts, being collected. */
typedef struct emitter {
    equation_op *op; /* [capacity] */
    real *constant;  /* [constant_capacity] */
    int64_t capacity, constant_capacity;
    int count, constants;
    int temporaries, rows;
    fsnn_status status;
} emitter;

/* Appends the tape's code. Constants and temporaries are numbered from 0 with a mark until
 * emit_place. */
void emit_tape(emitter *m, const tape *t);
/* Gives constants and temporaries their slots: all parts are there. */
void emit_place(emitter *m);

/* What does an operation, one table for each instruction set. */
typedef void equation_operation(const equation_op *o, real *const *slot, int n);
extern equation_operation *const equation_operations_base[OPS];
extern equation_operation *const equation_operations_avx2[OPS];
extern equation_operation *const equation_operations_avx512[OPS];

#endif

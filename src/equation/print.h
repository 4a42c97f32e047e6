/* equation/print.h: the operations of a part as C statements on single numbers. */
#ifndef FSNN_EQUATION_PRINT_H
#define FSNN_EQUATION_PRINT_H

#include "equation/equation.h"

#include <stdio.h>

enum { EQUATION_OPERAND = 80, EQUATION_STATEMENT = 8 * EQUATION_OPERAND };

typedef struct equation_printer {
    /* the C of a slot, as an operand or as what is assigned to */
    void (*name)(void *user, int slot, char text[EQUATION_OPERAND]);
    /* a statement without its semicolon, "d0 = (a - b)" */
    void (*statement)(void *user, const char *text);
    /* what stands before names of functions: "net_" gives net_exp, net_log, net_tanh, net_sigmoid,
     * net_abs, net_sqrt, net_pow; NULL of a function that is not there: it ends the print */
    const char *prefix;
    void *user;
} equation_printer;

/* What a slot is, of those that equation_open lays out. */
typedef enum equation_slot_kind {
    EQUATION_SLOT_GIVEN, /* X, I, S, D, PAR, ARG, F, J */
    EQUATION_SLOT_PREPARED,
    EQUATION_SLOT_CONSTANT,
    EQUATION_SLOT_TEMPORARY
} equation_slot_kind;
/* *index: its number among those of the kind. */
equation_slot_kind equation_slot_is(const equation *e, int slot, int *index);

/* The same sums and products in the same order as the interpreter's. NULL, or the name of a
 * function that has no C of its own ("sin", "cos": they are libm's). */
const char *equation_print(const equation *e, equation_part part, const equation_printer *p);
/* Whether a part, or any of those that go forward, calls a function: exp, log, tanh, sigmoid, abs,
 * pow; sqrt. */
void equation_functions(const equation *e, bool *functions, bool *sqrt);

#endif

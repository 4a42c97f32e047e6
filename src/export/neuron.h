/* export/neuron.h: a neuron layer printed as a function: what its files share.
 *
 *   layer_neuron.c     the function: a loop over tiles, and over the neurons of one
 *   neuron_memory.c    constants and state of a sum over the past
 *   neuron_rule.c      what happens at a point: derivative, spike, scheme, reset
 *   neuron_equation.c  equations */
#ifndef FSNN_EXPORT_NEURON_H
#define FSNN_EXPORT_NEURON_H

#include "export/export.h"
#include "net/neuron_node.h"

typedef struct code_neuron {
    code_job *j;
    const net_step *s;
    const neuron_layer *layer;
    const scan *scan;
    const equation *e; /* NULL: written by hand */
    int number;        /* of the step */
    int64_t N;
    int states;
    bool ahead, rests, after; /* after: the spike's test sees the potential after the step */
    code_text body;           /* lines of one neuron */
    const char *missing;      /* a function that has no C */
} code_neuron;

/* Number of a state's memory: unique in the file. */
static inline int code_memory_number(const code_neuron *p, int state)
{
    return NEURON_USER_STATES * p->number + state;
}

/* Rows that a neuron has one number of. */
typedef enum code_row {
    CODE_ROW,      /* tile.row[index] */
    CODE_PAR,      /* tile.par[index] */
    CODE_PREPARED, /* prepared row `index` of the equations */
} code_row;
/* As C: a literal where all neurons have the same, else a table at n. */
typedef struct code_constant {
    char text[CODE_NAME + 8];
} code_constant;
code_constant code_constant_of(code_neuron *p, code_row row, int index);
/* " * R", where the neurons have a resistance; else "". */
code_constant code_resistance(code_neuron *p);

fsnn_status code_memory_check(const code_neuron *p, int state);
void code_memory_print(code_neuron *p, int state);
/* Where its rows of this step and of the one before lie: new0 ... and last0 ... */
void code_memory_rows(code_neuron *p, int state);
/* The state's u, as C, before the step. */
void code_memory_read(code_neuron *p, int state);
/* Stores u and, where the history keeps drives, x. */
void code_memory_write(code_neuron *p, int state, const char *u, const char *x);

fsnn_status code_rule_check(const code_neuron *p);
void code_rule_print(code_neuron *p);

/* A part's statements. `after`: of the potential vp, where derivatives are 0. */
void code_equation(code_neuron *p, equation_part part, bool after);
void code_equation_declare(code_neuron *p);

#endif

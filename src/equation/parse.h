/* equation/parse.h: the text of an expression becomes a node of the graph. */
#ifndef FSNN_EQUATION_PARSE_H
#define FSNN_EQUATION_PARSE_H

#include "equation/expression.h"

enum { PARSE_NAMES = 2 * EQUATION_STATES + EQUATION_PARS + 2 };
enum { PARSE_ZERO = -1 }; /* in place of a slot: the name stands for 0 */

/* A name of the neuron. */
typedef struct parse_name {
    const char *name;
    int leaf;          /* its slot, or PARSE_ZERO */
    const char *where; /* NULL: known here; else where it is known: "spike and after_spike" */
} parse_name;

/* Reads `text` (of the entry `key`, for errors). names [count]. FSNN_EDESCRIPTION or
 * FSNN_EUNSUPPORTED with a sentence, and place filled; *node is the expression. */
fsnn_status parse_expression(graph *g, const char *key, const char *text, const parse_name *names,
                             int count, equation_place *place, int *node);
/* Whether a new name can be one: letters, digits and underscores, not a function's. NULL, or what
 * is wrong with it. */
const char *parse_name_trouble(const char *name);

#endif

/* equation/basic.h: the operations of a part one by one, chains as their links: for those who
 * compute in numbers that are not real. */
#ifndef FSNN_EQUATION_BASIC_H
#define FSNN_EQUATION_BASIC_H

#include "equation/equation.h"

typedef enum equation_basic_code {
    EQUATION_ADD,
    EQUATION_SUB,
    EQUATION_MUL,
    EQUATION_MIN,
    EQUATION_MAX,
    EQUATION_NEG, /* from here on of a alone */
    EQUATION_ABS,
    EQUATION_STEP, /* 1 where a >= 0, else 0 */
    EQUATION_COPY,
    EQUATION_ZERO,
    EQUATION_FUNCTION /* anything else */
} equation_basic_code;

enum { EQUATION_LAST = -1 }; /* in place of a slot: what the operation before gave, or gives */

typedef struct equation_basic {
    equation_basic_code code;
    int d, a, b;      /* slots; EQUATION_LAST within a chain */
    const char *what; /* of EQUATION_FUNCTION: "calls exp" */
} equation_basic;

/* At most this many of one operation. */
enum { EQUATION_BASICS = 4 };
/* Operation i of a part; returns how many there are in out. */
int equation_basics(const equation *e, equation_part part, int i,
                    equation_basic out[EQUATION_BASICS]);

#endif

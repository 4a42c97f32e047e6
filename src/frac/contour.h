/* frac/contour.h: the parabola s = mu (1 + i u)^2 on which the Mittag-Leffler function is
 * integrated, its nodes and weights. */
#ifndef FSNN_FRAC_CONTOUR_H
#define FSNN_FRAC_CONTOUR_H

#include <stdbool.h>

#include "frac/double_double.h"

enum { CONTOUR_NODES = 64 };

typedef struct contour_node {
    dd_complex log;    /* log s */
    dd_complex weight; /* e^s s^-power ds/du h/(2 pi i) / scale */
} contour_node;

typedef struct contour {
    double mu, h; /* vertex; step of the rule in u */
    double power; /* weights include s^-power: b, or 1 on the parabola that small b share */
    dd scale;     /* of the weights */
    int count;    /* nodes u = k h/2, k = 0..count-1; those with k even are a rule, the odd too */
    bool full;    /* all nodes are there */
    contour_node node[CONTOUR_NODES];
} contour;

/* The parabola for e^s s^-b, b > 0: one that is kept, or `place`. */
const contour *contour_of(double b, contour *place);
/* Works out the nodes k = first, first + 2, ... of a contour that is not full; first 0 or 1. */
void contour_fill(contour *place, int first);
/* The rule for e^s s^-b holds while the integrand has no poles with Im u below this; < 1. */
double contour_strip(const contour *c, double b);

#endif

/* frac/method.h: what a method is. A method replaces  sum_m C_m D^alpha_m u = f  by
 *
 *     u_{n+1} = gain f_n + sum_{j=1}^{n+1} w_j u_{n+1-j},     u_0 = 0 (u = v - v_0, Caputo),
 *
 * and gives gain and w_j, and their exact derivatives in every alpha_m and C_m. One file and one table row each. */
#ifndef FSNN_FRAC_METHOD_H
#define FSNN_FRAC_METHOD_H

#include "base/base.h"
#include <fsnn/frac.h>

typedef struct frac_method {
    const char *name, *help;
    bool integer;   /* belongs to odeint: alpha is ignored */
    bool multiterm; /* several terms can be done */
    /* w[j] for j = 1..n (w[0] is not touched) and the gain, in double precision */
    void (*weights)(const fsnn_order *order, double h, int64_t n, double *w, double *gain);
    /* derivatives of all of these in parameter p: alpha_p for p < terms, else the coefficient p - terms */
    void (*dweights)(const fsnn_order *order, double h, int64_t n, int p, double *dw, double *dgain);
    /* largest z = h^alpha/tau for which D^alpha v = -v/tau does not grow (numbers of one term) */
    double (*stable)(double alpha);
} frac_method;

/* The row of a method; NULL for a number that is none. FSNN_METHOD_DEFAULT is resolved by frac_method_settle. */
const frac_method *frac_method_get(fsnn_method method);
/* The method an integrator runs with; error when they do not go together. */
fsnn_status frac_method_settle(fsnn_integrator integrator, fsnn_method method,
                               const frac_method **row);
/* Checks one order: number of terms, ranges, whether the method can do it. */
fsnn_status frac_order_check(const frac_method *method, const fsnn_order *order);

extern const frac_method frac_euler, frac_gl, frac_l1;

#endif

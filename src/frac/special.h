/* frac/special.h: special functions that the methods need. */
#ifndef FSNN_FRAC_SPECIAL_H
#define FSNN_FRAC_SPECIAL_H

/* psi(x), the derivative of log Gamma, x > 0; relative error about 1e-15. */
double frac_digamma(double x);
/* Dirichlet's eta(s) = (1 - 2^(1-s)) zeta(s), s > -10; relative error below 1e-13. */
double frac_eta(double s);

#endif

/* frac/powers.h: differences of powers without cancellation, and their derivatives in the exponent;
 * j >= 0. */
#ifndef FSNN_FRAC_POWERS_H
#define FSNN_FRAC_POWERS_H

/* (j+1)^p - j^p */
double frac_diff(double p, double j);
double frac_diff_dp(double p, double j);
/* (j+1)^p - 2 j^p + (j-1)^p, j >= 1, p > 1 */
double frac_diff2(double p, double j);
double frac_diff2_dp(double p, double j);
/* (n-1)^p - n^p + p n^(p-1), n >= 1, p > 1: what is left of (n-1)^p beyond its tangent at n */
double frac_tangent(double p, double n);
double frac_tangent_dp(double p, double n);

#endif

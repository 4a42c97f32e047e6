/* frac/fde_kernel.h: the weights of the past, term by term and in double precision.
 *
 * A kernel is a completely monotone sequence w_j(a, z), j >= 1:
 *
 *     w_j = int_0^inf e^(-s j) density(a, z, s) ds   for j >= 2,   density ~ s^power(a) at 0.
 *
 * The second form is what the sums of exponentials are made of. z = h^a/tau counts only where the
 * neuron's leak is in the weights (Mittag-Leffler). */
#ifndef FSNN_FRAC_FDE_KERNEL_H
#define FSNN_FRAC_FDE_KERNEL_H

#include <stdint.h>

#include <fsnn/frac.h>

typedef struct fde_kernel {
    /* w_j for any j >= 1, also far beyond what is stored */
    double (*lag)(double a, double z, double j);
    double (*density)(double a, double z, double s);
    double (*power)(double a);
} fde_kernel;

extern const fde_kernel fde_gl;            /* -c_j */
extern const fde_kernel fde_l1;            /* b_{j-1} - b_j */
extern const fde_kernel fde_rect_explicit; /* r_{j-1} */
extern const fde_kernel fde_rect_implicit; /* r_j */
extern const fde_kernel fde_trap;          /* t_j */
extern const fde_kernel fde_ml;            /* E_a(-z j^a) - E_a(-z (j+1)^a) */

/* Weights of the first value, f(t0), at step k >= 1:  r_{k-1}  and  q_k. */
double fde_rect_start(double a, double k);
double fde_trap_start(double a, double k);

/* The weights of one component: sum over terms of share_m kernel(alpha_m). */
typedef struct fde_mix {
    int terms;
    double alpha[FSNN_MAX_TERMS], share[FSNN_MAX_TERMS];
    double z;
} fde_mix;

/* w[j] for j = 1..n (w[0] = 0). */
void fde_mix_lags(const fde_kernel *kernel, const fde_mix *mix, int64_t n, double *w);

#endif

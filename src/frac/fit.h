/* frac/fit.h: a sequence of weights as a sum of exponentials,
 *
 *     w_j  =  sum_k weight_k e^(-s_k j)  (1 + error_j),
 *             |error_j| <= tolerance   for window <= j <= steps.
 *
 * The nodes s depend on steps, window and tolerance only: one set serves all kernels, orders and
 * terms, and stays when an order is learned; the weights are closed forms. The error is measured,
 * not estimated. */
#ifndef FSNN_FRAC_FIT_H
#define FSNN_FRAC_FIT_H

#include "base/base.h"
#include "frac/fde_kernel.h"

enum { FRAC_MODES = 256 }; /* most nodes */

typedef struct frac_fit {
    /* asked for */
    double tolerance;
    int window;    /* first lag that the exponentials give, at least 2 */
    int64_t steps; /* last lag that the tolerance holds for */
    /* found */
    int modes;
    double s[FRAC_MODES];
    double eta, cut, fast; /* the rule: step in log s, its ends */
    double error;          /* largest relative error of a weight of the targets */
    /* the nodes are of one sequence alone, with these weights (frac_fit_few) */
    bool few;
    double weight[FRAC_MODES];
} frac_fit;

/* A sequence that the nodes must serve. */
typedef struct frac_target {
    const fde_kernel *kernel;
    fde_mix mix;
} frac_target;

/* Finds nodes that serve all targets. Error FSNN_ENUMERIC: no set of FRAC_MODES nodes does. */
fsnn_status frac_fit_make(frac_fit *fit, const frac_target *target, int targets);
/* Nodes and weights of one sequence alone, as few as a search finds. */
fsnn_status frac_fit_few(frac_fit *fit, const frac_target *target);
/* The same of a sequence of which the numbers are known, w[1 ... steps], for the tolerance, window
 * and steps of fit: errors are relative to w_j + floor/(tolerance j), so that what is not told from
 * rounding counts no more than floor/j. Error FSNN_ENUMERIC. */
fsnn_status frac_fit_few_lags(frac_fit *fit, const double *w, double floor);
/* weight[modes] of a sequence on the nodes found; of few ones, of their own sequence. */
fsnn_status frac_fit_weigh(const frac_fit *fit, const fde_kernel *kernel, const fde_mix *mix,
                           double *weight);
/* Of these weights: upper bounds of the relative error over window..steps and of the sum of |error|
 * there. Every lag is measured up to 256 beyond the window, then one of a few in a hundred; the
 * bounds include what the error may be between them. NAN: memory is out. */
void frac_fit_measure(const frac_fit *fit, const fde_kernel *kernel, const fde_mix *mix,
                      const double *weight, double *error, double *sum);
/* As frac_fit_few, but the latest sequences are searched once in a process. */
fsnn_status frac_fit_known(frac_fit *fit, const frac_target *target);
int64_t frac_fit_searches(void); /* that frac_fit_known has made */

#endif

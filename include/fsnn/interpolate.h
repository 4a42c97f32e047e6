/* fsnn/interpolate.h: interpolation of sampled signals, and the time grid of a solver whose step
 * differs from the sampling interval. */
#ifndef FSNN_INTERPOLATE_H
#define FSNN_INTERPOLATE_H

#include <stdbool.h>
#include <stdint.h>

#include <fsnn/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What stands between the samples x_0 ... x_{n-1} at the times t_0 < ... < t_{n-1}. A sample's own
 * time gives the sample itself; before the first and after the last it is the first and the last.
 * All but the first two reproduce straight lines, whatever the spacing.
 *   nearest   the nearer sample, the earlier one in the middle
 *   hold      the last sample that has come (zero-order hold)
 *   linear    the straight line between neighbours
 *   cubic     Catmull-Rom for any spacing (Barry and Goldman 1988): the cubic whose slope at a
 *             sample is that of the parabola through it and its neighbours; at the two ends of the
 *             parabola through the outermost three. Reproduces parabolas. With two samples the
 *             straight line
 *   akima     Akima (1970), the ends continued as in the paper: does not overshoot beside jumps.
 *             With two samples the straight line */
typedef enum fsnn_interpolation {
    FSNN_NEAREST,
    FSNN_HOLD,
    FSNN_LINEAR,
    FSNN_CUBIC,
    FSNN_AKIMA,
    FSNN_INTERPOLATIONS
} fsnn_interpolation;

FSNN_API const char *fsnn_interpolation_name(fsnn_interpolation kind);
FSNN_API int fsnn_interpolation_find(const char *name); /* or FSNN_ENOTFOUND */

/* Samples x [n, B, N] at `times` to out [q, B, N] at `query`. All samples of the batch share the
 * stamps, times [n] and query [q]; with `per_sample` each has its own, times [n, B] and query [q,
 * B]. Times increase strictly; query may have any order. Coefficients are double, sums are formed
 * in double and rounded once.
 * Errors: FSNN_EARGUMENT (which stamp, and what was found), FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_interpolate(fsnn_interpolation kind, int64_t n, const double *times,
                                      int64_t B, bool per_sample, int64_t N, const float *x,
                                      int64_t q, const double *query, float *out);
/* The same of numbers in double precision. */
FSNN_API fsnn_status fsnn_interpolate_double(fsnn_interpolation kind, int64_t n,
                                             const double *times, int64_t B, bool per_sample,
                                             int64_t N, const double *x, int64_t q,
                                             const double *query, double *out);

/* The transpose: from dout [q, B, N], the gradient with respect to out, to dx [n, B, N], the
 * gradient with respect to x. All but akima are linear in x, so that x is not needed; akima is
 * FSNN_EUNSUPPORTED. */
FSNN_API fsnn_status fsnn_interpolate_back(fsnn_interpolation kind, int64_t n, const double *times,
                                           int64_t B, bool per_sample, int64_t N, int64_t q,
                                           const double *query, const float *dout, float *dx);

/* A solver with step h takes the input at t_0, t_0 + h, ... up to t_{n-1}: floor((t_{n-1} - t_0)/h
 * + 1 + 1e-9) steps. With stamps per sample each counts from its own t_0, and the longest one gives
 * the number. `rounding` is the relative error of the stamps (0 when they were always doubles,
 * 1.2e-7 when they were floats): no step is lost to it. Returns the number of steps; FSNN_EARGUMENT
 * for invalid stamps or step sizes, or more than 10^9 steps. */
FSNN_API int64_t fsnn_interpolate_steps(int64_t n, const double *times, int64_t B, bool per_sample,
                                        double h, double rounding);
/* These times, [steps] or with `per_sample` [steps, B]. A time that equals a stamp up to rounding
 * becomes the stamp, so that a solver that steps from sample to sample gets the samples
 * themselves. */
FSNN_API fsnn_status fsnn_interpolate_grid(int64_t n, const double *times, int64_t B,
                                           bool per_sample, double h, double rounding,
                                           int64_t steps, double *grid);

#ifdef __cplusplus
}
#endif
#endif

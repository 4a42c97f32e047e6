/* fsnn/integer.h: a trained network in integers: weights of 8 or 4 bits, potentials and memories of
 * 32 (docs/fixed-point.md). It computes bit for bit what the C of fsnn_export_c does with the types
 * int8 and int4. */
#ifndef FSNN_INTEGER_H
#define FSNN_INTEGER_H

#include <fsnn/net.h>
#include <fsnn/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fsnn_integer fsnn_integer;

typedef struct fsnn_integer_options {
    int bits; /* of the weights: 8 or 4 */
    /* calibration, NULL: none. x [T, B, input shape] of float32 settles the range of the inputs;
     * `seen` has the arrays v.NODE [T, B, ...] of a run of x (fsnn_session_run with FSNN_KEEP_V),
     * for layers whose potentials have no bound that can be proved */
    const fsnn_array *x;
    const fsnn_arrays *seen;
    double range; /* largest |input|; inputs beyond count as it. 0: that of x, or 1 without x */
} fsnn_integer_options;
/* 8 bits, no calibration. */
FSNN_API fsnn_integer_options fsnn_integer_options_default(void);

/* Makes the integers of a net, which is wrapped for a stream: one step of one sample, in single
 * precision, without training. Later changes of the net do not change them. Errors:
 * FSNN_EUNSUPPORTED (what has no integers, with what would do), FSNN_ESTATE (the net is wrapped in
 * another way), FSNN_ESHAPE (x is not of the net's input), FSNN_EARGUMENT, FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_integer_create(const fsnn_net *net, const fsnn_integer_options *options,
                                         fsnn_integer **result);
FSNN_API void fsnn_integer_destroy(fsnn_integer *integer);
/* Bits of its weights; 0 of NULL. */
FSNN_API int fsnn_integer_bits(const fsnn_integer *integer);

/* x [T, B, input shape] -> y [T, B, output shape], the B samples each from rest: spikes, or
 * potentials of a readout as numbers. Samples are shared by threads. FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_integer_run(const fsnn_integer *integer, int64_t steps, int64_t batch,
                                      const float *x, float *y);

#ifdef __cplusplus
}
#endif
#endif

/* fsnn/export.h: a trained network as C that stands alone, for microcontrollers and other programs
 * (docs/deploy.md).
 *
 * The C is C99, freestanding: no malloc, no library, no globals but constants. Its state is a
 * struct of the caller's. Near states of a neuron are summed one by one, far ones by exponentials,
 * so memory and work a step are constant for any length of a stream. Sums go in the order of the
 * library's, so that without contraction the numbers are those of `FSNN_ISA=base fsnn run`. */
#ifndef FSNN_EXPORT_H
#define FSNN_EXPORT_H

#include <fsnn/integer.h>
#include <fsnn/net.h>
#include <fsnn/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the C computes in. */
typedef enum fsnn_export_type {
    FSNN_EXPORT_FLOAT,
    FSNN_EXPORT_INT8, /* weights of 8 bits, all else whole numbers of 32 (docs/fixed-point.md) */
    FSNN_EXPORT_INT4, /* weights of 4 bits */
    FSNN_EXPORT_TYPES
} fsnn_export_type;
/* "float", "int8", "int4"; NULL: there is no such type. */
FSNN_API const char *fsnn_export_type_name(fsnn_export_type type);
/* The type of that name, or FSNN_ENOTFOUND with those that there are. */
FSNN_API int fsnn_export_type_find(const char *name);
/* Bits of its weights: 8 or 4; 0 where they are floats, or there is no such type. */
FSNN_API int fsnn_export_type_bits(fsnn_export_type type);

/* Whose compiler measures the C: "cortex-m4", "riscv", "host", ...; NULL: there is no number i. */
FSNN_API const char *fsnn_export_target_name(int i);
/* The number of a target, or FSNN_ENOTFOUND with those that there are. */
FSNN_API int fsnn_export_target_find(const char *name);

typedef struct fsnn_export_options {
    fsnn_export_type type;
    const char *name; /* of the network, for comments; NULL: "network" */
    /* what net_test.c checks: x [T, B, input shape] of float32, the B samples one after the other,
     * each from rest; `expected` holds the arrays output [T, B, ...] and spikes.NODE [T, B, ...] of
     * a run of the same network (fsnn_session_run with FSNN_KEEP_SPIKES). NULL: there is no
     * net_test.c */
    const fsnn_array *x;
    const fsnn_arrays *expected;
    /* largest difference of an output that net_test.c allows, relative to the largest output */
    double tolerance;
    /* int8, int4: the integers of this net as it is wrapped, with weights of as many bits. NULL:
     * the export makes them, with x as the calibration and `expected` as `seen` (fsnn/integer.h).
     * net_test.c holds what the integers give, and report.md counts where that differs from
     * `expected` */
    const fsnn_integer *integers;
    const char *notes; /* lines of Markdown that the report ends with; NULL: none */
    /* compiles net.c for it (fsnn_export_target_find) and reports flash, static data and the
     * deepest stack, where its compiler is there; "not measured" and why where it is not. NULL:
     * nothing is compiled */
    const char *target;
} fsnn_export_options;
/* FSNN_EXPORT_FLOAT, no test, tolerance 1e-4. */
FSNN_API fsnn_export_options fsnn_export_options_default(void);

/* Writes net.c, net.h, CMakeLists.txt, report.md and, with a test, net_test.c into `directory`,
 * which exists. The net is wrapped for a stream (plan.stream) of one step of one sample, in single
 * precision, without training; what its memory is (fsnn_dynamics.memory, tolerance) the C has too,
 * so a full memory, which grows without end, is refused. Errors: FSNN_EUNSUPPORTED (a layer,
 * method, reset or function that has no C, with what would do), FSNN_ESTATE (the net is wrapped in
 * another way), FSNN_EARGUMENT, FSNN_EIO, FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_export_c(const fsnn_net *net, const fsnn_export_options *options,
                                   const char *directory);

#ifdef __cplusplus
}
#endif
#endif

/* fsnn/status.h: what every public function returns, and the sentence of the last error.
 *
 * Functions return FSNN_OK (0) or a negative status. If a function returns a handle or a count, a
 * negative value is a status. Besides the status there is a sentence that says what went wrong,
 * where, and what would work. It is kept per thread; fsnn_error_text() returns it. */
#ifndef FSNN_STATUS_H
#define FSNN_STATUS_H

#if defined(__GNUC__)
#define FSNN_API __attribute__((visibility("default")))
#define FSNN_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define FSNN_API
#define FSNN_PRINTF(fmt, args)
#endif

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* X(name, value, meaning) */
#define FSNN_STATUS_LIST(X)                                                                        \
    X(OK, 0, "good")                                                                               \
    X(EMEMORY, -1, "out of memory")                                                                \
    X(EARGUMENT, -2, "an argument is outside of what the function accepts")                        \
    X(ESHAPE, -3, "shapes do not fit together")                                                    \
    X(ESTATE, -4, "called in the wrong order, for example before wrapping")                        \
    X(EUNSUPPORTED, -5, "this combination cannot be done")                                         \
    X(EIO, -6, "a file could not be read or written")                                              \
    X(EFORMAT, -7, "a file does not hold what its format promises")                                \
    X(EDESCRIPTION, -8, "an error in a description file")                                          \
    X(ENOTFOUND, -9, "a name is not known here")                                                   \
    X(ENUMERIC, -10, "a number became infinite or not a number")                                   \
    X(EINTERRUPTED, -11, "stopped on request")                                                     \
    X(ECALLBACK, -12, "a user callback failed")                                                    \
    X(EDENSE, -13, "the dense-kernel library failed")                                              \
    X(EBUSY, -14, "in use by another process")

typedef enum fsnn_status {
#define FSNN_STATUS_ENUM(name, value, meaning) FSNN_##name = (value),
    FSNN_STATUS_LIST(FSNN_STATUS_ENUM)
#undef FSNN_STATUS_ENUM
} fsnn_status;

/* Name of a status ("FSNN_ESHAPE"), and its general meaning in words. Static strings, never
 * NULL. */
FSNN_API const char *fsnn_status_name(fsnn_status status);
FSNN_API const char *fsnn_status_meaning(fsnn_status status);

/* The sentence of the last error in this thread; "" when there was none. Valid until the next
 * error. */
FSNN_API const char *fsnn_error_text(void);

/* Sets the sentence of the last error and returns `status`: for user callbacks and programs that
 * pass errors on in the library's way. */
FSNN_API fsnn_status fsnn_error_set(fsnn_status status, const char *format, ...) FSNN_PRINTF(2, 3);

/* Location of the fault of the last error, as far as it is known; otherwise texts are "" and
 * numbers 0. Valid until the next error of this thread. */
typedef struct fsnn_place {
    const char *file; /* a description */
    int line, column; /* in it, from 1; 0 of what an override said */
    const char *key;  /* in a description "layers[1].lif.tau"; else the option at fault: "times" */
    /* what the error was before it became one of the description (FSNN_EDESCRIPTION): say
     * FSNN_EUNSUPPORTED; else its own status */
    fsnn_status cause;
} fsnn_place;
FSNN_API fsnn_place fsnn_error_place(void);

/* Library version, "major.minor.patch". */
FSNN_API const char *fsnn_version(void);
/* What this build has of what a build may leave out: "with
 * oneDNN, OpenMP, FFT, double precision (without HDF5, plots)". */
FSNN_API const char *fsnn_built(void);

/* One thing that a build may leave out; static strings. */
typedef struct fsnn_feature_info {
    const char *name;    /* as fsnn_built says it: "HDF5" */
    const char *purpose; /* "Spike trains in HDF5 and NIR files" */
    const char
        *package; /* "HDF5 (libhdf5-dev)", that of Debian in parentheses; "": none is needed */
    const char *option; /* of CMake, with the value that takes it in: "FSNN_HDF5=ON" */
    bool built;         /* this library has it */
} fsnn_feature_info;
/* Row `index`, from 0, of what a build may leave out, into *info; false behind the last one (the
 * core alone has no rows), or where info is NULL. */
FSNN_API bool fsnn_feature(int index, fsnn_feature_info *info);

/* Threads used by the library (and by its dense kernels). 0 restores the default: all processors.
 * A library built without OpenMP computes with one, whatever is set: fsnn_threads says so. A
 * process that was forked from one with the library computes with one thread, whatever is set,
 * because the other threads do not exist there. Create loaders again in it. */
FSNN_API fsnn_status fsnn_threads_set(int threads);
FSNN_API int fsnn_threads(void);

/* Bytes of memory that this process can still get: the free memory of the system minus that of
 * large arrays that were allocated but not yet written. INT64_MAX if the system does not say. */
FSNN_API int64_t fsnn_memory_left(void);

/* Name of the instruction set the kernels run with: "avx512", "avx2" or "base". The environment
 * variable FSNN_ISA=base|avx2|avx512 lowers it (never raises it above what the processor has). */
FSNN_API const char *fsnn_isa(void);

#ifdef __cplusplus
}
#endif
#endif

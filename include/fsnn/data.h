/* fsnn/data.h: data sets, encoders of samples as currents or spikes over time, batches. */
#ifndef FSNN_DATA_H
#define FSNN_DATA_H

#include <stdbool.h>
#include <stdint.h>

#include <fsnn/interpolate.h>
#include <fsnn/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A data set in memory: `count` samples of one shape, and a class for each. */
typedef struct fsnn_data fsnn_data;

/* The parts that data is split into: what a net learns from, what chooses its best epoch and halts
 * its training, and what judges it at the end. */
typedef enum fsnn_part {
    FSNN_PART_TRAIN,
    FSNN_PART_VALIDATION,
    FSNN_PART_TEST,
    FSNN_PARTS
} fsnn_part;

FSNN_API const char *fsnn_part_name(fsnn_part part); /* "training", "validation", "test" */

/* The class of a place that does not count: a node that is in another part. */
#define FSNN_UNLABELLED INT32_MIN

typedef struct fsnn_data_info {
    int64_t count;
    fsnn_shape shape; /* of one sample: [C, H, W] for images; [T, ...] when sequence is true */
    bool sequence;    /* samples have a time axis of their own (first in shape) */
    int64_t classes;  /* highest class + 1; 0 without labels */
    int64_t places;   /* classes that one sample has: 1; a whole graph's nodes */
} fsnn_data_info;

/* IDX files (the MNIST family), plain or gzip. Images of bytes become [1, H, W] floats in 0..1.
 * `labels` may be NULL. Checks magic number, type, dimensions against file length, and that both
 * files have as many entries.
 * Errors: FSNN_EIO, FSNN_EFORMAT (file, what was found, what was expected), FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_data_idx(const char *images, const char *labels, fsnn_data **data);
/* Arrays from an NPZ: `x` [N, ...] float or integer, taken as they are, and `y` [N] classes, names
 * as given (NULL: "x", "y"; without `y` given and without an array of that name the samples have no
 * classes). With `sequence` x is [N, T, ...].
 * Errors: as fsnn_data_idx, and FSNN_ENOTFOUND when a named array is not there. */
FSNN_API fsnn_status fsnn_data_npz(const char *path, const char *x, const char *y, bool sequence,
                                   fsnn_data **data);
/* Copies samples given as floats [count, shape] and classes [count] (or NULL). */
FSNN_API fsnn_status fsnn_data_memory(int64_t count, fsnn_shape shape, const float *x,
                                      const int32_t *labels, fsnn_data **data);
/* Shift and scale of every value: x <- (x - mean) / deviation. */
FSNN_API fsnn_status fsnn_data_normalize(fsnn_data *data, double mean, double deviation);
/* Moves a random share of the samples (0 < share < 1) into a data set of its own: a validation set.
 * Both keep the order of the file, and the number of classes. */
FSNN_API fsnn_status fsnn_data_split(fsnn_data *data, double share, uint64_t seed,
                                     fsnn_data **taken);
/* Keeps the first `count` samples (all, when there are fewer), in a random order (seed) or in the
 * file order (seed 0). */
FSNN_API fsnn_status fsnn_data_limit(fsnn_data *data, int64_t count, uint64_t seed);
FSNN_API void fsnn_data_info_get(const fsnn_data *data, fsnn_data_info *info);
/* One sample as floats [shape] and its class, the first of several (-1 without labels). */
FSNN_API fsnn_status fsnn_data_sample(const fsnn_data *data, int64_t index, float *x,
                                      int32_t *label);
FSNN_API void fsnn_data_destroy(fsnn_data *data);

/* How a static sample becomes an input over T steps:
 *   direct    the value as a constant current at every step
 *   rate      Bernoulli spikes: 1 with probability gain * value (clamped to 0..1), anew each step
 *   latency   one spike: value 1 (and above) at step 0, the smallest value above `floor` at the
 *             last; none at or below it: with v = min(gain * value, 1) > floor, at step
 *             round((T - 1) (1 - v) / (1 - floor)), linear in v
 * Sequences (fsnn_data_info.sequence) pass unchanged, T is their own. */
typedef enum fsnn_encoder_kind {
    FSNN_ENCODE_DIRECT,
    FSNN_ENCODE_RATE,
    FSNN_ENCODE_LATENCY,
    FSNN_ENCODERS
} fsnn_encoder_kind;

typedef struct fsnn_encoder {
    fsnn_encoder_kind kind;
    int64_t steps; /* T */
    double gain;   /* multiplies the value; default 1 */
    double floor;  /* latency only; default 0.01 */
    bool sparse;   /* loaders: batches as lists of the elements that are not 0 */
} fsnn_encoder;

FSNN_API const char *fsnn_encoder_name(fsnn_encoder_kind kind);
FSNN_API int fsnn_encoder_find(const char *name); /* or FSNN_ENOTFOUND */

/* With `sparse` a loader never forms [T, B, N]: rate makes only the spikes that there are, the same
 * ones as without, at a cost of theirs (only values above 0 are looked at, and 1 and more need no
 * random number).
 * Encodes x [B, N] into out [T, B, N]. Random numbers are a function of (seed, stream + sample,
 * step, index). */
FSNN_API fsnn_status fsnn_encode(const fsnn_encoder *encoder, int64_t B, int64_t N, const float *x,
                                 uint64_t seed, uint64_t stream, float *out);

/* Changes of training samples, drawn once a sample and epoch, for all its frames: a function of (seed,
 * epoch, sample). All zero: none. Pictures [C, H, W] and sequences of them are flipped, turned, shifted
 * and cut, what comes in from outside is 0; recordings of events can be changed in every way. */
typedef struct fsnn_augment {
    double flip, flip_vertical; /* probability of a flip, left to right, top to bottom */
    double shift;               /* up to so many pixels each way, whole ones, each as likely */
    double rotate;              /* up to so many degrees each way, about the middle */
    double cutout;              /* side, in pixels, of a square that is emptied at a place drawn anew */
    double drop;                /* events: each is left out with this probability */
    double jitter;              /* events: deviation of a normal number added to each time, us */
    double flip_polarity;       /* events: probability that ON and OFF change places */
} fsnn_augment;

/* Batches of a data set, encoded, in file order or shuffled, prepared ahead by an own thread. */
typedef struct fsnn_loader fsnn_loader;

/* Samples in time that do not come one a solver step: sequences, or the T steps of an encoder, at time stamps of their own. The
 * network's input is interpolated at times[0] + k step, as far as the last stamp (fsnn/interpolate.h). All zero: sample
 * k is the input of step k. */
typedef struct fsnn_sampling {
    const double *times; /* [count] increasing; copied */
    int64_t count;       /* T of the samples */
    double step;         /* of the solver, in the unit of the stamps */
    fsnn_interpolation interpolation;
} fsnn_sampling;

typedef struct fsnn_loader_options {
    fsnn_encoder encoder;
    int64_t batch;
    bool shuffle;   /* a new order each epoch, from (seed, epoch) */
    bool drop_last; /* leave out an incomplete last batch */
    uint64_t seed;
    fsnn_sampling sampling;
    fsnn_augment augment;
} fsnn_loader_options;

typedef struct fsnn_batch {
    const float *x;        /* [T, B, ...]; NULL where the batch is sparse */
    const int32_t *labels; /* [B, places], or NULL */
    int64_t steps, batch;  /* T, B */
    const fsnn_spikes *spikes; /* the same as lists, of encoders with `sparse`; else NULL */
    int64_t places;            /* classes of one sample (fsnn_data_info) */
} fsnn_batch;

/* `data` is borrowed for the loader's life and must not be changed during it (several loaders may
 * share it). Errors: FSNN_EARGUMENT (batch, encoder, time stamps that do not fit T, changes that the
 * samples cannot have), FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_loader_create(const fsnn_data *data, const fsnn_loader_options *options,
                                        fsnn_loader **loader);
FSNN_API void fsnn_loader_destroy(fsnn_loader *loader);
FSNN_API int64_t fsnn_loader_batches(const fsnn_loader *loader); /* in one epoch */
FSNN_API int64_t fsnn_loader_samples(const fsnn_loader *loader); /* in one epoch */
/* T (solver steps, where there are time stamps) and the shape of one sample at one step, as the network will see it. */
FSNN_API void fsnn_loader_shape(const fsnn_loader *loader, int64_t *steps, fsnn_shape *shape);
/* Starts epoch `epoch` (any order; same epoch, same batches). */
FSNN_API fsnn_status fsnn_loader_start(fsnn_loader *loader, int64_t epoch);
/* The next batch, valid until the next call: 1 when there is one, 0 at the end of the epoch,
 * negative on error. */
FSNN_API int fsnn_loader_next(fsnn_loader *loader, fsnn_batch *batch);

#ifdef __cplusplus
}
#endif
#endif

/* fsnn/data.h: data sets, encoders that make currents or spikes over time from samples, batches. */
#ifndef FSNN_DATA_H
#define FSNN_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fsnn/file.h>
#include <fsnn/interpolate.h>
#include <fsnn/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A data set in memory: `count` samples of one shape, and a class for each. */
typedef struct fsnn_data fsnn_data;

/* The parts of the data: for learning, for choosing the best epoch and stopping, and for the final
 * test. */
typedef enum fsnn_part {
    FSNN_PART_TRAIN,
    FSNN_PART_VALIDATION,
    FSNN_PART_TEST,
    FSNN_PARTS
} fsnn_part;

FSNN_API const char *fsnn_part_name(fsnn_part part); /* "training", "validation", "test" */
/* As options name it: "train", "validation", "test". */
FSNN_API const char *fsnn_part_key(fsnn_part part);

/* The class of a place that does not count: a node that is in another part. */
#define FSNN_UNLABELLED INT32_MIN

typedef struct fsnn_data_info {
    int64_t count;
    fsnn_shape shape;    /* of one sample: [C, H, W] for images; [T, ...] when sequence is true */
    bool sequence;       /* samples have a time axis of their own (first in shape) */
    int64_t classes;     /* highest class + 1; 0 without labels */
    int64_t places;      /* classes that one sample has: 1; a whole graph's nodes */
    int64_t label_steps; /* classes of one sample in time: 1; T: one a step */
    fsnn_shape target;   /* of the values that a sample has in place of classes; rank 0: none */
    bool lengths;        /* samples have lengths of their own (fsnn_data_length) */
} fsnn_data_info;

/* What an array `y` of one row a sample means:
 *   auto     [N] of whole numbers from 0: classes; anything else, and [N, ...]: values
 *   classes  [N], or [N, T]: a class a step, where -1 does not count
 *   values   [N] (as [N, 1]), [N, C], [N, T, C]: what the network's output, of that shape without
 *            N and T, is to be: numbers of a regression, shares of the classes, or 1 for each label
 *            that a sample has and 0 for the others */
typedef enum fsnn_targets {
    FSNN_TARGETS_AUTO,
    FSNN_TARGETS_CLASSES,
    FSNN_TARGETS_VALUES,
    FSNN_TARGETS
} fsnn_targets;

/* IDX files (the MNIST family), plain or gzip. Images of bytes become [1, H, W] floats in 0..1.
 * `labels` may be NULL. Checks magic number, type, dimensions against file length, and that both
 * files have as many entries.
 * Errors: FSNN_EIO, FSNN_EFORMAT (file, what was found, what was expected), FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_data_idx(const char *images, const char *labels, fsnn_data **data);
/* The same for a caller that needs sizes and classes now and samples perhaps later: the samples
 * stay in their file until one is asked for, or fsnn_data_load reads them all. Of the images only
 * the first bytes and the length of the file are looked at, so that damage behind them is an error
 * of the first sample or of fsnn_data_load, as is a file that has changed since (FSNN_EFORMAT:
 * another type, shape, length or time of the last change). A change of the working directory does
 * not matter. What is no file, such as a pipe, is read at once. */
FSNN_API fsnn_status fsnn_data_idx_later(const char *images, const char *labels, fsnn_data **data);
/* Reads the samples that are still in their file; does nothing where all have been read.
 * Errors: FSNN_EIO, FSNN_EFORMAT, FSNN_EMEMORY; the next call tries again. */
FSNN_API fsnn_status fsnn_data_load(fsnn_data *data);
/* Arrays from an NPZ: `x` [N, ...] float or integer, used as they are, and `y` [N] classes; `x` and
 * `y` are the names of the arrays (NULL: "x", "y"; if `y` is NULL and there is no array "y", the
 * samples have no classes). With `sequence` x is [N, T, ...].
 * Errors: as fsnn_data_idx, and FSNN_ENOTFOUND when a named array is not there. */
FSNN_API fsnn_status fsnn_data_npz(const char *path, const char *x, const char *y, bool sequence,
                                   fsnn_data **data);
/* The same, with what `y` means (fsnn_data_npz: auto). */
typedef struct fsnn_npz_options {
    const char *x, *y; /* names of arrays; NULL: "x", and "y" where it is there */
    bool sequence;
    fsnn_targets targets;
    bool later; /* the samples stay in the file, as fsnn_data_idx_later leaves them */
} fsnn_npz_options;
FSNN_API fsnn_status fsnn_data_npz_open(const char *path, const fsnn_npz_options *options,
                                        fsnn_data **data);
/* Two .npy files: samples [N, ...] and classes or values [N, ...] (or NULL); what they mean is
 * told from them (fsnn_targets: auto), or by `targets`. Errors: as fsnn_data_idx. */
FSNN_API fsnn_status fsnn_data_npy(const char *samples, const char *classes, fsnn_data **data);
FSNN_API fsnn_status fsnn_data_npy_open(const char *samples, const char *y, fsnn_targets targets,
                                        fsnn_data **data);
/* The same, the samples left as fsnn_data_idx_later leaves them. */
FSNN_API fsnn_status fsnn_data_npy_later(const char *samples, const char *y, fsnn_targets targets,
                                         fsnn_data **data);
/* Spike trains of many units, binned. */
typedef struct fsnn_shd_options {
    int64_t steps;    /* T, over `duration` */
    double duration;  /* seconds; later spikes are left out */
    int64_t units;    /* of the file: 700 */
    int64_t channels; /* of the samples, at most as many: channel = floor(unit channels / units) */
    bool count;       /* several spikes in one bin count as many, otherwise as one */
    /* the file of the training set, whose names number the classes of this one; NULL: its own */
    const char *training;
} fsnn_shd_options;
/* HDF5 files as the Heidelberg Digits (SHD) and Spiking Speech Commands (SSC) have them:
 * `spikes/times` (seconds), `spikes/units`, `labels`; `extra/keys`, if present, has the names of
 * classes. Packed by gzip, as they are published, they are unpacked into a temporary file (in
 * TMPDIR or /tmp). Samples are sequences [steps, channels]. Files that keep their data in other
 * files, by links or as external storage, are refused. Errors: FSNN_EFORMAT, FSNN_EUNSUPPORTED,
 * FSNN_EMEMORY, FSNN_EARGUMENT. */
FSNN_API fsnn_status fsnn_data_shd(const char *path, const fsnn_shd_options *options,
                                   fsnn_data **data);
/* What such a file holds. */
typedef struct fsnn_shd_info {
    int64_t count, classes, spikes;
    int64_t units;  /* highest unit + 1 */
    double seconds; /* of the last spike */
} fsnn_shd_info;
FSNN_API fsnn_status fsnn_shd_survey(const char *path, fsnn_shd_info *info);
/* Copies samples given as floats [count, shape] and classes [count] (or NULL). Single numbers, from
 * any source, become samples of shape [1]. */
FSNN_API fsnn_status fsnn_data_memory(int64_t count, fsnn_shape shape, const float *x,
                                      const int32_t *labels, fsnn_data **data);
/* Writes sample `index` as floats [shape]. 0 is good; anything else fails the call that asked for
 * it (FSNN_ECALLBACK, with the sentence that the function set by fsnn_error_set, if any). Called by
 * several threads at once, and by threads of the library's own. */
typedef int fsnn_data_fetch(int64_t index, float *x, void *user);

/* Samples that are made when they are asked for. */
typedef struct fsnn_data_source {
    int64_t count;
    fsnn_shape shape; /* of one sample; [T, ...] where sequence is true */
    bool sequence;
    const int32_t *labels; /* [count] or NULL; copied */
    fsnn_data_fetch *fetch;
    void *user;
    const float *targets; /* [count, target] in place of labels, or NULL; copied */
    fsnn_shape target;    /* of the values of one sample */
} fsnn_data_source;

/* A data set whose samples `fetch` gives, each time one is wanted: sets larger than memory. `user`
 * must live as long as the data set and its parts. Errors: FSNN_EARGUMENT, FSNN_EMEMORY; a sample
 * that is not finite fails the call that asked for it. */
FSNN_API fsnn_status fsnn_data_fetched(const fsnn_data_source *source, fsnn_data **data);
/* Gives samples values in place of classes: y [count, shape], copied; shape is that of the output
 * that they are for, [C], or [T, C] for values a step.
 * Errors: FSNN_EARGUMENT (samples that have classes already, that are shared or were chosen, values
 * that are not finite: which), FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_data_set_values(fsnn_data *data, fsnn_shape shape, const float *y);
/* Gives samples a class for each step: labels [count, T], copied; FSNN_UNLABELLED does not count.
 * Errors: as fsnn_data_set_values. */
FSNN_API fsnn_status fsnn_data_set_labels(fsnn_data *data, int64_t T, const int32_t *labels);
/* Tells how many steps of each sample, the first ones, are no padding: steps [count], copied.
 * Series that are padded at their end know it.
 * Errors: FSNN_EARGUMENT (no sequences, a length outside 1..T, samples that are shared or were
 * chosen), FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_data_set_lengths(fsnn_data *data, const int64_t *steps);
/* Of one sample; T where nothing is known, 0 of samples without time. FSNN_EARGUMENT. */
FSNN_API int64_t fsnn_data_length(const fsnn_data *data, int64_t index);
/* Shift and scale of every value: x <- (x - mean) / deviation. */
FSNN_API fsnn_status fsnn_data_normalize(fsnn_data *data, double mean, double deviation);
/* Which axes of a sample become time. Pictures are [H, W], or [C, H, W]. */
typedef enum fsnn_axes {
    FSNN_AXES_NONE,
    FSNN_AXES_FIRST,  /* [T, ...]: the first axis is time as it is; of [T] a step is [1] */
    FSNN_AXES_ROWS,   /* a picture row by row: T = H, each step [W] (C = 1) or [C, W] */
    FSNN_AXES_PIXELS, /* pixel by pixel, rows first: T = H W, each step [C] */
    FSNN_AXES
} fsnn_axes;
/* Turns samples without time into sequences; several channels are reordered in memory.
 * Errors: FSNN_EARGUMENT if the samples are already sequences, are no images, or other data sets
 * share them. */
FSNN_API fsnn_status fsnn_data_sequence(fsnn_data *data, fsnn_axes axes);
/* Repeats samples of rarer classes, in the order of the file, until each class has as many samples
 * as the most frequent one. FSNN_EARGUMENT without classes. */
FSNN_API fsnn_status fsnn_data_balance(fsnn_data *data);
/* Moves a random share of the samples (0 < share < 1) into a data set of its own: a validation set.
 * Both keep the order of the file, and the number of classes. */
FSNN_API fsnn_status fsnn_data_split(fsnn_data *data, double share, uint64_t seed,
                                     fsnn_data **held_out);
/* The same with that share of each class, by largest remainders; a class with two or more samples
 * has at least one in each part. Samples without classes, or with several, are split as above. */
FSNN_API fsnn_status fsnn_data_split_classes(fsnn_data *data, double share, uint64_t seed,
                                             fsnn_data **held_out);
/* Keeps the first `count` samples (all, when there are fewer), in a random order (seed) or in the
 * file order (seed 0). */
FSNN_API fsnn_status fsnn_data_limit(fsnn_data *data, int64_t count, uint64_t seed);
FSNN_API void fsnn_data_info_get(const fsnn_data *data, fsnn_data_info *info);
/* The name of a class; NULL if the files have none for it. */
FSNN_API const char *fsnn_data_class(const fsnn_data *data, int64_t label);
/* Classes that are numbers in the files must be those of the training set: FSNN_EFORMAT for a
 * sample of a class that no sample of `training` has. */
FSNN_API fsnn_status fsnn_data_check_classes(const fsnn_data *data, const fsnn_data *training);
/* Warnings about the data, for instance of contents of files that were not read. NULL after the
 * last. */
FSNN_API const char *fsnn_data_warning(const fsnn_data *data, int index);
/* Origin of the samples, "idx train-images.gz", for sentences; copied; NULL: unknown. The parts of
 * a set have the same origin. FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_data_origin_set(fsnn_data *data, const char *origin);
FSNN_API const char *fsnn_data_origin(const fsnn_data *data);
/* What tells a data set from others at little cost, as a line of text without tabs: how many
 * samples of which shape, how many classes, a checksum (CRC-32C) of the labels and names of
 * classes, and of the values of samples taken evenly (of all, up to four million values) their
 * norm and a projection on random numbers. So a few changed values among the others are not always
 * seen, and rounding, of another machine say, does not count. The origin is told and not compared.
 * Errors: those of reading, FSNN_EMEMORY. */
enum { FSNN_FINGERPRINT_SIZE = 1024 };
FSNN_API fsnn_status fsnn_data_fingerprint(const fsnn_data *data, char text[FSNN_FINGERPRINT_SIZE]);
/* Whether the fingerprints are of different data; what differs becomes `words` [size], like "60000
 * samples (here 50000), other values", "" where nothing does. */
FSNN_API bool fsnn_fingerprint_differs(const char *was, const char *here, char *words, size_t size);
/* One sample as floats [shape] and its class, the first of several (-1 without labels). */
FSNN_API fsnn_status fsnn_data_sample(const fsnn_data *data, int64_t index, float *x,
                                      int32_t *label);
/* Its values [fsnn_data_info.target], or its classes [label_steps]. FSNN_ENOTFOUND: it has none. */
FSNN_API fsnn_status fsnn_data_values(const fsnn_data *data, int64_t index, float *y);
FSNN_API fsnn_status fsnn_data_labels(const fsnn_data *data, int64_t index, int32_t *labels);
FSNN_API void fsnn_data_destroy(fsnn_data *data);

/* How a static sample becomes an input over T steps:
 *   direct    the value as a constant current at every step
 *   rate      Bernoulli spikes: 1 with probability gain * value (clamped to 0..1), anew each step
 *   latency   one spike: value 1 (and above) at step 0, the smallest value above `floor` at the
 *             last; none at or below it: with v = min(gain * value, 1) > floor, at step
 *             round((T - 1) (1 - v) / (1 - floor)), linear in v
 *   delta     spikes of change: a reference r, 0 at first, follows v = gain * value in steps of
 *             `threshold`: at v - r >= threshold a spike in the upper channel and r + threshold, at
 *             v - r <= -threshold one in the lower channel and r - threshold. Twice as many
 *             channels, the upper ones first: [N] becomes [2 N], [C, ...] becomes [2 C, ...]
 * Sequences (fsnn_data_info.sequence) of T steps: direct passes them unchanged, rate and delta go
 * on from each step's own value (T stays), latency makes `steps` steps of every one (T * steps). */
typedef enum fsnn_encoder_kind {
    FSNN_ENCODE_DIRECT,
    FSNN_ENCODE_RATE,
    FSNN_ENCODE_LATENCY,
    FSNN_ENCODE_DELTA,
    FSNN_ENCODERS
} fsnn_encoder_kind;

typedef struct fsnn_encoder {
    fsnn_encoder_kind kind;
    int64_t steps;    /* T */
    double gain;      /* multiplies the value; default 1 */
    double floor;     /* latency only; default 0.01 */
    double threshold; /* delta only; default 0.1 */
    bool sparse;      /* loaders: batches as lists of the elements that are not 0 */
} fsnn_encoder;

FSNN_API const char *fsnn_encoder_name(fsnn_encoder_kind kind);
FSNN_API int fsnn_encoder_find(const char *name); /* or FSNN_ENOTFOUND */

/* Adds a sentence to fsnn_data_warning if the encoder cannot distinguish values of the data:
 * numbers outside 0..1 under rate and latency. FSNN_EMEMORY; those of reading. */
FSNN_API fsnn_status fsnn_data_check_encoder(fsnn_data *data, const fsnn_encoder *encoder);

/* With `sparse` a loader never forms [T, B, N]: rate makes only the list of spikes, the same spikes
 * as without, at a cost proportional to their number (it visits only values above 0, and values of
 * 1 or more need no random number). Encodes x [B, N] into out [T, B, N] (delta: [T, B, 2 N]).
 * Random numbers are a function of (seed, stream + sample, step, index). */
FSNN_API fsnn_status fsnn_encode(const fsnn_encoder *encoder, int64_t B, int64_t N, const float *x,
                                 uint64_t seed, uint64_t stream, float *out);

/* Changes of training samples, drawn once for each sample and epoch and applied to all its frames:
 * a function of (seed, epoch, sample). All zero: none. Images [C, H, W] and sequences of them can
 * be flipped, cropped, scaled, sheared, rotated, shifted and cut out; pixels from outside are 0.
 * Recordings of events can be changed in every way but those of series [T, C]: events in place and
 * time, their frames by noise and mixing. Noise and mixing are for samples of any shape, before the
 * encoder. */
typedef struct fsnn_augment {
    double flip, flip_vertical; /* probability of a flip, left to right, top to bottom */
    double shift;               /* up to so many pixels each way, whole ones, each as likely */
    double rotate;              /* up to so many degrees each way, about the middle */
    /* side, in pixels, of a square that is emptied at a place drawn anew */
    double cutout;
    double drop;          /* events: each is left out with this probability */
    double jitter;        /* events: deviation of a normal number added to each time, us */
    double flip_polarity; /* events: probability that ON and OFF change places */
    /* about the middle: by a factor from 1 - scale to 1 + scale; a shear of up to so many degrees,
     * each way, of the rows along x */
    double scale, shear;
    double noise; /* deviation of a normal number added to each value, after normalisation */
    /* Series [T, C], say spectrograms: up to so many neighbouring steps, and channels, are emptied
     * (SpecAugment, Park et al. 2019); moved by up to so many steps, either way. Padding that
     * fsnn_data_set_lengths knows of stays as it is */
    double mask_steps, mask_channels, shift_steps;
    /* Samples mixed with another of the set, as their targets: x = l a + (1 - l) b with l from
     * Beta(mixup, mixup); a rectangle of b in a, l from Beta(cutmix, cutmix).
     * With both, each sample is mixed in one of the two ways, as likely */
    double mixup, cutmix;
    /* a window of a share of each side from 1 - crop to 1, anywhere in the picture, is enlarged to
     * the whole of it (Szegedy et al. 2015) */
    double crop;
} fsnn_augment;

/* Batches of a data set, encoded, in file order or shuffled. A thread of the loader prepares them
 * ahead. If fsnn_threads() uses all processors, the computing threads make a batch when it is
 * needed (samples made from recordings are always prepared ahead). */
typedef struct fsnn_loader fsnn_loader;

/* Time stamps of samples that do not come once in each solver step: sequences, or the T steps of an
 * encoder. The network's input is interpolated at times[0] + k step, up to the last stamp
 * (fsnn/interpolate.h). All zero: sample k is the input of step k. */
typedef struct fsnn_sampling {
    const double *times; /* [count] increasing; copied */
    int64_t count;       /* T of the samples */
    double step;         /* of the solver, in the unit of the stamps */
    fsnn_interpolation interpolation;
} fsnn_sampling;

/* ---- disturbances, for evaluations of robustness ---- */

/* What is done to one sample x [T, ...], after its encoding, in the solver's steps; s is the amount
 * (a share is a probability where things are lost one by one):
 *   noise       x + s e, e standard normal, anew for every value and step
 *   occlusion   a share s of the input is 0 at all steps: a rectangle with sides sqrt(s) H and
 *               sqrt(s) W of a picture [..., H, W], s N neighbours of [N]; where, is random
 *   jitter      step k shows the input of step k + d, d a whole number drawn evenly from -s..s,
 *               kept within 0..T-1
 *   truncate    the last s T steps are 0: the recording ends too early
 *   frame_loss  each step is lost (0) with probability s
 * and to a graph, before anything is made of it (fsnn_graph_disturb in fsnn/graph.h):
 *   feature_mask  each entry of X, of a node and a feature, is 0 with probability s
 *   edge_drop     each undirected edge is lost with probability s
 * Random numbers are a function of (seed, sample, kind, place), so that amounts can be compared. */
typedef enum fsnn_perturb_kind {
    FSNN_PERTURB_NOISE,
    FSNN_PERTURB_OCCLUSION,
    FSNN_PERTURB_JITTER,
    FSNN_PERTURB_TRUNCATE,
    FSNN_PERTURB_FRAME_LOSS,
    FSNN_PERTURB_FEATURE_MASK,
    FSNN_PERTURB_EDGE_DROP,
    FSNN_PERTURBS
} fsnn_perturb_kind;

typedef struct fsnn_perturbation {
    fsnn_perturb_kind kind;
    double amount;
} fsnn_perturbation;

FSNN_API const char *fsnn_perturb_name(fsnn_perturb_kind kind);
/* of the amount, "share of the steps" */
FSNN_API const char *fsnn_perturb_unit(fsnn_perturb_kind kind);
FSNN_API int fsnn_perturb_find(const char *name); /* or FSNN_ENOTFOUND */
/* Whether it acts on a graph; the others act on samples. */
FSNN_API bool fsnn_perturb_of_graph(fsnn_perturb_kind kind);
/* FSNN_EARGUMENT with a sentence if the kind is unknown or the amount out of range. */
FSNN_API fsnn_status fsnn_perturb_check(const fsnn_perturbation *perturbation);
/* All of `list` [count], one after the other, on one sample x [T, shape]. `work` [T, shape] is
 * overwritten. `stream` is the sample. FSNN_EARGUMENT for one that acts on graphs. */
FSNN_API fsnn_status fsnn_perturb(const fsnn_perturbation *list, int count, int64_t T,
                                  const fsnn_shape *shape, uint64_t seed, uint64_t stream, float *x,
                                  float *work);

typedef struct fsnn_loader_options {
    fsnn_encoder encoder;
    int64_t batch;
    bool shuffle;   /* a new order each epoch, from (seed, epoch) */
    bool drop_last; /* leave out an incomplete last batch */
    uint64_t seed;
    fsnn_sampling sampling;
    fsnn_augment augment;
    const fsnn_perturbation *perturb; /* [perturbs], copied; in this order */
    int perturbs;                     /* at most FSNN_PERTURBS */
    /* Samples that the direct encoder would repeat come once (fsnn_batch.still), for a net planned
     * so (fsnn_plan.still): those without time, not as lists, without disturbances. The others come
     * as ever. */
    bool still;
    /* What is kept of the training data, not test data: where a training watches it, sentences and
     * logs call it validation and not test. */
    bool validation;
} fsnn_loader_options;

typedef struct fsnn_batch {
    /* [T, B, ...], where the batch is still [B, ...]; NULL where it is sparse */
    const float *x;
    const int32_t *labels;     /* [B, places], or NULL */
    int64_t steps, batch;      /* T, B */
    const fsnn_spikes *spikes; /* the same as lists, of encoders with `sparse`; else NULL */
    int64_t places;            /* classes of one sample (fsnn_data_info) */
    bool still;                /* x is the same at every step, and given once */
    int64_t label_steps;       /* labels are [B, label_steps] (fsnn_data_info); or 1 */
    const float *values;       /* [B, target] in place of labels, or NULL */
    fsnn_shape target;         /* of the values of one sample */
    const int64_t *lengths;    /* [B] steps of each that are no padding, or NULL: not known */
} fsnn_batch;

/* `data` is borrowed for the loader's life and must not be changed during it (several loaders may
 * share it). Errors: FSNN_EARGUMENT (batch, encoder, time stamps that do not fit T, changes that
 * the samples cannot have), FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_loader_create(const fsnn_data *data, const fsnn_loader_options *options,
                                        fsnn_loader **loader);
FSNN_API void fsnn_loader_destroy(fsnn_loader *loader);
FSNN_API const fsnn_data *fsnn_loader_data(const fsnn_loader *loader); /* the set, borrowed */
FSNN_API int64_t fsnn_loader_batches(const fsnn_loader *loader);       /* in one epoch */
FSNN_API int64_t fsnn_loader_samples(const fsnn_loader *loader);       /* in one epoch */
/* Samples of a batch that is not the last: what was asked for, or all that there are. The last one
 * of an epoch may have fewer. */
FSNN_API int64_t fsnn_loader_batch(const fsnn_loader *loader);
/* Bytes of the batches that it holds. Lists grow with the number of spikes; their present size
 * counts. */
FSNN_API int64_t fsnn_loader_memory(const fsnn_loader *loader);
/* T (solver steps, where there are time stamps) and the shape of one sample at one step, as the
 * network will see it. */
FSNN_API void fsnn_loader_shape(const fsnn_loader *loader, int64_t *steps, fsnn_shape *shape);
/* Whether its batches are still (fsnn_batch.still). */
FSNN_API bool fsnn_loader_still(const fsnn_loader *loader);
/* Whether its options say that it is a validation set. */
FSNN_API bool fsnn_loader_validation(const fsnn_loader *loader);
/* Whether its batches have shares of the classes [B, classes] as values in place of labels, since
 * samples are mixed (fsnn_augment.mixup, cutmix). */
FSNN_API bool fsnn_loader_mixes(const fsnn_loader *loader);
/* Starts epoch `epoch` (any order; same epoch, same batches). */
FSNN_API fsnn_status fsnn_loader_start(fsnn_loader *loader, int64_t epoch);
/* The next batch, valid until the next call. Returns 1 if there is one, 0 at the end of the epoch,
 * a negative status on error. */
FSNN_API int fsnn_loader_next(fsnn_loader *loader, fsnn_batch *batch);

#ifdef __cplusplus
}
#endif
#endif

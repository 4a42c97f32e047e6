/* fsnn/series.h: recordings of different lengths (sensor series, sound, ECG): readers, front ends,
 * and the conversion to a data set whose samples all have T steps. */
#ifndef FSNN_SERIES_H
#define FSNN_SERIES_H

#include <stdbool.h>
#include <stdint.h>

#include <fsnn/data.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A set of series, each [length, channels], with a class or none. Created by a reader, destroyed by
 * its user. */
typedef struct fsnn_series fsnn_series;

typedef struct fsnn_series_info {
    int64_t count, channels;
    int64_t classes;           /* 0: without classes */
    int64_t shortest, longest; /* samples in time */
    int64_t total;             /* samples in time of all series together */
    int64_t missing;           /* values that the file left out ("?") */
    double rate;               /* samples a second; 0: not known */
} fsnn_series_info;

/* ---- readers; errors: FSNN_EIO, FSNN_EFORMAT (file, line or byte, what was found),
 * FSNN_EUNSUPPORTED, FSNN_EMEMORY */

/* What becomes of missing values. */
typedef enum fsnn_missing {
    /* a straight line between the neighbours in time; at the ends the nearest value. A channel
     * without any value is refused. */
    FSNN_MISSING_INTERPOLATE,
    /* they stay, as NaN; statistics of fsnn_series_scale leave them out, and fsnn_data_series makes
     * them 0 and gives each channel a second one that tells which values were there (Z. C. Lipton,
     * D. Kale, R. Wetzel 2016; the masking vector of Z. Che et al., GRU-D, 2018) */
    FSNN_MISSING_MASK,
    FSNN_MISSINGS
} fsnn_missing;

/* UCR/UEA text files of classification problems: one or several dimensions, equal or unequal
 * length, in one of three forms, known by its content. `.ts`: classes in the order of @classLabel.
 * Tables by tabs (`.tsv`): the class, then the values, classes sorted, NaN at the end cut off
 * (fsnn_series_note). ARFF: numeric attributes or one relational one, then a list of classes. A
 * missing value (`?`, `NaN`) is interpolated linearly between its neighbours in time; at the ends
 * it is the nearest value. Values with time stamps (`(time,value)`) are steps in their order; dates
 * evenly spaced give the rate. `@targetLabel true`: fsnn_series_target. Refused with a sentence:
 * dimensions of one series that differ in length. (A. Bagnall et al., The UEA multivariate time
 * series classification archive, 2018; H. A. Dau et al., The UCR time series archive, 2019.) */
FSNN_API fsnn_status fsnn_series_ts(const char *path, fsnn_series **series);
/* The same with missing values as `missing` says. Also FSNN_EARGUMENT. */
FSNN_API fsnn_status fsnn_series_ts_missing(const char *path, fsnn_missing missing,
                                            fsnn_series **series);

/* Which files of a folder, and what their names say. */
typedef struct fsnn_wav_options {
    /* Path below the folder with {field}s, like "{label}_{speaker}_{take}.wav" or
     * "{label}/{file}.wav". Files that do not fit are left alone. {label} is the class; classes are
     * sorted (as numbers, where all are) over all files that fit, whatever is kept below. NULL:
     * "*.wav" without classes. */
    const char *pattern;
    const char *only;   /* conditions on fields, "take=0-4 speaker=theo|lucas"; NULL: all */
    const char *list;   /* text file: keep only the paths in it, one a line; NULL: all */
    const char *except; /* text file: leave out the paths in it; NULL: none */
} fsnn_wav_options;

/* Sound of a folder in the order of names, or one file (`options` is then not used and may be
 * NULL). WAV of PCM (8, 16, 24, 32 bits) and float (32, 64), also as WAVE_FORMAT_EXTENSIBLE, is
 * read in every build; libsndfile, in a child process, reads what else it knows: other forms of
 * WAV (A-law, mu-law, ADPCM, RIFX, RF64), FLAC, Ogg, MP3, AIFF, AU, CAF (FSNN_EUNSUPPORTED where
 * fsnn was built without it, or it is not installed). Channels are averaged; whole numbers lie in
 * -1..1. All files must have one rate. A WAV, FLAC or Ogg file that is cut short is refused; of
 * other forms libsndfile may read what is left. */
FSNN_API fsnn_status fsnn_series_wav(const char *path, const fsnn_wav_options *options,
                                     fsnn_series **series);

/* Whether a file is sound, by its first bytes. */
FSNN_API bool fsnn_sound_known(const char *path);

/* How tables of texts become series. */
typedef struct fsnn_csv_options {
    const char *columns;     /* with values, between commas, in this order; NULL: all that are
                          * left, but those of texts (fsnn_series_note) */
    const char *id;          /* column that tells series apart; NULL: a file is one series */
    const char *time;        /* column of times in s: rows must follow in time; NULL: none */
    const char *label;       /* column of the class; NULL: none */
    bool row_is_series;      /* a row is a series of one channel; else a step of all its columns */
    bool row_is_sample;      /* a row is a sample without time, one of its columns a feature each */
    const char *target;      /* column of the number that a regression is to give; NULL: none */
    char separator, decimal; /* ',', ';', '\t', ' ' (blanks), ...; '.', ','; 0: found */
    fsnn_wav_options files;  /* of a folder; pattern NULL: "{file}.csv" */
    fsnn_missing missing;
} fsnn_csv_options;

/* Tables of texts (CSV) as series, a file or a folder of them: separators comma, semicolon, tab,
 * | or blanks, a line of names or none (columns are then "1", "2", ...), cells in quotes, remarks
 * behind #, numbers with a point or a comma. Missing values (empty, ?, NA, NaN, null) are
 * treated as `missing` says; at the end of a row that is a series they shorten it.
 * Classes are sorted, as numbers where all are. Times evenly spaced give the rate. `options` may
 * be NULL. */
FSNN_API fsnn_status fsnn_series_csv(const char *path, const fsnn_csv_options *options,
                                     fsnn_series **series);

/* Windows around the beats of a WFDB record. */
typedef struct fsnn_wfdb_options {
    /* Symbols of annotations, a word a class: "N AV" has the classes N, and A or V. Other beats are
     * left out. */
    const char *classes;
    double before,
        after; /* seconds from the beginning of a window to the beat, and from there to its end */
    double from,
        to; /* seconds: windows that are not wholly between them are left out; to 0: the end */
    fsnn_missing missing;
} fsnn_wfdb_options;

/* A WFDB record, `path` its header (.hea); signal files, segments and annotations .atr beside it.
 * Formats 8, 16, 24, 32, 61, 80, 160, 212, 310, 311, each with samples a frame, skew and byte
 * offset, in one or several files, and FLAC (508, 516, 524) by libsndfile; records of segments
 * with gaps and layouts are joined in time. Physical units; several samples of a frame are
 * averaged, rate and annotations count frames. A first value or checksum that differs from the
 * header's is told (fsnn_series_note). With options NULL the whole record is one series
 * without class. The mark of no sample (the lowest value of a format; 8 has none), gaps between
 * segments and the end behind a skew are missing values. Where they are interpolated, beats in
 * whose window a signal has no sample at all are left out (fsnn_series_note).
 * (PhysioNet, WFDB file formats; A. Goldberger et al. 2000.) */
FSNN_API fsnn_status fsnn_series_wfdb(const char *path, const fsnn_wfdb_options *options,
                                      fsnn_series **series);

/* Where whole records get their classes from: at most one of a comment, a table and {label}. */
typedef struct fsnn_wfdb_records_options {
    const char *comment; /* "Dx": the text of the header's comment "# Dx: text" */
    /* CSV of records (names, or paths below the folder) and classes, the first two columns, with a
     * line of names or without; records that it does not name are left out (fsnn_series_note) */
    const char *table;
    fsnn_wav_options files; /* of a folder; pattern NULL: "{record}.hea", "{label}/{record}.hea" */
    fsnn_missing missing;
} fsnn_wfdb_records_options;

/* WFDB records as series, a whole record each: those of a folder, or one header. All have as many
 * signals and one rate. Otherwise as fsnn_series_wfdb. `options` may be NULL. */
FSNN_API fsnn_status fsnn_series_wfdb_records(const char *path,
                                              const fsnn_wfdb_records_options *options,
                                              fsnn_series **series);

/* Signals of an EDF or BDF recording, and windows at its annotations. */
typedef struct fsnn_edf_options {
    const char *channels; /* labels of signals between commas, in this order; NULL: all */
    /* samples a second to which all are resampled (as fsnn_series_decimate does); 0: as they are,
     * which must be one rate; with channels NULL then those of the rate that most have */
    double rate;
    /* texts of annotations between commas, a class each; "a|b": both are one class. NULL: the
     * whole recording is one series without class */
    const char *classes;
    double before,
        after; /* seconds from the beginning of a window to the annotation, and to its end. With
                * before 0 an annotation that lasts longer gives as many windows as fit */
    double from, to;   /* seconds: windows are wholly between them; to 0: the end */
    const char *marks; /* an EDF+ file with the annotations; NULL: the recording itself */
} fsnn_edf_options;

/* EDF, BDF (24 bits), EDF+ and BDF+: physical units, labels and units of channels. `options` may be
 * NULL. FSNN_EUNSUPPORTED: gaps between records (EDF+D). FSNN_EFORMAT: among others a file that is
 * cut short. FSNN_EARGUMENT: a signal that is not there, several rates, no annotation of these
 * classes. (B. Kemp et al. 1992, 2003.) */
FSNN_API fsnn_status fsnn_series_edf(const char *path, const fsnn_edf_options *options,
                                     fsnn_series **series);

/* ---- looking ---- */
FSNN_API void fsnn_series_info_get(const fsnn_series *series, fsnn_series_info *info);
/* [length, channels], borrowed, NaN where a value is missing and was not filled in; `label` (or
 * NULL) becomes the class, -1 without. NULL where there is no such series. */
FSNN_API const float *fsnn_series_values(const fsnn_series *series, int64_t index, int64_t *length,
                                         int32_t *label);
/* What a user should know about how the files were read, one sentence each (channels were averaged,
 * beats were dropped). Data sets made from the series have them as warnings. NULL after the
 * last. */
FSNN_API const char *fsnn_series_note(const fsnn_series *series, int64_t index);
/* The number that a regression is to find for a series; false: there is none. `target` may be
 * NULL. */
FSNN_API bool fsnn_series_target(const fsnn_series *series, int64_t index, double *target);
FSNN_API const char *fsnn_series_class(const fsnn_series *series,
                                       int64_t label); /* name; NULL: none */
/* Name of a channel ("MLII") and its unit ("mV"); NULL if the file does not say. */
FSNN_API const char *fsnn_series_channel(const fsnn_series *series, int64_t channel);
FSNN_API const char *fsnn_series_unit(const fsnn_series *series, int64_t channel);
FSNN_API void fsnn_series_destroy(fsnn_series *series);
/* Gives each class the number that the class of this name has in `training`, whose classes become
 * those of the series. Parts of a data set then agree, even if their files list classes in
 * different orders or one has only some of them. FSNN_EFORMAT for the class of a series that
 * `training` lacks. */
FSNN_API fsnn_status fsnn_series_number_as(fsnn_series *series, const fsnn_series *training);

/* ---- front ends: replace the series by others. FSNN_EARGUMENT where missing values stay ---- */

/* Keeps every `factor`-th sample after a low-pass (sinc with a Hann window, 16 factor + 1 taps, cut
 * at 0.45 of the new rate). */
FSNN_API fsnn_status fsnn_series_decimate(fsnn_series *series, int64_t factor);
/* Cuts each series into pieces of `length` samples every `hop` samples: [T, length * channels]; the
 * last is padded with zeros. */
FSNN_API fsnn_status fsnn_series_frames(fsnn_series *series, int64_t length, int64_t hop);

/* Logarithmic mel spectrum. Frames of `frame` seconds every `hop` seconds, Hann window, power
 * |X_f|^2 / n of n = frame samples by an FFT of the next power of two; `bands` triangles evenly
 * spaced on the scale m = 2595 log10(1 + f/700 Hz) from `low` to `high` Hz; value = ln(power +
 * floor). Each channel gives its bands. A series shorter than a frame is padded with zeros. */
typedef struct fsnn_mel {
    double frame, hop; /* seconds; 0.025 and 0.010 */
    int64_t bands;     /* 40 */
    double low, high;  /* Hz; high 0: half the rate */
    double floor;      /* 1e-6 */
} fsnn_mel;
FSNN_API fsnn_status fsnn_series_mel(fsnn_series *series, const fsnn_mel *mel);

typedef enum fsnn_scale {
    FSNN_SCALE_NONE,
    FSNN_SCALE_ALL,     /* one mean and deviation of all values of the training set */
    FSNN_SCALE_CHANNEL, /* one of each channel of the training set */
    FSNN_SCALE_SAMPLE,  /* of each channel of the series itself */
    FSNN_SCALES
} fsnn_scale;
/* x <- (x - mean) / deviation with the statistics of `of` (the training set; the same number of
 * channels), without missing values. For a constant channel only the mean is subtracted. */
FSNN_API fsnn_status fsnn_series_scale(fsnn_series *series, fsnn_scale scale,
                                       const fsnn_series *of);

/* ---- a data set: sequences [T, channels] ---- */
typedef enum fsnn_pad {
    /* zeros after a series that is too short; the beginning of one that is too long is kept */
    FSNN_PAD_END,
    FSNN_PAD_START, /* zeros before it; the end of one that is too long is kept */
    FSNN_PADS
} fsnn_pad;
/* Copies; T = steps (0: the longest series). Of series read with FSNN_MISSING_MASK samples are
 * [T, 2 channels]: the values, 0 where one is missing, then for each of them 1 where it was there
 * and 0 where it was not (padding, too). */
FSNN_API fsnn_status fsnn_data_series(const fsnn_series *series, int64_t steps, fsnn_pad pad,
                                      fsnn_data **data);

#ifdef __cplusplus
}
#endif
#endif

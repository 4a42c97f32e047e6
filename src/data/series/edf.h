/* data/series/edf.h: EDF, BDF, EDF+ and BDF+ (B. Kemp et al., A simple format for exchange of
 * digitized polygraphic recordings, 1992; EDF+, 2003; BioSemi's 24 bits), from bytes in memory. */
#ifndef FSNN_EDF_H
#define FSNN_EDF_H

#include "base/base.h"

typedef struct edf_signal {
    char label[17], unit[9];
    double low, high;           /* physical units of the digital values below */
    double low_bits, high_bits; /* digital minimum and maximum */
    int64_t samples;            /* in a record */
    int64_t at;                 /* bytes from the beginning of a record */
    bool notes;                 /* annotations, no samples */
} edf_signal;

typedef struct edf {
    const char *path;
    const uint8_t *records; /* [count, record_size] */
    int64_t count, record_size;
    int64_t left_over; /* bytes after the last record */
    double duration;   /* seconds of a record; 0: there are only annotations */
    double start;      /* seconds since 1985-01-01; NaN: not known */
    double first;      /* seconds from there to the first record */
    int width;         /* bytes of a sample: 2, 3 */
    int64_t signals;
    edf_signal *signal; /* [signals] */
} edf;

/* `path` and `bytes` are borrowed; edf_close also after an error. FSNN_EFORMAT, FSNN_EUNSUPPORTED
 * (gaps between records), FSNN_EMEMORY. */
fsnn_status edf_open(edf *e, const char *path, const uint8_t *bytes, size_t size);
void edf_close(edf *e);
double edf_rate(const edf *e, int64_t signal);
/* All samples of a signal in physical units, x [count * samples]. */
void edf_read(const edf *e, int64_t signal, double *x);

/* Resamples x [length] at rate `from` to `out`, whose sample k is at k/to seconds: a sinc under a
 * Hann window over 16 samples of the slower rate, cut at 0.45 of it; beyond the ends the outermost
 * sample goes on. The same rate: a copy. */
void edf_resample(const double *x, int64_t length, double from, double to, int64_t out_length,
                  float *out, int64_t stride);

typedef struct edf_mark {
    double onset, duration; /* seconds from the first record on; duration 0: not given */
    const char *text;       /* not ended by 0 */
    size_t length;
} edf_mark;

/* When a record begins, by the first annotation of signal `notes`; false where none says so. */
bool edf_record_start(const edf *e, int64_t record, int64_t notes, double *onset);

/* Walks over the annotations. Zero-initialise but for `of`. */
typedef struct edf_marks {
    const edf *of;
    int64_t record, signal;
    size_t at;              /* byte of the annotations of this record and signal */
    double onset, duration; /* of the list at hand */
    bool inside;
} edf_marks;
/* 1 and the next annotation with a text, 0 at the end, negative on error. */
int edf_next(edf_marks *m, edf_mark *out);

#endif

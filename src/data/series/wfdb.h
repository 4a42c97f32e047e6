/* data/series/wfdb.h: PhysioNet's WFDB records: header, signals, annotations, from bytes in
 * memory. */
#ifndef FSNN_WFDB_H
#define FSNN_WFDB_H

#include "base/base.h"

enum { WFDB_SIGNALS = 32 };

typedef struct wfdb_signal {
    int format;
    double gain;      /* units of the converter in a physical unit */
    int64_t baseline; /* converter's value of 0 physical units */
    bool checked;     /* the header gives first value and checksum */
    int64_t first;
    int checksum; /* sum of all values, low 16 bits */
    /* cut where longer; the unit is "" where the signal is not calibrated, the name where there is
     * none */
    char unit[16], name[40];
} wfdb_signal;

typedef struct wfdb_header {
    int signals;
    double rate;    /* samples a second */
    int64_t length; /* 0: not given */
    char file[256]; /* of the signals, without folder */
    wfdb_signal signal[WFDB_SIGNALS];
} wfdb_header;

/* `path` starts the error sentences. FSNN_EFORMAT (file, line), FSNN_EUNSUPPORTED. */
fsnn_status wfdb_read_header(const char *path, const uint8_t *bytes, size_t size, wfdb_header *out);
/* Samples in time that `size` bytes hold, where the header does not say; FSNN_EFORMAT where they
 * are too few for what it says. */
fsnn_status wfdb_length(const char *path, const wfdb_header *h, size_t size, int64_t *length);
/* All samples as x [length, signals], in physical units, `length` as wfdb_length found it; NaN
 * where the file has the mark of no sample. */
fsnn_status wfdb_read_signals(const char *path, const wfdb_header *h, const uint8_t *bytes,
                              int64_t length, float *x);

typedef struct wfdb_annotation {
    int64_t sample;
    char symbol; /* N, A, V, ... */
} wfdb_annotation;

/* Walks over annotations in MIT format. Zero-initialise but for path, bytes, size. */
typedef struct wfdb_annotations {
    const char *path;
    const uint8_t *bytes;
    size_t size, at;
    int64_t time;
} wfdb_annotations;
/* 1 and the next annotation, 0 at the end, negative on error. */
int wfdb_next(wfdb_annotations *a, wfdb_annotation *out);

#endif

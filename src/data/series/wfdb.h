/* data/series/wfdb.h: PhysioNet's WFDB records: header, signals, annotations, from bytes in
 * memory. */
#ifndef FSNN_WFDB_H
#define FSNN_WFDB_H

#include "base/base.h"

enum { WFDB_SIGNALS = 128 };

typedef struct wfdb_signal {
    int format;       /* 0: a null signal, without file and values */
    int file;         /* index of the file in `file`; -1: null signal */
    int per_frame;    /* samples a frame */
    int64_t skew;     /* frames: frame k of the record is frame k + skew of the file */
    double gain;      /* units of the converter in a physical unit */
    int64_t baseline; /* converter's value of 0 physical units */
    bool checked;     /* the header gives first value and checksum */
    int64_t first;
    int checksum; /* sum of all values, low 16 bits */
    /* cut where longer; the unit is "" where the signal is not calibrated, the name where there is
     * none */
    char unit[16], name[40];
} wfdb_signal;

/* The signals of one file have one format. A frame of it holds per_frame values of each, in the
 * order of the header. */
typedef struct wfdb_file {
    char name[256]; /* without folder */
    int format;
    int64_t offset; /* bytes before the first frame */
    int64_t values; /* in a frame */
} wfdb_file;

typedef struct wfdb_place { /* in a header */
    size_t byte;
    int64_t line;
} wfdb_place;

typedef struct wfdb_header {
    int signals, files;
    double rate;      /* frames a second */
    int64_t length;   /* frames; 0: not given */
    int64_t segments; /* 0: not a record of segments; else signals are described in segments */
    wfdb_place list;  /* where the lines of segments begin */
    wfdb_file file[WFDB_SIGNALS];
    wfdb_signal signal[WFDB_SIGNALS];
} wfdb_header;

/* `path` starts the error sentences. FSNN_EFORMAT (file, line), FSNN_EUNSUPPORTED. */
fsnn_status wfdb_read_header(const char *path, const uint8_t *bytes, size_t size, wfdb_header *out);

typedef struct wfdb_segment {
    char name[256]; /* of the record, "~": a gap without any value */
    int64_t length; /* frames; 0: a layout, which only names signals */
} wfdb_segment;
/* The `index`-th segment of a header; `at` is the header's list before the first and remembers the
 * place. */
fsnn_status wfdb_next_segment(const char *path, const wfdb_header *h, const uint8_t *bytes,
                              size_t size, int64_t index, wfdb_place *at, wfdb_segment *out);

/* What contradicts a header, while the values can be read: PhysioNet has records whose first values
 * or checksums are those of another version. */
typedef struct wfdb_doubts {
    int64_t count;
    char *first; /* sentence of the first one; fsnn_free */
} wfdb_doubts;

/* Frames that `size` bytes of file `file` hold; FSNN_EFORMAT where they are too few for what the
 * header says, or none. */
fsnn_status wfdb_length(const char *path, const wfdb_header *h, int file, size_t size,
                        int64_t *length);
/* The signals of file `file` among x [length, signals], in physical units, `length` at most what
 * wfdb_length found. Several samples of a frame are averaged. NaN where the file has the mark of no
 * sample, and where skew leads behind the end. First values and checksums of the header that are
 * others become doubts. */
fsnn_status wfdb_read_signals(const char *path, const wfdb_header *h, int file,
                              const uint8_t *bytes, int64_t length, float *x, wfdb_doubts *doubts);

/* A whole record. */
typedef struct wfdb_record {
    wfdb_header head; /* of the record; of segments, the signals of the layout or the first one */
    float *x;         /* [length, head.signals] in physical units, NaN: no sample; fsnn_free */
    int64_t length;
    wfdb_doubts doubts;
} wfdb_record;
/* Reads `path`, the header, and the files beside it, segments too. */
fsnn_status wfdb_read_record(const char *path, wfdb_record *out);

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

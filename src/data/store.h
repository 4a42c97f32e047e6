/* data/store.h: what is behind fsnn_data. The samples are kept as they came (bytes stay bytes:
 * 60000 x 784 of them are 47 MB) in a store that several data sets share, each with its own list of
 * rows. */
#ifndef FSNN_STORE_H
#define FSNN_STORE_H

#include "base/base.h"

#include <fsnn/data.h>

#include <stdatomic.h>

struct augment_clip;
struct sparse_rows;
struct store_later;

/* Streams of random numbers of this room; the low bits count epochs, samples. */
#define STORE_STREAM_SPLIT (UINT64_C(0xd1) << 56)
#define STORE_STREAM_LIMIT (UINT64_C(0xd2) << 56)
#define STORE_STREAM_SHUFFLE (UINT64_C(0xd3) << 56) /* + epoch */
#define STORE_STREAM_ENCODE (UINT64_C(0xd4) << 56)  /* + epoch << 32 + sample */
#define STORE_STREAM_PERTURB (UINT64_C(0xd5) << 56) /* the same */
#define STORE_STREAM_AUGMENT (UINT64_C(0xd8) << 56) /* + epoch << 32 + sample */
#define STORE_STREAM_EVENTS (UINT64_C(0xd9) << 56)  /* the same, numbers of single events */
#define STORE_STREAM_MIX (UINT64_C(0xdf) << 56)     /* + epoch << 32 + sample */
#define STORE_STREAM_NOISE (UINT64_C(0xdd) << 56)   /* the same */
#define STORE_STREAM_SERIES (UINT64_C(0xde) << 56)  /* the same */
#define STORE_STREAM_MASK (UINT64_C(0xda) << 56)    /* + draw: entries of a graph's features */
#define STORE_STREAM_EDGES (UINT64_C(0xdb) << 56)   /* + draw: edges of a graph */

/* A sample passes with T and B in front of its dimensions. */
#define STORE_MAX_RANK (FSNN_MAX_RANK - 2)

typedef struct store {
    atomic_int users;
    fsnn_dtype dtype;          /* FSNN_U8 or FSNN_F32 */
    void *values;              /* [rows, size] */
    struct store_later *later; /* reads the values when they are needed (store_later.h), or NULL */
    int32_t *labels;           /* [rows, places], or NULL */
    int64_t places;            /* 1, but for samples that have many, or one a step: */
    bool timed;                /* the places are steps */
    int64_t classes;
    float *targets;    /* [rows, target] in place of labels, or NULL */
    fsnn_shape target; /* of one row; rank 0: none */
    int64_t *lengths;  /* [rows] steps that are no padding, or NULL */
    char **name;       /* [names] of classes, each NULL where it has none */
    int64_t names;
    char *origin;   /* where the samples come from, or NULL */
    char **warning; /* [warnings] sentences for the user */
    int64_t warnings, warning_capacity;
    void *more; /* what a reader keeps in place of values, and how it is released */
    void (*release)(void *more);
} store;

struct fsnn_data {
    store *store;
    int64_t *row; /* [count] rows of the store; NULL: all, in order */
    int64_t count, size;
    fsnn_shape shape;
    bool sequence;
    double divisor, mean, deviation; /* value = (stored / divisor - mean) / deviation */
    float value[256];                /* of each byte */
    /* Writes one row of the store as floats [size]. */
    fsnn_status (*fetch)(const fsnn_data *data, int64_t row, float *x);
    /* The same after a change of the recording (data/augment.h); NULL: samples are no
     * recordings. */
    fsnn_status (*fetch_changed)(const fsnn_data *data, int64_t row,
                                 const struct augment_clip *clip, float *x);
    /* The same as lists (data/sparse.h), where there is a way that costs what is in them; clip may
     * be NULL. NULL: from the values. */
    fsnn_status (*fetch_lists)(const fsnn_data *data, int64_t row, const struct augment_clip *clip,
                               struct sparse_rows *out);
};

/* Reads the samples of a file: the whole array, as fsnn_npz_read would; `name` in it, or NULL. */
typedef fsnn_status store_reader(const char *path, const char *name, fsnn_array *x);

/* A data set of `x` [N, shape] (its memory is taken over, also on failure) and the classes `y` [N]
 * or NULL (borrowed). `what` starts the error sentences; bytes are divided by `divisor`. */
typedef struct store_source {
    const char *what;
    fsnn_array *x;
    store_reader *read; /* where x has no data yet: reads it from `path`, when it is needed */
    const char *path, *name;
    const char *y_what;
    const fsnn_array *y;
    fsnn_targets targets; /* what y is */
    bool image;           /* [N, H, W] becomes [1, H, W] a sample */
    bool sequence;
    double divisor;
    fsnn_status
        fault; /* what a wrong array is: FSNN_EFORMAT in a file, FSNN_EARGUMENT from a caller */
} store_source;

fsnn_status store_create(const store_source *source, fsnn_data **data);

/* A data set of `rows` samples that `fetch` produces when they are asked for, from store->more:
 * recordings of events, say. Labels [rows] (or NULL) are copied, `more` is taken over, also on
 * failure. fetch may be called by several threads at once. */
typedef struct store_lazy {
    int64_t rows;
    fsnn_shape shape; /* of one sample */
    bool sequence;
    const int32_t *labels; /* [rows, places] */
    int64_t places;        /* 0 counts as 1 */
    int64_t classes;       /* at least; 0: highest label + 1 */
    void *more;
    void (*release)(void *more);
    fsnn_status (*fetch)(const fsnn_data *data, int64_t row, float *x);
    fsnn_status (*fetch_changed)(const fsnn_data *data, int64_t row,
                                 const struct augment_clip *clip, float *x); /* or NULL */
    fsnn_status (*fetch_lists)(const fsnn_data *data, int64_t row, const struct augment_clip *clip,
                               struct sparse_rows *out); /* or NULL */
} store_lazy;

fsnn_status store_create_lazy(const store_lazy *lazy, fsnn_data **data);

/* The values of `x` as they are kept; its memory is taken over. `what` starts the sentences of
 * status `fault`. */
fsnn_status store_set_values(const char *what, fsnn_status fault, fsnn_array *x, store *s);

/* data/targets.c: what y is, into the store of `rows` samples. */
fsnn_status store_set_targets(const store_source *source, store *s);
/* FSNN_EARGUMENT for a kind of targets that there is none of. */
fsnn_status store_check_kind(fsnn_targets targets);

/* The names of classes 0 ..., copied; NULL where one has none. FSNN_EMEMORY. */
fsnn_status store_name_classes(fsnn_data *data, char *const *name, int64_t count);
/* Adds a sentence of fsnn_data_warning, once. FSNN_EMEMORY. */
fsnn_status store_warn(fsnn_data *data, const char *format, ...) FSNN_PRINTF(2, 3);

/* Another data set on the same store, its rows `row` [count], which are taken over, also on
 * failure. */
fsnn_status store_subset(const fsnn_data *data, int64_t *row, int64_t count, fsnn_data **subset);

/* Row of the store that holds sample `index`. */
static inline int64_t store_row(const fsnn_data *data, int64_t index)
{
    return data->row ? data->row[index] : index;
}

#endif

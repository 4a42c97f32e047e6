/* format/hdf_tree.h: an HDF5 file as a tree in memory: groups, and data sets of real numbers, whole
 * numbers or texts. For files that are small beside memory and of many items, networks say. */
#ifndef FSNN_FORMAT_HDF_TREE_H
#define FSNN_FORMAT_HDF_TREE_H

#include "base/guard.h"

enum {
    HDF_RANK = 8,
    HDF_DEPTH = 32,      /* groups in groups */
    HDF_ITEMS = 1 << 16, /* in a file */
    HDF_TEXT = 1 << 24,  /* bytes of a text */
    HDF_PACKED = 1100,   /* numbers are at most so many times as long as what they are packed as */
    HDF_UNWRITTEN = 1 << 16 /* bytes that a data set may have beyond what lies in the file */
};

typedef enum hdf_kind {
    HDF_GROUP,
    HDF_REAL,
    HDF_WHOLE,
    HDF_WORDS, /* texts */
    HDF_OTHER, /* something else, a link or a compound: without values */
    HDF_KINDS
} hdf_kind;

typedef struct hdf_item {
    char *name; /* in its group; "" of the root */
    int parent; /* item; -1: it is the root, item 0 */
    hdf_kind kind;
    bool single; /* HDF_REAL: of at most 4 bytes in the file; to be written so */
    int rank;    /* 0: one value */
    int64_t dim[HDF_RANK];
    double *real;   /* [dims], each of the three for its kind, NULL for the others */
    int64_t *whole; /* likewise */
    char **text;    /* likewise */
} hdf_item;

typedef struct hdf_tree {
    hdf_item *item; /* a group stands before what is in it */
    int count;
    int64_t capacity;
} hdf_tree;

/* Values of an item, 0 of groups and what is not read. */
int64_t hdf_count(const hdf_item *item);

/* Zeroed, then the root. */
fsnn_status hdf_tree_begin(hdf_tree *tree);
void hdf_tree_free(hdf_tree *tree);
/* The item of this name in a group, or -1. */
int hdf_find(const hdf_tree *tree, int group, const char *name);
/* Next item of a group behind `after` (begin with the group itself), or -1. */
int hdf_next(const hdf_tree *tree, int group, int after);

/* Each adds an item to a group and returns it, or a negative status. Values are copied; NULL: zeros
 * that the caller fills in. */
int hdf_add_group(hdf_tree *tree, int group, const char *name);
int hdf_add_reals(hdf_tree *tree, int group, const char *name, int rank, const int64_t *dim,
                  const double *value, bool single);
int hdf_add_wholes(hdf_tree *tree, int group, const char *name, int rank, const int64_t *dim,
                   const int64_t *value);
int hdf_add_texts(hdf_tree *tree, int group, const char *name, int rank, const int64_t *dim,
                  const char *const *value);
int hdf_add_text(hdf_tree *tree, int group, const char *name, const char *value);

/* An item of real numbers that are all whole becomes one of whole numbers; others stay as they are.
 * FSNN_EMEMORY. */
fsnn_status hdf_make_whole(hdf_item *item);

/* Reads a file, by the HDF5 library in a child process (base/guard.h). `expected` follows "expected
 * is". Errors: FSNN_EIO, FSNN_EFORMAT (damaged, or no HDF5), FSNN_EUNSUPPORTED (built without the
 * library), FSNN_EMEMORY. */
fsnn_status hdf_tree_read(const char *path, const char *expected, hdf_tree *tree);
/* Seconds without a byte of the child, after which it is given up (base/guard.h); for tests. */
extern struct hdf_patience {
    double busy, silence;
} hdf_patience;
/* Writes a file, whole or not at all: the same tree gives the same bytes. Errors: FSNN_EIO,
 * FSNN_EUNSUPPORTED (built without the library), FSNN_EMEMORY. */
fsnn_status hdf_tree_write(const char *path, const hdf_tree *tree);

/* ---- between child and parent ---- */

/* What stands before the values of an item; `name` bytes of its name follow. The last has the
 * parent HDF_END. Texts are an int64 length and as many bytes each. */
enum { HDF_END = -2 };
typedef struct hdf_record {
    int32_t parent, kind, single, rank;
    int64_t dim[HDF_RANK];
    int64_t name;
} hdf_record;

typedef struct hdf_request {
    const char *path, *expected;
} hdf_request;

/* In the child. */
fsnn_status hdf_send(guard *g, const hdf_request *request);

#endif

/* fsnn/tensor.h: shapes and named arrays, the form in which numbers enter and leave the library. */
#ifndef FSNN_TENSOR_H
#define FSNN_TENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fsnn/status.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FSNN_MAX_RANK 8

/* A shape: `rank` dimensions, row-major (the last one is contiguous). Rank 0 is a scalar. */
typedef struct fsnn_shape {
    int rank;
    int64_t dim[FSNN_MAX_RANK];
} fsnn_shape;

/* Shape from a list: FSNN_SHAPE(1, 28, 28). */
#ifdef __cplusplus
extern "C++" {
template <class... Dims> inline fsnn_shape fsnn_shape_of(Dims... dim)
{
    static_assert(sizeof...(Dims) >= 1 && sizeof...(Dims) <= FSNN_MAX_RANK, "a shape's rank");
    fsnn_shape shape = {static_cast<int>(sizeof...(Dims)), {static_cast<int64_t>(dim)...}};
    return shape;
}
}
#define FSNN_SHAPE(...) (fsnn_shape_of(__VA_ARGS__))
#else
#define FSNN_SHAPE(...)                                                                            \
    ((fsnn_shape){(int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), {__VA_ARGS__}})
#endif

/* Number of elements (1 for a scalar); INT64_MAX if there are that many or more. */
FSNN_API int64_t fsnn_shape_count(const fsnn_shape *shape);
FSNN_API bool fsnn_shape_equal(const fsnn_shape *a, const fsnn_shape *b);
/* Writes "[1, 28, 28]" into `text` (at most `size` bytes, always terminated) and returns `text`. */
FSNN_API char *fsnn_shape_text(const fsnn_shape *shape, char *text, size_t size);

/* Spikes in time as lists: T B rows, in the order [T, B], each the elements of [N] that spike. The
 * lists of the rows may be anywhere in `index`, in any order. */
typedef struct fsnn_spikes {
    int64_t steps, batch, width; /* T, B, N: numbers of one sample at one step */
    const int64_t *start;        /* [T, B] where a row's list begins */
    const int32_t *count;        /* [T, B] how many elements are in it */
    const int32_t *index;        /* the lists: 0 ... N - 1, increasing within a row */
    const float *value;          /* of each element of the lists; NULL: all 1 */
} fsnn_spikes;

/* FSNN_EARGUMENT with a sentence unless sizes are positive and all elements lie in 0 ... N - 1. */
FSNN_API fsnn_status fsnn_spikes_check(const fsnn_spikes *spikes);
/* The same numbers as x [T, B, N]. */
FSNN_API void fsnn_spikes_dense(const fsnn_spikes *spikes, float *x);
/* Elements in all lists. */
FSNN_API int64_t fsnn_spikes_total(const fsnn_spikes *spikes);

/* A square sparse matrix as rows of lists (CSR): row i has weight[e] in column[e] for e = start[i]
 * ... start[i + 1] - 1, columns increasing. */
typedef struct fsnn_graph_matrix {
    int64_t nodes;
    int64_t *start;  /* [nodes + 1] */
    int32_t *column; /* [start[nodes]] */
    float *weight;   /* likewise */
    double *exact;   /* likewise, before rounding to float; NULL: there is nothing more exact */
} fsnn_graph_matrix;

/* Element types of arrays in files. */
typedef enum fsnn_dtype {
    FSNN_F32,
    FSNN_F64,
    FSNN_I8,
    FSNN_U8,
    FSNN_I16,
    FSNN_U16,
    FSNN_I32,
    FSNN_U32,
    FSNN_I64,
    FSNN_U64,
    FSNN_BOOL,
} fsnn_dtype;

FSNN_API size_t fsnn_dtype_size(fsnn_dtype dtype);
FSNN_API const char *fsnn_dtype_name(fsnn_dtype dtype); /* "float32", ... */

/* An array for numbers that the library reads and writes, inputs and gradients of long calls first
 * of all: `count` elements of `size` bytes, zero, on a 64-byte line of its own. From 4 MiB on it
 * stands on large pages, where the system has some: its first use and every later one are quicker
 * than those of malloc's, by a tenth and more where a call reads gigabytes. NULL with a sentence:
 * FSNN_EARGUMENT (count below 0, more than memory can be), FSNN_EMEMORY. To be released by
 * fsnn_free_array, NULL included. */
FSNN_API void *fsnn_alloc_array(int64_t count, size_t size);
FSNN_API void fsnn_free_array(void *array);

/* A named dense row-major array that owns its data. */
typedef struct fsnn_array {
    char *name;
    fsnn_dtype dtype;
    fsnn_shape shape;
    void *data;
} fsnn_array;

/* A list of named arrays with optional string metadata: what an NPZ or a safetensors file holds.
 * Zero-initialise ({0}) before first use; release with fsnn_arrays_free. */
typedef struct fsnn_arrays {
    fsnn_array *item;
    int count;
    char **meta_key; /* metadata (safetensors only) */
    char **meta_value;
    int meta_count;
    char **unread_name; /* arrays of types that are not read: Python objects, texts, ... (NPZ) */
    char **unread_why;  /* "holds texts (type '<U5'); ...", to stand behind the name */
    int unread_count;
} fsnn_arrays;

/* Appends a zeroed array and returns it (owned by `list`, pointer valid until the next append), or
 * NULL when memory is out. `name` is copied. */
FSNN_API fsnn_array *fsnn_arrays_add(fsnn_arrays *list, const char *name, fsnn_dtype dtype,
                                     const fsnn_shape *shape);
/* The array called `name`, or NULL. */
FSNN_API fsnn_array *fsnn_arrays_find(const fsnn_arrays *list, const char *name);
FSNN_API fsnn_status fsnn_arrays_meta(fsnn_arrays *list, const char *key, const char *value);
FSNN_API const char *fsnn_arrays_meta_find(const fsnn_arrays *list, const char *key);
/* Why the array of this name was not read into the list; NULL: it was. */
FSNN_API const char *fsnn_arrays_unread(const fsnn_arrays *list, const char *name);
/* Adds an array that was not read. FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_arrays_add_unread(fsnn_arrays *list, const char *name, const char *why);
FSNN_API void fsnn_arrays_free(fsnn_arrays *list);

/* Converts any array to float or double; `out` has fsnn_shape_count(&array->shape) elements. */
FSNN_API void fsnn_array_to_f32(const fsnn_array *array, float *out);
FSNN_API void fsnn_array_to_f64(const fsnn_array *array, double *out);

/* NPZ files (NumPy's zip of .npy), stored or deflated, little-endian numbers, C or Fortran order
 * (read); written stored, C order, atomically. Errors: FSNN_EIO, FSNN_EFORMAT (what and where),
 * FSNN_EMEMORY; FSNN_EUNSUPPORTED for another kind of file. A single .npy file is read as one array
 * called "x". Arrays of an NPZ whose values are not real numbers (objects, texts, complex numbers)
 * are not read; fsnn_arrays.unread_name names them. */
FSNN_API fsnn_status fsnn_npz_read(const char *path, fsnn_arrays *out);
/* Only types and shapes, data NULL: what a file holds, without unpacking it. */
FSNN_API fsnn_status fsnn_npz_headers(const char *path, fsnn_arrays *out);
FSNN_API fsnn_status fsnn_npz_write(const char *path, const fsnn_arrays *list);

/* An IDX file (Y. LeCun, C. Cortes, C. Burges, "The MNIST database"), plain or gzip, as one array
 * called "x". Errors: FSNN_EIO, FSNN_EFORMAT (what and where), FSNN_EMEMORY; FSNN_EUNSUPPORTED for
 * another kind of file, and for gzip where fsnn was built without zlib. */
FSNN_API fsnn_status fsnn_idx_read(const char *path, fsnn_arrays *out);
/* The same without its data, which stay NULL, by the first bytes and the length of the file; where
 * these do not tell, as in gzip of several members, all of it is read. */
FSNN_API fsnn_status fsnn_idx_headers(const char *path, fsnn_arrays *out);

/* safetensors files (a JSON header, then raw little-endian numbers); written atomically: a
 * temporary file in the same directory, synced, then renamed over the old one, which stays intact
 * on any failure. Written files have a checksum of the whole file in their metadata (fsnn_crc32c,
 * with fsnn_format; other programs ignore them), which reading verifies. Files without one are
 * read, too.
 * Errors: FSNN_EIO, FSNN_EFORMAT (no such file, cut off, damaged), FSNN_EUNSUPPORTED (of a newer
 * format), FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_safetensors_read(const char *path, fsnn_arrays *out);
FSNN_API fsnn_status fsnn_safetensors_write(const char *path, const fsnn_arrays *list);

/* Tensors that PyTorch saved (torch.save, .pt or .pth, since 1.6 and before), read without
 * running code of the file: a state dict, a checkpoint that has one (under "state_dict",
 * "model_state_dict", "model", ..., or the only dict of tensors), or one tensor, which is called
 * "x". Names lose a "module." that all begin with. float16 and bfloat16 become float32. What is
 * no tensor, and tensors of complex or quantised numbers, are in fsnn_arrays.unread_name; the
 * metadata say which dict was read. Errors: FSNN_EIO, FSNN_EFORMAT (what and where),
 * FSNN_EMEMORY; FSNN_EUNSUPPORTED for files that hold objects whose code would have to run
 * (named), and for another kind of file. */
FSNN_API fsnn_status fsnn_torch_read(const char *path, fsnn_arrays *out);
/* Whether a file begins as such a file does. */
FSNN_API bool fsnn_torch_known(const char *path);

#ifdef __cplusplus
}
#endif
#endif

/* base/base.h: what every room stands on: errors, memory, clock, random numbers, parallel loops. */
#ifndef FSNN_BASE_H
#define FSNN_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fsnn/file.h>
#include <fsnn/status.h>

#define FSNN_TRY(expr)                                                                             \
    do {                                                                                           \
        fsnn_status try_status_ = (expr);                                                          \
        if (try_status_ < 0)                                                                       \
            return try_status_;                                                                    \
    } while (0)

#define FSNN_COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* ---- errors: set the sentence, return the status: return fsnn_fail(FSNN_ESHAPE, "...", ...) */
static inline fsnn_status fsnn_failed(fsnn_status status, fsnn_status same)
{
    /* returned as the caller wrote it, so that the compiler sees that a failure is one */
    (void)same;
    return status;
}
#define fsnn_fail(status, ...) fsnn_failed((status), fsnn_error_set((status), __VA_ARGS__))

/* A public function's argument that is no option. */
#define FSNN_NEED(pointer)                                                                         \
    do {                                                                                           \
        if (!(pointer))                                                                            \
            return fsnn_fail(FSNN_EARGUMENT, "%s: %s must not be NULL", __func__, #pointer);       \
    } while (0)

/* ---- memory: 64-byte aligned, zeroed; NULL (and the error sentence set) when memory is out */
void *fsnn_alloc(size_t bytes);
void fsnn_free(void *p);
/* Bytes of `count` elements of `size` bytes; SIZE_MAX, which fsnn_alloc refuses, where that is more
 * than an address reaches. (size_t)count * size would wrap around where addresses have 32 bits. */
static inline size_t fsnn_bytes(int64_t count, size_t size)
{
    return (uint64_t)count > SIZE_MAX / size ? SIZE_MAX : (size_t)count * size;
}
/* Arrays that grow: `array` is the address of a pointer to *capacity elements of `size` bytes,
 * `used` of them in use. Where `need` are more it becomes one of twice *capacity, or of `need`, at
 * least 16. FSNN_EMEMORY: it stays as it was. */
fsnn_status fsnn_grow(void *array, int64_t used, int64_t *capacity, int64_t need, size_t size);
char *fsnn_strdup(const char *text);
/* printf into a new string (free with fsnn_free), NULL when memory is out. */
char *fsnn_format(const char *format, ...) FSNN_PRINTF(1, 2);
/* Tests: the n-th allocation from now on fails (once); 0 switches it off. Returns how many were
 * made since. */
int64_t fsnn_alloc_fail_at(int64_t n);

/* ---- clock: seconds, monotonic ---- */
double fsnn_now(void);

/* ---- random numbers: a function of (seed, stream, index), Philox 4x32-10 (Salmon et al. 2011) */
uint32_t fsnn_random_u32(uint64_t seed, uint64_t stream, uint64_t index);
float fsnn_random_uniform(uint64_t seed, uint64_t stream, uint64_t index); /* [0, 1), 24 bits */
double fsnn_random_normal(uint64_t seed, uint64_t stream, uint64_t index); /* Box-Muller */
/* out[i] = fsnn_random_uniform(seed, stream, first + i), fast. */
void fsnn_random_fill(float *out, int64_t n, uint64_t seed, uint64_t stream, uint64_t first);
/* out[i] = fsnn_random_uniform(seed, stream, first + index[i]): a few of many. */
void fsnn_random_at(float *out, int64_t n, const int32_t *index, uint64_t seed, uint64_t stream,
                    uint64_t first);
/* A random order of 0..n-1 (Fisher-Yates). */
void fsnn_random_order(int64_t *order, int64_t n, uint64_t seed, uint64_t stream);

/* ---- parallel loops over the OpenMP pool. Chunks depend on the problem, never on the number of
 * threads. */
/* Processors that this process may use. */
int fsnn_processors(void);
/* How many forks lie between the process that loaded the library and this one. */
int fsnn_forks(void);
/* body(i, worker, user) for i in 0..count-1; worker < fsnn_threads(). */
void fsnn_parallel(int64_t count, void (*body)(int64_t i, int worker, void *user), void *user);
/* body(begin, end, user) over ranges of `grain` elements covering 0..n-1. */
void fsnn_parallel_range(int64_t n, int64_t grain,
                         void (*body)(int64_t begin, int64_t end, void *user), void *user);

/* ---- names: the nearest known name for an error sentence ("did you mean"), NULL: none is near */
const char *fsnn_nearest(const char *name, const char *const *known, int count);

/* Another name of a row of a table. Lists end with a name of NULL. */
typedef struct fsnn_alias {
    const char *name;
    int value;
} fsnn_alias;
/* The number of `name` in a table whose rows are named at(0), at(1), ... until NULL (an empty name
 * is one that users do not meet) or in the list `also`, which may be NULL. FSNN_ENOTFOUND, with all
 * names in the sentence, where it is in neither; `what` says what kind of thing is named. */
int fsnn_name_find(const char *what, const char *name, const char *(*at)(int i),
                   const fsnn_alias *also);

/* ---- files: writing is <fsnn/file.h> ---- */

/* Whole file into memory (fsnn_free). FSNN_EIO; FSNN_EFORMAT for what only stands in for a file. */
fsnn_status fsnn_file_read(const char *path, uint8_t **data, size_t *size);
/* FSNN_EFORMAT with a sentence for what stands in for a file and is none: a pointer of Git LFS or
 * git-annex, a web page. By its first bytes, and, for readers that do not call fsnn_file_read, by
 * its path (FSNN_OK where it cannot be opened). */
fsnn_status fsnn_file_stand_in(const char *path, const uint8_t *bytes, size_t size);
fsnn_status fsnn_file_look(const char *path);

#endif

/* op/spikes.c: finds the ones among dense numbers. A look at a number costs a fraction of a
 * nanosecond, a product with 64 outputs a few; what is no spike train shows early: analog numbers
 * in the first row, busy ones in each range of rows before a list is written. What is found depends
 * on the numbers alone, not on threads or on what was found before. */
#include "op/spikes.h"

#include <stdatomic.h>
#include <string.h>

enum { RANGE = 128, LEAST_OUT = 64, LEAST_IN = 32, LEAST_WORK = 1 << 20 };

/* Where events overtake the dense product (bench/bench_sparse.c): of many rows at `share`. W is
 * packed, or its gradient added up, however many rows there are, which takes as long as the dense
 * product of `rows` rows with AVX2, and of half as many more with AVX-512. */
static const struct limit {
    double share, rows;
} forward = {SPIKES_FORWARD, 32}, weights = {0.2, 64};

static double limit_of(const struct limit *l, int64_t rows)
{
    return (double)rows > l->rows ? l->share * (1 - l->rows / (double)rows) : 0;
}

double spikes_forward(int64_t rows)
{
    return limit_of(&forward, rows);
}

double spikes_weights(int64_t rows)
{
    return limit_of(&weights, rows);
}

bool spikes_worth(int64_t rows, int64_t in, int64_t out)
{
    return out >= LEAST_OUT && in >= LEAST_IN && rows * in * out >= LEAST_WORK && in <= INT32_MAX;
}

/* Entries of the lists of `rows` rows. */
static int64_t entries(int64_t rows, int64_t in, double share)
{
    return (int64_t)(share * (double)(rows * in)) + 1;
}

size_t spikes_reserve(int64_t rows, int64_t in)
{
    int64_t ranges = (rows + RANGE - 1) / RANGE;
    size_t lists = (size_t)(ranges * entries(RANGE, in, SPIKES_FORWARD)) * sizeof(int32_t);
    return (size_t)rows * (sizeof(int64_t) + sizeof(int32_t)) + lists;
}

typedef struct search {
    const real *x;
    int64_t rows, in;
    int64_t most; /* ones in a range */
    int64_t *start;
    int32_t *count, *index;
    atomic_bool failed;
} search;

/* A number as a whole one. */
#ifdef FSNN_DOUBLE
typedef uint64_t whole;
static const whole one = 0x3ff0000000000000; /* 1.0 */
#else
typedef uint32_t whole;
static const whole one = 0x3f800000; /* 1.0 */
#endif

/* Ones of a row; -1: there is something else. */
static int64_t ones_of(const real *x, int64_t n)
{
    whole other = 0;
    int64_t sum = 0;
    for (int64_t at = 0; at < n;) {
        int64_t end = n - at < 4096 ? n : at + 4096;
        int32_t ones = 0;
#pragma omp simd reduction(+ : ones) reduction(| : other)
        for (int64_t i = at; i < end; i++) {
            whole bits;
            memcpy(&bits, x + i, sizeof bits);
            ones += bits == one;
            other |= bits != one ? bits : 0;
        }
        if (other)
            return -1;
        sum += ones;
        at = end;
    }
    return sum;
}

/* Every place is written, and kept where the number is not 0: no branches. There is room for one
 * more. */
static void list_row(const real *x, int64_t n, int32_t *index)
{
    int64_t e = 0;
    for (int64_t i = 0; i < n; i++) {
        index[e] = (int32_t)i;
        e += x[i] != 0;
    }
}

static void find_range(int64_t number, int worker, void *user)
{
    (void)worker;
    search *s = user;
    int64_t first = number * RANGE, end = s->rows - first < RANGE ? s->rows : first + RANGE;
    int64_t at = number * s->most, last = at + s->most - 1;
    for (int64_t r = first; r < end && !atomic_load_explicit(&s->failed, memory_order_relaxed);
         r++) {
        const real *x = s->x + r * s->in;
        int64_t ones = ones_of(x, s->in);
        if (ones < 0 || at + ones > last) {
            atomic_store(&s->failed, true);
            return;
        }
        s->start[r] = at;
        s->count[r] = (int32_t)ones;
        list_row(x, s->in, s->index + at);
        at += ones;
    }
}

bool spikes_find(const real *x, int64_t rows, int64_t in, double share, void *space,
                 fsnn_spikes *lists)
{
    int64_t range = rows < RANGE ? rows : RANGE;
    search s = {.x = x, .rows = rows, .in = in, .most = entries(range, in, share), .start = space};
    s.count = (int32_t *)(s.start + rows);
    s.index = s.count + rows;
    atomic_init(&s.failed, false);
    fsnn_parallel((rows + RANGE - 1) / RANGE, find_range, &s);
    *lists = (fsnn_spikes){1, rows, in, s.start, s.count, s.index, NULL};
    return !atomic_load(&s.failed);
}

/* op/events_kernel.c: the inner loops of products with lists of spikes. A slice's columns are
 * vectors of lanes; narrow slices run through two events at a time, so that one addition need not
 * wait for the other. */
#include "base/isa_kernel.h"
#include "op/events.h"

#include <string.h>

#if defined(__AVX512F__) && defined(FSNN_DOUBLE)
enum { BYTES = 64 };
#elif defined(__AVX__)
enum { BYTES = 32 };
#else
enum { BYTES = 16 };
#endif
enum { LANES = BYTES / sizeof(real) };

typedef real lanes __attribute__((vector_size(BYTES)));

static inline lanes load(const real *p)
{
    lanes v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline void store(real *p, lanes v)
{
    memcpy(p, &v, sizeof v);
}

/* `capacity` numbers may be written: those behind the slice's columns are another row's, which
 * comes later. */
static inline void put(real *y, const lanes *v, int n, int64_t columns, int64_t capacity)
{
    real whole[EVENTS_SLICE];
    if (columns == LANES * n || LANES * n <= capacity) {
        for (int k = 0; k < n; k++)
            store(y + LANES * k, v[k]);
        return;
    }
    for (int k = 0; k < n; k++)
        store(whole + LANES * k, v[k]);
    memcpy(y, whole, (size_t)columns * sizeof *y);
}

/* What stands behind the slice's columns may be anything. */
static inline void load_columns(const real *y, lanes *v, int n, int64_t columns, int64_t capacity)
{
    real whole[EVENTS_SLICE] = {0};
    if (columns != LANES * n && capacity < LANES * n) {
        memcpy(whole, y, (size_t)columns * sizeof *y);
        y = whole;
    }
    for (int k = 0; k < n; k++)
        v[k] = load(y + LANES * k);
}

/* Numbers from the slice's first column of row r to the end of the rows, where it is the only
 * slice: nobody else is at them. */
static inline int64_t capacity_of(const events_slice *s, int64_t r)
{
    return s->columns == s->out ? (s->end - r) * s->out : 0;
}

#define V(n) (8 * (n) / LANES) /* vectors of a slice */

#define WIDTH(n)                                                                                   \
    static void sum_##n(const events_slice *s, const real *w, const real *bias, real *y)           \
    {                                                                                              \
        const fsnn_spikes *x = s->x;                                                               \
        for (int64_t r = s->begin; r < s->end; r++) {                                              \
            const int32_t *at = x->index + x->start[r];                                            \
            const float *value = x->value ? x->value + x->start[r] : NULL;                         \
            lanes a[V(n)], b[V(n)];                                                                \
            int32_t e = 0, count = x->count[r];                                                    \
            for (int k = 0; k < V(n); k++) {                                                       \
                a[k] = load(bias + LANES * k);                                                     \
                b[k] = (lanes){0};                                                                 \
            }                                                                                      \
            if (value)                                                                             \
                for (; e < count; e++)                                                             \
                    for (int k = 0; k < V(n); k++)                                                 \
                        a[k] += value[e] * load(w + (int64_t)at[e] * 8 * n + LANES * k);           \
            for (; e + 1 < count; e += 2)                                                          \
                for (int k = 0; k < V(n); k++) {                                                   \
                    a[k] += load(w + (int64_t)at[e] * 8 * n + LANES * k);                          \
                    b[k] += load(w + (int64_t)at[e + 1] * 8 * n + LANES * k);                      \
                }                                                                                  \
            for (; e < count; e++)                                                                 \
                for (int k = 0; k < V(n); k++)                                                     \
                    a[k] += load(w + (int64_t)at[e] * 8 * n + LANES * k);                          \
            for (int k = 0; k < V(n); k++)                                                         \
                a[k] += b[k];                                                                      \
            put(y + r * s->out, a, V(n), s->columns, capacity_of(s, r));                           \
        }                                                                                          \
    }                                                                                              \
    static void spread_##n(const events_slice *s, const real *gy, real *g)                         \
    {                                                                                              \
        const fsnn_spikes *x = s->x;                                                               \
        for (int64_t r = s->begin; r < s->end; r++) {                                              \
            const int32_t *at = x->index + x->start[r];                                            \
            const float *value = x->value ? x->value + x->start[r] : NULL;                         \
            lanes a[V(n)];                                                                         \
            int32_t count = x->count[r];                                                           \
            load_columns(gy + r * s->out, a, V(n), s->columns, capacity_of(s, r));                 \
            for (int32_t e = 0; e < count; e++) {                                                  \
                real *to = g + (int64_t)at[e] * 8 * n, v = value ? value[e] : 1;                   \
                for (int k = 0; k < V(n); k++)                                                     \
                    store(to + LANES * k, load(to + LANES * k) + v * a[k]);                        \
            }                                                                                      \
        }                                                                                          \
    }

WIDTH(1)
WIDTH(2)
WIDTH(4)
WIDTH(8)

const events_kernels FSNN_K(events_kernels) = {
    .sum = {sum_1, sum_2, sum_4, sum_8},
    .spread = {spread_1, spread_2, spread_4, spread_8},
};

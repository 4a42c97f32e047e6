/* op/conv_events_kernel.c: the inner loops of convolutions event by event. Sums of up to nine
 * places of the kernel, of one or two vectors each, stay in registers: forward over the events of a
 * pixel, for the gradient over those of a channel. */
#include "base/isa_kernel.h"
#include "base/vec_kernel.h"
#include "op/conv_events.h"
#include "op/list_kernel.h"

#define ALWAYS                                                                                     \
    __attribute__((always_inline)) /* so that numbers of places and vectors are constants */

/* Sums that stay in registers beside a value and what it is multiplied with. */
#ifdef __AVX512F__
enum { MOST_PLACES = 9 };
#else
enum { MOST_PLACES = 6 }; /* of two vectors each, in 16 registers */
#endif

static inline ALWAYS void spread(const conv_pixel *pixel, int64_t count, int64_t first,
                                 const conv_list *events, const real *w, const int64_t *offset,
                                 real *to, int places, int vectors)
{
    int64_t e = first;
    for (int64_t p = 0; p < count; p++) {
        vec sum[2 * CONV_EVENTS_PLACES];
        int64_t end = pixel[p].end;
#pragma GCC unroll 9
        for (int k = 0; k < places; k++)
#pragma GCC unroll 2
            for (int v = 0; v < vectors; v++)
                sum[k * vectors + v] = vec_load(to + pixel[p].at + offset[k] + v * VEC);
        do {
            const real *from = w + (int64_t)events->index[e] * (places * vectors * VEC);
            vec x = vec_all(events->value[e]);
#pragma GCC unroll 18
            for (int k = 0; k < places * vectors; k++)
                sum[k] = vec_madd(x, vec_load(from + k * VEC), sum[k]);
        } while (++e < end);
#pragma GCC unroll 9
        for (int k = 0; k < places; k++)
#pragma GCC unroll 2
            for (int v = 0; v < vectors; v++)
                vec_store(to + pixel[p].at + offset[k] + v * VEC, sum[k * vectors + v]);
    }
}

static inline ALWAYS void gather(const conv_list *events, int64_t count, const real *gy,
                                 const int64_t *offset, real *gw, int places, int vectors)
{
    vec sum[2 * CONV_EVENTS_PLACES];
#pragma GCC unroll 18
    for (int k = 0; k < places * vectors; k++)
        sum[k] = vec_load(gw + k * VEC);
    for (int64_t e = 0; e < count; e++) {
        const real *from = gy + events->index[e];
        vec x = vec_all(events->value[e]);
#pragma GCC unroll 9
        for (int k = 0; k < places; k++)
#pragma GCC unroll 2
            for (int v = 0; v < vectors; v++)
                sum[k * vectors + v] =
                    vec_madd(x, vec_load(from + offset[k] + v * VEC), sum[k * vectors + v]);
    }
#pragma GCC unroll 18
    for (int k = 0; k < places * vectors; k++)
        vec_store(gw + k * VEC, sum[k]);
}

#define KERNELS(places, vectors)                                                                   \
    static void spread_##places##_##vectors(const conv_pixel *pixel, int64_t count, int64_t first, \
                                            const conv_list *events, const real *w,                \
                                            const int64_t *offset, real *to)                       \
    {                                                                                              \
        spread(pixel, count, first, events, w, offset, to, places, vectors);                       \
    }                                                                                              \
    static void gather_##places##_##vectors(const conv_list *events, int64_t count,                \
                                            const real *gy, const int64_t *offset, real *gw)       \
    {                                                                                              \
        gather(events, count, gy, offset, gw, places, vectors);                                    \
    }
#define SOME(vectors)                                                                              \
    KERNELS(1, vectors)                                                                            \
    KERNELS(2, vectors)                                                                            \
    KERNELS(3, vectors)                                                                            \
    KERNELS(4, vectors)                                                                            \
    KERNELS(5, vectors)                                                                            \
    KERNELS(6, vectors)
#define MORE(vectors)                                                                              \
    KERNELS(7, vectors)                                                                            \
    KERNELS(8, vectors)                                                                            \
    KERNELS(9, vectors)
#define SOME_NAMES(what, vectors)                                                                  \
    what##_1_##vectors, what##_2_##vectors, what##_3_##vectors, what##_4_##vectors,                \
        what##_5_##vectors, what##_6_##vectors
#define MORE_NAMES(what, vectors) what##_7_##vectors, what##_8_##vectors, what##_9_##vectors

/* The first n numbers of a vector, n 1..VEC; the others are neither read nor written. */
#ifdef SIXTEEN
static inline vec load_some(const real *p, int64_t n)
{
    return (vec)_mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
}

static inline void store_some(real *p, vec v, int64_t n)
{
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), (__m512)v);
}
#else
static inline vec load_some(const real *p, int64_t n)
{
    vec v = {0};
    for (int64_t i = 0; i < n; i++)
        v[i] = p[i];
    return v;
}

static inline void store_some(real *p, vec v, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        p[i] = v[i];
}
#endif

static inline ALWAYS void put(const conv_row *row, real *sums, const real *bias, real *y, bool past,
                              int vectors)
{
    for (int64_t p = 0; p < row->pixels; p++, sums += vectors * VEC, y += row->stride) {
        for (int v = 0; v < vectors; v++) {
            vec sum = vec_load(sums + v * VEC) + vec_load(bias + v * VEC);
            int64_t n = row->columns - v * VEC;
            if (n >= VEC)
                vec_put(y + v * VEC, sum, past);
            else if (n > 0)
                store_some(y + v * VEC, sum, n);
            vec_store(sums + v * VEC, (vec){0});
        }
    }
}

static inline ALWAYS void load_rows(const conv_row *row, const real *gy, real *to, int vectors)
{
    for (int64_t p = 0; p < row->pixels; p++, to += vectors * VEC, gy += row->stride) {
        for (int v = 0; v < vectors; v++) {
            int64_t n = row->columns - v * VEC;
            vec g = {0};
            if (n >= VEC)
                g = vec_load(gy + v * VEC);
            else if (n > 0)
                g = load_some(gy + v * VEC, n);
            vec_store(to + v * VEC, g);
        }
    }
}

#define ROWS(vectors)                                                                              \
    static void put_##vectors(const conv_row *row, real *sums, const real *bias, real *y,          \
                              bool past)                                                           \
    {                                                                                              \
        put(row, sums, bias, y, past, vectors);                                                    \
    }                                                                                              \
    static void load_rows_##vectors(const conv_row *row, const real *gy, real *to)                 \
    {                                                                                              \
        load_rows(row, gy, to, vectors);                                                           \
    }

SOME(1)
MORE(1)
SOME(2)
#ifdef __AVX512F__
MORE(2)
#endif
ROWS(1)
ROWS(2)

static void settle(void)
{
    vec_settle();
}

const conv_events_kernels FSNN_K(conv_events_kernels) = {
    .lanes = VEC,
    .places = {CONV_EVENTS_PLACES, MOST_PLACES},
    .list = list_row,
#ifdef __AVX512F__
    .spread = {{SOME_NAMES(spread, 1), MORE_NAMES(spread, 1)},
               {SOME_NAMES(spread, 2), MORE_NAMES(spread, 2)}},
    .gather = {{SOME_NAMES(gather, 1), MORE_NAMES(gather, 1)},
               {SOME_NAMES(gather, 2), MORE_NAMES(gather, 2)}},
#else
    .spread = {{SOME_NAMES(spread, 1), MORE_NAMES(spread, 1)}, {SOME_NAMES(spread, 2)}},
    .gather = {{SOME_NAMES(gather, 1), MORE_NAMES(gather, 1)}, {SOME_NAMES(gather, 2)}},
#endif
    .put = {put_1, put_2},
    .load_rows = {load_rows_1, load_rows_2},
    .settle = settle,
};

/* bench/floor_absent.h: the form of bench/floor.h where fsnn is built without the dense-kernel
 * library: there is no floor, and rows say so. */
#ifndef BENCH_FLOOR_ABSENT_H
#define BENCH_FLOOR_ABSENT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

static const bool floor_there = false;

typedef struct floor_list {
    int layers;
} floor_list;

static inline float *floor_numbers(int64_t n)
{
    return calloc((size_t)n, sizeof(float));
}

static inline void floor_multiply(int64_t side, const float *a, const float *b, float *c)
{
    (void)side;
    (void)a;
    (void)b;
    (void)c;
}

static inline void floor_product(floor_list *f, int64_t M, int64_t N, int64_t K, int backward_data)
{
    (void)M;
    (void)N;
    (void)K;
    (void)backward_data;
    f->layers++;
}

static inline void floor_convolution(floor_list *f, int64_t rows, int64_t C, int64_t side,
                                     int64_t out, int backward_data)
{
    (void)rows;
    (void)C;
    (void)side;
    (void)out;
    (void)backward_data;
    f->layers++;
}

static inline void floor_forward(const floor_list *f)
{
    (void)f;
}

static inline void floor_backward(const floor_list *f)
{
    (void)f;
}

static inline void floor_free(floor_list *f)
{
    f->layers = 0;
}

#endif

/* tensor/turn.h: transposing a matrix in squares that stay in registers. */
#ifndef FSNN_TURN_H
#define FSNN_TURN_H

#include "base/real.h"
#include <stdint.h>
#include <string.h>

enum { TURN_SIDE = 16, TURN_QUAD = 4 }; /* blocks that stay in the first cache, of small squares */

/* turn_square: out[k * out_row + i] = in[i * in_row + k], i and k below 4 */
#ifdef FSNN_DOUBLE
static inline void turn_square(const double *in, int64_t in_row, double *out, int64_t out_row)
{
    for (int k = 0; k < TURN_QUAD; k++)
        for (int i = 0; i < TURN_QUAD; i++)
            out[k * out_row + i] = in[i * in_row + k];
}
#else
typedef float turn_quad __attribute__((vector_size(TURN_QUAD * sizeof(float))));

static inline turn_quad turn_load(const float *p)
{
    turn_quad v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline void turn_store(float *p, turn_quad v)
{
    memcpy(p, &v, sizeof v);
}

static inline void turn_square(const float *in, int64_t in_row, float *out, int64_t out_row)
{
    turn_quad a = turn_load(in), b = turn_load(in + in_row), c = turn_load(in + 2 * in_row),
              d = turn_load(in + 3 * in_row);
    turn_quad ab = __builtin_shufflevector(a, b, 0, 4, 1, 5),
              cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    turn_quad AB = __builtin_shufflevector(a, b, 2, 6, 3, 7),
              CD = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    turn_store(out, __builtin_shufflevector(ab, cd, 0, 1, 4, 5));
    turn_store(out + out_row, __builtin_shufflevector(ab, cd, 2, 3, 6, 7));
    turn_store(out + 2 * out_row, __builtin_shufflevector(AB, CD, 0, 1, 4, 5));
    turn_store(out + 3 * out_row, __builtin_shufflevector(AB, CD, 2, 3, 6, 7));
}
#endif

static inline int64_t turn_least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* One block, rows and columns at most TURN_SIDE. */
static inline void turn_block(const real *in, int64_t in_row, real *out, int64_t out_row,
                              int64_t rows, int64_t columns)
{
    int64_t i = 0, whole = columns / TURN_QUAD * TURN_QUAD;
    for (; i + TURN_QUAD <= rows; i += TURN_QUAD)
        for (int64_t k = 0; k < whole; k += TURN_QUAD)
            turn_square(in + i * in_row + k, in_row, out + k * out_row + i, out_row);
    for (int64_t k = 0; k < columns; k++) /* numbers that no square covers */
        for (int64_t r = k < whole ? i : 0; r < rows; r++)
            out[k * out_row + r] = in[r * in_row + k];
}

/* out[k * out_row + i] = in[i * in_row + k], i below rows, k below columns. */
static inline void turn(const real *in, int64_t in_row, real *out, int64_t out_row, int64_t rows,
                        int64_t columns)
{
    for (int64_t a = 0; a < rows; a += TURN_SIDE)
        for (int64_t b = 0; b < columns; b += TURN_SIDE)
            turn_block(in + a * in_row + b, in_row, out + b * out_row + a, out_row,
                       turn_least(TURN_SIDE, rows - a), turn_least(TURN_SIDE, columns - b));
}

#endif

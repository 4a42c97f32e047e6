/* base/rows.h: rows of 32 numbers, the grain of everything that works neuron by neuron. */
#ifndef FSNN_BASE_ROWS_H
#define FSNN_BASE_ROWS_H

#include "base/real.h"

#define ROW_LANES 32 /* neurons in a tile */

/* A row, at the beginning of a cache line: rows in the middle of structures would else lie across
 * lines, which makes every other access to them dearer. */
typedef real lanes[ROW_LANES] __attribute__((aligned(64)));

/* Rows never overlap: said aloud, so that every row is two or four vector operations. */
#define EACH_LANE _Pragma("omp simd") for (int i = 0; i < ROW_LANES; i++)

/* A loop, for the compiler to make two or four stores of: calls and string instructions cost more
 * than the row. */
static inline void lanes_zero(real *row)
{
    EACH_LANE row[i] = 0;
}

#endif

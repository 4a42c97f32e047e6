/* op/pool_kernel.c: maximum over 2x2 windows side by side, channels-last: the pooling of most
 * convolutional networks. Of equal maxima the first, row by row, wins; a NaN never does. One pass
 * over memory, and a byte an output says which of the four won. */
#include "op/kernels.h"

#include "base/isa_kernel.h"
#include "base/vec_kernel.h"

typedef uint8_t vec_byte __attribute__((vector_size(VEC)));

/* Where the four numbers of an output stand in its window's two rows. */
static inline int64_t place(int number, int64_t C, int64_t below)
{
    return (number & 1) * C + (number >> 1) * below;
}

static inline void best_vec(const real *x, int64_t C, int64_t below, real *y, uint8_t *where)
{
    vec best = (vec){0} - REAL_MAX;
    vec_int winner = {0};
    for (int i = 0; i < 4; i++) {
        vec v = vec_load(x + place(i, C, below));
        vec_int better = best < v;
        best = (vec)((better & (vec_int)v) | (~better & (vec_int)best));
        winner = (better & i) | (~better & winner);
    }
    vec_store(y, best);
    if (where) {
        vec_byte narrow = __builtin_convertvector(winner, vec_byte);
        memcpy(where, &narrow, sizeof narrow);
    }
}

static inline void best_one(const real *x, int64_t C, int64_t below, real *y, uint8_t *where)
{
    real best = -REAL_MAX;
    int winner = 0;
    for (int i = 0; i < 4; i++) {
        real v = x[place(i, C, below)];
        winner = best < v ? i : winner;
        best = best < v ? v : best;
    }
    *y = best;
    if (where)
        *where = (uint8_t)winner;
}

static void max_pairs(const real *x, int64_t below, int64_t OW, int64_t C, real *y, uint8_t *where)
{
    for (int64_t w = 0; w < OW; w++, x += 2 * C, y += C, where += where ? C : 0) {
        int64_t c = 0;
        for (; c + VEC <= C; c += VEC)
            best_vec(x + c, C, below, y + c, where ? where + c : NULL);
        for (; c < C; c++)
            best_one(x + c, C, below, y + c, where ? where + c : NULL);
    }
}

static inline void back_vec(const real *gy, const uint8_t *where, int64_t C, int64_t below,
                            real *gx, bool past)
{
    vec_byte narrow;
    memcpy(&narrow, where, sizeof narrow);
    vec_int winner = __builtin_convertvector(narrow, vec_int);
    vec g = vec_load(gy) + REAL(0.0);
    for (int i = 0; i < 4; i++)
        vec_put(gx + place(i, C, below), vec_where(winner == i, g), past);
}

static inline void line_back(const real *gy, const uint8_t *where, int64_t below, int64_t OW,
                             int64_t C, real *gx, bool past)
{
    for (int64_t w = 0; w < OW; w++, gx += 2 * C, gy += C, where += C) {
        int64_t c = 0;
        for (; c + VEC <= C; c += VEC)
            back_vec(gy + c, where + c, C, below, gx + c, past);
        for (; c < C; c++)
            for (int i = 0; i < 4; i++)
                gx[place(i, C, below) + c] = where[c] == i ? gy[c] + REAL(0.0) : 0;
    }
}

static void max_pairs_back(const real *gy, const uint8_t *where, int64_t below, int64_t OW,
                           int64_t C, real *gx, bool large)
{
    if (!large || !vec_aligned(gx) || C % VEC || below % VEC) {
        line_back(gy, where, below, OW, C, gx, false);
        return;
    }
    line_back(gy, where, below, OW, C, gx, true);
    vec_settle();
}

const op_pool_kernels FSNN_K(op_pool_kernels) = {max_pairs, max_pairs_back};

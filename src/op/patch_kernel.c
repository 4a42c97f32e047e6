/* op/patch_kernel.c: sums and maxima over a patch of an image, channels-last: a vector of channels
 * stays in registers while the patch goes by. */
#include "op/kernels.h"

#include "base/isa_kernel.h"
#include "base/vec_kernel.h"

typedef int32_t vec_point __attribute__((vector_size(VEC * sizeof(int32_t))));

static void sum(const op_patch *p, const real *x, real scale, real *y)
{
    int64_t c = 0;
    for (; c + VEC <= p->C; c += VEC) {
        vec all = {0};
        for (int64_t h = p->top; h < p->bottom; h++)
            for (int64_t v = p->left; v < p->right; v++)
                all += vec_load(x + (h * p->W + v) * p->C + c);
        vec_store(y + c, all * vec_all(scale));
    }
    for (; c < p->C; c++) {
        real all = 0;
        for (int64_t h = p->top; h < p->bottom; h++)
            for (int64_t v = p->left; v < p->right; v++)
                all += x[(h * p->W + v) * p->C + c];
        y[c] = all * scale;
    }
}

static void spread(const op_patch *p, const real *gy, real scale, real *gx)
{
    for (int64_t h = p->top; h < p->bottom; h++)
        for (int64_t v = p->left; v < p->right; v++) {
            real *at = gx + (h * p->W + v) * p->C;
            int64_t c = 0;
            for (; c + VEC <= p->C; c += VEC)
                vec_store(at + c, vec_load(at + c) + vec_load(gy + c) * vec_all(scale));
            for (; c < p->C; c++)
                at[c] += gy[c] * scale;
        }
}

static inline void largest_vec(const op_patch *p, const real *x, real *y, int32_t *where)
{
    vec best = (vec){0} - REAL_MAX;
    vec_int winner = (vec_int){0} + (int32_t)(p->top * p->W + p->left);
    for (int64_t h = p->top; h < p->bottom; h++)
        for (int64_t v = p->left; v < p->right; v++) {
            int32_t point = (int32_t)(h * p->W + v);
            vec next = vec_load(x + point * p->C);
            vec_int better = best < next;
            best = (vec)((better & (vec_int)next) | (~better & (vec_int)best));
            winner = (better & point) | (~better & winner);
        }
    vec_store(y, best);
    if (where) {
        vec_point narrow = __builtin_convertvector(winner, vec_point);
        memcpy(where, &narrow, sizeof narrow);
    }
}

static inline void largest_one(const op_patch *p, const real *x, real *y, int32_t *where)
{
    real best = -REAL_MAX;
    int32_t winner = (int32_t)(p->top * p->W + p->left);
    for (int64_t h = p->top; h < p->bottom; h++)
        for (int64_t v = p->left; v < p->right; v++) {
            int32_t point = (int32_t)(h * p->W + v);
            real next = x[point * p->C];
            winner = best < next ? point : winner;
            best = best < next ? next : best;
        }
    *y = best;
    if (where)
        *where = winner;
}

static void largest(const op_patch *p, const real *x, real *y, int32_t *where)
{
    int64_t c = 0;
    for (; c + VEC <= p->C; c += VEC)
        largest_vec(p, x + c, y + c, where ? where + c : NULL);
    for (; c < p->C; c++)
        largest_one(p, x + c, y + c, where ? where + c : NULL);
}

const op_patch_kernels FSNN_K(op_patch_kernels) = {sum, spread, largest};

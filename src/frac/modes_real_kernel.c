/* The two products of a block (frac/modes.h): a state recalled for the outputs of a block, a block
 * of rows absorbed by the state. Both have few rows and 32 columns: panels of DEEP outputs and two
 * vectors stay in registers, each output one chain of multiply-adds, so that one output alone has
 * the same bits as among others. */
#include "frac/memory.h"
#include "frac/modes.h"

#include "base/isa_kernel.h"

#include <string.h>

#if defined(__AVX512F__)
enum { WIDTH = 64 / sizeof(real), DEEP = 12 };
#elif defined(__AVX2__)
enum { WIDTH = 32 / sizeof(real), DEEP = 6 };
#else
enum { WIDTH = 16 / sizeof(real), DEEP = 6 };
#endif

typedef real vec __attribute__((vector_size(WIDTH * sizeof(real))));

static inline vec load(const real *p)
{
    vec v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* acc[i][lane] = sum_{k<rows} A[k stride + i] X[k][lane], i < DEEP, 2 WIDTH lanes */
static inline void panel(const real *A, int64_t stride, const real *X, int64_t rows, real *acc)
{
    vec a[DEEP], b[DEEP];
    for (int i = 0; i < DEEP; i++)
        a[i] = b[i] = (vec){0};
    for (int64_t k = 0; k < rows; k++) {
        vec x = load(X + k * ROW_LANES), y = load(X + k * ROW_LANES + WIDTH);
        const real *q = A + k * stride;
#pragma GCC unroll 12
        for (int i = 0; i < DEEP; i++) {
            a[i] += q[i] * x;
            b[i] += q[i] * y;
        }
    }
    for (int i = 0; i < DEEP; i++) {
        memcpy(acc + i * ROW_LANES, &a[i], sizeof(vec));
        memcpy(acc + i * ROW_LANES + WIDTH, &b[i], sizeof(vec));
    }
}

static void product(const real *A, int64_t stride, const real *X, int64_t rows, real *acc)
{
    for (int i = 0; i < FRAC_BLOCK; i += DEEP)
        for (int lane = 0; lane < ROW_LANES; lane += 2 * WIDTH)
            panel(A + i, stride, X + lane, rows, acc + i * ROW_LANES + lane);
}

static void single(const real *A, int64_t stride, const real *X, int64_t rows, real *acc)
{
    enum { VECS = ROW_LANES / WIDTH };
    vec a[VECS];
    memset(a, 0, sizeof a);
    for (int64_t k = 0; k < rows; k++)
        for (int v = 0; v < VECS; v++)
            a[v] += A[k * stride] * load(X + k * ROW_LANES + v * WIDTH);
    memcpy(acc, a, sizeof a);
}

static void recall(const frac_modes *m, const real *out, const real *S, int64_t outputs, real *acc)
{
    if (outputs > 2) {
        product(out, m->stride, S, m->fit.modes, acc);
        return;
    }
    for (int64_t i = 0; i < outputs; i++)
        single(out + i, m->stride, S, m->fit.modes, acc + i * ROW_LANES);
}

static void absorb(const frac_modes *m, const real *rows, int64_t first, int64_t last, real *S)
{
    real acc[FRAC_BLOCK][ROW_LANES];
    for (int k = 0; k < m->padded; k += FRAC_BLOCK) {
        product(m->in + first * m->padded + k, m->padded, rows, last - first, acc[0]);
        for (int i = 0; i < FRAC_BLOCK; i++) {
            real *s = S + (k + i) * ROW_LANES, keep = m->decay[k + i];
            for (int lane = 0; lane < ROW_LANES; lane++)
                s[lane] += keep * s[lane] + acc[i][lane];
        }
    }
}

const frac_modes_kernels FSNN_K(frac_modes_kernels) = {recall, absorb};

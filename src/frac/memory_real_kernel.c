/* The register-blocked Toeplitz kernel: one pass over the history serves FRAC_BLOCK outputs. The
 * Toeplitz matrix is never stored: the coefficient vector slides. Two vectors wide and as many
 * outputs deep as the registers hold; each output's sum is its own chain of multiply-adds, oldest
 * row first, so blocking does not change a bit of it.
 *
 * DEEP * 2 accumulators, two history vectors and one weight fill the 16 registers of AVX2 (15 of
 * them) and most of the 32 of AVX-512; every weight is broadcast straight from memory, which the
 * load ports do for nothing. That is why the build keeps gcc from carrying the sliding weights from
 * row to row in general registers (-fno-predictive-commoning): moving them back into vector
 * registers takes the ports that multiply, and halves the speed.
 * Cost: 2 rows FRAC_BLOCK 32 flops, 128 bytes read a row. */
#include "frac/memory.h"

#include "base/isa_kernel.h"

#if defined(__AVX512F__)
enum { WIDTH = 64 / sizeof(real), DEEP = 12 };
#elif defined(__AVX2__)
enum { WIDTH = 32 / sizeof(real), DEEP = 6 };
#else
enum { WIDTH = 16 / sizeof(real), DEEP = 6 };
#endif

typedef real vec __attribute__((vector_size(WIDTH * sizeof(real))));
/* the same anywhere in memory */
typedef real place
    __attribute__((vector_size(WIDTH * sizeof(real)), aligned(sizeof(real)), may_alias));

static inline vec load(const real *p)
{
    return *(const place *)p;
}

static inline void store(real *p, vec v)
{
    *(place *)p = v;
}

/* DEEP outputs of 2*WIDTH lanes: a and b stay in registers. */
static inline void panel(const real *w, const real *past, int64_t rows, real *acc)
{
    vec a[DEEP], b[DEEP];
#pragma GCC unroll 12
    for (int i = 0; i < DEEP; i++)
        a[i] = b[i] = (vec){0};
    for (int64_t k = 0; k < rows; k++) {
        vec x = load(past + k * ROW_LANES), y = load(past + k * ROW_LANES + WIDTH);
        const real *q = w + (rows - k);
#pragma GCC unroll 12
        for (int i = 0; i < DEEP; i++) {
            a[i] += q[i] * x;
            b[i] += q[i] * y;
        }
    }
#pragma GCC unroll 12
    for (int i = 0; i < DEEP; i++) {
        store(acc + i * ROW_LANES, a[i]);
        store(acc + i * ROW_LANES + WIDTH, b[i]);
    }
}

static void far(const real *w, const real *past, int64_t rows, real *acc)
{
    for (int i = 0; i < FRAC_BLOCK; i += DEEP)
        for (int lane = 0; lane < ROW_LANES; lane += 2 * WIDTH)
            panel(w + i, past + lane, rows, acc + i * ROW_LANES + lane);
}

static void near(const real *w, const real *past, int64_t rows, real *acc)
{
    enum { VECS = ROW_LANES / WIDTH };
    vec a[VECS];
#pragma GCC unroll 8
    for (int v = 0; v < VECS; v++)
        a[v] = load(acc + v * WIDTH);
    for (int64_t k = 0; k < rows; k++)
#pragma GCC unroll 8
        for (int v = 0; v < VECS; v++)
            a[v] += w[rows - k] * load(past + k * ROW_LANES + v * WIDTH);
#pragma GCC unroll 8
    for (int v = 0; v < VECS; v++)
        store(acc + v * WIDTH, a[v]);
}

const frac_kernels FSNN_K(frac_kernels) = {far, near};

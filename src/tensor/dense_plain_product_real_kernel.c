/* tensor/dense_plain_product_real_kernel.c: the product of a strip of A and a strip of B, all of
 * whose sums are in registers; the packing of matrices into strips; the way back.
 *
 * Registers: 16 (SSE, AVX) hold 6 rows of two vectors, 32 (AVX-512) 12 rows; the rest is for a
 * pair of vectors of B and a number of A. Cost of `multiply`: a multiply-add for each of rows x
 * columns x depth, for which rows + columns numbers of a depth are loaded. */
#include "base/isa_kernel.h"
#include "tensor/dense_plain_product.h"

#include <string.h>

#if defined(__AVX512F__)
enum { VECTOR = 64, ROWS = 12 };
#elif defined(__AVX__)
enum { VECTOR = 32, ROWS = 6 };
#else
enum { VECTOR = 16, ROWS = 6 };
#endif
enum { LANES = VECTOR / (int)sizeof(real), PAIR = 2, COLUMNS = PAIR * LANES };
_Static_assert(ROWS *COLUMNS <= PRODUCT_MOST && PRODUCT_ROWS % ROWS == 0, "sizes of strips");

typedef real numbers __attribute__((vector_size(VECTOR)));

static inline numbers load(const real *x)
{
    numbers v;
    memcpy(&v, x, sizeof v);
    return v;
}

static inline void put(real *x, numbers v)
{
    memcpy(x, &v, sizeof v);
}

static inline __attribute__((always_inline)) void
multiply_rows(int rows, int64_t depth, const real *a, const real *b, real *sum)
{
    numbers s[ROWS][PAIR];
#pragma GCC unroll 16
    for (int m = 0; m < rows; m++)
        s[m][0] = s[m][1] = (numbers){0};
    for (int64_t k = 0; k < depth; k++, a += ROWS, b += COLUMNS) {
        numbers left = load(b), right = load(b + LANES);
#pragma GCC unroll 16
        for (int m = 0; m < rows; m++) {
            s[m][0] += a[m] * left;
            s[m][1] += a[m] * right;
        }
    }
#pragma GCC unroll 16
    for (int m = 0; m < rows; m++) {
        put(sum + m * COLUMNS, s[m][0]);
        put(sum + m * COLUMNS + LANES, s[m][1]);
    }
}

/* Few rows (a network that is fed step by step) take as much less. */
static void multiply(int64_t used, int64_t depth, const real *a, const real *b, real *sum)
{
    if (used <= 1)
        multiply_rows(1, depth, a, b, sum);
    else if (used <= ROWS / 2)
        multiply_rows(ROWS / 2, depth, a, b, sum);
    else
        multiply_rows(ROWS, depth, a, b, sum);
}

static void store_row(const real *sum, int64_t N, real alpha, real beta, const real *start, real *c)
{
    if (beta != 0)
        for (int64_t n = 0; n < N; n++)
            c[n] = alpha * sum[n] + beta * c[n];
    else
        for (int64_t n = 0; n < N; n++)
            c[n] = alpha * sum[n];
    for (int64_t n = 0; start && n < N; n++)
        c[n] += start[n];
}

static void store(const real *sum, int64_t M, int64_t N, real alpha, real beta, const real *start,
                  real *const *C)
{
    for (int64_t m = 0; m < M; m++)
        store_row(sum + m * COLUMNS, N, alpha, beta, start, C[m]);
}

static void pack(const real *x, int64_t apart, int64_t count, int64_t depth, int64_t width,
                 real *panel)
{
    for (int64_t k = 0; k < depth; k++, x += apart, panel += width) {
        for (int64_t i = 0; i < count; i++)
            panel[i] = x[i];
        for (int64_t i = count; i < width; i++)
            panel[i] = 0;
    }
}

static void pack_turned(const real *x, int64_t apart, int64_t count, int64_t depth, int64_t width,
                        real *panel)
{
    for (int64_t i = 0; i < count; i++)
        for (int64_t k = 0; k < depth; k++)
            panel[k * width + i] = x[i * apart + k];
    for (int64_t i = count; i < width; i++)
        for (int64_t k = 0; k < depth; k++)
            panel[k * width + i] = 0;
}

static void multiply_add(int64_t n, const real *x, const real *w, real *y)
{
    for (int64_t i = 0; i < n; i++)
        y[i] += x[i] * w[i];
}

static void column_sums(const real *g, int64_t n, int64_t C, double *sum)
{
    for (int64_t i = 0; i < n; i++, g += C)
        for (int64_t c = 0; c < C; c++)
            sum[c] += (double)g[c];
}

const product_kernels FSNN_K(product_kernels) = {
    .rows = ROWS,
    .columns = COLUMNS,
    .multiply = multiply,
    .store = store,
    .pack = pack,
    .pack_turned = pack_turned,
    .multiply_add = multiply_add,
    .column_sums = column_sums,
};

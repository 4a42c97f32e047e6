/* op/sums_kernel.c: sums over columns and runs, in double. Bound by memory where vectors are wide.
 * Eight chains a run, folded in one order, so that every instruction set adds alike. */
#include "op/kernels.h"

#include "base/isa_kernel.h"

#include <string.h>

#if defined(__AVX512F__)
enum { WIDTH = 8 };
#elif defined(__AVX2__)
enum { WIDTH = 4 };
#else
enum { WIDTH = 2 };
#endif

enum { CHAINS = 8, VECS = CHAINS / WIDTH };

typedef real narrow __attribute__((vector_size(WIDTH * sizeof(real))));
typedef double wide __attribute__((vector_size(WIDTH * sizeof(double))));

static inline wide load(const real *p)
{
    narrow v;
    memcpy(&v, p, sizeof v);
    return __builtin_convertvector(v, wide);
}

static inline wide load_double(const double *p)
{
    wide v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline void store_double(double *p, wide v)
{
    memcpy(p, &v, sizeof v);
}

static void column_sums(const real *g, int64_t n, int64_t C, int64_t stride, double *sum)
{
    int64_t c = 0;
    for (; c + 2 * WIDTH <= C; c += 2 * WIDTH) {
        wide a = load_double(sum + c), b = load_double(sum + c + WIDTH);
        for (int64_t i = 0; i < n; i++) {
            a += load(g + i * stride + c);
            b += load(g + i * stride + c + WIDTH);
        }
        store_double(sum + c, a);
        store_double(sum + c + WIDTH, b);
    }
    for (; c < C; c++)
        for (int64_t i = 0; i < n; i++)
            sum[c] += (double)g[i * stride + c];
}

static void column_moments(const real *x, int64_t n, int64_t C, double *s, double *q)
{
    int64_t c = 0;
    for (; c + 2 * WIDTH <= C; c += 2 * WIDTH) {
        wide s0 = load_double(s + c), s1 = load_double(s + c + WIDTH);
        wide q0 = load_double(q + c), q1 = load_double(q + c + WIDTH);
        for (int64_t i = 0; i < n; i++) {
            wide a = load(x + i * C + c), b = load(x + i * C + c + WIDTH);
            s0 += a;
            s1 += b;
            q0 += a * a;
            q1 += b * b;
        }
        store_double(s + c, s0);
        store_double(s + c + WIDTH, s1);
        store_double(q + c, q0);
        store_double(q + c + WIDTH, q1);
    }
    for (; c < C; c++)
        for (int64_t i = 0; i < n; i++) {
            double a = x[i * C + c];
            s[c] += a;
            q[c] += a * a;
        }
}

static void column_products(const real *g, const real *x, const double *mean, int64_t n, int64_t C,
                            double *s, double *q)
{
    int64_t c = 0;
    for (; c + WIDTH <= C; c += WIDTH) {
        wide s0 = load_double(s + c), q0 = load_double(q + c), m = load_double(mean + c);
        for (int64_t i = 0; i < n; i++) {
            wide a = load(g + i * C + c);
            s0 += a;
            q0 += a * (load(x + i * C + c) - m);
        }
        store_double(s + c, s0);
        store_double(q + c, q0);
    }
    for (; c < C; c++)
        for (int64_t i = 0; i < n; i++) {
            double a = g[i * C + c];
            s[c] += a;
            q[c] += a * (x[i * C + c] - mean[c]);
        }
}

static double fold(const wide *chain)
{
    double lane[CHAINS], sum = 0;
    memcpy(lane, chain, sizeof lane);
    for (int i = 0; i < CHAINS; i++)
        sum += lane[i];
    return sum;
}

static void run_moments(const real *x, int64_t n, double *s, double *q)
{
    wide a[VECS], b[VECS];
    int64_t i = 0;
    memset(a, 0, sizeof a);
    memset(b, 0, sizeof b);
    for (; i + CHAINS <= n; i += CHAINS)
        for (int v = 0; v < VECS; v++) {
            wide y = load(x + i + v * WIDTH);
            a[v] += y;
            b[v] += y * y;
        }
    double sum = fold(a), squares = fold(b);
    for (; i < n; i++) {
        double y = x[i];
        sum += y;
        squares += y * y;
    }
    *s += sum;
    *q += squares;
}

static void run_products(const real *g, const real *x, double mean, int64_t n, double *s, double *q)
{
    wide a[VECS], b[VECS];
    int64_t i = 0;
    memset(a, 0, sizeof a);
    memset(b, 0, sizeof b);
    for (; i + CHAINS <= n; i += CHAINS)
        for (int v = 0; v < VECS; v++) {
            wide y = load(g + i + v * WIDTH);
            a[v] += y;
            b[v] += y * (load(x + i + v * WIDTH) - mean);
        }
    double sum = fold(a), products = fold(b);
    for (; i < n; i++) {
        sum += (double)g[i];
        products += g[i] * (x[i] - mean);
    }
    *s += sum;
    *q += products;
}

const op_kernels FSNN_K(op_kernels) = {
    .column_sums = column_sums,
    .column_moments = column_moments,
    .column_products = column_products,
    .run_moments = run_moments,
    .run_products = run_products,
};

/* data/interpolate_akima.c: H. Akima, A new method of interpolation and smooth curve fitting based
 * on local procedures, J. ACM 17 (1970) 589-602.
 *
 *   m_i = (x_{i+1} - x_i) / (t_{i+1} - t_i)                      slopes between samples
 *   m_{-1} = 2 m_0 - m_1,  m_{-2} = 2 m_{-1} - m_0               before the first, likewise behind
 *   d_i = (a m_{i-1} + b m_i) / (a + b)                          tangent at sample i, with
 *         a = |m_{i+1} - m_i|,  b = |m_{i-1} - m_{i-2}|
 *
 * Where a + b vanishes (is not above 1e-9 of its largest value in the series), the tangent is
 * (m_{i-2} + m_{i+1})/2. */
#include "data/interpolate.h"

#include <math.h>
#include <string.h>

enum { W = INTERPOLATE_WIDTH };

/* Rows of W: n + 3 slopes, the largest denominator. */
size_t akima_work(const series *s)
{
    return (size_t)(s->n + 4) * W;
}

/* m[k + 2] is slope k; two more on either side. */
static void slopes(const series *s, int64_t group, int64_t width, const real *x, double (*m)[W])
{
    int64_t n = s->n, stride = s->groups * s->columns;
    for (int64_t k = 0; k < n - 1; k++) {
        double H = series_time(s, k + 1, group) - series_time(s, k, group);
        const real *a = x + k * stride, *b = a + stride;
        for (int64_t c = 0; c < width; c++)
            m[k + 2][c] = ((double)b[c] - a[c]) / H;
    }
    if (n == 2) /* one slope continues as itself */
        memcpy(m[3], m[2], sizeof m[3]);
    for (int64_t c = 0; c < width; c++) {
        m[1][c] = 2 * m[2][c] - m[3][c];
        m[0][c] = 2 * m[1][c] - m[2][c];
        m[n + 1][c] = 2 * m[n][c] - m[n - 1][c];
        m[n + 2][c] = 2 * m[n + 1][c] - m[n][c];
    }
}

static double before(double (*m)[W], int64_t i, int64_t c)
{
    return fabs(m[i + 1][c] - m[i][c]);
}

static double behind(double (*m)[W], int64_t i, int64_t c)
{
    return fabs(m[i + 3][c] - m[i + 2][c]);
}

static void find_largest(int64_t n, int64_t width, double (*m)[W], double *largest)
{
    memset(largest, 0, W * sizeof *largest);
    for (int64_t i = 0; i < n; i++)
        for (int64_t c = 0; c < width; c++)
            largest[c] = fmax(largest[c], before(m, i, c) + behind(m, i, c));
}

/* Row i of m becomes the tangent at sample i: no later tangent needs that slope. */
static void tangents(int64_t n, int64_t width, double (*m)[W], const double *largest)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t c = 0; c < width; c++) {
            double b = before(m, i, c), a = behind(m, i, c);
            m[i][c] = a + b > 1e-9 * largest[c] ? (a * m[i + 1][c] + b * m[i + 2][c]) / (a + b)
                                                : 0.5 * (m[i][c] + m[i + 3][c]);
        }
}

static void hermite(const series *s, int64_t group, int64_t width, double t, const real *x,
                    double (*d)[W], real *out)
{
    int64_t i = series_locate(s, group, t), stride = s->groups * s->columns;
    if (i > s->n - 2)
        i = s->n - 2;
    double from = series_time(s, i, group), H = series_time(s, i + 1, group) - from;
    double u = (t - from) / H, v = 1 - u;
    const real *a = x + i * stride, *b = a + stride;
    for (int64_t c = 0; c < width; c++)
        out[c] = (real)((1 + 2 * u) * v * v * a[c] + u * u * (1 + 2 * v) * b[c] +
                        u * v * H * (v * d[i][c] - u * d[i + 1][c]));
}

void akima_columns(const series *s, int64_t group, int64_t width, const real *x, double *work,
                   real *out)
{
    double(*m)[W] = (double(*)[W])work, *largest = m[s->n + 3];
    slopes(s, group, width, x, m);
    find_largest(s->n, width, m, largest);
    tangents(s->n, width, m, largest);
    for (int64_t k = 0; k < s->q; k++)
        hermite(s, group, width, series_query(s, k, group), x, m, out + k * s->groups * s->columns);
}

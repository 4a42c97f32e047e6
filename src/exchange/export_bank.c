/* exchange/export_bank.c: exponentials for all lags.
 *
 * The solver's own exponentials hold from some 25 to 48 lags on. What they leave out of the lags
 * before decays faster: r_l = w_l - sum_k weight_k decay_k^(l-1). Its own exponentials have rates
 * in a geometric sequence from that of the slowest that matters to 8; their weights minimise the
 * sum of squares over three times the near lags, where r is 0 behind the first third (Householder
 * QR), and, damped, of the weights themselves: large ones that cancel would cost digits. Lag 1 is
 * exact by itself. Cost: near x fast^2. */
#include "exchange/export_bank.h"

#include <math.h>
#include <string.h>

/* The solution of min |A x - y|, A [m, n] by columns, m >= n; A and y are overwritten. A column
 * that depends on the others gets 0. */
static void least_squares(double *A, double *y, int64_t m, int n, double *x)
{
    for (int k = 0; k < n; k++) {
        double *a = A + k * m, norm = 0;
        for (int64_t i = k; i < m; i++)
            norm += a[i] * a[i];
        norm = a[k] > 0 ? -sqrt(norm) : sqrt(norm);
        const double head = a[k] - norm, scale = norm * head; /* -(v v)/2 */
        for (int c = k + 1; c <= n && scale != 0; c++) {
            double *b = c < n ? A + c * m : y, dot = head * b[k];
            for (int64_t i = k + 1; i < m; i++)
                dot += a[i] * b[i];
            dot /= scale;
            b[k] += dot * head;
            for (int64_t i = k + 1; i < m; i++)
                b[i] += dot * a[i];
        }
        a[k] = norm;
    }
    for (int k = n - 1; k >= 0; k--) {
        double sum = y[k];
        for (int c = k + 1; c < n; c++)
            sum -= A[c * m + k] * x[c];
        const double pivot = A[k * m + k];
        x[k] = fabs(pivot) > 1e-14 ? sum / pivot : 0;
    }
}

static double value_at(const bank *b, int64_t lag)
{
    double sum = lag == 1 ? b->first : 0;
    for (int k = 0; k < b->modes; k++)
        sum += b->weight[k] * pow(b->decay[k], (double)(lag - 1));
    return sum;
}

static void measure(bank *b, const double *w, int64_t lags)
{
    double power[BANK_MODES];
    b->error = 0;
    memcpy(power, b->weight, sizeof power);
    for (int64_t l = 1; l <= lags; l++) {
        double sum = l == 1 ? b->first : 0;
        for (int k = 0; k < b->modes; k++) {
            sum += power[k];
            power[k] *= b->decay[k];
        }
        b->error += fabs(w[l - 1] - sum);
    }
}

/* `fast` exponentials more for lags up to `near`; `lags` are fitted from lag 2 on. */
static fsnn_status add_fast(bank *b, const double *w, int64_t near, int64_t lags, int fast,
                            double damping)
{
    const int64_t m = lags + fast;
    double *A = fsnn_alloc((size_t)(m * (fast + 1)) * sizeof *A), *y = A + m * fast, x[BANK_MODES];
    if (!A)
        return FSNN_EMEMORY;
    const double slow = 2 / (double)near, quick = 8;
    const int slower = b->modes;
    for (int64_t i = 0; i < lags; i++)
        y[i] = i + 2 <= near ? w[i + 1] - value_at(b, i + 2) : 0;
    for (int j = 0; j < fast; j++) {
        const double rate = slow * pow(quick / slow, j / (double)(fast > 1 ? fast - 1 : 1));
        b->decay[slower + j] = exp(-rate);
        for (int64_t i = 0; i < lags; i++)
            A[j * m + i] = exp(-rate * (double)(i + 1));
        A[j * m + lags + j] = damping;
    }
    least_squares(A, y, m, fast, x);
    for (int j = 0; j < fast; j++)
        b->weight[slower + j] = x[j];
    b->modes = slower + fast;
    fsnn_free(A);
    return FSNN_OK;
}

/* The slow ones, at lag 1 as the solver has them at lag 0. */
static void begin(bank *b, const double *rate, const double *weight, int modes)
{
    *b = (bank){.modes = modes};
    for (int k = 0; k < modes; k++) {
        b->decay[k] = exp(-rate[k]);
        b->weight[k] = weight[k] * exp(-rate[k]);
    }
}

fsnn_status bank_fit(const double *w, int64_t lags, const double *rate, const double *weight,
                     int modes, int64_t near, double tolerance, bank *b)
{
    enum { FAST_MOST = 24 };
    static const double damped = 0.03;
    double total = 0;
    bank best = {.error = INFINITY};
    const int64_t m = 3 * near < lags - 1 ? 3 * near : lags - 1;
    for (int64_t l = 0; l < lags; l++)
        total += fabs(w[l]);
    for (int fast = 4; fast <= FAST_MOST && modes + fast <= BANK_MODES && fast <= m; fast += 2) {
        begin(b, rate, weight, modes);
        FSNN_TRY(add_fast(b, w, near, m, fast, tolerance * damped));
        b->first = w[0] - value_at(b, 1);
        measure(b, w, lags);
        if (b->error < best.error)
            best = *b;
        if (best.error <= tolerance * total)
            break;
    }
    *b = best;
    return FSNN_OK;
}

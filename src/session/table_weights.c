/* The weights with which a method sums the past, and their approximation by exponentials.
 *
 * The approximate weights are read off the solver: after an impulse, y_1 = 1 and
 * y_{n+1} = sum_j w_j y_{n+1-j}, which gives w_n from y_1 ... y_{n+1}.
 * Cost: lags^2 / 2 products. */
#include "session/simulate.h"

#include <fsnn/fde.h>

#include <math.h>

enum { LABEL = 64, FIT_COLUMNS = 4 };

/* ---- exact weights ---- */

static fsnn_status weights_head(const double *alpha, int alphas, fsnn_table *table)
{
    int columns = 1 + 2 * alphas;
    table_head *head = fsnn_alloc((size_t)columns * sizeof *head);
    char(*label)[LABEL] = fsnn_alloc((size_t)columns * sizeof *label);
    fsnn_status status = FSNN_EMEMORY;
    if (head && label) {
        head[0] = (table_head){"lag", ""};
        for (int i = 0; i < alphas; i++) {
            snprintf(label[i], LABEL, "alpha %.6g", alpha[i]);
            snprintf(label[alphas + i], LABEL, "power law, alpha %.6g", alpha[i]);
        }
        for (int i = 0; i < 2 * alphas; i++)
            head[1 + i] = (table_head){label[i], ""};
        status = table_create(table, head, columns);
    }
    fsnn_free(head);
    fsnn_free(label);
    return status;
}

static double power_law(double alpha, double lag)
{
    return alpha / tgamma(1 - alpha) * pow(lag, -1 - alpha); /* 0 at alpha = 1 */
}

/* w [alphas][lags] */
static fsnn_status weights_rows(const double *alpha, int alphas, int64_t lags, const double *w,
                                fsnn_table *table)
{
    int64_t capacity = 0;
    double *row = fsnn_alloc((size_t)table->columns * sizeof *row);
    fsnn_status status = row ? FSNN_OK : FSNN_EMEMORY;
    for (int64_t j = 1; j <= lags && status >= 0; j++) {
        row[0] = (double)j;
        for (int i = 0; i < alphas; i++) {
            row[1 + i] = w[i * lags + j - 1];
            row[1 + alphas + i] = power_law(alpha[i], (double)j);
        }
        status = table_add(table, &capacity, row);
    }
    fsnn_free(row);
    return status;
}

fsnn_status fsnn_weights_table(fsnn_method method, const double *alpha, int alphas, int64_t lags,
                               fsnn_table *table)
{
    FSNN_NEED(table);
    *table = (fsnn_table){0};
    FSNN_NEED(alpha);
    if (alphas < 1 || lags < 1 || lags > FSNN_TABLE_LAGS)
        return fsnn_fail(FSNN_EARGUMENT,
                         "a table of weights has one order or more and 1 to %d "
                         "lags, not %d and %lld",
                         FSNN_TABLE_LAGS, alphas, (long long)lags);
    double *w = fsnn_alloc((size_t)alphas * (size_t)lags * sizeof *w), gain;
    fsnn_status status = w ? FSNN_OK : FSNN_EMEMORY;
    for (int i = 0; i < alphas && status >= 0; i++) {
        fsnn_order order = fsnn_order_of(alpha[i]);
        status = fsnn_frac_weights(method, &order, 1, lags, w + i * lags, &gain);
    }
    if (status >= 0)
        status = weights_head(alpha, alphas, table);
    if (status >= 0)
        status = weights_rows(alpha, alphas, lags, w, table);
    fsnn_free(w);
    if (status < 0)
        fsnn_table_free(table);
    return status;
}

/* ---- sums of exponentials ---- */

/* A force of 1 over the first step. */
static int impulse(double t, const double *y, double *dydt, size_t n, void *user)
{
    (void)y, (void)n, (void)user;
    dydt[0] = t < 0.5 ? 1 : 0;
    return 0;
}

/* y [lags + 1] */
static fsnn_status response(double alpha, double tolerance, int64_t lags, double *y,
                            fsnn_fde_report *report)
{
    fsnn_order order = fsnn_order_of(alpha);
    fsnn_fde fde = fsnn_fde_default(1, impulse, NULL);
    double *times = fsnn_alloc((size_t)(lags + 1) * sizeof *times), zero = 0;
    if (!times)
        return FSNN_EMEMORY;
    fde.order = &order;
    fde.orders = 1;
    fde.step = 1;
    fde.memory = FSNN_FDE_EXPONENTIALS;
    fde.tolerance = tolerance;
    fde.window = FSNN_TABLE_WINDOW;
    for (int64_t n = 0; n <= lags; n++)
        times[n] = (double)(n + 1);
    fsnn_status status = fsnn_fde_solve(&fde, &zero, times, (size_t)lags + 1, y, report);
    fsnn_free(times);
    return status;
}

/* w[n-1] from the response y[0] = 1, y[1], ... */
static void weights_of(const double *y, int64_t lags, double *w)
{
    for (int64_t n = 1; n <= lags; n++) {
        double sum = y[n];
        for (int64_t j = 1; j < n; j++)
            sum -= w[j - 1] * y[n - j];
        w[n - 1] = sum;
    }
}

/* w, y and fitted are of [lags + 1]. */
static fsnn_status compare(double alpha, double tolerance, int64_t lags, double *w, double *y,
                           double *fitted, fsnn_exponentials *found, fsnn_table *table)
{
    fsnn_order order = fsnn_order_of(alpha);
    fsnn_fde_report report = {0};
    int64_t capacity = 0;
    double gain;
    FSNN_TRY(fsnn_frac_weights(FSNN_GL, &order, 1, lags, w, &gain));
    FSNN_TRY(response(alpha, tolerance, lags, y, &report));
    weights_of(y, lags, fitted);
    *found = (fsnn_exponentials){.modes = report.modes, .stated = report.weight_error};
    for (int64_t j = 1; j <= lags; j++) {
        const double row[FIT_COLUMNS] = {(double)j, w[j - 1], fitted[j - 1],
                                         fabs(fitted[j - 1] / w[j - 1] - 1)};
        found->largest = fmax(found->largest, row[FIT_COLUMNS - 1]);
        FSNN_TRY(table_add(table, &capacity, row));
    }
    return FSNN_OK;
}

fsnn_status fsnn_exponentials_table(double alpha, double tolerance, int64_t lags,
                                    fsnn_exponentials *found, fsnn_table *table)
{
    static const table_head head[FIT_COLUMNS] = {
        {"lag", ""}, {"weight", ""}, {"sum of exponentials", ""}, {"relative error", ""}};
    FSNN_NEED(table);
    *table = (fsnn_table){0};
    FSNN_NEED(found);
    *found = (fsnn_exponentials){0};
    if (!(alpha > 0 && alpha < 1))
        return fsnn_fail(FSNN_EARGUMENT,
                         "alpha is %g: it must lie in (0, 1); at 1 all weights but "
                         "the first are 0",
                         alpha);
    if (lags < FSNN_TABLE_WINDOW || lags > FSNN_TABLE_LAGS)
        return fsnn_fail(FSNN_EARGUMENT, "%lld lags: %d to %d are compared", (long long)lags,
                         FSNN_TABLE_WINDOW, FSNN_TABLE_LAGS);
    size_t bytes = (size_t)(lags + 1) * sizeof(double);
    double *w = fsnn_alloc(bytes), *y = fsnn_alloc(bytes), *fitted = fsnn_alloc(bytes);
    fsnn_status status = w && y && fitted ? table_create(table, head, FIT_COLUMNS) : FSNN_EMEMORY;
    if (status >= 0)
        status = compare(alpha, tolerance, lags, w, y, fitted, found, table);
    fsnn_free(w);
    fsnn_free(y);
    fsnn_free(fitted);
    if (status < 0)
        fsnn_table_free(table);
    return status;
}

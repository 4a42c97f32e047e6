/* The surrogate gradients at their default scales: slopes, and the primitives that stand in for the
 * spike in gradient checks. */
#include "session/simulate.h"

#include <math.h>

enum { LABEL = 48, COLUMNS = 1 + 2 * FSNN_SURROGATES, SUMMARY = 6 };

static fsnn_status make_head(fsnn_table *table)
{
    char label[COLUMNS][LABEL] = {"x"};
    table_head head[COLUMNS];
    for (int k = 0; k < 2 * FSNN_SURROGATES; k++)
        snprintf(label[1 + k], LABEL, "%s.%s", k < FSNN_SURROGATES ? "slope" : "smooth",
                 fsnn_surrogate_name((fsnn_surrogate_kind)(k % FSNN_SURROGATES)));
    for (int k = 0; k < COLUMNS; k++)
        head[k] = (table_head){label[k], k ? "" : "current"};
    return table_create(table, head, COLUMNS);
}

fsnn_status fsnn_surrogates_table(double low, double high, int64_t rows, fsnn_table *table)
{
    FSNN_NEED(table);
    *table = (fsnn_table){0};
    if (!(low < high) || !isfinite(low) || !isfinite(high) || rows < 2 || rows > FSNN_TABLE_LAGS)
        return fsnn_fail(FSNN_EARGUMENT,
                         "a table of surrogates has 2 to %d rows from a number to "
                         "a larger one, not %lld from %g to %g",
                         FSNN_TABLE_LAGS, (long long)rows, low, high);
    int64_t capacity = 0;
    fsnn_status status = make_head(table);
    for (int64_t i = 0; i < rows && status >= 0; i++) {
        double row[COLUMNS], x = (high - low) * (double)i / (double)(rows - 1) + low;
        row[0] = x;
        for (int k = 0; k < FSNN_SURROGATES; k++) {
            const fsnn_surrogate s = {.kind = (fsnn_surrogate_kind)k};
            row[1 + k] = fsnn_surrogate_slope(&s, x);
            row[1 + FSNN_SURROGATES + k] = fsnn_surrogate_smooth(&s, x);
        }
        status = table_add(table, &capacity, row);
    }
    if (status < 0)
        fsnn_table_free(table);
    return status;
}

/* The x at which the slope is half of that at 0; infinite where it never is. */
static double half_width(const fsnn_surrogate *s)
{
    double low = 0, high = 1e6, half = fsnn_surrogate_slope(s, 0) / 2;
    if (fsnn_surrogate_slope(s, high) > half)
        return INFINITY;
    for (int i = 0; i < 200; i++) {
        double middle = (low + high) / 2;
        if (fsnn_surrogate_slope(s, middle) > half)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Under the slope; infinite where it never falls. */
static double area(const fsnn_surrogate *s)
{
    const double far = 1e9;
    if (fsnn_surrogate_slope(s, far) > 0 && half_width(s) == INFINITY)
        return INFINITY;
    return fsnn_surrogate_smooth(s, far) - fsnn_surrogate_smooth(s, -far);
}

fsnn_status fsnn_surrogates_summary(fsnn_table *table)
{
    static const table_head head[SUMMARY] = {{"surrogate", ""},  {"scale", ""},
                                             {"slope at 0", ""}, {"half width", "current"},
                                             {"slope at 1", ""}, {"area", ""}};
    int64_t capacity = 0;
    FSNN_NEED(table);
    fsnn_status status = table_create(table, head, SUMMARY);
    for (int k = 0; k < FSNN_SURROGATES && status >= 0; k++) {
        const fsnn_surrogate s = {.kind = (fsnn_surrogate_kind)k};
        const double row[SUMMARY] = {k,
                                     fsnn_surrogate_default_scale(s.kind),
                                     fsnn_surrogate_slope(&s, 0),
                                     half_width(&s),
                                     fsnn_surrogate_slope(&s, 1),
                                     area(&s)};
        status = table_add(table, &capacity, row);
    }
    if (status < 0)
        fsnn_table_free(table);
    return status;
}

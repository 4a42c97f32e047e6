/* plot/curves.h: a panel of curves over epochs, from columns of a table. */
#ifndef FSNN_CURVES_H
#define FSNN_CURVES_H

#include "plot/csv.h"
#include "plot/figure.h"

/* Where a panel is and how its values are shown. */
typedef struct fsnn_curves_panel {
    int left, right, top, bottom; /* pixels */
    const char *heading, *label, *absent;
    double scale;   /* factor on the values (100: shares as %) */
    bool from_zero; /* the axis begins at 0 */
    bool log;       /* the axis turns logarithmic where values span more than two powers of ten */
    bool beside;    /* the legend stands right of the panel, not above it */
    double ceiling; /* the axis ends here at the latest */
} fsnn_curves_panel;

typedef struct fsnn_curve_column {
    int column;
    const char *name;
    int colour; /* line type, from 1 */
} fsnn_curve_column;

typedef struct fsnn_curves {
    const fsnn_csv *csv;
    int epoch;                /* column of the epochs, all of them finite */
    int count;                /* curves; those without a finite value are no curves */
    fsnn_curve_column *curve; /* [count] */
} fsnn_curves;

/* None of the table yet; curves of it can be no more than it has columns. FSNN_EMEMORY. */
fsnn_status fsnn_curves_begin(fsnn_curves *curves, const fsnn_csv *csv);
void fsnn_curves_free(fsnn_curves *curves);

double fsnn_curves_value(const fsnn_curves *curves, int64_t row, int column);
/* Adds a column if it is there and holds a finite value. */
void fsnn_curves_add(fsnn_curves *curves, int column, const char *name, int colour);
void fsnn_curves_draw(fsnn_figure *figure, const fsnn_curves_panel *panel,
                      const fsnn_curves *curves);

#endif

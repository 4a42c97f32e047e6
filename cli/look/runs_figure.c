/* cli/look/runs_figure.c: several runs in one picture. */
#include "cli/look/runs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Curves of one setting: mean, and mean minus and plus the deviation, [epochs] each. */
typedef struct band {
    int64_t epochs;
    double *x, *y[3];
} band;

static int64_t epochs_of(const runs *r)
{
    int64_t most = 0;
    for (int i = 0; i < r->count; i++)
        most = r->run[i].table.rows > most ? r->run[i].table.rows : most;
    return most;
}

/* Over the runs that have this epoch. */
static void at_epoch(const runs *r, int setting, const char *column, int64_t row, band *b,
                     double *value)
{
    double deviation;
    int count = 0;
    for (int i = 0; i < r->count; i++) {
        const table_file *t = &r->run[i].table;
        if (r->run[i].setting != setting || row >= t->rows)
            continue;
        double x = table_at(t, row, table_column(t, column));
        b->x[row] = table_at(t, row, table_column(t, "epoch"));
        if (isfinite(x))
            value[count++] = x;
    }
    double mean = count ? cli_mean(value, count, &deviation) : NAN;
    b->y[0][row] = mean;
    b->y[1][row] = count > 1 ? mean - deviation : NAN;
    b->y[2][row] = count > 1 ? mean + deviation : NAN;
}

static band band_of(const runs *r, int setting, const char *column)
{
    band b = {.epochs = epochs_of(r)};
    size_t epochs = (size_t)b.epochs;
    double *value = cli_allocate((size_t)r->count, sizeof *value);
    b.x = cli_allocate(4 * epochs, sizeof *b.x);
    for (int k = 0; k < 3; k++)
        b.y[k] = b.x + (size_t)(k + 1) * epochs;
    for (int64_t row = 0; row < b.epochs; row++) {
        b.x[row] = (double)row + 1;
        at_epoch(r, setting, column, row, &b, value);
    }
    free(value);
    return b;
}

enum { COLOURS = 8 };

/* Mean of all settings first: they are named. */
static int curves_of(const runs *r, const char *column, band *bands, fsnn_curve *curve)
{
    int count = 0;
    for (int s = 0; s < r->settings; s++)
        bands[s] = band_of(r, s, column);
    for (int k = 0; k < 3; k++)
        for (int s = 0; s < r->settings; s++)
            curve[count++] = (fsnn_curve){.name = k ? NULL : r->setting[s],
                                          .mark = k ? FSNN_MARK_THIN : FSNN_MARK_LINE,
                                          .colour = 1 + s % COLOURS,
                                          .count = bands[s].epochs,
                                          .x = bands[s].x,
                                          .y = bands[s].y[k]};
    return count;
}

static bool several(const runs *r)
{
    return r->count > r->settings;
}

int runs_figure(const runs *r, const char *path)
{
    const char *const column[2] = {r->by, "loss"};
    const char *const heading[2] = {r->by, "loss of the training"};
    int panels = strcmp(r->by, "loss") == 0 ? 1 : 2;
    size_t settings = (size_t)r->settings;
    band *bands = cli_allocate(2 * settings, sizeof *bands);
    fsnn_curve *curve = cli_allocate(6 * settings, sizeof *curve);
    fsnn_chart chart[2] = {{0}};
    for (int p = 0; p < panels; p++) {
        fsnn_curve *own = curve + (size_t)p * 3 * settings;
        chart[p] = (fsnn_chart){.heading = heading[p],
                                .x_label = "epoch",
                                .y_label = column[p],
                                .legend = FSNN_LEGEND_ABOVE,
                                .height = 420,
                                .curve = own};
        chart[p].curves = curves_of(r, column[p], bands + (size_t)p * settings, own);
    }
    char *title = cli_format("%d run%s, %d setting%s", r->count, r->count == 1 ? "" : "s",
                             r->settings, r->settings == 1 ? "" : "s");
    fsnn_status status = fsnn_plot_charts(
        title,
        several(r) ? "mean over the runs of a setting; thin: plus and minus the deviation" : NULL,
        1, panels, chart, path);
    for (size_t i = 0; i < 2 * settings; i++)
        free(bands[i].x);
    free(bands);
    free(curve);
    free(title);
    return cli_figure_done(status, path);
}

/* plot/training.c: a training's curves over its epochs: loss, accuracy, firing rate of each layer,
 * learning rate, from the columns of metrics.csv (in any order; what is missing is left out). */
#include <fsnn/plot.h>

#include <math.h>
#include <string.h>

#include "plot/csv.h"
#include "plot/curves.h"
#include "plot/figure.h"

#define LAYER "rate." /* columns of layers: rate.<layer> */

enum { LOSS, ACCURACY, RATE, LEARNING };

static const fsnn_curves_panel panels[] = {
    [LOSS] = {110, 585, 112, 412, "loss", "loss", "no loss recorded", 1, false, true, false,
              INFINITY},
    [ACCURACY] = {700, 1180, 112, 412, "accuracy", "accuracy (%)", "no accuracy recorded", 100,
                  false, false, false, 101},
    [RATE] = {110, 445, 520, 820, "mean firing rate", "spikes per step", "no firing rates recorded",
              1, true, false, true, INFINITY},
    [LEARNING] = {700, 1180, 520, 820, "learning rate", "learning rate",
                  "no learning rate recorded", 1, true, true, false, INFINITY},
};

static fsnn_status check(const fsnn_csv *csv, const char *path)
{
    static const char *const expected[] = {"loss", "accuracy", "lr", "rate"};
    int epoch = fsnn_csv_find(csv, "epoch");
    bool any = false;

    for (int i = 0; i < FSNN_COUNT(expected); i++)
        any = any || fsnn_csv_find(csv, expected[i]) >= 0;
    if (epoch < 0 || !any)
        return fsnn_fail(
            FSNN_EFORMAT,
            "%s: is not a file of training metrics: its first line must name the columns, "
            "\"epoch\" and others like \"loss\" and \"accuracy\", but begins with \"%.40s\"",
            path, csv->names[0]);
    if (csv->rows == 0)
        return fsnn_fail(FSNN_EFORMAT, "%s: holds no epoch yet; train for at least one", path);
    for (int64_t r = 0; r < csv->rows; r++)
        if (!isfinite(csv->values[r * csv->columns + epoch]))
            return fsnn_fail(FSNN_EFORMAT, "%s: row %lld after the names has no epoch number", path,
                             (long long)(r + 1));
    return FSNN_OK;
}

static fsnn_curves none(const fsnn_csv *csv)
{
    return (fsnn_curves){.csv = csv, .epoch = fsnn_csv_find(csv, "epoch")};
}

/* The best epoch, by the test data where there are any. */
static void subtitle(fsnn_figure *f, const fsnn_curves *accuracy)
{
    int last = accuracy->count - 1;
    char text[128];
    int64_t best = -1;

    if (accuracy->count == 0)
        return;
    for (int64_t r = 0; r < accuracy->csv->rows; r++) {
        double here = fsnn_curves_value(accuracy, r, accuracy->column[last]);
        if (isfinite(here) &&
            (best < 0 || here > fsnn_curves_value(accuracy, best, accuracy->column[last])))
            best = r;
    }
    snprintf(text, sizeof text, "best %s accuracy %.2f %% in epoch %.0f", accuracy->name[last],
             100 * fsnn_curves_value(accuracy, best, accuracy->column[last]),
             fsnn_curves_value(accuracy, best, accuracy->epoch));
    fsnn_figure_subtitle(f, text);
}

/* Training and, where there is one, test. */
static fsnn_curves pair(const fsnn_csv *csv, const char *training, const char *test)
{
    fsnn_curves curves = none(csv);

    fsnn_curves_add(&curves, fsnn_csv_find(csv, training), "training", 1);
    fsnn_curves_add(&curves, fsnn_csv_find(csv, test), "test", 2);
    return curves;
}

/* One curve a layer; the mean over all only where it is all there is. */
static fsnn_curves rates(const fsnn_csv *csv)
{
    fsnn_curves curves = none(csv);

    for (int c = 0; c < csv->columns; c++)
        if (strncmp(csv->names[c], LAYER, strlen(LAYER)) == 0)
            fsnn_curves_add(&curves, c, csv->names[c] + strlen(LAYER), curves.count % 8 + 1);
    if (curves.count == 0)
        fsnn_curves_add(&curves, fsnn_csv_find(csv, "rate"), "all layers", 1);
    return curves;
}

/* A rate that a schedule takes to zero: its last values would fill a logarithmic axis. */
static bool vanishes(const fsnn_curves *curves)
{
    double low = INFINITY, high = 0;

    for (int64_t r = 0; curves->count && r < curves->csv->rows; r++) {
        double here = fsnn_curves_value(curves, r, curves->column[0]);
        low = fmin(low, here);
        high = fmax(high, here);
    }
    return low < 1e-5 * high;
}

static void draw(fsnn_figure *f, const fsnn_csv *csv)
{
    fsnn_curves loss = pair(csv, "loss", "test_loss");
    fsnn_curves accuracy = pair(csv, "accuracy", "test_accuracy");
    fsnn_curves rate = rates(csv);
    fsnn_curves learning = none(csv);

    fsnn_curves_add(&learning, fsnn_csv_find(csv, "lr"), "learning rate", 3);
    subtitle(f, &accuracy);
    fsnn_curves_draw(f, &panels[LOSS], &loss);
    fsnn_curves_draw(f, &panels[ACCURACY], &accuracy);
    fsnn_curves_draw(f, &panels[RATE], &rate);
    fsnn_curves_panel panel = panels[LEARNING];
    panel.log = panel.log && !vanishes(&learning);
    fsnn_curves_draw(f, &panel, &learning);
}

fsnn_status fsnn_plot_training(const char *metrics_csv, const char *title, const char *path)
{
    fsnn_csv csv = {0};
    fsnn_figure f;
    fsnn_status status;

    if (!metrics_csv)
        return fsnn_fail(FSNN_EARGUMENT, "training curves need the path of a metrics.csv");
    status = fsnn_csv_read(&csv, metrics_csv);
    if (status == FSNN_OK)
        status = check(&csv, metrics_csv);
    if (status == FSNN_OK)
        status = fsnn_figure_begin(&f, path, 890, title);
    if (status == FSNN_OK) {
        draw(&f, &csv);
        status = fsnn_figure_end(&f);
    }
    fsnn_csv_free(&csv);
    return status;
}

/* plot/training.c: a training's curves over its epochs: loss, accuracy, firing rate of each layer,
 * learning rate, and below them what neurons have learned (tau, alpha, ...) and the norms of the
 * gradients by layer, from the columns of metrics.csv (in any order; what is missing is left
 * out). */
#include <fsnn/plot.h>

#include <math.h>
#include <string.h>

#include "plot/csv.h"
#include "plot/curves.h"
#include "plot/figure.h"

#define LAYER "rate." /* columns of layers: rate.<layer> */

enum { LOSS, ACCURACY, RATE, LEARNING, NEURONS, GRADIENT, PANELS };

static const fsnn_curves_panel panels[] = {
    [LOSS] = {110, 585, 112, 412, "loss", "loss", "no loss recorded", 1, false, true, false,
              INFINITY},
    [ACCURACY] = {700, 1180, 112, 412, "accuracy", "accuracy (%)", "no accuracy recorded", 100,
                  false, false, false, 101},
    [RATE] = {110, 445, 520, 820, "mean firing rate", "spikes per step", "no firing rates recorded",
              1, true, false, true, INFINITY},
    [LEARNING] = {700, 1180, 520, 820, "learning rate", "learning rate",
                  "no learning rate recorded", 1, true, true, false, INFINITY},
    [NEURONS] = {110, 445, 928, 1228, "learned parameters of neurons", "value",
                 "none: tau, threshold and order are fixed", 1, false, false, true, INFINITY},
    [GRADIENT] = {700, 1035, 928, 1228, "norm of the gradient", "norm, mean over the steps",
                  "no gradients recorded", 1, true, true, true, INFINITY},
};
enum { SHORT = 890, TALL = 1298 }; /* heights without the last two panels and with them */

/* Of a regression, which has no accuracy. */
static const fsnn_curves_panel explained = {
    700, 1180,  112,   412,   "R\302\262", "R\302\262", "no R\302\262 recorded",
    1,   false, false, false, 1.02};

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

/* Training marks each epoch that was the best so far: the last one of them, or where nothing is
 * marked the first with the highest accuracy. -1: no accuracy is finite. */
static int64_t best_row(const fsnn_csv *csv, const fsnn_curves *accuracy, int column)
{
    int mark = fsnn_csv_find(csv, "best");
    int64_t best = -1, marked = -1;

    for (int64_t r = 0; r < csv->rows; r++) {
        double here = fsnn_curves_value(accuracy, r, column);
        if (!isfinite(here))
            continue;
        if (mark >= 0 && csv->values[r * csv->columns + mark] == 1)
            marked = r;
        if (best < 0 || here > fsnn_curves_value(accuracy, best, column))
            best = r;
    }
    return marked >= 0 ? marked : best;
}

/* The best epoch, by the data that were watched where there are any. */
static void subtitle(fsnn_figure *f, const fsnn_curves *accuracy, bool values)
{
    char text[128];

    if (accuracy->count == 0)
        return;
    const fsnn_curve_column *last = &accuracy->curve[accuracy->count - 1];
    int64_t best = best_row(accuracy->csv, accuracy, last->column);
    double epoch = fsnn_curves_value(accuracy, best, accuracy->epoch),
           figure = fsnn_curves_value(accuracy, best, last->column);
    if (values)
        snprintf(text, sizeof text, "best epoch %.0f: %s R\302\262 %.4f", epoch, last->name,
                 figure);
    else
        snprintf(text, sizeof text, "best epoch %.0f: %s accuracy %.2f %%", epoch, last->name,
                 100 * figure);
    fsnn_figure_subtitle(f, text);
}

/* The figures of the data that the training watched: of the validation set or of the test set (old
 * runs call both test). */
static bool add_watched(fsnn_curves *curves, const char *figure)
{
    static const char *const watched[] = {"validation", "test"};

    for (int i = 0; i < FSNN_COUNT(watched); i++) {
        char name[32];
        snprintf(name, sizeof name, "%s_%s", watched[i], figure);
        int column = fsnn_csv_find(curves->csv, name);
        if (column < 0)
            continue;
        fsnn_curves_add(curves, column, watched[i], 2);
        return true;
    }
    return false;
}

/* Training and, where there is one, what it watched. */
static void add_pair(fsnn_curves *curves, const char *figure)
{
    fsnn_curves_add(curves, fsnn_csv_find(curves->csv, figure), "training", 1);
    add_watched(curves, figure);
}

/* One curve a layer; the mean over all only where it is all there is. */
static void add_rates(fsnn_curves *curves)
{
    const fsnn_csv *csv = curves->csv;

    for (int c = 0; c < csv->columns; c++)
        if (strncmp(csv->names[c], LAYER, strlen(LAYER)) == 0)
            fsnn_curves_add(curves, c, csv->names[c] + strlen(LAYER), curves->count % 8 + 1);
    if (curves->count == 0)
        fsnn_curves_add(curves, fsnn_csv_find(csv, "rate"), "all layers", 1);
}

static bool begins(const char *name, const char *with)
{
    return strncmp(name, with, strlen(with)) == 0;
}

static bool ends(const char *name, const char *with)
{
    size_t n = strlen(name), m = strlen(with);
    return n > m && strcmp(name + n - m, with) == 0;
}

/* "lif1.tau": parameters of neurons; of several numbers the mean. */
static bool is_parameter(const char *name)
{
    static const char *const other[] = {LAYER, "dead.", "saturated.", "term.", "gradient."};
    bool is = strchr(name, '.') && !ends(name, ".min") && !ends(name, ".max");
    for (int i = 0; i < FSNN_COUNT(other); i++)
        is = is && !begins(name, other[i]);
    return is;
}

static void add_learned(fsnn_curves *curves)
{
    const fsnn_csv *csv = curves->csv;

    for (int c = 0; c < csv->columns; c++)
        if (is_parameter(csv->names[c]))
            fsnn_curves_add(curves, c, csv->names[c], curves->count % 8 + 1);
}

static void add_gradients(fsnn_curves *curves)
{
    static const char before[] = "gradient.";
    const fsnn_csv *csv = curves->csv;

    for (int c = 0; c < csv->columns; c++)
        if (begins(csv->names[c], before))
            fsnn_curves_add(curves, c, csv->names[c] + strlen(before), curves->count % 8 + 1);
}

/* Curves of the last two panels: tables of older trainings have none. */
static bool has_more(const fsnn_csv *csv)
{
    bool any = false;

    for (int c = 0; c < csv->columns; c++)
        any = any || begins(csv->names[c], "gradient.") || is_parameter(csv->names[c]);
    return any;
}

static void draw(fsnn_figure *f, fsnn_curves curves[PANELS], int panels_drawn)
{
    add_pair(&curves[LOSS], "loss");
    bool values = add_watched(&curves[ACCURACY], "r2");
    if (!values)
        add_pair(&curves[ACCURACY], "accuracy");
    add_rates(&curves[RATE]);
    fsnn_curves_add(&curves[LEARNING], fsnn_csv_find(curves->csv, "lr"), "learning rate", 3);
    add_learned(&curves[NEURONS]);
    add_gradients(&curves[GRADIENT]);
    subtitle(f, &curves[ACCURACY], values);
    for (int p = 0; p < panels_drawn; p++)
        fsnn_curves_draw(f, values && p == ACCURACY ? &explained : &panels[p], &curves[p]);
}

static fsnn_status draw_table(const fsnn_csv *csv, const char *title, const char *path)
{
    fsnn_curves curves[PANELS] = {0};
    fsnn_status status = FSNN_OK;
    fsnn_figure f;
    bool more = has_more(csv);

    for (int p = 0; p < PANELS && status == FSNN_OK; p++)
        status = fsnn_curves_begin(&curves[p], csv);
    if (status == FSNN_OK)
        status = fsnn_figure_begin(&f, path, more ? TALL : SHORT, title);
    if (status == FSNN_OK) {
        draw(&f, curves, more ? PANELS : NEURONS);
        status = fsnn_figure_end(&f);
    }
    for (int p = 0; p < PANELS; p++)
        fsnn_curves_free(&curves[p]);
    return status;
}

fsnn_status fsnn_plot_training(const char *metrics_csv, const char *title, const char *path)
{
    fsnn_csv csv = {0};
    fsnn_status status;

    if (!metrics_csv)
        return fsnn_fail(FSNN_EARGUMENT, "training curves need the path of a metrics.csv");
    status = fsnn_csv_read(&csv, metrics_csv);
    if (status == FSNN_OK)
        status = check(&csv, metrics_csv);
    if (status == FSNN_OK)
        status = draw_table(&csv, title, path);
    fsnn_csv_free(&csv);
    return status;
}

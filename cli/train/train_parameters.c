/* cli/train/train_parameters.c: how the numbers are spread that neuron layers have learned: time
 * constants, thresholds, initial potentials of neurons or channels; orders alpha of layers. */
#include "cli/train/train.h"

#include <stdlib.h>
#include <string.h>

enum { BINS = 40, PANELS = 18, COLUMNS = 3, LONG_HEADING = 30 };

/* A panel: the histogram of a parameter, or orders as points in rows. */
typedef struct panel {
    fsnn_curve curve;
    double x[BINS + 2], y[BINS + 2];
    char *heading, label[CLI_NUMBER];
    const char *row[BINS]; /* [rows] of points: their parameters; no rows: a histogram */
    int rows;
} panel;

/* One for a layer, or for each of its terms. */
static bool is_order(const fsnn_param *param)
{
    const char *dot = strrchr(param->name, '.');
    return param->neuron && param->learn && dot && strcmp(dot, ".alpha") == 0;
}

static bool is_spread(const fsnn_param *param)
{
    return param->neuron && param->learn && !is_order(param) && fsnn_shape_count(&param->shape) > 1;
}

static double number(const fsnn_param *param, int64_t i)
{
    return param->value64 ? param->value64[i] : (double)param->value[i];
}

/* "value [ms]" of what is a time or a potential, where the description names the unit. */
static void label(const fsnn_param *param, const fsnn_units *units, panel *p)
{
    static const char *const potential[] = {"threshold", "v_reset", "v0", "rest"};
    const char *dot = strrchr(param->name, '.'), *name = dot ? dot + 1 : param->name;
    fsnn_quantity q = strcmp(name, "tau") == 0 ? FSNN_QUANTITY_TIME : FSNN_QUANTITIES;
    for (int i = 0; i < CLI_COUNT(potential); i++)
        if (strcmp(name, potential[i]) == 0)
            q = FSNN_QUANTITY_POTENTIAL;
    fsnn_units_label(units, q, "value", p->label, sizeof p->label);
}

static void fill(const fsnn_param *param, const fsnn_units *units, panel *p)
{
    int64_t count = fsnn_shape_count(&param->shape);
    double deviation, *value = cli_allocate((size_t)count, sizeof *value);
    for (int64_t i = 0; i < count; i++)
        value[i] = number(param, i);
    const double mean = cli_mean(value, count, &deviation);
    char of[CLI_NUMBER];
    p->heading =
        cli_format("%s: %.3g +- %.2g of %s", param->name, mean, deviation, cli_count(of, count));
    p->curve = cli_histogram(value, count, BINS, 0.01, p->x, p->y);
    label(param, units, p);
    free(value);
}

/* The orders of all layers, a row each, as many as there is room for; whether there are several. */
static bool orders(const fsnn_net *net, panel *p)
{
    int64_t points = 0;
    for (int i = 0; i < fsnn_net_param_count(net) && p->rows < BINS; i++) {
        const fsnn_param *param = fsnn_net_param(net, i);
        int64_t count = fsnn_shape_count(&param->shape);
        if (!is_order(param) || points + count > BINS)
            continue;
        for (int64_t k = 0; k < count; k++, points++) {
            p->x[points] = number(param, k);
            p->y[points] = p->rows;
        }
        p->row[p->rows++] = param->name;
    }
    p->heading = cli_format("orders alpha");
    p->curve =
        (fsnn_curve){.mark = FSNN_MARK_POINTS, .colour = 2, .count = points, .x = p->x, .y = p->y};
    return points > 1;
}

static int draw(panel *p, int panels, int all, const char *path)
{
    fsnn_chart chart[PANELS + 1];
    int columns = panels < COLUMNS ? panels : COLUMNS;
    for (int i = 0; i < panels; i++) {
        if (strlen(p[i].heading) > LONG_HEADING && columns > 2)
            columns = 2;
        chart[i] = (fsnn_chart){.heading = p[i].heading,
                                .x_label = *p[i].label ? p[i].label : "value",
                                .y_label = p[i].rows ? NULL : "number",
                                .x_high = p[i].rows ? 1 : 0, /* orders lie from 0 to 1 */
                                .rows = p[i].rows,
                                .row = p[i].row,
                                .height = p[i].rows > 6 ? 60 + 22 * p[i].rows : 200,
                                .curves = 1,
                                .curve = &p[i].curve};
    }
    char *subtitle = all > PANELS ? cli_format("the first %d of %d parameters", PANELS, all)
                                  : cli_format("mean and standard deviation over a layer");
    int written = cli_figure_done(fsnn_plot_charts("Learned parameters of neurons, best weights",
                                                   subtitle, columns, panels, chart, path),
                                  path);
    free(subtitle);
    return written;
}

int train_figure_parameters(const cli_model *model, const char *path)
{
    const fsnn_units units = fsnn_description_units(model->description);
    const fsnn_net *net = model->net;
    panel *p = cli_allocate(PANELS + 1, sizeof *p);
    int panels = 0, all = 0, written = 0;
    for (int i = 0; i < fsnn_net_param_count(net); i++)
        if (is_spread(fsnn_net_param(net, i)) && all++ < PANELS)
            fill(fsnn_net_param(net, i), &units, &p[panels++]);
    if (orders(net, &p[panels]))
        panels++;
    else
        free(p[panels].heading);
    if (panels)
        written = draw(p, panels, all, path);
    for (int i = 0; i < panels; i++)
        free(p[i].heading);
    free(p);
    return written;
}

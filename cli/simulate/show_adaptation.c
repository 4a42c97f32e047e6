/* cli/simulate/show_adaptation.c: inter-spike intervals against the number of the spike, beside the
 * exact ones where they are known. */
#include "cli/simulate/simulate.h"

#include <math.h>
#include <stdlib.h>

enum { ALPHA, SPIKE, TIME, EXACT_TIME, INTERVAL, EXACT_INTERVAL }; /* columns of the table */

/* 1, 2, 3, 5, 7, 10, 20, ... */
static bool listed(int64_t k)
{
    while (k >= 10 && k % 10 == 0)
        k /= 10;
    return k == 1 || k == 2 || k == 3 || k == 5;
}

/* The rows of one order, [rows][columns]. */
static void add_order(const double *row, int64_t rows, int columns, int i, sim_picture *p)
{
    char name[CLI_NUMBER];
    sim_points *points = sim_picture_curve(p, sim_label(name, row[ALPHA]), FSNN_MARK_POINTS, i + 1);
    sim_points *line = sim_picture_curve(p, i == 0 ? "exact" : NULL, FSNN_MARK_REFERENCE, 7);
    for (int64_t k = 1; k <= rows; k++, row += columns) {
        if (listed(k) || k == rows) {
            sim_print("%8g%8lld", row[ALPHA], (long long)k);
            for (int c = TIME; c <= EXACT_INTERVAL; c++)
                sim_cell(row[c], c < EXACT_INTERVAL ? "" : "\n");
        }
        if (k > 1)
            sim_points_add(points, row[SPIKE], row[INTERVAL]);
        if (k > 1 && isfinite(row[EXACT_INTERVAL]))
            sim_points_add(line, row[SPIKE], row[EXACT_INTERVAL]);
    }
}

/* An order without spikes has its curves, too. */
static void add_orders(const sim_setup *s, const fsnn_table *t, sim_picture *p)
{
    int64_t from = 0, to;
    for (int i = 0; i < s->alphas; i++, from = to) {
        const double none = s->alpha[i];
        for (to = from; to < t->rows; to++) /* its spikes are counted from 1 */
            if (t->cell[to * t->columns + ALPHA] != s->alpha[i] ||
                t->cell[to * t->columns + SPIKE] != (double)(to - from + 1))
                break;
        add_order(to > from ? t->cell + from * t->columns : &none, to - from, t->columns, i, p);
    }
}

static int run(const sim_setup *given, const sim_options *o, const char *path)
{
    sim_setup s = *given;
    s.neurons = 1;
    int code = sim_need_current(&s, o, SIM_CONSTANT, "constant:AMP");
    if (code == CLI_GOOD)
        code = sim_need_reset(&s, o);
    if (code != CLI_GOOD)
        return code;
    fsnn_table table;
    sim_watch watch;
    const fsnn_simulation what = sim_simulation(&s, &watch);
    code = sim_done(&watch, fsnn_simulate_intervals(&what, &table));
    if (code != CLI_GOOD)
        return code;
    sim_picture *p = cli_allocate(1, sizeof *p);
    char y[CLI_NUMBER], *units = sim_units_text(&s);
    fsnn_chart *chart =
        sim_picture_chart(p, "Inter-spike interval before spike k", "number of the spike k",
                          sim_unit_label(&s, FSNN_QUANTITY_TIME, "t(k) - t(k-1)", y));
    chart->log_x = chart->log_y = true;
    chart->height = 460;
    chart->empty = "fewer than two spikes";
    char *text = sim_setup_text(&s);
    sim_print("%s; current %g, time %g%s\n\n%8s%8s%13s%13s%13s%13s\n", text, s.current.p[0], s.time,
              units, "alpha", "spike", "time", "exact", "interval", "exact");
    add_orders(&s, &table, p);
    code = sim_picture_draw(p, o, "Spike-frequency adaptation", text, 1, path);
    free(text);
    free(units);
    fsnn_table_free(&table);
    sim_picture_free(p);
    return code;
}

const sim_show show_adaptation = {
    .name = "adaptation",
    .neuron = "if",
    .reset = "jump",
    .method = "ml",
    .alpha = "1,0.8,0.6,0.4",
    .current = "constant:2",
    .step = 0.01,
    .time = 200,
    .run = run,
};

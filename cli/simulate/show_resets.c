/* cli/simulate/show_resets.c: one neuron under the same current with every reset: potentials, and
 * the spikes below each other. */
#include "cli/simulate/simulate.h"

#include <stdlib.h>

/* Panels: models in discrete time, and those that converge as the step shrinks. */
static const fsnn_reset panel[2][4] = {
    {FSNN_RESET_NONE, FSNN_RESET_CURRENT, FSNN_RESET_SUBTRACT, FSNN_RESET_VALUE},
    {FSNN_RESET_NONE, FSNN_RESET_JUMP, FSNN_RESET_DELTA, FSNN_RESET_RESTART}};

/* What the library found of all resets. */
typedef struct found {
    fsnn_arrays arrays; /* "v.RESET", ... */
    fsnn_table table;
} found;

/* Columns of the table. */
enum { RESET, SPIKES };

static const double *numbers(const found *f, const char *what, fsnn_reset reset)
{
    char name[CLI_NUMBER];
    snprintf(name, sizeof name, "%s.%s", what, fsnn_reset_name(reset));
    return fsnn_arrays_find(&f->arrays, name)->data;
}

static void add_line(const sim_setup *s, sim_points *points, const double *v)
{
    for (int64_t k = 0; k < s->steps; k++)
        sim_points_add(points, (double)(k + 1) * s->step, v[k]);
}

static void one(const sim_setup *s, fsnn_reset reset, int colour, sim_picture *p, const found *f)
{
    fsnn_mark mark = reset == FSNN_RESET_NONE ? FSNN_MARK_REFERENCE : FSNN_MARK_LINE;
    add_line(s, sim_picture_curve(p, fsnn_reset_name(reset), mark, colour), numbers(f, "v", reset));
    if (reset == FSNN_RESET_CURRENT)
        add_line(s, sim_picture_curve(p, "v + dv, tested", FSNN_MARK_THIN, colour),
                 numbers(f, "test", reset));
}

static void potentials(const sim_setup *s, sim_picture *p, const found *f)
{
    static const char *const heading[2] = {"Models in discrete time",
                                           "With a limit as the step shrinks"};
    for (int side = 0; side < 2; side++) {
        fsnn_chart *chart = sim_picture_chart(p, heading[side], NULL, "potential v");
        chart->height = 300;
        chart->x_high = s->time;
        for (int i = 0; i < 4; i++)
            one(s, panel[side][i], i ? i : 1, p, f);
        sim_points *limit = sim_picture_curve(p, NULL, FSNN_MARK_LIMIT, 7);
        sim_points_add(limit, 0, s->neuron.threshold.value);
        sim_points_add(limit, s->time, s->neuron.threshold.value);
    }
}

/* The rows of the raster, from above; `none` has no spikes of its own worth a row. */
static const fsnn_reset order[] = {FSNN_RESET_CURRENT, FSNN_RESET_SUBTRACT, FSNN_RESET_VALUE,
                                   FSNN_RESET_JUMP,    FSNN_RESET_DELTA,    FSNN_RESET_RESTART};
static const char *names[CLI_COUNT(order)];

static void raster(const sim_setup *s, sim_picture *p, const found *f)
{
    fsnn_chart *chart = sim_picture_chart(p, "Spikes", "time", NULL);
    for (int i = 0; i < CLI_COUNT(order); i++)
        names[i] = fsnn_reset_name(order[i]);
    chart->height = 240;
    chart->rows = CLI_COUNT(order);
    chart->row = names;
    chart->x_high = s->time;
    for (int i = 0; i < CLI_COUNT(order); i++) {
        int64_t count;
        double *time = sim_spike_times(s, numbers(f, "spikes", order[i]), 0, &count);
        sim_points *ticks = sim_picture_curve(p, NULL, FSNN_MARK_TICKS, i % 3 + 1);
        for (int64_t k = 0; k < count; k++)
            sim_points_add(ticks, time[k], i);
        free(time);
    }
}

static const double *row_of(const fsnn_table *t, fsnn_reset reset)
{
    const double *row = t->cell;
    while ((int)row[RESET] != (int)reset)
        row += t->columns;
    return row;
}

static void print_table(const fsnn_table *t)
{
    sim_print("%-13s%13s%13s%13s%13s%13s\n", "reset", "spikes", "first at", "first ISI", "last ISI",
              "last v");
    for (int i = 0; i < CLI_COUNT(order); i++) {
        const double *row = row_of(t, order[i]);
        sim_print("%-13s%13lld", fsnn_reset_name(order[i]), (long long)row[SPIKES]);
        for (int c = SPIKES + 1; c < t->columns; c++)
            sim_cell(row[c], c + 1 < t->columns ? "" : "\n");
    }
}

static int show(const sim_setup *s, const sim_options *o, const found *f, const char *path)
{
    sim_picture *p = cli_allocate(1, sizeof *p);
    potentials(s, p, f);
    raster(s, p, f);
    print_table(&f->table);
    char kind[SIM_KIND_TEXT], shift[SIM_SHIFT],
        *units = sim_units_text(s),
        *text = cli_format("%s, alpha %g, tau %g, threshold %g%s, v_reset %g, method %s, step %g%s",
                           sim_kind_text(s, kind), s->alpha[0], s->neuron.tau.value,
                           s->neuron.threshold.value, sim_shift_text(s, shift),
                           s->neuron.v_reset.value, fsnn_method_name(s->method), s->step, units);
    int code = sim_picture_draw(p, o, "The same current under every reset", text, 1, path);
    free(text);
    free(units);
    sim_picture_free(p);
    return code;
}

static int run(const sim_setup *given, const sim_options *o, const char *path)
{
    sim_setup s = *given;
    found f = {0};
    sim_watch watch;
    s.neurons = 1;
    if (o->reset)
        return cli_error(CLI_USAGE, "--show resets draws every reset: leave --reset out");
    if (s.alphas != 1)
        return cli_error(CLI_USAGE, "--show resets takes one --alpha, not %d", s.alphas);
    const fsnn_simulation what = sim_simulation(&s, &watch);
    int code = sim_done(&watch, fsnn_simulate_resets(&what, &f.arrays, &f.table));
    if (code == CLI_GOOD)
        code = show(&s, o, &f, path);
    fsnn_arrays_free(&f.arrays);
    fsnn_table_free(&f.table);
    return code;
}

const sim_show show_resets = {
    .name = "resets",
    .neuron = "lif",
    .reset = "jump",
    .method = "gl",
    .alpha = "0.6",
    .current = "step:2@1-6",
    .step = 0.05,
    .time = 8,
    .run = run,
    .any = true,
};

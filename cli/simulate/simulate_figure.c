/* cli/simulate/simulate_figure.c: the picture of a simulation: current, potentials with threshold,
 * spikes. */
#include "cli/simulate/simulate.h"

#include <math.h>
#include <stdlib.h>

enum {
    TRACES = 4, /* currents and potentials of so many neurons at most */
    CLOSE = 40, /* spikes of one order beyond which each order has its panel */
    ROWS = 64,  /* rows of spikes at most: alphas times neurons */
};

static int traces_of(const sim_setup *s)
{
    return s->neurons < TRACES ? (int)s->neurons : TRACES;
}

static void add_column(const sim_setup *s, const double *all, int64_t n, sim_points *p)
{
    for (int64_t k = 0; k < s->steps; k++)
        sim_points_add(p, (double)(k + 1) * s->step, all[k * s->neurons + n]);
}

static sim_points column(const sim_setup *s, const double *all, int64_t n)
{
    sim_points p = {0};
    add_column(s, all, n, &p);
    return p;
}

static sim_points level(const sim_setup *s, double y)
{
    sim_points p = {0};
    sim_points_add(&p, 0, y);
    sim_points_add(&p, (double)s->steps * s->step, y);
    return p;
}

static fsnn_chart chart_of(const sim_setup *s, const char *heading, const char *label, int height)
{
    return (fsnn_chart){.heading = heading,
                        .y_label = label,
                        .x_low = 0,
                        .x_high = (double)s->steps * s->step,
                        .height = height};
}

/* ---- the panels ---- */

typedef struct panel {
    fsnn_chart chart;
    fsnn_curve curve[ROWS];
    sim_points points[ROWS];
    char name[ROWS][CLI_NUMBER];
    const char *row[ROWS]; /* names of the rows of spikes */
    char heading[96], label[CLI_NUMBER];
} panel;

/* Noise of several neurons would hide one another: the first stands for all. */
static void currents(const sim_setup *s, const sim_result *r, panel *p)
{
    bool noise = s->current.kind == SIM_NOISE && s->neurons > 1;
    int count = s->current.kind == SIM_FILE && s->current.neurons > 1 ? traces_of(s) : 1;
    snprintf(p->heading, sizeof p->heading, "Current%s",
             noise       ? ", neuron 0"
             : count > 1 ? " of the first neurons"
                         : "");
    p->chart =
        chart_of(s, p->heading, sim_unit_label(s, FSNN_QUANTITY_CURRENT, "current", p->label), 130);
    for (int n = 0; n < count; n++) {
        sim_points_add(&p->points[n], 0, r->input[n]); /* the first step begins here */
        add_column(s, r->input, n, &p->points[n]);
        snprintf(p->name[n], CLI_NUMBER, "neuron %d", n);
        p->curve[n] = sim_curve(count > 1 ? p->name[n] : NULL, FSNN_MARK_STEPS,
                                count > 1 ? n + 1 : 8, &p->points[n]);
        if (s->current.kind == SIM_NOISE)
            p->curve[n].mark = FSNN_MARK_THIN;
    }
    p->chart.curves = count;
}

static void add_curve(panel *p, const char *name, fsnn_mark mark, int colour, sim_points points)
{
    int i = p->chart.curves++;
    p->points[i] = points;
    if (name)
        snprintf(p->name[i], CLI_NUMBER, "%s", name);
    p->curve[i] = sim_curve(name ? p->name[i] : NULL, mark, colour, &p->points[i]);
}

/* Whether the threshold of a neuron is other than the layer's at some step. */
static bool moves(const sim_setup *s, const sim_trace *t, int n)
{
    double theta = s->neuron.threshold.value;
    for (int64_t k = 0; k < s->steps; k++)
        if (fabs(t->threshold[k * s->neurons + n] - theta) > 1e-5 * fmax(1, theta))
            return true;
    return false;
}

/* Whether what is tested is not v: a reset looks ahead. */
static bool ahead(const sim_setup *s)
{
    return !s->readout &&
           (s->neuron.reset == FSNN_RESET_CURRENT || s->neuron.reset == FSNN_RESET_NONE);
}

/* The threshold of neuron n: one line where it is the same for all orders, else a curve an
 * order. */
static void thresholds(const sim_setup *s, const sim_result *r, int n, int only, bool named,
                       panel *p)
{
    bool drawn = false;
    for (int i = 0; i < s->alphas; i++) {
        bool moving = r->trace[i].threshold && moves(s, &r->trace[i], n);
        if (!r->trace[i].threshold || (only >= 0 && i != only) || (!moving && drawn))
            continue;
        const char *name = named && !drawn ? "threshold" : NULL;
        drawn = true;
        if (moving)
            add_curve(p, name, FSNN_MARK_LIMIT, s->alphas > 1 ? i + 1 : 7,
                      column(s, r->trace[i].threshold, n));
        else
            add_curve(p, name, FSNN_MARK_LIMIT, 7, level(s, s->neuron.threshold.value));
    }
}

/* The potentials of one neuron: every order, or only the one called `only`; where the reset looks
 * ahead, what it sees too. */
static void potentials(const sim_setup *s, const sim_result *r, int n, int only, panel *p)
{
    bool first = n == 0 && only <= 0, many = s->neurons > 1 || only >= 0;
    fsnn_mark mark = s->current.kind == SIM_NOISE || only >= 0 ? FSNN_MARK_THIN : FSNN_MARK_LINE;
    char label[CLI_NUMBER], alpha[CLI_NUMBER];
    if (only >= 0)
        snprintf(p->heading, sizeof p->heading, "Membrane potential, alpha %g", s->alpha[only]);
    else if (many)
        snprintf(p->heading, sizeof p->heading, "Membrane potential, neuron %d", n);
    else
        snprintf(p->heading, sizeof p->heading, "Membrane potential");
    p->chart =
        chart_of(s, p->heading, sim_unit_label(s, FSNN_QUANTITY_POTENTIAL, "potential v", p->label),
                 many ? 150 : 260);
    for (int i = 0; i < s->alphas; i++) {
        if (only >= 0 && i != only)
            continue;
        snprintf(label, sizeof label, "alpha %.24s", sim_alpha_text(s, i, 6, alpha));
        add_curve(p, first && only < 0 ? label : NULL, mark, i + 1, column(s, r->trace[i].v, n));
    }
    for (int i = 0; ahead(s) && i < s->alphas; i++)
        if (only < 0 || i == only)
            add_curve(p, first && (i == 0 || only >= 0) ? "v + dv, tested" : NULL, FSNN_MARK_THIN,
                      s->alphas > 1 && only < 0 ? i + 1 : 8, column(s, r->trace[i].test, n));
    thresholds(s, r, n, only, first, p);
}

static void row_name(const sim_setup *s, int i, int64_t n, char *name)
{
    if (s->neurons == 1)
        sim_alpha_text(s, i, 6, name);
    else if (s->alphas == 1)
        snprintf(name, CLI_NUMBER, "%d", (int)n);
    else
        snprintf(name, CLI_NUMBER, "%g: %d", s->alpha[i], (int)n);
}

/* A row an order and neuron: orders from above, neurons of one upwards, as in every raster. */
static void spikes(const sim_setup *s, const sim_result *r, panel *p)
{
    int64_t shown = s->neurons * s->alphas > ROWS ? ROWS / s->alphas : s->neurons, rows = 0;
    snprintf(p->heading, sizeof p->heading, "Spikes%s",
             s->neurons > 1 && s->alphas > 1 ? " (alpha: neuron)" : "");
    if (shown < s->neurons)
        snprintf(p->heading, sizeof p->heading, "Spikes (%lld of %lld neurons%s)", (long long)shown,
                 (long long)s->neurons, s->alphas > 1 ? "; alpha: neuron" : "");
    for (int i = 0; i < s->alphas; i++) {
        for (int64_t n = 0; n < shown; n++, rows++) {
            int64_t count, row = i * shown + shown - 1 - n;
            row_name(s, i, n, p->name[row]);
            p->row[row] = p->name[row];
            double *t = sim_spike_times(s, r->trace[i].spikes, n, &count);
            sim_points *points = &p->points[p->chart.curves];
            for (int64_t k = 0; k < count; k++)
                sim_points_add(points, t[k], (double)row);
            free(t);
            if (count > 0)
                p->curve[p->chart.curves++] = sim_curve(NULL, FSNN_MARK_TICKS, i + 1, points);
        }
    }
    int curves = p->chart.curves;
    int height = rows < 4 ? 70 : rows < 16 ? 22 * (int)rows : 8 * (int)rows;
    p->chart = chart_of(s, p->heading,
                        s->neurons == 1  ? "alpha"
                        : s->alphas == 1 ? "neuron"
                                         : "",
                        height < 70 ? 70 : height);
    p->chart.x_label = sim_unit_label(s, FSNN_QUANTITY_TIME, "time", p->label);
    p->chart.curves = curves;
    p->chart.rows = (int)rows;
    p->chart.row = p->row;
    p->chart.empty = "no spikes";
}

/* ---- all of it ---- */

/* Orders whose spikes stand too close would hide one another in one panel. */
static bool crowded(const sim_setup *s, const sim_result *r)
{
    int64_t most = 0, count;
    for (int i = 0; i < s->alphas; i++) {
        free(sim_spike_times(s, r->trace[i].spikes, 0, &count));
        most = count > most ? count : most;
    }
    return s->alphas > 1 && most > CLOSE;
}

void sim_figure(const sim_setup *s, const sim_result *r, const char *path)
{
    bool apart = s->neurons == 1 && crowded(s, r);
    int traces = apart ? s->alphas : traces_of(s), panels = traces + 2;
    panel *p = cli_allocate((size_t)panels, sizeof *p);
    fsnn_chart *chart = cli_allocate((size_t)panels, sizeof *chart);
    currents(s, r, &p[0]);
    for (int n = 0; n < traces; n++)
        potentials(s, r, apart ? 0 : n, apart ? n : -1, &p[1 + n]);
    spikes(s, r, &p[panels - 1]);
    for (int i = 0; i < panels; i++) {
        chart[i] = p[i].chart;
        chart[i].curve = p[i].curve;
    }
    char *text = sim_setup_text(s);
    fsnn_status status = fsnn_plot_charts(s->neurons > 1 ? "Fractional neurons under a current"
                                                         : "A fractional neuron under a current",
                                          text, 1, panels, chart, path);
    if (cli_figure_done(status, path))
        cli_say("wrote %s.png and %s.svg", path, path);
    for (int i = 0; i < panels; i++)
        sim_points_free(p[i].points, ROWS);
    free(text);
    free(chart);
    free(p);
}

/* cli/simulate/show_resets.c: one neuron under the same current with every reset: potentials, and
 * the spikes below each other. */
#include "cli/simulate/simulate.h"

#include <math.h>
#include <stdlib.h>

/* Panels: models in discrete time, and those that converge as the step shrinks. */
static const fsnn_reset panel[2][4] = {
    {FSNN_RESET_NONE, FSNN_RESET_CURRENT, FSNN_RESET_SUBTRACT, FSNN_RESET_VALUE},
    {FSNN_RESET_NONE, FSNN_RESET_JUMP, FSNN_RESET_DELTA, FSNN_RESET_RESTART}};

typedef struct trains {
    double *time[FSNN_RESETS]; /* NULL: not run */
    int64_t count[FSNN_RESETS];
    double last[FSNN_RESETS]; /* potential at the end */
} trains;

static int one(const sim_setup *given, fsnn_reset reset, int colour, sim_picture *p, trains *t)
{
    sim_setup s = *given;
    sim_trace trace;
    s.neuron.reset = reset;
    int code = sim_trace_run(&s, 0, &trace);
    if (code != CLI_GOOD)
        return code;
    const double *v = trace.v, *spikes = trace.spikes;
    sim_points *points =
        sim_picture_curve(p, fsnn_reset_name(reset),
                          reset == FSNN_RESET_NONE ? FSNN_MARK_REFERENCE : FSNN_MARK_LINE, colour);
    for (int64_t k = 0; k < s.steps; k++)
        sim_points_add(points, (double)(k + 1) * s.step, v[k]);
    free(t->time[reset]);
    t->time[reset] = sim_spike_times(&s, spikes, 0, &t->count[reset]);
    t->last[reset] = v[s.steps - 1];
    if (reset == FSNN_RESET_CURRENT) {
        points = sim_picture_curve(p, "v + dv, tested", FSNN_MARK_THIN, colour);
        for (int64_t k = 0; k < s.steps; k++)
            sim_points_add(points, (double)(k + 1) * s.step, (double)trace.test[k]);
    }
    sim_trace_free(&trace);
    return CLI_GOOD;
}

static int potentials(const sim_setup *s, sim_picture *p, trains *t)
{
    static const char *const heading[2] = {"Models in discrete time",
                                           "With a limit as the step shrinks"};
    int code = CLI_GOOD;
    for (int side = 0; side < 2; side++) {
        fsnn_chart *chart = sim_picture_chart(p, heading[side], NULL, "potential v");
        chart->height = 300;
        chart->x_high = s->time;
        for (int i = 0; i < 4 && code == CLI_GOOD; i++)
            code = one(s, panel[side][i], i ? i : 1, p, t);
        sim_points *limit = sim_picture_curve(p, NULL, FSNN_MARK_LIMIT, 7);
        sim_points_add(limit, 0, s->neuron.threshold.value);
        sim_points_add(limit, s->time, s->neuron.threshold.value);
    }
    return code;
}

/* The rows of the raster, from above; `none` has no spikes of its own worth a row. */
static const fsnn_reset order[] = {FSNN_RESET_CURRENT, FSNN_RESET_SUBTRACT, FSNN_RESET_VALUE,
                                   FSNN_RESET_JUMP,    FSNN_RESET_DELTA,    FSNN_RESET_RESTART};
static const char *names[CLI_COUNT(order)];

static void raster(const sim_setup *s, sim_picture *p, const trains *t)
{
    fsnn_chart *chart = sim_picture_chart(p, "Spikes", "time", NULL);
    for (int i = 0; i < CLI_COUNT(order); i++)
        names[i] = fsnn_reset_name(order[i]);
    chart->height = 240;
    chart->rows = CLI_COUNT(order);
    chart->row = names;
    chart->x_high = s->time;
    for (int i = 0; i < CLI_COUNT(order); i++) {
        sim_points *ticks = sim_picture_curve(p, NULL, FSNN_MARK_TICKS, i % 3 + 1);
        for (int64_t k = 0; k < t->count[order[i]]; k++)
            sim_points_add(ticks, t->time[order[i]][k], i);
    }
}

static void print_table(const trains *t)
{
    sim_print("%-13s%13s%13s%13s%13s%13s\n", "reset", "spikes", "first at", "first ISI", "last ISI",
              "last v");
    for (int i = 0; i < CLI_COUNT(order); i++) {
        const double *time = t->time[order[i]];
        int64_t n = t->count[order[i]];
        sim_print("%-13s%13lld", fsnn_reset_name(order[i]), (long long)n);
        sim_cell(n > 0 ? time[0] : NAN, "");
        sim_cell(n > 1 ? time[1] - time[0] : NAN, "");
        sim_cell(n > 1 ? time[n - 1] - time[n - 2] : NAN, "");
        sim_cell(t->last[order[i]], "\n");
    }
}

static int run(const sim_setup *given, const sim_options *o, const char *path)
{
    sim_setup s = *given;
    trains t = {0};
    s.neurons = 1;
    if (o->reset)
        return cli_error(CLI_USAGE, "--show resets draws every reset: leave --reset out");
    if (s.alphas != 1)
        return cli_error(CLI_USAGE, "--show resets takes one --alpha, not %d", s.alphas);
    sim_picture *p = cli_allocate(1, sizeof *p);
    int code = potentials(&s, p, &t);
    if (code == CLI_GOOD) {
        raster(&s, p, &t);
        print_table(&t);
        char kind[SIM_KIND_TEXT],
            *text = cli_format("%s, alpha %g, tau %g, threshold %g, v_reset %g, method %s, step %g",
                               sim_kind_text(&s, kind), s.alpha[0], s.neuron.tau.value,
                               s.neuron.threshold.value, s.neuron.v_reset.value,
                               fsnn_method_name(s.method), s.step);
        code = sim_picture_draw(p, o, "The same current under every reset", text, 1, path);
        free(text);
    }
    for (int i = 0; i < FSNN_RESETS; i++)
        free(t.time[i]);
    sim_picture_free(p);
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

/* cli/simulate/simulate_picture.c: what the ready-made pictures share: charts that grow curve by
 * curve. */
#include "cli/simulate/simulate.h"

#include <stdlib.h>
#include <string.h>

fsnn_chart *sim_picture_chart(sim_picture *p, const char *heading, const char *x_label,
                              const char *y_label)
{
    fsnn_chart *chart = &p->chart[p->charts];
    *chart = (fsnn_chart){.heading = heading,
                          .x_label = x_label,
                          .y_label = y_label,
                          .height = 400,
                          .curve = p->curve[p->charts]};
    p->charts++;
    return chart;
}

sim_points *sim_picture_curve(sim_picture *p, const char *name, fsnn_mark mark, int colour)
{
    int c = p->charts - 1, i = p->chart[c].curves++;
    char *kept = p->name[c][i];
    if (name)
        snprintf(kept, CLI_NUMBER, "%s", name);
    p->curve[c][i] = (fsnn_curve){.name = name ? kept : NULL, .mark = mark, .colour = colour};
    return &p->points[c][i];
}

/* Curves learn their points last, because those may move while they grow. Empty ones go, references
 * come behind the others: on top, and last in the legend. */
static void settle(sim_picture *p, int c)
{
    int count = p->chart[c].curves, kept = 0;
    fsnn_curve sorted[CLI_COUNT(p->curve[0])];
    for (int references = 0; references < 2; references++) {
        for (int i = 0; i < count; i++) {
            const fsnn_curve *from = &p->curve[c][i];
            if ((from->mark == FSNN_MARK_REFERENCE) == references && p->points[c][i].count > 0)
                sorted[kept++] = sim_curve(from->name, from->mark, from->colour, &p->points[c][i]);
        }
    }
    memcpy(p->curve[c], sorted, (size_t)kept * sizeof *sorted);
    p->chart[c].curves = kept;
}

int sim_picture_draw(sim_picture *p, const sim_options *given, const char *title,
                     const char *subtitle, int columns, const char *path)
{
    if (given->no_figure)
        return CLI_GOOD;
    for (int c = 0; c < p->charts; c++)
        settle(p, c);
    fsnn_status status = fsnn_plot_charts(title, subtitle, columns, p->charts, p->chart, path);
    if (cli_figure_done(status, path))
        cli_say("wrote %s.png and %s.svg, their numbers to %s.dat", path, path, path);
    return CLI_GOOD;
}

void sim_picture_free(sim_picture *p)
{
    for (int c = 0; c < CLI_COUNT(p->points); c++)
        sim_points_free(p->points[c], CLI_COUNT(p->points[c]));
    free(p);
}

int sim_need_current(const sim_setup *s, const sim_options *given, sim_current_kind kind,
                     const char *what)
{
    if (s->current.kind == kind && !s->current.plus)
        return CLI_GOOD;
    return cli_error(CLI_USAGE, "--show %s takes --current %s, not %s", given->show, what,
                     given->current);
}

int sim_need_reset(const sim_setup *s, const sim_options *given)
{
    if (s->neuron.reset != FSNN_RESET_CURRENT && s->neuron.reset != FSNN_RESET_NONE)
        return CLI_GOOD;
    return cli_error(CLI_USAGE,
                     "--show %s: with reset %s a spike looks a unit of time ahead and comes in "
                     "every step: take jump, subtract, value, delta or restart",
                     given->show, fsnn_reset_name(s->neuron.reset));
}

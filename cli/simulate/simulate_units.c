/* cli/simulate/simulate_units.c: the units in which a user counts: of --units, else of the
 * description that the neuron is from. Axes, tables and rates are named after them. */
#include "cli/simulate/simulate.h"

#include <stdlib.h>

int sim_units_read(const char *text, sim_setup *s)
{
    if (text && fsnn_units_read(text, &s->units) < 0)
        return cli_error(CLI_USAGE, "--%s", fsnn_error_text());
    return CLI_GOOD;
}

void sim_units_take(const fsnn_units *described, sim_setup *s)
{
    for (int q = 0; q < FSNN_QUANTITIES; q++)
        if (!s->units.unit[q])
            s->units.unit[q] = described->unit[q];
}

const char *sim_unit_label(const sim_setup *s, fsnn_quantity q, const char *name, char *text)
{
    return fsnn_units_label(&s->units, q, name, text, CLI_NUMBER);
}

char *sim_units_text(const sim_setup *s)
{
    char text[CLI_UNITS];
    fsnn_units_text(&s->units, text, sizeof text);
    return cli_format("%s%s", *text ? "; " : "", text);
}

double sim_rate_unit(const sim_setup *s)
{
    double hertz = fsnn_units_hertz(&s->units, 1);
    return hertz > 0 ? hertz : 1;
}

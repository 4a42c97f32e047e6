/* cli/simulate/simulate_units.c: the units in which a user counts. Numbers stay what they are;
 * axes, tables and rates are named after them. */
#include "cli/simulate/simulate.h"

#include <stdlib.h>
#include <string.h>

enum { UNITS = 6 };

static const struct {
    const char *name, *list;
    sim_unit unit[UNITS];
} quantity[SIM_QUANTITIES] = {
    [SIM_TIME] = {"time", "s, ms, us", {{"s", 1}, {"ms", 1e-3}, {"us", 1e-6}}},
    [SIM_POTENTIAL] = {"potential", "V, mV, uV", {{"V", 1}, {"mV", 1e-3}, {"uV", 1e-6}}},
    [SIM_CURRENT] = {"current",
                     "A, mA, uA, nA, pA",
                     {{"A", 1}, {"mA", 1e-3}, {"uA", 1e-6}, {"nA", 1e-9}, {"pA", 1e-12}}},
};

static int wrong(const char *text)
{
    return cli_error(CLI_USAGE,
                     "--units %s: expected time=, potential= and current= with units, like "
                     "time=ms,potential=mV,current=nA; time takes %s; potential %s; current %s",
                     text, quantity[SIM_TIME].list, quantity[SIM_POTENTIAL].list,
                     quantity[SIM_CURRENT].list);
}

static const sim_unit *unit_of(sim_quantity q, const char *name, size_t length)
{
    for (int i = 0; i < UNITS && quantity[q].unit[i].name; i++)
        if (strlen(quantity[q].unit[i].name) == length &&
            strncmp(quantity[q].unit[i].name, name, length) == 0)
            return &quantity[q].unit[i];
    return NULL;
}

int sim_units_read(const char *text, sim_setup *s)
{
    for (const char *rest = text; rest && *rest;) {
        size_t name = strcspn(rest, "="), all = strcspn(rest, ",");
        int q = 0;
        while (q < SIM_QUANTITIES &&
               (strlen(quantity[q].name) != name || strncmp(quantity[q].name, rest, name) != 0))
            q++;
        if (q == SIM_QUANTITIES || name >= all || s->unit[q])
            return wrong(text);
        s->unit[q] = unit_of((sim_quantity)q, rest + name + 1, all - name - 1);
        if (!s->unit[q])
            return wrong(text);
        rest += all + (rest[all] == ',');
    }
    return text && !*text ? wrong(text) : CLI_GOOD;
}

const char *sim_unit_label(const sim_setup *s, sim_quantity q, const char *name, char *text)
{
    const char *unit = s->unit[q] ? s->unit[q]->name : "";
    snprintf(text, CLI_NUMBER, "%s%s%s%s", name, *unit ? " [" : "", unit, *unit ? "]" : "");
    return text;
}

char *sim_units_text(const sim_setup *s)
{
    char text[128] = "";
    size_t used = 0;
    for (int q = 0; q < SIM_QUANTITIES; q++)
        if (s->unit[q])
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s in %s",
                                     used ? ", " : "; ", quantity[q].name, s->unit[q]->name);
    if (s->unit[SIM_TIME])
        snprintf(text + used, sizeof text - used, ", rates in Hz");
    return cli_format("%s", text);
}

double sim_rate_unit(const sim_setup *s)
{
    return s->unit[SIM_TIME] ? 1 / s->unit[SIM_TIME]->size : 1;
}

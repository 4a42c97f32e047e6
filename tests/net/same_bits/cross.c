/* Kinds of neurons by methods by resets by memory engines. */
#include "bits.h"

#include <stdio.h>
#include <string.h>

static void one(const neuron_row *row, const way *w, fsnn_reset reset, const engine *e, bool fixed)
{
    char name[128];
    setup s = setup_default();
    s.neuron = row;
    s.way = *w;
    s.engine = *e;
    s.fixed = fixed;
    s.options.reset = reset;
    s.options.v_reset.value = reset == FSNN_RESET_VALUE ? 0.0625 : 0;
    snprintf(name, sizeof name, "%s/%s/%s/%s/%s", fixed ? "fixed" : "learned", row->name, w->name,
             fsnn_reset_name(reset), e->name);
    setup_run(name, &s);
}

/* Kinds that stand for the others where everything is crossed: one in closed form, one equation,
 * one with several states. */
static bool stands(const neuron_row *row)
{
    return strcmp(row->name, "lif") == 0 || strcmp(row->name, "own") == 0 ||
           strcmp(row->name, "two") == 0;
}

/* Every method and reset with full memory, and every other engine with the first and another reset;
 * those of the kinds above with all. */
static void of_kind(const neuron_row *row, int number)
{
    for (int w = 0; w < ways_count; w++)
        for (int r = 0; r < FSNN_RESETS; r++) {
            bool all = stands(row), turn = r == (w + number) % FSNN_RESETS;
            if (all || turn || ways[w].method == FSNN_GL || r == FSNN_RESET_CURRENT)
                one(row, &ways[w], (fsnn_reset)r, &engines[0], false);
            for (int e = 1; e < engines_count; e++)
                if (all ? (e != 2 || turn) : (turn && e == 1 + (w + number) % 3))
                    one(row, &ways[w], (fsnn_reset)r, &engines[e], false);
            if (turn)
                one(row, &ways[w], FSNN_RESET_CURRENT, &engines[(w + number) % 4], true);
        }
}

void group_cross(void)
{
    for (int i = 0; neuron_at(i); i++)
        of_kind(neuron_at(i), i);
    /* every pair of method and integrator, also those that do not go together */
    for (int m = FSNN_METHOD_DEFAULT; m <= FSNN_ML; m++)
        for (int i = 0; i < 4; i++) {
            char name[128];
            setup s = setup_default();
            s.way = (way){"", (fsnn_method)m, i % 2, i / 2};
            snprintf(name, sizeof name, "methods/%s/%s/%s", fsnn_method_name((fsnn_method)m),
                     i % 2 ? "odeint" : "fdeint", i / 2 ? "implicit" : "explicit");
            setup_run(name, &s);
        }
}

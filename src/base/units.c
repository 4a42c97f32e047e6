/* base/units.c: the units in which a user counts: their names and sizes. */
#include "base/base.h"

#include <fsnn/units.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { UNITS = 7 }; /* of a quantity at most, none and the end among them */

static const struct {
    const char *name, *list;
    struct {
        const char *name;
        double size; /* in s, V or A */
    } unit[UNITS];
} quantities[FSNN_QUANTITIES] = {
    [FSNN_QUANTITY_TIME] = {"time",
                            "s, ms, us",
                            {{"none", 1}, {"s", 1}, {"ms", 1e-3}, {"us", 1e-6}}},
    [FSNN_QUANTITY_POTENTIAL] = {"potential",
                                 "V, mV, uV",
                                 {{"none", 1}, {"V", 1}, {"mV", 1e-3}, {"uV", 1e-6}}},
    [FSNN_QUANTITY_CURRENT] =
        {"current",
         "A, mA, uA, nA, pA",
         {{"none", 1}, {"A", 1}, {"mA", 1e-3}, {"uA", 1e-6}, {"nA", 1e-9}, {"pA", 1e-12}}},
};

static bool is_quantity(fsnn_quantity q)
{
    return (int)q >= 0 && (int)q < FSNN_QUANTITIES;
}

static bool is_unit(fsnn_quantity q, int unit)
{
    return is_quantity(q) && unit >= 0 && unit < UNITS && quantities[q].unit[unit].name;
}

const char *fsnn_quantity_name(fsnn_quantity quantity)
{
    return is_quantity(quantity) ? quantities[quantity].name : NULL;
}

const char *fsnn_unit_name(fsnn_quantity quantity, int unit)
{
    return is_unit(quantity, unit) ? quantities[quantity].unit[unit].name : NULL;
}

double fsnn_unit_size(fsnn_quantity quantity, int unit)
{
    return is_unit(quantity, unit) ? quantities[quantity].unit[unit].size : 1;
}

int fsnn_unit_of_size(fsnn_quantity quantity, double size)
{
    for (int u = 1; is_unit(quantity, u); u++)
        if (fabs(size / quantities[quantity].unit[u].size - 1) < 1e-6)
            return u;
    return 0;
}

/* ---- "time=ms,potential=mV" ---- */

static fsnn_status wrong(const char *text)
{
    return fsnn_fail(FSNN_EARGUMENT,
                     "units \"%s\": expected time=, potential= and current= with units, like "
                     "time=ms,potential=mV,current=nA; time takes %s; potential %s; current %s",
                     text, quantities[FSNN_QUANTITY_TIME].list,
                     quantities[FSNN_QUANTITY_POTENTIAL].list,
                     quantities[FSNN_QUANTITY_CURRENT].list);
}

static bool same(const char *name, const char *text, size_t length)
{
    return strlen(name) == length && strncmp(name, text, length) == 0;
}

static int find_quantity(const char *text, size_t length)
{
    int q = 0;
    while (q < FSNN_QUANTITIES && !same(quantities[q].name, text, length))
        q++;
    return q;
}

static int find_unit(fsnn_quantity q, const char *text, size_t length)
{
    for (int u = 1; is_unit(q, u); u++)
        if (same(quantities[q].unit[u].name, text, length))
            return u;
    return 0;
}

fsnn_status fsnn_units_read(const char *text, fsnn_units *units)
{
    FSNN_NEED(text);
    FSNN_NEED(units);
    fsnn_units found = {{0}};
    const char *at = text;
    do {
        size_t name = strcspn(at, "="), all = strcspn(at, ",");
        int q = name < all ? find_quantity(at, name) : FSNN_QUANTITIES;
        if (q == FSNN_QUANTITIES || found.unit[q])
            return wrong(text);
        found.unit[q] = find_unit((fsnn_quantity)q, at + name + 1, all - name - 1);
        if (!found.unit[q])
            return wrong(text);
        at += all;
    } while (*at++ == ',');
    for (int q = 0; q < FSNN_QUANTITIES; q++)
        if (found.unit[q])
            units->unit[q] = found.unit[q];
    return FSNN_OK;
}

/* ---- what is shown ---- */

/* NULL: none was named. */
static const char *named(const fsnn_units *units, fsnn_quantity q)
{
    int unit = units && is_quantity(q) ? units->unit[q] : 0;
    return unit > 0 ? fsnn_unit_name(q, unit) : NULL;
}

const char *fsnn_units_label(const fsnn_units *units, fsnn_quantity quantity, const char *name,
                             char *text, size_t size)
{
    const char *unit = named(units, quantity);
    if (text && size)
        snprintf(text, size, "%s%s%s%s", name ? name : "", unit ? " [" : "", unit ? unit : "",
                 unit ? "]" : "");
    return text;
}

const char *fsnn_units_text(const fsnn_units *units, char *text, size_t size)
{
    size_t used = 0;
    if (!text || !size)
        return text;
    *text = 0;
    for (int q = 0; q < FSNN_QUANTITIES && used < size; q++) {
        const char *unit = named(units, (fsnn_quantity)q);
        if (unit)
            used += (size_t)snprintf(text + used, size - used, "%s%s in %s", used ? ", " : "",
                                     quantities[q].name, unit);
    }
    if (named(units, FSNN_QUANTITY_TIME) && used < size)
        snprintf(text + used, size - used, ", rates in Hz");
    return text;
}

double fsnn_units_hertz(const fsnn_units *units, double step)
{
    if (!named(units, FSNN_QUANTITY_TIME) || !(step > 0))
        return 0;
    return 1 / (step * fsnn_unit_size(FSNN_QUANTITY_TIME, units->unit[FSNN_QUANTITY_TIME]));
}

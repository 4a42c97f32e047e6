/* fsnn/units.h: the units in which a user counts. Nothing is converted: numbers stay what they are,
 * and what shows them (axes of figures, tables, JSON, records) names them; rates of spikes are in
 * Hz where the unit of time is known. Numbers have to fit together: mV = MOhm nA = GOhm pA. */
#ifndef FSNN_UNITS_H
#define FSNN_UNITS_H

#include <stddef.h>

#include <fsnn/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum fsnn_quantity {
    FSNN_QUANTITY_TIME,      /* s, ms, us */
    FSNN_QUANTITY_POTENTIAL, /* V, mV, uV */
    FSNN_QUANTITY_CURRENT,   /* A, mA, uA, nA, pA */
    FSNN_QUANTITIES
} fsnn_quantity;

/* A unit of each quantity by its number (fsnn_unit_name); 0: none was named. */
typedef struct fsnn_units {
    int unit[FSNN_QUANTITIES];
} fsnn_units;

/* "time", "potential", "current"; NULL behind the last. */
FSNN_API const char *fsnn_quantity_name(fsnn_quantity quantity);
/* "none" of 0, then from the largest on "s", "ms", ...; NULL behind the last. */
FSNN_API const char *fsnn_unit_name(fsnn_quantity quantity, int unit);
/* In s, V or A: 0.001 of ms; 1 of 0 and of what there is not. */
FSNN_API double fsnn_unit_size(fsnn_quantity quantity, int unit);
/* The unit of that size, but for rounding; 0: none. */
FSNN_API int fsnn_unit_of_size(fsnn_quantity quantity, double size);

/* Reads "time=ms,potential=mV,current=nA", or some of them, into *units, where what the text does
 * not name stays. Errors: FSNN_EARGUMENT with what there is; *units is as it was. */
FSNN_API fsnn_status fsnn_units_read(const char *text, fsnn_units *units);
/* "NAME [ms]", or "NAME" where no unit was named, into text [size], cut to fit. Returns `text`.
 * `units` may be NULL: none. */
FSNN_API const char *fsnn_units_label(const fsnn_units *units, fsnn_quantity quantity,
                                      const char *name, char *text, size_t size);
/* "time in ms, potential in mV, current in nA, rates in Hz", or "" into text [size], cut to fit.
 * Returns `text`. */
FSNN_API const char *fsnn_units_text(const fsnn_units *units, char *text, size_t size);
/* Hz of one spike in each step of this length; 0 where the unit of time is not known. */
FSNN_API double fsnn_units_hertz(const fsnn_units *units, double step);

#ifdef __cplusplus
}
#endif
#endif

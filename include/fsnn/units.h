/* fsnn/units.h: the units of a user's numbers. Nothing is converted: axes of figures, tables, JSON
 * and records name the units, and firing rates are in Hz where the unit of time is known. The units
 * have to fit together: mV = MOhm nA = GOhm pA. */
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
/* In s, V or A: 0.001 for ms; 1 for 0 and for numbers that are no unit's. */
FSNN_API double fsnn_unit_size(fsnn_quantity quantity, int unit);
/* The unit of this size in s, V or A, up to rounding; 0: there is none. */
FSNN_API int fsnn_unit_of_size(fsnn_quantity quantity, double size);

/* Reads "time=ms,potential=mV,current=nA", or some of these, into *units; quantities that the text
 * does not name keep their units. Errors: FSNN_EARGUMENT, whose sentence lists all units; *units is
 * as it was. */
FSNN_API fsnn_status fsnn_units_read(const char *text, fsnn_units *units);
/* Writes "NAME [ms]", or "NAME" where no unit was named, into text [size], cut to fit. Returns
 * `text`. `units` may be NULL: none. */
FSNN_API const char *fsnn_units_label(const fsnn_units *units, fsnn_quantity quantity,
                                      const char *name, char *text, size_t size);
/* Writes "time in ms, potential in mV, current in nA, rates in Hz", or "" where no unit was named,
 * into text [size], cut to fit. Returns `text`. */
FSNN_API const char *fsnn_units_text(const fsnn_units *units, char *text, size_t size);
/* The rate in Hz of one spike in each step of length `step`; 0 where no unit of time was named. */
FSNN_API double fsnn_units_hertz(const fsnn_units *units, double step);

#ifdef __cplusplus
}
#endif
#endif

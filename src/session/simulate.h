/* session/simulate.h: the parts of a simulation: the current in simulate_current.c, runs in
 * simulate.c, tables in table.c, simulate_rates.c, simulate_latency.c and simulate_intervals.c. */
#ifndef FSNN_SESSION_SIMULATE_H
#define FSNN_SESSION_SIMULATE_H

#include "base/base.h"

#include <fsnn/simulate.h>

/* What one order did, [steps][neurons] each; NULL what is not wanted. */
typedef struct simulate_trace {
    double *v, *spikes, *test, *threshold;
    double *state[FSNN_USER_STATES];
} simulate_trace;

fsnn_status simulate_check(const fsnn_simulation *what);
/* Runs `input` [steps][neurons] at order number `order`; -1: that of the dynamics. */
fsnn_status simulate_run(const fsnn_simulation *what, int order, const double *input,
                         const simulate_trace *trace);
/* The kind, its default filled in, and the options that all kinds have. */
const char *simulate_kind(const fsnn_simulation *what);
fsnn_neuron simulate_neuron(const fsnn_simulation *what);
/* Runs there are, and the order of one of them. */
int simulate_orders(const fsnn_simulation *what);
double simulate_alpha(const fsnn_simulation *what, int order);

/* The resting potential and the resistance, which the options of a layer may have, too; whether
 * one is given. */
double simulate_rest(const fsnn_simulation *what);
double simulate_resistance(const fsnn_simulation *what);
bool simulate_shifted(const fsnn_simulation *what);
/* The neuron with its potentials counted from rest, and what a current drives it with, in the unit
 * of potentials: exact values are those of rest 0 and resistance 1. */
fsnn_neuron simulate_from_rest(const fsnn_simulation *what);
double simulate_drive(const fsnn_simulation *what, double current);
/* if or lif without noise, whose exact values are known. */
bool simulate_known(const fsnn_simulation *what);
/* FSNN_EARGUMENT where spikes are no events of their own. */
fsnn_status simulate_need_events(const fsnn_simulation *what);

/* A table without rows; `head` [columns] has names and units. */
typedef struct table_head {
    const char *name, *unit;
} table_head;
fsnn_status table_create(fsnn_table *table, const table_head *head, int columns);
/* Appends a row [columns]; `capacity` is kept by the caller, 0 at first. */
fsnn_status table_add(fsnn_table *table, int64_t *capacity, const double *row);

#endif

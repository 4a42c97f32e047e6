/* net/neuron_node.h: the inside of a neuron layer as a node, for net/neuron_*.c, which but for the
 * keys are compiled once a precision. What the net may ask of one stands in net/neuron_ops.h.
 *
 *   neuron_kinds_real.c    all kinds, a row each
 *   neuron_keys.c          their options, as tables of keys
 *   neuron_check_real.c    what options, method and resets cannot have together
 *   neuron_params_real.c   their parameters
 *   neuron_values_real.c   those that are lists of numbers
 *   neuron_node_real.c     shape, plan, forward and backward: calls of the scan
 *   neuron_drive_real.c    the current times a resistance
 *   neuron_saved_real.c    what a layer remembers (op/memory.h)
 *   neuron_stable_real.c   whether the step is stable, and whether potentials overshoot
 *   neuron_forgets_real.c  what a memory of a number of steps loses
 *   neuron_finite_real.c   what is said where states leave the finite numbers
 *   neuron_look_real.c     what a layer did: states, counts of spikes, costs
 *   neuron_user_real.c     equations and callbacks (neuron_user.h) */
#ifndef FSNN_NEURON_NODE_H
#define FSNN_NEURON_NODE_H

#include "base/error_key.h"
#include "base/real.h"
#include "net/neuron_ops.h"
#include "net/neuron_user.h"
#include "op/memory.h"
#include "scan/scan.h"

/* op_node.state */
typedef struct neuron_layer {
    scan scan;
    const frac_method *method;
    fsnn_order order;
    double h;
    frac_keep memory;
    bool implicit;
    /* numbers of the parameters that not every layer has; -1: none */
    int threshold, alpha, coefficient, v_reset, v0, rest, resistance;
    int own;          /* the first of the model's own */
    scan_param drive; /* the resistance's numbers, where there is one */
    int64_t *counts;  /* [counted] spikes of each neuron; NULL: not counted */
    int64_t counted, tests;
    double done;      /* share of the training */
    double *values;   /* the lists of options, one after the other; NULL: none */
    neuron_user user; /* kind user */
} neuron_layer;

/* Surrogate scales: what is steeper or wider leaves single precision. */
#define NEURON_SCALE_LEAST 1e-18
#define NEURON_SCALE_MOST 1e18
/* Of gamma and temperature: the reciprocals of their products are such scales. */
#define NEURON_NOISE_MOST 1e9
#define NEURON_REST_MOST 1e7 /* steps: counted in single precision */

/* ---- what the net asks (neuron_ops.h) ---- */
void neuron_dynamics(op_node *node, const frac_method *method, bool implicit,
                     const fsnn_order *order, double h, const frac_keep *memory);
void neuron_progress(op_node *node, double done);
int neuron_states(const op_node *node);
const char *neuron_state_name(const op_node *node, int i);
bool neuron_is_readout(const op_node *node);
bool neuron_spiking(const op_node *node);
fsnn_status neuron_count(op_node *node, bool on);
const int64_t *neuron_counts(const op_node *node, int64_t *tests);
const char *neuron_equations(const op_node *node);
double neuron_memory_cost(const op_node *node);
double neuron_rate(const op_node *node);
fsnn_status neuron_certificate(const op_node *node, fsnn_certificate *certificate);
void neuron_past_of(const op_node *node, int state, neuron_past *past);
char *neuron_unstable(const op_node *node);
char *neuron_overshoots(const op_node *node);
char *neuron_forgets(const op_node *node);
fsnn_status neuron_hold(op_node *node, const scan_holds *holds);
double neuron_held(const op_node *node, int hold);
/* State i after each step of the last forward [K, B, N], given its spikes, in the layout the node
 * has. */
void neuron_values(const op_node *node, int i, const real *spikes, real *out);
/* What the spike tests compared in the last forward (scan/scan.h), given its input and spikes:
 * [K, B, N] each; no readout. */
fsnn_status neuron_tested(const op_node *node, const real *I, const real *spikes, real *test,
                          real *threshold);

/* ---- the current times a resistance (neuron_drive_real.c) ---- */
bool neuron_resists(const op_node *node);
/* Which number of the resistance neuron n has, as neurons lie. */
int64_t neuron_drive_number(const neuron_layer *st, int64_t n);
/* Bytes that neuron_drive needs as `space` for `rows` rows of N numbers, and neuron_drive_back. */
size_t neuron_drive_bytes(const op_node *node, int64_t rows);
size_t neuron_drive_back_bytes(const op_node *node, int64_t rows);
/* Resistance times I [rows, N], in `space`; I itself where there is no resistance. */
const real *neuron_drive(const op_node *node, int64_t rows, const real *I, void *space);
/* Where the gradient of that current goes: gI itself, or `space` behind the current where only the
 * resistance wants it. */
real *neuron_drive_room(const op_node *node, const op_run *run, int64_t rows, void *space);
/* From the gradient of the current that of I, in place, and that of the resistance, added. */
void neuron_drive_back(const op_node *node, const op_run *run, int64_t rows, real *g, void *space);
/* Of forward and backward: rows of I in a call. */
int64_t neuron_drive_rows(const op_node *node);

/* ---- keys ---- */
extern const fsnn_key neuron_keys[]; /* of every kind that spikes; an fsnn_neuron */
/* the same and rest, resistance, with a threshold that may be negative: of kinds by hand */
extern const fsnn_key neuron_resting_keys[];
/* The same and more, an fsnn_user: of kinds with equations, of those with several states, of the
 * user's own. */
extern const fsnn_key neuron_param_keys[], neuron_peak_keys[], neuron_state_keys[],
    neuron_user_keys[];
extern const fsnn_key neuron_readout_keys[];

/* ---- checks ---- */
fsnn_status neuron_check(const fsnn_op *op, const void *options, char key[OP_KEY]); /* op.h */
fsnn_status neuron_check_options(const op_node *node);
fsnn_status neuron_check_membrane(const op_node *node); /* once the scan knows channels */
fsnn_status neuron_check_states(const op_node *node);
fsnn_status neuron_check_reset(const op_node *node);
fsnn_status neuron_check_readout(const op_node *node);
fsnn_status neuron_check_slopes(const op_node *node);
/* Puts the node's kind and name before the sentence of a failure. */
fsnn_status neuron_named(const op_node *node, fsnn_status status);

/* ---- parameters that are lists: a number a channel or neuron ---- */
/* The options of the kind are an fsnn_user. */
bool neuron_has_equations(const fsnn_op *op);
/* Options point to copies in st->values. */
fsnn_status neuron_values_take(op_node *node);
void neuron_values_free(neuron_layer *st);
/* A list needs a unit; for descriptions (op.h: check). */
fsnn_status neuron_values_check_per(const fsnn_op *op, const void *options, char key[OP_KEY]);
/* Once the scan knows channels: there are as many as it has. */
fsnn_status neuron_values_check(const op_node *node);
double neuron_value_least(const fsnn_value *v);
/* v0 with its unit and list, as other parameters have them. */
fsnn_value neuron_value_v0(const fsnn_neuron *o);
/* Whether rest, or resistance, is more than 0, or 1: then it is a parameter of the layer. */
bool neuron_value_rests(const fsnn_neuron *o);
bool neuron_value_resists(const fsnn_neuron *o);
/* The resistance where it is one number. */
double neuron_value_resistance(const fsnn_neuron *o);
/* Of the neuron at `place` of the shape. */
double neuron_value_at(const scan *s, const fsnn_value *v, int64_t place);
/* Whether there is a list at all. */
bool neuron_values_listed(const op_node *node);

/* ---- parameters ---- */
void neuron_params(op_node *node); /* op_node.param, once the scan knows model and channels */
/* Where the values lie; NULL: only how many there are of each parameter. */
void neuron_bind(op_node *node, real *const *value);
void neuron_grads_of(const op_node *node, const op_run *run, scan_grads *grads);
fsnn_status neuron_changed(op_node *node, real *const *value, bool *anew); /* op.h */

/* ---- the operator (op.h) ---- */
fsnn_status neuron_create(op_node *node);
fsnn_status neuron_shape(op_node *node);
fsnn_status neuron_plan(op_node *node);
fsnn_status neuron_forward(op_node *node, const op_run *run);
fsnn_status neuron_backward(op_node *node, const op_run *run);
bool neuron_into(op_node *node, const op_node *next);
fsnn_status neuron_sums(op_node *node, bool *can);
bool neuron_binary(const op_node *node);
void neuron_destroy(op_node *node);
extern const op_memory neuron_memory;

/* FSNN_ENUMERIC with where a state ceased to be finite in the forward `run`, and what would
 * work. */
fsnn_status neuron_strayed(const op_node *node, const op_run *run);

/* How fast dv falls with v, at v0; 0: it does not, or that is not known. */
double neuron_leak_rate(const neuron_layer *st, const op_node *node);

/* Counts the spikes of a forward, where that was asked for. */
void neuron_tally(op_node *node, const real *spikes);

#endif

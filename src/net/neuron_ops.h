/* net/neuron_ops.h: neuron layers as nodes, where neuron/ and frac/ meet. The same interface as
 * operators; the scan is inside. */
#ifndef FSNN_NEURON_OPS_H
#define FSNN_NEURON_OPS_H

#include "frac/memory.h"
#include "op/op.h"

/* All neuron kinds, NULL-terminated. */
extern const fsnn_op *const fsnn_neuron_ops[];

/* Dynamics of a neuron node, set before shape(). */
void neuron_node_dynamics(op_node *node, const frac_method *method, bool implicit,
                          const fsnn_order *order, double h, const frac_keep *memory);
/* After plan(): its spikes may go straight into `next` (op.h: patches), false where they cannot.
 * NULL: they do not. */
bool neuron_node_into(op_node *node, const op_node *next);
/* After plan(): whether backward can give op_run.gsum; where it can, it is ready to. */
fsnn_status neuron_node_sums(op_node *node, bool *can);
/* After plan(): its output is zeros and ones. */
bool neuron_node_binary(const op_node *node);
/* Time 0. */
void neuron_node_reset(op_node *node);
/* Values of tau, threshold, alpha, coefficient were written: checks them and settles what depends
 * on them. *void_state becomes true when the layer must be planned anew and begin at time 0. */
fsnn_status neuron_node_changed(op_node *node, float *const *value, bool *void_state);
/* States of a neuron, v first: how many, their names (NULL: no such state). */
int neuron_node_states(const op_node *node);
const char *neuron_node_state_name(const op_node *node, int i);
/* State i after each step of the last forward [K, B, N], given its spikes, in the layout the node
 * has. */
void neuron_node_values(const op_node *node, int i, const float *spikes, float *out);
/* The state at a border of segments: its bytes at most, saved and restored (a full history stays
 * where it is: its length). */
size_t neuron_node_state_most(const op_node *node);
void neuron_node_save(const op_node *node, void *bytes);
fsnn_status neuron_node_load(op_node *node, const void *bytes);
/* The whole state, with its history; what it must agree in with the layer that takes it. */
size_t neuron_node_state_bytes(const op_node *node);
void neuron_node_state_save(const op_node *node, void *bytes);
bool neuron_node_state_fits(const op_node *node, const void *bytes, int64_t count);
fsnn_status neuron_node_state_load(op_node *node, const void *bytes);
void neuron_node_print(const op_node *node,
                       void (*mix)(uint64_t *print, const void *data, size_t bytes),
                       uint64_t *print);
/* Before backward of a segment: whether it is the last of its call, the first. */
void neuron_node_chain(op_node *node, bool last, bool first);
/* The share of a training that is done: scales of surrogates follow it. */
void neuron_node_progress(op_node *node, double done);
/* Begins to count each neuron's spikes at zero, or stops. The counts [N] in the layout the node
 * has, and steps times samples in `*tests`; NULL: nothing is counted. */
fsnn_status neuron_node_count(op_node *node, bool on);
const int64_t *neuron_node_counts(const op_node *node, int64_t *tests);
/* The equations it was given, or "". */
const char *neuron_node_equations(const op_node *node);
/* Multiply-adds of the sums over the past in the last forward, a neuron. */
double neuron_node_memory_cost(const op_node *node);
double neuron_node_rate(const op_node *node);
size_t neuron_node_bytes(const op_node *node);
fsnn_status neuron_node_certificate(const op_node *node, fsnn_certificate *certificate);
/* A sentence when the choice of step is unstable (fsnn_free), else NULL. */
char *neuron_node_unstable(const op_node *node);

#endif

/* net/neuron_ops.h: neuron layers as nodes, where neuron/ and frac/ meet. The same interface as
 * operators; the scan is inside. */
#ifndef FSNN_NEURON_OPS_H
#define FSNN_NEURON_OPS_H

#include "frac/memory.h"
#include "op/op.h"

/* Neuron kinds 0, 1, ...; NULL behind the last (net/neuron_kinds.c). */
const fsnn_op *neuron_op_at(int index);

/* Dynamics of a neuron node, set before shape(). */
void neuron_node_dynamics(op_node *node, const frac_method *method, bool implicit,
                          const fsnn_order *order, double h, const frac_keep *memory);
/* States of a neuron, v first: how many, their names (NULL: no such state). */
int neuron_node_states(const op_node *node);
const char *neuron_node_state_name(const op_node *node, int i);
/* State i after each step of the last forward [K, B, N], given its spikes, in the layout the node
 * has. */
void neuron_node_values(const op_node *node, int i, const float *spikes, float *out);
/* What the spike tests compared in the last forward (scan/scan.h), given its input and spikes:
 * [K, B, N] each; no readout. */
void neuron_node_tested(const op_node *node, const float *I, const float *spikes, float *test,
                        float *threshold);
bool neuron_node_readout(const op_node *node);
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
/* Whether its output are spikes; before wrap too. */
bool neuron_node_spiking(const op_node *node);
fsnn_status neuron_node_certificate(const op_node *node, fsnn_certificate *certificate);
/* A sentence when the choice of step is unstable (fsnn_free), else NULL. */
char *neuron_node_unstable(const op_node *node);
/* The same when it is stable, but overshoots. */
char *neuron_node_overshoots(const op_node *node);
/* The same when its memory of a number of steps moves where a constant input settles. */
char *neuron_node_forgets(const op_node *node);

#endif

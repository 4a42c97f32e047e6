/* net/neuron_ops.h: neuron layers as nodes, where neuron/ and frac/ meet. The same interface as
 * operators; the scan is inside. */
#ifndef FSNN_NEURON_OPS_H
#define FSNN_NEURON_OPS_H

#include "frac/memory.h"
#include "op/op.h"
#include "scan/hold.h"

/* The end of the sentence of a layer whose current is not finite. */
#define STRAYED_ADVICE "; look at what stands before it, or lower the learning rate"

/* Neuron kinds 0, 1, ...; NULL behind the last (net/neuron_kinds_real.c). */
const fsnn_op *neuron_op_at(int index);

/* How a state of a layer remembers, in no precision. */
typedef struct neuron_past {
    const frac_method *method;
    frac_scheme scheme;
    fsnn_order order;
    frac_leak leak;
    double h;
    int64_t lags;        /* that count; -1: all */
    const frac_fit *fit; /* far lags by exponentials; NULL: lag by lag */
} neuron_past;

/* What the net may ask of a neuron layer, whatever its precision (fsnn_op.neuron); the functions
 * below call them. */
typedef struct neuron_functions {
    void (*dynamics)(op_node *node, const frac_method *method, bool implicit,
                     const fsnn_order *order, double h, const frac_keep *memory);
    int (*states)(const op_node *node);
    const char *(*state_name)(const op_node *node, int i);
    bool (*readout)(const op_node *node);
    void (*progress)(op_node *node, double done);
    fsnn_status (*count)(op_node *node, bool on);
    const int64_t *(*counts)(const op_node *node, int64_t *tests);
    const char *(*equations)(const op_node *node);
    double (*memory_cost)(const op_node *node);
    double (*rate)(const op_node *node);
    bool (*spiking)(const op_node *node);
    fsnn_status (*certificate)(const op_node *node, fsnn_certificate *certificate);
    void (*past)(const op_node *node, int state, neuron_past *past);
    char *(*unstable)(const op_node *node);
    char *(*overshoots)(const op_node *node);
    char *(*forgets)(const op_node *node);
    fsnn_status (*hold)(op_node *node, const scan_holds *holds);
    double (*held)(const op_node *node, int hold);
} neuron_functions;

/* Dynamics of a neuron node, set before shape(). */
static inline void neuron_node_dynamics(op_node *node, const frac_method *method, bool implicit,
                                        const fsnn_order *order, double h, const frac_keep *memory)
{
    node->op->neuron->dynamics(node, method, implicit, order, h, memory);
}
/* States of a neuron, v first: how many, their names (NULL: no such state). */
static inline int neuron_node_states(const op_node *node)
{
    return node->op->neuron->states(node);
}
static inline const char *neuron_node_state_name(const op_node *node, int i)
{
    return node->op->neuron->state_name(node, i);
}
static inline bool neuron_node_readout(const op_node *node)
{
    return node->op->neuron->readout(node);
}
/* The share of a training that is done: scales of surrogates follow it. */
static inline void neuron_node_progress(op_node *node, double done)
{
    node->op->neuron->progress(node, done);
}
/* Begins to count each neuron's spikes at zero, or stops. The counts [N] in the layout the node
 * has, and steps times samples in `*tests`; NULL: nothing is counted. */
static inline fsnn_status neuron_node_count(op_node *node, bool on)
{
    return node->op->neuron->count(node, on);
}
static inline const int64_t *neuron_node_counts(const op_node *node, int64_t *tests)
{
    return node->op->neuron->counts(node, tests);
}
/* The equations it was given, or "". */
static inline const char *neuron_node_equations(const op_node *node)
{
    return node->op->neuron->equations(node);
}
/* Multiply-adds of the sums over the past in the last forward, a neuron. */
static inline double neuron_node_memory_cost(const op_node *node)
{
    return node->op->neuron->memory_cost(node);
}
static inline double neuron_node_rate(const op_node *node)
{
    return node->op->neuron->rate(node);
}
/* Whether its output are spikes; before wrap too. */
static inline bool neuron_node_spiking(const op_node *node)
{
    return node->op->neuron->spiking(node);
}
static inline fsnn_status neuron_node_certificate(const op_node *node,
                                                  fsnn_certificate *certificate)
{
    return node->op->neuron->certificate(node, certificate);
}
/* Of one of its states, 0: v. */
static inline void neuron_node_past(const op_node *node, int state, neuron_past *past)
{
    node->op->neuron->past(node, state, past);
}
/* A sentence when the choice of step is unstable (fsnn_free), else NULL. */
static inline char *neuron_node_unstable(const op_node *node)
{
    return node->op->neuron->unstable(node);
}
/* The same when it is stable, but overshoots. */
static inline char *neuron_node_overshoots(const op_node *node)
{
    return node->op->neuron->overshoots(node);
}
/* The same when its memory of a number of steps moves where a constant input settles. */
static inline char *neuron_node_forgets(const op_node *node)
{
    return node->op->neuron->forgets(node);
}

/* Penalties of its potentials (scan/hold.h), and the sum of one of them over the last backward. */
static inline fsnn_status neuron_node_hold(op_node *node, const scan_holds *holds)
{
    return node->op->neuron->hold(node, holds);
}
static inline double neuron_node_held(const op_node *node, int hold)
{
    return node->op->neuron->held(node, hold);
}

#endif

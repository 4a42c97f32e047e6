/* net/data.h: the numbers of a net, for the files *_real.c alone: real is float or double there. */
#ifndef FSNN_NET_DATA_H
#define FSNN_NET_DATA_H

#include "base/real.h"
#include "net/net.h"

/* Place `offset` of the arena. */
static inline real *net_at(const fsnn_net *net, int64_t offset)
{
    return (real *)(void *)net->arena + offset;
}
/* Values and gradients of parameter p. */
static inline real *net_values(const fsnn_net *net, int p)
{
    return net->place[p].value;
}
static inline real *net_grads(const fsnn_net *net, int p)
{
    return net->place[p].grad;
}

/* A value's numbers in the current call: in the arena, or the user's input. */
const real *net_data(const fsnn_net *net, int value);
real *net_grad(const fsnn_net *net, int value);
/* Numbers of a value in one call of its step. */
int64_t net_call_numbers(const fsnn_net *net, int value, const net_step *step);

/* Makes x, or the spikes where it is NULL, the input of the steps that run. */
fsnn_status net_input(fsnn_net *net, const real *x);
/* The same of dense numbers; a still x is written out where steps need it at each step. */
fsnn_status net_still_input(fsnn_net *net, const real *x);
/* The input of the running segment, of that of the call. */
const real *net_input_at(const fsnn_net *net, const real *x);
/* After backward; of a still input [B, input], the sum over the steps. */
const real *net_input_gradient(const fsnn_net *net);

/* One pass over the K steps planned, from x; and back, given the output's gradient. x NULL: the
 * input is net->spikes. */
fsnn_status net_forward(fsnn_net *net, const real *x);
fsnn_status net_backward(fsnn_net *net, const real *output_gradient);
/* The same for a call of several segments. */
fsnn_status net_segments_forward(fsnn_net *net, const real *x);
fsnn_status net_segments_backward(fsnn_net *net, const real *x, const real *output_gradient);
/* Either, as the net is planned (net/plane.h). */
fsnn_status net_call(fsnn_net *net, const void *x, const fsnn_spikes *spikes, const void **output);
fsnn_status net_call_back(fsnn_net *net, const void *output_gradient, const void **input_gradient);
fsnn_status net_call_on(fsnn_net *net, const void **output);
/* The rest of a backward that waits, from that step on. */
fsnn_status net_backward_on(fsnn_net *net, int step);
/* Whether a step needs the sums over all shards of the batch, and has not got them yet; it gives
 * its own, and waits. */
static inline bool net_gathers(const fsnn_net *net, const net_step *step)
{
    return step->op->together && step->op->training && step->op->op->gather && !net->together.total;
}
void net_gather(fsnn_net *net, const net_step *step, const op_run *run);

/* Step `at` of a loop; 0 elsewhere. */
void net_run(const fsnn_net *net, const net_step *step, int64_t at, op_run *run);
/* Adds the call of the step that this one leads, if there is one, in `next`. */
void net_lead(const fsnn_net *net, const net_step *step, op_run *run, op_run *next);
/* Steps first..last of the graph over all K steps of time, forward and backward. */
fsnn_status net_loop_forward(fsnn_net *net, int first);
fsnn_status net_loop_backward(fsnn_net *net, int last);
fsnn_status net_backward_step(const fsnn_net *net, const net_step *step, int64_t at);

void net_pack(fsnn_net *net, int step);   /* after it forward */
void net_unpack(fsnn_net *net, int step); /* before it backward */
/* Counts what a step of the running forward did, where the net counts. */
void net_count(fsnn_net *net, const net_step *step);

/* Penalties (net/penalty.c): before a forward, after a step of it; before a backward, before a step
 * of it, whose output's gradient is `gradient` [its steps, B, N]. */
fsnn_status net_penalties_begin(fsnn_net *net);
void net_penalties_count(fsnn_net *net, const net_step *step);
fsnn_status net_penalties_back(fsnn_net *net);
void net_penalties_end(fsnn_net *net); /* after it */
void net_penalties_give(const fsnn_net *net, const net_step *step, int64_t at, real *gradient);

/* FSNN_ENUMERIC where a number of the output is not finite. */
fsnn_status net_output_finite(const fsnn_net *net);
/* After an FSNN_ENUMERIC of a pass: what it began with, where that is a parameter or the input,
 * goes before its sentence. */
fsnn_status net_strayed(const fsnn_net *net);

/* net/plane.h */
fsnn_status net_changed(fsnn_net *net, bool *anew);
fsnn_status net_read(const fsnn_net *net, int node, fsnn_record what, void *out);
fsnn_status net_read_state(const fsnn_net *net, int node, int state, void *out);
fsnn_status net_gradcheck(fsnn_net *net, const void *x, int directions, double *worst,
                          const char **where);
extern const fsnn_op *const net_delay_ops[];    /* kinds that users see, NULL-terminated */
extern const fsnn_op net_to_last, net_to_plain; /* layout conversions */
/* [rows][H*W][C] -> [rows][C][H*W] and back. */
void net_transpose(const real *in, real *out, int64_t rows, int64_t from, int64_t to);

#endif

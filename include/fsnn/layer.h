/* fsnn/layer.h: a neuron layer without a network, for programs that have a loop or a network of
 * their own.
 *
 *     fsnn_layer *lif;
 *     fsnn_layer_create("lif", NULL, &dynamics, FSNN_SHAPE(128), &lif);
 *     fsnn_tape *tape;
 *     fsnn_tape_create(lif, &(fsnn_plan){.steps = 16, .batch = 32, .training = true}, &tape);
 *     fsnn_tape_forward(tape, current, spikes);
 *     fsnn_tape_backward(tape, spikes_gradient, current_gradient);
 *
 * The layer holds what is learned: tau, threshold, alpha, ... A tape holds what one run needs:
 * potentials, histories, and what backward needs of the forward. A layer may have several tapes,
 * so that several forwards stand before their backwards; each goes backward when its turn comes.
 *
 * Arrays are row-major, [K, B, shape]: K steps, B samples, then the shape of one sample at one
 * step. They are float or, where the dynamics say FSNN_PRECISION_DOUBLE, double: functions of the
 * other precision return FSNN_EUNSUPPORTED. Times (tau, step, refractory) are in one unit of the
 * user's.
 *
 * Threads: tapes of one layer may go forward at the same time, each in one thread. Backward adds to
 * the layer's gradients: one tape at a time, and no change of parameters meanwhile. */
#ifndef FSNN_LAYER_H
#define FSNN_LAYER_H

#include <fsnn/net.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fsnn_layer fsnn_layer;
typedef struct fsnn_tape fsnn_tape;

/* ---- The layer ------------------------------------------------------------------------------- */

/* A layer of a neuron kind ("lif", "alif", "user", ...) on samples of `shape`. `options` is the
 * struct of the kind (fsnn_neuron or fsnn_user), NULL for its defaults; `dynamics` has one order.
 * Both are copied. Errors: FSNN_EARGUMENT (no neuron kind, options out of range), FSNN_ESHAPE,
 * FSNN_EUNSUPPORTED (what the method cannot do), FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_layer_create(const char *kind, const void *options,
                                       const fsnn_dynamics *dynamics, fsnn_shape shape,
                                       fsnn_layer **layer);
/* Its tapes stay usable; what it holds goes with the last of them. Takes NULL. */
FSNN_API void fsnn_layer_destroy(fsnn_layer *layer);
/* Remarks that are no errors, as fsnn_net_warning: index 0, 1, ... until NULL. */
FSNN_API const char *fsnn_layer_warning(const fsnn_layer *layer, int index);

/* Parameters, as those of a net (fsnn_net_param): index 0 ... count - 1; NULL beyond. */
FSNN_API int fsnn_layer_param_count(const fsnn_layer *layer);
FSNN_API const fsnn_param *fsnn_layer_param(const fsnn_layer *layer, int index);
/* A parameter lies in the caller's memory, as fsnn_net_bind has it. */
FSNN_API fsnn_status fsnn_layer_bind(fsnn_layer *layer, int index, void *value, void *grad);
/* After values of parameters were written. A tape that went forward before it cannot go backward
 * any more. Errors: FSNN_EARGUMENT when a value left its range. */
FSNN_API fsnn_status fsnn_layer_params_changed(fsnn_layer *layer);
FSNN_API void fsnn_layer_zero_grad(fsnn_layer *layer);

/* ---- Tapes ----------------------------------------------------------------------------------- */

/* A tape for calls as `plan` has them (fsnn_plan). Its `input_gradient` is not read: with
 * `training` backward gives that gradient. The state is that of time 0. Errors: those of
 * fsnn_net_wrap. */
FSNN_API fsnn_status fsnn_tape_create(fsnn_layer *layer, const fsnn_plan *plan, fsnn_tape **tape);
FSNN_API void fsnn_tape_destroy(fsnn_tape *tape); /* takes NULL */
/* The net of one layer that a tape is: to read what neurons did (fsnn_net_read, node 1), to save
 * and load its state, to plan it anew (fsnn_net_replan, which reads input_gradient), to count
 * spikes. It belongs to the tape; its parameters are the layer's. Wrapped with other dynamics it is
 * no tape any more (FSNN_ESTATE). */
FSNN_API fsnn_net *fsnn_tape_net(fsnn_tape *tape);
/* Potentials to rest, histories empty: time 0. */
FSNN_API fsnn_status fsnn_tape_reset(fsnn_tape *tape);

/* The current I [K, B, shape] (with plan.still [B, shape]) -> the layer's output [K, B, shape]:
 * spikes, or the potential of a readout. The state goes on from the last call. In training both
 * arrays stay as they are until fsnn_tape_backward has run. They must not overlap. Errors: those of
 * fsnn_net_forward_into. */
FSNN_API fsnn_status fsnn_tape_forward(fsnn_tape *tape, const float *I, float *output);
FSNN_API fsnn_status fsnn_tape_forward_double(fsnn_tape *tape, const double *I, double *output);
/* Given the gradient of a scalar loss at the output of the last forward, adds its gradients to
 * those of the layer's parameters and writes that of the current to `I_gradient`, which has the
 * shape of I, unless that is NULL. Once per forward. State from before the last forward counts as
 * constant. Errors: FSNN_ESTATE (no forward before it, or a reset since; the layer's parameters
 * changed since); FSNN_EARGUMENT (it overlaps with what backward reads). */
FSNN_API fsnn_status fsnn_tape_backward(fsnn_tape *tape, const float *output_gradient,
                                        float *I_gradient);
FSNN_API fsnn_status fsnn_tape_backward_double(fsnn_tape *tape, const double *output_gradient,
                                               double *I_gradient);

#ifdef __cplusplus
}
#endif
#endif

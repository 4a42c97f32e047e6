/* playground/train/web.h: a network of the user's own, as `fsnn convert --web` writes it.
 *
 * The page reads net.json and calls: web_begin, then for each node web_kind, web_set for its
 * options, web_source for its sources, web_add; web_order for each neuron layer; web_wrap; then
 * writes the numbers of net.safetensors to web_param of each name, and runs. Functions return 0 or
 * a handle, or a negative fsnn_status with the sentence in learn_error(). Texts are in
 * web_text(). */
#ifndef PLAYGROUND_WEB_H
#define PLAYGROUND_WEB_H

#include "learn.h"

extern fsnn_net *web_net;

enum { WEB_TEXT = 1024, WEB_SOURCES = 32, WEB_LAYERS = 64, WEB_STEPS = 256 };

char *web_text(void);                                  /* [WEB_TEXT] */
int web_begin(int rank, double a, double b, double c); /* the input's shape */
int web_kind(void);                                    /* of the next node: web_text() */
int web_set(int index, double value);                  /* number `index` of its option web_text() */
int web_source(int handle);
int web_add(void); /* the node called web_text(); its handle */
int web_order(int layer, double alpha, double coefficient); /* a term more of a neuron layer */
/* `output` is a handle; the method's name is web_text(). */
int web_wrap(int output, int integer, int implicit, double step, double memory, double tolerance);
int web_param(void); /* numbers of the parameter web_text(), which web_values() points at */
float *web_values(void);
int web_params(void);           /* parameters there are */
int web_param_named(int index); /* its name is put into web_text() */

int web_inputs(void);
float *web_input(void); /* [web_inputs()] the current of every step; NULL: none */
/* `steps` steps from time 0 under web_input(), held. */
int web_run(int steps);
const float *web_output(void); /* [steps][web_outputs()] */
int web_outputs(void);
/* Neuron layers that spike: how many, and of one its name (web_text()), neurons, spikes
 * [steps][N]. */
int web_layers(void);
int web_layer(int layer);
const float *web_layer_spikes(int layer);

#endif

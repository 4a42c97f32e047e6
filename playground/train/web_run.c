/* Parameters of a network of the user's own, and its runs. */
#include "web.h"

#include <stdlib.h>
#include <string.h>

static const fsnn_param *param;
static const float *output;
static float *input, *spikes;
static int64_t input_room, spikes_room;
static int steps;

static int need(void)
{
    return web_net ? 0
                   : learn_done(fsnn_error_set(FSNN_ESTATE, "there is no network of your own yet"));
}

static int say(const char *name)
{
    web_text()[0] = 0;
    strncat(web_text(), name, WEB_TEXT - 1);
    return 0;
}

/* ---- parameters ---- */

LEARN_API(web_params) int web_params(void)
{
    return web_net ? fsnn_net_param_count(web_net) : 0;
}

LEARN_API(web_param_named) int web_param_named(int index)
{
    const fsnn_param *at = web_net ? fsnn_net_param(web_net, index) : NULL;
    return at ? say(at->name) : -1;
}

LEARN_API(web_param) int web_param(void)
{
    param = web_net ? fsnn_net_param_find(web_net, web_text()) : NULL;
    return param ? (int)fsnn_shape_count(&param->shape) : 0;
}

LEARN_API(web_values) float *web_values(void)
{
    return param ? param->value : NULL;
}

/* ---- runs ---- */

static int64_t count_of(bool of_input)
{
    fsnn_shape shapes[2];
    if (!web_net || fsnn_net_shapes(web_net, &shapes[0], &shapes[1]) < 0)
        return 0;
    return fsnn_shape_count(&shapes[!of_input]);
}

LEARN_API(web_inputs) int web_inputs(void)
{
    return (int)count_of(true);
}

LEARN_API(web_outputs) int web_outputs(void)
{
    return (int)count_of(false);
}

/* Makes room for so many numbers, zeros. */
static fsnn_status reserve(float **numbers, int64_t *room, int64_t count)
{
    if (count <= *room)
        return FSNN_OK;
    free(*numbers);
    *numbers = calloc((size_t)count, sizeof **numbers);
    *room = *numbers ? count : 0;
    return *numbers ? FSNN_OK : fsnn_error_set(FSNN_EMEMORY, "out of memory");
}

/* [web_inputs()] the current of every step; NULL: there is no network, or no memory. */
LEARN_API(web_input) float *web_input(void)
{
    fsnn_status status = reserve(&input, &input_room, count_of(true));
    learn_done(status);
    return status < 0 ? NULL : input;
}

LEARN_API(web_run) int web_run(int count)
{
    if (need() < 0)
        return FSNN_ESTATE;
    if (count < 1 || count > WEB_STEPS)
        return learn_done(
            fsnn_error_set(FSNN_EARGUMENT, "%d steps: this page takes 1 to %d", count, WEB_STEPS));
    const fsnn_plan plan = {.steps = count, .batch = 1, .record = true, .still = true};
    fsnn_status status = web_input() ? fsnn_net_params_changed(web_net) : FSNN_EMEMORY;
    if (status >= 0)
        status = fsnn_net_replan(web_net, &plan);
    if (status >= 0)
        status = fsnn_net_reset(web_net);
    if (status >= 0)
        status = fsnn_net_forward(web_net, input, &output);
    steps = status < 0 ? 0 : count;
    return learn_done(status);
}

LEARN_API(web_output) const float *web_output(void)
{
    return steps ? output : NULL;
}

/* ---- neuron layers ---- */

/* The index of a layer that spikes; -1: there is none. */
static int layer_at(int number, fsnn_node_info *info)
{
    for (int i = 0; web_net && i < fsnn_net_node_count(web_net); i++)
        if (fsnn_net_node(web_net, i, info) >= 0 && info->spiking && number-- == 0)
            return i;
    return -1;
}

LEARN_API(web_layers) int web_layers(void)
{
    fsnn_node_info info;
    int count = 0;
    while (layer_at(count, &info) >= 0)
        count++;
    return count;
}

LEARN_API(web_layer) int web_layer(int layer)
{
    fsnn_node_info info;
    if (layer_at(layer, &info) < 0)
        return 0;
    say(info.name);
    return (int)fsnn_shape_count(&info.shape);
}

LEARN_API(web_layer_spikes) const float *web_layer_spikes(int layer)
{
    fsnn_node_info info;
    int index = layer_at(layer, &info);
    fsnn_status status =
        index < 0 || !steps ? fsnn_error_set(FSNN_ESTATE, "there is no run of such a layer")
                            : reserve(&spikes, &spikes_room, steps * fsnn_shape_count(&info.shape));
    if (status >= 0)
        status = fsnn_net_read(web_net, index, FSNN_RECORD_SPIKES, spikes);
    return learn_done(status) < 0 ? NULL : spikes;
}

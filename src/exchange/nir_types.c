/* exchange/nir_types.c: the types of NIR nodes and their fields, as version 1.0.8 of the reference
 * implementation writes them. A new type is a row here, a row in nir_shapes.c, and one in each
 * direction (import_layers.c, export_nodes.c). */
#include "exchange/nir.h"

#include <stdio.h>
#include <string.h>

#define SHAPE                                                                                      \
    {                                                                                              \
        .name = "shape", .form = NIR_SIZES, .optional = true                                       \
    }
#define ARRAY(n)                                                                                   \
    {                                                                                              \
        .name = n, .form = NIR_NUMBERS                                                             \
    }
#define NEURON(n)                                                                                  \
    {                                                                                              \
        .name = n, .form = NIR_NEURON                                                              \
    }
#define TIME(n)                                                                                    \
    {                                                                                              \
        .name = n, .form = NIR_NEURON, .time = true                                                \
    }
#define OR(n, value)                                                                               \
    {                                                                                              \
        .name = n, .form = NIR_NEURON, .optional = true, .absent = value                           \
    }
#define SIZES(n)                                                                                   \
    {                                                                                              \
        .name = n, .form = NIR_SIZES                                                               \
    }
#define SIZES_OR(n, value)                                                                         \
    {                                                                                              \
        .name = n, .form = NIR_SIZES, .optional = true, .absent = value                            \
    }
#define CONVOLUTION                                                                                \
    {                                                                                              \
        SIZES_OR("input_shape", 0), ARRAY("weight"), SIZES("stride"),                              \
            {.name = "padding", .form = NIR_PADDING}, SIZES("dilation"), SIZES("groups"),          \
            {.name = "bias", .form = NIR_NUMBERS, .optional = true},                               \
    }
#define POOL                                                                                       \
    {                                                                                              \
        SIZES("kernel_size"), SIZES("stride"), SIZES("padding"),                                   \
    }

static const nir_type types[NIR_KINDS] = {
    {"Input", NIR_INPUT, false, {SHAPE}},
    {"Output", NIR_OUTPUT, false, {SHAPE}},
    {"Affine", NIR_AFFINE, false, {ARRAY("weight"), ARRAY("bias")}},
    {"Linear", NIR_LINEAR, false, {ARRAY("weight")}},
    {"Scale", NIR_SCALE, false, {ARRAY("scale")}},
    {"Conv1d", NIR_CONV1D, false, CONVOLUTION},
    {"Conv2d", NIR_CONV2D, false, CONVOLUTION},
    {"SumPool2d", NIR_SUMPOOL2D, false, POOL},
    {"AvgPool2d", NIR_AVGPOOL2D, false, POOL},
    {"Flatten",
     NIR_FLATTEN,
     false,
     {SIZES_OR("input_type", 0), SIZES_OR("start_dim", 1), SIZES_OR("end_dim", -1)}},
    {"Threshold", NIR_THRESHOLD, false, {NEURON("threshold")}},
    {"Delay", NIR_DELAY, false, {TIME("delay")}},
    {"I", NIR_I, false, {NEURON("r")}},
    {"IF", NIR_IF, true, {NEURON("r"), NEURON("v_threshold"), OR("v_reset", 0)}},
    {"LI", NIR_LI, false, {TIME("tau"), NEURON("r"), NEURON("v_leak")}},
    {"LIF",
     NIR_LIF,
     true,
     {TIME("tau"), NEURON("r"), NEURON("v_leak"), NEURON("v_threshold"), OR("v_reset", 0)}},
    {"CubaLI",
     NIR_CUBALI,
     false,
     {TIME("tau_syn"), TIME("tau_mem"), NEURON("r"), NEURON("v_leak"), OR("w_in", 1)}},
    {"CubaLIF",
     NIR_CUBALIF,
     true,
     {TIME("tau_syn"), TIME("tau_mem"), NEURON("r"), NEURON("v_leak"), NEURON("v_threshold"),
      OR("v_reset", 0), OR("w_in", 1)}},
    {"NIRGraph",
     NIR_GRAPH,
     false,
     {{.name = "nodes", .form = NIR_NODES}, {.name = "edges", .form = NIR_NODES}}},
};

const nir_type *nir_type_find(const char *name)
{
    for (int i = 0; i < NIR_KINDS; i++)
        if (!strcmp(types[i].name, name))
            return &types[i];
    return NULL;
}

const nir_type *nir_type_of(nir_kind kind)
{
    return &types[kind];
}

const char *nir_type_list(char *text, size_t size)
{
    size_t used = 0;
    for (int i = 0; i < NIR_KINDS && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", types[i].name);
    return text;
}

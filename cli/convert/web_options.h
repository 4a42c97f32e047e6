/* cli/convert/web_options.h: what the playground's page takes of a network: kinds of nodes and
 * their options. `fsnn convert --web` writes them by these keys into net.json, and the page
 * (playground/train/web_build.c) reads them. A kind or an option is one row. */
#ifndef FSNN_CLI_WEB_OPTIONS_H
#define FSNN_CLI_WEB_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <fsnn/net.h>

typedef enum web_type { WEB_WHOLE, WEB_FLAG, WEB_NUMBER, WEB_CHOICE } web_type;

typedef struct web_option {
    const char *key;
    size_t offset;
    web_type type;
    int count; /* numbers */
} web_option;

/* clang-format off */
#define WEB_AT(of, key, member, type, count) {#key, offsetof(of, member), type, count}
#define WEB(of, key, type, count) WEB_AT(of, key, key, type, count)
/* clang-format on */

static const web_option web_nothing[] = {{0}};
static const web_option web_linear[] = {
    WEB(fsnn_linear, out, WEB_WHOLE, 1), WEB(fsnn_linear, bias, WEB_FLAG, 1), {0}};
static const web_option web_conv1d[] = {
    WEB(fsnn_conv1d, out, WEB_WHOLE, 1),      WEB(fsnn_conv1d, kernel, WEB_WHOLE, 1),
    WEB(fsnn_conv1d, stride, WEB_WHOLE, 1),   WEB(fsnn_conv1d, padding, WEB_WHOLE, 1),
    WEB(fsnn_conv1d, dilation, WEB_WHOLE, 1), WEB(fsnn_conv1d, groups, WEB_WHOLE, 1),
    WEB(fsnn_conv1d, bias, WEB_FLAG, 1),      {0}};
static const web_option web_conv2d[] = {
    WEB(fsnn_conv2d, out, WEB_WHOLE, 1),      WEB(fsnn_conv2d, kernel, WEB_WHOLE, 2),
    WEB(fsnn_conv2d, stride, WEB_WHOLE, 2),   WEB(fsnn_conv2d, padding, WEB_WHOLE, 2),
    WEB(fsnn_conv2d, dilation, WEB_WHOLE, 2), WEB(fsnn_conv2d, groups, WEB_WHOLE, 1),
    WEB(fsnn_conv2d, bias, WEB_FLAG, 1),      {0}};
static const web_option web_pool[] = {
    WEB(fsnn_pool, kernel, WEB_WHOLE, 2),   WEB(fsnn_pool, stride, WEB_WHOLE, 2),
    WEB(fsnn_pool, padding, WEB_WHOLE, 2),  WEB(fsnn_pool, count_padding, WEB_FLAG, 1),
    WEB(fsnn_pool, adaptive, WEB_WHOLE, 2), {0}};
static const web_option web_norm[] = {
    WEB(fsnn_batchnorm, eps, WEB_NUMBER, 1), WEB(fsnn_batchnorm, affine, WEB_FLAG, 1), {0}};
static const web_option web_neuron[] = {
    WEB_AT(fsnn_neuron, tau_per, tau.per, WEB_CHOICE, 1),
    WEB_AT(fsnn_neuron, threshold, threshold.value, WEB_NUMBER, 1),
    WEB_AT(fsnn_neuron, threshold_per, threshold.per, WEB_CHOICE, 1),
    WEB_AT(fsnn_neuron, v_reset_per, v_reset.per, WEB_CHOICE, 1),
    WEB(fsnn_neuron, reset, WEB_CHOICE, 1),
    WEB(fsnn_neuron, v0, WEB_NUMBER, 1),
    WEB_AT(fsnn_neuron, v_reset, v_reset.value, WEB_NUMBER, 1),
    WEB(fsnn_neuron, refractory, WEB_NUMBER, 1),
    WEB(fsnn_neuron, equality, WEB_CHOICE, 1),
    WEB_AT(fsnn_neuron, rest, rest.value, WEB_NUMBER, 1),
    WEB_AT(fsnn_neuron, rest_per, rest.per, WEB_CHOICE, 1),
    WEB_AT(fsnn_neuron, rest_learn, rest.learn, WEB_FLAG, 1),
    WEB_AT(fsnn_neuron, resistance, resistance.value, WEB_NUMBER, 1),
    WEB_AT(fsnn_neuron, resistance_per, resistance.per, WEB_CHOICE, 1),
    WEB_AT(fsnn_neuron, resistance_learn, resistance.learn, WEB_FLAG, 1),
    {0}};

#undef WEB
#undef WEB_AT

typedef struct web_node {
    const char *name;
    const web_option *options; /* ended by a row without key */
} web_node;

/* Ended by a row without name. */
static const web_node web_nodes[] = {
    {"linear", web_linear},   {"conv1d", web_conv1d},     {"conv2d", web_conv2d},
    {"maxpool", web_pool},    {"avgpool", web_pool},      {"sumpool", web_pool},
    {"flatten", web_nothing}, {"add", web_nothing},       {"dropout", web_nothing},
    {"batchnorm", web_norm},  {"lif", web_neuron},        {"if", web_neuron},
    {"readout", web_neuron},  {"integrator", web_neuron}, {0}};

static inline const web_node *web_node_find(const char *name)
{
    for (const web_node *kind = web_nodes; kind->name; kind++)
        if (strcmp(kind->name, name) == 0)
            return kind;
    return NULL;
}

static inline const web_option *web_option_find(const web_node *kind, const char *key)
{
    for (const web_option *o = kind->options; o->key; o++)
        if (strcmp(o->key, key) == 0)
            return o;
    return NULL;
}

/* Number `index` of an option, in the struct of the kind's options. */
static inline double web_option_get(const web_option *o, const void *options, int index)
{
    const char *at = (const char *)options + o->offset;
    switch (o->type) {
    case WEB_WHOLE:
        return (double)((const int64_t *)(const void *)at)[index];
    case WEB_FLAG:
        return *(const bool *)(const void *)at;
    case WEB_NUMBER:
        return *(const double *)(const void *)at;
    default:
        return *(const int *)(const void *)at;
    }
}

static inline void web_option_put(const web_option *o, void *options, int index, double value)
{
    char *at = (char *)options + o->offset;
    switch (o->type) {
    case WEB_WHOLE:
        ((int64_t *)(void *)at)[index] = (int64_t)value;
        break;
    case WEB_FLAG:
        *(bool *)(void *)at = value != 0;
        break;
    case WEB_NUMBER:
        *(double *)(void *)at = value;
        break;
    default:
        *(int *)(void *)at = (int)value;
    }
}

#endif

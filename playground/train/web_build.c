/* A network of the user's own, node by node. The options that a page takes are those of the table;
 * cli/convert/to_web.c writes the same. */
#include "web.h"

#include <stddef.h>
#include <string.h>

fsnn_net *web_net;

static char text[WEB_TEXT];
static union {
    fsnn_linear linear;
    fsnn_conv1d conv1d;
    fsnn_conv2d conv2d;
    fsnn_pool pool;
    fsnn_batchnorm norm;
    fsnn_neuron neuron;
    char most[sizeof(fsnn_user)];
} options;
static int sources[WEB_SOURCES], source_count;
static fsnn_order orders[WEB_LAYERS];
static int order_count;

LEARN_API(web_text) char *web_text(void)
{
    return text;
}

/* ---- options by their names ---- */

typedef enum type { WHOLE, FLAG, REAL_NUMBER, CHOICE } type;

typedef struct field {
    const char *key;
    size_t offset;
    type type;
    int count;
} field;

#define FIELD(of, name, type, count)                                                               \
    {                                                                                              \
#name, offsetof(of, name), type, count                                                     \
    }

static const field linear[] = {
    FIELD(fsnn_linear, out, WHOLE, 1), FIELD(fsnn_linear, bias, FLAG, 1), {0}};
static const field conv1d[] = {
    FIELD(fsnn_conv1d, out, WHOLE, 1),      FIELD(fsnn_conv1d, kernel, WHOLE, 1),
    FIELD(fsnn_conv1d, stride, WHOLE, 1),   FIELD(fsnn_conv1d, padding, WHOLE, 1),
    FIELD(fsnn_conv1d, dilation, WHOLE, 1), FIELD(fsnn_conv1d, groups, WHOLE, 1),
    FIELD(fsnn_conv1d, bias, FLAG, 1),      {0}};
static const field conv2d[] = {
    FIELD(fsnn_conv2d, out, WHOLE, 1),      FIELD(fsnn_conv2d, kernel, WHOLE, 2),
    FIELD(fsnn_conv2d, stride, WHOLE, 2),   FIELD(fsnn_conv2d, padding, WHOLE, 2),
    FIELD(fsnn_conv2d, dilation, WHOLE, 2), FIELD(fsnn_conv2d, groups, WHOLE, 1),
    FIELD(fsnn_conv2d, bias, FLAG, 1),      {0}};
static const field pool[] = {
    FIELD(fsnn_pool, kernel, WHOLE, 2),   FIELD(fsnn_pool, stride, WHOLE, 2),
    FIELD(fsnn_pool, padding, WHOLE, 2),  FIELD(fsnn_pool, count_padding, FLAG, 1),
    FIELD(fsnn_pool, adaptive, WHOLE, 2), {0}};
static const field norm[] = {
    FIELD(fsnn_batchnorm, eps, REAL_NUMBER, 1), FIELD(fsnn_batchnorm, affine, FLAG, 1), {0}};
static const field neuron[] = {{"tau_per", offsetof(fsnn_neuron, tau.per), CHOICE, 1},
                               {"threshold_per", offsetof(fsnn_neuron, threshold.per), CHOICE, 1},
                               {"v_reset_per", offsetof(fsnn_neuron, v_reset.per), CHOICE, 1},
                               FIELD(fsnn_neuron, reset, CHOICE, 1),
                               FIELD(fsnn_neuron, v0, REAL_NUMBER, 1),
                               {"v_reset", offsetof(fsnn_neuron, v_reset.value), REAL_NUMBER, 1},
                               FIELD(fsnn_neuron, refractory, REAL_NUMBER, 1),
                               FIELD(fsnn_neuron, equality, CHOICE, 1),
                               {0}};
static const field nothing[] = {{0}};

static const struct kind {
    const char *name;
    const field *fields;
} kinds[] = {{"linear", linear},  {"conv1d", conv1d},    {"conv2d", conv2d},   {"maxpool", pool},
             {"avgpool", pool},   {"sumpool", pool},     {"dropout", nothing}, {"flatten", nothing},
             {"add", nothing},    {"batchnorm", norm},   {"lif", neuron},      {"if", neuron},
             {"readout", neuron}, {"integrator", neuron}};

static const struct kind *kind; /* of the next node; NULL: none yet */

static const struct kind *find_kind(void)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].name, text) == 0)
            return &kinds[i];
    return NULL;
}

static const field *find_field(void)
{
    for (const field *f = kind ? kind->fields : nothing; f->key; f++)
        if (strcmp(f->key, text) == 0)
            return f;
    return NULL;
}

static void put(const field *f, int index, double value)
{
    char *at = (char *)&options + f->offset;
    switch (f->type) {
    case WHOLE:
        ((int64_t *)(void *)at)[index] = (int64_t)value;
        break;
    case FLAG:
        *(bool *)(void *)at = value != 0;
        break;
    case REAL_NUMBER:
        *(double *)(void *)at = value;
        break;
    default:
        *(int *)(void *)at = (int)value;
    }
}

/* ---- building ---- */

static int wrong(const char *what)
{
    return learn_done(fsnn_error_set(FSNN_EARGUMENT, "%s \"%s\"", what, text));
}

/* The sentence of a call that gives a handle or a negative status. */
static int handle(int found)
{
    return found < 0 ? learn_done((fsnn_status)found) : found;
}

LEARN_API(web_begin) int web_begin(int rank, double a, double b, double c)
{
    fsnn_net_destroy(web_net);
    web_net = NULL;
    memset(orders, 0, sizeof orders);
    order_count = source_count = 0;
    if (rank < 1 || rank > 3)
        return learn_done(
            fsnn_error_set(FSNN_ESHAPE, "an input of %d dimensions: this page takes 1 to 3", rank));
    fsnn_status status = fsnn_net_create(&web_net);
    if (status < 0)
        return learn_done(status);
    const fsnn_shape shape = {.rank = rank, .dim = {(int64_t)a, (int64_t)b, (int64_t)c}};
    return handle(fsnn_net_input(web_net, shape));
}

LEARN_API(web_kind) int web_kind(void)
{
    const struct kind *found = find_kind();
    if (!found)
        return wrong("this page has no nodes of the kind");
    kind = found;
    source_count = 0;
    memset(&options, 0, sizeof options);
    fsnn_kind_defaults(kind->name, &options);
    return 0;
}

LEARN_API(web_set) int web_set(int index, double value)
{
    const field *f = find_field();
    if (!f || index < 0 || index >= f->count)
        return wrong("this page does not know the option");
    put(f, index, value);
    return 0;
}

LEARN_API(web_source) int web_source(int of)
{
    if (source_count == WEB_SOURCES)
        return wrong("too many sources of a node before");
    sources[source_count++] = of;
    return 0;
}

LEARN_API(web_add) int web_add(void)
{
    if (!web_net || !kind)
        return wrong("there is no network for the node");
    return handle(fsnn_net_add(web_net, kind->name, text, sources, source_count, &options));
}

LEARN_API(web_order) int web_order(int layer, double alpha, double coefficient)
{
    if (layer < 0 || layer >= WEB_LAYERS || orders[layer].terms == FSNN_MAX_TERMS)
        return wrong("too many orders");
    fsnn_order *order = &orders[layer];
    order->alpha[order->terms] = alpha;
    order->coefficient[order->terms++] = coefficient;
    if (layer >= order_count)
        order_count = layer + 1;
    return 0;
}

LEARN_API(web_wrap)
int web_wrap(int output, int integer, int implicit, double step, double memory, double tolerance)
{
    int method = fsnn_method_find(text);
    if (!web_net || method < 0)
        return wrong("this page does not know the method");
    fsnn_status status = fsnn_net_output(web_net, output);
    if (status < 0)
        return learn_done(status);
    fsnn_dynamics dynamics = fsnn_dynamics_default(orders);
    dynamics.orders = order_count;
    dynamics.integrator = integer ? FSNN_ODEINT : FSNN_FDEINT;
    dynamics.method = (fsnn_method)method;
    dynamics.implicit = implicit != 0;
    dynamics.step = step;
    dynamics.memory = (int64_t)memory;
    dynamics.tolerance = tolerance;
    return learn_done(fsnn_net_wrap(web_net, &dynamics, &(fsnn_plan){.steps = 1, .batch = 1}));
}

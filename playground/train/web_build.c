/* A network of the user's own, node by node. */
#include "cli/convert/web_options.h"
#include "web.h"

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

static const web_node *kind; /* of the next node; NULL: none yet */

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
    const web_node *found = web_node_find(text);
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
    const web_option *o = kind ? web_option_find(kind, text) : NULL;
    if (!o || index < 0 || index >= o->count)
        return wrong("this page does not know the option");
    web_option_put(o, &options, index, value);
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

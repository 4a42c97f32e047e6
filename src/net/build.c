/* Building: nodes are added one after the other; nothing is inferred before wrap. */
#include "net/net.h"
#include "net/neuron_ops.h"
#include "neuron/model.h"

#include <stdio.h>
#include <string.h>

const fsnn_op *net_kind_at(int index)
{
    return net_plane_kind_at(net_plane_of(FSNN_PRECISION_SINGLE), index);
}

const fsnn_op *net_kind_find(const char *kind)
{
    return kind ? net_plane_kind(net_plane_of(FSNN_PRECISION_SINGLE), kind) : NULL;
}

const char *fsnn_kind_name(int index)
{
    const fsnn_op *op = index < 0 ? NULL : net_kind_at(index);
    return op ? op->kind : NULL;
}

const char *fsnn_kind_help(const char *kind)
{
    const fsnn_op *op = net_kind_find(kind);
    return op ? op->help : NULL;
}

int fsnn_kind_defaults(const char *kind, void *options)
{
    FSNN_NEED(kind);
    const fsnn_op *op = net_kind_find(kind);
    if (!op)
        return fsnn_name_find("node kind", kind, fsnn_kind_name, NULL);
    if (options && op->options_size)
        memcpy(options, op->defaults, op->options_size);
    return (int)op->options_size;
}

bool fsnn_kind_is_neuron(const char *kind)
{
    const fsnn_op *op = net_kind_find(kind);
    return op && (op->flags & OP_NEURON);
}

static const char *neuron_at(int index)
{
    const fsnn_op *op;
    for (int i = 0; (op = net_kind_at(i)); i++)
        if ((op->flags & OP_NEURON) && index-- == 0)
            return op->kind;
    return NULL;
}

fsnn_status net_need_neuron(const char *kind)
{
    if (fsnn_kind_is_neuron(kind))
        return FSNN_OK;
    if (net_kind_find(kind))
        return fsnn_fail(FSNN_EARGUMENT, "\"%s\" is no kind of neuron", kind);
    return (fsnn_status)fsnn_name_find("kind of neuron", kind, neuron_at, NULL);
}

bool fsnn_kind_is_readout(const char *kind)
{
    const neuron_model *model = fsnn_kind_is_neuron(kind) ? neuron_model_find(kind) : NULL;
    return model && model->readout;
}

bool fsnn_kind_has(const char *kind, const char *option)
{
    const fsnn_op *op = kind && option ? net_kind_find(kind) : NULL;
    return op && fsnn_keys_find(op->keys, option);
}

fsnn_status fsnn_net_create(fsnn_net **net)
{
    FSNN_NEED(net);
    *net = fsnn_alloc(sizeof **net);
    if (!*net)
        return FSNN_EMEMORY;
    (*net)->input = (*net)->output = -1;
    (*net)->plane = net_plane_of(FSNN_PRECISION_SINGLE);
    (*net)->packs_from = NET_PACKS_FROM;
    (*net)->together.step = -1;
    return FSNN_OK;
}

static void node_free(net_node *node)
{
    if (!node)
        return;
    if (node->op.op && node->op.op->destroy && node->op.state)
        node->op.op->destroy(&node->op);
    fsnn_free(node->op.state);
    fsnn_free(node->op.options);
    fsnn_free(node->name);
    fsnn_free(node->sources);
    fsnn_free(node);
}

void fsnn_net_destroy(fsnn_net *net)
{
    if (!net)
        return;
    net_unlower(net);
    for (int i = 0; i < net->nodes; i++)
        node_free(net->node[i]);
    for (int i = 0; i < net->params; i++)
        fsnn_free((char *)net->param[i].name);
    fsnn_free(net->param);
    fsnn_free(net->place);
    fsnn_free(net->values_flat);
    fsnn_free(net->grads_flat);
    net_segments_free(net);
    fsnn_free(net->dense);
    fsnn_free(net->arena);
    fsnn_free(net->order);
    fsnn_free(net->notes);
    net_penalties_free(net);
    fsnn_free(net->together.sums);
    fsnn_free(net->node);
    fsnn_free(net);
}

/* Appends; takes the node, also on failure. Returns its handle. */
static int append(fsnn_net *net, net_node *node)
{
    if (net->nodes == net->node_capacity) {
        int capacity = net->node_capacity ? 2 * net->node_capacity : 16;
        net_node **grown = fsnn_alloc((size_t)capacity * sizeof *grown);
        if (!grown) {
            node_free(node);
            return FSNN_EMEMORY;
        }
        if (net->nodes)
            memcpy(grown, net->node, (size_t)net->nodes * sizeof *grown);
        fsnn_free(net->node);
        net->node = grown;
        net->node_capacity = capacity;
    }
    net->node[net->nodes] = node;
    net->wrapped = false;
    return net->nodes++ * NET_PORTS;
}

int fsnn_net_input(fsnn_net *net, fsnn_shape shape)
{
    char text[128];
    if (!net)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_net_input: the net is NULL");
    if (net->input >= 0)
        return fsnn_fail(FSNN_ESTATE, "the net has an input already: it takes one");
    if (net->nodes)
        return fsnn_fail(FSNN_ESTATE, "the input must be added before any other node");
    if (shape.rank < 1 || shape.rank > FSNN_MAX_RANK - 2)
        return fsnn_fail(FSNN_ESHAPE,
                         "the input shape has %d dimensions: 1 to %d are possible, without time "
                         "and batch",
                         shape.rank, FSNN_MAX_RANK - 2);
    for (int i = 0; i < shape.rank; i++)
        if (shape.dim[i] < 1)
            return fsnn_fail(FSNN_ESHAPE, "the input shape %s has a dimension below 1",
                             fsnn_shape_text(&shape, text, sizeof text));
    FSNN_TRY(net_check_size("the input shape", &shape));
    net_node *node = fsnn_alloc(sizeof *node);
    if (!node)
        return FSNN_EMEMORY;
    node->name = fsnn_strdup("input");
    node->sources = fsnn_strdup("");
    if (!node->name || !node->sources) {
        node_free(node);
        return FSNN_EMEMORY;
    }
    node->op.name = node->name;
    node->shares = -1;
    net->input_shape = shape;
    return net->input = append(net, node);
}

int net_node_index(const fsnn_net *net, const char *name)
{
    for (int i = 0; i < net->nodes; i++)
        if (strcmp(net->node[i]->name, name) == 0)
            return i;
    return -1;
}

fsnn_status net_no_node(const fsnn_net *net, const char *whose, const char *name)
{
    const char **names = fsnn_alloc((size_t)(net->nodes + 1) * sizeof *names);
    if (!names)
        return FSNN_EMEMORY;
    for (int i = 0; i < net->nodes; i++)
        names[i] = net->node[i]->name;
    const char *near = fsnn_nearest(name, names, net->nodes);
    fsnn_fail(FSNN_ENOTFOUND, "%sthere is no node \"%s\"%s%s%s", whose, name,
              near ? ": did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    fsnn_free(names);
    return FSNN_ENOTFOUND;
}

int fsnn_net_node_find(const fsnn_net *net, const char *name)
{
    if (!net || !name)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_net_node_find: net and name must not be NULL");
    int node = net_node_index(net, name);
    return node < 0 ? net_no_node(net, "", name) : node;
}

/* "linear3": the third of its kind. */
static char *default_name(const fsnn_net *net, const char *kind)
{
    int number = 1;
    for (int i = 0; i < net->nodes; i++)
        number += net->node[i]->op.op && strcmp(net->node[i]->op.op->kind, kind) == 0;
    return fsnn_format("%s%d", kind, number);
}

static fsnn_status check_name(const fsnn_net *net, const char *name)
{
    if (!*name || strpbrk(name, ".,= \t\n"))
        return fsnn_fail(FSNN_EARGUMENT,
                         "\"%s\" cannot name a node: names are not empty and have no dot, comma, "
                         "equals sign or space",
                         name);
    if (net_node_index(net, name) >= 0)
        return fsnn_fail(FSNN_EARGUMENT, "the name \"%s\" is taken: every node needs its own",
                         name);
    return FSNN_OK;
}

/* "a, b.1" */
static char *source_text(const fsnn_net *net, const int *from, int count)
{
    char *text = fsnn_strdup("");
    for (int i = 0; i < count && text; i++) {
        int port = from[i] % NET_PORTS;
        char *more =
            port ? fsnn_format("%s%s%s.%d", text, i ? ", " : "",
                               net->node[from[i] / NET_PORTS]->name, port)
                 : fsnn_format("%s%s%s", text, i ? ", " : "", net->node[from[i] / NET_PORTS]->name);
        fsnn_free(text);
        text = more;
    }
    return text;
}

static fsnn_status check_sources(const fsnn_net *net, const fsnn_op *op, const char *name,
                                 const int *from, int sources)
{
    char most[16] = "";
    if (op->max_in > op->min_in && op->max_in < OP_MAX_IN)
        snprintf(most, sizeof most, " to %d", op->max_in);
    if (sources < op->min_in || sources > op->max_in)
        return fsnn_fail(FSNN_EARGUMENT, "%s \"%s\" has %d source%s: it takes %s%d%s", op->kind,
                         name, sources, sources == 1 ? "" : "s",
                         op->max_in == OP_MAX_IN && op->min_in < OP_MAX_IN ? "at least " : "",
                         op->min_in, most);
    for (int i = 0; i < sources; i++)
        if (from[i] < 0 || from[i] / NET_PORTS >= net->nodes)
            return fsnn_fail(FSNN_EARGUMENT, "%s \"%s\": source %d is no node of this net",
                             op->kind, name, i);
    return FSNN_OK;
}

static fsnn_status fill(net_node *node, const fsnn_op *op, const void *options)
{
    node->op.op = op;
    node->op.name = node->name;
    if (op->options_size) {
        node->op.options = fsnn_alloc(op->options_size);
        if (!node->op.options)
            return FSNN_EMEMORY;
        memcpy(node->op.options, options ? options : op->defaults, op->options_size);
    }
    node->op.state = fsnn_alloc(op->state_size ? op->state_size : 1);
    if (!node->op.state)
        return FSNN_EMEMORY;
    return op->create ? op->create(&node->op) : FSNN_OK;
}

int fsnn_net_add(fsnn_net *net, const char *kind, const char *name, const int *from, int sources,
                 const void *options)
{
    if (!net || !kind || (sources > 0 && !from))
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_net_add: net, kind and from must not be NULL");
    for (int i = 0; i < sources; i++)
        if (from[i] < 0)
            return from[i]; /* an earlier error is passed on, its sentence with it */
    const fsnn_op *op = net_kind_find(kind) ? net_plane_kind(net->plane, kind) : NULL;
    if (!op)
        return fsnn_name_find("node kind", kind, fsnn_kind_name, NULL);
    if (name)
        FSNN_TRY(check_name(net, name));
    FSNN_TRY(check_sources(net, op, name ? name : kind, from, sources));

    net_node *node = fsnn_alloc(sizeof *node);
    if (!node)
        return FSNN_EMEMORY;
    node->op.inputs = sources;
    node->name = name ? fsnn_strdup(name) : default_name(net, kind);
    node->sources = op->of && options && !sources ? fsnn_strdup(op->of(options))
                                                  : source_text(net, from, sources);
    fsnn_status status = node->name && node->sources ? FSNN_OK : FSNN_EMEMORY;
    if (!status && !name)
        status = check_name(net, node->name);
    if (!status)
        status = fill(node, op, options);
    if (status) {
        node_free(node);
        return status;
    }
    node->shares = -1;
    if (sources)
        memcpy(node->from, from, (size_t)sources * sizeof *from);
    return append(net, node);
}

int fsnn_net_port(fsnn_net *net, int node, int port)
{
    if (node < 0)
        return node;
    if (!net || node / NET_PORTS >= net->nodes || port < 0 || port >= OP_MAX_OUT)
        return fsnn_fail(FSNN_EARGUMENT, "there is no output port %d of node handle %d", port,
                         node);
    return node / NET_PORTS * NET_PORTS + port;
}

fsnn_status fsnn_net_output(fsnn_net *net, int node)
{
    if (node < 0)
        return (fsnn_status)node;
    if (!net || node / NET_PORTS >= net->nodes)
        return fsnn_fail(FSNN_EARGUMENT, "the output is no node of this net");
    net->output = node;
    net->wrapped = false;
    return FSNN_OK;
}

static net_node *node_of(const fsnn_net *net, int handle)
{
    return handle < 0 || handle / NET_PORTS >= net->nodes ? NULL : net->node[handle / NET_PORTS];
}

fsnn_status fsnn_net_share(fsnn_net *net, int node, int of)
{
    if (node < 0 || of < 0)
        return (fsnn_status)(node < 0 ? node : of);
    net_node *a = net ? node_of(net, node) : NULL, *b = net ? node_of(net, of) : NULL;
    if (!a || !b)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_net_share: a handle is no node of this net");
    if (of / NET_PORTS >= node / NET_PORTS)
        return fsnn_fail(
            FSNN_EARGUMENT,
            "\"%s\" cannot use the weights of \"%s\": they must be those of a node that "
            "was added before it",
            a->name, b->name);
    if (!b->op.op || a->op.op != b->op.op)
        return fsnn_fail(FSNN_EARGUMENT,
                         "%s \"%s\" cannot use the weights of \"%s\", which is %s: both must be of "
                         "one kind",
                         a->op.op->kind, a->name, b->name, b->op.op ? b->op.op->kind : "the input");
    a->shares = b->shares >= 0 ? b->shares : of / NET_PORTS;
    net->wrapped = false;
    return FSNN_OK;
}

int fsnn_net_linear(fsnn_net *net, const char *name, int from, int64_t out, bool bias)
{
    return fsnn_net_add(net, "linear", name, &from, 1, &(fsnn_linear){out, bias});
}

int fsnn_net_conv2d(fsnn_net *net, const char *name, int from, const fsnn_conv2d *options)
{
    return fsnn_net_add(net, "conv2d", name, &from, 1, options);
}

int fsnn_net_conv1d(fsnn_net *net, const char *name, int from, const fsnn_conv1d *options)
{
    return fsnn_net_add(net, "conv1d", name, &from, 1, options);
}

static int pool(fsnn_net *net, const char *kind, const char *name, int from, int64_t kernel)
{
    fsnn_pool options;
    fsnn_kind_defaults(kind, &options);
    options.kernel[0] = options.kernel[1] = kernel;
    return fsnn_net_add(net, kind, name, &from, 1, &options);
}

int fsnn_net_maxpool(fsnn_net *net, const char *name, int from, int64_t kernel)
{
    return pool(net, "maxpool", name, from, kernel);
}

int fsnn_net_avgpool(fsnn_net *net, const char *name, int from, int64_t kernel)
{
    return pool(net, "avgpool", name, from, kernel);
}

int fsnn_net_batchnorm(fsnn_net *net, const char *name, int from)
{
    return fsnn_net_add(net, "batchnorm", name, &from, 1, NULL);
}

int fsnn_net_layernorm(fsnn_net *net, const char *name, int from, int64_t dims)
{
    fsnn_layernorm options;
    fsnn_kind_defaults("layernorm", &options);
    options.dims = dims;
    return fsnn_net_add(net, "layernorm", name, &from, 1, &options);
}

int fsnn_net_reshape(fsnn_net *net, const char *name, int from, fsnn_shape shape)
{
    return fsnn_net_add(net, "reshape", name, &from, 1, &(fsnn_reshape){shape});
}

int fsnn_net_permute(fsnn_net *net, const char *name, int from, fsnn_shape axes)
{
    return fsnn_net_add(net, "permute", name, &from, 1, &(fsnn_permute){axes});
}

int fsnn_net_multiply(fsnn_net *net, const char *name, int a, int b, double scale)
{
    return fsnn_net_add(net, "multiply", name, (int[]){a, b}, 2, &(fsnn_multiply){scale});
}

int fsnn_net_matmul(fsnn_net *net, const char *name, int a, int b, const fsnn_matmul *options)
{
    return fsnn_net_add(net, "matmul", name, (int[]){a, b}, 2, options);
}

int fsnn_net_mean(fsnn_net *net, const char *name, int from, fsnn_shape axes)
{
    return fsnn_net_add(net, "mean", name, &from, 1, &(fsnn_reduce){.axes = axes});
}

int fsnn_net_attention(fsnn_net *net, const char *name, int q, int k, int v,
                       const fsnn_attention *options)
{
    return fsnn_net_add(net, "attention", name, (int[]){q, k, v}, 3, options);
}

int fsnn_net_head(fsnn_net *net, const char *name, int from, int64_t out, bool bias)
{
    return fsnn_net_add(net, "head", name, &from, 1, &(fsnn_head){.out = out, .bias = bias});
}

int fsnn_net_flatten(fsnn_net *net, const char *name, int from)
{
    return fsnn_net_add(net, "flatten", name, &from, 1, NULL);
}

int fsnn_net_lif(fsnn_net *net, const char *name, int from, const fsnn_neuron *options)
{
    return fsnn_net_add(net, "lif", name, &from, 1, options);
}

int fsnn_net_user(fsnn_net *net, const char *name, int from, const fsnn_user *options)
{
    return fsnn_net_add(net, "user", name, &from, 1, options);
}

int fsnn_net_if(fsnn_net *net, const char *name, int from, const fsnn_neuron *options)
{
    return fsnn_net_add(net, "if", name, &from, 1, options);
}

int fsnn_net_delay(fsnn_net *net, const char *name, const char *of)
{
    return fsnn_net_add(net, "delay", name, NULL, 0, &(fsnn_delay){.of = of, .steps = 1});
}

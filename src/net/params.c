/* Parameters: one flat array of values, one of gradients, each parameter on a 64-byte line of its
 * own. */
#include "net/net.h"
#include "net/neuron_node.h"

#include "base/hash.h"
#include "base/whole.h"

#include <string.h>

/* The random stream of a parameter is its name's, so that weights do not depend on what stands
 * around them. */
static uint64_t stream_of(const char *name)
{
    return hash_bytes(HASH_START, name, strlen(name));
}

static double constant(const op_param *spec, int64_t i)
{
    return spec->values ? spec->values[i] : spec->scale;
}

/* Evenly from middle - scale to middle + scale. */
static void draw_uniform(const fsnn_param *p, const op_param *spec, uint64_t seed, int64_t n)
{
    enum { PIECE = 256 };
    float u[PIECE];
    uint64_t stream = stream_of(p->name);
    for (int64_t i = 0; i < n; i += PIECE) {
        int64_t count = n - i < PIECE ? n - i : PIECE;
        fsnn_random_fill(u, count, seed, stream, (uint64_t)i);
        for (int64_t j = 0; j < count; j++)
            net_param_set(p, i + j, spec->middle + spec->scale * (2.0 * u[j] - 1));
    }
}

static void draw_normal(const fsnn_param *p, const op_param *spec, uint64_t seed, int64_t n)
{
    const uint64_t stream = stream_of(p->name);
    for (int64_t i = 0; i < n; i++)
        net_param_set(p, i,
                      spec->middle + spec->scale * fsnn_random_normal(seed, stream, (uint64_t)i));
}

static void draw(const fsnn_param *p, const op_param *spec, uint64_t seed)
{
    int64_t n = fsnn_shape_count(&p->shape);
    if (spec->init == OP_UNIFORM) {
        draw_uniform(p, spec, seed, n);
        return;
    }
    if (spec->init == OP_NORMAL) {
        draw_normal(p, spec, seed, n);
        return;
    }
    for (int64_t i = 0; i < n; i++)
        net_param_set(p, i, spec->init == OP_ZERO ? 0 : constant(spec, i));
}

/* Where a parameter is from: what it was made by, and of neurons their order. */
typedef struct origin {
    const op_param *spec;
    const fsnn_order *order; /* NULL: the node is no neuron layer */
} origin;

static origin origin_of(const fsnn_net *net, int index)
{
    int layer = 0;
    for (int i = 1; i < net->nodes; i++) {
        const net_node *node = net->node[i];
        const fsnn_order *order = net_neuron(net, i) ? &net->order[layer++] : NULL;
        int at = index - node->first_param;
        if (node->shares < 0 && at >= 0 && at < node->op.params)
            return (origin){&node->op.param[at], order};
    }
    return (origin){0};
}

/* The number that the parameter began with; those of an order stand with the dynamics. */
static double given(const origin *from, int64_t i)
{
    const op_param *spec = from->spec;
    if (from->order && strcmp(spec->name, "alpha") == 0)
        return from->order->alpha[i];
    if (from->order && strcmp(spec->name, "coefficient") == 0)
        return from->order->coefficient[i];
    return spec->init == OP_ZERO ? 0 : constant(spec, i);
}

bool net_param_described(const fsnn_net *net, int index)
{
    const fsnn_param *p = &net->param[index];
    if (!p->neuron || p->learn)
        return false;
    origin from = origin_of(net, index);
    if (!from.spec || from.spec->init == OP_UNIFORM)
        return false;
    for (int64_t i = 0; i < fsnn_shape_count(&p->shape); i++) {
        double x = given(&from, i);
        if (net_param_value(p, i) != (p->value64 ? x : (double)(float)x))
            return false;
    }
    return true;
}

typedef struct old {
    fsnn_param *param;
    net_param_place *place;
    int params;
    void *values, *grads;
    int64_t flat;
    size_t size;
} old;

static const fsnn_param *find(const fsnn_param *param, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(param[i].name, name) == 0)
            return &param[i];
    return NULL;
}

static fsnn_status unlike(const net_node *node, const net_node *owner)
{
    return fsnn_fail(
        FSNN_EARGUMENT,
        "%s \"%s\" has other parameters than \"%s\", whose weights it is to use: options "
        "that make parameters must be those of \"%s\"",
        node->op.op->kind, node->name, owner->name, owner->name);
}

fsnn_status net_share_params(const fsnn_net *net, net_node *node)
{
    if (node->shares < 0)
        return FSNN_OK;
    const net_node *owner = net->node[node->shares];
    char own[128], other[128];
    if (!owner->op.params)
        return fsnn_fail(FSNN_EARGUMENT,
                         "%s \"%s\" cannot use the weights of \"%s\": this kind has none",
                         node->op.op->kind, node->name, owner->name);
    if (node->op.params != owner->op.params)
        return unlike(node, owner);
    for (int p = 0; p < node->op.params; p++) {
        op_param *a = &node->op.param[p];
        const op_param *b = &owner->op.param[p];
        if (strcmp(a->name, b->name) != 0)
            return unlike(node, owner);
        if (!fsnn_shape_equal(&a->shape, &b->shape))
            return fsnn_fail(
                FSNN_ESHAPE,
                "%s \"%s\" cannot use the weights of \"%s\": its %s would be %s, but that of "
                "\"%s\" is %s",
                node->op.op->kind, node->name, owner->name, a->name,
                fsnn_shape_text(&a->shape, own, sizeof own), owner->name,
                fsnn_shape_text(&b->shape, other, sizeof other));
        *a = *b; /* learned where the owner's are, from its values on */
    }
    return FSNN_OK;
}

static fsnn_status allot(fsnn_net *net)
{
    int count = 0;
    int64_t flat = 0;
    for (int i = 1; i < net->nodes; i++) {
        const op_node *op = &net->node[i]->op;
        if (net->node[i]->shares >= 0) { /* of a node before */
            net->node[i]->first_param = net->node[net->node[i]->shares]->first_param;
            continue;
        }
        net->node[i]->first_param = count;
        count += op->params;
        for (int p = 0; p < op->params; p++)
            flat += whole_line_numbers(fsnn_shape_count(&op->param[p].shape));
    }
    net->params = 0;
    net->flat = flat;
    net->flat_size = net->plane->size;
    net->param = fsnn_alloc((size_t)(count + 1) * sizeof *net->param);
    net->place = fsnn_alloc((size_t)(count + 1) * sizeof *net->place);
    net->values_flat = fsnn_alloc(fsnn_bytes(flat + 16, net->flat_size));
    net->grads_flat = fsnn_alloc(fsnn_bytes(flat + 16, net->flat_size));
    return net->param && net->place && net->values_flat && net->grads_flat ? FSNN_OK : FSNN_EMEMORY;
}

/* The numbers of a parameter lie where its place says. */
static void lie(const fsnn_net *net, int index)
{
    fsnn_param *p = &net->param[index];
    const net_param_place *at = &net->place[index];
    bool wide = net->flat_size == sizeof(double);
    p->value64 = wide ? at->value : NULL;
    p->grad64 = wide ? at->grad : NULL;
    p->value = wide ? NULL : at->value;
    p->grad = wide ? NULL : at->grad;
}

/* In the flat arrays. */
static void lie_flat(const fsnn_net *net, int index)
{
    net_param_place *at = &net->place[index];
    at->bound = false;
    at->value = (char *)net->values_flat + (size_t)at->offset * net->flat_size;
    at->grad = (char *)net->grads_flat + (size_t)at->offset * net->flat_size;
    lie(net, index);
}

/* The values of before: exactly, but for those of double precision that become single. What single
 * precision had as the rounding of the number that was given becomes that number. */
static void take(const fsnn_param *p, const op_param *spec, const fsnn_param *was, int64_t count)
{
    if (p->value && was->value) {
        memcpy(p->value, was->value, (size_t)count * sizeof *p->value);
        return;
    }
    for (int64_t i = 0; i < count; i++) {
        double value = net_param_value(was, i);
        bool given =
            was->value && spec->init == OP_CONSTANT && value == (double)(float)constant(spec, i);
        net_param_set(p, i, given ? constant(spec, i) : value);
    }
}

/* The parameter just added stays where the caller bound it. */
static void lie_as_before(fsnn_net *net, const net_param_place *was)
{
    net_param_place *at = &net->place[net->params - 1];
    at->value = was->value;
    at->grad = was->grad;
    at->bound = true;
    lie(net, net->params - 1);
}

static fsnn_status add(fsnn_net *net, int node, int index, int64_t *offset, const old *before)
{
    const op_node *op = &net->node[node]->op;
    const op_param *spec = &op->param[index];
    fsnn_param *p = &net->param[net->params];
    char *name = fsnn_format("%s.%s", op->name, spec->name);
    if (!name)
        return FSNN_EMEMORY;
    *p = (fsnn_param){.name = name,
                      .shape = spec->shape,
                      .learn = spec->learn,
                      .decay = spec->decay,
                      .neuron = spec->neuron,
                      .range = spec->range};
    net->place[net->params] = (net_param_place){.offset = *offset, .node = node, .index = index};
    lie_flat(net, net->params++);
    int64_t count = fsnn_shape_count(&spec->shape);
    *offset += whole_line_numbers(count);
    const fsnn_param *was = find(before->param, before->params, name);
    if (!was || !fsnn_shape_equal(&was->shape, &p->shape))
        draw(p, spec, net->seed);
    else if (before->place[was - before->param].bound && before->size == net->flat_size)
        lie_as_before(net, &before->place[was - before->param]);
    else
        take(p, spec, was, count);
    return FSNN_OK;
}

static void discard(const old *o)
{
    for (int i = 0; i < o->params; i++)
        fsnn_free((char *)o->param[i].name);
    fsnn_free(o->param);
    fsnn_free(o->place);
    fsnn_free(o->values);
    fsnn_free(o->grads);
}

static old all_of(const fsnn_net *net)
{
    return (old){net->param,      net->place, net->params,   net->values_flat,
                 net->grads_flat, net->flat,  net->flat_size};
}

/* After an error the parameters are those of before. */
fsnn_status net_collect(fsnn_net *net)
{
    old before = all_of(net);
    fsnn_status status = allot(net);
    int64_t offset = 0;
    for (int i = 1; i < net->nodes && !status; i++)
        for (int p = 0; net->node[i]->shares < 0 && p < net->node[i]->op.params && !status; p++)
            status = add(net, i, p, &offset, &before);
    old now = all_of(net);
    net->widened = !status && before.size && before.size < now.size;
    discard(status ? &now : &before);
    if (status) {
        net->param = before.param;
        net->place = before.place;
        net->params = before.params;
        net->values_flat = before.values;
        net->grads_flat = before.grads;
        net->flat = before.flat;
        net->flat_size = before.size;
    }
    return status;
}

int fsnn_net_param_count(const fsnn_net *net)
{
    FSNN_NEED(net);
    return net->params;
}

const fsnn_param *fsnn_net_param(const fsnn_net *net, int index)
{
    return net && index >= 0 && index < net->params ? &net->param[index] : NULL;
}

const fsnn_param *fsnn_net_param_find(const fsnn_net *net, const char *name)
{
    return net && name ? find(net->param, net->params, name) : NULL;
}

static void zero_range(int64_t begin, int64_t end, void *user)
{
    const fsnn_net *net = user;
    memset((char *)net->grads_flat + (size_t)begin * net->flat_size, 0,
           (size_t)(end - begin) * net->flat_size);
}

void fsnn_net_zero_grad(fsnn_net *net)
{
    if (!net || !net->grads_flat)
        return;
    fsnn_parallel_range(net->flat, 1 << 16, zero_range, net);
    for (int i = 0; i < net->params; i++)
        if (net->place[i].bound && net->place[i].grad)
            memset(net->place[i].grad, 0, net_param_bytes(&net->param[i]));
}

fsnn_status fsnn_net_bind(fsnn_net *net, int index, void *value, void *grad)
{
    FSNN_NEED(net);
    if (index < 0 || index >= net->params)
        return fsnn_fail(FSNN_EARGUMENT, "there is no parameter %d: the net has %d", index,
                         net->params);
    const fsnn_param *p = &net->param[index];
    if (value && p->learn && !grad)
        return fsnn_fail(FSNN_EARGUMENT,
                         "%s is learned: it needs memory for its gradient as well as its values",
                         p->name);
    if ((uintptr_t)value % net->flat_size || (uintptr_t)grad % net->flat_size)
        return fsnn_fail(FSNN_EARGUMENT, "%s: the memory is not aligned to its numbers of %d bytes",
                         p->name, (int)net->flat_size);
    if (net_overlap(value, net_param_bytes(p), grad, net_param_bytes(p)))
        return fsnn_fail(FSNN_EARGUMENT,
                         "%s: the memory of its values and that of its gradient overlap", p->name);
    net->ran = false;
    if (!value) {
        const void *from = net->place[index].value;
        lie_flat(net, index);
        if (from != net->place[index].value)
            memcpy(net->place[index].value, from, net_param_bytes(p));
        return FSNN_OK;
    }
    net->place[index].value = value;
    net->place[index].grad = p->learn ? grad : net->place[index].grad;
    net->place[index].bound = true;
    lie(net, index);
    return FSNN_OK;
}

fsnn_status fsnn_net_flat(const fsnn_net *net, fsnn_flat *flat)
{
    FSNN_NEED(net);
    FSNN_NEED(flat);
    if (!net->values_flat)
        return fsnn_fail(FSNN_ESTATE, "parameters exist from fsnn_net_wrap on");
    for (int i = 0; i < net->params; i++)
        if (net->place[i].bound)
            return fsnn_fail(FSNN_ESTATE,
                             "%s lies in memory that fsnn_net_bind was given: parameters are not "
                             "one array then",
                             net->param[i].name);
    bool wide = net->flat_size == sizeof(double);
    *flat = (fsnn_flat){.count = net->flat};
    if (wide) {
        flat->value64 = net->values_flat;
        flat->grad64 = net->grads_flat;
    } else {
        flat->value = net->values_flat;
        flat->grad = net->grads_flat;
    }
    return FSNN_OK;
}

/* New exponentials (method ml, when tau or alpha moved) are other states, and may be more. */
static fsnn_status begin_anew(fsnn_net *net)
{
    bool wrapped = net->wrapped;
    net->wrapped = net->ran = false;
    FSNN_TRY(net_segments_plan(net));
    net->wrapped = wrapped;
    return wrapped ? fsnn_net_reset(net) : FSNN_OK;
}

fsnn_status fsnn_net_params_changed(fsnn_net *net)
{
    FSNN_NEED(net);
    bool anew = false;
    net->moved = true;
    if (net->flat_size != net->plane->size) /* a wrap in another precision failed half-way */
        return fsnn_fail(FSNN_ESTATE, "the net is not wrapped: call fsnn_net_wrap first");
    fsnn_status status = net->plane->changed(net, &anew);
    if (anew) { /* after an error too: some layer has other exponentials by now */
        fsnn_error error;
        fsnn_error_keep(&error);
        status = fsnn_error_first(status, &error, begin_anew(net));
    }
    return status;
}

void net_neuron_bind(const fsnn_net *net, const net_step *step)
{
    real *value[OP_MAX_PARAM] = {NULL};
    for (int p = 0; p < step->op->params; p++)
        value[p] = net_step_param(net, step, p)->value;
    neuron_bind(step->op, value);
}

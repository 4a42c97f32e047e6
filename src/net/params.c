/* Parameters: one flat array of values, one of gradients, each parameter on a 64-byte line of its
 * own. */
#include "net/net.h"

#include <string.h>

static int64_t round_up(int64_t n)
{
    return (n + 15) / 16 * 16;
}

/* FNV-1a: the random stream of a parameter is its name's, so that weights do not depend on what
 * stands around them. */
static uint64_t stream_of(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
    return hash;
}

static void draw(const fsnn_param *p, const op_param *spec, uint64_t seed)
{
    int64_t n = fsnn_shape_count(&p->shape);
    uint64_t stream = stream_of(p->name);
    for (int64_t i = 0; i < n; i++)
        switch (spec->init) {
        case OP_ZERO:
            net_param_set(p, i, 0);
            break;
        case OP_CONSTANT:
            net_param_set(p, i, spec->scale);
            break;
        case OP_UNIFORM:
            net_param_set(p, i,
                          spec->scale * (2.0 * fsnn_random_uniform(seed, stream, (uint64_t)i) - 1));
            break;
        }
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
            flat += round_up(fsnn_shape_count(&op->param[p].shape));
    }
    net->params = 0;
    net->flat = flat;
    net->flat_size = net->plane->size;
    net->param = fsnn_alloc((size_t)(count + 1) * sizeof *net->param);
    net->place = fsnn_alloc((size_t)(count + 1) * sizeof *net->place);
    net->values_flat = fsnn_alloc((size_t)(flat + 16) * net->flat_size);
    net->grads_flat = fsnn_alloc((size_t)(flat + 16) * net->flat_size);
    return net->param && net->place && net->values_flat && net->grads_flat ? FSNN_OK : FSNN_EMEMORY;
}

/* Where the numbers of a parameter are. */
static void lie(const fsnn_net *net, fsnn_param *p, int64_t offset)
{
    if (net->plane->precision == FSNN_PRECISION_DOUBLE) {
        p->value64 = (double *)net->values_flat + offset;
        p->grad64 = (double *)net->grads_flat + offset;
    } else {
        p->value = (float *)net->values_flat + offset;
        p->grad = (float *)net->grads_flat + offset;
    }
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
        bool given = was->value && spec->init == OP_CONSTANT && value == (double)(float)spec->scale;
        net_param_set(p, i, given ? spec->scale : value);
    }
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
    lie(net, p, *offset);
    net->place[net->params++] = (net_param_place){*offset, node, index};
    int64_t count = fsnn_shape_count(&spec->shape);
    *offset += round_up(count);
    const fsnn_param *was = find(before->param, before->params, name);
    if (was && fsnn_shape_equal(&was->shape, &p->shape))
        take(p, spec, was, count);
    else
        draw(p, spec, net->seed);
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
    return index >= 0 && index < net->params ? &net->param[index] : NULL;
}

const fsnn_param *fsnn_net_param_find(const fsnn_net *net, const char *name)
{
    return find(net->param, net->params, name);
}

static void zero_range(int64_t begin, int64_t end, void *user)
{
    const fsnn_net *net = user;
    memset((char *)net->grads_flat + (size_t)begin * net->flat_size, 0,
           (size_t)(end - begin) * net->flat_size);
}

void fsnn_net_zero_grad(fsnn_net *net)
{
    if (net->grads_flat)
        fsnn_parallel_range(net->flat, 1 << 16, zero_range, net);
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
    if (net->flat_size != net->plane->size) /* a wrap in another precision failed half-way */
        return fsnn_fail(FSNN_ESTATE, "the net is not wrapped: call fsnn_net_wrap first");
    fsnn_status status = net->plane->changed(net, &anew);
    if (anew) { /* after an error too: some layer has other exponentials by now */
        fsnn_error error;
        fsnn_error_keep(&error);
        fsnn_status planned = begin_anew(net);
        if (status)
            fsnn_error_restore(&error);
        status = status ? status : planned;
    }
    return status;
}

/* train/quantised.h. */
#include "train/quantised.h"

#include "base/quantise.h"
#include "net/net.h"

#include <fsnn/train.h>

#include <string.h>

static const struct {
    const char *name;
    int bits;
} kinds[] = {
    [FSNN_QUANTISE_NONE] = {"none", 0},
    [FSNN_QUANTISE_INT8] = {"int8", 8},
    [FSNN_QUANTISE_INT4] = {"int4", 4},
};

int fsnn_quantise_bits(fsnn_quantise quantise)
{
    return (unsigned)quantise < FSNN_QUANTISES ? kinds[quantise].bits : 0;
}

const char *fsnn_quantise_name(fsnn_quantise quantise)
{
    return (unsigned)quantise < FSNN_QUANTISES ? kinds[quantise].name : NULL;
}

static int params(const quantised *q)
{
    return q->net ? fsnn_net_param_count(q->net) : 0;
}

/* What src/integer makes integers of. */
static bool weighs(const fsnn_net *net, int param)
{
    static const char *const layers[] = {"linear", "conv1d", "conv2d"};
    const net_param_place *place = &net->place[param];
    const char *kind = net->node[place->node]->op.op->kind;
    for (int i = 0; i < FSNN_COUNT(layers); i++)
        if (strcmp(layers[i], kind) == 0)
            return place->index == 0;
    return false;
}

fsnn_status quantised_open(quantised *q, fsnn_net *net, int bits)
{
    *q = (quantised){.bits = bits};
    if (!bits)
        return FSNN_OK;
    q->net = net;
    q->value = fsnn_alloc(((size_t)params(q) + 1) * sizeof *q->value);
    if (!q->value)
        return FSNN_EMEMORY;
    for (int i = 0; i < params(q); i++) {
        if (!weighs(net, i))
            continue;
        q->value[i] = fsnn_alloc(net_param_bytes(fsnn_net_param(net, i)));
        if (!q->value[i])
            return FSNN_EMEMORY;
    }
    return FSNN_OK;
}

void quantised_close(quantised *q)
{
    for (int i = 0; q->value && i < params(q); i++)
        fsnn_free(q->value[i]);
    fsnn_free(q->value);
    *q = (quantised){0};
}

typedef struct rows {
    const fsnn_param *p;
    const float *from;
    int64_t width;
    int bits;
} rows;

/* Output channels begin ... end - 1. */
static void round_rows(int64_t begin, int64_t end, void *user)
{
    const rows *r = user;
    for (int64_t c = begin; c < end; c++) {
        const float *from = r->from + c * r->width;
        float *to = r->p->value + c * r->width;
        const quantise_scale scale = quantise_scale_of(quantise_largest(from, r->width), r->bits);
        const float unit = quantise_scale_value(scale);
        for (int64_t i = 0; i < r->width; i++)
            to[i] = (float)quantise_number(from[i], scale, r->bits) * unit;
    }
}

fsnn_status quantised_show(quantised *q, bool show)
{
    if (!q->net || q->shown == show)
        return FSNN_OK;
    for (int i = 0; i < params(q); i++) {
        const fsnn_param *p = fsnn_net_param(q->net, i);
        if (!q->value[i])
            continue;
        if (show) {
            rows r = {p, q->value[i], fsnn_shape_count(&p->shape) / p->shape.dim[0], q->bits};
            memcpy(q->value[i], p->value, net_param_bytes(p));
            fsnn_parallel_range(p->shape.dim[0], 8, round_rows, &r);
        } else {
            memcpy(p->value, q->value[i], net_param_bytes(p));
        }
    }
    q->shown = show;
    return fsnn_net_params_changed(q->net);
}

fsnn_status quantised_hide(quantised *q, fsnn_status status)
{
    fsnn_error error;
    fsnn_error_keep(&error);
    return fsnn_error_first(status, &error, quantised_show(q, false));
}

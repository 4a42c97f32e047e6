/* Parameters of a neuron layer that are given as several numbers, one a channel or neuron: copies
 * of the lists that options point to, and what they cannot be. */
#include "net/neuron_node.h"

#include <math.h>
#include <string.h>

/* ---- the parameters of a layer that are an fsnn_value, in one row ---- */

enum { TAU, THRESHOLD, V_RESET, OWN };

bool neuron_has_equations(const fsnn_op *op)
{
    return op->options_size == sizeof(fsnn_user);
}

static int count_values(const op_node *node)
{
    const fsnn_user *o = node->options;
    return OWN + (neuron_has_equations(node->op) ? o->params : 0);
}

static fsnn_value *value_of(const op_node *node, int i)
{
    fsnn_neuron *o = node->options;
    fsnn_value *const common[OWN] = {&o->tau, &o->threshold, &o->v_reset};
    return i < OWN ? common[i] : &((fsnn_user *)node->options)->param[i - OWN].value;
}

static const char *name_of(const op_node *node, int i)
{
    static const char *const common[OWN] = {"tau", "threshold", "v_reset"};
    return i < OWN ? common[i] : ((const fsnn_user *)node->options)->param[i - OWN].name;
}

/* ---- lists ---- */

fsnn_status neuron_values_take(op_node *node)
{
    neuron_layer *st = node->state;
    size_t total = 0;
    for (int i = 0; i < count_values(node); i++) {
        const fsnn_value *v = value_of(node, i);
        if (v->values && (v->count < 1 || v->count > INT32_MAX))
            return fsnn_fail(FSNN_EARGUMENT, "%s \"%s\": %s has a list of %lld values: at least 1",
                             node->op->kind, node->name, name_of(node, i), (long long)v->count);
        total += v->values ? (size_t)v->count : 0;
    }
    if (!total)
        return FSNN_OK;
    double *to = st->values = fsnn_alloc(total * sizeof *to);
    if (!to)
        return FSNN_EMEMORY;
    for (int i = 0; i < count_values(node); i++) {
        fsnn_value *v = value_of(node, i);
        if (!v->values)
            continue;
        memcpy(to, v->values, (size_t)v->count * sizeof *to);
        v->values = to;
        v->value = to[0];
        to += v->count;
    }
    return FSNN_OK;
}

/* As many as there are channels or neurons. */
static fsnn_status check_count(const op_node *node, int i)
{
    static const char *const unit[] = {"layer", "channel", "neuron"};
    const scan *s = &((const neuron_layer *)node->state)->scan;
    const fsnn_value *v = value_of(node, i);
    const char *name = name_of(node, i), *key = i < OWN ? name : "params";
    char shape[128];
    const int64_t most[] = {1, s->channels, s->N};
    if ((unsigned)v->per > FSNN_PER_NEURON)
        return fsnn_fail_key(FSNN_EARGUMENT, key,
                             "%s \"%s\": %s is per number %d: there is no "
                             "such thing",
                             node->op->kind, node->name, name, (int)v->per);
    if (v->values && v->per == FSNN_PER_LAYER)
        return fsnn_fail_key(FSNN_EARGUMENT, key,
                             "%s \"%s\": %s is a list of %lld values, but one for the layer: write "
                             "`per: neuron` or `per: channel` beside it",
                             node->op->kind, node->name, name, (long long)v->count);
    if (!v->values || v->count == most[v->per])
        return FSNN_OK;
    return fsnn_fail_key(FSNN_ESHAPE, key,
                         "%s \"%s\": %s is a list of %lld values, one a %s, but the layer of shape "
                         "%s has %lld %s%s",
                         node->op->kind, node->name, name, (long long)v->count, unit[v->per],
                         fsnn_shape_text(&node->in[0], shape, sizeof shape),
                         (long long)most[v->per], unit[v->per], most[v->per] == 1 ? "" : "s");
}

fsnn_status neuron_values_check(const op_node *node)
{
    for (int i = 0; i < count_values(node); i++)
        FSNN_TRY(check_count(node, i));
    return FSNN_OK;
}

void neuron_values_free(neuron_layer *st)
{
    fsnn_free(st->values);
    st->values = NULL;
}

/* ---- what they are ---- */

double neuron_value_least(const fsnn_value *v)
{
    double least = v->values ? v->values[0] : v->value;
    for (int64_t i = 1; v->values && i < v->count; i++)
        least = fmin(least, v->values[i]);
    return least;
}

double neuron_value_at(const scan *s, const fsnn_value *v, int64_t place)
{
    if (!v->values)
        return v->value;
    return v->values[v->per == FSNN_PER_CHANNEL ? place / (s->N / s->channels) : place];
}

bool neuron_values_listed(const op_node *node)
{
    for (int i = 0; i < count_values(node); i++)
        if (value_of(node, i)->values)
            return true;
    return false;
}

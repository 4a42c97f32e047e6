/* Parameters of a neuron layer that are given as several numbers, one a channel or neuron: copies
 * of the lists that options point to, and what they cannot be. */
#include "net/neuron_node.h"

#include <math.h>
#include <string.h>

/* ---- the parameters of a layer that are an fsnn_value, in one row ---- */

enum { TAU, THRESHOLD, V_RESET, REST, RESISTANCE, V0, OWN };

bool neuron_has_equations(const fsnn_op *op)
{
    return op->options_size == sizeof(fsnn_user);
}

static int count_values(const fsnn_op *op, const void *options)
{
    return OWN + (neuron_has_equations(op) ? ((const fsnn_user *)options)->params : 0);
}

fsnn_value neuron_value_v0(const fsnn_neuron *o)
{
    const fsnn_start *s = &o->start;
    return (fsnn_value){o->v0, s->learn, s->per, s->values, s->count};
}

static fsnn_value value_in(const void *options, int i)
{
    const fsnn_neuron *o = options;
    if (i == V0)
        return neuron_value_v0(o);
    const fsnn_value *const common[OWN] = {&o->tau, &o->threshold, &o->v_reset, &o->rest,
                                           &o->resistance};
    return i < OWN ? *common[i] : ((const fsnn_user *)options)->param[i - OWN].value;
}

/* The list of value i becomes a copy of it. */
static void set_values(void *options, int i, const double *values)
{
    fsnn_neuron *o = options;
    if (i == V0) {
        o->start.values = values;
        o->v0 = values[0];
        return;
    }
    fsnn_value *const common[OWN] = {&o->tau, &o->threshold, &o->v_reset, &o->rest, &o->resistance};
    fsnn_value *v = i < OWN ? common[i] : &((fsnn_user *)options)->param[i - OWN].value;
    v->values = values;
    v->value = values[0];
}

static const char *name_in(const void *options, int i)
{
    static const char *const common[OWN] = {"tau",  "threshold",  "v_reset",
                                            "rest", "resistance", "v0"};
    return i < OWN ? common[i] : ((const fsnn_user *)options)->param[i - OWN].name;
}

/* The key of a description that has it. */
static const char *key_of(const void *options, int i)
{
    return i < OWN ? name_in(options, i) : "params";
}

/* ---- lists ---- */

fsnn_status neuron_values_take(op_node *node)
{
    neuron_layer *st = node->state;
    size_t total = 0;
    for (int i = 0; i < count_values(node->op, node->options); i++) {
        const fsnn_value v = value_in(node->options, i);
        if (v.values && (v.count < 1 || v.count > INT32_MAX))
            return fsnn_fail(FSNN_EARGUMENT, "%s \"%s\": %s has a list of %lld values: at least 1",
                             node->op->kind, node->name, name_in(node->options, i),
                             (long long)v.count);
        total += v.values ? (size_t)v.count : 0;
    }
    if (!total)
        return FSNN_OK;
    double *to = st->values = fsnn_alloc(total * sizeof *to);
    if (!to)
        return FSNN_EMEMORY;
    for (int i = 0; i < count_values(node->op, node->options); i++) {
        const fsnn_value v = value_in(node->options, i);
        if (!v.values)
            continue;
        memcpy(to, v.values, (size_t)v.count * sizeof *to);
        set_values(node->options, i, to);
        to += v.count;
    }
    return FSNN_OK;
}

/* op.h: check */
fsnn_status neuron_values_check_per(const fsnn_op *op, const void *options, char key[OP_KEY])
{
    for (int i = 0; i < count_values(op, options); i++) {
        const fsnn_value v = value_in(options, i);
        snprintf(key, OP_KEY, "%s", key_of(options, i));
        if ((unsigned)v.per > FSNN_PER_NEURON)
            return fsnn_fail(FSNN_EARGUMENT,
                             "%s: there is no such unit as number %d: a number is "
                             "one for the layer, a channel or a neuron",
                             name_in(options, i), (int)v.per);
        if (v.values && v.per == FSNN_PER_LAYER)
            return fsnn_fail(FSNN_EARGUMENT,
                             "%s is a list of %lld values, but one for the layer: write `per: "
                             "neuron` or `per: channel` beside it, like {value: [...], per: "
                             "neuron}",
                             name_in(options, i), (long long)v.count);
    }
    key[0] = 0;
    return FSNN_OK;
}

/* As many as there are channels or neurons. */
static fsnn_status check_count(const op_node *node, int i)
{
    static const char *const unit[] = {"layer", "channel", "neuron"};
    const scan *s = &((const neuron_layer *)node->state)->scan;
    const fsnn_value v = value_in(node->options, i);
    char shape[128];
    const int64_t most[] = {1, s->channels, s->N};
    if (!v.values || v.count == most[v.per])
        return FSNN_OK;
    return fsnn_fail_key(FSNN_ESHAPE, key_of(node->options, i),
                         "%s \"%s\": %s is a list of %lld values, one a %s, but the layer of shape "
                         "%s has %lld %s%s",
                         node->op->kind, node->name, name_in(node->options, i), (long long)v.count,
                         unit[v.per], fsnn_shape_text(&node->in[0], shape, sizeof shape),
                         (long long)most[v.per], unit[v.per], most[v.per] == 1 ? "" : "s");
}

fsnn_status neuron_values_check(const op_node *node)
{
    char key[OP_KEY];
    fsnn_status status = neuron_values_check_per(node->op, node->options, key);
    if (status)
        return fsnn_fail_in(neuron_named(node, status), key);
    for (int i = 0; i < count_values(node->op, node->options); i++)
        FSNN_TRY(check_count(node, i));
    return FSNN_OK;
}

void neuron_values_free(neuron_layer *st)
{
    fsnn_free(st->values);
    st->values = NULL;
}

/* ---- what they are ---- */

/* Learned, or several numbers. */
static bool is_more(const fsnn_value *v)
{
    return v->learn || v->values || v->per != FSNN_PER_LAYER;
}

bool neuron_value_rests(const fsnn_neuron *o)
{
    return o->rest.value != 0 || is_more(&o->rest);
}

bool neuron_value_resists(const fsnn_neuron *o)
{
    return neuron_value_resistance(o) != 1 || is_more(&o->resistance);
}

double neuron_value_resistance(const fsnn_neuron *o)
{
    return o->resistance.value == 0 && !o->resistance.values ? 1 : o->resistance.value;
}

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
    for (int i = 0; i < count_values(node->op, node->options); i++)
        if (value_in(node->options, i).values)
            return true;
    return false;
}

/* The parameters of neuron layers: which there are, where their values and gradients lie, and what
 * follows from values that were written. */
#include "net/neuron_node.h"

#include <math.h>

enum { P_TAU };

static op_param value_param(const op_node *node, const char *name, const fsnn_value *v,
                            fsnn_range range)
{
    const scan *s = &((const neuron_layer *)node->state)->scan;
    return (op_param){.name = name,
                      .shape = v->per == FSNN_PER_NEURON
                                   ? node->in[0]
                                   : FSNN_SHAPE(v->per == FSNN_PER_CHANNEL ? s->channels : 1),
                      .init = OP_CONSTANT,
                      .scale = v->value,
                      .values = v->values,
                      .learn = v->learn,
                      .neuron = true,
                      .range = range};
}

/* More than a number: learned, drawn, or several. */
static bool starts(const fsnn_start *start)
{
    return start->learn || start->draw || start->per != FSNN_PER_LAYER || start->values;
}

static op_param start_param(const op_node *node)
{
    const fsnn_neuron *o = node->options;
    const fsnn_value v = neuron_value_v0(o);
    op_param p = value_param(node, "v0", &v, FSNN_ANY);
    if (o->start.draw) {
        p.init = o->start.draw == FSNN_DRAW_NORMAL ? OP_NORMAL : OP_UNIFORM;
        p.middle = o->v0;
        p.scale = o->start.spread;
    }
    return p;
}

static int add_param(op_node *node, op_param param)
{
    node->param[node->params] = param;
    return node->params++;
}

/* Of the order: the net writes the numbers, they may differ by term. */
static op_param order_param(const char *name, const neuron_layer *st, bool learn, fsnn_range range)
{
    return (op_param){.name = name,
                      .shape = FSNN_SHAPE(st->order.terms),
                      .init = OP_CONSTANT,
                      .learn = learn,
                      .neuron = true,
                      .range = range};
}

/* Rest and resistance, where they are more than 0 and 1. */
static void add_membrane(op_node *node)
{
    const fsnn_neuron *o = node->options;
    neuron_layer *st = node->state;
    fsnn_value resistance = o->resistance;
    resistance.value = neuron_value_resistance(o);
    if (neuron_value_rests(o))
        st->rest = add_param(node, value_param(node, "rest", &o->rest, FSNN_ANY));
    if (neuron_value_resists(o))
        st->resistance =
            add_param(node, value_param(node, "resistance", &resistance, FSNN_POSITIVE));
}

void neuron_params(op_node *node)
{
    const fsnn_neuron *o = node->options;
    neuron_layer *st = node->state;
    node->params = 0;
    add_param(node, value_param(node, "tau", &o->tau, FSNN_POSITIVE)); /* P_TAU */
    st->threshold = st->alpha = st->coefficient = st->v_reset = st->v0 = -1;
    st->rest = st->resistance = -1;
    const fsnn_range above = neuron_value_rests(o) || o->peak ? FSNN_ANY : FSNN_POSITIVE;
    if (!st->scan.model->readout)
        st->threshold = add_param(node, value_param(node, "threshold", &o->threshold, above));
    st->own = node->params;
    for (int i = 0; i < st->scan.model->own; i++) {
        const fsnn_user_param *p = &((const fsnn_user *)node->options)->param[i];
        fsnn_range range = st->user.positive >> i & 1 ? FSNN_POSITIVE : FSNN_ANY;
        add_param(node, value_param(node, p->name, &p->value, range));
    }
    if (!st->method->integer)
        st->alpha = add_param(node, order_param("alpha", st, st->order.learn_alpha, FSNN_UNIT));
    if (!st->method->integer && (st->order.terms > 1 || st->order.learn_coefficient))
        st->coefficient = add_param(
            node, order_param("coefficient", st, st->order.learn_coefficient, FSNN_POSITIVE));
    if (o->reset == FSNN_RESET_VALUE)
        st->v_reset = add_param(node, value_param(node, "v_reset", &o->v_reset, FSNN_ANY));
    if (starts(&o->start))
        st->v0 = add_param(node, start_param(node));
    add_membrane(node);
}

void neuron_bind(op_node *node, real *const *value)
{
    neuron_layer *st = node->state;
    const int from[NEURON_PARS] = {P_TAU, st->threshold, st->v_reset, st->v0, st->rest};
    for (int p = 0; p < scan_pars(&st->scan); p++) {
        int at = p < NEURON_PARS ? from[p] : st->own + p - NEURON_PARS;
        if (at >= 0)
            st->scan.par[p] =
                (scan_param){value ? value[at] : NULL, fsnn_shape_count(&node->param[at].shape)};
    }
    if (st->resistance >= 0)
        st->drive = (scan_param){value ? value[st->resistance] : NULL,
                                 fsnn_shape_count(&node->param[st->resistance].shape)};
}

void neuron_grads_of(const op_node *node, const op_run *run, scan_grads *grads)
{
    const neuron_layer *st = node->state;
    *grads = (scan_grads){.I = run->gin[0], .sums = run->gsum, .par = {run->grad[P_TAU]}};
    if (st->threshold >= 0)
        grads->par[PAR_THRESHOLD] = run->grad[st->threshold];
    if (st->alpha >= 0)
        grads->alpha = run->grad[st->alpha];
    if (st->coefficient >= 0)
        grads->coefficient = run->grad[st->coefficient];
    if (st->v_reset >= 0)
        grads->par[PAR_V_RESET] = run->grad[st->v_reset];
    if (st->v0 >= 0)
        grads->par[PAR_V0] = run->grad[st->v0];
    if (st->rest >= 0)
        grads->par[PAR_REST] = run->grad[st->rest];
    for (int i = 0; i < st->scan.model->own; i++)
        grads->par[NEURON_PARS + i] = run->grad[st->own + i];
}

static fsnn_status check_positive(const op_node *node, int p, const real *value)
{
    for (int64_t i = 0; i < fsnn_shape_count(&node->param[p].shape); i++)
        if (!(value[i] > 0 && isfinite(value[i])))
            return fsnn_fail(FSNN_EARGUMENT, "%s.%s[%lld] is %g: it must be positive", node->name,
                             node->param[p].name, (long long)i, (double)value[i]);
    return FSNN_OK;
}

static fsnn_status check_finite(const op_node *node, int p, const real *value)
{
    for (int64_t i = 0; i < fsnn_shape_count(&node->param[p].shape); i++)
        if (!isfinite(value[i]))
            return fsnn_fail(FSNN_EARGUMENT, "%s.%s[%lld] is %g: it must be finite", node->name,
                             node->param[p].name, (long long)i, (double)value[i]);
    return FSNN_OK;
}

/* The orders that the memory goes by. */
static fsnn_status set_orders(const op_node *node, neuron_layer *st, real *const *value)
{
    fsnn_order *order = &st->scan.memory.order;
    for (int m = 0; m < order->terms; m++) {
        real alpha = value[st->alpha][m];
        if (!(alpha > 0 && alpha <= 1))
            return fsnn_fail(FSNN_EARGUMENT, "%s.alpha[%d] is %g: it must lie in (0, 1]",
                             node->name, m, (double)alpha);
        /* the number as the description gives it, where the value is its rounding */
        order->alpha[m] = alpha == (real)st->order.alpha[m] ? st->order.alpha[m] : (double)alpha;
    }
    if (st->coefficient < 0)
        return FSNN_OK;
    FSNN_TRY(check_positive(node, st->coefficient, value[st->coefficient]));
    for (int m = 0; m < order->terms; m++) {
        real c = value[st->coefficient][m];
        order->coefficient[m] =
            c == (real)st->order.coefficient[m] ? st->order.coefficient[m] : (double)c;
    }
    return FSNN_OK;
}

fsnn_status neuron_changed(op_node *node, real *const *value, bool *anew)
{
    neuron_layer *st = node->state;
    FSNN_TRY(check_positive(node, P_TAU, value[P_TAU]));
    const bool any = st->rest >= 0 || ((const fsnn_neuron *)node->options)->peak;
    if (st->threshold >= 0)
        FSNN_TRY((any ? check_finite : check_positive)(node, st->threshold, value[st->threshold]));
    if (st->rest >= 0)
        FSNN_TRY(check_finite(node, st->rest, value[st->rest]));
    if (st->resistance >= 0)
        FSNN_TRY(check_positive(node, st->resistance, value[st->resistance]));
    const fsnn_neuron *o = node->options;
    real tau = value[P_TAU][0];
    st->scan.memory.leak.tau = tau == (real)o->tau.value ? o->tau.value : (double)tau;
    if (st->v_reset >= 0)
        FSNN_TRY(check_finite(node, st->v_reset, value[st->v_reset]));
    if (st->v0 >= 0)
        FSNN_TRY(check_finite(node, st->v0, value[st->v0]));
    for (int i = 0; i < st->scan.model->own; i++)
        FSNN_TRY((st->user.positive >> i & 1 ? check_positive : check_finite)(node, st->own + i,
                                                                              value[st->own + i]));
    if (st->alpha < 0)
        return FSNN_OK;
    FSNN_TRY(set_orders(node, st, value));
    for (int i = 0; i <= st->scan.others; i++) {
        frac_memory *m = &scan_state(&st->scan, i)->memory;
        int64_t fits = m->fits;
        m->order = st->scan.memory.order;
        fsnn_status status = frac_memory_settle(m, m->lags, true);
        *anew = *anew || m->fits != fits;
        FSNN_TRY(status);
    }
    return FSNN_OK;
}

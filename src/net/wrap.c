/* Wrapping: dynamics go to the neuron layers, the graph is lowered, parameters are drawn, memory is
 * planned. */
#include "net/net.h"
#include "net/neuron_ops.h"
#include "op/memory.h"

#include <math.h>
#include <string.h>

/* Neuron layers before node `end`. */
static int layers_before(const fsnn_net *net, int end)
{
    int layers = 0;
    for (int i = 1; i < end; i++)
        layers += net_neuron(net, i) != NULL;
    return layers;
}

static fsnn_status check_plan(const fsnn_plan *plan)
{
    if (plan->steps < 1 || plan->batch < 1)
        return fsnn_fail(FSNN_EARGUMENT,
                         "the plan has %lld steps and a batch of %lld: both are at "
                         "least 1",
                         (long long)plan->steps, (long long)plan->batch);
    if (plan->steps > NET_MOST_NUMBERS / plan->batch)
        return fsnn_fail(
            FSNN_EARGUMENT,
            "%lld steps of batches of %lld are too many for one call: at most %d rows; "
            "feed a long recording in pieces",
            (long long)plan->steps, (long long)plan->batch, NET_MOST_NUMBERS);
    if (plan->checkpoint < 0 && plan->checkpoint != FSNN_CHECKPOINT_AUTO)
        return fsnn_fail(FSNN_EARGUMENT,
                         "checkpointing in segments of %lld steps: 0 is none, FSNN_CHECKPOINT_AUTO "
                         "chooses, or at least 1",
                         (long long)plan->checkpoint);
    if (plan->checkpoint && plan->record)
        return fsnn_fail(
            FSNN_EUNSUPPORTED,
            "recording needs all steps, which checkpointing does not keep: leave one of them out");
    if (plan->stream && plan->training)
        return fsnn_fail(FSNN_EARGUMENT, "a plan for a stream is one without training, in which "
                                         "weights move: leave stream or training out");
    FSNN_TRY(fsnn_products_check(plan->products));
    if (plan->products && plan->stream)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "a stream's products of a few rows are bound by memory and have no %s: "
                         "leave it or the stream out",
                         fsnn_products_name(plan->products));
    if (plan->products == FSNN_PRODUCTS_INT8 && plan->training)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "products in int8 are for inference: training takes full or bf16 "
                         "(training.quantise learns weights that fit 8 bits)");
    if (plan->truncate && !plan->checkpoint)
        return fsnn_fail(
            FSNN_EARGUMENT,
            "truncated gradients need segments: set checkpoint to their number of steps");
    return FSNN_OK;
}

static fsnn_status check_products(fsnn_products products, fsnn_precision precision)
{
    if (products == FSNN_PRODUCTS_FULL || precision == FSNN_PRECISION_SINGLE)
        return FSNN_OK;
    return fsnn_fail_key(FSNN_EUNSUPPORTED, "dynamics.precision",
                         "products in %s round what double precision is there for: take precision "
                         "single, or leave %s out",
                         fsnn_products_name(products), fsnn_products_name(products));
}

static fsnn_status check(const fsnn_net *net, const fsnn_dynamics *d, const fsnn_plan *plan)
{
    if (!net || !d || !plan)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_net_wrap: net, dynamics and plan must not be NULL");
    if (net->input < 0 || net->nodes < 2)
        return fsnn_fail(FSNN_ESTATE, "the net has no %s: add %s before wrapping",
                         net->input < 0 ? "input" : "nodes",
                         net->input < 0 ? "one with fsnn_net_input" : "some with fsnn_net_add");
    FSNN_TRY(check_plan(plan));
    FSNN_TRY(check_products(plan->products, d->precision));
    if (!(d->step > 0 && isfinite(d->step)))
        return fsnn_fail(FSNN_EARGUMENT, "the solver step is %g: it must be positive", d->step);
    if (d->memory < 0 || (d->memory == 1 && d->integrator == FSNN_FDEINT))
        return fsnn_fail_key(FSNN_EARGUMENT, "dynamics.memory",
                             "memory is %lld step%s: 0 for full memory, or at least 2, one of them "
                             "the present; with 1 nothing is left of the state",
                             (long long)d->memory, d->memory == 1 ? "" : "s");
    int layers = layers_before(net, net->nodes);
    bool integer = d->integrator == FSNN_ODEINT;
    if (!integer && (d->orders < 1 || !d->order) && layers)
        return fsnn_fail(FSNN_EARGUMENT, "no order is given: fdeint needs alpha, one number or one "
                                         "a neuron layer");
    if (!integer && d->orders > 1 && d->orders != layers)
        return fsnn_fail(
            FSNN_EARGUMENT,
            "%d orders are given for %d neuron layers: give one for all, or one a layer", d->orders,
            layers);
    return FSNN_OK;
}

/* A changed order in the dynamics replaces the values learned before. */
static bool same_order(const fsnn_order *a, const fsnn_order *b)
{
    bool same = a->terms == b->terms;
    for (int m = 0; same && m < a->terms; m++)
        same = a->alpha[m] == b->alpha[m] && a->coefficient[m] == b->coefficient[m];
    return same;
}

/* A call of training is the run, where no horizon is given. */
static fsnn_status keep_of(const fsnn_dynamics *d, const fsnn_plan *plan, frac_keep *keep)
{
    fsnn_engine engine;
    fsnn_dynamics run = *d;
    if (d->horizon == 0 && plan->training)
        run.horizon = plan->steps;
    FSNN_TRY(fsnn_engine_settle(&run, &engine));
    *keep = (frac_keep){.steps = d->memory};
    if (engine == FSNN_ENGINE_FEW && plan->training)
        return fsnn_fail_key(FSNN_EUNSUPPORTED, "dynamics.memory",
                             "the engine few finds exponentials for orders as they stand, of "
                             "networks that learn no more: for a training exponentials works");
    if (engine != FSNN_ENGINE_DIRECT) {
        keep->few = engine == FSNN_ENGINE_FEW;
        keep->tolerance = d->tolerance;
        keep->horizon = d->horizon ? d->horizon : FSNN_HORIZON;
    }
    return FSNN_OK;
}

/* Layers that share parameters share their order. */
static fsnn_status check_shared(const fsnn_net *net, const fsnn_order *order)
{
    for (int i = 1; i < net->nodes; i++) {
        const net_node *node = net->node[i];
        if (node->shares < 0 || !net_neuron(net, i))
            continue;
        const fsnn_order *a = &order[layers_before(net, i)],
                         *b = &order[layers_before(net, node->shares)];
        if (!same_order(a, b) || a->learn_alpha != b->learn_alpha ||
            a->learn_coefficient != b->learn_coefficient)
            return fsnn_fail_key(
                FSNN_EARGUMENT, node->name,
                "%s \"%s\" uses the parameters of \"%s\", alpha among them, but their orders "
                "differ: give both layers one order",
                node->op.op->kind, node->name, net->node[node->shares]->name);
    }
    return FSNN_OK;
}

static fsnn_status set_dynamics(fsnn_net *net, const fsnn_dynamics *d, bool *renew)
{
    const frac_method *method;
    frac_keep keep;
    FSNN_TRY(keep_of(d, &net->plan, &keep));
    FSNN_TRY(frac_method_settle(d->integrator, d->method, &method));
    if (d->implicit && !method->linearised && method->scheme != FRAC_IMPLICIT) {
        char list[128];
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "method %s has no implicit variant: it is there with %s; trap is implicit",
                         method->name, fsnn_method_list(FSNN_METHODS_IMPLICIT, list, sizeof list));
    }
    int layers = layers_before(net, net->nodes);
    fsnn_order *order = fsnn_alloc((size_t)(layers + 1) * sizeof *order);
    if (!order)
        return FSNN_EMEMORY;
    fsnn_status status = FSNN_OK;
    int layer = 0;
    for (int i = 1; i < net->nodes && !status; i++) {
        op_node *op = net_neuron(net, i);
        if (!op)
            continue;
        order[layer] = method->integer ? fsnn_order_of(1) : d->order[d->orders > 1 ? layer : 0];
        status = frac_order_check(method, &order[layer]);
        if (!status && d->precision == FSNN_PRECISION_SINGLE)
            status = frac_order_check_single(&order[layer]);
        if (status) {
            char *why = fsnn_strdup(fsnn_error_text());
            fsnn_fail(status, "%s \"%s\": %s", op->op->kind, op->name, why ? why : "");
            fsnn_free(why);
        }
        renew[i] = layer >= net->layers || !same_order(&order[layer], &net->order[layer]);
        neuron_node_dynamics(op, method, d->implicit, &order[layer], d->step, &keep);
        layer++;
    }
    if (!status)
        status = check_shared(net, order);
    if (status) {
        fsnn_free(order);
        return status;
    }
    fsnn_free(net->order);
    net->order = order;
    net->layers = layers;
    net->dynamics = *d;
    net->dynamics.order = NULL;
    net->dynamics.method = (fsnn_method)fsnn_method_find(method->name);
    return FSNN_OK;
}

/* The order that a parameter holds is `given`, as single precision had it. */
static bool rounds(const fsnn_net *net, const fsnn_param *param, int m, double given)
{
    return net->widened && net_param_value(param, m) == (double)(float)given;
}

/* Orders may differ from term to term, so their first values are written here. */
static void write_orders(fsnn_net *net, const bool *renew)
{
    int layer = 0;
    for (int i = 1; i < net->nodes; i++) {
        const net_node *node = net->node[i];
        if (!net_neuron(net, i))
            continue;
        const fsnn_order *order = &net->order[layer++];
        for (int p = 0; p < node->op.params; p++) {
            const op_param *spec = &node->op.param[p];
            bool alpha = strcmp(spec->name, "alpha") == 0;
            const fsnn_param *param = &net->param[node->first_param + p];
            if (!alpha && strcmp(spec->name, "coefficient") != 0)
                continue;
            for (int m = 0; m < order->terms; m++) {
                double given = alpha ? order->alpha[m] : order->coefficient[m];
                if (renew[i] || rounds(net, param, m, given))
                    net_param_set(param, m, given);
            }
        }
    }
}

/* Integer order has no past to weigh: what speaks of it does nothing. */
static fsnn_status warn_of_integer_order(fsnn_net *net, const fsnn_dynamics *d)
{
    bool learn = false, coefficient = false, memory = d->memory > 0 || d->tolerance > 0;
    if (d->integrator != FSNN_ODEINT)
        return FSNN_OK;
    for (int i = 0; i < d->orders && d->order; i++) {
        learn = learn || d->order[i].learn_alpha || d->order[i].learn_coefficient;
        for (int m = 0; m < d->order[i].terms && m < FSNN_MAX_TERMS; m++)
            coefficient = coefficient || d->order[i].coefficient[m] != 1;
    }
    if (!learn && !coefficient && !memory)
        return FSNN_OK;
    return net_warn(
        net, fsnn_format("integrator odeint is of integer order:%s%s%s nothing here; "
                         "fdeint has them",
                         learn ? " learning alpha or coefficients does" : "",
                         coefficient ? learn ? ", coefficients do" : " coefficients do" : "",
                         memory ? learn || coefficient ? ", memory does" : " memory does" : ""));
}

static double number_of(const fsnn_value *v, int64_t i)
{
    return v->values && i < v->count ? v->values[i] : v->value;
}

/* The first number in which two values of as many differ; -1: there is none. */
static int64_t first_difference(const fsnn_value *a, const fsnn_value *b)
{
    int64_t count = a->values ? a->count : b->values ? b->count : 1;
    for (int64_t i = 0; i < count; i++)
        if (number_of(a, i) != number_of(b, i))
            return i;
    return -1;
}

/* Values of a layer that uses the parameters of another. */
static fsnn_status warn_of_own_values(fsnn_net *net, const net_node *node)
{
    const net_node *of = net->node[node->shares];
    const fsnn_neuron *a = node->op.options, *b = of->op.options;
    const fsnn_value *own[] = {&a->tau, &a->threshold, &a->v_reset},
                     *used[] = {&b->tau, &b->threshold, &b->v_reset};
    static const char *const name[] = {"tau", "threshold", "v_reset"};
    for (int i = 0; i < FSNN_COUNT(own); i++) {
        int64_t at = first_difference(own[i], used[i]);
        if (at >= 0)
            FSNN_TRY(net_warn(net, fsnn_format("%s \"%s\" uses the parameters of \"%s\": its own "
                                               "%s, %g, does nothing beside the %g there",
                                               node->op.op->kind, node->name, of->name, name[i],
                                               number_of(own[i], at), number_of(used[i], at))));
    }
    return FSNN_OK;
}

/* A refractory period is a whole number of steps, and may be none. */
static fsnn_status warn_of_rest(fsnn_net *net, const op_node *op, double step)
{
    const fsnn_neuron *o = op->options;
    if (!(o->refractory > 0) || round(o->refractory / step) > 0)
        return FSNN_OK;
    return net_warn(net, fsnn_format("%s \"%s\": refractory %g is less than half a step of %g and "
                                     "does nothing: it is rounded to whole steps",
                                     op->op->kind, op->name, o->refractory, step));
}

static fsnn_status warn(fsnn_net *net, double h)
{
    for (int i = 1; i < net->nodes; i++) {
        const op_node *op = net_neuron(net, i);
        if (!op)
            continue;
        if (net->node[i]->shares >= 0)
            FSNN_TRY(warn_of_own_values(net, net->node[i]));
        FSNN_TRY(warn_of_rest(net, op, h));
        char *step = neuron_node_unstable(op);
        step = step ? step : neuron_node_overshoots(op);
        if (step)
            FSNN_TRY(net_warn(net, step));
        char *memory = neuron_node_forgets(op);
        if (memory)
            FSNN_TRY(net_warn(net, memory));
    }
    return FSNN_OK;
}

static fsnn_status wrap(fsnn_net *net, const fsnn_dynamics *dynamics, bool *renew)
{
    FSNN_TRY(net_set_precision(net, dynamics->precision));
    FSNN_TRY(set_dynamics(net, dynamics, renew));
    fsnn_status status = net_lower(net);
    if (!status)
        status = net_collect(net);
    if (status) {
        net->layers = 0; /* orders were given but are not written: the next wrap does that */
        return status;
    }
    write_orders(net, renew);
    FSNN_TRY(net_segments_plan(net));
    FSNN_TRY(fsnn_net_params_changed(net));
    FSNN_TRY(warn_of_integer_order(net, dynamics));
    return warn(net, dynamics->step);
}

fsnn_status fsnn_net_wrap(fsnn_net *net, const fsnn_dynamics *dynamics, const fsnn_plan *plan)
{
    FSNN_TRY(check(net, dynamics, plan));
    bool *renew = fsnn_alloc((size_t)net->nodes * sizeof *renew), renewed = false;
    if (!renew)
        return FSNN_EMEMORY;
    memset(renew, 0, (size_t)net->nodes * sizeof *renew);
    net->wrapped = net->ran = false;
    net->plan = *plan;
    net->seed = plan->seed;
    fsnn_status status = wrap(net, dynamics, renew);
    for (int i = 1; i < net->nodes; i++)
        renewed = renewed || renew[i];
    fsnn_free(renew);
    /* whether the new orders were written yet is uncertain: the next wrap does */
    if (status && renewed)
        net->layers = 0;
    FSNN_TRY(status);
    net->wrapped = true;
    if (net->done > 0) /* nodes of another precision do not know it */
        FSNN_TRY(fsnn_net_progress(net, net->done));
    return fsnn_net_reset(net);
}

static fsnn_status plan_again(fsnn_net *net, const fsnn_plan *plan)
{
    net->plan = *plan;
    net->ran = net->wrapped = false;
    FSNN_TRY(net_mark(net));
    FSNN_TRY(net_segments_plan(net));
    net->wrapped = true;
    return FSNN_OK;
}

/* After a plan that failed: the one before it serves again, and the error stays. */
static void go_back(fsnn_net *net, const fsnn_plan *was)
{
    fsnn_error error;
    fsnn_error_keep(&error);
    if (plan_again(net, was) == FSNN_OK)
        fsnn_net_reset(net);
    fsnn_error_restore(&error);
}

fsnn_status fsnn_net_replan(fsnn_net *net, const fsnn_plan *plan)
{
    if (!net || !net->wrapped)
        return fsnn_fail(FSNN_ESTATE, "the net is not wrapped: call fsnn_net_wrap first");
    FSNN_NEED(plan);
    FSNN_TRY(check_plan(plan));
    FSNN_TRY(check_products(plan->products, net->plane->precision));
    fsnn_plan was = net->plan;
    fsnn_status status = plan_again(net, plan);
    if (status < 0) {
        go_back(net, &was);
        return status;
    }
    was.steps = plan->steps;
    was.record = plan->record;
    bool same = was.batch == plan->batch && was.training == plan->training &&
                was.smooth == plan->smooth && was.input_gradient == plan->input_gradient &&
                was.checkpoint == plan->checkpoint && was.truncate == plan->truncate;
    return same ? FSNN_OK : fsnn_net_reset(net);
}

const char *fsnn_net_warning(const fsnn_net *net, int index)
{
    return net && index >= 0 && index < net->warnings ? net->warning[index] : NULL;
}

fsnn_status fsnn_net_reset(fsnn_net *net)
{
    if (!net || !net->wrapped)
        return fsnn_fail(FSNN_ESTATE, "the net is not wrapped: call fsnn_net_wrap first");
    net->ran = false; /* the histories that backward and reads take are empty */
    for (int i = 1; i < net->nodes; i++) {
        op_node *op = &net->node[i]->op;
        if (op->op->memory)
            op->op->memory->reset(op);
    }
    return FSNN_OK;
}

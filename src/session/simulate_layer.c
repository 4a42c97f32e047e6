/* A neuron layer of a description as a simulation. */
#include "base/error_key.h"
#include "session/session.h"

#include "net/net.h"

#include <stdlib.h>
#include <string.h>

/* A layer that was looked for. */
typedef struct layer {
    fsnn_node_info info;
    int node, number; /* among nodes, among neuron layers */
} layer;

/* The layer called `name`, or the only one. */
static fsnn_status find(const fsnn_session *s, const char *name, layer *found)
{
    enum { KNOWN = 64 };
    const char *known[KNOWN];
    fsnn_node_info info;
    int layers = 0;
    found->node = -1;
    for (int i = 0; i < fsnn_net_node_count(s->net); i++) {
        if (fsnn_net_node(s->net, i, &info) < 0 || !info.neuron)
            continue;
        if (!name || strcmp(name, info.name) == 0)
            *found = (layer){info, i, layers};
        if (layers < KNOWN)
            known[layers] = info.name;
        layers++;
    }
    int count = layers < KNOWN ? layers : KNOWN;
    if (!layers)
        return fsnn_fail(FSNN_ENOTFOUND, "%s has no neuron layer", s->path);
    if (!name && layers > 1)
        return fsnn_fail_key(FSNN_EARGUMENT, "node",
                             "%s has %d neuron layers: choose one as node, like %s", s->path,
                             layers, known[0]);
    if (found->node >= 0)
        return FSNN_OK;
    const char *near = fsnn_nearest(name, known, count);
    return fsnn_fail_key(FSNN_ENOTFOUND, "node", "%s has no neuron layer \"%s\"%s%s%s", s->path,
                         name, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

/* A kind puts its own equations in itself; names and starts of its states stay. */
static void leave_equations(fsnn_user *user)
{
    user->dv = user->spike = user->after_spike = NULL;
    for (int i = 0; i < user->states; i++)
        user->state[i].derivative = user->state[i].after_spike = NULL;
}

/* One neuron has one number of each parameter: those of the first. Whether neurons differ. */
static bool leave_lists(fsnn_neuron *neuron, fsnn_user *user)
{
    enum { COMMON = 5 };
    fsnn_value *const common[COMMON] = {&neuron->tau, &neuron->threshold, &neuron->v_reset,
                                        &neuron->rest, &neuron->resistance};
    const int own = user ? user->params : 0;
    bool differ = false;
    for (int i = 0; i < COMMON + own; i++) {
        fsnn_value *v = i < COMMON ? common[i] : &user->param[i - COMMON].value;
        differ = differ || v->values;
        v->values = NULL;
        v->count = 0;
        v->per = FSNN_PER_LAYER;
    }
    if (neuron->start.values) {
        neuron->start = (fsnn_start){.learn = neuron->start.learn};
        differ = true;
    }
    return differ;
}

/* ---- what weights that were loaded, or a training, made of the numbers ---- */

/* The parameter NAME of the layer, NULL: it has none, or still the number of the options. */
static fsnn_status find_changed(const fsnn_session *s, const layer *l, const char *name,
                                const fsnn_param **found)
{
    char *full = fsnn_format("%s.%s", l->info.name, name);
    if (!full)
        return FSNN_EMEMORY;
    *found = s->wrapped ? fsnn_net_param_find(s->net, full) : NULL;
    fsnn_free(full);
    return FSNN_OK;
}

/* The numbers [count] of the parameter, where they are others than single precision makes of those
 * here. Whether neurons of the layer differ. */
static bool take(const fsnn_param *p, double *x, int count)
{
    if (!p)
        return false;
    bool differ = false;
    for (int64_t i = 0; i < fsnn_shape_count(&p->shape); i++) {
        double value = net_param_value(p, i);
        if (i < count && value != (p->value64 ? x[i] : (double)(float)x[i]))
            x[i] = value;
        differ = differ || (count == 1 && value != net_param_value(p, 0));
    }
    return differ;
}

static fsnn_status take_values(const fsnn_session *s, const layer *l, fsnn_neuron *neuron,
                               fsnn_user *user, bool *differ)
{
    const struct {
        const char *name;
        double *x;
    } common[] = {{"tau", &neuron->tau.value},
                  {"threshold", &neuron->threshold.value},
                  {"v_reset", &neuron->v_reset.value},
                  {"rest", &neuron->rest.value},
                  {"resistance", &neuron->resistance.value}};
    const fsnn_param *p;
    for (int i = 0; i < FSNN_COUNT(common); i++) {
        FSNN_TRY(find_changed(s, l, common[i].name, &p));
        *differ = take(p, common[i].x, 1) || *differ;
    }
    for (int i = 0; user && i < user->params; i++) {
        FSNN_TRY(find_changed(s, l, user->param[i].name, &p));
        *differ = take(p, &user->param[i].value.value, 1) || *differ;
    }
    return FSNN_OK;
}

static fsnn_status take_order(const fsnn_session *s, const layer *l, fsnn_order *order)
{
    const fsnn_param *p;
    FSNN_TRY(find_changed(s, l, "alpha", &p));
    take(p, order->alpha, order->terms);
    FSNN_TRY(find_changed(s, l, "coefficient", &p));
    take(p, order->coefficient, order->terms);
    return FSNN_OK;
}

/* The layer's own order, as it begins. */
static void take_dynamics(fsnn_session *s, const layer *l, fsnn_dynamics *dynamics)
{
    *dynamics = *fsnn_description_dynamics(s->description);
    if (dynamics->order)
        s->order = dynamics->order[dynamics->orders > 1 ? l->number : 0];
    else
        s->order = fsnn_order_of(1);
    s->order.learn_alpha = s->order.learn_coefficient = false;
    dynamics->order = &s->order;
    dynamics->orders = 1;
}

fsnn_status fsnn_session_simulation(fsnn_session *session, const char *node,
                                    fsnn_simulation *simulation)
{
    layer l = {0};
    FSNN_NEED(session);
    FSNN_NEED(simulation);
    FSNN_TRY(find(session, node, &l));
    int size = fsnn_kind_defaults(l.info.kind, NULL);
    if (size < 0 || size > (int)sizeof session->neuron)
        return fsnn_fail(FSNN_EUNSUPPORTED, "a layer of kind %s cannot be simulated alone",
                         l.info.kind);
    memcpy(&session->neuron, fsnn_net_options(session->net, l.node), (size_t)size);
    if (size == (int)sizeof session->neuron && strcmp(l.info.kind, "user") != 0)
        leave_equations(&session->neuron);
    fsnn_user *user = size == (int)sizeof session->neuron ? &session->neuron : NULL;
    session_texts_free(&session->remark[FSNN_TOPIC_RESULT]);
    bool differ = leave_lists(&session->neuron.neuron, user);
    FSNN_TRY(take_values(session, &l, &session->neuron.neuron, user, &differ));
    if (differ)
        FSNN_TRY(session_texts_add(&session->remark[FSNN_TOPIC_RESULT],
                                   "%s: the neurons of \"%s\" have numbers of their own: this is "
                                   "the first one",
                                   session->path, l.info.name));
    *simulation = fsnn_simulation_default();
    simulation->kind = l.info.kind;
    simulation->layer = l.info.name;
    simulation->options = &session->neuron;
    simulation->seed = session->training.seed;
    simulation->rest = session->neuron.neuron.rest.value;
    simulation->resistance = session->neuron.neuron.resistance.value;
    session->neuron.neuron.rest = (fsnn_value){0};
    session->neuron.neuron.resistance = (fsnn_value){.value = 1};
    take_dynamics(session, &l, &simulation->dynamics);
    return take_order(session, &l, &session->order);
}

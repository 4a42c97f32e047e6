/* A neuron layer of a description as a simulation. */
#include "base/error_key.h"
#include "session/session.h"

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
    fsnn_value *const common[] = {&neuron->tau, &neuron->threshold, &neuron->v_reset};
    const int own = user ? user->params : 0;
    bool differ = false;
    for (int i = 0; i < 3 + own; i++) {
        fsnn_value *v = i < 3 ? common[i] : &user->param[i - 3].value;
        differ = differ || v->values;
        v->values = NULL;
        v->count = 0;
        v->per = FSNN_PER_LAYER;
    }
    return differ;
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
    if (leave_lists(&session->neuron.neuron, user))
        FSNN_TRY(session_texts_add(&session->remark[FSNN_TOPIC_RESULT],
                                   "%s: the neurons of \"%s\" have numbers of their own: this is "
                                   "the first one",
                                   session->path, l.info.name));
    *simulation = fsnn_simulation_default();
    simulation->kind = l.info.kind;
    simulation->layer = l.info.name;
    simulation->options = &session->neuron;
    simulation->seed = session->training.seed;
    take_dynamics(session, &l, &simulation->dynamics);
    return FSNN_OK;
}

/* The user's neuron: from options to a model. */
#include "net/neuron_node.h"

#include <string.h>

/* ---- equations ---- */

static fsnn_status compile(const fsnn_user *o, equation_place *place, equation **e)
{
    const char *own[FSNN_USER_PARAMS];
    equation_state state[NEURON_USER_STATES] = {{"v", o->dv, o->after_spike}};
    if (!o->dv)
        return fsnn_fail(FSNN_EDESCRIPTION,
                         "the neuron has no equation: write dv, like dv: \"(-v^2 + I)/tau\"");
    for (int i = 0; i < o->params; i++)
        own[i] = o->param[i].name;
    for (int i = 0; i < o->states; i++)
        state[1 + i] =
            (equation_state){o->state[i].name, o->state[i].derivative, o->state[i].after_spike};
    const equation_source source = {state, neuron_user_states(o), o->spike, own, o->params};
    return equation_create(&source, place, e);
}

/* ---- known parameters: of a kind or a callback ---- */

static int find_param(const fsnn_user_param *param, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(param[i].name, name) == 0)
            return i;
    return -1;
}

static fsnn_status unknown_param(const char *of, const fsnn_user_param *param, int count,
                                 const char *name)
{
    const char *known[FSNN_USER_PARAMS];
    for (int i = 0; i < count; i++)
        known[i] = param[i].name;
    const char *near = fsnn_nearest(name, known, count);
    return fsnn_fail(FSNN_EDESCRIPTION, "%s has no parameter \"%s\"%s%s%s", of, name,
                     near ? ": did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

/* Gives the known parameters [count] the values that the layer has for them. */
static fsnn_status settle_params(const char *of, fsnn_user_param *param, int count,
                                 const fsnn_user *o)
{
    for (int i = 0; i < o->params; i++) {
        int at = find_param(param, count, o->param[i].name);
        if (at < 0)
            return unknown_param(of, param, count, o->param[i].name);
        param[at].value = o->param[i].value;
    }
    for (int i = 0; i < count; i++) {
        FSNN_TRY(neuron_user_check_param(&param[i]));
        if (find_param(param, count, param[i].name) != i)
            return fsnn_fail(FSNN_EDESCRIPTION, "%s has the parameter \"%s\" twice", of,
                             param[i].name);
    }
    return FSNN_OK;
}

/* ---- a callback ---- */

static fsnn_status unknown_callback(const char *name)
{
    char *known = neuron_callback_names();
    fsnn_status status =
        known && *known
            ? fsnn_fail(FSNN_EDESCRIPTION, "no callback \"%s\" is registered; known are %s", name,
                        known)
            : fsnn_fail(FSNN_EDESCRIPTION,
                        "no callback \"%s\" is registered: a program makes its own known with "
                        "fsnn_neuron_register before it reads the description",
                        name);
    fsnn_free(known);
    return status;
}

#ifdef FSNN_DOUBLE
static fsnn_status check_precision(const fsnn_user *o)
{
    return fsnn_fail(FSNN_EUNSUPPORTED,
                     "the callback \"%s\" computes in single precision: equations (dv, ...) have "
                     "double precision too, or take precision single",
                     o->callback);
}
#else
static fsnn_status check_precision(const fsnn_user *o)
{
    (void)o;
    return FSNN_OK;
}
#endif

static fsnn_status resolve(const fsnn_user *o, equation_place *place, neuron_callback *out,
                           char **names)
{
    FSNN_TRY(check_precision(o));
    snprintf(place->key, sizeof place->key, "callback");
    if (o->dv || o->spike || o->after_spike || o->states)
        return fsnn_fail(FSNN_EDESCRIPTION,
                         "the neuron has equations and the callback \"%s\": leave one of them out",
                         o->callback);
    if (!neuron_callback_find(o->callback, &out->c, names))
        return unknown_callback(o->callback);
    if (!*names)
        return FSNN_EMEMORY;
    if (out->c.after_spike)
        FSNN_TRY(neuron_user_check_after(o));
    snprintf(place->key, sizeof place->key, "params");
    char of[128];
    snprintf(of, sizeof of, "the callback \"%.100s\"", o->callback);
    FSNN_TRY(settle_params(of, out->c.param, out->c.params, o));
    out->pars = 2 + out->c.params;
    out->learned[0] = o->neuron.tau.learn;
    out->learned[1] = o->neuron.threshold.learn;
    for (int i = 0; i < out->c.params; i++)
        out->learned[2 + i] = out->c.param[i].value.learn;
    return FSNN_OK;
}

/* ---- all ---- */

static bool has_equations(const fsnn_user *o)
{
    for (int i = 0; i < o->states && i < FSNN_USER_STATES; i++)
        if (o->state[i].derivative || o->state[i].after_spike)
            return true;
    return false;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_equations(const fsnn_user *a, const fsnn_user *b)
{
    bool same = same_text(a->dv, b->dv) && same_text(a->spike, b->spike) &&
                same_text(a->after_spike, b->after_spike) && !a->callback && a->states == b->states;
    for (int i = 0; i < b->states && same; i++)
        same = same_text(a->state[i].name, b->state[i].name) &&
               same_text(a->state[i].derivative, b->state[i].derivative) &&
               same_text(a->state[i].after_spike, b->state[i].after_spike);
    return same;
}

/* A kind's states begin where the layer says. */
static fsnn_status settle_starts(const char *kind, const fsnn_user *o, fsnn_user *out)
{
    for (int i = 0; i < o->states && i < FSNN_USER_STATES; i++) {
        int at = 0;
        while (at < out->states &&
               (!o->state[i].name || strcmp(out->state[at].name, o->state[i].name) != 0))
            at++;
        if (at == out->states)
            return fsnn_fail(FSNN_EDESCRIPTION, "kind %s has no state \"%.63s\"", kind,
                             o->state[i].name ? o->state[i].name : "");
        out->state[at].start = o->state[i].start;
    }
    return FSNN_OK;
}

/* A kind's equations and parameters take their places; `out` is what the layer comes to. */
static fsnn_status settle_kind(const char *kind, const fsnn_user *o, fsnn_user *out)
{
    const neuron_kind *row = neuron_kind_find(kind);
    char of[64];
    *out = *o;
    if (!row)
        return FSNN_OK;
    bool own = o->dv || o->spike || o->after_spike || o->callback || has_equations(o);
    if (own && !same_equations(o, &row->what)) /* a node that is made anew has the kind's */
        return fsnn_fail(
            FSNN_EDESCRIPTION,
            "the %s neuron has its own equations: leave yours out, or use the kind `user`", kind);
    *out = row->what;
    out->neuron = o->neuron;
    out->fractionals = o->fractionals;
    memcpy(out->fractional, o->fractional, sizeof out->fractional);
    FSNN_TRY(settle_starts(kind, o, out));
    snprintf(of, sizeof of, "the %s neuron", kind);
    FSNN_TRY(settle_params(of, out->param, out->params, o));
    for (int i = 0; i < out->params; i++)
        if (row->positive >> i & 1 && !(neuron_value_least(&out->param[i].value) > 0))
            return fsnn_fail(FSNN_EDESCRIPTION,
                             "kind %s: the parameter \"%s\" is %g: it must be positive", kind,
                             out->param[i].name, neuron_value_least(&out->param[i].value));
    return FSNN_OK;
}

/* What the layer comes to, in `out`. */
static fsnn_status settle(neuron_user *u, const char *kind, const fsnn_user *o, fsnn_user *out,
                          equation_place *place)
{
    *place = (equation_place){.key = "params"};
    FSNN_TRY(neuron_user_check_params(o));
    FSNN_TRY(settle_kind(kind, o, out));
    *place = (equation_place){.column = 0};
    FSNN_TRY(neuron_user_check_states(out, place));
    if (out->callback) {
        FSNN_TRY(resolve(out, place, &u->callback, &u->names));
        out->params = u->callback.c.params;
        memcpy(out->param, u->callback.c.param, sizeof out->param);
        return FSNN_OK;
    }
    if (out->after_spike) {
        snprintf(place->key, sizeof place->key, "after_spike");
        FSNN_TRY(neuron_user_check_after(out));
    }
    return compile(out, place, &u->equation);
}

fsnn_status neuron_user_check(const fsnn_op *op, const void *options, char key[OP_KEY])
{
    equation_place place;
    neuron_user u = {0};
    fsnn_user out;
    fsnn_status status = settle(&u, op->kind, options, &out, &place);
    snprintf(key, OP_KEY, "%s", place.key);
    neuron_user_free(&u);
    return status;
}

fsnn_status neuron_user_create(neuron_user *u, fsnn_user *options, const op_node *node)
{
    equation_place place;
    fsnn_user out;
    fsnn_status status = settle(u, node->op->kind, options, &out, &place);
    if (status)
        return neuron_named(node, status);
    *options = out;
    u->model = options->callback ? neuron_callback_model(&u->callback)
                                 : neuron_equation_model(u->equation);
    u->model.kind = node->op->kind;
    const neuron_kind *row = neuron_kind_find(node->op->kind);
    u->positive = row ? row->positive : 0;
    u->ready = true;
    return neuron_user_copy(u, options);
}

void neuron_user_free(neuron_user *u)
{
    equation_destroy(u->equation);
    for (int i = 0; i < u->texts; i++)
        fsnn_free(u->text[i]);
    fsnn_free(u->equations);
    fsnn_free(u->names);
    *u = (neuron_user){0};
}

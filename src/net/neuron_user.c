/* The user's neuron: from options to a model. */
#include "net/neuron_user.h"

#include <math.h>
#include <string.h>

/* Names that parameters of every neuron have. */
static const char *const reserved[] = {"alpha", "coefficient", "v0", "v_reset", "scale"};

static fsnn_status check_param(const fsnn_user_param *p)
{
    if (!p->name)
        return fsnn_fail(FSNN_EDESCRIPTION, "a parameter of the neuron has no name");
    for (int i = 0; i < FSNN_COUNT(reserved); i++)
        if (strcmp(p->name, reserved[i]) == 0)
            return fsnn_fail(FSNN_EDESCRIPTION,
                             "the neuron's own parameter cannot be called \"%s\": every neuron has that "
                             "already",
                             p->name);
    if (!isfinite((float)p->value.value))
        return fsnn_fail(FSNN_EDESCRIPTION,
                         "the neuron's parameter \"%.63s\" is %g: it must be finite and of a magnitude "
                         "up to 3e+38",
                         p->name, p->value.value);
    return FSNN_OK;
}

static fsnn_status check_params(const fsnn_user *o)
{
    if (o->params < 0 || o->params > FSNN_USER_PARAMS)
        return fsnn_fail(FSNN_EDESCRIPTION,
                         "the neuron has %d parameters of its own: up to %d can be had", o->params,
                         FSNN_USER_PARAMS);
    for (int i = 0; i < o->params; i++)
        FSNN_TRY(check_param(&o->param[i]));
    return FSNN_OK;
}

/* What a spike does is said once. */
static fsnn_status check_after(const fsnn_user *o)
{
    if (o->neuron.reset == FSNN_RESET_CURRENT)
        return FSNN_OK;
    return fsnn_fail(FSNN_EDESCRIPTION,
                     "after_spike says what a spike leaves of the drive under reset current; this "
                     "neuron has reset %s, which acts by itself: leave one of them out",
                     fsnn_reset_name(o->neuron.reset));
}

/* ---- equations ---- */

static fsnn_status compile(const fsnn_user *o, equation_place *place, equation **e)
{
    const char *own[FSNN_USER_PARAMS];
    if (!o->dv)
        return fsnn_fail(FSNN_EDESCRIPTION,
                         "the neuron has no equation: write dv, like dv: \"(-v^2 + I)/tau\"");
    for (int i = 0; i < o->params; i++)
        own[i] = o->param[i].name;
    const equation_state state = {"v", o->dv, o->after_spike};
    const equation_source source = {&state, 1, o->spike, own, o->params};
    return equation_create(&source, place, e);
}

/* ---- a callback ---- */

static int find_param(const fsnn_neuron_callback *c, const char *name)
{
    for (int i = 0; i < c->params; i++)
        if (strcmp(c->param[i].name, name) == 0)
            return i;
    return -1;
}

static fsnn_status unknown_param(const char *callback, const fsnn_neuron_callback *c, const char *name)
{
    const char *known[FSNN_USER_PARAMS];
    for (int i = 0; i < c->params; i++)
        known[i] = c->param[i].name;
    const char *near = fsnn_nearest(name, known, c->params);
    return fsnn_fail(FSNN_EDESCRIPTION, "the callback \"%s\" has no parameter \"%s\"%s%s%s", callback,
                     name, near ? ": did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static fsnn_status unknown_callback(const char *name)
{
    char *known = neuron_callback_names();
    fsnn_status status =
        known && *known
            ? fsnn_fail(FSNN_EDESCRIPTION, "no callback \"%s\" is registered; known are %s", name, known)
            : fsnn_fail(FSNN_EDESCRIPTION,
                        "no callback \"%s\" is registered: a program makes its own known with "
                        "fsnn_neuron_register before it reads the description",
                        name);
    fsnn_free(known);
    return status;
}

/* All parameters of the callback, with the values that the layer gives them. */
static fsnn_status settle_params(fsnn_neuron_callback *c, const fsnn_user *o)
{
    for (int i = 0; i < o->params; i++) {
        int at = find_param(c, o->param[i].name);
        if (at < 0)
            return unknown_param(o->callback, c, o->param[i].name);
        c->param[at].value = o->param[i].value;
    }
    for (int i = 0; i < c->params; i++) {
        FSNN_TRY(check_param(&c->param[i]));
        if (find_param(c, c->param[i].name) != i)
            return fsnn_fail(FSNN_EDESCRIPTION, "the callback \"%s\" has the parameter \"%s\" twice",
                             o->callback, c->param[i].name);
    }
    return FSNN_OK;
}

static fsnn_status resolve(const fsnn_user *o, equation_place *place, neuron_callback *out, char **names)
{
    snprintf(place->key, sizeof place->key, "callback");
    if (o->dv || o->spike || o->after_spike)
        return fsnn_fail(FSNN_EDESCRIPTION,
                         "the neuron has equations and the callback \"%s\": leave one of them out",
                         o->callback);
    if (!neuron_callback_find(o->callback, &out->c, names))
        return unknown_callback(o->callback);
    if (!*names)
        return FSNN_EMEMORY;
    if (out->c.after_spike)
        FSNN_TRY(check_after(o));
    snprintf(place->key, sizeof place->key, "params");
    FSNN_TRY(settle_params(&out->c, o));
    out->pars = 2 + out->c.params;
    out->learned[0] = o->neuron.tau.learn;
    out->learned[1] = o->neuron.threshold.learn;
    for (int i = 0; i < out->c.params; i++)
        out->learned[2 + i] = out->c.param[i].value.learn;
    return FSNN_OK;
}

/* ---- both ---- */

static fsnn_status settle(neuron_user *u, const fsnn_user *o, equation_place *place)
{
    *place = (equation_place){.key = "params"};
    FSNN_TRY(check_params(o));
    *place = (equation_place){.column = 0};
    if (o->callback)
        return resolve(o, place, &u->callback, &u->names);
    if (o->after_spike) {
        snprintf(place->key, sizeof place->key, "after_spike");
        FSNN_TRY(check_after(o));
    }
    return compile(o, place, &u->equation);
}

fsnn_status neuron_user_check(const void *options, char key[OP_KEY])
{
    equation_place place;
    neuron_user u = {0};
    fsnn_status status = settle(&u, options, &place);
    snprintf(key, OP_KEY, "%s", place.key);
    neuron_user_free(&u);
    return status;
}

/* The text's copy takes its place. */
static fsnn_status take(neuron_user *u, const char **text)
{
    if (!*text)
        return FSNN_OK;
    char *copy = fsnn_strdup(*text);
    if (!copy)
        return FSNN_EMEMORY;
    u->text[u->texts++] = copy;
    *text = copy;
    return FSNN_OK;
}

static fsnn_status take_all(neuron_user *u, fsnn_user *o)
{
    FSNN_TRY(take(u, &o->dv));
    FSNN_TRY(take(u, &o->spike));
    FSNN_TRY(take(u, &o->after_spike));
    FSNN_TRY(take(u, &o->callback));
    for (int i = 0; i < o->params; i++)
        FSNN_TRY(take(u, &o->param[i].name));
    if (o->callback) {
        u->equations = fsnn_format("callback %s", o->callback);
        return u->equations ? FSNN_OK : FSNN_EMEMORY;
    }
    u->equations = fsnn_format("dv = %s%s%s%s%s", o->dv, o->spike ? "\nspike = " : "",
                               o->spike ? o->spike : "", o->after_spike ? "\nafter_spike = " : "",
                               o->after_spike ? o->after_spike : "");
    return u->equations ? FSNN_OK : FSNN_EMEMORY;
}

fsnn_status neuron_user_create(neuron_user *u, fsnn_user *options, const char *node)
{
    equation_place place;
    fsnn_status status = settle(u, options, &place);
    if (status == FSNN_EMEMORY)
        return status;
    if (status) {
        char *why = fsnn_strdup(fsnn_error_text());
        fsnn_fail(status, "user \"%s\": %s", node, why ? why : "");
        fsnn_free(why);
        return status;
    }
    if (options->callback) {
        options->params = u->callback.c.params;
        memcpy(options->param, u->callback.c.param, sizeof options->param);
        u->model = neuron_callback_model(&u->callback);
    } else {
        u->model = neuron_equation_model(u->equation);
    }
    u->made = true;
    return take_all(u, options);
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

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
            return fsnn_fail(
                FSNN_EDESCRIPTION,
                "the neuron's own parameter cannot be called \"%s\": every neuron has that already",
                p->name);
    if (!isfinite((float)p->value.value))
        return fsnn_fail(FSNN_EDESCRIPTION,
                         "the neuron's parameter \"%.63s\" is %g: it must be finite and of a "
                         "magnitude up to 3e+38",
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

/* ---- states ---- */

const char *neuron_user_state(const fsnn_user *o, int i)
{
    return i ? o->state[i - 1].name : "v";
}

bool neuron_user_fractional(const fsnn_user *o, int i)
{
    for (int k = 0; k < o->fractionals; k++)
        if (strcmp(o->fractional[k], neuron_user_state(o, i)) == 0)
            return true;
    return o->fractionals == 0 && i == 0;
}

/* Names of what a run records beside them, NAME.NEURON. */
static const char *const recorded[] = {"spikes", "current", "grad", "certificate"};

static fsnn_status check_state(const fsnn_user_state *s, equation_place *place)
{
    if (!s->name)
        return fsnn_fail(FSNN_EDESCRIPTION, "a state of the neuron has no name");
    for (int i = 0; i < FSNN_COUNT(recorded); i++)
        if (strcmp(s->name, recorded[i]) == 0)
            return fsnn_fail(
                FSNN_EDESCRIPTION,
                "a state of the neuron cannot be called \"%s\": a recorded array has that name",
                s->name);
    if (!s->derivative) {
        snprintf(place->key, sizeof place->key, s->after_spike ? "after_spike_%.60s" : "%.60s0",
                 s->name);
        return fsnn_fail(FSNN_EDESCRIPTION,
                         "the neuron has no state \"%.63s\": d%.63s: \"...\" would make it",
                         s->name, s->name);
    }
    if (!isfinite((float)s->start)) {
        snprintf(place->key, sizeof place->key, "%.60s0", s->name);
        return fsnn_fail(FSNN_EDESCRIPTION,
                         "the neuron's state \"%.63s\" is %g at time 0: it must be finite and of a "
                         "magnitude up to 3e+38",
                         s->name, s->start);
    }
    return FSNN_OK;
}

static fsnn_status check_fractional(const fsnn_user *o, const char *name)
{
    const char *known[NEURON_USER_STATES];
    int states = neuron_user_states(o);
    for (int i = 0; i < states; i++) {
        known[i] = neuron_user_state(o, i);
        if (name && strcmp(name, known[i]) == 0)
            return FSNN_OK;
    }
    char list[NEURON_USER_STATES * 66] = "";
    for (int i = 0, n = 0; i < states; i++)
        n += snprintf(list + n, sizeof list - (size_t)n, "%s%.63s", i ? ", " : "", known[i]);
    return fsnn_fail(FSNN_EDESCRIPTION,
                     "fractional: there is no state \"%.63s\"; the neuron has %s", name ? name : "",
                     list);
}

static fsnn_status check_states(const fsnn_user *o, equation_place *place)
{
    if (o->states < 0 || o->states > FSNN_USER_STATES)
        return fsnn_fail(FSNN_EDESCRIPTION,
                         "the neuron has %d states beside v: up to %d can be had", o->states,
                         FSNN_USER_STATES);
    for (int i = 0; i < o->states; i++)
        FSNN_TRY(check_state(&o->state[i], place));
    snprintf(place->key, sizeof place->key, "fractional");
    if (o->fractionals < 0 || o->fractionals > NEURON_USER_STATES)
        return fsnn_fail(FSNN_EDESCRIPTION, "fractional: %d names: from 1 to %d can be had",
                         o->fractionals, NEURON_USER_STATES);
    for (int i = 0; i < o->fractionals; i++)
        FSNN_TRY(check_fractional(o, o->fractional[i]));
    place->key[0] = 0;
    return FSNN_OK;
}

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
        FSNN_TRY(check_param(&param[i]));
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

static fsnn_status resolve(const fsnn_user *o, equation_place *place, neuron_callback *out,
                           char **names)
{
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
        FSNN_TRY(check_after(o));
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
    if (o->dv || o->spike || o->after_spike || o->callback || has_equations(o))
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
        if (row->positive >> i & 1 && !(out->param[i].value.value > 0))
            return fsnn_fail(FSNN_EDESCRIPTION,
                             "kind %s: the parameter \"%s\" is %g: it must be positive", kind,
                             out->param[i].name, out->param[i].value.value);
    return FSNN_OK;
}

/* What the layer comes to, in `out`. */
static fsnn_status settle(neuron_user *u, const char *kind, const fsnn_user *o, fsnn_user *out,
                          equation_place *place)
{
    *place = (equation_place){.key = "params"};
    FSNN_TRY(check_params(o));
    FSNN_TRY(settle_kind(kind, o, out));
    *place = (equation_place){.column = 0};
    FSNN_TRY(check_states(out, place));
    if (out->callback) {
        FSNN_TRY(resolve(out, place, &u->callback, &u->names));
        out->params = u->callback.c.params;
        memcpy(out->param, u->callback.c.param, sizeof out->param);
        return FSNN_OK;
    }
    if (out->after_spike) {
        snprintf(place->key, sizeof place->key, "after_spike");
        FSNN_TRY(check_after(out));
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

/* Appends "key = text" to the equations. */
static fsnn_status show(neuron_user *u, const char *before, const char *name, const char *text)
{
    if (!text)
        return FSNN_OK;
    char *more = fsnn_format("%s%s%s%s = %s", u->equations ? u->equations : "",
                             u->equations ? "\n" : "", before, name, text);
    fsnn_free(u->equations);
    u->equations = more;
    return more ? FSNN_OK : FSNN_EMEMORY;
}

static fsnn_status show_all(neuron_user *u, const fsnn_user *o)
{
    if (o->callback) {
        u->equations = fsnn_format("callback %s", o->callback);
        return u->equations ? FSNN_OK : FSNN_EMEMORY;
    }
    FSNN_TRY(show(u, "d", "v", o->dv));
    for (int i = 0; i < o->states; i++)
        FSNN_TRY(show(u, "d", o->state[i].name, o->state[i].derivative));
    FSNN_TRY(show(u, "spike", "", o->spike));
    FSNN_TRY(show(u, "after_spike", "", o->after_spike));
    for (int i = 0; i < o->states; i++)
        FSNN_TRY(show(u, "after_spike_", o->state[i].name, o->state[i].after_spike));
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
    for (int i = 0; i < o->states; i++) {
        FSNN_TRY(take(u, &o->state[i].name));
        FSNN_TRY(take(u, &o->state[i].derivative));
        FSNN_TRY(take(u, &o->state[i].after_spike));
    }
    for (int i = 0; i < o->fractionals; i++)
        FSNN_TRY(take(u, &o->fractional[i]));
    return show_all(u, o);
}

fsnn_status neuron_user_create(neuron_user *u, fsnn_user *options, const op_node *node)
{
    equation_place place;
    fsnn_user out;
    fsnn_status status = settle(u, node->op->kind, options, &out, &place);
    if (status == FSNN_EMEMORY)
        return status;
    if (status) {
        char *why = fsnn_strdup(fsnn_error_text());
        fsnn_fail(status, "%s \"%s\": %s", node->op->kind, node->name, why ? why : "");
        fsnn_free(why);
        return status;
    }
    *options = out;
    u->model = options->callback ? neuron_callback_model(&u->callback)
                                 : neuron_equation_model(u->equation);
    u->model.kind = node->op->kind;
    const neuron_kind *row = neuron_kind_find(node->op->kind);
    u->positive = row ? row->positive : 0;
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

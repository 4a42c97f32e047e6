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

static fsnn_status compile(const fsnn_user *o, equation_place *place, equation **e)
{
    const char *own[FSNN_USER_PARAMS];
    *place = (equation_place){.column = 0};
    *e = NULL;
    if (!o->dv)
        return fsnn_fail(FSNN_EDESCRIPTION,
                         "the neuron has no equation: write dv, like dv: \"(-v^2 + I)/tau\"");
    if (o->params < 0 || o->params > FSNN_USER_PARAMS)
        return fsnn_fail(FSNN_EDESCRIPTION,
                         "the neuron has %d parameters of its own: up to %d can be had", o->params,
                         FSNN_USER_PARAMS);
    for (int i = 0; i < o->params; i++) {
        FSNN_TRY(check_param(&o->param[i]));
        own[i] = o->param[i].name;
    }
    if (o->after_spike && o->neuron.reset != FSNN_RESET_CURRENT) {
        snprintf(place->key, sizeof place->key, "after_spike");
        return fsnn_fail(FSNN_EDESCRIPTION,
                         "after_spike says what a spike leaves of the drive under reset current; this "
                         "neuron has reset %s, which acts by itself: leave one of them out",
                         fsnn_reset_name(o->neuron.reset));
    }
    const equation_state state = {"v", o->dv, o->after_spike};
    const equation_source source = {&state, 1, o->spike, own, o->params};
    return equation_create(&source, place, e);
}

fsnn_status neuron_user_check(const void *options, char key[OP_KEY])
{
    equation_place place;
    equation *e;
    fsnn_status status = compile(options, &place, &e);
    equation_destroy(e);
    snprintf(key, OP_KEY, "%s", place.key);
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
    for (int i = 0; i < o->params; i++)
        FSNN_TRY(take(u, &o->param[i].name));
    u->equations = fsnn_format("dv = %s%s%s%s%s", o->dv, o->spike ? "\nspike = " : "",
                               o->spike ? o->spike : "", o->after_spike ? "\nafter_spike = " : "",
                               o->after_spike ? o->after_spike : "");
    return u->equations ? FSNN_OK : FSNN_EMEMORY;
}

fsnn_status neuron_user_create(neuron_user *u, fsnn_user *options, const char *node)
{
    equation_place place;
    fsnn_status status = compile(options, &place, &u->equation);
    if (status == FSNN_EMEMORY)
        return status;
    if (status) {
        char *why = fsnn_strdup(fsnn_error_text());
        fsnn_fail(status, "user \"%s\": %s", node, why ? why : "");
        fsnn_free(why);
        return status;
    }
    u->model = neuron_equation_model(u->equation);
    return take_all(u, options);
}

void neuron_user_free(neuron_user *u)
{
    equation_destroy(u->equation);
    for (int i = 0; i < u->texts; i++)
        fsnn_free(u->text[i]);
    fsnn_free(u->equations);
    *u = (neuron_user){0};
}

/* What the parameters and states of a user's neuron cannot be. */
#include "base/real.h"
#include "net/neuron_user.h"

#include <math.h>
#include <string.h>

/* Names that parameters of every neuron have. */
static const char *const reserved[] = {"alpha", "coefficient", "v0", "v_reset", "scale"};

fsnn_status neuron_user_check_param(const fsnn_user_param *p)
{
    if (!p->name)
        return fsnn_fail(FSNN_EDESCRIPTION, "a parameter of the neuron has no name");
    for (int i = 0; i < FSNN_COUNT(reserved); i++)
        if (strcmp(p->name, reserved[i]) == 0)
            return fsnn_fail(
                FSNN_EDESCRIPTION,
                "the neuron's own parameter cannot be called \"%s\": every neuron has that already",
                p->name);
    const fsnn_value *v = &p->value;
    for (int64_t i = 0; i < (v->values ? v->count : 1); i++) {
        double number = v->values ? v->values[i] : v->value;
        if (!isfinite((real)number))
            return fsnn_fail(FSNN_EDESCRIPTION,
                             "the neuron's parameter \"%.63s\" is %g: it must be finite and of a "
                             "magnitude up to 3e+38",
                             p->name, number);
    }
    return FSNN_OK;
}

fsnn_status neuron_user_check_params(const fsnn_user *o)
{
    if (o->params < 0 || o->params > FSNN_USER_PARAMS)
        return fsnn_fail(FSNN_EDESCRIPTION,
                         "the neuron has %d parameters of its own: up to %d can be had", o->params,
                         FSNN_USER_PARAMS);
    for (int i = 0; i < o->params; i++)
        FSNN_TRY(neuron_user_check_param(&o->param[i]));
    return FSNN_OK;
}

/* What a spike does is said once. */
fsnn_status neuron_user_check_after(const fsnn_user *o)
{
    if (o->neuron.reset == FSNN_RESET_CURRENT)
        return FSNN_OK;
    return fsnn_fail(FSNN_EDESCRIPTION,
                     "after_spike says what a spike leaves of the drive under reset current; this "
                     "neuron has reset %s, which acts by itself: leave one of them out",
                     fsnn_reset_name(o->neuron.reset));
}

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
    if (!isfinite((real)s->start)) {
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

fsnn_status neuron_user_check_states(const fsnn_user *o, equation_place *place)
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

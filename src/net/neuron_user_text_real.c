/* The texts of a user's neuron: copies of what its options point to, and its equations for looking
 * at. */
#include "net/neuron_user.h"

/* The text's copy takes its place. */
static fsnn_status copy_text(neuron_user *u, const char **text)
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

fsnn_status neuron_user_copy(neuron_user *u, fsnn_user *o)
{
    FSNN_TRY(copy_text(u, &o->dv));
    FSNN_TRY(copy_text(u, &o->spike));
    FSNN_TRY(copy_text(u, &o->after_spike));
    FSNN_TRY(copy_text(u, &o->callback));
    for (int i = 0; i < o->params; i++)
        FSNN_TRY(copy_text(u, &o->param[i].name));
    for (int i = 0; i < o->states; i++) {
        FSNN_TRY(copy_text(u, &o->state[i].name));
        FSNN_TRY(copy_text(u, &o->state[i].derivative));
        FSNN_TRY(copy_text(u, &o->state[i].after_spike));
    }
    for (int i = 0; i < o->fractionals; i++)
        FSNN_TRY(copy_text(u, &o->fractional[i]));
    return show_all(u, o);
}

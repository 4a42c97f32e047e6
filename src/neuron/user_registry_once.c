/* Callbacks by name: one list of the process, guarded by a lock. */
#include "neuron/user.h"

#include "base/port_once.h"

#include <string.h>

typedef struct entry entry;
struct entry {
    entry *next;
    char *name;
    char *names; /* those of the parameters, one after the other, each with its zero */
    size_t bytes;
    fsnn_neuron_callback c;
};

static entry *first;

static void drop(entry *e)
{
    if (!e)
        return;
    fsnn_free(e->name);
    fsnn_free(e->names);
    fsnn_free(e);
}

/* Points the parameters' names into `names`. */
static void name_params(fsnn_neuron_callback *c, const char *names)
{
    for (int i = 0; i < c->params; i++) {
        c->param[i].name = names;
        names += strlen(names) + 1;
    }
}

static entry *make(const char *name, const fsnn_neuron_callback *c)
{
    size_t bytes = 1;
    for (int i = 0; i < c->params; i++)
        bytes += strlen(c->param[i].name) + 1;
    entry *e = fsnn_alloc(sizeof *e);
    if (!e)
        return NULL;
    *e = (entry){.name = fsnn_strdup(name), .names = fsnn_alloc(bytes), .bytes = bytes, .c = *c};
    if (!e->name || !e->names) {
        drop(e);
        return NULL;
    }
    char *at = e->names;
    for (int i = 0; i < c->params; i++) {
        strcpy(at, c->param[i].name);
        at += strlen(at) + 1;
    }
    name_params(&e->c, e->names);
    return e;
}

static fsnn_status check(const char *name, const fsnn_neuron_callback *c)
{
    if (!name || !*name)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_neuron_register: a callback needs a name");
    if (!c)
        return FSNN_OK;
    if (!c->dv)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_neuron_register: callback \"%s\" has no function dv",
                         name);
    if ((c->spike_slopes && !c->spike) || (c->after_spike_slopes && !c->after_spike))
        return fsnn_fail(
            FSNN_EARGUMENT,
            "fsnn_neuron_register: callback \"%s\" has slopes of a function that it does not have",
            name);
    if (c->params < 0 || c->params > FSNN_USER_PARAMS)
        return fsnn_fail(
            FSNN_EARGUMENT,
            "fsnn_neuron_register: callback \"%s\" has %d parameters: up to %d can be had", name,
            c->params, FSNN_USER_PARAMS);
    for (int i = 0; i < c->params; i++)
        if (!c->param[i].name)
            return fsnn_fail(FSNN_EARGUMENT,
                             "fsnn_neuron_register: parameter %d of callback \"%s\" has no name", i,
                             name);
    return FSNN_OK;
}

/* The entry's place in the list. */
static entry **place_of(const char *name)
{
    entry **at = &first;
    while (*at && strcmp((*at)->name, name) != 0)
        at = &(*at)->next;
    return at;
}

fsnn_status fsnn_neuron_register(const char *name, const fsnn_neuron_callback *callback)
{
    FSNN_TRY(check(name, callback));
    entry *fresh = callback ? make(name, callback) : NULL;
    if (callback && !fresh)
        return FSNN_EMEMORY;
    port_lists_lock();
    entry **at = place_of(name), *old = *at;
    if (fresh)
        fresh->next = old ? old->next : NULL;
    if (fresh || old)
        *at = fresh ? fresh : old->next;
    port_lists_unlock();
    drop(old);
    return FSNN_OK;
}

bool neuron_callback_find(const char *name, fsnn_neuron_callback *out, char **names)
{
    port_lists_lock();
    const entry *e = *place_of(name);
    *names = e ? fsnn_alloc(e->bytes) : NULL;
    if (*names) {
        memcpy(*names, e->names, e->bytes);
        *out = e->c;
        name_params(out, *names);
    }
    port_lists_unlock();
    return e != NULL;
}

char *neuron_callback_names(void)
{
    port_lists_lock();
    char *text = fsnn_strdup("");
    for (const entry *e = first; e && text; e = e->next) {
        char *more = fsnn_format("%s%s\"%s\"", text, *text ? ", " : "", e->name);
        fsnn_free(text);
        text = more;
    }
    port_lists_unlock();
    return text;
}

/* format/pickle_calls.c: the instructions that name what is Python's and call it: names are
 * compared with those that are known, and calls are written down. */
#include "format/pickle_machine.h"

#include <string.h>

#define ORDERED_DICT "collections.OrderedDict"

enum { MOST_NAME = 200 /* bytes of a line of a name */ };

/* The line that follows, without its end. */
static fsnn_status line(pickle_machine *m, const char **text, size_t *size)
{
    const uint8_t *end = memchr(m->at, '\n', (size_t)(m->end - m->at));
    if (!end || end - m->at > MOST_NAME)
        return pickle_damaged(m, "the pickle ends within a name");
    *text = (const char *)m->at;
    *size = (size_t)(end - m->at);
    m->at = end + 1;
    return FSNN_OK;
}

/* The name as sentences show it. */
static void printable(char *name)
{
    for (; *name; name++)
        if (*name < ' ' || *name > '~')
            *name = '?';
}

static fsnn_status refuse(const pickle_machine *m, char *name)
{
    printable(name);
    if (!strncmp(name, "torch.", 6) && strncmp(name, "torch.nn.", 9) != 0)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s: holds %s, a kind of tensor or object of PyTorch that is not read; "
                         "save plain tensors: torch.save(model.state_dict(), \"w.pt\")",
                         m->rules->where, name);
    return fsnn_fail(FSNN_EUNSUPPORTED,
                     "%s: holds code: %s; save the state_dict instead: "
                     "torch.save(model.state_dict(), \"w.pt\")",
                     m->rules->where, name);
}

static fsnn_status push_name(pickle_machine *m, const char *module, size_t a, const char *name,
                             size_t b)
{
    pickle_value *value;
    FSNN_TRY(pickle_make(m, PICKLE_NAME, &value));
    char *text = pool_format(&m->p->memory, "%.*s.%.*s", (int)a, module, (int)b, name);
    if (!text)
        return FSNN_EMEMORY;
    if (strlen(text) != a + b + 1 || !m->rules->known(text))
        return refuse(m, text);
    value->text = text;
    value->size = (int64_t)(a + b + 1);
    return pickle_push(m, value);
}

fsnn_status op_global(pickle_machine *m, const pickle_instruction *row)
{
    const char *module, *name;
    size_t a, b;
    (void)row;
    FSNN_TRY(line(m, &module, &a));
    FSNN_TRY(line(m, &name, &b));
    return push_name(m, module, a, name, b);
}

fsnn_status op_stack_global(pickle_machine *m, const pickle_instruction *row)
{
    (void)row;
    const pickle_value *name = pickle_pop(m), *module = name ? pickle_pop(m) : NULL;
    if (!module || module->kind != PICKLE_TEXT || name->kind != PICKLE_TEXT ||
        module->size > MOST_NAME || name->size > MOST_NAME)
        return pickle_damaged(m, "the pickle names something by what is no text");
    return push_name(m, module->text, (size_t)module->size, name->text, (size_t)name->size);
}

/* Python 2 gives an OrderedDict its pairs as an argument: a list of lists of two. */
static fsnn_status add_pairs(pickle_machine *m, pickle_value *dict, const pickle_value *pairs)
{
    if (pairs->kind != PICKLE_LIST && pairs->kind != PICKLE_TUPLE)
        return pickle_damaged(m, "the pickle makes an OrderedDict of what is no list");
    for (int64_t i = 0; i < pairs->count; i++) {
        const pickle_value *pair = pairs->item[i];
        bool good = (pair->kind == PICKLE_LIST || pair->kind == PICKLE_TUPLE) && pair->count == 2;
        if (!good)
            return pickle_damaged(m, "the pickle makes an OrderedDict of what are no pairs");
        FSNN_TRY(pickle_add(m, dict, pair->item[0]));
        FSNN_TRY(pickle_add(m, dict, pair->item[1]));
    }
    return FSNN_OK;
}

/* A call becomes a value; that of OrderedDict becomes a dict. */
fsnn_status op_reduce(pickle_machine *m, const pickle_instruction *row)
{
    (void)row;
    pickle_value *arguments = pickle_pop(m), *name = arguments ? pickle_pop(m) : NULL;
    if (!name || name->kind != PICKLE_NAME || arguments->kind != PICKLE_TUPLE)
        return pickle_damaged(m, "the pickle calls what is no function, or without arguments");
    bool dict = !strcmp(name->text, ORDERED_DICT);
    pickle_value *value;
    FSNN_TRY(pickle_make(m, dict ? PICKLE_DICT : PICKLE_CALL, &value));
    if (dict && arguments->count)
        FSNN_TRY(add_pairs(m, value, arguments->item[0]));
    if (!dict) {
        FSNN_TRY(pickle_add(m, value, name));
        FSNN_TRY(pickle_add(m, value, arguments));
    }
    return pickle_push(m, value);
}

/* Attributes of an object: of a dict (a state dict has _metadata) they are left out. */
fsnn_status op_build(pickle_machine *m, const pickle_instruction *row)
{
    (void)row;
    const pickle_value *state = pickle_pop(m), *object = state ? pickle_top(m) : NULL;
    if (!object)
        return pickle_damaged(m, "the pickle sets attributes of what is not there");
    if (object->kind == PICKLE_DICT)
        return FSNN_OK;
    return fsnn_fail(FSNN_EUNSUPPORTED,
                     "%s: sets attributes of %s, which is not done here; save the state_dict "
                     "instead: torch.save(model.state_dict(), \"w.pt\")",
                     m->rules->where, pickle_words(object));
}

fsnn_status op_persistent(pickle_machine *m, const pickle_instruction *row)
{
    (void)row;
    pickle *p = m->p;
    pickle_value *id = pickle_pop(m), *value;
    if (!id)
        return pickle_damaged(m, "the pickle refers to what is not there");
    FSNN_TRY(pickle_make(m, PICKLE_PERSISTENT, &value));
    FSNN_TRY(pickle_add(m, value, id));
    if (!p->persistent)
        FSNN_TRY(pickle_make(m, PICKLE_LIST, &p->persistent));
    FSNN_TRY(pickle_add(m, p->persistent, value));
    return pickle_push(m, value);
}

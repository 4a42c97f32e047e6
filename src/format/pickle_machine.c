/* format/pickle_machine.c: values, which come from a pool, and the stack. */
#include "format/pickle_machine.h"

#include <string.h>

enum {
    MOST_VALUES = 1 << 22, /* 256 MB; a state dict has a dozen for each tensor */
    FIRST_SLOTS = 4,       /* of items */
};

fsnn_status pickle_make(pickle_machine *m, pickle_kind kind, pickle_value **value)
{
    if (m->values++ >= MOST_VALUES)
        return fsnn_fail(FSNN_EUNSUPPORTED, "%s: has more than %d values: it is no state dict",
                         m->rules->where, MOST_VALUES);
    *value = pool_alloc(&m->p->memory, sizeof **value);
    if (!*value)
        return FSNN_EMEMORY;
    (*value)->kind = kind;
    return FSNN_OK;
}

fsnn_status pickle_add(pickle_machine *m, pickle_value *to, pickle_value *value)
{
    if (to->count == to->slots) {
        int64_t more = to->slots ? 2 * to->slots : FIRST_SLOTS;
        pickle_value **larger = pool_alloc(&m->p->memory, fsnn_bytes(more, sizeof(pickle_value *)));
        if (!larger)
            return FSNN_EMEMORY;
        if (to->count)
            memcpy(larger, to->item, (size_t)to->count * sizeof(pickle_value *));
        to->item = larger;
        to->slots = more;
    }
    to->item[to->count++] = value;
    return FSNN_OK;
}

fsnn_status pickle_push(pickle_machine *m, pickle_value *value)
{
    FSNN_TRY(fsnn_grow(&m->stack, m->depth, &m->stack_slots, m->depth + 1, sizeof *m->stack));
    m->stack[m->depth++] = value;
    return FSNN_OK;
}

fsnn_status pickle_push_new(pickle_machine *m, pickle_kind kind, pickle_value **value)
{
    FSNN_TRY(pickle_make(m, kind, value));
    return pickle_push(m, *value);
}

pickle_value *pickle_pop(pickle_machine *m)
{
    if (!m->depth || m->stack[m->depth - 1]->kind == PICKLE_MARK)
        return NULL;
    return m->stack[--m->depth];
}

pickle_value *pickle_top(const pickle_machine *m)
{
    bool there = m->depth && m->stack[m->depth - 1]->kind != PICKLE_MARK;
    return there ? m->stack[m->depth - 1] : NULL;
}

int64_t pickle_behind(const pickle_machine *m)
{
    return m->depth - 1 - m->mark;
}

fsnn_status pickle_take(pickle_machine *m, int64_t count, pickle_value *to)
{
    for (int64_t i = m->depth - count; i < m->depth; i++)
        FSNN_TRY(pickle_add(m, to, m->stack[i]));
    m->depth -= count;
    return FSNN_OK;
}

fsnn_status pickle_take_marked(pickle_machine *m, pickle_value *to)
{
    if (m->mark < 0)
        return pickle_damaged(m, "the pickle ends a list that it did not begin");
    FSNN_TRY(pickle_take(m, pickle_behind(m), to));
    m->mark = m->stack[--m->depth]->number;
    return FSNN_OK;
}

/* format/pickle_values.c: the instructions that make values, fill lists and dicts, and keep
 * values to use them again. */
#include "format/pickle_machine.h"

#include "base/bytes.h"

enum {
    HIGHEST_PROTOCOL = 5,
    SPARE_MEMO = 16, /* places that may be left out */
};

/* ---- values ---- */

fsnn_status op_nothing(pickle_machine *m, const pickle_instruction *row)
{
    (void)m;
    (void)row;
    return FSNN_OK;
}

fsnn_status op_protocol(pickle_machine *m, const pickle_instruction *row)
{
    (void)row;
    if (*m->argument <= HIGHEST_PROTOCOL)
        return FSNN_OK;
    return fsnn_fail(FSNN_EUNSUPPORTED, "%s: is a pickle of protocol %d, readable are up to %d",
                     m->rules->where, *m->argument, HIGHEST_PROTOCOL);
}

fsnn_status op_stop(pickle_machine *m, const pickle_instruction *row)
{
    (void)row;
    m->p->root = pickle_pop(m);
    m->stopped = true;
    return m->p->root && !m->depth ? FSNN_OK
                                   : pickle_damaged(m, "the pickle does not end in one value");
}

fsnn_status op_mark(pickle_machine *m, const pickle_instruction *row)
{
    pickle_value *mark;
    (void)row;
    FSNN_TRY(pickle_push_new(m, PICKLE_MARK, &mark));
    mark->number = m->mark;
    m->mark = m->depth - 1;
    return FSNN_OK;
}

/* A value of the kind `number` without anything in it. */
fsnn_status op_empty(pickle_machine *m, const pickle_instruction *row)
{
    pickle_value *value;
    return pickle_push_new(m, (pickle_kind)row->number, &value);
}

fsnn_status op_bool(pickle_machine *m, const pickle_instruction *row)
{
    pickle_value *value;
    FSNN_TRY(pickle_push_new(m, PICKLE_BOOL, &value));
    value->number = row->number;
    return FSNN_OK;
}

/* Little-endian; of four bytes with a sign. */
fsnn_status op_int(pickle_machine *m, const pickle_instruction *row)
{
    pickle_value *value;
    uint64_t bits = bytes_le(m->argument, row->bytes);
    FSNN_TRY(pickle_push_new(m, PICKLE_INT, &value));
    value->number = row->bytes == 4 ? (int32_t)(uint32_t)bits : (int64_t)bits;
    return FSNN_OK;
}

/* The bytes that follow, as many as the argument says. */
static fsnn_status counted(pickle_machine *m, const pickle_instruction *row, const uint8_t **bytes,
                           size_t *size)
{
    uint64_t count = bytes_le(m->argument, row->bytes);
    if (count > (uint64_t)(m->end - m->at))
        return pickle_damaged(m, "the pickle ends within a value");
    *bytes = m->at;
    *size = (size_t)count;
    m->at += count;
    return FSNN_OK;
}

/* An integer of any length, little-endian, in two's complement. */
fsnn_status op_long(pickle_machine *m, const pickle_instruction *row)
{
    const uint8_t *bytes;
    size_t size;
    FSNN_TRY(counted(m, row, &bytes, &size));
    pickle_value *value;
    FSNN_TRY(pickle_push_new(m, PICKLE_INT, &value));
    uint64_t bits = size && bytes[size - 1] & 0x80 ? UINT64_MAX : 0;
    value->huge = size > 8;
    for (size_t i = size; !value->huge && i-- > 0;)
        bits = bits << 8 | bytes[i];
    value->number = value->huge ? 0 : (int64_t)bits;
    return FSNN_OK;
}

/* Text or bytes: the kind `number`. */
fsnn_status op_text(pickle_machine *m, const pickle_instruction *row)
{
    const uint8_t *bytes;
    size_t size;
    FSNN_TRY(counted(m, row, &bytes, &size));
    pickle_value *value;
    FSNN_TRY(pickle_push_new(m, (pickle_kind)row->number, &value));
    value->text = pool_text(&m->p->memory, (const char *)bytes, size);
    value->size = (int64_t)size;
    return value->text ? FSNN_OK : FSNN_EMEMORY;
}

/* ---- lists, tuples, dicts ---- */

fsnn_status op_tuple(pickle_machine *m, const pickle_instruction *row)
{
    pickle_value *value;
    FSNN_TRY(pickle_make(m, PICKLE_TUPLE, &value));
    if (pickle_behind(m) < row->number)
        return pickle_damaged(m, "the pickle makes a tuple of values that are not there");
    FSNN_TRY(pickle_take(m, row->number, value));
    return pickle_push(m, value);
}

fsnn_status op_tuple_marked(pickle_machine *m, const pickle_instruction *row)
{
    (void)row;
    pickle_value *value;
    FSNN_TRY(pickle_make(m, PICKLE_TUPLE, &value));
    FSNN_TRY(pickle_take_marked(m, value));
    return pickle_push(m, value);
}

/* The last `count` items go into the list or dict below them. */
static fsnn_status fill(pickle_machine *m, int64_t count, pickle_kind kind)
{
    if (pickle_behind(m) <= count || m->stack[m->depth - count - 1]->kind != kind)
        return pickle_damaged(m, "the pickle fills a list or dict that is not there");
    return pickle_take(m, count, m->stack[m->depth - count - 1]);
}

static fsnn_status fill_marked(pickle_machine *m, pickle_kind kind, int64_t each)
{
    pickle_value *to = m->mark > 0 ? m->stack[m->mark - 1] : NULL;
    if (!to || to->kind != kind || pickle_behind(m) % each)
        return pickle_damaged(m, "the pickle fills a list or dict that is not there");
    return pickle_take_marked(m, to);
}

fsnn_status op_append(pickle_machine *m, const pickle_instruction *row)
{
    return row->number ? fill(m, row->number, PICKLE_LIST) : fill_marked(m, PICKLE_LIST, 1);
}

fsnn_status op_set(pickle_machine *m, const pickle_instruction *row)
{
    return row->number ? fill(m, row->number, PICKLE_DICT) : fill_marked(m, PICKLE_DICT, 2);
}

/* ---- memory of values ---- */

static fsnn_status remember(pickle_machine *m, uint64_t place)
{
    pickle_value *value = pickle_top(m);
    if (!value || place > (uint64_t)(m->memo_count + SPARE_MEMO))
        return pickle_damaged(m,
                              "the pickle keeps a value that is not there, or in no proper place");
    FSNN_TRY(
        fsnn_grow(&m->memo, m->memo_count, &m->memo_slots, (int64_t)place + 1, sizeof *m->memo));
    while (m->memo_count <= (int64_t)place)
        m->memo[m->memo_count++] = NULL;
    m->memo[place] = value;
    return FSNN_OK;
}

fsnn_status op_put(pickle_machine *m, const pickle_instruction *row)
{
    return remember(m, bytes_le(m->argument, row->bytes));
}

fsnn_status op_memoize(pickle_machine *m, const pickle_instruction *row)
{
    (void)row;
    return remember(m, (uint64_t)m->memo_count);
}

fsnn_status op_get(pickle_machine *m, const pickle_instruction *row)
{
    uint64_t place = bytes_le(m->argument, row->bytes);
    if (place >= (uint64_t)m->memo_count || !m->memo[place])
        return pickle_damaged(m, "the pickle wants a value that it did not keep");
    return pickle_push(m, m->memo[place]);
}

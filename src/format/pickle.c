/* format/pickle.c: the machine's table. Every instruction is a row: its name, its function, the
 * bytes of its argument. Those without a function are refused by their name. A value costs an
 * instruction, so memory grows with the bytes that were read, and no number of the file is
 * trusted. */
#include "format/pickle_machine.h"

#include <string.h>

static const pickle_instruction instructions[256] = {
    [0x80] = {"PROTO", op_protocol, 1, 0},
    [0x95] = {"FRAME", op_nothing, 8, 0},
    ['.'] = {"STOP", op_stop, 0, 0},
    ['('] = {"MARK", op_mark, 0, 0},
    ['N'] = {"NONE", op_empty, 0, PICKLE_NONE},
    [0x88] = {"NEWTRUE", op_bool, 0, true},
    [0x89] = {"NEWFALSE", op_bool, 0, false},
    ['K'] = {"BININT1", op_int, 1, 0},
    ['M'] = {"BININT2", op_int, 2, 0},
    ['J'] = {"BININT", op_int, 4, 0},
    [0x8a] = {"LONG1", op_long, 1, 0},
    [0x8b] = {"LONG4", op_long, 4, 0},
    ['G'] = {"BINFLOAT", op_empty, 8, PICKLE_FLOAT},
    ['U'] = {"SHORT_BINSTRING", op_text, 1, PICKLE_TEXT},
    ['T'] = {"BINSTRING", op_text, 4, PICKLE_TEXT},
    [0x8c] = {"SHORT_BINUNICODE", op_text, 1, PICKLE_TEXT},
    ['X'] = {"BINUNICODE", op_text, 4, PICKLE_TEXT},
    [0x8d] = {"BINUNICODE8", op_text, 8, PICKLE_TEXT},
    ['C'] = {"SHORT_BINBYTES", op_text, 1, PICKLE_BYTES},
    ['B'] = {"BINBYTES", op_text, 4, PICKLE_BYTES},
    [0x8e] = {"BINBYTES8", op_text, 8, PICKLE_BYTES},
    [')'] = {"EMPTY_TUPLE", op_empty, 0, PICKLE_TUPLE},
    [']'] = {"EMPTY_LIST", op_empty, 0, PICKLE_LIST},
    ['}'] = {"EMPTY_DICT", op_empty, 0, PICKLE_DICT},
    [0x85] = {"TUPLE1", op_tuple, 0, 1},
    [0x86] = {"TUPLE2", op_tuple, 0, 2},
    [0x87] = {"TUPLE3", op_tuple, 0, 3},
    ['t'] = {"TUPLE", op_tuple_marked, 0, 0},
    ['a'] = {"APPEND", op_append, 0, 1},
    ['e'] = {"APPENDS", op_append, 0, 0},
    ['s'] = {"SETITEM", op_set, 0, 2},
    ['u'] = {"SETITEMS", op_set, 0, 0},
    ['q'] = {"BINPUT", op_put, 1, 0},
    ['r'] = {"LONG_BINPUT", op_put, 4, 0},
    [0x94] = {"MEMOIZE", op_memoize, 0, 0},
    ['h'] = {"BINGET", op_get, 1, 0},
    ['j'] = {"LONG_BINGET", op_get, 4, 0},
    ['c'] = {"GLOBAL", op_global, 0, 0},
    [0x93] = {"STACK_GLOBAL", op_stack_global, 0, 0},
    ['R'] = {"REDUCE", op_reduce, 0, 0},
    ['b'] = {"BUILD", op_build, 0, 0},
    ['Q'] = {"BINPERSID", op_persistent, 0, 0},
    /* known by their names: those that make objects, those of protocol 0, the rest */
    ['i'] = {"INST", NULL, 0, 0},
    ['o'] = {"OBJ", NULL, 0, 0},
    [0x81] = {"NEWOBJ", NULL, 0, 0},
    [0x92] = {"NEWOBJ_EX", NULL, 0, 0},
    [0x82] = {"EXT1", NULL, 0, 0},
    [0x83] = {"EXT2", NULL, 0, 0},
    [0x84] = {"EXT4", NULL, 0, 0},
    ['P'] = {"PERSID", NULL, 0, 0},
    ['I'] = {"INT", NULL, 0, 0},
    ['L'] = {"LONG", NULL, 0, 0},
    ['F'] = {"FLOAT", NULL, 0, 0},
    ['S'] = {"STRING", NULL, 0, 0},
    ['V'] = {"UNICODE", NULL, 0, 0},
    ['g'] = {"GET", NULL, 0, 0},
    ['p'] = {"PUT", NULL, 0, 0},
    ['l'] = {"LIST", NULL, 0, 0},
    ['d'] = {"DICT", NULL, 0, 0},
    ['0'] = {"POP", NULL, 0, 0},
    ['1'] = {"POP_MARK", NULL, 0, 0},
    ['2'] = {"DUP", NULL, 0, 0},
    [0x8f] = {"EMPTY_SET", NULL, 0, 0},
    [0x90] = {"ADDITEMS", NULL, 0, 0},
    [0x91] = {"FROZENSET", NULL, 0, 0},
    [0x96] = {"BYTEARRAY8", NULL, 0, 0},
    [0x97] = {"NEXT_BUFFER", NULL, 0, 0},
    [0x98] = {"READONLY_BUFFER", NULL, 0, 0},
};

static fsnn_status step(pickle_machine *m)
{
    if (m->at == m->end)
        return pickle_damaged(m, "the pickle has no end");
    const pickle_instruction *row = &instructions[*m->at++];
    if (!row->name)
        return fsnn_fail(FSNN_EFORMAT, "%s: byte 0x%02x is no instruction of a pickle",
                         m->rules->where, m->at[-1]);
    if (!row->run)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s: has the pickle instruction %s, which is not run here; save the "
                         "state_dict by torch.save(model.state_dict(), \"w.pt\")",
                         m->rules->where, row->name);
    if (m->end - m->at < row->bytes)
        return pickle_damaged(m, "the pickle ends within an instruction");
    m->argument = m->at;
    m->at += row->bytes;
    return row->run(m, row);
}

fsnn_status pickle_read(pickle *p, const pickle_rules *rules, const uint8_t *bytes, size_t size,
                        size_t *at)
{
    pickle_machine m = {.p = p, .rules = rules, .at = bytes + *at, .end = bytes + size, .mark = -1};
    fsnn_status status = FSNN_OK;
    while (status >= 0 && !m.stopped)
        status = step(&m);
    *at = (size_t)(m.at - bytes);
    fsnn_free(m.stack);
    fsnn_free(m.memo);
    return status;
}

void pickle_free(pickle *p)
{
    pool_free(&p->memory);
    *p = (pickle){0};
}

/* ---- looking at values ---- */

bool pickle_is_call(const pickle_value *value, const char *name)
{
    return value->kind == PICKLE_CALL && !strcmp(value->item[0]->text, name);
}

bool pickle_is_text(const pickle_value *value, const char *text)
{
    return value->kind == PICKLE_TEXT && (size_t)value->size == strlen(text) &&
           !memcmp(value->text, text, (size_t)value->size);
}

const pickle_value *pickle_find(const pickle_value *dict, const char *key)
{
    for (int64_t i = 0; dict->kind == PICKLE_DICT && i + 1 < dict->count; i += 2)
        if (pickle_is_text(dict->item[i], key))
            return dict->item[i + 1];
    return NULL;
}

const char *pickle_words(const pickle_value *value)
{
    static const char *const words[] = {
        [PICKLE_MARK] = "a mark",
        [PICKLE_NONE] = "None",
        [PICKLE_BOOL] = "a bool",
        [PICKLE_INT] = "an integer",
        [PICKLE_FLOAT] = "a float",
        [PICKLE_TEXT] = "a text",
        [PICKLE_BYTES] = "bytes",
        [PICKLE_TUPLE] = "a tuple",
        [PICKLE_LIST] = "a list",
        [PICKLE_DICT] = "a dict",
        [PICKLE_NAME] = "a type",
        [PICKLE_CALL] = "an object",
        [PICKLE_PERSISTENT] = "a storage of numbers",
    };
    return words[value->kind];
}

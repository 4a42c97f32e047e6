/* format/pickle_machine.h: the machine that reads a pickle: its stack, its memory of values, and
 * the instructions. */
#ifndef FSNN_FORMAT_PICKLE_MACHINE_H
#define FSNN_FORMAT_PICKLE_MACHINE_H

#include "format/pickle.h"

typedef struct pickle_machine {
    pickle *p;
    const pickle_rules *rules;
    const uint8_t *at, *end; /* what is left to read */
    const uint8_t *argument; /* of the instruction that runs */
    pickle_value **stack, **memo;
    int64_t depth, stack_slots, memo_count, memo_slots, values;
    int64_t mark; /* where on the stack the last mark is, which has the place of the one before it
                   * as its number; -1: there is none */
    bool stopped;
} pickle_machine;

typedef struct pickle_instruction pickle_instruction;
typedef fsnn_status pickle_run(pickle_machine *m, const pickle_instruction *row);
struct pickle_instruction {
    const char *name;
    pickle_run *run; /* NULL: it is refused */
    int bytes;       /* of its argument, which is there */
    int number;      /* what sets it apart from others of the same function */
};

#define pickle_damaged(m, what)                                                                    \
    fsnn_fail(FSNN_EFORMAT, "%s: %s: the file is damaged or cut short", (m)->rules->where, what)

fsnn_status pickle_make(pickle_machine *m, pickle_kind kind, pickle_value **value);
fsnn_status pickle_push(pickle_machine *m, pickle_value *value);
/* A new value at the top. */
fsnn_status pickle_push_new(pickle_machine *m, pickle_kind kind, pickle_value **value);
/* The value at the top, which pop takes off; NULL: there is none, or a mark. */
pickle_value *pickle_pop(pickle_machine *m);
pickle_value *pickle_top(const pickle_machine *m);
/* The number of items behind the last mark, or on the stack where there is none. */
int64_t pickle_behind(const pickle_machine *m);
/* Moves the last `count` items of the stack, which are there, to the end of `to`. */
fsnn_status pickle_take(pickle_machine *m, int64_t count, pickle_value *to);
/* The same with all items behind the last mark, and the mark. */
fsnn_status pickle_take_marked(pickle_machine *m, pickle_value *to);
/* Appends to the items of a list, a tuple, a dict or a call. */
fsnn_status pickle_add(pickle_machine *m, pickle_value *to, pickle_value *value);

/* pickle_values.c */
pickle_run op_nothing, op_protocol, op_stop, op_mark, op_empty, op_bool, op_int, op_long, op_text,
    op_tuple, op_tuple_marked, op_append, op_set, op_put, op_memoize, op_get;
/* pickle_calls.c */
pickle_run op_global, op_stack_global, op_reduce, op_build, op_persistent;

#endif

/* format/pickle.h: Python's pickle format as data. A pickle is a program for a machine with a stack
 * (Python's pickletools.py describes its instructions); it can name any function of Python and call
 * it. Here only the instructions run that build values. Names of Python stay names, and a call
 * stays a value that says what would be called with what. Names that are not on the caller's list
 * are refused, so nothing that a file says is ever done. */
#ifndef FSNN_FORMAT_PICKLE_H
#define FSNN_FORMAT_PICKLE_H

#include "base/pool.h"

typedef enum pickle_kind {
    PICKLE_MARK, /* the beginning of a list of items on the stack, in no finished value */
    PICKLE_NONE,
    PICKLE_BOOL,
    PICKLE_INT,
    PICKLE_FLOAT,
    PICKLE_TEXT,
    PICKLE_BYTES,
    PICKLE_TUPLE,
    PICKLE_LIST,
    PICKLE_DICT,       /* an OrderedDict, too */
    PICKLE_NAME,       /* a function or class */
    PICKLE_CALL,       /* item[0] is the name, item[1] the tuple of arguments */
    PICKLE_PERSISTENT, /* item[0] says which object of the file around the pickle it is */
} pickle_kind;

typedef struct pickle_value pickle_value;
struct pickle_value {
    pickle_kind kind;
    bool huge;            /* an integer of more than 64 bits; number is 0 */
    int64_t number;       /* of a bool or an integer */
    const char *text;     /* [size], ended by a 0; a name is "module.name" */
    int64_t size;         /* bytes of text */
    pickle_value **item;  /* [count]; a dict has its keys and values in turn */
    int64_t count, slots; /* items, and items that there is room for */
};

typedef struct pickle {
    pool memory;              /* of the values */
    pickle_value *root;       /* what the last pickle that was read is */
    pickle_value *persistent; /* all of that kind, as a list */
} pickle;

typedef struct pickle_rules {
    const char *where;               /* starts the error sentences */
    bool (*known)(const char *name); /* whether a file may name this, "module.name" */
} pickle_rules;

/* Reads the pickle that begins at bytes[*at] and sets *at behind it. `p` is {0} before the first
 * pickle of a file; its values stay until pickle_free, also after an error.
 * FSNN_EFORMAT: damaged; FSNN_EUNSUPPORTED: names or instructions that are not read; FSNN_EMEMORY.
 */
fsnn_status pickle_read(pickle *p, const pickle_rules *rules, const uint8_t *bytes, size_t size,
                        size_t *at);
void pickle_free(pickle *p);

/* Whether it is the call of a function, "module.name". */
bool pickle_is_call(const pickle_value *value, const char *name);
/* Whether it is this text. */
bool pickle_is_text(const pickle_value *value, const char *text);
/* The value of a dict's key, or NULL. */
const pickle_value *pickle_find(const pickle_value *dict, const char *key);
/* What it is in words, to stand behind "is": "an integer", "a dict". */
const char *pickle_words(const pickle_value *value);

#endif

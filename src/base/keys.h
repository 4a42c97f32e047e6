/* base/keys.h: tables of keys. One table describes an options struct: it drives reading it from a
 * description file, checking it, and the reference page. Defaults are those of the struct the
 * reader starts from.
 *
 * A group is a nested table for a struct inside the struct; given a scalar instead of a mapping,
 * the scalar sets the group's first key (`tau: 2.0` is `tau: {value: 2.0}`). */
#ifndef FSNN_KEYS_H
#define FSNN_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/base.h"

typedef enum fsnn_key_type {
    FSNN_KEY_BOOL,   /* bool */
    FSNN_KEY_INT,    /* int64_t, min..max */
    FSNN_KEY_INT32,  /* int, min..max */
    FSNN_KEY_UINT64, /* uint64_t (seeds) */
    FSNN_KEY_REAL,   /* double, min..max */
    /* double, min..max; or a list of them, of which the double is the first: a const double * at
     * `size`, owned by the description, their number an int64_t at `count` */
    FSNN_KEY_REALS,
    FSNN_KEY_INTS,  /* the same of int64_t */
    FSNN_KEY_ENUM,  /* int-sized enum: index of `names` */
    FSNN_KEY_PAIR,  /* int64_t[2]: one integer for both, or a list of two; min..max */
    FSNN_KEY_SHAPE, /* fsnn_shape: list of integers (-1 allowed where min is -1) */
    FSNN_KEY_TEXT,  /* const char *: owned by the description */
    FSNN_KEY_GROUP, /* a struct described by `group` */
    FSNN_KEY_TEXTS, /* const char *[max]: a text or a list of them */
    /* keys with a name inside, `dNAME`: an array like that of FSNN_KEY_NAMED, of which each key
     * sets what the one row of `group` describes */
    FSNN_KEY_FAMILY,
    /* a mapping of names to groups: an array of structs, each a const char * and what `group`
     * describes */
    FSNN_KEY_NAMED,
} fsnn_key_type;

typedef struct fsnn_key {
    const char *name;
    fsnn_key_type type;
    size_t offset;
    double min, max; /* accepted range, ends included */
    bool above;      /* min itself is excluded (tau > 0) */
    bool required;
    bool file;                /* text: the path of a file or folder */
    const char *const *names; /* enum: NULL-terminated, index = value */
    /* enum, in place of names: those of the table that has them, NULL behind the last */
    const char *(*name_of)(int value);
    const fsnn_alias *aliases; /* enum: other names, ended by one without name; may be NULL */
    /* what the reference says holds where no value is given, if not the struct's number */
    const char *otherwise;
    const struct fsnn_key *group; /* group, named, family: another table */
    const char *like;             /* named: what the names are of, and an example */
    /* group: what a net says of itself has its first key only, as if it were a number */
    bool brief;
    /* a parameter where it is not the default, and else not a part of what a net is described as */
    bool optional;
    /* named, family, texts: bytes of an item, at most `max` of them; offset of their number, an
     * int. reals, ints: offsets of the list and of its number */
    size_t size, count;
    /* The key counts only where another one, `with` ("kind", "noise.mode"), has one of the values
     * in `when`: bits 1 << value of an enum; of a number bit 0 stands for 0, bit 1 for all others.
     * Where it does not, a description that gives it gets a remark. NULL: it always counts. */
    const char *with;
    unsigned when;
    /* Another name for the value of this key, which stands at the same offset, said in the bool at
     * `mark`: only one of the two is given. NULL: it is a key of its own. */
    const char *instead;
    size_t mark;
    const char *help;
} fsnn_key;

/* `when`: all values but this one. */
#define FSNN_ALL_BUT(value) (~(1u << (value)))

/* The name of an enum's value, NULL behind the last. */
static inline const char *fsnn_key_name(const fsnn_key *key, int value)
{
    return key->name_of ? key->name_of(value) : key->names[value];
}

/* A table ends with a row without name: {0}, or FSNN_KEYS_GO_ON, where the keys of another table
 * follow. */
#define FSNN_KEYS_GO_ON(table)                                                                     \
    {                                                                                              \
        .group = table                                                                             \
    }

/* The first key of a table, and the one behind a key; NULL at the end. */
static inline const fsnn_key *fsnn_keys_first(const fsnn_key *table)
{
    while (table && !table->name)
        table = table->group;
    return table;
}

static inline const fsnn_key *fsnn_keys_next(const fsnn_key *key)
{
    return fsnn_keys_first(key + 1);
}

/* The key of this name, which is no family; NULL: there is none. */
static inline const fsnn_key *fsnn_keys_find(const fsnn_key *table, const char *name)
{
    for (const fsnn_key *key = fsnn_keys_first(table); key; key = fsnn_keys_next(key))
        if (key->type != FSNN_KEY_FAMILY && strcmp(key->name, name) == 0)
            return key;
    return NULL;
}

#endif

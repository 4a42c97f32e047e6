/* base/foreign.h: names that users bring from other libraries, and what they are here. */
#ifndef FSNN_FOREIGN_H
#define FSNN_FOREIGN_H

#include "base/base.h"

typedef struct fsnn_foreign {
    const char *library;
    const char *name;     /* a class, an argument, or a value of one */
    const char *value;    /* the row is about this value of the argument alone; NULL: about any */
    const char *standard; /* its default there, "" where it has none */
    const char *ours; /* what it is here, a name or the path to a key; NULL: nothing is like it */
    const char *note; /* what differs: a sentence without full stop */
} fsnn_foreign;

/* The rows in their order; NULL behind the last. */
const fsnn_foreign *fsnn_foreign_at(int index);
/* "snnTorch's beta is tau here: ..." */
void fsnn_foreign_sentence(const fsnn_foreign *row, char *text, size_t size);

/* Which rows may answer: those whose `ours` is in a list of `count` names. */
typedef struct fsnn_foreign_among {
    const char *const *names;
    int count;
} fsnn_foreign_among;

/* Writes `did you mean "tau"? (snnTorch's beta is tau here: ...)`, or `snnTorch's inhibition has no
 * counterpart here: ...`, of all libraries that know the name. A row of that letter case comes
 * before one of another. `value` not NULL: only rows about that value of `name`. `among` may be
 * NULL. False, with an empty text, where there is no row. */
bool fsnn_foreign_advice(const char *name, const char *value, const fsnn_foreign_among *among,
                         char *text, size_t size);

#endif

/* base/wish.h: environment variables that ask for one of several ways. */
#ifndef FSNN_BASE_WISH_H
#define FSNN_BASE_WISH_H

#include <stdlib.h>
#include <string.h>

/* Which of `name` [count] the variable holds; a row may be NULL, which has no name. -1: none. */
static inline int wish_of(const char *variable, const char *const *name, int count)
{
    const char *wish = getenv(variable);
    for (int i = 0; wish && i < count; i++)
        if (name[i] && strcmp(wish, name[i]) == 0)
            return i;
    return -1;
}

#endif

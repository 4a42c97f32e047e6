/* base/pool.h: memory that lives exactly as long as one document: taken in pieces, given back all
 * at once. */
#ifndef FSNN_POOL_H
#define FSNN_POOL_H

#include "base/base.h"

typedef struct pool_block pool_block;
typedef struct pool {
    pool_block *block; /* the newest; each points to the one before */
} pool;

/* Zeroed, aligned for any type; NULL (and the error sentence set) when memory is out. */
void *pool_alloc(pool *p, size_t bytes);
/* A copy of `size` bytes of text, terminated. */
char *pool_text(pool *p, const char *text, size_t size);
char *pool_format(pool *p, const char *format, ...) FSNN_PRINTF(2, 3);
void pool_free(pool *p);

#endif

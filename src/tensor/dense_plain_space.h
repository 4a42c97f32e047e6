/* tensor/dense_plain_space.h: working memory of the plain kernels' threads: blocks of one size that
 * are kept between calls, so that a call allocates only where more threads than ever before
 * compute at once. */
#ifndef FSNN_DENSE_PLAIN_SPACE_H
#define FSNN_DENSE_PLAIN_SPACE_H

#include "base/base.h"

enum { DENSE_SPACE = 144 * 192 * 8 + 192 * 256 * 8 }; /* bytes of a block */

/* A block for the caller alone, as others left it; NULL: memory is out. */
void *dense_space_take(void);
void dense_space_give(void *space);
/* Keeps at least `count` blocks. */
fsnn_status dense_space_reserve(int count);

#endif

/* base/port_memory.h: memory of the system, under base/memory.c. */
#ifndef FSNN_BASE_PORT_MEMORY_H
#define FSNN_BASE_PORT_MEMORY_H

#include <stddef.h>

/* Bytes of a large page: blocks that are read many rows apart begin at one, and large pages spare
 * them the address translation. */
enum { PORT_LARGE_PAGE = 2 << 20 };

/* Bytes that all programs together could still have; SIZE_MAX where the system does not say. */
size_t port_memory_available(void);
/* Bytes of this process that are in memory; 0 where the system does not say. */
size_t port_memory_resident(void);

/* A block that begins at a multiple of `alignment`, a power of two; NULL: memory is out. */
void *port_memory_alloc(size_t alignment, size_t bytes);
void port_memory_free(void *p);
/* Bytes of a block, at least as many as were asked for. */
size_t port_memory_size(void *p);
/* Zeroes a fresh block that begins at a large page, where the system can without touching it: its
 * pages then come with their first use, large ones if it has them. */
void port_memory_zero(void *p, size_t bytes);

#endif

/* base/hash.h: hashes of 64 bits, FNV-1a (Fowler, Noll, Vo 1991). */
#ifndef FSNN_HASH_H
#define FSNN_HASH_H

#include <stddef.h>
#include <stdint.h>

/* The hash of nothing. */
#define HASH_START UINT64_C(0xcbf29ce484222325)

/* The hash of what `h` is the hash of, and these bytes behind it. */
static inline uint64_t hash_bytes(uint64_t h, const void *data, size_t size)
{
    for (const uint8_t *p = data, *end = p + size; p < end; p++)
        h = (h ^ *p) * UINT64_C(0x100000001b3);
    return h;
}

#endif

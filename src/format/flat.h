/* format/flat.h: FlatBuffers read by hand (google.github.io/flatbuffers, "internals"): a table
 * stands at an offset and begins with the distance to its vtable, which lists where each field
 * lies. Every place is checked against what is there. */
#ifndef FSNN_FORMAT_FLAT_H
#define FSNN_FORMAT_FLAT_H

#include "base/bytes.h"

#include <stdbool.h>
#include <string.h>

typedef struct flat {
    const uint8_t *bytes;
    size_t size;
} flat;

/* Whether n bytes stand at `at`. */
static inline bool flat_has(const flat *f, uint64_t at, uint64_t n)
{
    return at <= f->size && n <= f->size - at;
}

/* The root table of a buffer with the four letters `mark`. */
static inline bool flat_root(const flat *f, const char *mark, uint64_t *table)
{
    if (!flat_has(f, 0, 8) || memcmp(f->bytes + 4, mark, 4))
        return false;
    *table = bytes_le(f->bytes, 4);
    return flat_has(f, *table, 4);
}

/* Field `slot` of a table, `n` bytes long: 1 and its place, 0 when it is left out, negative when
 * the buffer is damaged. */
static inline int flat_field(const flat *f, uint64_t table, int slot, uint64_t n, uint64_t *at)
{
    int64_t v = (int64_t)table - (int32_t)(uint32_t)bytes_le(f->bytes + table, 4);
    if (v < 0 || !flat_has(f, (uint64_t)v, 4))
        return -1;
    uint64_t length = bytes_le(f->bytes + v, 2), entry = 4 + 2 * (uint64_t)slot;
    if (entry + 2 > length)
        return 0;
    if (!flat_has(f, (uint64_t)v, length))
        return -1;
    uint64_t offset = bytes_le(f->bytes + v + entry, 2);
    if (!offset)
        return 0;
    *at = table + offset;
    return flat_has(f, *at, n) ? 1 : -1;
}

/* A vector or string in field `slot`: as flat_field, *at its first element, *count its elements of
 * `each` bytes, all there. */
static inline int flat_vector(const flat *f, uint64_t table, int slot, uint64_t each, uint64_t *at,
                              uint64_t *count)
{
    int there = flat_field(f, table, slot, 4, at);
    if (there <= 0)
        return there;
    *at += bytes_le(f->bytes + *at, 4);
    if (!flat_has(f, *at, 4))
        return -1;
    *count = bytes_le(f->bytes + *at, 4);
    *at += 4;
    return flat_has(f, *at, *count * each) ? 1 : -1;
}

#endif

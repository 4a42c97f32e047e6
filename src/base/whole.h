/* base/whole.h: the smaller and the larger of two whole numbers, and whole lines of a cache. */
#ifndef FSNN_WHOLE_H
#define FSNN_WHOLE_H

#include <stddef.h>
#include <stdint.h>

static inline int64_t whole_least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static inline int64_t whole_most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static inline size_t whole_most_bytes(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Rounded up to whole lines of 64 bytes: bytes, and numbers of either precision. */
static inline size_t whole_lines(size_t bytes)
{
    return (bytes + 63) / 64 * 64;
}

static inline int64_t whole_line_numbers(int64_t numbers)
{
    return (numbers + 15) / 16 * 16;
}

#endif

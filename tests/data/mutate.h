/* tests/data/mutate.h: valid files with a few bytes changed, cut or repeated, the same ones each
 * run, fed to a fuzz target. */
#ifndef FSNN_TEST_MUTATE_H
#define FSNN_TEST_MUTATE_H

#include "data/files.h"

enum { CAPACITY = 16384, MUTATIONS = 3000 };

typedef struct dice {
    uint64_t stream, index;
} dice;

static uint32_t roll(dice *d, size_t sides)
{
    return fsnn_random_u32(2024, d->stream, d->index++) % (uint32_t)(sides ? sides : 1);
}

/* Bytes that files care about. */
static uint8_t telling(dice *d)
{
    static const uint8_t bytes[] = {0, 1, 2, 8, 0x0d, 0x1f, 0x7f, 0x80, 0xfe, 0xff, 'P', '(', '\''};
    return roll(d, 2) ? bytes[roll(d, sizeof bytes)] : (uint8_t)roll(d, 256);
}

static size_t mutate(dice *d, uint8_t *bytes, size_t size)
{
    for (uint32_t times = 1 + roll(d, 4); times > 0 && size > 1; times--) {
        size_t at = roll(d, size), n = 1 + roll(d, 8);
        if (n > size - at)
            n = size - at;
        switch (roll(d, 6)) {
        case 0: /* cut the end */
            size = at;
            break;
        case 1: /* take a piece out */
            memmove(bytes + at, bytes + at + n, size - at - n);
            size -= n;
            break;
        case 2: /* repeat a piece */
            if (size + n <= CAPACITY) {
                memmove(bytes + at + n, bytes + at, size - at);
                size += n;
            }
            break;
        case 3: /* flip a bit */
            bytes[at] ^= (uint8_t)(1U << roll(d, 8));
            break;
        default: /* overwrite a piece */
            for (size_t i = 0; i < n; i++)
                bytes[at + i] = telling(d);
        }
    }
    return size;
}

static inline void fuzz_times(int target(const uint8_t *, size_t), const uint8_t *valid,
                              size_t size, uint64_t stream, int times)
{
    static uint8_t bytes[CAPACITY];
    dice d = {stream, 0};
    assert_true(size < CAPACITY);
    assert_int_equal(target(valid, size), 0);
    for (int i = 0; i < times; i++) {
        memcpy(bytes, valid, size);
        size_t n = mutate(&d, bytes, size);
        uint8_t *exact = malloc(n ? n : 1); /* so that sanitizers see reading past the end */
        assert_non_null(exact);
        memcpy(exact, bytes, n);
        target(exact, n);
        free(exact);
    }
}

static inline void fuzz(int target(const uint8_t *, size_t), const uint8_t *valid, size_t size,
                        uint64_t stream)
{
    fuzz_times(target, valid, size, stream, MUTATIONS);
}

#endif

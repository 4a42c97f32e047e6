/* tests/fuzz/mutate.h: bytes of a valid file changed, cut or repeated at a few places, the same
 * places each run on every machine. Needs the C library only. */
#ifndef FSNN_TEST_FUZZ_MUTATE_H
#define FSNN_TEST_FUZZ_MUTATE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* xorshift (Marsaglia 2003); the state is never 0. */
typedef struct dice {
    uint64_t state;
} dice;

static inline size_t roll(dice *d, size_t sides)
{
    d->state ^= d->state << 13;
    d->state ^= d->state >> 7;
    d->state ^= d->state << 17;
    return sides ? (size_t)(d->state % sides) : 0;
}

/* One sequence of numbers a seed. */
static inline dice dice_of(uint64_t seed)
{
    dice d = {(seed + 1) * 0x9e3779b97f4a7c15U};
    roll(&d, 0);
    return d;
}

/* Bytes that files care about. */
static inline uint8_t telling(dice *d)
{
    static const uint8_t bytes[] = {0,   1,   2,    8,    0x0d, 0x1f, 0x7f, 0x80, 0xfe, 0xff, 'P',
                                    '(', ')', '\'', '\n', ':',  ',',  '-',  '1',  '9',  '"',  '%'};
    return roll(d, 2) ? bytes[roll(d, sizeof bytes)] : (uint8_t)roll(d, 256);
}

/* Changes `bytes` [size] in one to four ways, in room for `capacity`; the new size. */
static inline size_t mutate(dice *d, uint8_t *bytes, size_t size, size_t capacity)
{
    for (size_t times = 1 + roll(d, 4); times > 0 && size > 1; times--) {
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
            if (size + n <= capacity) {
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

#endif

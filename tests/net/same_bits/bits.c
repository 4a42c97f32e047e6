/* Hashes, lines, numbers. */
#include "bits.h"

#include "base/hash.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failed;

hash hash_new(void)
{
    return (hash){.bits = HASH_START};
}

void hash_add(hash *h, const void *bytes, size_t count)
{
    const unsigned char *byte = bytes;
    h->bits = hash_bytes(h->bits, bytes, count);
    for (size_t i = 0; i < count; i++)
        h->other |= byte[i] != 0;
    h->bytes += (int64_t)count;
}

void hash_floats(hash *h, const float *x, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        if (isnan(x[i]))
            bits = 0x7fc00000u;
        hash_add(h, &bits, sizeof bits);
    }
}

void hash_double(hash *h, double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    if (isnan(x))
        bits = 0x7ff8000000000000u;
    hash_add(h, &bits, sizeof bits);
}

void hash_number(hash *h, int64_t x)
{
    hash_add(h, &x, sizeof x);
}

void line_begin(const char *name)
{
    printf("%s", name);
}

void line_part(const char *part, const hash *h)
{
    if (h->other)
        printf(" %s=%016" PRIx64, part, h->bits);
    else
        printf(" %s=%s", part, h->bytes ? "zeros" : "none");
}

void line_end(void)
{
    printf("\n");
}

void line_word(const char *name, const char *word)
{
    printf("%s %s\n", name, word);
}

void line_failed(const char *name)
{
    fprintf(stderr, "same_bits: %s: %s\n", name, fsnn_error_text());
    line_word(name, "failed");
    failed++;
}

int lines_failed(void)
{
    return failed;
}

/* Steele, Lea and Flood 2014 (SplitMix64). */
static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

float bits_value(uint64_t stream, uint64_t index)
{
    return (float)((int)(mix(mix(stream) + index) >> 52) - 2048) / 2048.0F;
}

float *bits_values(int64_t count, uint64_t stream, float scale, float shift)
{
    float *x = malloc((size_t)(count ? count : 1) * sizeof *x);
    if (!x) {
        fprintf(stderr, "same_bits: out of memory\n");
        exit(2);
    }
    for (int64_t i = 0; i < count; i++)
        x[i] = shift + scale * bits_value(stream, (uint64_t)i);
    return x;
}

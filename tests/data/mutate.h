/* tests/data/mutate.h: valid files with a few bytes changed (fuzz/mutate.h), fed to a target. */
#ifndef FSNN_TEST_MUTATE_H
#define FSNN_TEST_MUTATE_H

#include "data/files.h"
#include "fuzz/mutate.h"

enum { CAPACITY = 16384, MUTATIONS = 3000 };

static inline void fuzz_times(int target(const uint8_t *, size_t), const uint8_t *valid,
                              size_t size, uint64_t stream, int times)
{
    static uint8_t bytes[CAPACITY];
    dice d = dice_of(stream);
    assert_true(size < CAPACITY);
    assert_int_equal(target(valid, size), 0);
    for (int i = 0; i < times; i++) {
        memcpy(bytes, valid, size);
        size_t n = mutate(&d, bytes, size, CAPACITY);
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

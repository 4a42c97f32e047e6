/* tests/fuzz/fuzz_state.h: the head that saved states begin with (src/net/state.c,
 * src/frac/fde_saved.c), for targets that load states. */
#ifndef FSNN_FUZZ_STATE_H
#define FSNN_FUZZ_STATE_H

#include "base/crc32c.h"
#include "fuzz.h"

typedef struct state_head {
    char magic[8];
    uint32_t version, checksum;
    uint64_t print;
    int64_t bytes;
} state_head;

/* The head of `saved`, made to fit these bytes: its checksum would keep nearly everything out. */
static inline void state_mend(uint8_t *bytes, size_t size, const uint8_t *saved)
{
    state_head h;
    memcpy(&h, saved, sizeof h);
    h.bytes = (int64_t)size;
    h.checksum = 0;
    memcpy(bytes, &h, sizeof h);
    h.checksum = fsnn_crc32c(0, bytes, size);
    memcpy(bytes, &h, sizeof h);
}

/* A seed of the corpus: a state behind the byte that says which it is. */
static inline void state_seed(int argc, char **argv, const char *name, int which,
                              const uint8_t *saved, size_t size)
{
    uint8_t *seed = malloc(size + 1);
    fuzz_check(seed != NULL);
    seed[0] = (uint8_t)which;
    memcpy(seed + 1, saved, size);
    fuzz_seed(argc, argv, name, seed, size + 1);
    free(seed);
}

#endif

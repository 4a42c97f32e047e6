/* tests/fuzz/fuzz_event_cache.c: a file of the cache of events, of any bytes. The first byte says
 * whether it is left as it is, or magic, hash, counts and checksums are made to fit (they would
 * keep nearly everything out). A file that is not whole is written anew; what is read lies on the
 * sensor, in the samples. */
#include "fuzz.h"

#include "data/events/event_cache.c"

static event_pieces cache_pieces;
static char cache_file[128]; /* the one that the pieces have */
static uint64_t cache_hash;

static void cache_add(const char *path, int64_t from, int64_t to)
{
    fuzz_check(!event_pieces_add(&cache_pieces, fsnn_strdup(path), NULL, from, to));
}

/* Two pieces of a recording of six events: x, y, polarity and 23 bits of microseconds. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const event_reading how = {.sensor = {8, 8}};
    uint8_t bytes[30] = {0}, *file;
    size_t size;
    event_set set;
    for (int i = 0; i < 6; i++)
        bytes[5 * i] = (uint8_t)i, bytes[5 * i + 4] = (uint8_t)(10 * i);
    const char *path = fuzz_file("r.bin", bytes, sizeof bytes);
    cache_add(path, 0, 30);
    cache_add(path, 30, INT64_MAX);
    fuzz_check(!hash_pieces(&cache_pieces, &how, &cache_hash));
    fuzz_check(!event_set_cached(&cache_pieces, &how, fuzz_path("cache"), &set));
    snprintf(cache_file, sizeof cache_file, "%s", set.path);
    event_set_free(&set);
    fuzz_check(!fsnn_file_read(cache_file, &file, &size));
    uint8_t *seed = malloc(size + 1);
    fuzz_check(seed != NULL);
    seed[0] = 0;
    memcpy(seed + 1, file, size);
    fuzz_seed(*argc, *argv, "cache", seed, size + 1);
    free(seed);
    fsnn_free(file);
    return 0;
}

/* The checksum of each sample whose events are there. */
static void mend_samples(uint8_t *bytes, size_t size, const int64_t *start, uint32_t *checksum)
{
    size_t first = sizeof(header) + (2 * sizeof(uint32_t)) + (3 * sizeof(int64_t));
    int64_t events = (int64_t)((size - first) / sizeof(packed_event));
    for (int i = 0; i < 2; i++)
        if (start[i] >= 0 && start[i] <= start[i + 1] && start[i + 1] <= events)
            checksum[i] = inflate_crc32(0, bytes + first + (size_t)start[i] * sizeof(packed_event),
                                        (size_t)(start[i + 1] - start[i]) * sizeof(packed_event));
}

/* Two samples whose tables are there: all but sensor, tables and events is made to fit. */
static void cache_mend(uint8_t *bytes, size_t size)
{
    header h;
    int64_t start[3];
    uint32_t checksum[2] = {0};
    if (size < sizeof h + sizeof start + sizeof checksum)
        return;
    memcpy(&h, bytes, sizeof h);
    memcpy(start, bytes + sizeof h, sizeof start);
    memcpy(h.magic, magic, sizeof magic);
    h.hash = cache_hash;
    h.count = 2;
    h.events = (int64_t)(size - sizeof h - sizeof start - sizeof checksum) / 8;
    mend_samples(bytes, size, start, checksum);
    h.checksum = sum_tables(h, start, checksum);
    memcpy(bytes, &h, sizeof h);
    memcpy(bytes + sizeof h + sizeof start, checksum, sizeof checksum);
}

static void cache_read(const event_set *set)
{
    for (int64_t i = 0; i < set->count; i++) {
        const packed_event *event;
        int64_t n;
        void *owned;
        fuzz_forget();
        if (!fuzz_good(event_set_sample(set, i, &event, &n, &owned)))
            continue;
        for (int64_t k = 0; k < n; k++)
            fuzz_check(packed_x(event[k]) < set->width && packed_y(event[k]) < set->height);
        fsnn_free(owned);
    }
    for (int i = 0; i < FSNN_LEFT_OUT; i++) {
        const char *what = set->losses.left_out[i].what;
        fuzz_check(!what || strlen(what) < TEXT);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const event_reading how = {.sensor = {8, 8}};
    event_set set;
    if (!size)
        return 0;
    uint8_t *bytes = malloc(size);
    fuzz_check(bytes != NULL);
    memcpy(bytes, data + 1, size - 1);
    if (!(data[0] & 1))
        cache_mend(bytes, size - 1);
    fuzz_write(cache_file, bytes, size - 1);
    free(bytes);
    fuzz_forget();
    if (fuzz_good(event_set_cached(&cache_pieces, &how, fuzz_path("cache"), &set))) {
        fuzz_check(set.count == 2);
        cache_read(&set);
    }
    event_set_free(&set);
    return 0;
}

/* The fuzz targets of series on their corpus (tests/fuzz/series), as it is and with a few bytes
 * changed, cut or repeated, the same ones each run: no crash, and an error without a sentence
 * aborts. */
#include "data/files.h"

#include <dirent.h>

#define LLVMFuzzerTestOneInput fuzz_ts
#include "fuzz/fuzz_ts.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_wav
#include "fuzz/fuzz_wav.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_wfdb
#include "fuzz/fuzz_wfdb.c"
#undef LLVMFuzzerTestOneInput

enum { CAPACITY = 1024, CHANGES = 3000 };

static uint32_t roll(uint64_t stream, uint64_t *index, size_t sides)
{
    return fsnn_random_u32(2026, stream, (*index)++) % (uint32_t)(sides ? sides : 1);
}

static size_t change(uint64_t stream, uint64_t *index, uint8_t *bytes, size_t size)
{
    static const uint8_t telling[] = {0,   1,    0x7f, 0x80, 0xff, ',', ':',
                                      '?', '\n', '@',  '-',  '1',  'e'};
    for (uint32_t times = 1 + roll(stream, index, 3); times > 0 && size > 1; times--) {
        size_t at = roll(stream, index, size), n = 1 + roll(stream, index, 6);
        n = n < size - at ? n : size - at;
        switch (roll(stream, index, 5)) {
        case 0: /* the end is cut off */
            size = at;
            break;
        case 1: /* a piece taken out */
            memmove(bytes + at, bytes + at + n, size - at - n);
            size -= n;
            break;
        case 2: /* a piece repeated */
            if (size + n <= CAPACITY) {
                memmove(bytes + at + n, bytes + at, size - at);
                size += n;
            }
            break;
        default: /* a piece overwritten */
            for (size_t i = 0; i < n; i++)
                bytes[at + i] = telling[roll(stream, index, sizeof telling)];
        }
    }
    return size;
}

static void replay(int target(const uint8_t *, size_t), const uint8_t *valid, size_t size,
                   uint64_t stream)
{
    uint64_t index = 0;
    for (int i = 0; i < CHANGES; i++) {
        uint8_t bytes[CAPACITY];
        memcpy(bytes, valid, size);
        size_t n = i ? change(stream, &index, bytes, size) : size;
        uint8_t *exact = malloc(n ? n : 1); /* so that sanitizers see reading past the end */
        assert_non_null(exact);
        memcpy(exact, bytes, n);
        target(exact, n);
        free(exact);
    }
}

static void corpus(void **state)
{
    static const struct {
        const char *ending;
        int (*target)(const uint8_t *, size_t);
    } kind[] = {{".ts", fuzz_ts}, {".wav", fuzz_wav}, {".wfdb", fuzz_wfdb}};
    int seen[FSNN_COUNT(kind)] = {0};
    (void)state;
    DIR *dir = opendir("tests/fuzz/series");
    assert_non_null(dir);
    for (const struct dirent *entry; (entry = readdir(dir));)
        for (int i = 0; i < FSNN_COUNT(kind); i++) {
            CASE("kind[%d]", i);
            const char *dot = strrchr(entry->d_name, '.');
            char path[512];
            uint8_t *bytes;
            size_t size;
            if (!dot || strcmp(dot, kind[i].ending) != 0)
                continue;
            snprintf(path, sizeof path, "tests/fuzz/series/%s", entry->d_name);
            GOOD(fsnn_file_read(path, &bytes, &size));
            assert_true(size <= CAPACITY);
            replay(kind[i].target, bytes, size, (uint64_t)i);
            fsnn_free(bytes);
            seen[i]++;
        }
    closedir(dir);
    assert_true(seen[0] >= 3 && seen[1] >= 4 && seen[2] >= 2);
}

/* What the corpus means is read as such: a change of the formats cannot pass unseen. */
static void corpus_is_valid(void **state)
{
    static const char *const names[] = {"one.ts",  "many.ts", "none.ts",      "remarks.ts",
                                        "tabs.ts", "weka.ts", "dimensions.ts"};
    static const char *const sounds[] = {"pcm8.wav", "pcm16.wav", "float.wav", "extensible.wav"};
    char path[512];
    fsnn_series *s;
    (void)state;
    for (int i = 0; i < FSNN_COUNT(names); i++) {
        CASE("names[%d]", i);
        snprintf(path, sizeof path, "tests/fuzz/series/%s", names[i]);
        GOOD(fsnn_series_ts(path, &s));
        fsnn_series_destroy(s);
    }
    for (int i = 0; i < FSNN_COUNT(sounds); i++) {
        CASE("sounds[%d]", i);
        snprintf(path, sizeof path, "tests/fuzz/series/%s", sounds[i]);
        GOOD(fsnn_series_wav(path, NULL, &s));
        fsnn_series_destroy(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(corpus), cmocka_unit_test(corpus_is_valid)};
    return cmocka_run_group_tests_name("data/series_fuzz", tests, NULL, NULL);
}

/* The fuzz targets of recordings on the files of tests/fuzz/events, as they are and with bytes
 * changed. */
#include "data/mutate.h"

#define LLVMFuzzerTestOneInput fuzz_bin
#include "fuzz/fuzz_events_bin.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_aedat2
#include "fuzz/fuzz_events_aedat2.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_aedat3
#include "fuzz/fuzz_events_aedat3.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_aedat4
#include "fuzz/fuzz_events_aedat4.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_npz
#include "fuzz/fuzz_events_npz.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_evt2
#include "fuzz/fuzz_events_evt2.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_evt21
#include "fuzz/fuzz_events_evt21.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_evt3
#include "fuzz/fuzz_events_evt3.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_dat
#include "fuzz/fuzz_events_dat.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_es
#include "fuzz/fuzz_events_es.c"
#undef LLVMFuzzerTestOneInput

static void recordings(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int (*target)(const uint8_t *, size_t);
    } files[] = {
        {"bin.bin", fuzz_bin},
        {"overflow.bin", fuzz_bin},
        {"dvs128.aedat", fuzz_aedat2},
        {"davis.aedat", fuzz_aedat2},
        {"turn.aedat", fuzz_aedat2},
        {"packets.aedat", fuzz_aedat3},
        {"unnamed.aedat", fuzz_aedat2},
        {"plain.aedat4", fuzz_aedat4},
        {"lz4.aedat4", fuzz_aedat4},
        {"zstd.aedat4", fuzz_aedat4},
        {"streams.aedat4", fuzz_aedat4},
        {"arrays.npz", fuzz_npz},
        {"evt2.raw", fuzz_evt2},
        {"evt21.raw", fuzz_evt21},
        {"legacy21.raw", fuzz_evt21},
        {"evt3.raw", fuzz_evt3},
        {"turn3.raw", fuzz_evt3},
        {"events.dat", fuzz_dat},
        {"dvs.es", fuzz_es},
        {"generic.es", fuzz_es},
    };
    for (int i = 0; i < FSNN_COUNT(files); i++) {
        CASE("files[%d]", i);
        char path[256];
        uint8_t *bytes;
        size_t size;
        snprintf(path, sizeof path, "tests/fuzz/events/%s", files[i].name);
        GOOD(fsnn_file_read(path, &bytes, &size));
        fuzz(files[i].target, bytes, size, 100 + (uint64_t)i);
        fsnn_free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recordings),
    };
    return cmocka_run_group_tests_name("data/events_fuzz", tests, folder_open, folder_close);
}

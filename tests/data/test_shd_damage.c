/* Damaged HDF5 files, the same ones each run: cut at many places, and with bytes changed, taken out
 * and repeated. The HDF5 library may crash in its child process; here that is an error with a
 * sentence (tests/fuzz/fuzz_shd.c aborts otherwise). */
#include "data/mutate.h"

#define LLVMFuzzerTestOneInput fuzz_shd
#include "fuzz/fuzz_shd.c"
#undef LLVMFuzzerTestOneInput

enum { CUTS = 24, CHANGES = 80, OVERWRITES = 80 };

static const char *const corpus[] = {"tests/fuzz/hdf5/plain.h5", "tests/fuzz/hdf5/packed.h5",
                                     "tests/fuzz/hdf5/latest.h5", "tests/fuzz/hdf5/names.h5"};

static uint8_t *load(int which, size_t *size)
{
    uint8_t *bytes;
    GOOD(fsnn_file_read(corpus[which], &bytes, size));
    return bytes;
}

static void as_they_are(void **state)
{
    (void)state;
    for (int i = 0; i < FSNN_COUNT(corpus); i++) {
        CASE("corpus[%d]", i);
        fsnn_shd_info info;
        GOOD(fsnn_shd_survey(corpus[i], &info));
        assert_true(info.count == 3 && info.classes == 6 && info.spikes == 6 && info.units == 10);
        assert_true(info.seconds == 1.7F);
    }
}

static void cuts(void **state)
{
    (void)state;
    for (int i = 0; i < FSNN_COUNT(corpus); i++) {
        CASE("corpus[%d]", i);
        size_t size;
        uint8_t *bytes = load(i, &size);
        for (size_t k = 0; k < CUTS; k++) {
            fuzz_shd(bytes, k * size / CUTS);
            assert_true(*fsnn_error_text()); /* a file that is cut is never good */
        }
        fsnn_free(bytes);
    }
}

static void changes(void **state)
{
    (void)state;
    for (int i = 0; i < FSNN_COUNT(corpus); i++) {
        size_t size;
        uint8_t *bytes = load(i, &size);
        fuzz_times(fuzz_shd, bytes, size, (uint64_t)(20 + i), CHANGES);
        fsnn_free(bytes);
    }
}

/* Bytes where the file holds something, one or a run of up to eight, at places all over it. */
static void overwrites(void **state)
{
    (void)state;
    static uint8_t bytes[CAPACITY];
    for (int i = 0; i < FSNN_COUNT(corpus); i++) {
        size_t size;
        uint8_t *good = load(i, &size);
        dice d = dice_of((uint64_t)(30 + i));
        for (int k = 0; k < OVERWRITES; k++) {
            size_t at = roll(&d, size), n = 1 + roll(&d, 2) * roll(&d, 8);
            while (at < size - 1 && !good[at])
                at++;
            memcpy(bytes, good, size);
            for (size_t j = at; j < at + n && j < size; j++)
                bytes[j] = telling(&d);
            fuzz_shd(bytes, size);
        }
        fsnn_free(good);
    }
}

/* A file that names others, damaged: they are not opened, whatever the damage. */
static void links(void **state)
{
    (void)state;
    uint8_t *bytes;
    size_t size;
    fsnn_shd_info info;
    static const char path[] = "tests/fuzz/hdf5/links.h5";
    REFUSED(fsnn_shd_survey(path, &info), FSNN_EUNSUPPORTED, "labels is kept in another file");
    GOOD(fsnn_file_read(path, &bytes, &size));
    fuzz_times(fuzz_shd, bytes, size, 40, CHANGES);
    fsnn_free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_they_are), cmocka_unit_test(cuts),       cmocka_unit_test(changes),
        cmocka_unit_test(links),       cmocka_unit_test(overwrites),
    };
    return cmocka_run_group_tests_name("data/shd_damage", tests, folder_open, folder_close);
}

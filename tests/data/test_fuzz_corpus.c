/* The fuzz targets on valid files with a few bytes changed, cut or repeated, the same ones each
 * run: no crash, and an error without a sentence aborts. */
#include "data/files.h"
#include "data/numpy_file.h"

#include "base/base.h"

#define LLVMFuzzerTestOneInput fuzz_idx
#include "fuzz/fuzz_idx.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_graph
#include "fuzz/fuzz_graph.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_npz
#include "fuzz/fuzz_npz.c"
#undef LLVMFuzzerTestOneInput

enum { ROOM = 8192, MUTATIONS = 3000 };

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
            if (size + n <= ROOM) {
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

static void fuzz(int target(const uint8_t *, size_t), const uint8_t *valid, size_t size,
                 uint64_t stream)
{
    static uint8_t bytes[ROOM];
    dice d = {stream, 0};
    assert_true(size < ROOM);
    assert_int_equal(target(valid, size), 0);
    for (int i = 0; i < MUTATIONS; i++) {
        memcpy(bytes, valid, size);
        size_t n = mutate(&d, bytes, size);
        uint8_t *exact = malloc(n ? n : 1); /* so that sanitizers see reading past the end */
        assert_non_null(exact);
        memcpy(exact, bytes, n);
        target(exact, n);
        free(exact);
    }
}

static void idx_files(void **state)
{
    (void)state;
    uint8_t plain[1024], packed[2048];
    size_t size = files_images(plain, 3, 7, 7);
    fuzz(fuzz_idx, plain, size, 1);
    fuzz(fuzz_idx, packed, files_gzip(plain, size, packed, sizeof packed), 2);
    size = files_labels(plain, 40);
    fuzz(fuzz_idx, plain, size, 3);
}

static size_t npz_file(uint8_t *out)
{
    char path[256];
    fsnn_arrays list = {0};
    fsnn_array *x = fsnn_arrays_add(&list, "x", FSNN_F32, &FSNN_SHAPE(4, 3, 2));
    for (int i = 0; i < 24; i++)
        ((float *)x->data)[i] = (float)i;
    assert_non_null(fsnn_arrays_add(&list, "y", FSNN_I64, &FSNN_SHAPE(4)));
    assert_non_null(fsnn_arrays_add(&list, "empty", FSNN_U16, &FSNN_SHAPE(0, 3)));
    assert_good(fsnn_npz_write(files_path(path, "f.npz"), &list));
    fsnn_arrays_free(&list);
    uint8_t *bytes;
    size_t size;
    assert_good(fsnn_file_read(path, &bytes, &size));
    assert_true(size < ROOM);
    memcpy(out, bytes, size);
    fsnn_free(bytes);
    files_remove("f.npz");
    return size;
}

static void npz_files(void **state)
{
    (void)state;
    uint8_t bytes[ROOM];
    size_t size = npz_file(bytes);
    fuzz(fuzz_npz, bytes, size, 4);
    fuzz(fuzz_npz, numpy_file, sizeof numpy_file, 6);
    /* the first entry alone is a .npy file: local header of 30 bytes, name, then 128 + 96 bytes */
    fuzz(fuzz_npz, bytes + 30 + strlen("x.npy"), 128 + 96, 5);
}

static void graph_files(void **state)
{
    (void)state;
    static const char *const files[] = {"tests/fuzz/graph_corpus/coo", "tests/fuzz/graph_corpus/bits"};
    for (int i = 0; i < FSNN_COUNT(files); i++) {
        uint8_t *bytes;
        size_t size;
        assert_good(fsnn_file_read(files[i], &bytes, &size));
        fuzz(fuzz_graph, bytes, size, (uint64_t)(7 + i));
        fsnn_free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(idx_files),
        cmocka_unit_test(npz_files),
        cmocka_unit_test(graph_files),
    };
    return cmocka_run_group_tests_name("data/fuzz_corpus", tests, files_setup, files_teardown);
}

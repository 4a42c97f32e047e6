/* The fuzz targets on valid files with a few bytes changed, cut or repeated, the same ones each
 * run: no crash, and an error without a sentence aborts. */
#include "data/mutate.h"
#include "data/numpy_file.h"

#define LLVMFuzzerTestOneInput fuzz_idx
#include "fuzz/fuzz_idx.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_graph
#include "fuzz/fuzz_graph.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_graph_npz
#include "fuzz/fuzz_graph_npz.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_npz
#include "fuzz/fuzz_npz.c"
#undef LLVMFuzzerTestOneInput

static void idx_files(void **state)
{
    (void)state;
    uint8_t plain[1024], packed[2048];
    size_t size = files_images(plain, 3, 7, 7);
    fuzz(fuzz_idx, plain, size, 1);
    fuzz(fuzz_idx, plain, files_labels(plain, 40), 3);
    size = files_images(plain, 3, 7, 7);
    fuzz(fuzz_idx, packed, files_gzip(plain, size, packed, sizeof packed), 2);
}

/* The file of `list`, which is released. */
static size_t npz_of(fsnn_arrays *list, uint8_t *out)
{
    const char *path = folder_path("f.npz");
    uint8_t *bytes;
    size_t size;
    GOOD(fsnn_npz_write(path, list));
    fsnn_arrays_free(list);
    GOOD(fsnn_file_read(path, &bytes, &size));
    assert_true(size < CAPACITY);
    memcpy(out, bytes, size);
    fsnn_free(bytes);
    folder_delete("f.npz");
    return size;
}

static size_t npz_file(uint8_t *out)
{
    fsnn_arrays list = {0};
    fsnn_array *x = fsnn_arrays_add(&list, "x", FSNN_F32, &FSNN_SHAPE(4, 3, 2));
    for (int i = 0; i < 24; i++)
        ((float *)x->data)[i] = (float)i;
    assert_non_null(fsnn_arrays_add(&list, "y", FSNN_I64, &FSNN_SHAPE(4)));
    assert_non_null(fsnn_arrays_add(&list, "empty", FSNN_U16, &FSNN_SHAPE(0, 3)));
    return npz_of(&list, out);
}

static void npz_files(void **state)
{
    (void)state;
    uint8_t bytes[CAPACITY];
    size_t size = npz_file(bytes);
    fuzz(fuzz_npz, bytes, size, 4);
    fuzz(fuzz_npz, numpy_file, sizeof numpy_file, 6);
    /* "<i8" becomes "|O8": an array that is left out beside others that are not */
    uint8_t *type = memmem(bytes, size, "<i8", 3);
    assert_non_null(type);
    memcpy(type, "|O8", 3);
    fuzz(fuzz_npz, bytes, size, 10);
    /* the first entry alone is a .npy file: local header of 30 bytes, name, then 128 + 96 bytes */
    fuzz(fuzz_npz, bytes + 30 + strlen("x.npy"), 128 + 96, 5);
}

static void graph_files(void **state)
{
    (void)state;
    static const char *const files[] = {"tests/fuzz/graph_corpus/coo",
                                        "tests/fuzz/graph_corpus/bits"};
    for (int i = 0; i < FSNN_COUNT(files); i++) {
        CASE("files[%d]", i);
        uint8_t *bytes;
        size_t size;
        GOOD(fsnn_file_read(files[i], &bytes, &size));
        fuzz(fuzz_graph, bytes, size, (uint64_t)(7 + i));
        fsnn_free(bytes);
    }
}

/* Three nodes of one class in a triangle. */
static void graph_npz_files(void **state)
{
    (void)state;
    static const int32_t edges[] = {0, 1, 1, 2, 2, 0};
    uint8_t bytes[CAPACITY];
    fsnn_arrays list = {0};
    memcpy(fsnn_arrays_add(&list, "edges", FSNN_I32, &FSNN_SHAPE(3, 2))->data, edges, sizeof edges);
    assert_non_null(fsnn_arrays_add(&list, "x", FSNN_F32, &FSNN_SHAPE(3, 2)));
    assert_non_null(fsnn_arrays_add(&list, "y", FSNN_I64, &FSNN_SHAPE(3)));
    size_t size = npz_of(&list, bytes);
    fuzz(fuzz_graph_npz, bytes, size, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(idx_files),
        cmocka_unit_test(npz_files),
        cmocka_unit_test(graph_files),
        cmocka_unit_test(graph_npz_files),
    };
    return cmocka_run_group_tests_name("data/fuzz_corpus", tests, folder_open, folder_close);
}

/* IDX files: every element type, plain and gzip, and every kind of damage; the real files of the
 * MNIST family. */
#include "data/files.h"

#include "format/idx.h"

static void reads_every_type(void **state)
{
    (void)state;
    const struct {
        int code;
        fsnn_dtype dtype;
        uint8_t bytes[16];
        double expected[2];
    } type[] = {
        {0x08, FSNN_U8, {0, 255}, {0, 255}},
        {0x09, FSNN_I8, {0x80, 0x7f}, {-128, 127}},
        {0x0b, FSNN_I16, {0xff, 0xfe, 0x01, 0x00}, {-2, 256}},
        {0x0c, FSNN_I32, {0xff, 0xff, 0xff, 0xff, 0, 1, 0, 0}, {-1, 65536}},
        {0x0d, FSNN_F32, {0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0}, {1.5, -2}},
        {0x0e, FSNN_F64, {0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0}, {1.5, -2}},
    };
    for (int i = 0; i < FSNN_COUNT(type); i++) {
        CASE("type[%d]", i);
        uint8_t bytes[64];
        size_t n = files_idx_header(bytes, type[i].code, 2, (uint32_t[]){1, 2});
        size_t size = 2 * fsnn_dtype_size(type[i].dtype);
        memcpy(bytes + n, type[i].bytes, size);
        fsnn_array array;
        double x[2];
        GOOD(idx_parse("t.idx", bytes, n + size, &array));
        assert_int_equal(array.dtype, type[i].dtype);
        assert_true(fsnn_shape_equal(&array.shape, &FSNN_SHAPE(1, 2)));
        fsnn_array_to_f64(&array, x);
        assert_true(x[0] == type[i].expected[0] && x[1] == type[i].expected[1]);
        fsnn_free(array.data);
    }
}

static void reads_gzip_members(void **state)
{
    (void)state;
    uint8_t plain[256], packed[1024];
    size_t size = files_images(plain, 3, 4, 5);
    size_t n = files_gzip(plain, 11, packed, sizeof packed); /* gzip files may be concatenated */
    n += files_gzip(plain, 0, packed + n, sizeof packed - n);
    n += files_gzip(plain + 11, size - 11, packed + n, sizeof packed - n);
    fsnn_array array;
    GOOD(idx_parse("t.gz", packed, n, &array));
    assert_memory_equal(array.data, plain + 16, 60);
    fsnn_free(array.data);
}

/* Four labels in gzip, not made smaller. */
static void packed_or_what_is_missing(void **state)
{
    (void)state;
    static const uint8_t gzip[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                   0xff, 0x01, 0x0c, 0x00, 0xf3, 0xff, 0x00, 0x00, 0x08,
                                   0x01, 0x00, 0x00, 0x00, 0x04, 0x01, 0x00, 0x01, 0x03,
                                   0x86, 0x33, 0x57, 0xb2, 0x0c, 0x00, 0x00, 0x00};
    fsnn_arrays list = {0};
    folder_write("four.gz", gzip, sizeof gzip);
    const char *path = folder_path("four.gz");
    if (check_built_with("zlib")) {
        GOOD(fsnn_idx_read(path, &list));
        assert_int_equal(list.count, 1);
        assert_string_equal(list.item[0].name, "x");
        assert_true(fsnn_shape_equal(&list.item[0].shape, &FSNN_SHAPE(4)));
        assert_memory_equal(list.item[0].data, "\1\0\1\3", 4);
        fsnn_arrays_free(&list);
    } else {
        REFUSED(fsnn_idx_read(path, &list), FSNN_EUNSUPPORTED,
                "it is packed by gzip, and fsnn was built without zlib: unpack it (gunzip), or "
                "configure fsnn with -DFSNN_ZLIB=ON");
        assert_int_equal(list.count, 0);
    }
    folder_delete("four.gz");
}

static void every_truncation_is_an_error(void **state)
{
    (void)state;
    uint8_t content[256], packed[1024];
    size_t plain = files_images(content, 2, 3, 4);
    for (int gzip = 0; gzip < 2; gzip++) {
        size_t zipped = gzip ? files_gzip(content, plain, packed, sizeof packed) : 0;
        const uint8_t *file = gzip ? packed : content;
        for (size_t size = 0; size < (gzip ? zipped : plain); size++) {
            uint8_t *exact = malloc(size ? size : 1); /* so that reading on shows */
            memcpy(exact, file, size);
            fsnn_array array;
            REFUSED(idx_parse("t.idx", exact, size, &array), FSNN_EFORMAT, "t.idx");
            assert_null(array.data);
            free(exact);
        }
    }
}

static void refuses_damage(void **state)
{
    (void)state;
    uint8_t b[512], packed[1024];
    fsnn_array array;
    size_t n;
#define DAMAGED(size, words)                                                                       \
    REFUSED(idx_parse("t.idx", b, size, &array), FSNN_EFORMAT, words);                             \
    assert_null(array.data)

    n = files_images(b, 2, 3, 4);
    b[n] = 7;
    DAMAGED(n + 1, "more follows");
    DAMAGED(n - 1, "[2, 3, 4]");
    b[0] = 0x89;
    DAMAGED(n, "89 00 08 03");
    files_images(b, 2, 3, 4);
    b[2] = 0x0a;
    DAMAGED(n, "unknown IDX type 0a");
    b[2] = 8, b[3] = 0;
    DAMAGED(n, "0 dimensions");
    b[3] = 9;
    DAMAGED(n, "9 dimensions");
    files_images(b, 2, 3, 4);
    b[7] = 0;
    DAMAGED(n, "holds nothing");
    n = files_idx_header(b, 0x0e, 4, (uint32_t[]){~0U, ~0U, ~0U, ~0U});
    DAMAGED(n, "do not fit");
    n = files_idx_header(b, 0x08, 3, (uint32_t[]){60000, 28, 28});
    DAMAGED(n, "do not fit");

    /* gzip: a size nobody can pack so small, garbage behind, checksum, stream */
    size_t zipped = files_gzip(b, n, packed, sizeof packed);
    memcpy(b, packed, zipped);
    DAMAGED(zipped, "do not fit");
    n = files_images(b, 2, 3, 4);
    zipped = files_gzip(b, n, packed, sizeof packed);
    memcpy(b, packed, zipped);
    b[zipped] = 0;
    DAMAGED(zipped + 1, "not gzip");
    b[zipped - 8] ^= 1;
    DAMAGED(zipped, "data check");
    n = files_images(b, 2, 3, 4) + 3; /* three bytes too many inside the gzip data */
    zipped = files_gzip(b, n, packed, sizeof packed);
    memcpy(b, packed, zipped);
    DAMAGED(zipped, "more follows");
    n = files_images(b, 2, 3, 4) - 3;
    zipped = files_gzip(b, n, packed, sizeof packed);
    memcpy(b, packed, zipped);
    DAMAGED(zipped, "21 bytes");
}

/* ---- data sets ---- */

static void write_pair(uint32_t images, uint32_t labels, bool gzip)
{
    static uint8_t plain[4096], packed[8192];
    for (int i = 0; i < 2; i++) {
        size_t n = i ? files_labels(plain, labels) : files_images(plain, images, 4, 3);
        size_t zipped = gzip ? files_gzip(plain, n, packed, sizeof packed) : 0;
        folder_write(i ? "labels" : "images", gzip ? packed : plain, gzip ? zipped : n);
    }
}

static void makes_data_sets(void **state)
{
    (void)state;
    const char *images = folder_path("images");
    const char *labels = folder_path("labels");
    for (int gzip = 0; gzip < 2; gzip++)
        for (int labelled = 0; labelled < 2; labelled++) {
            write_pair(23, 23, gzip);
            fsnn_data *data;
            fsnn_data_info info;
            GOOD(fsnn_data_idx(images, labelled ? labels : NULL, &data));
            fsnn_data_info_get(data, &info);
            assert_int_equal(info.count, 23);
            assert_true(fsnn_shape_equal(&info.shape, &FSNN_SHAPE(1, 4, 3)));
            assert_false(info.sequence);
            assert_int_equal(info.classes, labelled ? 10 : 0);
            for (int i = 0; i < 23; i++) {
                float x[12];
                int32_t label;
                GOOD(fsnn_data_sample(data, i, x, &label));
                assert_int_equal(label, labelled ? i % 10 : -1);
                for (int j = 0; j < 12; j++)
                    assert_true(x[j] == (float)(uint8_t)(7 * (12 * i + j) + 1) / 255.0F);
            }
            fsnn_data_destroy(data);
        }
    folder_delete("images");
    folder_delete("labels");
}

static void refuses_pairs(void **state)
{
    (void)state;
    const char *images = folder_path("images");
    const char *labels = folder_path("labels");
    fsnn_data *data;
    write_pair(20, 21, false);
    FAILS(fsnn_data_idx(images, labels, &data), FSNN_EFORMAT);
    assert_null(data);
    CONTAINS(fsnn_error_text(), "21");
    CONTAINS(fsnn_error_text(), "20");
    write_pair(20, 20, false);
    REFUSED(fsnn_data_idx(labels, images, &data), FSNN_EFORMAT, "one dimension");
    REFUSED(fsnn_data_idx(images, images, &data), FSNN_EFORMAT, "labels are");
    REFUSED(fsnn_data_idx("/no/such/file", labels, &data), FSNN_EIO, "/no/such/file");
    FAILS(fsnn_data_idx(images, "/no/such/file", &data), FSNN_EIO);
    FAILS(fsnn_data_idx(folder, NULL, &data), FSNN_EIO);
    FAILS(fsnn_data_idx(NULL, NULL, &data), FSNN_EARGUMENT);
    folder_write("labels", "", 0);
    REFUSED(fsnn_data_idx(images, labels, &data), FSNN_EFORMAT, "empty");
    folder_delete("images");
    folder_delete("labels");
}

static void reads_other_images(void **state)
{
    (void)state;
    const char *path = folder_path("images");
    uint8_t b[256];
    fsnn_data *data;
    fsnn_data_info info;
    float x[6];
    size_t n = files_idx_header(b, 0x0b, 3, (uint32_t[]){1, 2, 3});
    for (int i = 0; i < 6; i++)
        b[n + 2 * (size_t)i] = 0xff, b[n + 2 * (size_t)i + 1] = (uint8_t)i;
    folder_write("images", b, n + 12);
    GOOD(fsnn_data_idx(path, NULL, &data));
    fsnn_data_info_get(data, &info);
    assert_true(fsnn_shape_equal(&info.shape, &FSNN_SHAPE(1, 2, 3)));
    GOOD(fsnn_data_sample(data, 0, x, NULL));
    for (int i = 0; i < 6; i++) /* only bytes are brought into 0..1 */
        assert_true(x[i] == (float)(i - 256));
    fsnn_data_destroy(data);
    n = files_idx_header(b, 0x08, 4, (uint32_t[]){2, 3, 1, 2});
    folder_write("images", b, n + 12);
    GOOD(fsnn_data_idx(path, NULL, &data));
    fsnn_data_info_get(data, &info);
    assert_true(fsnn_shape_equal(&info.shape, &FSNN_SHAPE(3, 1, 2)));
    fsnn_data_destroy(data);
    n = files_idx_header(b, 0x08, 8, (uint32_t[]){1, 1, 1, 1, 1, 1, 1, 1});
    folder_write("images", b, n + 1);
    REFUSED(fsnn_data_idx(path, NULL, &data), FSNN_EFORMAT, "6 dimensions");
    folder_delete("images");
}

static void survives_failing_memory(void **state)
{
    (void)state;
    const char *images = folder_path("images");
    const char *labels = folder_path("labels");
    write_pair(9, 9, true);
    fsnn_data *data = NULL;
    for (int64_t n = 1; !data; n++) {
        fsnn_alloc_fail_at(n);
        fsnn_status status = fsnn_data_idx(images, labels, &data);
        fsnn_alloc_fail_at(0);
        assert_int_equal(status, data ? FSNN_OK : FSNN_EMEMORY);
    }
    fsnn_data_destroy(data);
    folder_delete("images");
    folder_delete("labels");
}

/* ---- real files ---- */

static void count_labels(const fsnn_data *data, const int *expected)
{
    fsnn_data_info info;
    int histogram[10] = {0};
    fsnn_data_info_get(data, &info);
    assert_int_equal(info.classes, 10);
    assert_true(fsnn_shape_equal(&info.shape, &FSNN_SHAPE(1, 28, 28)));
    for (int64_t i = 0; i < info.count; i++) {
        int32_t label;
        GOOD(fsnn_data_sample(data, i, NULL, &label));
        histogram[label]++;
    }
    for (int c = 0; c < 10; c++)
        assert_int_equal(histogram[c], expected[c]);
}

static double pixel_sum(const fsnn_data *data, int64_t index)
{
    float x[784];
    double sum = 0;
    GOOD(fsnn_data_sample(data, index, x, NULL));
    for (int i = 0; i < 784; i++)
        sum += 255.0 * x[i];
    return sum;
}

#define FASHION "/usr/share/datasets/fashion-mnist/"

static void reads_fashion_mnist(void **state)
{
    (void)state;
    NEEDS("zlib");
    if (access(FASHION "train-images-idx3-ubyte.gz", R_OK) != 0) {
        print_message("skipped: no Fashion-MNIST in " FASHION "\n");
        skip();
    }
    fsnn_data *data;
    GOOD(fsnn_data_idx(FASHION "train-images-idx3-ubyte.gz", FASHION "train-labels-idx1-ubyte.gz",
                       &data));
    count_labels(data, (int[]){6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000});
    assert_float_equal(pixel_sum(data, 0), 76247, 1e-2);
    assert_float_equal(pixel_sum(data, 59999), 16684, 1e-2);
    fsnn_data_destroy(data);
    GOOD(fsnn_data_idx(FASHION "t10k-images-idx3-ubyte.gz", FASHION "t10k-labels-idx1-ubyte.gz",
                       &data));
    count_labels(data, (int[]){1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000});
    fsnn_data_destroy(data);
}

static void reads_mnist(void **state)
{
    (void)state;
    NEEDS("zlib");
    const char *root = files_data();
    char images[512], labels[512];
    snprintf(images, sizeof images, "%s/mnist-10k/images-idx3-ubyte.gz", root);
    snprintf(labels, sizeof labels, "%s/mnist-10k/labels-idx1-ubyte.gz", root);
    if (access(images, R_OK) != 0) {
        print_message("skipped: no %s\n", images);
        skip();
    }
    fsnn_data *data;
    GOOD(fsnn_data_idx(images, labels, &data));
    count_labels(data, (int[]){1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978});
    fsnn_data_destroy(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_type),
        cmocka_unit_test(reads_gzip_members),
        cmocka_unit_test(packed_or_what_is_missing),
        cmocka_unit_test(every_truncation_is_an_error),
        cmocka_unit_test(refuses_damage),
        cmocka_unit_test(makes_data_sets),
        cmocka_unit_test(refuses_pairs),
        cmocka_unit_test(reads_other_images),
        cmocka_unit_test(survives_failing_memory),
        cmocka_unit_test(reads_fashion_mnist),
        cmocka_unit_test(reads_mnist),
    };
    return cmocka_run_group_tests_name("data/idx", tests, folder_open, folder_close);
}

/* safetensors files: round trip, every check of the reader, truncations and mutations of good
 * bytes, atomic writing. */
#include "folder.h"

#include <sys/stat.h>

#include "model/safetensors.h"

static const char *path;

static int enter(void **state)
{
    if (folder_open(state))
        return -1;
    path = folder_path("w.safetensors");
    return 0;
}

static int leave(void **state)
{
    folder_delete("w.safetensors");
    return folder_close(state);
}

static void fill(fsnn_arrays *list)
{
    for (int type = FSNN_F32; type <= FSNN_BOOL; type++) {
        char name[32];
        fsnn_shape shape = FSNN_SHAPE(2, type + 1);
        snprintf(name, sizeof name, "layer%d.weight", type);
        fsnn_array *array = fsnn_arrays_add(list, name, (fsnn_dtype)type, &shape);
        uint8_t *bytes = array->data;
        size_t size = (size_t)fsnn_shape_count(&shape) * fsnn_dtype_size((fsnn_dtype)type);
        for (size_t i = 0; i < size; i++)
            bytes[i] = type == FSNN_BOOL ? i % 2 : (uint8_t)(i * 7 + (size_t)type);
    }
    fsnn_shape scalar = {0}, empty = FSNN_SHAPE(3, 0);
    *(float *)fsnn_arrays_add(list, "scalar \"quoted\" \\ \xc3\xa9\n", FSNN_F32, &scalar)->data =
        2.5f;
    fsnn_arrays_add(list, "empty", FSNN_F64, &empty);
    fsnn_arrays_meta(list, "format", "fsnn");
    fsnn_arrays_meta(list, "remark", "a \"b\"\n{}\x01");
}

static void expect_equal(const fsnn_arrays *a, const fsnn_arrays *b)
{
    assert_int_equal(a->count, b->count);
    for (int i = 0; i < a->count; i++) {
        const fsnn_array *x = &a->item[i], *y = fsnn_arrays_find(b, x->name);
        assert_non_null(y);
        assert_int_equal(x->dtype, y->dtype);
        assert_true(fsnn_shape_equal(&x->shape, &y->shape));
        size_t size = (size_t)fsnn_shape_count(&x->shape) * fsnn_dtype_size(x->dtype);
        if (size)
            assert_memory_equal(x->data, y->data, size);
    }
    assert_int_equal(a->meta_count, b->meta_count);
    for (int i = 0; i < a->meta_count; i++)
        assert_string_equal(fsnn_arrays_meta_find(b, a->meta_key[i]), a->meta_value[i]);
}

static void test_round_trip(void **state)
{
    (void)state;
    fsnn_arrays a = {0}, b = {0}, none = {0};
    fill(&a);
    GOOD(fsnn_safetensors_write(path, &a));
    fsnn_shape old = FSNN_SHAPE(1);
    fsnn_arrays_add(&b, "old", FSNN_F32, &old); /* what `out` held is released */
    GOOD(fsnn_safetensors_read(path, &b));
    expect_equal(&a, &b);
    uint8_t *bytes;
    size_t size;
    GOOD(fsnn_file_read(path, &bytes, &size));
    assert_int_equal(bytes[0] % 8, 0); /* header padded */
    fsnn_free(bytes);
    GOOD(fsnn_safetensors_write(path, &none));
    GOOD(fsnn_safetensors_read(path, &b));
    assert_int_equal(b.count, 0);
    fsnn_arrays_free(&a);
    fsnn_arrays_free(&b);
}

typedef struct bad {
    const char *header;
    int numbers; /* bytes after the header */
    const char *wanted;
} bad;

static fsnn_status parse(const char *header, size_t numbers, fsnn_arrays *out)
{
    size_t length = strlen(header), size = 8 + length + numbers;
    uint8_t *bytes = calloc(1, size);
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)((uint64_t)length >> (8 * i));
    memcpy(bytes + 8, header, length);
    fsnn_status status = safetensors_parse("w.st", bytes, size, out);
    free(bytes);
    return status;
}

#define A "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}"

static void test_checks(void **state)
{
    (void)state;
    static const bad row[] = {
        {"[]", 0, "does not begin with {"},
        {"{", 0, "the header should have 1 bytes"},
        {"{]", 0, "(in the header)"},
        {A ",}", 8, "(in the header)"},
        {"{\"a\":3}", 0, "array \"a\": its description is no JSON object"},
        {"{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "array \"a\": its dtype is missing"},
        {"{\"a\":{\"dtype\":\"F8_E5M2\",\"shape\":[2],\"data_offsets\":[0,2]}}", 2,
         "has dtype \"F8_E5M2\": readable are F32"},
        {"{\"a\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8,
         "has 8 bytes, but its shape and dtype need 4"},
        {"{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", 8, "its shape is missing"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", 8, "no length"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2.5],\"data_offsets\":[0,8]}}", 8, "no length"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[\"2\"],\"data_offsets\":[0,8]}}", 8, "no length"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,2],\"data_offsets\":[0,8]}}", 8,
         "more than 8 dimensions"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}}", 8,
         "more elements than any file"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904],\"data_offsets\":[0,0]}}", 0,
         "more elements than any file"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[18446744073709551617],\"data_offsets\":[0,0]}}", 0,
         "no length"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8, "its data_offsets are no list of two"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,9]}}", 8, "no list of two"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", 8,
         "lies at bytes 8 to 0, but the file holds 8 bytes"},
        {A "}", 7,
         "lies at bytes 0 to 8, but the file holds 7 bytes of numbers: it may be truncated"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 8,
         "has 8 bytes, but its shape and dtype need 12"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":1}}", 8,
         "a key besides dtype, shape, data_offsets"},
        {A "}", 9, "1 bytes after the last array belong to none"},
        {A ",\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}", 12,
         "array \"b\": it overlaps another array"},
        {A ",\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[12,20]}}", 20,
         "array \"b\": there is a gap before it"},
        {A ",\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[8,8]}}", 8,
         "stands here twice"},
        {"{\"__metadata__\":3}", 0, "__metadata__ is no JSON object"},
        {"{\"__metadata__\":{\"a\":3}}", 0, "__metadata__ \"a\" is no text"},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        fsnn_arrays out = {0};
        fsnn_shape old = FSNN_SHAPE(1);
        fsnn_arrays_add(&out, "old", FSNN_F32, &old);
        fsnn_status status = parse(row[i].header, (size_t)row[i].numbers, &out);
        if (status != FSNN_EFORMAT || !strstr(fsnn_error_text(), row[i].wanted) ||
            strncmp(fsnn_error_text(), "w.st:", 5) != 0)
            fail_msg("%s\ngave %d: %s\nwanted: %s", row[i].header, status, fsnn_error_text(),
                     row[i].wanted);
        assert_non_null(fsnn_arrays_find(&out, "old")); /* untouched by a failure */
        fsnn_arrays_free(&out);
    }
}

static void test_order_in_header_is_free(void **state)
{
    (void)state;
    fsnn_arrays out = {0};
    GOOD(parse("{\"b\":{\"shape\":[],\"data_offsets\":[8,12],\"dtype\":\"F32\"},\"a\":{"
               "\"dtype\":\"F64\",\"shape\":[1,1],\"data_offsets\":[0,8]}}   ",
               12, &out));
    assert_int_equal(fsnn_arrays_find(&out, "b")->shape.rank, 0);
    assert_int_equal(fsnn_arrays_find(&out, "a")->shape.rank, 2);
    fsnn_arrays_free(&out);
}

static void test_header_length(void **state)
{
    (void)state;
    fsnn_arrays out = {0};
    uint8_t bytes[16] = {0};
    for (size_t size = 0; size < 8; size++)
        FAILS(safetensors_parse("w", bytes, size, &out), FSNN_EFORMAT);
    memset(bytes, 0xff, 8);
    FAILS(safetensors_parse("w", bytes, sizeof bytes, &out), FSNN_EFORMAT);
    memset(bytes, 0, 8);
    bytes[0] = 9;
    REFUSED(safetensors_parse("w", bytes, sizeof bytes, &out), FSNN_EFORMAT,
            "the header should have 9 bytes, but 8 follow");
}

/* No prefix of a file is a file, and no changed byte may lead outside of the buffer (run with a
 * sanitizer). */
static void test_damaged(void **state)
{
    (void)state;
    fsnn_arrays a = {0};
    uint8_t *bytes;
    size_t size;
    fill(&a);
    GOOD(fsnn_safetensors_write(path, &a));
    GOOD(fsnn_file_read(path, &bytes, &size));
    for (size_t n = 0; n < size; n++) {
        fsnn_arrays out = {0};
        uint8_t *part = malloc(n + 1);
        memcpy(part, bytes, n);
        part = realloc(part, n ? n : 1); /* exact length: reading past it is seen */
        FAILS(safetensors_parse("w", part, n, &out), FSNN_EFORMAT);
        free(part);
    }
    int changed = 0;
    for (uint64_t i = 0; i < 4000; i++) {
        fsnn_arrays out = {0};
        uint8_t *copy = malloc(size);
        memcpy(copy, bytes, size);
        for (uint64_t j = 0; j < 1 + i % 3; j++) {
            uint32_t r = fsnn_random_u32(1, i, j);
            copy[r % size] = (uint8_t)(fsnn_random_u32(2, i, j) >> 8);
        }
        fsnn_status status = safetensors_parse("w", copy, size, &out);
        assert_true(status == FSNN_OK || status == FSNN_EFORMAT);
        changed += status != FSNN_OK;
        fsnn_arrays_free(&out);
        free(copy);
    }
    assert_true(changed > 1000);
    fsnn_free(bytes);
    fsnn_arrays_free(&a);
}

/* A write that fails leaves the old file as it was and nothing beside it. */
/* Numbers of two bytes become single precision, which holds each of them exactly. */
static void test_halves(void **state)
{
    (void)state;
    static const struct {
        const char *dtype;
        uint16_t bits[6];
        float wanted[6];
    } rows[] = {{"F16",
                 {0x3c00, 0xc000, 0x0001, 0x7bff, 0x8000, 0x7c00},
                 {1, -2, 0x1p-24f, 65504, -0.0f, INFINITY}},
                {"BF16",
                 {0x3f80, 0xc000, 0x0001, 0x7f7f, 0x8000, 0x7f80},
                 {1, -2, 0x1p-133f, 0x1.fep127f, -0.0f, INFINITY}}};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        CASE("rows[%zu]", r);
        uint8_t bytes[256] = {0};
        int header = snprintf((char *)bytes + 8, 200,
                              "{\"a\":{\"dtype\":\"%s\",\"shape\":[2,3],\"data_offsets\":[0,12]}}",
                              rows[r].dtype);
        bytes[0] = (uint8_t)header;
        for (int i = 0; i < 6; i++) {
            bytes[8 + header + 2 * i] = (uint8_t)rows[r].bits[i];
            bytes[9 + header + 2 * i] = (uint8_t)(rows[r].bits[i] >> 8);
        }
        fsnn_arrays list = {0};
        GOOD(safetensors_parse("w.st", bytes, (size_t)(8 + header + 12), &list));
        const fsnn_array *a = fsnn_arrays_find(&list, "a");
        assert_int_equal(a->dtype, FSNN_F32);
        assert_int_equal(fsnn_shape_count(&a->shape), 6);
        assert_memory_equal(a->data, rows[r].wanted, sizeof rows[r].wanted);
        fsnn_arrays_free(&list);
    }
}

static void test_atomic(void **state)
{
    (void)state;
    fsnn_arrays a = {0}, b = {0}, twice = {0};
    fsnn_shape one = FSNN_SHAPE(1);
    fill(&a);
    GOOD(fsnn_safetensors_write(path, &a));
    fsnn_arrays_add(&twice, "x", FSNN_F32, &one);
    fsnn_arrays_add(&twice, "x", FSNN_F32, &one);
    FAILS(fsnn_safetensors_write(path, &twice), FSNN_EARGUMENT);
    for (int n = 1; n < 4; n++) {
        fsnn_alloc_fail_at(n);
        fsnn_status status = fsnn_safetensors_write(path, &a);
        fsnn_alloc_fail_at(0);
        assert_true(status == FSNN_OK || status == FSNN_EMEMORY);
    }
    assert_int_equal(folder_count(), 1);
    GOOD(fsnn_safetensors_read(path, &b));
    expect_equal(&a, &b);
    FAILS(fsnn_safetensors_write("/nonexistent/w.safetensors", &a), FSNN_EIO);
    FAILS(fsnn_safetensors_read("/nonexistent/w.safetensors", &b), FSNN_EIO);
    FAILS(fsnn_safetensors_read(folder, &b), FSNN_EIO);
    struct stat full;
    if (stat("/dev/full", &full) == 0)
        FAILS(fsnn_safetensors_write("/dev/full", &a), FSNN_EIO);
    fsnn_arrays_free(&a);
    fsnn_arrays_free(&b);
    fsnn_arrays_free(&twice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),    cmocka_unit_test(test_checks),
        cmocka_unit_test(test_header_length), cmocka_unit_test(test_order_in_header_is_free),
        cmocka_unit_test(test_damaged),       cmocka_unit_test(test_atomic),
        cmocka_unit_test(test_halves),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}

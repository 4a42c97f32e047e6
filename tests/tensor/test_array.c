/* Lists of named arrays: append, find, metadata, conversion, failing memory. */
#include "check.h"

#include <fsnn/tensor.h>

static void appends_and_finds(void **state)
{
    (void)state;
    fsnn_arrays list = {0};
    char name[16];
    for (int i = 0; i < 37; i++) {
        snprintf(name, sizeof name, "a%d", i);
        fsnn_array *a = fsnn_arrays_add(&list, name, FSNN_I32, &FSNN_SHAPE(2, i));
        assert_non_null(a);
        for (int j = 0; j < 2 * i; j++) {
            assert_int_equal(((int32_t *)a->data)[j], 0);
            ((int32_t *)a->data)[j] = 100 * i + j;
        }
    }
    assert_int_equal(list.count, 37);
    for (int i = 0; i < 37; i++) {
        snprintf(name, sizeof name, "a%d", i);
        fsnn_array *a = fsnn_arrays_find(&list, name);
        assert_non_null(a);
        assert_int_equal(a->shape.dim[1], i);
        for (int j = 0; j < 2 * i; j++)
            assert_int_equal(((int32_t *)a->data)[j], 100 * i + j);
    }
    assert_null(fsnn_arrays_find(&list, "b"));
    assert_null(fsnn_arrays_find(&list, NULL));
    fsnn_arrays_free(&list);
    assert_int_equal(list.count, 0);
    assert_null(list.item);
    fsnn_arrays_free(&list);
    fsnn_arrays_free(NULL);
}

/* Those of callers; large ones begin at a large page. */
static void arrays(void **state)
{
    (void)state;
    static const int64_t count[] = {0, 1, 1000, 4 << 20};
    for (int c = 0; c < FSNN_COUNT(count); c++) {
        CASE("%lld numbers", (long long)count[c]);
        float *x = fsnn_alloc_array(count[c], sizeof *x);
        assert_non_null(x);
        assert_int_equal((uintptr_t)x % 64, 0);
        for (int64_t i = 0; i < count[c]; i++)
            assert_true(x[i] == 0);
        if (count[c] > 1 << 20)
            assert_int_equal((uintptr_t)x % (2 << 20), 0);
        fsnn_free_array(x);
    }
    fsnn_free_array(NULL);
    assert_null(fsnn_alloc_array(-1, 4));
    CONTAINS(fsnn_error_text(), "-1 elements of 4 bytes are no array");
    assert_null(fsnn_alloc_array(INT64_MAX, 8));
    CONTAINS(fsnn_error_text(), "memory cannot be so large");
    assert_null(fsnn_alloc_array(INT64_MAX / 8, 8));
    CONTAINS(fsnn_error_text(), "out of memory");
}

static void refuses_impossible_shapes(void **state)
{
    (void)state;
    fsnn_arrays list = {0};
    fsnn_shape bad[] = {
        {2, {3, -1}},
        {3, {INT64_C(1) << 31, INT64_C(1) << 31, 8}},
        {3, {INT64_C(1) << 62, INT64_C(1) << 62, 0}},
        {-1, {0}},
        {FSNN_MAX_RANK + 1, {1, 1, 1, 1, 1, 1, 1, 1}},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        fsnn_error_set(FSNN_OK, "%s", "");
        assert_null(fsnn_arrays_add(&list, "x", FSNN_F32, &bad[i]));
        assert_true(strlen(fsnn_error_text()) > 10);
    }
    assert_null(fsnn_arrays_add(&list, "x", (fsnn_dtype)99, &FSNN_SHAPE(1)));
    assert_null(fsnn_arrays_add(&list, NULL, FSNN_F32, &FSNN_SHAPE(1)));
    assert_int_equal(list.count, 0);
    fsnn_arrays_free(&list);
}

static void keeps_metadata(void **state)
{
    (void)state;
    fsnn_arrays list = {0};
    char key[16];
    for (int i = 0; i < 9; i++) {
        snprintf(key, sizeof key, "k%d", i);
        GOOD(fsnn_arrays_meta(&list, key, "old"));
        GOOD(fsnn_arrays_meta(&list, key, key));
    }
    assert_int_equal(list.meta_count, 9);
    assert_string_equal(fsnn_arrays_meta_find(&list, "k7"), "k7");
    assert_null(fsnn_arrays_meta_find(&list, "k9"));
    FAILS(fsnn_arrays_meta(&list, NULL, "x"), FSNN_EARGUMENT);
    fsnn_arrays_free(&list);
    assert_null(fsnn_arrays_meta_find(&list, "k7"));
}

static void converts_every_type(void **state)
{
    (void)state;
    static const double low[] = {-2.5, -2.5, -128, 0, -32768, 0, INT32_MIN, 0, -4e9, 0, 0};
    static const double high[] = {1.5,   1e-300,       127,          255, 32767,
                                  65535, 2147483520.0, 4294967040.0, 8e9, 1.8446742974197924e19,
                                  1};
    for (int type = FSNN_F32; type <= FSNN_BOOL; type++) {
        fsnn_arrays list = {0};
        fsnn_array *a = fsnn_arrays_add(&list, "x", (fsnn_dtype)type, &FSNN_SHAPE(2));
        assert_non_null(a);
        for (int i = 0; i < 2; i++) {
            double x = i ? high[type] : low[type];
            switch (type) {
#define STORE(name, c)                                                                             \
    case name:                                                                                     \
        ((c *)a->data)[i] = (c)x;                                                                  \
        break;
                STORE(FSNN_F32, float)
                STORE(FSNN_F64, double)
                STORE(FSNN_I8, int8_t)
                STORE(FSNN_U8, uint8_t)
                STORE(FSNN_I16, int16_t)
                STORE(FSNN_U16, uint16_t)
                STORE(FSNN_I32, int32_t)
                STORE(FSNN_U32, uint32_t)
                STORE(FSNN_I64, int64_t)
                STORE(FSNN_U64, uint64_t)
            default: /* any byte but 0 is true */
                ((uint8_t *)a->data)[i] = x != 0 ? 200 : 0;
            }
        }
        float f[2];
        double d[2];
        fsnn_array_to_f32(a, f);
        fsnn_array_to_f64(a, d);
        assert_true(d[0] == low[type] && d[1] == high[type]);
        assert_true(f[0] == (float)low[type] && f[1] == (float)high[type]);
        fsnn_arrays_free(&list);
    }
}

/* Every allocation in turn fails: the list stays whole, the sentence is there, nothing leaks. */
static void survives_failing_memory(void **state)
{
    (void)state;
    for (int64_t n = 1;; n++) {
        fsnn_arrays list = {0};
        fsnn_alloc_fail_at(n);
        bool good = fsnn_arrays_add(&list, "a", FSNN_F32, &FSNN_SHAPE(3)) != NULL;
        good = good && fsnn_arrays_add(&list, "b", FSNN_F32, &FSNN_SHAPE(3)) != NULL;
        good = good && fsnn_arrays_add(&list, "c", FSNN_F32, &FSNN_SHAPE(3)) != NULL;
        good = good && fsnn_arrays_meta(&list, "k", "v") == FSNN_OK;
        good = good && fsnn_arrays_meta(&list, "l", "w") == FSNN_OK;
        fsnn_alloc_fail_at(0);
        if (!good) {
            CONTAINS(fsnn_error_text(), "memory");
            assert_non_null(fsnn_arrays_add(&list, "again", FSNN_F32, &FSNN_SHAPE(3)));
            GOOD(fsnn_arrays_meta(&list, "again", "v"));
            assert_non_null(fsnn_arrays_find(&list, "again"));
        }
        fsnn_arrays_free(&list);
        if (good) {
            assert_true(n > 10);
            return;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_and_finds),       cmocka_unit_test(refuses_impossible_shapes),
        cmocka_unit_test(keeps_metadata),          cmocka_unit_test(converts_every_type),
        cmocka_unit_test(survives_failing_memory), cmocka_unit_test(arrays),
    };
    return cmocka_run_group_tests_name("tensor/array", tests, NULL, NULL);
}

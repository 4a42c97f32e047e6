/* tests/tensor/test_shape.c: shapes and element types. */
#include "check.h"

#include <fsnn/tensor.h>

static void counts(void **state)
{
    fsnn_shape image = FSNN_SHAPE(1, 28, 28), scalar = {0}, empty = FSNN_SHAPE(3, 0);

    (void)state;
    assert_int_equal(image.rank, 3);
    assert_int_equal(fsnn_shape_count(&image), 784);
    assert_int_equal(fsnn_shape_count(&scalar), 1);
    assert_int_equal(fsnn_shape_count(&empty), 0);
}

static void equality(void **state)
{
    fsnn_shape a = FSNN_SHAPE(2, 3), b = FSNN_SHAPE(2, 3), c = FSNN_SHAPE(2, 4),
               d = FSNN_SHAPE(2, 3, 1);

    (void)state;
    b.dim[5] = 99; /* beyond the rank: of no meaning */
    assert_true(fsnn_shape_equal(&a, &b));
    assert_false(fsnn_shape_equal(&a, &c));
    assert_false(fsnn_shape_equal(&a, &d));
}

static void text(void **state)
{
    fsnn_shape image = FSNN_SHAPE(1, 28, 28), scalar = {0}, line = FSNN_SHAPE(-1);
    char capacity[64], full[64];

    (void)state;
    assert_string_equal(fsnn_shape_text(&image, full, sizeof full), "[1, 28, 28]");
    assert_string_equal(fsnn_shape_text(&scalar, capacity, sizeof capacity), "[]");
    assert_string_equal(fsnn_shape_text(&line, capacity, sizeof capacity), "[-1]");
    for (size_t size = 1; size < 16; size++) { /* cut short, always ended, never beyond */
        memset(capacity, '#', sizeof capacity);
        fsnn_shape_text(&image, capacity, size);
        size_t shown = size - 1 < strlen(full) ? size - 1 : strlen(full);
        assert_int_equal(strlen(capacity), shown);
        assert_memory_equal(capacity, full, shown);
        assert_int_equal(capacity[size], '#');
    }
}

static void dtypes(void **state)
{
    (void)state;
    assert_int_equal(fsnn_dtype_size(FSNN_F32), 4);
    assert_int_equal(fsnn_dtype_size(FSNN_U16), 2);
    assert_int_equal(fsnn_dtype_size(FSNN_BOOL), 1);
    assert_string_equal(fsnn_dtype_name(FSNN_F64), "float64");
    assert_string_equal(fsnn_dtype_name(FSNN_U64), "uint64");
    assert_int_equal(fsnn_dtype_size((fsnn_dtype)99), 0);
    assert_string_equal(fsnn_dtype_name((fsnn_dtype)-1), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts),
        cmocka_unit_test(equality),
        cmocka_unit_test(text),
        cmocka_unit_test(dtypes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

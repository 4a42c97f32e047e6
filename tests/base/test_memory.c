/* tests/base/test_memory.c: aligned zeroed memory, and allocations that fail. */
#include "check.h"

static void aligned_and_zeroed(void **state)
{
    (void)state;
    for (size_t size = 0; size < 300; size += 7) {
        unsigned char *p = fsnn_alloc(size);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 64, 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
        memset(p, 255, size); /* so that recycled memory is not zero by chance */
        fsnn_free(p);
    }
    fsnn_free(NULL);
}

static void too_much_is_an_error(void **state)
{
    (void)state;
    fsnn_fail(FSNN_EIO, "before");
    assert_null(fsnn_alloc(SIZE_MAX));
    CONTAINS(fsnn_error_text(), "out of memory");
    assert_null(fsnn_alloc(SIZE_MAX / 2));
}

/* Linux would promise it and end the program when it is used. */
static void more_than_the_machine_has(void **state)
{
    (void)state;
    FILE *file = fopen("/proc/meminfo", "r");
    unsigned long long kib = 0;
    if (!file || fscanf(file, "MemTotal: %llu", &kib) != 1)
        skip();
    fclose(file);
    assert_null(fsnn_alloc((size_t)kib * 1024 + 1));
    CONTAINS(fsnn_error_text(), "out of memory");
    CONTAINS(fsnn_error_text(), "GiB are free");
}

static void growing(void **state)
{
    (void)state;
    int32_t *list = NULL;
    int64_t capacity = 0, grown = 0;
    for (int32_t n = 0; n < 5000; n++) {
        int64_t before = capacity;
        GOOD(fsnn_grow(&list, n, &capacity, n + 1, sizeof *list));
        assert_true(capacity > n &&
                    (capacity == before || (n == before && capacity >= 2 * before)));
        grown += capacity != before;
        list[n] = 3 * n;
    }
    for (int32_t n = 0; n < 5000; n++)
        assert_int_equal(list[n], 3 * n);
    assert_true(grown < 11);
    int32_t *before = list;
    int64_t had = capacity;
    fsnn_alloc_fail_at(1); /* and nothing is lost */
    FAILS(fsnn_grow(&list, 5000, &capacity, 100000, sizeof *list), FSNN_EMEMORY);
    fsnn_alloc_fail_at(0);
    REFUSED(fsnn_grow(&list, 5000, &capacity, INT64_MAX / 2, sizeof *list), FSNN_EMEMORY,
            "out of memory");
    assert_true(list == before && capacity == had && list[4999] == 3 * 4999);
    GOOD(fsnn_grow(&list, 5000, &capacity, 100000, sizeof *list));
    assert_true(capacity == 100000 && list[4999] == 3 * 4999);
    fsnn_free(list);
}

/* Memory that was used before comes back zero. */
static void large_and_zeroed(void **state)
{
    (void)state;
    for (size_t size = (1 << 20) - 5; size < (40 << 20); size = 2 * size + 77)
        for (int again = 0; again < 2; again++) {
            unsigned char *p = fsnn_alloc(size);
            assert_non_null(p);
            for (size_t i = 0; i < size; i += i < size - 5000 ? 1021 : 1)
                assert_int_equal(p[i], 0);
            memset(p, 255, size);
            fsnn_free(p);
        }
}

/* Blocks that were promised and not used yet are not promised again. */
static void promised_once(void **state)
{
    (void)state;
    enum { BLOCKS = 64 };
    FILE *file = fopen("/proc/meminfo", "r");
    unsigned long long kib = 0;
    void *p[BLOCKS] = {NULL};
    int got = 0;
    if (!file || fscanf(file, "MemTotal: %llu", &kib) != 1)
        skip();
    fclose(file);
    size_t size = (size_t)kib * 1024 / 16;
    while (got < BLOCKS && (p[got] = fsnn_alloc(size)))
        got++;
    for (int i = 0; i < got; i++)
        fsnn_free(p[i]);
    if (size >= (256 << 20))
        assert_in_range(got, 1, 16);
    p[0] = fsnn_alloc(size); /* given back, they are there again */
    assert_non_null(p[0]);
    fsnn_free(p[0]);
}

static void chosen_allocation_fails_once(void **state)
{
    void *p[4];

    (void)state;
    fsnn_alloc_fail_at(3);
    for (int i = 0; i < 4; i++)
        p[i] = fsnn_alloc(10);
    assert_int_equal(fsnn_alloc_fail_at(0), 4);
    assert_non_null(p[0]);
    assert_non_null(p[1]);
    assert_null(p[2]);
    assert_non_null(p[3]);
    for (int i = 0; i < 4; i++)
        fsnn_free(p[i]);
    assert_int_equal(fsnn_alloc_fail_at(0), 0);
}

static void strings(void **state)
{
    char *copy = fsnn_strdup("fractional"), *text = fsnn_format("%s-%03d", "lif", 7);

    (void)state;
    assert_string_equal(copy, "fractional");
    assert_string_equal(text, "lif-007");
    fsnn_free(copy);
    fsnn_free(text);

    fsnn_alloc_fail_at(1);
    assert_null(fsnn_strdup("x"));
    fsnn_alloc_fail_at(1);
    assert_null(fsnn_format("%d", 1));
    fsnn_alloc_fail_at(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aligned_and_zeroed),
        cmocka_unit_test(too_much_is_an_error),
        cmocka_unit_test(more_than_the_machine_has),
        cmocka_unit_test(growing),
        cmocka_unit_test(large_and_zeroed),
        cmocka_unit_test(promised_once),
        cmocka_unit_test(chosen_allocation_fails_once),
        cmocka_unit_test(strings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* A share of each class held out: totals, rare classes, and what has no classes. */

#include "check.h"

#include <fsnn/data.h>

enum { SAMPLES = 200, CLASSES = 4 };

/* 160 of class 0, 35 of 1, 4 of 2, 1 of 3. */
static fsnn_data *rare(void)
{
    static float x[SAMPLES];
    static int32_t label[SAMPLES];
    fsnn_data *data;
    for (int i = 0; i < SAMPLES; i++) {
        x[i] = (float)i;
        label[i] = i < 160 ? 0 : i < 195 ? 1 : i < 199 ? 2 : 3;
    }
    GOOD(fsnn_data_memory(SAMPLES, FSNN_SHAPE(1), x, label, &data));
    return data;
}

/* How many of each class; the order of the file is kept, and no sample is there twice. */
static int64_t tally(const fsnn_data *data, int64_t count[CLASSES], bool seen[SAMPLES])
{
    fsnn_data_info info;
    float before = -1, x;
    int32_t label;
    fsnn_data_info_get(data, &info);
    memset(count, 0, CLASSES * sizeof *count);
    for (int64_t i = 0; i < info.count; i++) {
        GOOD(fsnn_data_sample(data, i, &x, &label));
        assert_true(x > before);
        assert_false(seen[(int)x]);
        seen[(int)x] = true;
        before = x;
        count[label]++;
    }
    assert_int_equal(info.classes, CLASSES);
    return info.count;
}

static void each_class_has_its_share(void **state)
{
    (void)state;
    bool moved = false;
    float first = -1;
    for (uint64_t seed = 0; seed < 8; seed++) {
        fsnn_data *train = rare(), *part;
        int64_t held[CLASSES], kept[CLASSES];
        bool seen[SAMPLES] = {false};
        float x;
        GOOD(fsnn_data_split_classes(train, 0.1, seed, &part));
        assert_int_equal(tally(part, held, seen) + tally(train, kept, seen), SAMPLES);
        assert_int_equal(held[0], 16);
        assert_in_range(held[1], 3, 4);
        assert_int_equal(held[2], 1); /* 0.4 of a sample, but both parts have one */
        assert_int_equal(held[3], 0); /* the only one stays where nets learn */
        GOOD(fsnn_data_sample(part, 0, &x, NULL));
        moved = moved || (first >= 0 && x != first);
        first = x;
        fsnn_data_destroy(train);
        fsnn_data_destroy(part);
    }
    assert_true(moved);
}

static void without_classes(void **state)
{
    (void)state;
    float x[10] = {0};
    fsnn_data *data, *part;
    fsnn_data_info info;
    GOOD(fsnn_data_memory(10, FSNN_SHAPE(1), x, NULL, &data));
    GOOD(fsnn_data_split_classes(data, 0.3, 1, &part));
    fsnn_data_info_get(part, &info);
    assert_int_equal(info.count, 3);
    fsnn_data_destroy(part);
    FAILS(fsnn_data_split_classes(data, 1, 1, &part), FSNN_EARGUMENT);
    FAILS(fsnn_data_split_classes(NULL, 0.5, 1, &part), FSNN_EARGUMENT);
    fsnn_data_destroy(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_class_has_its_share),
        cmocka_unit_test(without_classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

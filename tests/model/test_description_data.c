/* The data section from file to data set: where files are looked for, splits, limits,
 * normalisation. */
#include "helper.h"

#include <sys/stat.h>

#include "folder.h"

static const char *const names[] = {"d/train.npz", "d/test.npz", "d/images",
                                    "d/labels",    "d/m.yaml",   "far/far.npz"};

/* `count` samples of two values, sample i = (i, 2 i), class i % 3. */
static void write_npz(const char *name, int count)
{
    fsnn_arrays list = {0};
    fsnn_shape x = FSNN_SHAPE(count, 2), y = FSNN_SHAPE(count);
    float *values = fsnn_arrays_add(&list, "x", FSNN_F32, &x)->data;
    int64_t *classes = fsnn_arrays_add(&list, "y", FSNN_I64, &y)->data;
    for (int i = 0; i < count; i++) {
        values[2 * i] = (float)i;
        values[2 * i + 1] = (float)(2 * i);
        classes[i] = i % 3;
    }
    GOOD(fsnn_npz_write(folder_path(name), &list));
    fsnn_arrays_free(&list);
}

static void write_idx(void)
{
    static const uint8_t images[] = {0, 0, 8, 3, 0, 0, 0,  2,   0,   0,  0,
                                     1, 0, 0, 0, 3, 0, 51, 255, 255, 51, 0};
    static const uint8_t labels[] = {0, 0, 8, 1, 0, 0, 0, 2, 1, 0};
    folder_write("d/images", images, sizeof images);
    folder_write("d/labels", labels, sizeof labels);
}

static int enter(void **state)
{
    if (folder_open(state) || mkdir(folder_path("d"), 0777) || mkdir(folder_path("far"), 0777))
        return -1;
    write_npz("d/train.npz", 40);
    write_npz("d/test.npz", 9);
    write_npz("far/far.npz", 5);
    write_idx();
    return 0;
}

static int leave(void **state)
{
    for (int i = 0; i < FSNN_COUNT(names); i++)
        folder_delete(names[i]);
    rmdir(folder_path("d"));
    rmdir(folder_path("far"));
    return folder_close(state);
}

static fsnn_description *describe(const char *data)
{
    char text[1024];
    fsnn_description *d;
    snprintf(text, sizeof text, "input: [2]\nlayers: [lif]\n" ALPHA "data: %s\n", data);
    folder_write_text("d/m.yaml", text);
    GOOD(fsnn_description_read(folder_path("d/m.yaml"), NULL, 0, &d));
    assert_true(fsnn_description_has_data(d));
    return d;
}

static int64_t count(const fsnn_data *data)
{
    fsnn_data_info info;
    fsnn_data_info_get(data, &info);
    return info.count;
}

static void test_relative_and_limits(void **state)
{
    (void)state;
    fsnn_data *train, *test;
    fsnn_description *d = describe("{kind: npz, train: train.npz, test: {path: test.npz}, limit: "
                                   "{train: 7, test: 100}, normalize: {mean: 1, deviation: 2}}");
    GOOD(fsnn_description_data(d, &train, &test));
    assert_int_equal(count(train), 7);
    assert_int_equal(count(test), 9);
    float x[2];
    int32_t label;
    GOOD(fsnn_data_sample(test, 4, x, &label));
    assert_float_equal(x[0], (4.0 - 1) / 2, 1e-6);
    assert_float_equal(x[1], (8.0 - 1) / 2, 1e-6);
    assert_int_equal(label, 1);
    fsnn_data_destroy(train);
    fsnn_data_destroy(test);
    GOOD(fsnn_description_data(d, NULL, &test));
    assert_int_equal(count(test), 9);
    fsnn_data_destroy(test);
    GOOD(fsnn_description_data(d, &train, NULL));
    assert_int_equal(count(train), 7);
    fsnn_data_destroy(train);
    fsnn_description_destroy(d);
}

/* Sets of numbers: a class of the test set must be one of the training set; the encoder must be
 * able to tell the values apart. */
static void test_classes_and_ranges(void **state)
{
    (void)state;
    fsnn_data *train, *test;
    fsnn_description *d;
    write_npz("far/far.npz", 2); /* classes 0 and 1 alone */
    d = describe("{kind: npz, train: ../far/far.npz, test: test.npz}");
    REFUSED(fsnn_description_data(d, &train, &test), FSNN_EDESCRIPTION,
            "data.test: there are samples of class 2, which no sample of the training set has");
    GOOD(fsnn_description_data(d, NULL, &test)); /* numbers need no training set */
    assert_null(fsnn_data_warning(test, 0));
    assert_null(fsnn_data_class(test, 0));
    fsnn_data_destroy(test);
    fsnn_description_destroy(d);
    write_npz("far/far.npz", 5);
    static const struct {
        const char *text, *words;
    } row[] = {
        {"encoder: {kind: rate, steps: 4}", "encoder rate: values (times gain) lie from 0 to 78"},
        {"encoder: {kind: rate, steps: 4}", "are above 1 and spike as 1 does"},
        {"encoder: {kind: rate, steps: 4}", "encoder.gain: 0.01282, or normalize: {deviation: 78}"},
        {"encoder: {kind: latency, steps: 4, gain: 0.5}", "encoder latency: values (times gain)"},
        {"encoder: {kind: rate}, normalize: {mean: 78}",
         "are below 0 and never spike; normalize: {mean: -78, deviation: 78} with gain 1"},
        {"encoder: {kind: rate, gain: 0.01282}", NULL},
        {"encoder: {kind: rate}, normalize: {deviation: 78}", NULL},
        {"encoder: {kind: direct}", NULL},
        {"encoder: {kind: delta}", NULL},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        char text[256];
        CASE("%s", row[i].text);
        snprintf(text, sizeof text, "{kind: npz, train: train.npz, %s}", row[i].text);
        d = describe(text);
        GOOD(fsnn_description_data(d, &train, NULL));
        if (row[i].words)
            CONTAINS(fsnn_data_warning(train, 0), row[i].words);
        else
            assert_null(fsnn_data_warning(train, 0));
        fsnn_data_destroy(train);
        fsnn_description_destroy(d);
    }
}

static void test_validation(void **state)
{
    (void)state;
    fsnn_data *train, *test;
    fsnn_description *d = describe("{kind: npz, train: train.npz, validation: 0.25}");
    GOOD(fsnn_description_data(d, &train, &test));
    assert_int_equal(count(train), 30);
    assert_int_equal(count(test), 10);
    fsnn_data_destroy(train);
    fsnn_data_destroy(test);
    /* the halves are the same when only one is wanted */
    GOOD(fsnn_description_data(d, NULL, &test));
    assert_int_equal(count(test), 10);
    fsnn_data_destroy(test);
    GOOD(fsnn_description_data(d, &train, NULL));
    assert_int_equal(count(train), 30);
    fsnn_data_destroy(train);
    fsnn_description_destroy(d);
    d = describe("{kind: npz, train: train.npz}");
    GOOD(fsnn_description_data(d, &train, &test));
    assert_int_equal(count(train), 40);
    assert_null(test);
    fsnn_data_destroy(train);
    fsnn_description_destroy(d);
}

static void test_idx(void **state)
{
    (void)state;
    fsnn_data *train;
    fsnn_data_info info;
    float x[3];
    fsnn_description *d = describe("{kind: idx, train: {images: images, labels: labels}}");
    GOOD(fsnn_description_data(d, &train, NULL));
    fsnn_data_info_get(train, &info);
    assert_int_equal(info.count, 2);
    assert_int_equal(info.shape.rank, 3);
    assert_int_equal(info.shape.dim[2], 3);
    GOOD(fsnn_data_sample(train, 0, x, NULL));
    assert_float_equal(x[1], 0.2, 1e-6);
    fsnn_data_destroy(train);
    fsnn_description_destroy(d);
}

static void test_elsewhere(void **state)
{
    (void)state;
    fsnn_data *train;
    char old[4096];
    const char *before = getenv("FSNN_DATA");
    snprintf(old, sizeof old, "%s", before ? before : "");
    setenv("FSNN_DATA", folder_path("far"), 1);
    fsnn_description *d = describe("{kind: npz, train: far.npz}");
    GOOD(fsnn_description_data(d, &train, NULL));
    assert_int_equal(count(train), 5);
    fsnn_data_destroy(train);
    fsnn_description_destroy(d);
    d = describe("{kind: npz, train: {path: nowhere.npz}}");
    FAILS(fsnn_description_data(d, &train, NULL), FSNN_EDESCRIPTION);
    assert_null(train);
    expect_text(fsnn_error_text(),
                "m.yaml:4:33: data.train.path: there is no file \"nowhere.npz\": "
                "looked for ",
                "a missing file");
    expect_text(fsnn_error_text(), "below FSNN_DATA, for ", "a missing file");
    fsnn_description_destroy(d);
    if (before)
        setenv("FSNN_DATA", old, 1);
    else
        unsetenv("FSNN_DATA");
    char home[512];
    snprintf(home, sizeof home, "%s", getenv("HOME") ? getenv("HOME") : "/");
    setenv("HOME", folder_path("far"), 1);
    d = describe("{kind: npz, train: ~/far.npz}");
    GOOD(fsnn_description_data(d, &train, NULL));
    fsnn_data_destroy(train);
    fsnn_description_destroy(d);
    setenv("HOME", home, 1);
    d = describe("{kind: npz, train: /nowhere/x.npz}");
    FAILS(fsnn_description_data(d, &train, NULL), FSNN_EDESCRIPTION);
    expect_text(fsnn_error_text(), "data.train: there is no file \"/nowhere/x.npz\"", "absolute");
    fsnn_description_destroy(d);
}

/* The text of a description names the same files from any folder. */
static void test_text_elsewhere(void **state)
{
    (void)state;
    char *text;
    fsnn_data *train;
    fsnn_description *again;
    fsnn_description *d = describe("{kind: npz, train: train.npz, validation: 0.5}");
    GOOD(fsnn_description_text(d, &text));
    fsnn_description_destroy(d);
    assert_int_equal(description_parse("/nowhere/x.yaml", text, strlen(text), NULL, 0, &again), 0);
    GOOD(fsnn_description_data(again, &train, NULL));
    assert_int_equal(count(train), 20);
    fsnn_data_destroy(train);
    fsnn_description_destroy(again);
    free(text);
}

/* Time stamps are one for each of the T of the samples, sequences' own or the encoder's. */
static void test_stamps(void **state)
{
    (void)state;
    static const struct {
        const char *dynamics, *data, *words;
    } row[] = {
        {"{alpha: 0.5, times: [0, 1]}", "sequence: true", NULL}, /* the npz as [40, T = 2] */
        {"{alpha: 0.5, times: [0, 1, 4]}", "encoder: {steps: 3}", NULL},
        {"{alpha: 0.5, times: [0, 1, 4]}", "sequence: true",
         "m.yaml:3:31: dynamics.times: found 3 stamps, but the sequences have T = 2 (set train): "
         "expected one for each of the T"},
        {"{alpha: 0.5, times: [0, 1]}", "encoder: {steps: 5}",
         "found 2 stamps, but encoded samples have T = 5 (set train)"},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        char text[512];
        fsnn_description *d;
        fsnn_data *train, *test;
        snprintf(text, sizeof text,
                 "input: [2]\nlayers: [lif]\ndynamics: %s\n"
                 "data: {kind: npz, train: train.npz, test: test.npz, %s}\n",
                 row[i].dynamics, row[i].data);
        folder_write_text("d/m.yaml", text);
        GOOD(fsnn_description_read(folder_path("d/m.yaml"), NULL, 0, &d));
        fsnn_sampling sampling = fsnn_description_sampling(d);
        assert_true(sampling.times && sampling.step == 1 && sampling.interpolation == FSNN_LINEAR);
        fsnn_status status = fsnn_description_data(d, &train, &test);
        assert_int_equal(status, row[i].words ? FSNN_EDESCRIPTION : FSNN_OK);
        if (row[i].words)
            expect_text(fsnn_error_text(), row[i].words, row[i].data);
        fsnn_data_destroy(train);
        fsnn_data_destroy(test);
        fsnn_description_destroy(d);
    }
    fsnn_description *d = good(INPUT ALPHA);
    assert_null(fsnn_description_sampling(d).times);
    fsnn_description_destroy(d);
}

static void test_errors(void **state)
{
    (void)state;
    fsnn_data *train, *test;
    fsnn_description *d = good(INPUT ALPHA);
    FAILS(fsnn_description_data(d, &train, &test), FSNN_EDESCRIPTION);
    expect_text(fsnn_error_text(), "there is no section \"data\"", "no data");
    fsnn_description_destroy(d);
    d = describe("{kind: npz, test: test.npz}");
    FAILS(fsnn_description_data(d, &train, &test), FSNN_EDESCRIPTION);
    expect_text(fsnn_error_text(), "has no set \"train\"", "no training set");
    GOOD(fsnn_description_data(d, NULL, &test));
    fsnn_data_destroy(test);
    fsnn_description_destroy(d);
    d = describe("{kind: npz, train: {path: train.npz, x: z}, test: test.npz}");
    FAILS(fsnn_description_data(d, &train, &test), ANY_ERROR);
    expect_text(fsnn_error_text(), "train.npz", "an array that is not there");
    assert_null(train);
    assert_null(test);
    fsnn_description_destroy(d);
    d = describe("{kind: idx, train: {images: labels, labels: images}}");
    FAILS(fsnn_description_data(d, &train, &test), FSNN_EFORMAT);
    fsnn_description_destroy(d);
    FAILS(fsnn_description_data(NULL, &train, &test), FSNN_EARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_relative_and_limits),
        cmocka_unit_test(test_classes_and_ranges),
        cmocka_unit_test(test_validation),
        cmocka_unit_test(test_idx),
        cmocka_unit_test(test_elsewhere),
        cmocka_unit_test(test_text_elsewhere),
        cmocka_unit_test(test_stamps),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}

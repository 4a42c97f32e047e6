/* Data by the text of a section alone: every kind has a name, and what is wrong has its place. */
#include "folder.h"

#include <fsnn/fsnn.h>

enum { COUNT = 40 };

static void write_samples(void)
{
    fsnn_arrays list = {0};
    fsnn_shape x = FSNN_SHAPE(COUNT, 2, 3), y = FSNN_SHAPE(COUNT);
    float *values = fsnn_arrays_add(&list, "x", FSNN_F32, &x)->data;
    int32_t *classes = fsnn_arrays_add(&list, "y", FSNN_I32, &y)->data;
    for (int i = 0; i < COUNT * 6; i++)
        values[i] = (float)i;
    for (int i = 0; i < COUNT; i++)
        classes[i] = i % 4;
    GOOD(fsnn_npz_write(folder_path("a.npz"), &list));
    fsnn_arrays_free(&list);
}

static int64_t count(const fsnn_data *data)
{
    fsnn_data_info info = {0};
    if (data)
        fsnn_data_info_get(data, &info);
    return info.count;
}

static void close_parts(fsnn_data *part[FSNN_PARTS])
{
    for (int p = 0; p < FSNN_PARTS; p++)
        fsnn_data_destroy(part[p]);
}

static void opened(void **state)
{
    static const char *const text[] = {
        "{kind: npz, train: {path: a.npz}, validation: 0.25, normalize: {mean: 1}}",
        "kind: npz\ntrain:\n  path: a.npz\nvalidation: 0.25\nnormalize: {mean: 1}\n"};
    (void)state;
    for (int i = 0; i < FSNN_COUNT(text); i++) {
        fsnn_data *part[FSNN_PARTS];
        float x[6];
        int32_t label;
        CASE("%s", text[i]);
        GOOD(fsnn_data_open(text[i], folder_path("data.yaml"), part));
        assert_int_equal(count(part[FSNN_PART_TRAIN]), 30);
        assert_int_equal(count(part[FSNN_PART_VALIDATION]), 10);
        assert_null(part[FSNN_PART_TEST]);
        GOOD(fsnn_data_sample(part[FSNN_PART_TRAIN], 0, x, &label));
        assert_true(x[1] - x[0] == 1 && (int)(x[0] + 1) % 6 == 0); /* the mean is taken off */
        close_parts(part);
    }
}

static void names(void **state)
{
    char text[64];
    int kinds = 0;
    (void)state;
    for (const char *name; (name = fsnn_data_kind_name(kinds)) != NULL; kinds++) {
        fsnn_data *part[FSNN_PARTS];
        CASE("%s", name);
        snprintf(text, sizeof text, "{kind: %s}", name);
        fsnn_status status =
            fsnn_data_open(text, NULL, part); /* it is known, and lacks its files */
        assert_int_equal(status, FSNN_EDESCRIPTION);
        assert_null(strstr(fsnn_error_text(), "did you mean"));
    }
    assert_true(kinds >= 9);
    assert_null(fsnn_data_kind_name(-1));
}

static void refused(void **state)
{
    static const struct {
        const char *text, *words;
    } wrong[] = {
        {"{kind: npx, train: {path: a.npz}}", "npx"},
        {"{kind: npz, train: {path: a.npz}, vaildation: 0.1}", "did you mean \"validation\""},
        {"{kind: npz, train: {path: b.npz}}", "there is no file \"b.npz\""},
        {"kind: npz\ntrain: {paht: a.npz}", "data.yaml:3:"},
        {"", "no section \"data\""},
        {"{kind: npz, train", "data.yaml"},
    };
    fsnn_data *part[FSNN_PARTS];
    (void)state;
    for (int i = 0; i < FSNN_COUNT(wrong); i++) {
        CASE("%s", wrong[i].text);
        fsnn_status status = fsnn_data_open(wrong[i].text, folder_path("data.yaml"), part);
        assert_int_equal(status, FSNN_EDESCRIPTION);
        if (!strstr(fsnn_error_text(), wrong[i].words))
            fail_msg("%s", fsnn_error_text());
        for (int p = 0; p < FSNN_PARTS; p++)
            assert_null(part[p]);
    }
    FAILS(fsnn_data_open(NULL, NULL, part), FSNN_EARGUMENT);
    FAILS(fsnn_data_open("{}", NULL, NULL), FSNN_EARGUMENT);
}

static int setup(void **state)
{
    if (folder_open(state))
        return -1;
    write_samples();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opened),
        cmocka_unit_test(names),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, setup, folder_remove);
}

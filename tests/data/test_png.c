/* Pictures in PNG (tests/fuzz/make_pictures.py) in folders of classes: values, classes, what is
 * refused, and damage, the same each run. */
#include "data/files.h"
#include "data/mutate.h"

#include <fsnn/events.h>

#define LLVMFuzzerTestOneInput fuzz_png
#include "fuzz/fuzz_png.c"
#undef LLVMFuzzerTestOneInput

static void run(const char *format, const char *name)
{
    char command[1500];
    snprintf(command, sizeof command, format, folder_path("set"), name, folder_path("set"));
    assert_int_equal(system(command), 0);
}

/* A picture of the corpus in the folder of a class. */
static void place(const char *class, const char *name, const char *as)
{
    char command[2000];
    const char *set = folder_path("set");
    snprintf(command, sizeof command,
             "mkdir -p %s/%s && cp tests/fuzz/pictures/%s.png %s/%s/%s.png", set, class, name, set,
             class, as);
    assert_int_equal(system(command), 0);
}

static void clear(void)
{
    run("rm -rf %s%s", "");
}

static void folders_are_classes(void **state)
{
    (void)state;
    static const float gray[] = {0, 0.2F, 0.4F, 0.6F, 0.8F, 1};
    place("cat", "gray", "10");
    place("cat", "deep", "9");
    place("dog", "alpha", "a");
    place("dog", "bits", "b");
    const fsnn_event_files files = {.path = folder_path("set")};
    fsnn_data *data;
    fsnn_data_info info;
    GOOD(fsnn_data_png(&files, &data));
    fsnn_data_info_get(data, &info);
    assert_true(info.count == 4 && info.classes == 2 && !info.sequence);
    assert_true(fsnn_shape_equal(&info.shape, &FSNN_SHAPE(1, 2, 3)));
    for (int64_t i = 0; i < 4; i++) {
        float x[6];
        int32_t label;
        GOOD(fsnn_data_sample(data, i, x, &label));
        assert_int_equal(label, i / 2);
        for (int k = 0; k < 6; k++)
            assert_true(fabsf(x[k] - gray[k]) < 1e-6F);
    }
    assert_string_equal(fsnn_data_class(data, 1), "dog");
    CONTAINS(fsnn_data_warning(data, 0), "alpha channel of 1 of 4 pictures");
    CONTAINS(fsnn_data_warning(data, 1), "1 of 4 pictures have 16 bits");
    fsnn_data_destroy(data);
    clear();
}

static void colors(void **state)
{
    (void)state;
    static const char *const names[] = {"color", "palette"};
    for (int n = 0; n < 2; n++) {
        CASE("%s", names[n]);
        char path[256];
        snprintf(path, sizeof path, "tests/fuzz/pictures/%s.png", names[n]);
        const fsnn_event_files files = {.path = path};
        fsnn_data *data;
        fsnn_data_info info;
        float x[18];
        GOOD(fsnn_data_png(&files, &data));
        fsnn_data_info_get(data, &info);
        assert_true(fsnn_shape_equal(&info.shape, &FSNN_SHAPE(3, 2, 3)));
        GOOD(fsnn_data_sample(data, 0, x, NULL));
        assert_true(x[0] == 0 && x[6] == 1 && fabsf(x[12] - 7.0F / 255) < 1e-7F);
        assert_true(fabsf(x[1] - 0.2F) < 1e-6F && fabsf(x[7] - 0.8F) < 1e-6F);
        fsnn_data_destroy(data);
    }
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *first, *second, *words;
    } row[] = {
        {"gray", "large", "has 2 rows, 4 columns and 1 channels, but"},
        {"gray", "color", "all pictures of a set are alike"},
        {"cut", "gray", "the file is damaged or cut short"},
        {"gray", "changed", "libpng cannot read it: "},
        {"signature", "gray", "libpng cannot read it: "},
        {"promised", "gray", "it has more pixels than it can hold"},
    };
    fsnn_data *data;
    const fsnn_event_files files = {.path = folder_path("set")};
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("%s, %s", row[i].first, row[i].second);
        place("a", row[i].first, "1");
        place("b", row[i].second, "2");
        REFUSED(fsnn_data_png(&files, &data), FSNN_EFORMAT, row[i].words);
        assert_null(data);
        clear();
    }
    run("mkdir -p %s/a%s && echo no picture >%s/a/x.png", "");
    REFUSED(fsnn_data_png(&files, &data), FSNN_EFORMAT, "begins with the text \"no picture\"");
    run("rm %s/a/x%s.png && touch %s/a/y.txt", "");
    REFUSED(fsnn_data_png(&files, &data), FSNN_ENOTFOUND,
            "holds no pictures; their names end in .png or .PNG");
    FAILS(fsnn_data_png(NULL, &data), FSNN_EARGUMENT);
    clear();
}

static void damage(void **state)
{
    (void)state;
    static const char *const names[] = {"gray", "color", "palette", "alpha"};
    for (int n = 0; n < FSNN_COUNT(names); n++) {
        CASE("%s", names[n]);
        char path[256];
        uint8_t *bytes;
        size_t size;
        snprintf(path, sizeof path, "tests/fuzz/pictures/%s.png", names[n]);
        GOOD(fsnn_file_read(path, &bytes, &size));
        for (size_t cut = 0; cut < size; cut += 5) {
            fuzz_png(bytes, cut);
            assert_true(*fsnn_error_text());
        }
        fuzz_times(fuzz_png, bytes, size, (uint64_t)(70 + n), 20);
        fsnn_free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_are_classes),
        cmocka_unit_test(colors),
        cmocka_unit_test(refused),
        cmocka_unit_test(damage),
    };
    return cmocka_run_group_tests_name("data/png", tests, NULL, NULL);
}

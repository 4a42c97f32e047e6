/* Frames that other programs made, a file a sample in folders of classes. */
#include "data/files.h"

#include <fsnn/events.h>

enum { T = 3, C = 2, H = 2, W = 4, SIZE = T * C * H * W };

/* A cache of SpikingJelly: `frames` of value k + i / 100, and an array beside where k is odd. */
static void cache(const char *class, const char *name, int k, int steps, fsnn_dtype dtype)
{
    char command[700], path[700];
    fsnn_arrays list = {0};
    snprintf(command, sizeof command, "mkdir -p %s/%s", folder_path("set"), class);
    assert_int_equal(system(command), 0);
    fsnn_array *a = fsnn_arrays_add(&list, "frames", dtype, &FSNN_SHAPE(steps, C, H, W));
    for (int i = 0; i < steps * C * H * W; i++) {
        if (dtype == FSNN_F32)
            ((float *)a->data)[i] = (float)k + (float)i / 100;
        else
            ((uint8_t *)a->data)[i] = (uint8_t)(k + i);
    }
    if (k % 2)
        assert_non_null(fsnn_arrays_add(&list, "label", FSNN_I32, &FSNN_SHAPE(1)));
    snprintf(path, sizeof path, "%s/%s/%s.npz", folder_path("set"), class, name);
    GOOD(fsnn_npz_write(path, &list));
    fsnn_arrays_free(&list);
}

static void clear(void)
{
    char command[700];
    snprintf(command, sizeof command, "rm -rf %s", folder_path("set"));
    assert_int_equal(system(command), 0);
}

static void folders_are_classes(void **state)
{
    (void)state;
    cache("0", "user1_0", 0, T, FSNN_F32);
    cache("1", "user1_0", 1, T, FSNN_F32);
    cache("1", "user2_0", 2, T, FSNN_U8);
    const fsnn_event_files files = {.path = folder_path("set")};
    fsnn_data *data;
    fsnn_data_info info;
    GOOD(fsnn_data_frames(&files, NULL, &data));
    fsnn_data_info_get(data, &info);
    assert_true(info.count == 3 && info.classes == 2 && info.sequence);
    assert_true(fsnn_shape_equal(&info.shape, &FSNN_SHAPE(T, C, H, W)));
    for (int64_t i = 0; i < 3; i++) {
        float x[SIZE];
        int32_t label;
        GOOD(fsnn_data_sample(data, i, x, &label));
        assert_int_equal(label, i > 0);
        for (int k = 0; k < SIZE; k++)
            assert_true(x[k] == (float)i + (i < 2 ? (float)k / 100 : (float)k));
    }
    CONTAINS(fsnn_data_warning(data, 0), "1 files hold other arrays beside frames");
    cache("1", "user2_0", 2, T + 1, FSNN_U8); /* after the set was opened */
    float x[SIZE];
    REFUSED(fsnn_data_sample(data, 2, x, NULL), FSNN_EFORMAT, "was changed while it was in use");
    fsnn_data_destroy(data);
    clear();
}

static void refused(void **state)
{
    (void)state;
    const fsnn_event_files files = {.path = folder_path("set")};
    fsnn_data *data;
    cache("a", "x", 0, T, FSNN_F32);
    cache("b", "y", 0, T + 1, FSNN_F32);
    REFUSED(fsnn_data_frames(&files, NULL, &data), FSNN_EFORMAT,
            "b/y.npz: frames has the shape [4, 2, 2, 4], but that of ");
    REFUSED(fsnn_data_frames(&files, "images", &data), FSNN_ENOTFOUND,
            "has no array images; it holds frames");
    clear();
    cache("a", "x", 0, T, FSNN_F32);
    char path[700];
    snprintf(path, sizeof path, "%s/a/x.npz", folder_path("set"));
    uint8_t *bytes;
    size_t size;
    GOOD(fsnn_file_read(path, &bytes, &size));
    for (size_t n = 0; n < size; n += 37) { /* cut anywhere */
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(bytes, 1, n, file), n);
        fclose(file);
        REFUSED(fsnn_data_frames(&files, NULL, &data), FSNN_EFORMAT, "a/x.npz");
        assert_null(data);
    }
    fsnn_free(bytes);
    clear();
    FAILS(fsnn_data_frames(NULL, NULL, &data), FSNN_EARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_are_classes),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests_name("data/frames_files", tests, NULL, NULL);
}

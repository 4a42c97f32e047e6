/* What an array of targets is: classes, a class a step, or values; and where it goes. */
#include "folder.h"

#include <fsnn/data.h>

enum { N = 4, T = 3 };

/* x [N, 2], y of that type, shape and content. */
static void write_file(fsnn_dtype dtype, fsnn_shape shape, const double *y)
{
    fsnn_arrays list = {0};
    fsnn_array *x = fsnn_arrays_add(&list, "x", FSNN_F32, &FSNN_SHAPE(N, 2));
    for (int i = 0; i < 2 * N; i++)
        ((float *)x->data)[i] = (float)i;
    fsnn_array *a = fsnn_arrays_add(&list, "y", dtype, &shape);
    for (int64_t i = 0; i < fsnn_shape_count(&shape); i++)
        if (dtype == FSNN_I64)
            ((int64_t *)a->data)[i] = (int64_t)y[i];
        else
            ((double *)a->data)[i] = y[i];
    GOOD(fsnn_npz_write(folder_path("d.npz"), &list));
    fsnn_arrays_free(&list);
}

static fsnn_data *read_file(fsnn_targets targets)
{
    fsnn_data *data;
    const fsnn_npz_options options = {.targets = targets};
    GOOD(fsnn_data_npz_open(folder_path("d.npz"), &options, &data));
    return data;
}

static const double whole[N] = {0, 2, 1, 2}, half[N] = {0, 0.5, 1, -2.25},
                    many[N * T] = {0, 1, 2, -1, 2, 2, 1, -1, 0, 0, 0, 1};

static void classes(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        CASE("case %d", i);
        write_file(i % 2 ? FSNN_I64 : FSNN_F64, FSNN_SHAPE(N), whole);
        fsnn_data *data = read_file(i / 2 ? FSNN_TARGETS_CLASSES : FSNN_TARGETS_AUTO);
        fsnn_data_info info;
        int32_t label;
        fsnn_data_info_get(data, &info);
        assert_true(info.classes == 3 && info.target.rank == 0 && info.label_steps == 1);
        GOOD(fsnn_data_sample(data, 1, NULL, &label));
        assert_int_equal(label, 2);
        FAILS(fsnn_data_values(data, 0, &(float){0}), FSNN_ENOTFOUND);
        fsnn_data_destroy(data);
    }
}

static void values(void **state)
{
    (void)state;
    write_file(FSNN_F64, FSNN_SHAPE(N), half);
    fsnn_data *data = read_file(FSNN_TARGETS_AUTO);
    fsnn_data_info info;
    float y[T];
    fsnn_data_info_get(data, &info);
    assert_true(info.classes == 0 && fsnn_shape_equal(&info.target, &FSNN_SHAPE(1)));
    GOOD(fsnn_data_values(data, 3, y));
    assert_true(y[0] == -2.25f);
    FAILS(fsnn_data_labels(data, 0, &(int32_t){0}), FSNN_ENOTFOUND);
    fsnn_data_destroy(data);
    /* whole numbers are values where that is said, and with a dimension more */
    write_file(FSNN_I64, FSNN_SHAPE(N), whole);
    data = read_file(FSNN_TARGETS_VALUES);
    GOOD(fsnn_data_values(data, 1, y));
    assert_true(y[0] == 2);
    fsnn_data_destroy(data);
    write_file(FSNN_I64, FSNN_SHAPE(N, T), many);
    data = read_file(FSNN_TARGETS_AUTO);
    fsnn_data_info_get(data, &info);
    assert_true(fsnn_shape_equal(&info.target, &FSNN_SHAPE(T)));
    GOOD(fsnn_data_values(data, 1, y));
    assert_true(y[0] == -1 && y[1] == 2 && y[2] == 2);
    fsnn_data_destroy(data);
}

static void a_class_a_step(void **state)
{
    (void)state;
    write_file(FSNN_I64, FSNN_SHAPE(N, T), many);
    fsnn_data *data = read_file(FSNN_TARGETS_CLASSES);
    fsnn_data_info info;
    int32_t label[T];
    fsnn_data_info_get(data, &info);
    assert_true(info.classes == 3 && info.label_steps == T && info.places == 1);
    GOOD(fsnn_data_labels(data, 1, label));
    assert_true(label[0] == FSNN_UNLABELLED && label[1] == 2 && label[2] == 2);
    REFUSED(fsnn_data_balance(data), FSNN_EARGUMENT, "3 classes each");
    fsnn_data_destroy(data);
}

/* A batch has the targets of its samples, in whatever order they come, after a split too. */
static void in_batches(void **state)
{
    (void)state;
    fsnn_data *data, *part;
    fsnn_loader *loader;
    fsnn_batch batch;
    float x[8], y[8][2];
    for (int i = 0; i < 8; i++) {
        x[i] = (float)i;
        y[i][0] = 10 * x[i];
        y[i][1] = -x[i];
    }
    GOOD(fsnn_data_memory(8, FSNN_SHAPE(1), x, NULL, &data));
    GOOD(fsnn_data_set_values(data, FSNN_SHAPE(2), y[0]));
    GOOD(fsnn_data_split_classes(data, 0.25, 3, &part));
    const fsnn_loader_options options = {
        .encoder = {.kind = FSNN_ENCODE_DIRECT, .steps = 2, .gain = 1},
        .batch = 4,
        .shuffle = true,
        .seed = 2};
    GOOD(fsnn_loader_create(data, &options, &loader));
    GOOD(fsnn_loader_start(loader, 1));
    int64_t seen = 0;
    while (fsnn_loader_next(loader, &batch) == 1) {
        assert_true(batch.values && !batch.labels && batch.target.dim[0] == 2);
        for (int64_t b = 0; b < batch.batch; b++, seen++)
            assert_true(batch.values[2 * b] == 10 * batch.x[b] &&
                        batch.values[2 * b + 1] == -batch.x[b]);
    }
    assert_int_equal(seen, 6);
    fsnn_loader_destroy(loader);
    fsnn_data_destroy(part);
    fsnn_data_destroy(data);
}

static int fetch(int64_t index, float *x, void *user)
{
    (void)user;
    *x = (float)index;
    return 0;
}

static void fetched(void **state)
{
    (void)state;
    const float y[N][2] = {{0, 1}, {2, 3}, {4, 5}, {6, 7}};
    fsnn_data_source source = {.count = N,
                               .shape = FSNN_SHAPE(1),
                               .fetch = fetch,
                               .targets = y[0],
                               .target = FSNN_SHAPE(2)};
    fsnn_data *data;
    float found[2];
    char one[FSNN_FINGERPRINT_SIZE], two[FSNN_FINGERPRINT_SIZE], words[256];
    GOOD(fsnn_data_fetched(&source, &data));
    GOOD(fsnn_data_values(data, 2, found));
    assert_true(found[0] == 4 && found[1] == 5);
    GOOD(fsnn_data_fingerprint(data, one));
    fsnn_data_destroy(data);
    /* other values are other data */
    const float other[N][2] = {{0, 1}, {2, 3}, {4, 5}, {6, 8}};
    source.targets = other[0];
    GOOD(fsnn_data_fetched(&source, &data));
    GOOD(fsnn_data_fingerprint(data, two));
    assert_true(fsnn_fingerprint_differs(one, two, words, sizeof words));
    fsnn_data_destroy(data);
    const int32_t labels[N] = {0};
    source.labels = labels;
    REFUSED(fsnn_data_fetched(&source, &data), FSNN_EARGUMENT, "not both");
}

static void refused(void **state)
{
    (void)state;
    const double bad[] = {NAN, INFINITY, 1e300};
    for (int i = 0; i < FSNN_COUNT(bad); i++) {
        double y[N] = {0.5, 1, 2, bad[i]};
        fsnn_data *data;
        write_file(FSNN_F64, FSNN_SHAPE(N), y);
        REFUSED(fsnn_data_npz(folder_path("d.npz"), NULL, NULL, false, &data), FSNN_EFORMAT,
                "sample 3 has");
    }
    fsnn_data *data;
    write_file(FSNN_F64, FSNN_SHAPE(N, T), (double[N * T]){0, 1, -2});
    const fsnn_npz_options steps = {.targets = FSNN_TARGETS_CLASSES};
    REFUSED(fsnn_data_npz_open(folder_path("d.npz"), &steps, &data), FSNN_EFORMAT,
            "sample 0 has the class -2");
    write_file(FSNN_F64, FSNN_SHAPE(2, T), many);
    REFUSED(fsnn_data_npz_open(folder_path("d.npz"), &steps, &data), FSNN_EFORMAT, "2 rows");
    write_file(FSNN_F64, FSNN_SHAPE(2), many);
    REFUSED(fsnn_data_npz_open(folder_path("d.npz"), &(fsnn_npz_options){0}, &data), FSNN_EFORMAT,
            "y: holds 2 rows, but ");
    REFUSED(fsnn_data_npz_open("d", &(fsnn_npz_options){.targets = (fsnn_targets)7}, &data),
            FSNN_EARGUMENT, "no targets number 7");
    const float x[N] = {0}, y[N] = {0};
    const int32_t labels[N] = {0};
    GOOD(fsnn_data_memory(N, FSNN_SHAPE(1), x, labels, &data));
    REFUSED(fsnn_data_set_values(data, FSNN_SHAPE(1), y), FSNN_EARGUMENT, "have classes already");
    fsnn_data_destroy(data);
    GOOD(fsnn_data_memory(N, FSNN_SHAPE(1), x, NULL, &data));
    REFUSED(fsnn_data_set_values(data, (fsnn_shape){0}, y), FSNN_EARGUMENT, "no such rank");
    GOOD(fsnn_data_limit(data, 2, 0));
    REFUSED(fsnn_data_set_values(data, FSNN_SHAPE(1), y), FSNN_EARGUMENT, "right after");
    fsnn_data_destroy(data);
}

static int teardown(void **state)
{
    folder_delete("d.npz");
    return folder_close(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes),    cmocka_unit_test(values),  cmocka_unit_test(a_class_a_step),
        cmocka_unit_test(in_batches), cmocka_unit_test(fetched), cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, folder_open, teardown);
}

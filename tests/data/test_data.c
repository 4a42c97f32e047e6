/* Data sets: from memory and from NPZ, normalisation, parts and limits, wrong input, failing
 * memory. */
#include "data/files.h"

/* count samples of [2, 3], value 100 i + j, class i mod 4 */
static fsnn_data *numbered(int64_t count)
{
    float *x = calloc((size_t)count * 6, sizeof *x);
    int32_t *y = calloc((size_t)count, sizeof *y);
    fsnn_data *data;
    for (int64_t i = 0; i < count * 6; i++) {
        x[i] = (float)(100 * (i / 6) + i % 6);
        y[i / 6] = (int32_t)(i / 6 % 4);
    }
    GOOD(fsnn_data_memory(count, FSNN_SHAPE(2, 3), x, y, &data));
    free(x);
    free(y);
    return data;
}

static int64_t count_of(const fsnn_data *data)
{
    fsnn_data_info info;
    fsnn_data_info_get(data, &info);
    return info.count;
}

/* Which sample of numbered() stands at `index`; all of it must belong together. */
static int64_t number_at(const fsnn_data *data, int64_t index)
{
    float x[6];
    int32_t label;
    GOOD(fsnn_data_sample(data, index, x, &label));
    int64_t number = (int64_t)x[0] / 100;
    for (int j = 0; j < 6; j++)
        assert_true(x[j] == (float)(100 * number + j));
    assert_int_equal(label, number % 4);
    return number;
}

static void copies_memory(void **state)
{
    (void)state;
    fsnn_data *data = numbered(10);
    fsnn_data_info info;
    fsnn_data_info_get(data, &info);
    assert_int_equal(info.count, 10);
    assert_int_equal(info.classes, 4);
    assert_true(fsnn_shape_equal(&info.shape, &FSNN_SHAPE(2, 3)));
    for (int i = 0; i < 10; i++)
        assert_int_equal(number_at(data, i), i);
    FAILS(fsnn_data_sample(data, 10, NULL, NULL), FSNN_EARGUMENT);
    FAILS(fsnn_data_sample(data, -1, NULL, NULL), FSNN_EARGUMENT);
    fsnn_data_destroy(data);
    float x[2] = {3, 4}, out;
    int32_t label = 7;
    GOOD(fsnn_data_memory(2, (fsnn_shape){0}, x, NULL, &data)); /* scalars, no classes */
    GOOD(fsnn_data_sample(data, 1, &out, &label));
    assert_true(out == 4 && label == -1);
    fsnn_data_info_get(data, &info);
    assert_true(fsnn_shape_equal(&info.shape, &FSNN_SHAPE(1)));
    GOOD(fsnn_data_sequence(data, FSNN_AXES_FIRST)); /* of one step */
    fsnn_data_info_get(data, &info);
    assert_true(info.sequence && fsnn_shape_equal(&info.shape, &FSNN_SHAPE(1, 1)));
    fsnn_data_destroy(data);
    fsnn_data_destroy(NULL);
}

static void refuses_memory(void **state)
{
    (void)state;
    fsnn_data *data;
    float x[4] = {0};
    FAILS(fsnn_data_memory(0, FSNN_SHAPE(2), x, NULL, &data), FSNN_EARGUMENT);
    assert_null(data);
    FAILS(fsnn_data_memory(2, FSNN_SHAPE(2), NULL, NULL, &data), FSNN_EARGUMENT);
    FAILS(fsnn_data_memory(2, FSNN_SHAPE(1, 1, 1, 1, 1, 1, 2), x, NULL, &data), FSNN_EARGUMENT);
    FAILS(fsnn_data_memory(2, FSNN_SHAPE(0), x, NULL, &data), FSNN_EARGUMENT);
    REFUSED(fsnn_data_memory(2, FSNN_SHAPE(2), x, (int32_t[]){1, -1}, &data), FSNN_EARGUMENT,
            "sample 1 has the class -1");
    assert_null(data);
}

static void normalizes(void **state)
{
    (void)state;
    fsnn_data *data = numbered(5);
    float x[6];
    GOOD(fsnn_data_normalize(data, 200, 50));
    GOOD(fsnn_data_sample(data, 3, x, NULL));
    for (int j = 0; j < 6; j++)
        assert_true(x[j] == (float)((300.0 + j - 200) / 50));
    GOOD(fsnn_data_normalize(data, 1, 0.5)); /* on top of the first */
    GOOD(fsnn_data_sample(data, 3, x, NULL));
    for (int j = 0; j < 6; j++)
        assert_float_equal(x[j], ((300.0 + j - 200) / 50 - 1) / 0.5, 1e-6);
    FAILS(fsnn_data_normalize(data, 0, 0), FSNN_EARGUMENT);
    FAILS(fsnn_data_normalize(data, 0, -1), FSNN_EARGUMENT);
    FAILS(fsnn_data_normalize(data, 1.0 / 0.0, 1), FSNN_EARGUMENT);
    fsnn_data_destroy(data);
}

static void normalizes_bytes(void **state)
{
    (void)state;
    uint8_t file[300];
    float x[256];
    fsnn_data *data;
    size_t n = files_idx_header(file, 8, 3, (uint32_t[]){1, 16, 16});
    for (int i = 0; i < 256; i++)
        file[n + (size_t)i] = (uint8_t)i;
    folder_write("images", file, n + 256);
    GOOD(fsnn_data_idx(folder_path("images"), NULL, &data));
    GOOD(fsnn_data_normalize(data, 0.2860, 0.3530));
    GOOD(fsnn_data_sample(data, 0, x, NULL));
    for (int i = 0; i < 256; i++)
        assert_true(x[i] == (float)((i / 255.0 - 0.2860) / 0.3530));
    fsnn_data_destroy(data);
    folder_delete("images");
}

static void splits(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 3; seed++) {
        fsnn_data *data = numbered(101), *again = numbered(101), *part, *other;
        GOOD(fsnn_data_split(data, 0.2, seed, &part));
        GOOD(fsnn_data_split(again, 0.2, seed, &other));
        assert_int_equal(count_of(part), 20);
        assert_int_equal(count_of(data), 81);
        bool seen[101] = {false};
        int displaced = 0;
        int64_t last = -1;
        for (int64_t i = 0; i < 101; i++) {
            const fsnn_data *side = i < 81 ? data : part, *same = i < 81 ? again : other;
            int64_t at = i < 81 ? i : i - 81, number = number_at(side, at);
            if (at == 0)
                last = -1;
            assert_true(number > last); /* the order of the file */
            last = number;
            assert_false(seen[number]);
            seen[number] = true;
            assert_int_equal(number_at(same, at), number);
            displaced += number != at;
        }
        assert_true(displaced > 20);
        fsnn_data *smaller; /* a part of a part, and destruction in any order */
        GOOD(fsnn_data_split(part, 0.5, seed, &smaller));
        fsnn_data_destroy(part);
        fsnn_data_destroy(data);
        for (int64_t i = 0; i < 10; i++)
            assert_true(seen[number_at(smaller, i)]);
        fsnn_data_info info;
        fsnn_data_info_get(smaller, &info);
        assert_int_equal(info.classes, 4);
        fsnn_data_destroy(smaller);
        fsnn_data_destroy(again);
        fsnn_data_destroy(other);
    }
}

static int ask(int64_t index, float *x, void *user)
{
    ++*(int *)user;
    x[0] = (float)index;
    x[1] = index == 4 ? NAN : 2 * (float)index;
    if (index == 1)
        return fsnn_error_set(FSNN_EIO, "the tape is torn");
    return index == 3 ? 7 : 0;
}

static void asks_for_samples(void **state)
{
    (void)state;
    int calls = 0;
    int32_t labels[] = {0, 1, 2, 0, 1}, label;
    float x[2];
    fsnn_data *data;
    fsnn_data_source source = {
        .count = 5, .shape = FSNN_SHAPE(2), .labels = labels, .fetch = ask, .user = &calls};
    assert_int_equal(fsnn_data_fetched(&source, &data), FSNN_OK);
    assert_int_equal(calls, 0);
    assert_int_equal(fsnn_data_sample(data, 2, x, &label), FSNN_OK);
    assert_int_equal(label, 2);
    assert_true(x[0] == 2 && x[1] == 4);
    assert_int_equal(fsnn_data_normalize(data, 1, 2), FSNN_OK);
    assert_int_equal(fsnn_data_sample(data, 2, x, NULL), FSNN_OK);
    assert_true(x[0] == 0.5f && x[1] == 1.5f);
    REFUSED(fsnn_data_sample(data, 1, x, NULL), FSNN_ECALLBACK, "returned -6: the tape is torn");
    FAILS(fsnn_data_sample(data, 3, x, NULL), FSNN_ECALLBACK);
    assert_string_equal(fsnn_error_text(), "sample 3 of the data: the function returned 7");
    FAILS(fsnn_data_sample(data, 4, x, NULL), FSNN_EARGUMENT);
    fsnn_data_destroy(data);
    source.fetch = NULL;
    FAILS(fsnn_data_fetched(&source, &data), FSNN_EARGUMENT);
    source.fetch = ask;
    labels[1] = -2;
    FAILS(fsnn_data_fetched(&source, &data), FSNN_EARGUMENT);
    source.shape.dim[0] = 0;
    FAILS(fsnn_data_fetched(&source, &data), FSNN_EARGUMENT);
    assert_null(data);
}

static void splits_at_the_edges(void **state)
{
    (void)state;
    fsnn_data *data = numbered(3), *part;
    FAILS(fsnn_data_split(data, 0, 1, &part), FSNN_EARGUMENT);
    assert_null(part);
    FAILS(fsnn_data_split(data, 1, 1, &part), FSNN_EARGUMENT);
    FAILS(fsnn_data_split(data, 0.0 / 0.0, 1, &part), FSNN_EARGUMENT);
    GOOD(fsnn_data_split(data, 1e-9, 1, &part)); /* at least one */
    assert_int_equal(count_of(part), 1);
    fsnn_data_destroy(part);
    GOOD(fsnn_data_split(data, 0.999, 1, &part)); /* never all */
    assert_int_equal(count_of(data), 1);
    assert_int_equal(count_of(part), 1);
    fsnn_data_destroy(part);
    FAILS(fsnn_data_split(data, 0.5, 1, &part), FSNN_EARGUMENT);
    fsnn_data_destroy(data);
}

static void limits(void **state)
{
    (void)state;
    fsnn_data *data = numbered(50), *same = numbered(50), *other = numbered(50);
    GOOD(fsnn_data_limit(data, 20, 0));
    assert_int_equal(count_of(data), 20);
    for (int i = 0; i < 20; i++)
        assert_int_equal(number_at(data, i), i);
    GOOD(fsnn_data_limit(data, 1000, 0));
    assert_int_equal(count_of(data), 20);
    FAILS(fsnn_data_limit(data, 0, 0), FSNN_EARGUMENT);
    fsnn_data_destroy(data);

    data = numbered(50);
    GOOD(fsnn_data_limit(data, 20, 7));
    GOOD(fsnn_data_limit(same, 20, 7));
    GOOD(fsnn_data_limit(other, 20, 8));
    bool seen[50] = {false};
    int equal = 0;
    for (int i = 0; i < 20; i++) {
        int64_t number = number_at(data, i);
        assert_false(seen[number]);
        seen[number] = true;
        assert_int_equal(number_at(same, i), number);
        equal += number_at(other, i) == number;
    }
    assert_true(equal < 10);
    fsnn_data_destroy(data);
    fsnn_data_destroy(same);
    fsnn_data_destroy(other);
}

/* ---- NPZ ---- */

static void write_npz(fsnn_dtype x, fsnn_dtype y, int64_t classes)
{
    fsnn_arrays list = {0};
    fsnn_array *a = fsnn_arrays_add(&list, "x", x, &FSNN_SHAPE(4, 3, 2));
    for (int i = 0; i < 24; i++)
        if (x == FSNN_F32)
            ((float *)a->data)[i] = (float)i;
        else if (x == FSNN_I16)
            ((int16_t *)a->data)[i] = (int16_t)i;
        else
            ((uint8_t *)a->data)[i] = (uint8_t)i;
    fsnn_array *b = fsnn_arrays_add(&list, "y", y, &FSNN_SHAPE(classes));
    for (int64_t i = 0; i < classes; i++)
        if (y == FSNN_I64)
            ((int64_t *)b->data)[i] = i % 3;
        else if (y == FSNN_F64)
            ((double *)b->data)[i] = (double)(i % 3);
        else
            ((uint8_t *)b->data)[i] = (uint8_t)(i % 3);
    GOOD(fsnn_npz_write(folder_path("d.npz"), &list));
    fsnn_arrays_free(&list);
}

static void reads_npz(void **state)
{
    (void)state;
    const fsnn_dtype xs[] = {FSNN_F32, FSNN_I16, FSNN_U8, FSNN_BOOL},
                     ys[] = {FSNN_I64, FSNN_F64, FSNN_U8};
    for (int i = 0; i < FSNN_COUNT(xs); i++)
        for (int j = 0; j < FSNN_COUNT(ys); j++) {
            CASE("xs[%d], j %d", i, j);
            write_npz(xs[i], ys[j], 4);
            fsnn_data *data;
            fsnn_data_info info;
            GOOD(fsnn_data_npz(folder_path("d.npz"), NULL, NULL, j == 1, &data));
            fsnn_data_info_get(data, &info);
            assert_int_equal(info.count, 4);
            assert_int_equal(info.sequence, j == 1);
            assert_int_equal(info.classes, 3);
            assert_true(fsnn_shape_equal(&info.shape, &FSNN_SHAPE(3, 2)));
            float x[6];
            int32_t label;
            GOOD(fsnn_data_sample(data, 3, x, &label));
            assert_int_equal(label, 0);
            for (int k = 0; k < 6; k++) /* integers as they are */
                assert_true(x[k] == (xs[i] == FSNN_BOOL ? 1.0F : (float)(18 + k)));
            fsnn_data_destroy(data);
        }
    folder_delete("d.npz");
}

/* Arrays beside x and y: a word, unless the user named what is meant. */
static void other_arrays_of_an_npz_are_named(void **state)
{
    (void)state;
    fsnn_arrays list = {0};
    fsnn_data *data;
    for (int i = 0; i < 4; i++)
        assert_non_null(fsnn_arrays_add(&list, (const char *[]){"x", "y", "ids", "note"}[i],
                                        FSNN_I32, &FSNN_SHAPE(4)));
    GOOD(fsnn_npz_write(folder_path("d.npz"), &list));
    fsnn_arrays_free(&list);
    GOOD(fsnn_data_npz(folder_path("d.npz"), NULL, NULL, false, &data));
    CONTAINS(fsnn_data_warning(data, 0), "arrays that are not used: ids, note");
    fsnn_data_destroy(data);
    GOOD(fsnn_data_npz(folder_path("d.npz"), "x", "ids", false, &data));
    assert_null(fsnn_data_warning(data, 0));
    fsnn_data_destroy(data);
    folder_delete("d.npz");
}

static void refuses_npz(void **state)
{
    (void)state;
    const char *path = folder_path("d.npz");
    fsnn_data *data;
    write_npz(FSNN_F32, FSNN_I64, 4);
    REFUSED(fsnn_data_npz(path, "samples", NULL, false, &data), FSNN_ENOTFOUND, "it holds x, y");
    assert_null(data);
    FAILS(fsnn_data_npz(path, "x", "labels", false, &data), FSNN_ENOTFOUND);
    FAILS(fsnn_data_npz(path, "y", "y", false, &data), FSNN_EARGUMENT);
    const fsnn_npz_options classes = {.x = "y", .y = "x", .targets = FSNN_TARGETS_CLASSES};
    REFUSED(fsnn_data_npz_open(path, &classes, &data), FSNN_EFORMAT, "[4, 3, 2]");
    write_npz(FSNN_F32, FSNN_I64, 5);
    REFUSED(fsnn_data_npz(path, NULL, NULL, false, &data), FSNN_EFORMAT, "5 classes");

    fsnn_arrays list = {0};
    fsnn_arrays_add(&list, "x", FSNN_F32, &FSNN_SHAPE(2));
    fsnn_array *y = fsnn_arrays_add(&list, "y", FSNN_F64, &FSNN_SHAPE(2));
    double wrong[] = {0.5, -1, 0.0 / 0.0, 1e12};
    for (int i = 0; i < FSNN_COUNT(wrong); i++) {
        ((double *)y->data)[1] = wrong[i];
        GOOD(fsnn_npz_write(path, &list));
        const fsnn_npz_options named = {.targets = FSNN_TARGETS_CLASSES};
        REFUSED(fsnn_data_npz_open(path, &named, &data), FSNN_EFORMAT, "sample 1 has the class");
    }
    fsnn_arrays_free(&list);
    fsnn_arrays_add(&list, "x", FSNN_F32, &FSNN_SHAPE(3, 0));
    GOOD(fsnn_npz_write(path, &list));
    REFUSED(fsnn_data_npz(path, NULL, NULL, false, &data), FSNN_EFORMAT, "holds nothing");
    fsnn_arrays_free(&list);
    fsnn_arrays_add(&list, "x", FSNN_F32, &FSNN_SHAPE(3));
    GOOD(fsnn_npz_write(path, &list));
    REFUSED(fsnn_data_npz(path, NULL, NULL, true, &data), FSNN_EFORMAT, "at least 2 dimensions");
    fsnn_arrays_free(&list);
    folder_delete("d.npz");
    FAILS(fsnn_data_npz(path, NULL, NULL, true, &data), FSNN_EIO);
}

static void survives_failing_memory(void **state)
{
    (void)state;
    const char *path = folder_path("d.npz");
    write_npz(FSNN_I16, FSNN_I64, 4);
    bool good = false;
    for (int64_t n = 1; !good; n++) {
        fsnn_data *data = NULL, *part = NULL;
        fsnn_alloc_fail_at(n);
        fsnn_status status = fsnn_data_npz(path, NULL, NULL, false, &data);
        if (status == FSNN_OK)
            status = fsnn_data_split(data, 0.5, 3, &part);
        if (status == FSNN_OK)
            status = fsnn_data_limit(data, 1, 3);
        fsnn_alloc_fail_at(0);
        good = status == FSNN_OK;
        assert_true(good || status == FSNN_EMEMORY);
        if (!good && data && !part) /* a failed split leaves all in place */
            assert_int_equal(count_of(data), 4);
        fsnn_data_destroy(data);
        fsnn_data_destroy(part);
    }
    folder_delete("d.npz");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_memory),
        cmocka_unit_test(refuses_memory),
        cmocka_unit_test(normalizes),
        cmocka_unit_test(normalizes_bytes),
        cmocka_unit_test(splits),
        cmocka_unit_test(asks_for_samples),
        cmocka_unit_test(splits_at_the_edges),
        cmocka_unit_test(limits),
        cmocka_unit_test(reads_npz),
        cmocka_unit_test(other_arrays_of_an_npz_are_named),
        cmocka_unit_test(refuses_npz),
        cmocka_unit_test(survives_failing_memory),
    };
    return cmocka_run_group_tests_name("data/data", tests, folder_open, folder_close);
}

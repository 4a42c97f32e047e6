/* Weights, states of trainings: one bit that changed is found, a newer format refused, files
 * without a checksum taken. */
#include "train/toy.h"

#include <fsnn/model.h>

static void read_both(const char *name, fsnn_arrays *list, toy_file *file)
{
    *list = (fsnn_arrays){0};
    GOOD(fsnn_safetensors_read(folder_path(name), list));
    *file = toy_read(name);
}

static bool same(const fsnn_arrays *a, const fsnn_arrays *b)
{
    bool good = a->count == b->count && a->meta_count == b->meta_count;
    for (int i = 0; i < a->count && good; i++) {
        const fsnn_array *x = &a->item[i], *y = &b->item[i];
        size_t bytes = (size_t)fsnn_shape_count(&x->shape) * fsnn_dtype_size(x->dtype);
        good = strcmp(x->name, y->name) == 0 && x->dtype == y->dtype &&
               fsnn_shape_equal(&x->shape, &y->shape) && memcmp(x->data, y->data, bytes) == 0;
    }
    for (int i = 0; i < a->meta_count && good; i++)
        good = strcmp(a->meta_key[i], b->meta_key[i]) == 0 &&
               strcmp(a->meta_value[i], b->meta_value[i]) == 0;
    return good;
}

/* One bit in each byte (FSNN_LONG: every bit): refused. */
static void flip_all(const char *name)
{
    fsnn_arrays list, now = {0};
    toy_file file;
    read_both(name, &list, &file);
    size_t step = getenv("FSNN_LONG") ? 1 : 8;
    for (size_t i = 0; i < 8 * file.size; i += step) {
        size_t bit = step == 1 ? i : i + i / 8 * 5 % 8;
        CASE("%s, bit %zu", name, bit);
        file.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        folder_write("flipped", file.data, file.size);
        FAILS(fsnn_safetensors_read(folder_path("flipped"), &now), ANY_ERROR);
        file.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    folder_write("flipped", file.data, file.size);
    GOOD(fsnn_safetensors_read(folder_path("flipped"), &now));
    assert_true(same(&list, &now));
    fsnn_arrays_free(&now);
    fsnn_arrays_free(&list);
    fsnn_free(file.data);
    folder_delete("flipped");
}

static void flips(void **state)
{
    (void)state;
    toy_options o = TOY;
    o.hidden = 8;
    fsnn_train_options options = toy_training(1);
    GOOD(toy_run(&o, &options, NULL));
    flip_all("best.safetensors");
    flip_all("last.state.safetensors");
    toy_clean();
}

/* Replaces a text in a file's header by another of its length. */
static void replace(const char *name, const char *from, const char *to)
{
    toy_file file = toy_read(name);
    size_t length = strlen(from);
    assert_int_equal(strlen(to), length);
    size_t i = 0;
    while (i + length <= file.size && memcmp(file.data + i, from, length) != 0)
        i++;
    assert_true(i + length <= file.size);
    memcpy(file.data + i, to, length);
    folder_write(name, file.data, file.size);
    fsnn_free(file.data);
}

static void write_two(fsnn_arrays *list)
{
    fsnn_shape shape = FSNN_SHAPE(2, 3);
    *list = (fsnn_arrays){0};
    for (int i = 0; i < 2; i++) {
        fsnn_array *a = fsnn_arrays_add(list, i ? "second" : "first", FSNN_F32, &shape);
        assert_non_null(a);
        for (int k = 0; k < 6; k++)
            ((float *)a->data)[k] = (float)(10 * i + k);
    }
    GOOD(fsnn_arrays_meta(list, "format", "fsnn"));
    GOOD(fsnn_safetensors_write(folder_path("two"), list));
}

/* Files that other programs, or versions before, wrote. */
static void without_checksum(void **state)
{
    (void)state;
    fsnn_arrays list, now = {0};
    write_two(&list);
    replace("two", "fsnn_crc32c", "some_crc32c");
    REFUSED(fsnn_safetensors_read(folder_path("two"), &now), FSNN_EFORMAT,
            "does not agree with its checksum"); /* it says that it should have one */
    replace("two", "fsnn_format", "some_format");
    GOOD(fsnn_safetensors_read(folder_path("two"), &now));
    assert_int_equal(now.count, 2);
    assert_float_equal(((float *)fsnn_arrays_find(&now, "second")->data)[5], 15, 0);
    /* written anew it has one, once */
    GOOD(fsnn_safetensors_write(folder_path("two"), &now));
    GOOD(fsnn_safetensors_read(folder_path("two"), &now));
    GOOD(fsnn_safetensors_write(folder_path("two"), &now));
    GOOD(fsnn_safetensors_read(folder_path("two"), &now));
    fsnn_arrays_free(&now);
    fsnn_arrays_free(&list);
    folder_delete("two");
}

static void newer(void **state)
{
    (void)state;
    fsnn_arrays list, now = {0};
    write_two(&list);
    replace("two", "\"fsnn_format\":\"1\"", "\"fsnn_format\":\"7\"");
    REFUSED(fsnn_safetensors_read(folder_path("two"), &now), FSNN_EUNSUPPORTED,
            "was written by a newer fsnn, in format 7: this one reads formats up to 1");
    fsnn_arrays_free(&list);
    folder_delete("two");
}

/* A program that lays the header out in its own way and keeps the metadata: damage to it. */
static void changed_by_others(void **state)
{
    (void)state;
    fsnn_arrays list, now = {0};
    write_two(&list);
    replace("two", "\"second\"", "\"secand\"");
    REFUSED(fsnn_safetensors_read(folder_path("two"), &now), FSNN_EFORMAT,
            "or another program changed it and kept the keys fsnn_crc32c and fsnn_format");
    fsnn_arrays_free(&list);
    folder_delete("two");
}

/* Nothing of a damaged file comes into a net, nor does training go on from one. */
static void users_of_files(void **state)
{
    (void)state;
    toy t;
    toy_options o = TOY;
    fsnn_train_options options = toy_training(1);
    GOOD(toy_run(&o, &options, NULL));
    toy_open(&t, &o);
    float before = fsnn_net_param_find(t.net, "fc1.weight")->value[3];
    for (int i = 0; i < 2; i++) {
        const char *name = i ? "last.state.safetensors" : "last.safetensors";
        toy_file file = toy_read(name);
        file.data[file.size - 5] ^= 4;
        folder_write(name, file.data, file.size);
        fsnn_free(file.data);
    }
    REFUSED(fsnn_weights_load(t.net, folder_path("last.safetensors")), FSNN_EFORMAT, "checksum");
    options.training.epochs = 2;
    options.resume = true;
    REFUSED(fsnn_train(t.net, t.train, t.test, &options, NULL), FSNN_EFORMAT, "cannot resume");
    assert_float_equal(fsnn_net_param_find(t.net, "fc1.weight")->value[3], before, 0);
    toy_close(&t);
    toy_clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flips),          cmocka_unit_test(without_checksum),
        cmocka_unit_test(newer),          cmocka_unit_test(changed_by_others),
        cmocka_unit_test(users_of_files),
    };
    return cmocka_run_group_tests(tests, folder_open, toy_teardown);
}

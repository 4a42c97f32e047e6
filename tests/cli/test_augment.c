/* Training samples are changed whether or not their order is. */
#include "shell.h"

enum { COUNT = 32, SIDE = 5 };

static const char model[] = "input: [1, 5, 5]\n"
                            "layers: [flatten, linear: {out: 2}, lif]\n"
                            "dynamics: {alpha: 0.6}\n"
                            "data: {kind: npz, train: pictures.npz, encoder: {steps: 3}}\n"
                            "training: {epochs: 1, batch: 8, seed: 3}\n";

static int start(void **state)
{
    if (shell_start(state) != 0)
        return -1;
    fsnn_arrays list = {0};
    fsnn_shape labels = FSNN_SHAPE(COUNT);
    uint32_t seed = 5;
    float *x = shell_add(&list, "x", FSNN_SHAPE(COUNT, 1, SIDE, SIDE));
    for (int i = 0; i < COUNT * SIDE * SIDE; i++)
        x[i] = (float)(3 * shell_random(&seed));
    fsnn_array *y = fsnn_arrays_add(&list, "y", FSNN_I64, &labels);
    assert_non_null(y);
    for (int i = 0; i < COUNT; i++)
        ((int64_t *)y->data)[i] = i % 2;
    shell_save(&list, "pictures.npz");
    folder_write_text("model.yaml", model);
    return 0;
}

static void in_any_order(void **state)
{
    (void)state;
    static const char *const shuffle[] = {"true", "false"};
    for (int i = 0; i < 2; i++) {
        char line[512];
        snprintf(line, sizeof line,
                 "rm -rf a b && $F train model.yaml -o a --no-figures --set data.shuffle=%s && "
                 "$F train model.yaml -o b --no-figures --set data.shuffle=%s --set "
                 "data.augment.shift=2 && ! cmp -s a/last.safetensors b/last.safetensors",
                 shuffle[i], shuffle[i]);
        shell_good(line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(in_any_order)};
    return cmocka_run_group_tests_name("augmentation", tests, start, folder_remove);
}

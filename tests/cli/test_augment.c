/* Training samples are changed whether or not their order is; those of series too. */
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

/* Kinds whose samples are series: what changes series is taken, what turns pictures is refused. */
static void of_series(void **state)
{
    (void)state;
    static const char *const changes[] = {"shift_steps=3", "mask_steps=4", "noise=0.2", "mixup=0.4",
                                          "mask_channels=1"};
    char text[4096] = "@problemName waves\n@classLabel true up down\n@data\n";
    for (int i = 0; i < 16; i++) {
        size_t used = strlen(text);
        for (int k = 0; k < 8; k++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%d", k ? "," : "",
                                     (i % 2 ? k : 8 - k) + i);
        snprintf(text + used, sizeof text - used, ":%s\n", i % 2 ? "up" : "down");
    }
    folder_write_text("waves.ts", text);
    folder_write_text(
        "waves.yaml",
        "input: [1]\n"
        "layers: [linear: {out: 4}, lif: {threshold: 0.2}, linear: {out: 2}, readout]\n"
        "dynamics: {alpha: 0.6}\n"
        "data: {kind: ts, train: waves.ts, scale: all}\n"
        "training: {epochs: 2, batch: 4, seed: 3}\n");
    shell_good("rm -rf a && $F train waves.yaml -o a --no-figures");
    for (int i = 0; i < (int)(sizeof changes / sizeof changes[0]); i++) {
        char line[512];
        snprintf(line, sizeof line,
                 "rm -rf b && $F train waves.yaml -o b --no-figures --set data.augment.%s && ! cmp "
                 "-s a/last.safetensors b/last.safetensors",
                 changes[i]);
        shell_good(line);
    }
    shell_fails("$F train waves.yaml -o c --no-figures --set data.augment.flip=0.5", 2,
                "data.augment.flip: augmentation: samples of shape [8, 1] are no pictures");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(in_any_order), cmocka_unit_test(of_series)};
    return cmocka_run_group_tests_name("augmentation", tests, start, folder_remove);
}

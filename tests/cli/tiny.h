/* tests/cli/tiny.h: a tiny network and data set that trains in a blink. */
#ifndef TESTS_TINY_H
#define TESTS_TINY_H

#include "shell.h"

static const char tiny_model[] = "name: tiny\n"
                                 "input: [6]\n"
                                 "layers:\n"
                                 "  - linear: {out: 12, name: fc1}\n"
                                 "  - lif: {name: lif1, tau: {value: 2.0, learn: true}}\n"
                                 "  - linear: {out: 3, name: fc2}\n"
                                 "  - lif: {name: lif2, tau: 2.0}\n"
                                 "dynamics: {alpha: 0.6, learn_alpha: true}\n";

static const char tiny_training[] =
    "data:\n"
    "  kind: npz\n"
    "  train: {path: train.npz}\n"
    "  test: {path: test.npz}\n"
    "  encoder: {kind: direct, steps: 6}\n"
    "training: {epochs: 3, batch: 16, seed: 5, optimizer: {kind: adam, lr: 0.02}}\n";

enum { TINY_T = 8, TINY_B = 3, TINY_IN = 6, TINY_OUT = 3 };

/* Three classes: two of the six values are large. */
static inline void tiny_data(const char *name, int count, uint32_t seed)
{
    fsnn_arrays list = {0};
    fsnn_shape labels = FSNN_SHAPE(count);
    float *x = shell_add(&list, "x", FSNN_SHAPE(count, TINY_IN));
    for (int i = 0; i < count; i++) {
        for (int j = 0; j < TINY_IN; j++)
            x[i * TINY_IN + j] = (float)(0.5 * shell_random(&seed) + (j / 2 == i % 3 ? 1.5 : 0));
    }
    fsnn_array *y = fsnn_arrays_add(&list, "y", FSNN_I64, &labels);
    assert_non_null(y);
    for (int i = 0; i < count; i++)
        ((int64_t *)y->data)[i] = i % 3;
    shell_save(&list, name);
}

/* An input [T, B, 6] for `fsnn run`. */
static inline void tiny_input(const char *name, uint32_t seed)
{
    fsnn_arrays list = {0};
    float *x = shell_add(&list, "x", FSNN_SHAPE(TINY_T, TINY_B, TINY_IN));
    for (int i = 0; i < TINY_T * TINY_B * TINY_IN; i++)
        x[i] = (float)(3 * shell_random(&seed));
    shell_save(&list, name);
}

/* model.yaml without data, tiny.yaml with data and training, and all files they need. */
static inline int tiny_start(void **state)
{
    if (shell_start(state) != 0)
        return -1;
    char text[2048];
    snprintf(text, sizeof text, "%s%s", tiny_model, tiny_training);
    folder_write_text("model.yaml", tiny_model);
    folder_write_text("tiny.yaml", text);
    tiny_data("train.npz", 96, 1);
    tiny_data("test.npz", 30, 2);
    tiny_input("x.npz", 3);
    return 0;
}

#endif

/* playground/train/digits/make.c: makes playground/train/digits.js, the network that reads drawn
 * digits and examples for it, from MNIST's files:
 *
 *     cc -O2 -Iinclude -Iplayground/train playground/train/digits/make.c playground/train/[!d]*.c \
 *         -lfsnn -lm -o make-digits
 *     ./make-digits FOLDER >playground/train/digits.js
 *
 * FOLDER has images-idx3-ubyte.gz and labels-idx1-ubyte.gz, in any order. Pictures of 28 x 28
 * become 14 x 14. Every tenth is held out, and the share of these that are read rightly is said on
 * stderr. */
#include "learn.h"

#include <fsnn/tensor.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 14, PIXELS = SIDE * SIDE, EXAMPLES = 300, ROUNDS = 240, BATCHES = 16 };
static const double gain = 2; /* as digits.js says */

static uint64_t state = 1;

static uint64_t draw(uint64_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % below;
}

static void must(int status)
{
    if (status >= 0)
        return;
    fprintf(stderr, "make-digits: %s%s\n", learn_error(), fsnn_error_text());
    exit(1);
}

static const fsnn_array *read_idx(const char *folder, const char *name, fsnn_arrays *arrays)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    must(fsnn_idx_read(path, arrays));
    return &arrays->item[0];
}

/* A pixel of the small picture: the mean of four, 0 to 1, of the image moved by [2] pixels. */
static float pixel(const unsigned char *image, int p, const int *by)
{
    int sum = 0;
    for (int corner = 0; corner < 4; corner++) {
        int x = 2 * (p % SIDE) + corner % 2 - by[0], y = 2 * (p / SIDE) + corner / 2 - by[1];
        if (x >= 0 && y >= 0 && x < 2 * SIDE && y < 2 * SIDE)
            sum += image[y * 2 * SIDE + x];
    }
    return (float)sum / (4 * 255.0f);
}

static void fill(float *to, const unsigned char *image, const int *by)
{
    for (int p = 0; p < PIXELS; p++)
        to[p] = (float)gain * pixel(image, p, by);
}

static const int still[2] = {0, 0};

/* Image i of a shuffled order; every tenth is held out. */
static int *shuffled(int count)
{
    int *order = malloc((size_t)count * sizeof *order);
    for (int i = 0; i < count; i++)
        order[i] = i;
    for (int i = count - 1; i > 0; i--) {
        int j = (int)draw((uint64_t)i + 1), other = order[i];
        order[i] = order[j];
        order[j] = other;
    }
    return order;
}

static void settings(void)
{
    double *n = learn_numbers();
    n[LEARN_HIDDEN] = 64;
    n[LEARN_LAYERS] = 1;
    n[LEARN_STEPS] = 12;
    n[LEARN_ALPHA] = 0.7;
    n[LEARN_FREE] = 1;
    n[LEARN_TAU] = 2;
    n[LEARN_RATE] = 0.003;
    n[LEARN_SEED] = 1;
}

/* Training on drawn samples, LEARN_SAMPLES at a time, each moved by up to a pixel. */
static void train(const unsigned char *images, const unsigned char *labels, const int *order,
                  int first, int count)
{
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < LEARN_SAMPLES; i++) {
            int image = order[first + (int)draw((uint64_t)(count - first))];
            const int by[] = {(int)draw(3) - 1, (int)draw(3) - 1};
            fill(learn_samples() + i * PIXELS, images + image * 4 * PIXELS, by);
            learn_labels()[i] = labels[image];
        }
        if (round == ROUNDS * 2 / 3)
            learn_numbers()[LEARN_RATE] = 0.0008;
        must(learn_train(BATCHES));
        if (round % 20 == 0)
            fprintf(stderr, "round %d: loss %.3f, alpha %.3f\n", round, learn_loss(),
                    learn_alpha(0));
    }
}

static double held_out(const unsigned char *images, const unsigned char *labels, const int *order,
                       int count)
{
    for (int i = 0; i < count; i++) {
        fill(learn_samples() + i * PIXELS, images + order[i] * 4 * PIXELS, still);
        learn_labels()[i] = labels[order[i]];
    }
    must(learn_count(count));
    return learn_accuracy();
}

/* ---- writing ---- */

static void print_base64(const unsigned char *bytes, size_t count)
{
    static const char letter[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < count; i += 3) {
        unsigned group = (unsigned)bytes[i] << 16;
        size_t left = count - i;
        group |= left > 1 ? (unsigned)bytes[i + 1] << 8 : 0;
        group |= left > 2 ? bytes[i + 2] : 0;
        putchar(letter[group >> 18]);
        putchar(letter[group >> 12 & 63]);
        putchar(left > 1 ? letter[group >> 6 & 63] : '=');
        putchar(left > 2 ? letter[group & 63] : '=');
    }
}

/* The upper halves of floats, rounded: bfloat16. The network computes with these from now on. */
static void print_weights(void)
{
    int count = learn_parameters();
    float *value = learn_parameter_values();
    unsigned char *bytes = malloc(2 * (size_t)count);
    for (int i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &value[i], sizeof bits);
        bits = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000u;
        bytes[2 * i] = bits >> 16 & 255;
        bytes[2 * i + 1] = bits >> 24;
        memcpy(&value[i], &bits, sizeof bits);
    }
    must(learn_take_parameters(count));
    printf("export const WEIGHTS = '");
    print_base64(bytes, 2 * (size_t)count);
    puts("';");
    free(bytes);
}

/* Pictures of 4 bits a pixel, two in a byte. */
static void print_examples(const unsigned char *images, const unsigned char *labels,
                           const int *order)
{
    static unsigned char bytes[EXAMPLES * PIXELS / 2];
    for (int i = 0; i < EXAMPLES * PIXELS; i++) {
        float value = pixel(images + order[i / PIXELS] * 4 * PIXELS, i % PIXELS, still);
        bytes[i / 2] |= (unsigned char)((unsigned)(15 * value + 0.5f) << 4 * (i % 2));
    }
    printf("export const LABELS = '");
    for (int i = 0; i < EXAMPLES; i++)
        putchar('0' + labels[order[i]]);
    printf("';\nexport const PICTURES = '");
    print_base64(bytes, sizeof bytes);
    puts("';");
}

int main(int count, char **argument)
{
    if (count != 2) {
        fprintf(stderr, "usage: make-digits FOLDER\n");
        return 2;
    }
    fsnn_arrays pictures = {0}, classes = {0};
    const fsnn_array *x = read_idx(argument[1], "images-idx3-ubyte.gz", &pictures);
    const unsigned char *labels = read_idx(argument[1], "labels-idx1-ubyte.gz", &classes)->data;
    const unsigned char *images = x->data;
    int all = (int)x->shape.dim[0], test = all / 10 < LEARN_SAMPLES ? all / 10 : LEARN_SAMPLES;
    int *order = shuffled(all);
    settings();
    must(learn_create(PIXELS, 10, LEARN_SAMPLES));
    train(images, labels, order, test, all);
    puts("// Made by playground/train/digits/make.c from MNIST (Y. LeCun, C. Cortes; CC BY-SA "
         "3.0): a trained network in bfloat16, "
         "and examples.");
    printf(
        "export const NETWORK = { hidden: 64, layers: 1, steps: 12, alpha: %.4f, tau: 2, learned: "
        "1 };\nexport const GAIN = %g;\n",
        0.7, gain);
    print_weights();
    print_examples(images, labels, order + test);
    fprintf(stderr, "%.1f %% of %d that were held out, alpha %.3f\n",
            100 * held_out(images, labels, order, test), test, learn_alpha(0));
    free(order);
    fsnn_arrays_free(&pictures);
    fsnn_arrays_free(&classes);
    return 0;
}

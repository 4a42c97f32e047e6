/* Made data for the ladder: ladder_data DIRECTORY writes train.npz, test.npz and x.npz there. */
#include <fsnn/fsnn.h>

#include <stdio.h>
#include <string.h>

enum { WIDTH = 6, CLASSES = 3, STEPS = 6 };

static int write(const char *directory, const char *name, int64_t count, int64_t steps)
{
    char path[4096];
    float x[128 * WIDTH];
    int64_t y[128];
    for (int64_t i = 0; i < count; i++) {
        y[i] = i % CLASSES;
        for (int j = 0; j < WIDTH; j++)
            x[i * WIDTH + j] = (float)((i * 31 + j * 17) % 19) / 19.0f + (j / 2 == y[i] ? 1 : 0);
    }
    fsnn_shape rows = FSNN_SHAPE(count, WIDTH), labels = FSNN_SHAPE(count),
               stream = FSNN_SHAPE(steps, 1, WIDTH);
    fsnn_arrays list = {0};
    memcpy(fsnn_arrays_add(&list, "x", FSNN_F32, steps ? &stream : &rows)->data, x,
           (size_t)count * WIDTH * sizeof *x);
    if (!steps)
        memcpy(fsnn_arrays_add(&list, "y", FSNN_I64, &labels)->data, y, (size_t)count * sizeof *y);
    snprintf(path, sizeof path, "%s/%s", directory, name);
    fsnn_status status = fsnn_npz_write(path, &list);
    if (status)
        fprintf(stderr, "%s\n", fsnn_error_text());
    fsnn_arrays_free(&list);
    return status != FSNN_OK;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    return write(argv[1], "train.npz", 96, 0) || write(argv[1], "test.npz", 30, 0) ||
           write(argv[1], "x.npz", STEPS, STEPS);
}

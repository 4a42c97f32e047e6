/* tests/fuzz/fuzz_data_npz.c: a data set of an NPZ or .npy file of any bytes: as samples, or (an
 * odd first byte) as sequences; and what its headers say alone. */
#include "fuzz.h"

#include <fsnn/data.h>

#include <math.h>

static void seed(int argc, char **argv, const char *name, fsnn_dtype x, fsnn_dtype y,
                 const fsnn_shape *shape)
{
    fsnn_arrays list = {0};
    uint8_t *bytes;
    size_t size;
    fsnn_array *samples = fsnn_arrays_add(&list, "x", x, shape);
    fuzz_check(samples && fsnn_arrays_add(&list, "y", y, &FSNN_SHAPE(shape->dim[0])));
    fuzz_check(!fsnn_npz_write(fuzz_path(name), &list));
    fuzz_check(!fsnn_file_read(fuzz_path(name), &bytes, &size));
    uint8_t *whole = malloc(size + 1);
    fuzz_check(whole != NULL);
    whole[0] = shape->rank > 2;
    memcpy(whole + 1, bytes, size);
    fuzz_seed(argc, argv, name, whole, size + 1);
    free(whole);
    fsnn_free(bytes);
    fsnn_arrays_free(&list);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    seed(*argc, *argv, "floats", FSNN_F32, FSNN_I64, &FSNN_SHAPE(3, 2));
    seed(*argc, *argv, "bytes", FSNN_U8, FSNN_F64, &FSNN_SHAPE(2, 3, 2));
    seed(*argc, *argv, "bits", FSNN_BOOL, FSNN_U16, &FSNN_SHAPE(4, 1, 2, 2));
    return 0;
}

static void use(const fsnn_data *data)
{
    fsnn_data_info info;
    fsnn_data_info_get(data, &info);
    fuzz_check(info.count >= 1);
    int64_t n = fsnn_shape_count(&info.shape);
    float *x = malloc((size_t)n * sizeof *x);
    fuzz_check(x != NULL);
    for (int64_t i = 0; i < info.count && i < 64; i++) {
        int32_t label;
        fuzz_check(!fsnn_data_sample(data, i, x, &label));
        fuzz_check(label >= -1 && label < (info.classes > 0 ? info.classes : 1));
        for (int64_t k = 0; k < n; k++)
            fuzz_check(isfinite(x[k]));
    }
    free(x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fsnn_data *set = NULL;
    fsnn_arrays list = {0};
    if (!size)
        return 0;
    const char *path = fuzz_file("data.npz", data + 1, size - 1);
    fuzz_forget();
    if (fuzz_good(fsnn_data_npz(path, NULL, NULL, data[0] & 1, &set)))
        use(set);
    fsnn_data_destroy(set);
    fuzz_forget();
    (void)fuzz_good(fsnn_npz_headers(path, &list));
    fsnn_arrays_free(&list);
    return 0;
}

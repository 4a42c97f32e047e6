/* cli/look/inspect_arrays.c: names, types, shapes and ranges of the arrays in a safetensors, NPZ or
 * NPY file. */
#include "cli/look/inspect.h"

#include <math.h>
#include <stdlib.h>

typedef struct range {
    double min, mean, max;
    int64_t strange; /* NaN or infinite */
} range;

static range range_of(const fsnn_array *array)
{
    int64_t count = fsnn_shape_count(&array->shape), good = 0;
    range r = {INFINITY, 0, -INFINITY, 0};
    double *x = cli_allocate((size_t)count, sizeof *x), sum = 0;
    fsnn_array_to_f64(array, x);
    for (int64_t i = 0; i < count; i++) {
        if (!isfinite(x[i])) {
            r.strange++;
            continue;
        }
        good++;
        sum += x[i];
        r.min = fmin(r.min, x[i]);
        r.max = fmax(r.max, x[i]);
    }
    r.mean = good ? sum / (double)good : NAN;
    free(x);
    return r;
}

static void print_array(const fsnn_array *array)
{
    char shape[96];
    range r = range_of(array);
    fsnn_shape_text(&array->shape, shape, sizeof shape);
    printf("%-22s %-8s %-18s", array->name, fsnn_dtype_name(array->dtype), shape);
    if (isfinite(r.mean))
        printf(" %9.4g %9.4g %9.4g", r.min, r.mean, r.max);
    if (r.strange)
        printf(" %lld NaN or infinite", (long long)r.strange);
    printf("\n");
}

int inspect_arrays(const char *path, bool safetensors)
{
    fsnn_arrays arrays = {0};
    fsnn_status status =
        safetensors ? fsnn_safetensors_read(path, &arrays) : fsnn_npz_read(path, &arrays);
    if (status < 0) {
        fsnn_arrays_free(&arrays);
        return cli_fail(status);
    }
    int64_t values = 0;
    char count[CLI_NUMBER];
    for (int i = 0; i < arrays.count; i++)
        values += fsnn_shape_count(&arrays.item[i].shape);
    printf("%s: %s, %d array%s, %s values\n", path, safetensors ? "safetensors" : "NumPy arrays",
           arrays.count, arrays.count == 1 ? "" : "s", cli_count(count, values));
    if (arrays.count)
        printf("\n%-22s %-8s %-18s %9s %9s %9s\n", "name", "type", "shape", "min", "mean", "max");
    for (int i = 0; i < arrays.count; i++)
        print_array(&arrays.item[i]);
    if (arrays.meta_count)
        printf("\nmetadata\n");
    for (int i = 0; i < arrays.meta_count; i++)
        printf("  %-20s %s\n", arrays.meta_key[i], arrays.meta_value[i]);
    fsnn_arrays_free(&arrays);
    return CLI_GOOD;
}

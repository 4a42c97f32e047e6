/* cli/look/inspect_arrays.c: names, types, shapes and ranges of the arrays in a safetensors,
 * PyTorch, NPZ or NPY file. */
#include "cli/look/inspect.h"

#include <math.h>
#include <string.h>

typedef struct range {
    double min, mean, max;
    int64_t strange; /* NaN or infinite */
} range;

/* In pieces, so that numbers of one byte do not become eight for a whole array. */
static range range_of(const fsnn_array *array)
{
    enum { PIECE = 4096 };
    double x[PIECE], sum = 0;
    int64_t count = fsnn_shape_count(&array->shape), good = 0;
    range r = {INFINITY, 0, -INFINITY, 0};
    for (int64_t first = 0; first < count; first += PIECE) {
        int64_t n = count - first < PIECE ? count - first : PIECE;
        char *data = (char *)array->data + (size_t)first * fsnn_dtype_size(array->dtype);
        const fsnn_array piece = {NULL, array->dtype, FSNN_SHAPE(n), data};
        fsnn_array_to_f64(&piece, x);
        for (int64_t i = 0; i < n; i++) {
            if (!isfinite(x[i])) {
                r.strange++;
                continue;
            }
            good++;
            sum += x[i];
            r.min = fmin(r.min, x[i]);
            r.max = fmax(r.max, x[i]);
        }
    }
    r.mean = good ? sum / (double)good : NAN;
    return r;
}

static void print_array(const fsnn_array *array)
{
    char shape[96];
    fsnn_shape_text(&array->shape, shape, sizeof shape);
    cli_out("%-22s %-8s %-18s", array->name, fsnn_dtype_name(array->dtype), shape);
    range r = {.mean = NAN};
    if (array->data)
        r = range_of(array);
    if (isfinite(r.mean))
        cli_out(" %9.4g %9.4g %9.4g", r.min, r.mean, r.max);
    if (r.strange)
        cli_out(" %lld NaN or infinite", (long long)r.strange);
    cli_out("\n");
}

static double bytes_of(const fsnn_arrays *arrays)
{
    double bytes = 0;
    for (int i = 0; i < arrays->count; i++)
        bytes += (double)fsnn_shape_count(&arrays->item[i].shape) *
                 (double)fsnn_dtype_size(arrays->item[i].dtype);
    return bytes;
}

/* A small file may unpack to more than the machine has: its arrays are read only where they are
 * small, or not much larger than the file. */
static bool fits(const char *path, double bytes)
{
    enum { SMALL = 256 << 20, RATIO = 8 };
    FILE *file = fopen(path, "rb");
    long size = file && fseek(file, 0, SEEK_END) == 0 ? ftell(file) : 0;
    if (file)
        fclose(file);
    return bytes <= SMALL || bytes <= RATIO * (double)size;
}

/* Headers first; *left_out: the numbers were left where they are. */
static fsnn_status read_npz(const char *path, fsnn_arrays *arrays, bool *left_out)
{
    fsnn_status status = fsnn_npz_headers(path, arrays);
    *left_out = status >= 0 && !fits(path, bytes_of(arrays));
    return status < 0 || *left_out ? status : fsnn_npz_read(path, arrays);
}

/* A text of lines "KEY<tab>VALUE" is a table below its key. */
static void print_meta(const char *key, const char *value)
{
    cli_print("  %-20s %.*s\n", key, strchr(value, '\n') ? 0 : (int)strlen(value), value);
    for (const char *end; (end = strchr(value, '\n')) != NULL; value = end + 1) {
        int tab = (int)strcspn(value, "\t\n");
        cli_print("    %-26.*s %.*s\n", tab, value, (int)(end - value) - tab - (value[tab] == '\t'),
                  value + tab + (value[tab] == '\t'));
    }
}

static void print_rest(const fsnn_arrays *arrays, bool left_out)
{
    char bytes[CLI_NUMBER];
    for (int i = 0; i < arrays->unread_count; i++)
        cli_out("%-22s %s\n", arrays->unread_name[i], arrays->unread_why[i]);
    if (left_out)
        cli_out("\nthe numbers would unpack to %s: only types and shapes were read\n",
                cli_bytes(bytes, bytes_of(arrays)));
    if (arrays->meta_count)
        cli_out("\nmetadata\n");
    for (int i = 0; i < arrays->meta_count; i++)
        print_meta(arrays->meta_key[i], arrays->meta_value[i]);
}

static fsnn_status read_torch(const char *path, fsnn_arrays *arrays, bool *left_out)
{
    (void)left_out;
    return fsnn_torch_read(path, arrays);
}

static fsnn_status read_safetensors(const char *path, fsnn_arrays *arrays, bool *left_out)
{
    (void)left_out;
    return fsnn_safetensors_read(path, arrays);
}

/* The first row that knows the file reads it. */
static const struct {
    bool (*is)(const char *path);
    const char *name;
    fsnn_status (*read)(const char *path, fsnn_arrays *arrays, bool *left_out);
} formats[] = {
    {fsnn_torch_known, "PyTorch tensors", read_torch},
    {inspect_is_weights, "safetensors", read_safetensors},
    {inspect_is_arrays, "NumPy arrays", read_npz},
};

int inspect_arrays(const char *path)
{
    fsnn_arrays arrays = {0};
    bool left_out = false;
    int f = 0;
    while (f + 1 < CLI_COUNT(formats) && !formats[f].is(path))
        f++;
    fsnn_status status = formats[f].read(path, &arrays, &left_out);
    if (status < 0) {
        fsnn_arrays_free(&arrays);
        return cli_fail(status);
    }
    int64_t values = 0;
    int all = arrays.count + arrays.unread_count;
    char count[CLI_NUMBER];
    for (int i = 0; i < arrays.count; i++)
        values += fsnn_shape_count(&arrays.item[i].shape);
    cli_out("%s: %s, %d array%s, %s values\n", path, formats[f].name, all, all == 1 ? "" : "s",
            cli_count(count, values));
    if (all)
        cli_out("\n%-22s %-8s %-18s %9s %9s %9s\n", "name", "type", "shape", "min", "mean", "max");
    for (int i = 0; i < arrays.count; i++)
        print_array(&arrays.item[i]);
    print_rest(&arrays, left_out);
    fsnn_arrays_free(&arrays);
    return CLI_GOOD;
}

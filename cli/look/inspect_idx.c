/* cli/look/inspect_idx.c: the IDX format of the MNIST family, plain or gzip: 0, 0, type, rank, the
 * dimensions, then the values (http://yann.lecun.com/exdb/mnist) */
#include "cli/look/inspect.h"

#include <math.h>
#include <string.h>

#include <fsnn/tensor.h>

enum { CLASSES = 256, BAR = 40 };

/* gzip counts as one: nothing else that fsnn reads is packed. */
bool inspect_is_idx(const char *path)
{
    static const unsigned char types[] = {0x08, 0x09, 0x0B, 0x0C, 0x0D, 0x0E};
    unsigned char head[4] = {0};
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    size_t got = fread(head, 1, sizeof head, file);
    fclose(file);
    bool packed = got >= 2 && head[0] == 0x1f && head[1] == 0x8b;
    return packed ||
           (got == sizeof head && !head[0] && !head[1] && memchr(types, head[2], sizeof types) &&
            head[3] >= 1 && head[3] <= FSNN_MAX_RANK);
}

typedef struct survey {
    int64_t count; /* values read */
    double min, max, sum;
    int64_t histogram[CLASSES];
    bool classes; /* all are whole numbers from 0 to 255 */
} survey;

static void survey_add(survey *s, double x)
{
    s->count++;
    s->sum += x;
    s->min = fmin(s->min, x);
    s->max = fmax(s->max, x);
    if (x >= 0 && x < CLASSES && x == floor(x))
        s->histogram[(int)x]++;
    else
        s->classes = false;
}

static void survey_array(survey *s, const fsnn_array *array)
{
    enum { PIECE = 4096 };
    double x[PIECE];
    int64_t count = fsnn_shape_count(&array->shape);
    for (int64_t at = 0; at < count; at += PIECE) {
        int64_t n = count - at < PIECE ? count - at : PIECE;
        fsnn_array piece = {.dtype = array->dtype,
                            .shape = FSNN_SHAPE(n),
                            .data =
                                (char *)array->data + at * (int64_t)fsnn_dtype_size(array->dtype)};
        fsnn_array_to_f64(&piece, x);
        for (int64_t i = 0; i < n; i++)
            survey_add(s, x[i]);
    }
}

static void print_classes(const survey *s)
{
    int64_t most = 1;
    for (int c = 0; c < CLASSES; c++)
        most = s->histogram[c] > most ? s->histogram[c] : most;
    cli_out("\n%8s %10s\n", "class", "samples");
    for (int c = 0; c < CLASSES; c++) {
        if (!s->histogram[c])
            continue;
        char count[CLI_NUMBER];
        cli_out("%8d %10s  ", c, cli_count(count, s->histogram[c]));
        for (int64_t i = 0; i < (s->histogram[c] * BAR + most - 1) / most; i++)
            putchar('#');
        cli_out("\n");
    }
}

static double bytes_of(const fsnn_array *array)
{
    return (double)fsnn_shape_count(&array->shape) * (double)fsnn_dtype_size(array->dtype);
}

static void print_values(const fsnn_array *array)
{
    survey s = {.min = INFINITY, .max = -INFINITY, .classes = true};
    survey_array(&s, array);
    cli_out("values from %g to %g, mean %.4g\n", s.min, s.max, s.sum / (double)s.count);
    if (array->shape.rank == 1 && s.classes)
        print_classes(&s);
}

static void print_all(const char *path, const fsnn_array *array)
{
    char text[96], count[CLI_NUMBER], bytes[CLI_NUMBER];
    fsnn_shape each = {.rank = array->shape.rank - 1};
    for (int i = 0; i < each.rank; i++)
        each.dim[i] = array->shape.dim[i + 1];
    cli_out("%s: IDX, %s %s\n", path, fsnn_dtype_name(array->dtype),
            fsnn_shape_text(&array->shape, text, sizeof text));
    cli_count(count, array->shape.dim[0]);
    if (each.rank > 0)
        cli_out("%s samples of shape %s\n", count, fsnn_shape_text(&each, text, sizeof text));
    else
        cli_out("%s labels\n", count);
    if (array->data)
        print_values(array);
    else
        cli_out("the numbers would unpack to %s: only type and shape were read\n",
                cli_bytes(bytes, bytes_of(array)));
}

int inspect_idx(const char *path)
{
    enum { SMALL = 256 << 20 };
    fsnn_arrays list = {0};
    fsnn_status status = fsnn_idx_headers(path, &list);
    if (!status && !list.item[0].data && bytes_of(&list.item[0]) <= SMALL)
        status = fsnn_idx_read(path, &list);
    if (status)
        return cli_fail(status);
    print_all(path, &list.item[0]);
    fsnn_arrays_free(&list);
    return CLI_GOOD;
}

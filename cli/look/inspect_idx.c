/* cli/look/inspect_idx.c: the IDX format of the MNIST family: 0, 0, type, rank, the dimensions as
 * big-endian 32-bit numbers, then the values big-endian; plain or gzip.
 * (http://yann.lecun.com/exdb/mnist) */
#include "cli/look/inspect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { CLASSES = 256, BAR = 40 };

typedef struct idx_type {
    int code, size;
    const char *name;
} idx_type;
static const idx_type types[] = {
    {0x08, 1, "uint8"}, {0x09, 1, "int8"},    {0x0B, 2, "int16"},
    {0x0C, 4, "int32"}, {0x0D, 4, "float32"}, {0x0E, 8, "float64"},
};

static const idx_type *find_type(int code)
{
    for (int i = 0; i < CLI_COUNT(types); i++) {
        if (types[i].code == code)
            return &types[i];
    }
    return NULL;
}

/* Whether what was read last failed for the packing: zlib gives nothing of a small file whose
 * checksum is wrong. */
static bool damaged_gzip(gzFile file, int got)
{
    return got < 0 && !gzdirect(file);
}

/* A damaged gzip file counts as one, so that the error tells of the damage: nothing else is
 * packed. */
bool inspect_is_idx(const char *path)
{
    unsigned char head[4];
    gzFile file = gzopen(path, "rb");
    if (!file)
        return false;
    int got = gzread(file, head, sizeof head);
    bool idx = got == (int)sizeof head && head[0] == 0 && head[1] == 0 && find_type(head[2]) &&
               head[3] >= 1 && head[3] <= FSNN_MAX_RANK;
    idx |= damaged_gzip(file, got);
    gzclose(file);
    return idx;
}

static double value_of(const unsigned char *byte, const idx_type *type)
{
    uint64_t bits = 0;
    float f;
    double d;
    for (int i = 0; i < type->size; i++)
        bits = bits << 8 | byte[i];
    uint32_t low = (uint32_t)bits;
    switch (type->code) {
    case 0x09:
        return (int8_t)bits;
    case 0x0B:
        return (int16_t)bits;
    case 0x0C:
        return (int32_t)bits;
    case 0x0D:
        memcpy(&f, &low, sizeof f);
        return f;
    case 0x0E:
        memcpy(&d, &bits, sizeof d);
        return d;
    default:
        return (double)bits;
    }
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

static bool read_header(gzFile file, const idx_type **type, fsnn_shape *shape)
{
    unsigned char head[4], dim[4];
    if (gzread(file, head, 4) != 4)
        return false;
    *type = find_type(head[2]);
    shape->rank = head[3];
    for (int i = 0; i < shape->rank; i++) {
        if (gzread(file, dim, 4) != 4)
            return false;
        shape->dim[i] = (int64_t)dim[0] << 24 | dim[1] << 16 | dim[2] << 8 | dim[3];
    }
    return true;
}

static void read_values(gzFile file, const idx_type *type, survey *s)
{
    unsigned char buffer[8 * 4096];
    int got;
    while ((got = gzread(file, buffer, sizeof buffer)) > 0) {
        for (int i = 0; i + type->size <= got; i += type->size)
            survey_add(s, value_of(buffer + i, type));
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

/* Whether as many values were read as the shape promises, which may be more than 64 bits can
 * count. */
static bool complete(const fsnn_shape *shape, int64_t count)
{
    int64_t promised = 1;
    bool over = false;
    for (int i = 0; i < shape->rank; i++)
        over |= __builtin_mul_overflow(promised, shape->dim[i], &promised);
    return !over && promised == count;
}

static int print_all(const char *path, const idx_type *type, const fsnn_shape *shape,
                     const survey *s)
{
    char text[96];
    fsnn_shape each = {.rank = shape->rank - 1};
    for (int i = 0; i < each.rank; i++)
        each.dim[i] = shape->dim[i + 1];
    cli_out("%s: IDX, %s %s\n", path, type->name, fsnn_shape_text(shape, text, sizeof text));
    if (!complete(shape, s->count))
        return cli_error(CLI_FAILED, "%s: %lld values follow the header, but its shape promises %s",
                         path, (long long)s->count, text);
    char count[CLI_NUMBER];
    cli_count(count, shape->dim[0]);
    if (each.rank > 0)
        cli_out("%s samples of shape %s\n", count, fsnn_shape_text(&each, text, sizeof text));
    else
        cli_out("%s labels\n", count);
    if (s->count)
        cli_out("values from %g to %g, mean %.4g\n", s->min, s->max, s->sum / (double)s->count);
    if (each.rank == 0 && s->classes && s->count)
        print_classes(s);
    return CLI_GOOD;
}

/* Says what is wrong with the packing, if anything is. */
static int check_gzip(const char *path, gzFile file)
{
    int problem;
    const char *reason = gzerror(file, &problem);
    if (problem == Z_OK || problem == Z_STREAM_END)
        return CLI_GOOD;
    return cli_error(CLI_FAILED, "%s: the gzip data is damaged (%s)", path, reason);
}

int inspect_idx(const char *path)
{
    const idx_type *type = NULL;
    fsnn_shape shape = {0};
    survey s = {.min = INFINITY, .max = -INFINITY, .classes = true};
    gzFile file = gzopen(path, "rb");
    if (!file)
        return cli_error(CLI_FAILED, "cannot open %s", path);
    bool headed = read_header(file, &type, &shape);
    if (headed)
        read_values(file, type, &s);
    int code = check_gzip(path, file);
    gzclose(file);
    if (code == CLI_GOOD && !headed)
        code = cli_error(CLI_FAILED, "%s: an IDX file that ends within its header", path);
    return code == CLI_GOOD ? print_all(path, type, &shape, &s) : code;
}

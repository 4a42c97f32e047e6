/* data/fingerprint.c: what tells a data set from another, as a line of fields "NAME=VALUE; ".
 *
 * Labels are whole numbers: their checksum is exact. Values may differ by rounding where they were
 * computed (a mel spectrum, columns of a graph), so that no checksum of them would be the same on
 * another machine. They are projected instead: p = sum_i x_i r_i with r_i random in [-1/2, 1/2), of
 * which any change d gives p a change of about |d| / sqrt(12); it counts from NEAR |x| on, which is
 * far above rounding (1e-7 |x|) and far below one pixel of a picture. */
#include "base/crc32c.h"
#include "data/store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES = 1 << 22, LEAST = 8, FIELD = 256 };
#define NEAR 1e-5
#define STREAM_PROJECT (UINT64_C(0xdc) << 56) /* + sample: numbers of the projection */

/* ---- what the data are ---- */

/* Of values in place of labels, too, which come from files as they are. */
static uint32_t sum_of_labels(const fsnn_data *data)
{
    const store *s = data->store;
    uint32_t sum = 0;
    for (int64_t i = 0; i < data->count && s->labels; i++)
        sum = fsnn_crc32c(sum, s->labels + store_row(data, i) * s->places,
                          (size_t)s->places * sizeof *s->labels);
    int64_t size = fsnn_shape_count(&s->target);
    for (int64_t i = 0; i < data->count && s->targets; i++)
        sum = fsnn_crc32c(sum, s->targets + store_row(data, i) * size,
                          (size_t)size * sizeof *s->targets);
    for (int64_t c = 0; c < s->names; c++)
        if (s->name[c])
            sum = fsnn_crc32c(sum, s->name[c], strlen(s->name[c]) + 1);
    return sum;
}

typedef struct projection {
    double sum, squares;
} projection;

static fsnn_status project(const fsnn_data *data, int64_t samples, float *x, float *r,
                           projection *out)
{
    for (int64_t k = 0; k < samples; k++) {
        int64_t index = samples > 1 ? k * (data->count - 1) / (samples - 1) : 0;
        FSNN_TRY(data->fetch(data, store_row(data, index), x));
        fsnn_random_fill(r, data->size, 0, STREAM_PROJECT + (uint64_t)k, 0);
        for (int64_t i = 0; i < data->size; i++) {
            out->sum += (double)x[i] * ((double)r[i] - 0.5);
            out->squares += (double)x[i] * (double)x[i];
        }
    }
    return FSNN_OK;
}

static fsnn_status values_of(const fsnn_data *data, projection *out)
{
    int64_t samples = VALUES / (data->size ? data->size : 1);
    samples = samples < LEAST ? LEAST : samples;
    samples = samples > data->count ? data->count : samples;
    float *x = fsnn_alloc((size_t)data->size * sizeof *x);
    float *r = fsnn_alloc((size_t)data->size * sizeof *r);
    *out = (projection){0, 0};
    fsnn_status status = x && r ? project(data, samples, x, r, out) : FSNN_EMEMORY;
    fsnn_free(x);
    fsnn_free(r);
    return status;
}

fsnn_status fsnn_data_fingerprint(const fsnn_data *data, char text[FSNN_FINGERPRINT_SIZE])
{
    FSNN_NEED(data);
    FSNN_NEED(text);
    char shape[128];
    projection p;
    *text = 0;
    FSNN_TRY(values_of(data, &p));
    snprintf(text, FSNN_FINGERPRINT_SIZE,
             "samples=%lld; shape=%s%s; classes=%lld; places=%lld; labels=%08x; norm=%.12g; "
             "values=%.12g; origin=%.*s",
             (long long)data->count, fsnn_shape_text(&data->shape, shape, sizeof shape),
             data->sequence ? " in time" : "", (long long)data->store->classes,
             (long long)data->store->places, (unsigned)sum_of_labels(data), sqrt(p.squares), p.sum,
             FIELD, data->store->origin ? data->store->origin : "");
    return FSNN_OK;
}

/* ---- where they come from ---- */

fsnn_status fsnn_data_origin_set(fsnn_data *data, const char *origin)
{
    FSNN_NEED(data);
    char *copy = origin ? fsnn_strdup(origin) : NULL;
    if (origin && !copy)
        return FSNN_EMEMORY;
    for (char *c = copy; c && *c; c++) /* names of files may hold anything */
        *c = (unsigned char)*c < ' ' || *c == 0x7f ? '?' : *c == ';' ? ',' : *c;
    fsnn_free(data->store->origin);
    data->store->origin = copy;
    return FSNN_OK;
}

const char *fsnn_data_origin(const fsnn_data *data)
{
    return data ? data->store->origin : NULL;
}

/* ---- two of them ---- */

/* The value of "NAME=VALUE; " in the text; "" where it is not there. */
static void field(const char *text, const char *name, char value[FIELD + 1])
{
    size_t length = strlen(name);
    *value = 0;
    for (;; text += strspn(text, "; ")) {
        size_t n = strcspn(text, ";");
        if (strncmp(text, name, length) == 0 && text[length] == '=') {
            snprintf(value, FIELD + 1, "%.*s", (int)(n - length - 1), text + length + 1);
            return;
        }
        text += n;
        if (!*text)
            return;
    }
}

static bool same_text(const char *was, const char *here, double norm)
{
    (void)norm;
    return strcmp(was, here) == 0;
}

static bool same_number(const char *was, const char *here, double norm)
{
    return fabs(strtod(was, NULL) - strtod(here, NULL)) <= NEAR * norm;
}

/* What is compared, and how it is told: "BEFORE what there was AFTER (here what is here)", or that
 * it is other. */
static const struct row {
    const char *name;
    bool (*same)(const char *was, const char *here, double norm);
    const char *before, *after; /* NULL: `other` */
    const char *other;
} rows[] = {
    {"samples", same_text, "", " samples", NULL},
    {"shape", same_text, "shape ", "", NULL},
    {"classes", same_text, "", " classes", NULL},
    {"places", same_text, "", " labels each", NULL},
    {"labels", same_text, NULL, NULL, "other labels"},
    {"values", same_number, NULL, NULL, "other values"},
    {"norm", same_number, NULL, NULL, "other values"},
};
static const struct row origin = {"origin", same_text, "of ", "", NULL};

static void add(char *words, size_t size, const struct row *row, const char *was, const char *here)
{
    if (row->other && strstr(words, row->other))
        return;
    size_t at = strlen(words);
    if (at)
        snprintf(words + at, size - at, ", ");
    at = strlen(words);
    if (row->other)
        snprintf(words + at, size - at, "%s", row->other);
    else
        snprintf(words + at, size - at, "%s%s%s (here %s)", row->before, was, row->after, here);
}

bool fsnn_fingerprint_differs(const char *was, const char *here, char *words, size_t size)
{
    char a[FIELD + 1], b[FIELD + 1];
    if (!was || !here || !words || !size)
        return false;
    *words = 0;
    field(was, "norm", a);
    field(here, "norm", b);
    double norm = fmax(strtod(a, NULL), strtod(b, NULL));
    for (int i = 0; i < FSNN_COUNT(rows); i++) {
        field(was, rows[i].name, a);
        field(here, rows[i].name, b);
        if (*a && *b && !rows[i].same(a, b, norm)) /* one of them may be of another version */
            add(words, size, &rows[i], a, b);
    }
    if (!*words)
        return false;
    field(was, "origin", a);
    field(here, "origin", b);
    if (*a && *b && strcmp(a, b) != 0)
        add(words, size, &origin, a, b);
    return true;
}

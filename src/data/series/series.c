/* data/series/series.c: sets of series: growing them, looking into them, scaling, padding. */
#include "data/series/series_set.h"

#include "base/error_key.h"
#include "data/class_names.h"
#include "data/store.h"

#include <math.h>
#include <string.h>

fsnn_series *series_new(int64_t channels, double rate)
{
    fsnn_series *s = fsnn_alloc(sizeof *s);
    if (s) {
        s->channels = channels;
        s->rate = rate;
    }
    return s;
}

float *series_add(fsnn_series *s, int64_t length, int32_t label)
{
    int64_t capacity = s->count_capacity; /* of both lists; they grow alike */
    size_t row = (size_t)s->channels * sizeof(float);
    if (fsnn_grow(&s->end, s->count, &capacity, s->count + 1, sizeof *s->end) < 0)
        return NULL;
    capacity = s->count_capacity;
    if (fsnn_grow(&s->labels, s->count, &capacity, s->count + 1, sizeof *s->labels) < 0)
        return NULL;
    s->count_capacity = capacity;
    if (fsnn_grow(&s->values, s->rows, &s->row_capacity, s->rows + length, row) < 0)
        return NULL;
    float *at = s->values + s->rows * s->channels;
    memset(at, 0, (size_t)(length * s->channels) * sizeof *at);
    s->rows += length;
    s->labels[s->count] = label;
    s->end[s->count++] = s->rows;
    return at;
}

fsnn_status series_set_target(fsnn_series *s, double target)
{
    FSNN_TRY(
        fsnn_grow(&s->targets, s->count - 1, &s->target_capacity, s->count, sizeof *s->targets));
    s->targets[s->count - 1] = target;
    return FSNN_OK;
}

bool fsnn_series_target(const fsnn_series *s, int64_t index, double *target)
{
    if (!s || !s->targets || index < 0 || index >= s->count)
        return false;
    if (target)
        *target = s->targets[index];
    return true;
}

fsnn_status series_name_class(fsnn_series *s, const char *name, size_t length)
{
    FSNN_TRY(fsnn_grow(&s->name, s->classes, &s->name_capacity, s->classes + 1, sizeof *s->name));
    char *copy = fsnn_format("%.*s", (int)length, name);
    if (!copy)
        return FSNN_EMEMORY;
    s->name[s->classes++] = copy;
    return FSNN_OK;
}

static void forget_channels(fsnn_series *s)
{
    for (int64_t c = 0; c < s->channels; c++) {
        fsnn_free(s->channel ? s->channel[c] : NULL);
        fsnn_free(s->unit ? s->unit[c] : NULL);
    }
    fsnn_free(s->channel);
    fsnn_free(s->unit);
    s->channel = s->unit = NULL;
}

fsnn_status series_name_channel(fsnn_series *s, int64_t channel, const char *name, const char *unit)
{
    size_t size = (size_t)s->channels * sizeof(char *);
    s->channel = s->channel ? s->channel : fsnn_alloc(size);
    s->unit = s->unit ? s->unit : fsnn_alloc(size);
    if (!s->channel || !s->unit)
        return FSNN_EMEMORY;
    s->channel[channel] = fsnn_strdup(name);
    s->unit[channel] = fsnn_strdup(unit);
    return s->channel[channel] && s->unit[channel] ? FSNN_OK : FSNN_EMEMORY;
}

static const char *of_channel(const fsnn_series *s, char **texts, int64_t channel)
{
    const char *text = texts && channel >= 0 && channel < s->channels ? texts[channel] : NULL;
    return text && *text ? text : NULL;
}

const char *fsnn_series_channel(const fsnn_series *s, int64_t channel)
{
    return s ? of_channel(s, s->channel, channel) : NULL;
}

const char *fsnn_series_unit(const fsnn_series *s, int64_t channel)
{
    return s ? of_channel(s, s->unit, channel) : NULL;
}

int32_t series_find_class(const fsnn_series *s, const char *name, size_t length)
{
    for (int64_t c = 0; c < s->classes; c++)
        if (strlen(s->name[c]) == length && !memcmp(s->name[c], name, length))
            return (int32_t)c;
    return -1;
}

fsnn_status series_note(fsnn_series *s, char *sentence)
{
    if (!sentence ||
        fsnn_grow(&s->note, s->notes, &s->note_capacity, s->notes + 1, sizeof *s->note) < 0) {
        fsnn_free(sentence);
        return FSNN_EMEMORY;
    }
    s->note[s->notes++] = sentence;
    return FSNN_OK;
}

const char *fsnn_series_note(const fsnn_series *s, int64_t index)
{
    return s && index >= 0 && index < s->notes ? s->note[index] : NULL;
}

fsnn_status series_check_missing(fsnn_missing missing)
{
    return (unsigned)missing < FSNN_MISSINGS
               ? FSNN_OK
               : fsnn_fail_key(FSNN_EARGUMENT, "missing",
                               "missing values of kind %d: there are interpolate (0) and mask (1)",
                               (int)missing);
}

fsnn_status series_expect_whole(const fsnn_series *s, const char *key, const char *what)
{
    return s->handling != FSNN_MISSING_MASK
               ? FSNN_OK
               : fsnn_fail_key(
                     FSNN_EARGUMENT, key,
                     "%s needs all values, and missing: mask leaves those that are missing "
                     "out; missing: interpolate fills them in",
                     what);
}

void series_replace(fsnn_series *s, fsnn_series *fresh)
{
    forget_channels(s);
    fsnn_series old = *s;
    s->count = fresh->count;
    s->count_capacity = fresh->count_capacity;
    s->channels = fresh->channels;
    s->rows = fresh->rows;
    s->row_capacity = fresh->row_capacity;
    s->end = fresh->end;
    s->labels = fresh->labels;
    s->values = fresh->values;
    s->rate = fresh->rate;
    fresh->end = old.end;
    fresh->labels = old.labels;
    fresh->values = old.values;
    fsnn_series_destroy(fresh);
}

void fsnn_series_destroy(fsnn_series *s)
{
    if (!s)
        return;
    for (int64_t c = 0; c < s->classes; c++)
        fsnn_free(s->name[c]);
    for (int64_t i = 0; i < s->notes; i++)
        fsnn_free(s->note[i]);
    forget_channels(s);
    fsnn_free(s->name);
    fsnn_free(s->note);
    fsnn_free(s->end);
    fsnn_free(s->labels);
    fsnn_free(s->values);
    fsnn_free(s->targets);
    fsnn_free(s);
}

void fsnn_series_info_get(const fsnn_series *s, fsnn_series_info *info)
{
    if (!info)
        return;
    *info = (fsnn_series_info){0};
    if (!s)
        return;
    *info = (fsnn_series_info){.count = s->count,
                               .channels = s->channels,
                               .classes = s->classes,
                               .total = s->rows,
                               .missing = s->missing,
                               .rate = s->rate};
    for (int64_t i = 0; i < s->count; i++) {
        int64_t length = s->end[i] - series_begin(s, i);
        info->longest = length > info->longest ? length : info->longest;
        info->shortest = i == 0 || length < info->shortest ? length : info->shortest;
    }
}

const float *fsnn_series_values(const fsnn_series *s, int64_t index, int64_t *length,
                                int32_t *label)
{
    if (!s || index < 0 || index >= s->count)
        return NULL;
    int64_t begin = series_begin(s, index);
    if (length)
        *length = s->end[index] - begin;
    if (label)
        *label = s->labels[index];
    return s->values + begin * s->channels;
}

const char *fsnn_series_class(const fsnn_series *s, int64_t label)
{
    return s && label >= 0 && label < s->classes ? s->name[label] : NULL;
}

fsnn_status fsnn_series_number_as(fsnn_series *s, const fsnn_series *training)
{
    if (!s || !training)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_series_number_as needs two sets of series");
    if (!s->classes || !training->classes || s == training)
        return FSNN_OK;
    name_list mine = {s->name, s->classes, s->name_capacity};
    const name_list theirs = {training->name, training->classes, training->name_capacity};
    fsnn_status status = class_names_number("", &mine, "", &theirs, s->labels, s->count);
    s->name = mine.item;
    s->classes = mine.count;
    s->name_capacity = mine.capacity;
    return status;
}

/* How many are NaN. */
static int64_t count_gaps(const float *x, int64_t length, int64_t stride)
{
    int64_t gaps = 0;
    for (int64_t k = 0; k < length; k++)
        gaps += isnan(x[k * stride]) != 0;
    return gaps;
}

bool series_mend(fsnn_missing handling, float *x, int64_t length, int64_t stride, int64_t *gaps)
{
    int64_t last = -1;
    if (handling == FSNN_MISSING_MASK) {
        *gaps += count_gaps(x, length, stride);
        return length > 0;
    }
    for (int64_t k = 0; k < length; k++) {
        if (isnan(x[k * stride]))
            continue;
        double a = last < 0 ? x[k * stride] : x[last * stride], b = x[k * stride];
        for (int64_t j = last + 1; j < k; j++)
            x[j * stride] = (float)(a + (b - a) * (double)(j - last) / (double)(k - last));
        *gaps += k - last - 1;
        last = k;
    }
    for (int64_t j = last + 1; j < length && last >= 0; j++, ++*gaps)
        x[j * stride] = x[last * stride];
    return last >= 0;
}

/* ---- scaling ---- */

typedef struct moments {
    double mean, deviation; /* 1 where nothing varies */
} moments;

/* Of `count` numbers every `stride`, without those that are missing; the mean first, so that large
 * offsets cost no digits. */
static moments measure(const float *x, int64_t count, int64_t stride)
{
    double sum = 0, square = 0;
    const int64_t there = count - count_gaps(x, count, stride);
    for (int64_t i = 0; i < count; i++)
        sum += isnan(x[i * stride]) ? 0 : x[i * stride];
    double mean = there ? sum / (double)there : 0;
    for (int64_t i = 0; i < count; i++)
        square += isnan(x[i * stride]) ? 0 : (x[i * stride] - mean) * (x[i * stride] - mean);
    double deviation = there ? sqrt(square / (double)there) : 0;
    return (moments){mean, deviation > 1e-12 * fabs(mean) && deviation > 0 ? deviation : 1};
}

static void apply(float *x, int64_t count, int64_t stride, moments m)
{
    for (int64_t i = 0; i < count; i++)
        x[i * stride] = (float)((x[i * stride] - m.mean) / m.deviation);
}

fsnn_status fsnn_series_scale(fsnn_series *s, fsnn_scale scale, const fsnn_series *of)
{
    if (!s || !of || (int)scale < 0 || scale >= FSNN_SCALES || of->channels != s->channels)
        return fsnn_fail(FSNN_EARGUMENT,
                         "series of %lld channels are scaled by statistics of %lld channels: both "
                         "must be the same, and the kind of scale a known one",
                         s ? (long long)s->channels : 0LL, of ? (long long)of->channels : 0LL);
    int64_t C = s->channels;
    if (scale == FSNN_SCALE_ALL)
        apply(s->values, s->rows * C, 1, measure(of->values, of->rows * C, 1));
    for (int64_t c = 0; c < C && scale == FSNN_SCALE_CHANNEL; c++)
        apply(s->values + c, s->rows, C, measure(of->values + c, of->rows, C));
    for (int64_t i = 0; i < s->count && scale == FSNN_SCALE_SAMPLE; i++) {
        float *x = s->values + series_begin(s, i) * C;
        int64_t length = s->end[i] - series_begin(s, i);
        for (int64_t c = 0; c < C; c++)
            apply(x + c, length, C, measure(x + c, length, C));
    }
    return FSNN_OK;
}

/* ---- data set ---- */

/* Padding at the end is told by the lengths of what stands before it. */
static fsnn_status set_lengths(const fsnn_series *s, int64_t T, fsnn_data *data)
{
    int64_t *steps = fsnn_alloc((size_t)s->count * sizeof *steps);
    if (!steps)
        return FSNN_EMEMORY;
    for (int64_t i = 0; i < s->count; i++) {
        int64_t length = s->end[i] - series_begin(s, i);
        steps[i] = length < 1 ? 1 : length < T ? length : T;
    }
    fsnn_status status = fsnn_data_set_lengths(data, steps);
    fsnn_free(steps);
    return status;
}

/* A channel, and the one that tells where it is missing. */
static int64_t channels_of(const fsnn_series *s)
{
    return s->handling == FSNN_MISSING_MASK ? 2 * s->channels : s->channels;
}

/* x [steps, C] into out [steps, 2 C], which is zero. */
static void place_masked(const float *x, int64_t steps, int64_t C, float *out)
{
    for (int64_t k = 0; k < steps; k++)
        for (int64_t c = 0; c < C; c++) {
            const float v = x[k * C + c];
            const bool there = !isnan(v);
            out[2 * k * C + c] = there ? v : 0;
            out[(2 * k + 1) * C + c] = there;
        }
}

/* Series `i` into out [T, C], which is zero. */
static void place(const fsnn_series *s, int64_t i, int64_t T, fsnn_pad pad, float *out)
{
    int64_t begin = series_begin(s, i), length = s->end[i] - begin, C = s->channels;
    int64_t kept = length < T ? length : T;
    int64_t from = pad == FSNN_PAD_START ? length - kept : 0;
    int64_t to = pad == FSNN_PAD_START ? T - kept : 0;
    const float *x = s->values + (begin + from) * C;
    if (s->handling == FSNN_MISSING_MASK)
        place_masked(x, kept, C, out + to * 2 * C);
    else
        memcpy(out + to * C, x, (size_t)(kept * C) * sizeof *out);
}

static fsnn_status padded(const fsnn_series *s, int64_t T, fsnn_pad pad, fsnn_data **data)
{
    const int64_t C = channels_of(s);
    int64_t size;
    fsnn_shape shape = FSNN_SHAPE(s->count, T, C);
    if (__builtin_mul_overflow(T, C, &size) ||
        __builtin_mul_overflow(size, s->count * (int64_t)sizeof(float), &size))
        return fsnn_fail(FSNN_EMEMORY, "%lld series of %lld steps do not fit into memory",
                         (long long)s->count, (long long)T);
    if (s->still)
        shape = FSNN_SHAPE(s->count, C);
    fsnn_arrays list = {0};
    fsnn_array *x = fsnn_arrays_add(&list, "series", FSNN_F32, &shape);
    if (!x)
        return FSNN_EMEMORY;
    bool labelled = s->classes > 0;
    for (int64_t i = 0; i < s->count; i++) {
        place(s, i, T, pad, (float *)x->data + i * T * C);
        labelled = labelled && s->labels[i] >= 0;
    }
    fsnn_array y = {NULL, FSNN_I32, FSNN_SHAPE(s->count), s->labels};
    if (s->targets)
        y = (fsnn_array){NULL, FSNN_F64, FSNN_SHAPE(s->count), s->targets};
    store_source source = {.what = "series",
                           .x = x,
                           .y_what = s->targets ? "targets of series" : "classes of series",
                           .y = labelled || s->targets ? &y : NULL,
                           .targets = s->targets ? FSNN_TARGETS_VALUES : FSNN_TARGETS_CLASSES,
                           .sequence = !s->still,
                           .divisor = 1,
                           .fault = FSNN_EARGUMENT};
    fsnn_status status = store_create(&source, data);
    if (!status && labelled) { /* classes that no series of this set has count too */
        (*data)->store->classes = s->classes;
        status = store_name_classes(*data, s->name, s->classes);
    }
    if (!status && pad == FSNN_PAD_END && !s->still)
        status = set_lengths(s, T, *data);
    for (int64_t i = 0; !status && i < s->notes; i++)
        status = store_warn(*data, "%s", s->note[i]);
    fsnn_arrays_free(&list);
    if (status < 0) {
        fsnn_data_destroy(*data);
        *data = NULL;
    }
    return status;
}

fsnn_status fsnn_data_series(const fsnn_series *s, int64_t steps, fsnn_pad pad, fsnn_data **data)
{
    if (!s || !data || steps < 0 || (int)pad < 0 || pad >= FSNN_PADS)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_data_series needs series, at least 0 steps (found %lld) and a place "
                         "for the data",
                         (long long)steps);
    *data = NULL;
    fsnn_series_info info;
    fsnn_series_info_get(s, &info);
    if (!s->count || !s->rows)
        return fsnn_fail(FSNN_EARGUMENT, "the set of series is empty: no sample can be made of it");
    if (s->still && (info.longest != 1 || steps > 1))
        return fsnn_fail(FSNN_EARGUMENT,
                         "samples without time have no steps: an encoder makes them");
    return padded(s, steps ? steps : info.longest, pad, data);
}

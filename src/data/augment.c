/* data/augment.c: a sample is flipped, cropped, scaled, sheared, turned about its middle, shifted,
 * and a square is cut out, in this order; series are moved and masked; noise is added; then it is
 * mixed with another sample. Events are moved forwards; pixels of pictures are looked up backwards,
 * the nearest one. Cut-out: T. DeVries, G. W. Taylor (2017); changes of events: Y. Li et al., ECCV
 * 2022; masks of series: D. S. Park et al. (2019); crops: C. Szegedy et al. (2015). */
#include "data/augment.h"

#include "base/error_key.h"
#include "data/store.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PICTURES = 1, EVENTS = 2, SERIES = 4, ANY = 8 };

static const struct {
    const char *name;
    size_t offset;
    double max;
    unsigned of;
} amounts[] = {
    {"flip", offsetof(fsnn_augment, flip), 1, PICTURES},
    {"flip_vertical", offsetof(fsnn_augment, flip_vertical), 1, PICTURES},
    {"flip_polarity", offsetof(fsnn_augment, flip_polarity), 1, EVENTS},
    {"shift", offsetof(fsnn_augment, shift), 1e6, PICTURES},
    {"rotate", offsetof(fsnn_augment, rotate), 180, PICTURES},
    {"cutout", offsetof(fsnn_augment, cutout), 1e6, PICTURES},
    {"drop", offsetof(fsnn_augment, drop), 1, EVENTS},
    {"jitter", offsetof(fsnn_augment, jitter), 1e9, EVENTS},
    {"scale", offsetof(fsnn_augment, scale), 0.99, PICTURES},
    {"shear", offsetof(fsnn_augment, shear), 80, PICTURES},
    {"crop", offsetof(fsnn_augment, crop), 0.99, PICTURES},
    {"noise", offsetof(fsnn_augment, noise), 1e6, ANY},
    {"mask_steps", offsetof(fsnn_augment, mask_steps), 1e9, SERIES},
    {"mask_channels", offsetof(fsnn_augment, mask_channels), 1e9, SERIES},
    {"shift_steps", offsetof(fsnn_augment, shift_steps), 1e9, SERIES},
    {"mixup", offsetof(fsnn_augment, mixup), 1e3, ANY},
    {"cutmix", offsetof(fsnn_augment, cutmix), 1e3, PICTURES},
};

static double amount(const fsnn_augment *augment, int i)
{
    double value;
    memcpy(&value, (const char *)augment + amounts[i].offset, sizeof value);
    return value;
}

fsnn_status augment_check(const fsnn_augment *augment)
{
    for (int i = 0; i < FSNN_COUNT(amounts); i++)
        if (!(amount(augment, i) >= 0 && amount(augment, i) <= amounts[i].max))
            return fsnn_fail_key(FSNN_EARGUMENT, amounts[i].name,
                                 "augmentation: %s is %g; it must lie from 0 to %g",
                                 amounts[i].name, amount(augment, i), amounts[i].max);
    return FSNN_OK;
}

/* The first change of these kinds that is asked for; NULL: none. */
static const char *first(const fsnn_augment *augment, unsigned of)
{
    for (int i = 0; i < FSNN_COUNT(amounts); i++)
        if ((amounts[i].of & of) && amount(augment, i) != 0)
            return amounts[i].name;
    return NULL;
}

bool augment_any(const fsnn_augment *augment)
{
    return first(augment, PICTURES | EVENTS | SERIES | ANY) != NULL;
}

/* The numbers of a sample's stream. */
enum {
    FLIP,
    FLIP_VERTICAL,
    FLIP_POLARITY,
    SHIFT_X,
    SHIFT_Y,
    ROTATE,
    CUT_X,
    CUT_Y,
    SCALE,
    SHEAR,
    CROP,
    CROP_X,
    CROP_Y,
    NUMBERS
};

/* -most .. most, each whole number as likely. */
static double whole(double most, float u)
{
    double m = floor(most);
    return fmin(floor(u * (2 * m + 1)), 2 * m) - m;
}

static double angle_of(double most, float u)
{
    return most * (2.0 * u - 1) * acos(-1) / 180;
}

/* Scaled, sheared and turned, clockwise as seen. */
static void linear(augment_clip *clip, double angle, double scale, double shear)
{
    double c = cos(angle), s = sin(angle);
    clip->to[0] = c * scale;
    clip->to[1] = c * scale * shear - s * scale;
    clip->to[2] = s * scale;
    clip->to[3] = s * scale * shear + c * scale;
    clip->from[0] = (c + s * shear) / scale;
    clip->from[1] = (s - c * shear) / scale;
    clip->from[2] = -s / scale;
    clip->from[3] = c / scale;
}

/* A window of a share of each side, anywhere in the picture, takes its whole place before it is
 * turned: all is larger by 1/share, and the window's middle comes to the picture's. */
static void crop(augment_clip *clip, double share, float u, float v)
{
    double x = (2.0 * u - 1) * (1 - share) * (double)clip->W / 2,
           y = (2.0 * v - 1) * (1 - share) * (double)clip->H / 2;
    for (int i = 0; i < 4; i++) {
        clip->to[i] /= share;
        clip->from[i] *= share;
    }
    clip->dx -= clip->to[0] * x + clip->to[1] * y;
    clip->dy -= clip->to[2] * x + clip->to[3] * y;
}

augment_clip augment_draw(const fsnn_augment *a, int64_t W, int64_t H, uint64_t seed, int64_t epoch,
                          int64_t sample)
{
    uint64_t number = ((uint64_t)epoch << 32) + (uint64_t)sample;
    augment_clip clip = {.W = W,
                         .H = H,
                         .drop = a->drop,
                         .jitter = a->jitter,
                         .seed = seed,
                         .stream = STORE_STREAM_EVENTS + number};
    float u[NUMBERS];
    for (int i = 0; i < NUMBERS; i++)
        u[i] = fsnn_random_uniform(seed, STORE_STREAM_AUGMENT + number, (uint64_t)i);
    clip.flip = u[FLIP] < a->flip;
    clip.flip_vertical = u[FLIP_VERTICAL] < a->flip_vertical;
    clip.flip_polarity = u[FLIP_POLARITY] < a->flip_polarity;
    clip.dx = whole(a->shift, u[SHIFT_X]);
    clip.dy = whole(a->shift, u[SHIFT_Y]);
    linear(&clip, angle_of(a->rotate, u[ROTATE]), 1 + a->scale * (2.0 * u[SCALE] - 1),
           tan(angle_of(a->shear, u[SHEAR])));
    if (a->crop > 0)
        crop(&clip, 1 - a->crop * (double)u[CROP], u[CROP_X], u[CROP_Y]);
    clip.cut = (int64_t)floor(a->cutout);
    clip.cut_x =
        (int64_t)floor(u[CUT_X] * (double)W) - clip.cut / 2; /* its middle is in the picture */
    clip.cut_y = (int64_t)floor(u[CUT_Y] * (double)H) - clip.cut / 2;
    return clip;
}

static bool kept(const augment_clip *clip, int64_t x, int64_t y)
{
    bool inside = x >= 0 && x < clip->W && y >= 0 && y < clip->H;
    bool cut = x >= clip->cut_x && x < clip->cut_x + clip->cut && y >= clip->cut_y &&
               y < clip->cut_y + clip->cut;
    return inside && !cut;
}

bool augment_point(const augment_clip *clip, int *x, int *y)
{
    double mx = (double)(clip->W - 1) / 2, my = (double)(clip->H - 1) / 2;
    double px = *x - mx, py = *y - my;
    px = clip->flip ? -px : px;
    py = clip->flip_vertical ? -py : py;
    double qx = clip->to[0] * px + clip->to[1] * py + mx + clip->dx;
    double qy = clip->to[2] * px + clip->to[3] * py + my + clip->dy;
    *x = (int)floor(qx + 0.5);
    *y = (int)floor(qy + 0.5);
    return kept(clip, *x, *y);
}

/* The pixel that comes to (x, y), or -1. */
static int64_t origin(const augment_clip *clip, int64_t x, int64_t y)
{
    double mx = (double)(clip->W - 1) / 2, my = (double)(clip->H - 1) / 2;
    double qx = (double)x - mx - clip->dx, qy = (double)y - my - clip->dy;
    double px = clip->from[0] * qx + clip->from[1] * qy,
           py = clip->from[3] * qy + clip->from[2] * qx;
    int64_t ox = (int64_t)floor((clip->flip ? -px : px) + mx + 0.5);
    int64_t oy = (int64_t)floor((clip->flip_vertical ? -py : py) + my + 0.5);
    bool inside = ox >= 0 && ox < clip->W && oy >= 0 && oy < clip->H;
    return inside && kept(clip, x, y) ? oy * clip->W + ox : -1;
}

void augment_pictures(const augment_clip *clip, int64_t planes, float fill, float *work, float *x)
{
    int64_t size = clip->H * clip->W;
    for (int64_t c = 0; c < planes; c++, x += size) {
        for (int64_t i = 0; i < size; i++) {
            int64_t from = origin(clip, i % clip->W, i / clip->W);
            work[i] = from < 0 ? fill : x[from];
        }
        memcpy(x, work, (size_t)size * sizeof *x);
    }
}

/* ---- samples of a data set ---- */

/* Pictures are the last three dimensions; those before are time. */
static bool has_pictures(const fsnn_data *data)
{
    return data->shape.rank == (data->sequence ? 4 : 3);
}

/* Series [T, C]. */
static bool has_series(const fsnn_data *data)
{
    return data->sequence && data->shape.rank == 2;
}

/* The shares of a mixed sample are of one class each. */
static fsnn_status check_labels(const fsnn_augment *o, const fsnn_data *data)
{
    const store *s = data->store;
    const char *key = o->mixup > 0 ? "mixup" : "cutmix";
    if (!s->labels)
        return FSNN_OK;
    if (s->places != 1)
        return fsnn_fail_key(FSNN_EARGUMENT, key,
                             "augmentation: %s mixes samples with one class or with values; these "
                             "have %lld classes each, one for each step or place",
                             key, (long long)s->places);
    for (int64_t i = 0; i < data->count; i++)
        if (s->labels[store_row(data, i)] < 0)
            return fsnn_fail_key(FSNN_EARGUMENT, key,
                                 "augmentation: %s mixes classes, but sample %lld has none", key,
                                 (long long)i);
    return FSNN_OK;
}

static fsnn_status check_samples(const fsnn_augment *o, const fsnn_data *data)
{
    char text[256];
    const char *pictures = first(o, PICTURES | EVENTS), *events = first(o, EVENTS),
               *series = first(o, SERIES);
    fsnn_shape_text(&data->shape, text, sizeof text);
    if (pictures && !has_pictures(data))
        return fsnn_fail_key(
            FSNN_EARGUMENT, pictures,
            "augmentation: samples of shape %s are no pictures [C, H, W], which alone "
            "can be flipped, cropped, scaled, sheared, turned, shifted or cut",
            text);
    if (events && !data->fetch_changed)
        return fsnn_fail_key(
            FSNN_EARGUMENT, events,
            "augmentation: drop, jitter and flip_polarity are for recordings of events; "
            "these samples are plain pictures");
    if (series && !has_series(data))
        return fsnn_fail_key(FSNN_EARGUMENT, series,
                             "augmentation: %s is for series [T, C]; these samples are %s%s",
                             series, text, data->sequence ? "" : " without time");
    return mix_any(o) ? check_labels(o, data) : FSNN_OK;
}

fsnn_status augmenter_open(augmenter *a, const fsnn_augment *options, const fsnn_data *data)
{
    *a = (augmenter){.options = *options, .on = augment_any(options)};
    FSNN_TRY(augment_check(options));
    if (!a->on)
        return FSNN_OK;
    FSNN_TRY(check_samples(options, data));
    a->pictures = first(options, PICTURES | EVENTS) != NULL;
    a->series = first(options, SERIES) != NULL;
    const int64_t *dim = data->shape.dim + data->shape.rank - (has_pictures(data) ? 3 : 2);
    if (has_series(data)) {
        a->T = dim[0];
        a->C = dim[1];
    }
    if (has_pictures(data)) {
        a->H = dim[1];
        a->W = dim[2];
        a->planes = data->size / (a->H * a->W);
        a->work = fsnn_alloc((size_t)(a->H * a->W) * sizeof *a->work);
    }
    if (mix_any(options))
        a->partner = fsnn_alloc((size_t)data->size * sizeof *a->partner);
    bool there = (a->work || !has_pictures(data)) && (a->partner || !mix_any(options));
    return there ? FSNN_OK : FSNN_EMEMORY;
}

/* An empty pixel after normalisation. */
static float empty(const fsnn_data *data)
{
    return (float)((0 - data->mean) / data->deviation);
}

/* Up to `most` neighbours of `of`, how many and where drawn evenly. */
static int64_t stretch(double most, int64_t of, float how_many, float where, int64_t *first_one)
{
    int64_t limit = most < (double)of ? (int64_t)most : of;
    int64_t count = (int64_t)floor((double)how_many * (double)(limit + 1));
    *first_one = (int64_t)floor((double)where * (double)(of - count + 1));
    return count;
}

/* The first T steps of [.., C], moved and then masked. */
static void change_series(const fsnn_augment *o, int64_t T, int64_t C, uint64_t seed,
                          uint64_t number, float fill, float *x)
{
    enum { MOVE, STEPS, STEPS_AT, CHANNELS, CHANNELS_AT, DRAWN };
    float u[DRAWN];
    int64_t at;
    for (int i = 0; i < DRAWN; i++)
        u[i] = fsnn_random_uniform(seed, STORE_STREAM_SERIES + number, (uint64_t)i);
    double by = whole(o->shift_steps, u[MOVE]);
    int64_t move = by > (double)T ? T : by < -(double)T ? -T : (int64_t)by;
    memmove(x + (move > 0 ? move : 0) * C, x + (move < 0 ? -move : 0) * C,
            (size_t)((T - llabs(move)) * C) * sizeof *x);
    for (int64_t k = 0; k < llabs(move); k++)
        for (int64_t c = 0; c < C; c++)
            x[(move > 0 ? k : T - 1 - k) * C + c] = fill;
    int64_t steps = stretch(o->mask_steps, T, u[STEPS], u[STEPS_AT], &at);
    for (int64_t i = at * C; i < (at + steps) * C; i++)
        x[i] = fill;
    int64_t channels = stretch(o->mask_channels, C, u[CHANNELS], u[CHANNELS_AT], &at);
    for (int64_t k = 0; k < T; k++)
        for (int64_t c = at; c < at + channels; c++)
            x[k * C + c] = fill;
}

/* A sample with all changes but mixing. */
static fsnn_status changed(const augmenter *a, const fsnn_data *data, int64_t row, uint64_t seed,
                           int64_t epoch, int64_t index, float *x)
{
    const fsnn_augment *o = &a->options;
    uint64_t number = ((uint64_t)epoch << 32) + (uint64_t)index;
    augment_clip clip = augment_draw(o, a->W, a->H, seed, epoch, index);
    if (a->pictures && data->fetch_changed)
        FSNN_TRY(data->fetch_changed(data, row, &clip, x));
    else
        FSNN_TRY(data->fetch(data, row, x));
    if (a->pictures && !data->fetch_changed)
        augment_pictures(&clip, a->planes, empty(data), a->work, x);
    if (a->series)
        change_series(o, data->store->lengths ? data->store->lengths[row] : a->T, a->C, seed,
                      number, empty(data), x);
    for (int64_t i = 0; o->noise > 0 && i < data->size; i++)
        x[i] += (float)(o->noise *
                        (double)fsnn_random_normal(seed, STORE_STREAM_NOISE + number, (uint64_t)i));
    return FSNN_OK;
}

mix augmenter_mix(const augmenter *a, const fsnn_data *data, uint64_t seed, int64_t epoch,
                  int64_t index)
{
    return mix_draw(&a->options, data->count, a->W, a->H, seed, epoch, index);
}

fsnn_status augmenter_fetch(const augmenter *a, const fsnn_data *data, int64_t row, uint64_t seed,
                            int64_t epoch, int64_t index, float *x)
{
    if (!a->on)
        return data->fetch(data, row, x);
    FSNN_TRY(changed(a, data, row, seed, epoch, index, x));
    mix m = augmenter_mix(a, data, seed, epoch, index);
    if (!m.on)
        return FSNN_OK;
    FSNN_TRY(changed(a, data, store_row(data, m.partner), seed, epoch, m.partner, a->partner));
    mix_apply(&m, data->size, a->W, a->H, a->partner, x);
    return FSNN_OK;
}

void augmenter_close(augmenter *a)
{
    fsnn_free(a->work);
    fsnn_free(a->partner);
    *a = (augmenter){0};
}

/* data/augment.c: a sample is flipped, turned about its middle, shifted, and a square is cut out,
 * in this order. Events are moved forwards; pixels of pictures are looked up backwards, the nearest
 * one. Cut-out: T. DeVries, G. W. Taylor (2017); changes of events: Y. Li et al., ECCV 2022. */
#include "data/augment.h"

#include "base/error_key.h"
#include "data/store.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *name;
    size_t offset;
    double max;
    bool events;
} amounts[] = {
    {"flip", offsetof(fsnn_augment, flip), 1, false},
    {"flip_vertical", offsetof(fsnn_augment, flip_vertical), 1, false},
    {"flip_polarity", offsetof(fsnn_augment, flip_polarity), 1, true},
    {"shift", offsetof(fsnn_augment, shift), 1e6, false},
    {"rotate", offsetof(fsnn_augment, rotate), 180, false},
    {"cutout", offsetof(fsnn_augment, cutout), 1e6, false},
    {"drop", offsetof(fsnn_augment, drop), 1, true},
    {"jitter", offsetof(fsnn_augment, jitter), 1e9, true},
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

/* The first change that is asked for, of any or of events alone; NULL: none. */
static const char *first(const fsnn_augment *augment, bool events)
{
    for (int i = 0; i < FSNN_COUNT(amounts); i++)
        if ((amounts[i].events || !events) && amount(augment, i) != 0)
            return amounts[i].name;
    return NULL;
}

bool augment_any(const fsnn_augment *augment)
{
    return first(augment, false) != NULL;
}

bool augment_of_events(const fsnn_augment *augment)
{
    return first(augment, true) != NULL;
}

/* The numbers of a sample's stream. */
enum { FLIP, FLIP_VERTICAL, FLIP_POLARITY, SHIFT_X, SHIFT_Y, ROTATE, CUT_X, CUT_Y };

/* -most .. most, each whole number as likely. */
static double whole(double most, float u)
{
    double m = floor(most);
    return fmin(floor(u * (2 * m + 1)), 2 * m) - m;
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
    float u[CUT_Y + 1];
    for (int i = 0; i <= CUT_Y; i++)
        u[i] = fsnn_random_uniform(seed, STORE_STREAM_AUGMENT + number, (uint64_t)i);
    clip.flip = u[FLIP] < a->flip;
    clip.flip_vertical = u[FLIP_VERTICAL] < a->flip_vertical;
    clip.flip_polarity = u[FLIP_POLARITY] < a->flip_polarity;
    clip.dx = whole(a->shift, u[SHIFT_X]);
    clip.dy = whole(a->shift, u[SHIFT_Y]);
    double angle = a->rotate * (2.0 * u[ROTATE] - 1) * acos(-1) / 180;
    clip.c = cos(angle);
    clip.s = sin(angle);
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
    double qx = clip->c * px - clip->s * py + mx + clip->dx;
    double qy = clip->s * px + clip->c * py + my + clip->dy;
    *x = (int)floor(qx + 0.5);
    *y = (int)floor(qy + 0.5);
    return kept(clip, *x, *y);
}

/* The pixel that comes to (x, y), or -1. */
static int64_t origin(const augment_clip *clip, int64_t x, int64_t y)
{
    double mx = (double)(clip->W - 1) / 2, my = (double)(clip->H - 1) / 2;
    double qx = (double)x - mx - clip->dx, qy = (double)y - my - clip->dy;
    double px = clip->c * qx + clip->s * qy, py = clip->c * qy - clip->s * qx;
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

fsnn_status augmenter_open(augmenter *a, const fsnn_augment *options, const fsnn_data *data)
{
    *a = (augmenter){.options = *options, .on = augment_any(options)};
    FSNN_TRY(augment_check(options));
    if (!a->on)
        return FSNN_OK;
    char text[256];
    fsnn_shape_text(&data->shape, text, sizeof text);
    if (!has_pictures(data))
        return fsnn_fail_key(
            FSNN_EARGUMENT, first(options, false),
            "augmentation: samples of shape %s are no pictures [C, H, W], which alone "
            "can be flipped, shifted, turned or cut",
            text);
    if (augment_of_events(options) && !data->fetch_changed)
        return fsnn_fail_key(
            FSNN_EARGUMENT, first(options, true),
            "augmentation: drop, jitter and flip_polarity are for recordings of events; "
            "these samples are plain pictures");
    const int64_t *dim = data->shape.dim + data->shape.rank - 3;
    a->H = dim[1];
    a->W = dim[2];
    a->planes = data->size / (a->H * a->W);
    a->work = fsnn_alloc((size_t)(a->H * a->W) * sizeof *a->work);
    return a->work ? FSNN_OK : FSNN_EMEMORY;
}

/* An empty pixel after normalisation. */
static float empty(const fsnn_data *data)
{
    return (float)((0 - data->mean) / data->deviation);
}

fsnn_status augmenter_fetch(const augmenter *a, const fsnn_data *data, int64_t row, uint64_t seed,
                            int64_t epoch, int64_t index, float *x)
{
    if (!a->on)
        return data->fetch(data, row, x);
    augment_clip clip = augment_draw(&a->options, a->W, a->H, seed, epoch, index);
    if (data->fetch_changed)
        return data->fetch_changed(data, row, &clip, x);
    FSNN_TRY(data->fetch(data, row, x));
    augment_pictures(&clip, a->planes, empty(data), a->work, x);
    return FSNN_OK;
}

void augmenter_close(augmenter *a)
{
    fsnn_free(a->work);
    *a = (augmenter){0};
}

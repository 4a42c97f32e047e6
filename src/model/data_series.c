/* model/data_series.c: from files of series to samples of T steps, the same way for all kinds. */
#include "model/data_series.h"

#include "base/error_key.h"

#include <math.h>

static const char *const front_names[] = {"raw", "frames", "mel", NULL};
/* Indices are the values of fsnn_scale, fsnn_pad and fsnn_missing. */
const char *const data_scale_names[] = {"none", "all", "channel", "sample", NULL};
const char *const data_pad_names[] = {"end", "start", NULL};
const char *const data_missing_names[] = {"interpolate", "mask", NULL};

/* Offsets within series_section, to which the group points. */
const fsnn_key data_front_keys[] = {
    {.name = "kind",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(series_section, front),
     .names = front_names,
     .help = "raw: the samples; frames: pieces of samples, one step each; mel: logarithmic mel "
             "spectrum"},
    {.name = "decimate",
     .type = FSNN_KEY_INT,
     .offset = offsetof(series_section, decimate),
     .min = 1,
     .max = 4096,
     .help = "before everything else, keep every n-th sample after a low-pass filter"},
    {.name = "frame",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(series_section, frame),
     .min = 0,
     .max = INFINITY,
     .above = true,
     .with = "kind",
     .when = 1u << SERIES_FRAMES | 1u << SERIES_MEL,
     .help = "length of a frame in ms, or in samples if the rate is not known (ts)"},
    {.name = "hop",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(series_section, hop),
     .min = 0,
     .max = INFINITY,
     .above = true,
     .with = "kind",
     .when = 1u << SERIES_FRAMES | 1u << SERIES_MEL,
     .help =
         "distance from one frame to the next, in the same unit; it is one step of the network"},
    {.name = "bands",
     .type = FSNN_KEY_INT,
     .offset = offsetof(series_section, mel.bands),
     .min = 1,
     .max = 4096,
     .with = "kind",
     .when = 1u << SERIES_MEL,
     .help = "mel: number of bands, the channels of a sample"},
    {.name = "low",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(series_section, mel.low),
     .min = 0,
     .max = INFINITY,
     .with = "kind",
     .when = 1u << SERIES_MEL,
     .help = "mel: lower edge of the lowest band, Hz"},
    {.name = "high",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(series_section, mel.high),
     .min = 0,
     .max = INFINITY,
     .with = "kind",
     .when = 1u << SERIES_MEL,
     .help = "mel: upper edge of the highest band, Hz; 0: half the rate"},
    {.name = "floor",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(series_section, mel.floor),
     .min = 0,
     .max = INFINITY,
     .above = true,
     .with = "kind",
     .when = 1u << SERIES_MEL,
     .help = "mel: added to the power before the logarithm"},
    {0},
};

static const series_section *options_of(const data_place *at)
{
    return &((const series_options *)at->d->data)->series;
}

/* ms to samples; where the rate is not known the number is one of samples. */
static int64_t samples(double length, double rate)
{
    double n = rate > 0 ? length * 1e-3 * rate : length;
    return n < 1 ? 1 : n > INT32_MAX ? INT32_MAX : llround(n);
}

static fsnn_status front(const series_section *o, fsnn_series *s)
{
    fsnn_series_info info;
    FSNN_TRY(fsnn_series_decimate(s, o->decimate));
    fsnn_series_info_get(s, &info);
    if (o->front == SERIES_FRAMES)
        return fsnn_series_frames(s, samples(o->frame, info.rate), samples(o->hop, info.rate));
    fsnn_mel mel = o->mel;
    mel.frame = o->frame * 1e-3;
    mel.hop = o->hop * 1e-3;
    return o->front == SERIES_MEL ? fsnn_series_mel(s, &mel) : FSNN_OK;
}

static fsnn_status read_set(const data_place *at, series_reader *read, fsnn_series **out)
{
    FSNN_TRY(data_fail_in(at, read(at, out)));
    fsnn_status status = data_fail_in(at, fsnn_fail_in(front(options_of(at), *out), "front"));
    if (status < 0) {
        fsnn_series_destroy(*out);
        *out = NULL;
    }
    return status;
}

/* Both sets must speak of the same channels, and classes are those of the training set. */
static fsnn_status agree(const data_place *at, const fsnn_series *training, fsnn_series *test)
{
    fsnn_series_info x, y;
    fsnn_series_info_get(training, &x);
    fsnn_series_info_get(test, &y);
    if (x.channels != y.channels)
        return fsnn_fail(
            FSNN_EFORMAT,
            "series of the training set have %lld channels, those of the test set %lld",
            (long long)x.channels, (long long)y.channels);
    fsnn_status status = fsnn_series_number_as(test, training);
    if (status == FSNN_EFORMAT)
        status = fail_passed_on(at->view, yaml_find(at->d->data->node, "test"), FSNN_EDESCRIPTION);
    return status;
}

static fsnn_status finish(const data_place *at, fsnn_series *s, fsnn_series *other, bool training,
                          fsnn_data **out)
{
    const series_section *o = options_of(at);
    fsnn_series_info mine, theirs = {0};
    fsnn_series_info_get(s, &mine);
    if (other) {
        FSNN_TRY(training ? agree(at, s, other) : agree(at, other, s));
        fsnn_series_info_get(other, &theirs);
    }
    int64_t longest = mine.longest > theirs.longest ? mine.longest : theirs.longest;
    FSNN_TRY(fsnn_series_scale(s, (fsnn_scale)o->scale, training || !other ? s : other));
    return fsnn_data_series(s, o->steps ? o->steps : longest, (fsnn_pad)o->pad, out);
}

fsnn_status data_series_open(const data_place *at, series_reader *read, fsnn_data **out)
{
    const data_section *d = at->d->data;
    bool training = at->set == d->train;
    const char *which = training ? "test" : "train";
    const data_set *set = training ? d->test : d->train;
    const data_place there = {at->d, at->view, yaml_find(d->node, which), set, at->later};
    fsnn_series *s = NULL, *other = NULL;
    fsnn_status status = read_set(at, read, &s);
    if (!status && set->given)
        status = read_set(&there, read, &other);
    if (!status)
        status = finish(at, s, other, training, out);
    fsnn_series_destroy(s);
    fsnn_series_destroy(other);
    return status;
}

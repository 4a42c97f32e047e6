/* data/series/front.c: front ends of series: decimation, frames, logarithmic mel spectrum. Each
 * makes new series and puts them in place of the old ones. */
#include "base/error_key.h"
#include "data/series/fourier.h"
#include "data/series/series_set.h"

#include <math.h>
#include <string.h>

#ifndef M_PI
#define M_PI 3.14159265358979323846
#endif

/* A front end of one series: x [length, C] to out [out_length, series' own channels]. */
typedef struct front {
    int64_t channels; /* of the result */
    double rate;
    int64_t (*out_length)(const void *plan, int64_t length);
    void (*run)(const void *plan, const float *x, int64_t length, int64_t C, float *out);
    const void *plan;
} front;

static fsnn_status replace(fsnn_series *s, const front *f)
{
    fsnn_series *fresh = series_new(f->channels, f->rate);
    if (!fresh)
        return FSNN_EMEMORY;
    for (int64_t i = 0; i < s->count; i++) {
        int64_t begin = series_begin(s, i), length = s->end[i] - begin;
        float *out = series_add(fresh, f->out_length(f->plan, length), s->labels[i]);
        if (!out) {
            fsnn_series_destroy(fresh);
            return FSNN_EMEMORY;
        }
        f->run(f->plan, s->values + begin * s->channels, length, s->channels, out);
    }
    series_replace(s, fresh);
    return FSNN_OK;
}

/* ---- decimation ---- */

typedef struct decimation {
    int64_t factor, half; /* taps -half .. half */
    double *tap;          /* [2 half + 1], sum 1 */
} decimation;

static int64_t decimated(const void *plan, int64_t length)
{
    const decimation *d = plan;
    return length ? (length - 1) / d->factor + 1 : 0;
}

/* Beyond the ends the outermost value goes on. */
static void decimate(const void *plan, const float *x, int64_t length, int64_t C, float *out)
{
    const decimation *d = plan;
    for (int64_t k = 0, out_length = decimated(plan, length); k < out_length; k++)
        for (int64_t c = 0; c < C; c++) {
            double sum = 0;
            for (int64_t j = -d->half; j <= d->half; j++) {
                int64_t at = k * d->factor + j;
                at = at < 0 ? 0 : at >= length ? length - 1 : at;
                sum += d->tap[j + d->half] * x[at * C + c];
            }
            out[k * C + c] = (float)sum;
        }
}

static double sinc(double x)
{
    return x == 0 ? 1 : sin(M_PI * x) / (M_PI * x);
}

fsnn_status fsnn_series_decimate(fsnn_series *s, int64_t factor)
{
    if (!s || factor < 1 || factor > 4096)
        return fsnn_fail_key(FSNN_EARGUMENT, "decimate",
                             "decimation by %lld: a whole number from 1 to 4096 can be used",
                             (long long)factor);
    if (factor == 1)
        return FSNN_OK;
    FSNN_TRY(series_expect_whole(s, "decimate", "decimation"));
    decimation d = {factor, 8 * factor, NULL};
    d.tap = fsnn_alloc((size_t)(2 * d.half + 1) * sizeof *d.tap);
    if (!d.tap)
        return FSNN_EMEMORY;
    double sum = 0, cut = 0.9 / (double)factor; /* twice the frequency, in samples^-1 */
    for (int64_t j = -d.half; j <= d.half; j++) {
        double window = 0.5 + 0.5 * cos(M_PI * (double)j / (double)(d.half + 1));
        sum += d.tap[j + d.half] = sinc(cut * (double)j) * window;
    }
    for (int64_t j = 0; j <= 2 * d.half; j++)
        d.tap[j] /= sum;
    front f = {s->channels, s->rate / (double)factor, decimated, decimate, &d};
    fsnn_status status = replace(s, &f);
    fsnn_free(d.tap);
    return status;
}

/* ---- frames ---- */

typedef struct frames {
    int64_t length, hop;
} frames;

/* As many as it takes to see every sample. */
static int64_t framed(const void *plan, int64_t length)
{
    const frames *p = plan;
    return length <= p->length ? 1 : (length - p->length + p->hop - 1) / p->hop + 1;
}

static void frame(const void *plan, const float *x, int64_t length, int64_t C, float *out)
{
    const frames *p = plan;
    for (int64_t k = 0, out_length = framed(plan, length); k < out_length; k++) {
        int64_t from = k * p->hop, left = length - from;
        int64_t n = left < p->length ? left : p->length;
        if (n > 0)
            memcpy(out + k * p->length * C, x + from * C, (size_t)(n * C) * sizeof *out);
    }
}

fsnn_status fsnn_series_frames(fsnn_series *s, int64_t length, int64_t hop)
{
    int64_t channels;
    if (!s || length < 1 || hop < 1 || __builtin_mul_overflow(length, s->channels, &channels) ||
        channels > INT32_MAX)
        return fsnn_fail_key(FSNN_EARGUMENT, length < 1 ? "frame" : "hop",
                             "frames of %lld samples every %lld samples: both must be at least 1",
                             (long long)length, (long long)hop);
    FSNN_TRY(series_expect_whole(s, "kind", "a front end of frames"));
    frames plan = {length, hop};
    front f = {channels, s->rate / (double)hop, framed, frame, &plan};
    return replace(s, &f);
}

/* ---- mel ---- */

typedef struct mel_plan {
    int64_t n, hop, size, bins, bands; /* frame, hop, FFT, size/2 + 1, bands */
    double floor;
    float *window; /* [n] */
    float *weight; /* [bands, bins] */
    float *in;     /* [size] */
    float (*x)[2]; /* [bins] */
    fourier *fft;
} mel_plan;

/* Frames that fit wholly, at least one. */
static int64_t mel_frames(const void *plan, int64_t length)
{
    const mel_plan *p = plan;
    return length <= p->n ? 1 : (length - p->n) / p->hop + 1;
}

static void mel_frame(const mel_plan *p, float *out)
{
    fourier_run(p->fft, p->in, p->x);
    for (int64_t b = 0; b < p->bands; b++) {
        double power = 0;
        for (int64_t f = 0; f < p->bins; f++)
            if (p->weight[b * p->bins + f] > 0)
                power += (double)p->weight[b * p->bins + f] *
                         ((double)p->x[f][0] * p->x[f][0] + (double)p->x[f][1] * p->x[f][1]);
        out[b] = (float)log(power / (double)p->n + p->floor);
    }
}

static void mel_run(const void *plan, const float *x, int64_t length, int64_t C, float *out)
{
    const mel_plan *p = plan;
    for (int64_t k = 0, out_length = mel_frames(plan, length); k < out_length; k++)
        for (int64_t c = 0; c < C; c++) {
            memset(p->in, 0, (size_t)p->size * sizeof *p->in);
            for (int64_t i = 0; i < p->n && k * p->hop + i < length; i++)
                p->in[i] = p->window[i] * x[(k * p->hop + i) * C + c];
            mel_frame(p, out + (k * C + c) * p->bands);
        }
}

static double to_mel(double hertz)
{
    return 2595 * log10(1 + hertz / 700);
}

static double to_hertz(double mel)
{
    return 700 * (pow(10, mel / 2595) - 1);
}

/* Band b rises from edge b to edge b + 1 and falls to edge b + 2. False when a band holds no line
 * of the spectrum. */
static bool triangles(mel_plan *p, double rate, double low, double high)
{
    double step = (to_mel(high) - to_mel(low)) / (double)(p->bands + 1);
    bool good = true;
    for (int64_t b = 0; b < p->bands; b++) {
        double left = to_hertz(to_mel(low) + step * (double)b);
        double middle = to_hertz(to_mel(low) + step * (double)(b + 1));
        double right = to_hertz(to_mel(low) + step * (double)(b + 2)), most = 0;
        for (int64_t f = 0; f < p->bins; f++) {
            double at = (double)f * rate / (double)p->size;
            double w = fmin((at - left) / (middle - left), (right - at) / (right - middle));
            p->weight[b * p->bins + f] = w > 0 ? (float)w : 0;
            most = fmax(most, w);
        }
        good = good && most > 0;
    }
    return good;
}

static fsnn_status mel_check(const fsnn_series *s, const fsnn_mel *m, double high)
{
    if (!(s->rate > 0))
        return fsnn_fail_key(FSNN_EARGUMENT, "kind",
                             "a mel spectrum needs series whose rate is known (sound does)");
    if (!(m->frame > 0) || !(m->hop > 0) || m->frame * s->rate > 1 << 20 || m->hop * s->rate < 1 ||
        m->frame * s->rate < 2 || m->hop * s->rate > 1 << 20)
        return fsnn_fail_key(
            FSNN_EARGUMENT,
            m->hop > 0 && m->hop * s->rate >= 1 && m->hop * s->rate <= 1 << 20 ? "frame" : "hop",
            "mel frames of %g s every %g s at %g samples/s: a frame takes 2 to 1048576 "
            "samples, a hop at least 1",
            m->frame, m->hop, s->rate);
    bool number = m->bands >= 1 && m->bands <= 4096;
    if (!number || !(m->low >= 0 && m->low < high) || high > s->rate / 2)
        return fsnn_fail_key(
            FSNN_EARGUMENT,
            !number              ? "bands"
            : high > s->rate / 2 ? "high"
                                 : "low",
            "%lld mel bands from %g to %g Hz: 1 to 4096 bands can be made, from 0 Hz or above up "
            "to a higher frequency, at most %g Hz, half the rate",
            (long long)m->bands, m->low, high, s->rate / 2);
    if (!(m->floor > 0) || !isfinite(m->floor))
        return fsnn_fail_key(FSNN_EARGUMENT, "floor",
                             "a mel floor of %g: it must be above 0, like 1e-6", m->floor);
    return FSNN_OK;
}

static fsnn_status mel_open(mel_plan *p, const fsnn_series *s, const fsnn_mel *m, double high)
{
    *p = (mel_plan){.n = llround(m->frame * s->rate),
                    .hop = llround(m->hop * s->rate),
                    .size = 2,
                    .bands = m->bands,
                    .floor = m->floor};
    while (p->size < p->n)
        p->size *= 2;
    p->bins = p->size / 2 + 1;
    p->window = fsnn_alloc((size_t)p->n * sizeof *p->window);
    p->weight = fsnn_alloc((size_t)(p->bands * p->bins) * sizeof *p->weight);
    p->in = fsnn_alloc((size_t)p->size * sizeof *p->in);
    p->x = fsnn_alloc((size_t)p->bins * sizeof *p->x);
    if (!p->window || !p->weight || !p->in || !p->x)
        return FSNN_EMEMORY;
    FSNN_TRY(fourier_create(p->size, &p->fft));
    for (int64_t i = 0; i < p->n; i++)
        p->window[i] = (float)(0.5 - 0.5 * cos(2 * M_PI * (double)i / (double)p->n));
    if (!triangles(p, s->rate, m->low, high))
        return fsnn_fail_key(
            FSNN_EARGUMENT, "bands",
            "%lld mel bands are too many for a spectrum of %lld lines: some would hold "
            "none; take fewer bands or longer frames",
            (long long)m->bands, (long long)p->bins);
    return FSNN_OK;
}

fsnn_status fsnn_series_mel(fsnn_series *s, const fsnn_mel *m)
{
    if (!s || !m)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_series_mel needs series and options");
    double high = m->high > 0 ? m->high : s->rate / 2;
    mel_plan p;
    FSNN_TRY(series_expect_whole(s, "kind", "a mel spectrum"));
    FSNN_TRY(mel_check(s, m, high));
    fsnn_status status = mel_open(&p, s, m, high);
    if (!status) {
        front f = {s->channels * m->bands, s->rate / (double)p.hop, mel_frames, mel_run, &p};
        status = replace(s, &f);
    }
    fourier_destroy(p.fft);
    fsnn_free(p.window);
    fsnn_free(p.weight);
    fsnn_free(p.in);
    fsnn_free(p.x);
    return status;
}

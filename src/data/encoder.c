/* data/encoder.c: from values to currents or spikes over T steps.
 *
 *   direct   I_k = g x
 *   rate     s_k = [u < g x], u uniform in [0, 1), number k N + n of the sample's stream
 *   latency  one spike at step round((T - 1) (1 - v) / (1 - floor)), v = min(g x, 1), if v > floor
 *
 * Rate and latency coding as in E. D. Adrian (1926) and S. Thorpe, A. Delorme, R. Van Rullen
 * (2001). All cost O(T N). */
#include "data/encoder.h"

#include <math.h>
#include <string.h>

typedef void encode_fn(const fsnn_encoder *encoder, int64_t N, const float *x, uint64_t seed,
                       uint64_t stream, float *out, int64_t stride);

static void direct(const fsnn_encoder *encoder, int64_t N, const float *x, uint64_t seed,
                   uint64_t stream, float *out, int64_t stride)
{
    (void)seed, (void)stream;
    float gain = (float)encoder->gain;
    for (int64_t i = 0; i < N; i++)
        out[i] = gain * x[i];
    for (int64_t k = 1; k < encoder->steps; k++)
        memcpy(out + k * stride, out, (size_t)N * sizeof *out);
}

/* Walks over all T N numbers in pieces of whole generator blocks, whatever N is. */
static void rate(const fsnn_encoder *encoder, int64_t N, const float *x, uint64_t seed,
                 uint64_t stream, float *out, int64_t stride)
{
    enum { PIECE = 1024, WHOLE = 64 };
    float u[PIECE], gain = (float)encoder->gain;
    int64_t total = encoder->steps * N, k = 0, i = 0;
    for (int64_t first = 0; first < total; first += PIECE) {
        int64_t n = total - first < PIECE ? total - first : PIECE;
        fsnn_random_fill(u, (n + WHOLE - 1) / WHOLE * WHOLE, seed, stream, (uint64_t)first);
        for (int64_t at = 0; at < n;) {
            int64_t run = N - i < n - at ? N - i : n - at;
            float *restrict s = out + k * stride + i;
            const float *p = x + i, *r = u + at;
            for (int64_t j = 0; j < run; j++)
                s[j] = r[j] < gain * p[j] ? 1.0F : 0.0F;
            at += run;
            i += run;
            if (i == N) {
                i = 0;
                k++;
            }
        }
    }
}

static void latency(const fsnn_encoder *encoder, int64_t N, const float *x, uint64_t seed,
                    uint64_t stream, float *out, int64_t stride)
{
    (void)seed, (void)stream;
    double slope = (double)(encoder->steps - 1) / (1 - encoder->floor);
    for (int64_t k = 0; k < encoder->steps; k++)
        memset(out + k * stride, 0, (size_t)N * sizeof *out);
    for (int64_t i = 0; i < N; i++) {
        double v = fmin(encoder->gain * x[i], 1);
        if (x[i] == x[i] && v > encoder->floor)
            out[(int64_t)(slope * (1 - v) + 0.5) * stride + i] = 1;
    }
}

static const struct {
    const char *name;
    encode_fn *encode;
} kind[FSNN_ENCODERS] = {
    [FSNN_ENCODE_DIRECT] = {"direct", direct},
    [FSNN_ENCODE_RATE] = {"rate", rate},
    [FSNN_ENCODE_LATENCY] = {"latency", latency},
};

static bool known(int value)
{
    return value >= 0 && value < FSNN_ENCODERS;
}

const char *fsnn_encoder_name(fsnn_encoder_kind value)
{
    return known((int)value) ? kind[value].name : "unknown";
}

int fsnn_encoder_find(const char *name)
{
    const char *names[FSNN_ENCODERS];
    for (int i = 0; i < FSNN_ENCODERS; i++) {
        names[i] = kind[i].name;
        if (name && !strcmp(name, names[i]))
            return i;
    }
    const char *near = name ? fsnn_nearest(name, names, FSNN_ENCODERS) : NULL;
    return fsnn_fail(FSNN_ENOTFOUND,
                     "no encoder is called %s; there are direct, rate, latency%s%s%s",
                     name ? name : "(nothing)", near ? "; did you mean " : "", near ? near : "",
                     near ? "?" : "");
}

fsnn_status encoder_check(const fsnn_encoder *encoder)
{
    if (!known((int)encoder->kind))
        return fsnn_fail(FSNN_EARGUMENT,
                         "encoder %d does not exist; there are direct, rate, latency",
                         (int)encoder->kind);
    const char *name = kind[encoder->kind].name;
    if (encoder->steps < 1)
        return fsnn_fail(FSNN_EARGUMENT, "encoder %s: %lld steps; at least 1 is needed", name,
                         (long long)encoder->steps);
    if (!isfinite(encoder->gain) || encoder->gain == 0)
        return fsnn_fail(FSNN_EARGUMENT,
                         "encoder %s: a gain of %g leaves no input; 1 keeps the values as they are",
                         name, encoder->gain);
    if (encoder->kind == FSNN_ENCODE_LATENCY && !(encoder->floor >= 0 && encoder->floor < 1))
        return fsnn_fail(FSNN_EARGUMENT, "encoder %s: floor %g; it must be at least 0 and below 1",
                         name, encoder->floor);
    return FSNN_OK;
}

void encoder_sample(const fsnn_encoder *encoder, int64_t N, const float *x, uint64_t seed,
                    uint64_t stream, float *out, int64_t stride)
{
    kind[encoder->kind].encode(encoder, N, x, seed, stream, out, stride);
}

fsnn_status fsnn_encode(const fsnn_encoder *encoder, int64_t B, int64_t N, const float *x,
                        uint64_t seed, uint64_t stream, float *out)
{
    if (!encoder || !x || !out || B < 1 || N < 1)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_encode needs an encoder, an input and an output of at least one "
                         "sample (B %lld) of one value (N %lld)",
                         (long long)B, (long long)N);
    FSNN_TRY(encoder_check(encoder));
    for (int64_t b = 0; b < B; b++)
        encoder_sample(encoder, N, x + b * N, seed, stream + (uint64_t)b, out + b * N, B * N);
    return FSNN_OK;
}

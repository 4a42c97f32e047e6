/* data/encoder.c: from values to currents or spikes over T steps.
 *
 *   direct   I_k = g x
 *   rate     s_k = [u < g x], u uniform in [0, 1), number k N + n of the sample's stream
 *   latency  one spike at step round((T - 1) (1 - v) / (1 - floor)), v = min(g x, 1), if v > floor
 *
 *   delta    r_0 = 0;  up_k = [g x - r_k >= q], down_k = [g x - r_k <= -q],
 *            r_{k+1} = r_k + q (up_k - down_k)
 *
 * and the same for sequences, with the value x_k of each step; a step becomes T of its own with
 * latency. Delta modulation: F. de Jager (1952). Rate and latency coding as in E. D. Adrian (1926)
 * and S. Thorpe, A. Delorme, R. Van Rullen (2001). All cost O(T N). */
#include "data/encoder.h"

#include "base/error_key.h"

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

/* Value i over T steps, `pace` floats from one to the next: 0 where it stays the same. */
static void follow(const fsnn_encoder *encoder, int64_t T, int64_t N, const float *x, int64_t pace,
                   float *out, int64_t stride)
{
    double q = encoder->threshold;
    for (int64_t i = 0; i < N; i++) {
        int64_t level = 0; /* r = level q, without rounding errors that add up */
        for (int64_t k = 0; k < T; k++) {
            double d = encoder->gain * x[k * pace + i] - (double)level * q;
            bool up = d >= q, down = d <= -q;
            out[k * stride + i] = up;
            out[k * stride + N + i] = down;
            level += up - down;
        }
    }
}

static void delta(const fsnn_encoder *encoder, int64_t N, const float *x, uint64_t seed,
                  uint64_t stream, float *out, int64_t stride)
{
    (void)seed, (void)stream;
    follow(encoder, encoder->steps, N, x, 0, out, stride);
}

/* ---- sequences ---- */

typedef void sequence_fn(const fsnn_encoder *encoder, int64_t T, int64_t N, const float *x,
                         uint64_t seed, uint64_t stream, float *out, int64_t stride);

static void direct_sequence(const fsnn_encoder *encoder, int64_t T, int64_t N, const float *x,
                            uint64_t seed, uint64_t stream, float *out, int64_t stride)
{
    (void)encoder, (void)seed, (void)stream;
    for (int64_t k = 0; k < T; k++)
        memcpy(out + k * stride, x + k * N, (size_t)N * sizeof *out);
}

/* Number k N + n of the sample's stream, as for still samples. */
static void rate_sequence(const fsnn_encoder *encoder, int64_t T, int64_t N, const float *x,
                          uint64_t seed, uint64_t stream, float *out, int64_t stride)
{
    enum { PIECE = 1024, WHOLE = 64 };
    float u[PIECE], gain = (float)encoder->gain;
    int64_t total = T * N;
    for (int64_t first = 0; first < total; first += PIECE) {
        int64_t n = total - first < PIECE ? total - first : PIECE;
        fsnn_random_fill(u, (n + WHOLE - 1) / WHOLE * WHOLE, seed, stream, (uint64_t)first);
        for (int64_t j = 0; j < n; j++) {
            int64_t at = first + j;
            out[at / N * stride + at % N] = u[j] < gain * x[at] ? 1.0F : 0.0F;
        }
    }
}

static void latency_sequence(const fsnn_encoder *encoder, int64_t T, int64_t N, const float *x,
                             uint64_t seed, uint64_t stream, float *out, int64_t stride)
{
    for (int64_t k = 0; k < T; k++)
        latency(encoder, N, x + k * N, seed, stream, out + k * encoder->steps * stride, stride);
}

static void delta_sequence(const fsnn_encoder *encoder, int64_t T, int64_t N, const float *x,
                           uint64_t seed, uint64_t stream, float *out, int64_t stride)
{
    (void)seed, (void)stream;
    follow(encoder, T, N, x, N, out, stride);
}

static const struct {
    const char *name;
    encode_fn *encode;
    sequence_fn *sequence;
    bool spread;  /* steps of a sequence become `steps` each */
    int channels; /* of the result for each of the sample */
} kind[FSNN_ENCODERS] = {
    [FSNN_ENCODE_DIRECT] = {"direct", direct, direct_sequence, false, 1},
    [FSNN_ENCODE_RATE] = {"rate", rate, rate_sequence, false, 1},
    [FSNN_ENCODE_LATENCY] = {"latency", latency, latency_sequence, true, 1},
    [FSNN_ENCODE_DELTA] = {"delta", delta, delta_sequence, false, 2},
};

bool encoder_size(const fsnn_encoder *encoder, bool sequence, int64_t *steps, fsnn_shape *shape)
{
    int64_t channels = kind[encoder->kind].channels;
    if (!sequence)
        *steps = encoder->steps;
    else if (kind[encoder->kind].spread && __builtin_mul_overflow(*steps, encoder->steps, steps))
        return false;
    if (shape->rank == 0 && channels > 1)
        *shape = FSNN_SHAPE(channels);
    else if (__builtin_mul_overflow(shape->dim[0], channels, &shape->dim[0]))
        return false;
    return true;
}

static bool known(int value)
{
    return value >= 0 && value < FSNN_ENCODERS;
}

const char *fsnn_encoder_name(fsnn_encoder_kind value)
{
    return known((int)value) ? kind[value].name : "unknown";
}

static const char *name_at(int i)
{
    return i < FSNN_ENCODERS ? kind[i].name : NULL;
}

int fsnn_encoder_find(const char *name)
{
    return fsnn_name_find("encoder", name, name_at, NULL);
}

fsnn_status encoder_check(const fsnn_encoder *encoder)
{
    if (!known((int)encoder->kind))
        return fsnn_fail(FSNN_EARGUMENT, "encoder %d does not exist; there are 0 (%s) to %d (%s)",
                         (int)encoder->kind, kind[0].name, FSNN_ENCODERS - 1,
                         kind[FSNN_ENCODERS - 1].name);
    const char *name = kind[encoder->kind].name;
    if (encoder->steps < 1)
        return fsnn_fail_key(FSNN_EARGUMENT, "steps",
                             "encoder %s: %lld steps; at least 1 is needed", name,
                             (long long)encoder->steps);
    if (!isfinite(encoder->gain) || encoder->gain == 0)
        return fsnn_fail_key(
            FSNN_EARGUMENT, "gain",
            "encoder %s: a gain of %g leaves no input; 1 keeps the values as they are", name,
            encoder->gain);
    if (encoder->kind == FSNN_ENCODE_LATENCY && !(encoder->floor >= 0 && encoder->floor < 1))
        return fsnn_fail_key(FSNN_EARGUMENT, "floor",
                             "encoder %s: floor %g; it must be at least 0 and below 1", name,
                             encoder->floor);
    if (encoder->kind == FSNN_ENCODE_DELTA &&
        !(encoder->threshold > 0 && isfinite(encoder->threshold)))
        return fsnn_fail_key(FSNN_EARGUMENT, "threshold",
                             "encoder %s: threshold %g; it must be a number above 0", name,
                             encoder->threshold);
    return FSNN_OK;
}

void encoder_sample(const fsnn_encoder *encoder, int64_t N, const float *x, uint64_t seed,
                    uint64_t stream, float *out, int64_t stride)
{
    kind[encoder->kind].encode(encoder, N, x, seed, stream, out, stride);
}

void encoder_sequence(const fsnn_encoder *encoder, int64_t T, int64_t N, const float *x,
                      uint64_t seed, uint64_t stream, float *out, int64_t stride)
{
    kind[encoder->kind].sequence(encoder, T, N, x, seed, stream, out, stride);
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
    int64_t outputs = N * kind[encoder->kind].channels;
    for (int64_t b = 0; b < B; b++)
        encoder_sample(encoder, N, x + b * N, seed, stream + (uint64_t)b, out + b * outputs,
                       B * outputs);
    return FSNN_OK;
}

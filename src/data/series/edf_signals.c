/* data/series/edf_signals.c: samples of EDF and BDF in physical units, and other rates of them. */
#include "data/series/edf.h"

#include "base/bytes.h"

#include <math.h>

#ifndef M_PI
#define M_PI 3.14159265358979323846
#endif

void edf_read(const edf *e, int64_t signal, double *x)
{
    const edf_signal *s = &e->signal[signal];
    double unit = (s->high - s->low) / (s->high_bits - s->low_bits);
    int width = e->width;
    uint32_t sign = 1U << (8 * width - 1);
    for (int64_t i = 0; i < e->count; i++) {
        const uint8_t *p = e->records + i * e->record_size + s->at;
        for (int64_t k = 0; k < s->samples; k++, p += width) {
            int64_t digital = (int64_t)((uint32_t)bytes_le(p, width) ^ sign) - (int64_t)sign;
            *x++ = ((double)digital - s->low_bits) * unit + s->low;
        }
    }
}

static double sinc(double x)
{
    return x == 0 ? 1 : sin(M_PI * x) / (M_PI * x);
}

enum { LOBES = 8 };

void edf_resample(const double *x, int64_t length, double from, double to, int64_t out_length,
                  float *out, int64_t stride)
{
    double step = from / to, slower = step > 1 ? step : 1, cut = 0.9 / slower;
    double half = LOBES * slower;
    for (int64_t k = 0; k < out_length && from == to; k++)
        out[k * stride] = (float)x[k < length ? k : length - 1];
    for (int64_t k = 0; k < out_length && from != to; k++) {
        double place = (double)k * step, sum = 0, weights = 0;
        for (double j = ceil(place - half); j <= place + half; j++) {
            double far = j - place;
            double w = sinc(cut * far) * (0.5 + 0.5 * cos(M_PI * far / (half + 1)));
            int64_t at = j < 0 ? 0 : j >= (double)length ? length - 1 : (int64_t)j;
            sum += w * x[at];
            weights += w;
        }
        out[k * stride] = (float)(sum / weights);
    }
}

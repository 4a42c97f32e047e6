/* data/encoder_range.c: whether the values of a data set are such as its encoder can tell apart:
 * rate and latency take 0 to 1, and what lies outside is as good as 1 or 0. Looks at up to SAMPLES
 * samples. */
#include "data/encoder.h"
#include "data/store.h"

#include <math.h>

enum { SAMPLES = 64 };
#define SPARE 1e-6 /* of rounding above 1 */

typedef struct range {
    double low, high;
    int64_t count, above, below; /* values that are not 0; of them above 1, below 0 */
} range;

static void measure(const float *x, int64_t n, double gain, range *r)
{
    for (int64_t i = 0; i < n; i++) {
        double v = gain * x[i];
        r->low = fmin(r->low, v);
        r->high = fmax(r->high, v);
        r->count += v != 0;
        r->above += v > 1 + SPARE;
        r->below += v < 0;
    }
}

static fsnn_status survey(const fsnn_data *data, double gain, range *r)
{
    float *x = fsnn_alloc((size_t)data->size * sizeof *x);
    int64_t shown = data->count < SAMPLES ? data->count : SAMPLES;
    fsnn_status status = x ? FSNN_OK : FSNN_EMEMORY;
    *r = (range){.low = INFINITY, .high = -INFINITY};
    for (int64_t i = 0; i < shown && !status; i++) {
        status = data->fetch(data, store_row(data, i * data->count / shown), x);
        if (!status)
            measure(x, data->size, gain, r);
    }
    fsnn_free(x);
    return status;
}

/* What would bring the values into 0..1, as keys of a description. */
static void advise(const range *r, double gain, char *text, size_t size)
{
    if (r->below)
        snprintf(text, size, "normalize: {mean: %.4g, deviation: %.4g} with gain 1", r->low / gain,
                 (r->high - r->low) / gain);
    else
        snprintf(text, size, "encoder.gain: %.4g, or normalize: {deviation: %.4g} with gain 1",
                 gain / r->high, r->high / gain);
}

/* Whether no byte lies outside: samples of bytes that are still in their file stay there then. */
static bool always_inside(const fsnn_data *data, double gain)
{
    const store *s = data->store;
    return s->later && s->dtype == FSNN_U8 && gain * (double)data->value[0] >= 0 &&
           gain * (double)data->value[255] <= 1 + SPARE;
}

fsnn_status fsnn_data_check_encoder(fsnn_data *data, const fsnn_encoder *encoder)
{
    char advice[128];
    range r;
    if (!data || !encoder)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_data_check_encoder needs data and an encoder");
    if (encoder->kind != FSNN_ENCODE_RATE && encoder->kind != FSNN_ENCODE_LATENCY)
        return FSNN_OK;
    if (always_inside(data, encoder->gain))
        return FSNN_OK;
    FSNN_TRY(survey(data, encoder->gain, &r));
    if (100 * (r.above + r.below) <= r.count) /* a few outliers do no harm */
        return FSNN_OK;
    advise(&r, encoder->gain, advice, sizeof advice);
    double all = (double)r.count / 100;
    return store_warn(
        data,
        "encoder %s: values (times gain) lie from %.4g to %.4g, but only 0 to 1 are "
        "told apart: of those that are not 0, %.0f %% are above 1 and spike as 1 does, "
        "%.0f %% are below 0 and never spike; %s would put them there",
        fsnn_encoder_name(encoder->kind), r.low, r.high, (double)r.above / all,
        (double)r.below / all, advice);
}

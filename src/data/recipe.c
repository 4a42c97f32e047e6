/* data/recipe.c: one sample made ready. Random numbers are a function of (seed, epoch, sample), so
 * it does not matter which thread makes it, and when. */
#include "data/recipe.h"

#include "base/error_key.h"
#include "data/encoder.h"
#include "data/perturb.h"
#include "data/store.h"

#include <string.h>

/* ---- how ---- */

static fsnn_status check(const fsnn_data *data, const fsnn_loader_options *options)
{
    if (options->batch < 1)
        return fsnn_fail(FSNN_EARGUMENT, "a batch of %lld samples; at least 1 is needed",
                         (long long)options->batch);
    if (options->drop_last && data->count < options->batch)
        return fsnn_fail_key(FSNN_EARGUMENT, "drop_last",
                             "a batch of %lld of only %lld samples: with drop_last none is left; "
                             "make the batch smaller or keep the incomplete one",
                             (long long)options->batch, (long long)data->count);
    if (data->count > UINT32_MAX)
        return fsnn_fail(FSNN_EUNSUPPORTED, "%lld samples are more than a loader can number",
                         (long long)data->count);
    if (options->perturbs > 0 && !options->perturb)
        return fsnn_fail(FSNN_EARGUMENT, "%d perturbations, but no list of them",
                         options->perturbs);
    if (options->sampling.count && !options->sampling.times)
        return fsnn_fail(FSNN_EARGUMENT, "%lld time stamps, but no list of them",
                         (long long)options->sampling.count);
    if (options->perturbs < 0 || options->perturbs > FSNN_PERTURBS)
        return fsnn_fail(FSNN_EARGUMENT, "%d perturbations; at most %d can be given",
                         options->perturbs, FSNN_PERTURBS);
    for (int i = 0; i < options->perturbs; i++)
        FSNN_TRY(perturb_check_sample(&options->perturb[i]));
    bool unused = data->sequence && options->encoder.kind == FSNN_ENCODE_DIRECT;
    return unused ? FSNN_OK : fsnn_fail_in(encoder_check(&options->encoder), "encoder");
}

/* Steps and values of one step, before and after the encoder. */
static fsnn_status plan_sizes(recipe *r)
{
    const fsnn_data *data = r->data;
    r->shape = data->shape;
    r->rows = r->options.encoder.steps;
    if (data->sequence) {
        r->rows = data->shape.dim[0];
        r->shape.rank--;
        memmove(r->shape.dim, r->shape.dim + 1, (size_t)r->shape.rank * sizeof r->shape.dim[0]);
        r->shape.dim[r->shape.rank] = 0;
    }
    r->raw_rows = data->sequence ? r->rows : 1;
    r->raw_values = fsnn_shape_count(&r->shape);
    if (!encoder_size(&r->options.encoder, data->sequence, &r->rows, &r->shape))
        return fsnn_fail_key(FSNN_EARGUMENT, "encoder.steps",
                             "sequences of %lld steps, %lld each, are too long",
                             (long long)r->raw_rows, (long long)r->options.encoder.steps);
    r->values = fsnn_shape_count(&r->shape);
    return FSNN_OK;
}

static fsnn_status plan_steps(recipe *r)
{
    resample grid = {0};
    r->steps = r->rows;
    r->stamped = r->options.sampling.times != NULL;
    if (!r->stamped)
        return FSNN_OK;
    fsnn_status status = resample_open(&grid, &r->options.sampling, r->rows, r->values);
    r->steps = grid.s.q;
    resample_close(&grid);
    return status;
}

fsnn_status recipe_plan(recipe *r, const fsnn_data *data, const fsnn_loader_options *options)
{
    *r = (recipe){.data = data, .options = *options};
    FSNN_TRY(check(data, options));
    for (int i = 0; i < options->perturbs; i++)
        r->perturb[i] = options->perturb[i];
    FSNN_TRY(plan_sizes(r));
    FSNN_TRY(plan_steps(r));
    int64_t size;
    if (__builtin_mul_overflow(r->steps, r->values, &size) || size > INT64_MAX / 8)
        return fsnn_fail(FSNN_EMEMORY,
                         "a sample of %lld values over %lld steps does not fit into memory",
                         (long long)r->values, (long long)r->steps);
    r->sparse = options->encoder.sparse;
    r->rate = r->sparse && !r->stamped && !data->sequence && !options->perturbs &&
              options->encoder.kind == FSNN_ENCODE_RATE;
    r->still = options->still && options->encoder.kind == FSNN_ENCODE_DIRECT && !data->sequence &&
               !r->sparse && !options->perturbs; /* and what lies between equal values is these */
    if (r->still)
        r->options.encoder.steps = 1;
    if (r->sparse && r->values > INT32_MAX)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "lists of spikes number their elements up to %d, not %lld", INT32_MAX,
                         (long long)r->values);
    return FSNN_OK;
}

int64_t recipe_rows(const recipe *r)
{
    return r->still ? 1 : r->steps;
}

/* ---- what it takes ---- */

fsnn_status maker_open(maker *m, const recipe *r)
{
    *m = (maker){0};
    FSNN_TRY(fsnn_fail_in(augmenter_open(&m->augment, &r->options.augment, r->data), "augment"));
    if (r->stamped)
        FSNN_TRY(resample_open(&m->grid, &r->options.sampling, r->rows, r->values));
    m->sample = fsnn_alloc((size_t)r->data->size * sizeof *m->sample);
    if (!m->sample)
        return FSNN_EMEMORY;
    if (r->options.perturbs) {
        m->disturbed = fsnn_alloc((size_t)(r->steps * r->values) * sizeof *m->disturbed);
        m->scratch = fsnn_alloc((size_t)(r->steps * r->values) * sizeof *m->scratch);
        if (!m->disturbed || !m->scratch)
            return FSNN_EMEMORY;
    }
    return r->sparse ? spike_space_open(&m->space, r->steps, r->values, !r->rate) : FSNN_OK;
}

void maker_close(maker *m)
{
    spike_space_close(&m->space);
    resample_close(&m->grid);
    augmenter_close(&m->augment);
    fsnn_free(m->sample);
    fsnn_free(m->disturbed);
    fsnn_free(m->scratch);
    *m = (maker){0};
}

int64_t maker_bytes(const recipe *r)
{
    int64_t sample = r->steps * r->values, dense = 0;
    dense += mix_any(&r->options.augment) ? r->data->size : 0;
    dense += r->stamped ? 2 * sample : 0;
    dense += r->options.perturbs ? 2 * sample : 0;
    dense += r->sparse && !r->rate ? sample : 0;
    return (int64_t)sizeof(float) * (r->data->size + dense);
}

/* ---- the making ---- */

/* The sample in the making as rows in time. */
static void unroll(const maker *m, const recipe *r, uint64_t stream, float *out, int64_t stride)
{
    const fsnn_encoder *encoder = &r->options.encoder;
    if (r->data->sequence)
        encoder_sequence(encoder, r->raw_rows, r->raw_values, m->sample, r->options.seed, stream,
                         out, stride);
    else
        encoder_sample(encoder, r->raw_values, m->sample, r->options.seed, stream, out, stride);
}

/* The same on the solver's steps. */
static void settle(maker *m, const recipe *r, uint64_t stream, float *out, int64_t stride)
{
    if (!r->stamped || r->still) {
        unroll(m, r, stream, out, stride);
        return;
    }
    unroll(m, r, stream, m->grid.in, r->values);
    resample_run(&m->grid, out, stride);
}

/* The same with all disturbances. */
static fsnn_status disturb(maker *m, const recipe *r, uint64_t stream, float *out, int64_t stride)
{
    settle(m, r, STORE_STREAM_ENCODE + stream, m->disturbed, r->values);
    FSNN_TRY(fsnn_perturb(r->perturb, r->options.perturbs, r->steps, &r->shape, r->options.seed,
                          STORE_STREAM_PERTURB + stream, m->disturbed, m->scratch));
    for (int64_t k = 0; k < r->steps; k++)
        memcpy(out + k * stride, m->disturbed + k * r->values, (size_t)r->values * sizeof *out);
    return FSNN_OK;
}

static fsnn_status fetch(maker *m, const recipe *r, int64_t epoch, int64_t index)
{
    return augmenter_fetch(&m->augment, r->data, store_row(r->data, index), r->options.seed, epoch,
                           index, m->sample);
}

static uint64_t stream_of(int64_t epoch, int64_t index)
{
    return ((uint64_t)epoch << 32) + (uint64_t)index;
}

/* What was fetched, as dense rows. */
static fsnn_status finish(maker *m, const recipe *r, uint64_t stream, float *out, int64_t stride)
{
    if (m->disturbed)
        return disturb(m, r, stream, out, stride);
    settle(m, r, STORE_STREAM_ENCODE + stream, out, stride);
    return FSNN_OK;
}

fsnn_status maker_dense(maker *m, const recipe *r, int64_t epoch, int64_t index, float *out,
                        int64_t stride)
{
    FSNN_TRY(fetch(m, r, epoch, index));
    return finish(m, r, stream_of(epoch, index), out, stride);
}

fsnn_status maker_lists(maker *m, const recipe *r, int64_t epoch, int64_t index, int64_t b,
                        spike_lists *lists, spike_piece *piece)
{
    uint64_t stream = stream_of(epoch, index);
    FSNN_TRY(fetch(m, r, epoch, index));
    if (r->rate) {
        spike_lists_rate(lists, piece, &m->space, &r->options.encoder, b, m->sample,
                         r->options.seed, STORE_STREAM_ENCODE + stream);
        return FSNN_OK;
    }
    FSNN_TRY(finish(m, r, stream, m->space.dense, r->values));
    spike_lists_dense(lists, piece, b, m->space.dense);
    return FSNN_OK;
}

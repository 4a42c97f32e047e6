/* The network of a session in integers: samples of its data are the calibration, and a memory that
 * grows without end becomes exponentials, as in the exported C. */
#include "base/error_key.h"
#include "session/session.h"

#include <string.h>

enum { SAMPLES = 256, SEEN = 32, LONG = 100000 };
#define TOLERANCE 1e-5

/* The first samples of the training data, or of what data there are; NULL: there are none. */
static fsnn_status open_samples(fsnn_session *s, const fsnn_data **data)
{
    *data = NULL;
    if (!fsnn_description_has_data(s->description))
        return FSNN_OK;
    int part = fsnn_session_open_part(s, FSNN_PART_TRAIN);
    if (part == FSNN_ENOTFOUND)
        part = fsnn_session_open_part(s, -1);
    if (part < 0)
        return (fsnn_status)part;
    *data = fsnn_session_data(s, (fsnn_part)part);
    return FSNN_OK;
}

static fsnn_status take(const fsnn_batch *batch, const fsnn_shape *sample, fsnn_arrays *out)
{
    fsnn_shape shape = {.rank = sample->rank + 2, .dim = {batch->steps, batch->batch}};
    for (int i = 0; i < sample->rank; i++)
        shape.dim[2 + i] = sample->dim[i];
    fsnn_array *x = fsnn_arrays_add(out, "x", FSNN_F32, &shape);
    if (!x)
        return FSNN_EMEMORY;
    const int64_t row = batch->batch * fsnn_shape_count(sample);
    if (batch->spikes)
        fsnn_spikes_dense(batch->spikes, x->data);
    for (int64_t k = 0; !batch->spikes && k < batch->steps; k++)
        memcpy((float *)x->data + k * row, batch->x + (batch->still ? 0 : k * row),
               (size_t)row * sizeof(float));
    return FSNN_OK;
}

static fsnn_status read_samples(fsnn_session *s, const fsnn_data *data, int64_t most,
                                fsnn_arrays *out)
{
    fsnn_loader *loader;
    fsnn_batch batch;
    fsnn_data_info info;
    fsnn_shape sample;
    fsnn_data_info_get(data, &info);
    FSNN_TRY(
        fsnn_session_new_loader(s, data, info.count < most ? info.count : most, NULL, 0, &loader));
    fsnn_loader_shape(loader, NULL, &sample);
    fsnn_status status = fsnn_loader_start(loader, 0);
    int more = status ? status : fsnn_loader_next(loader, &batch);
    status = more < 0 ? (fsnn_status)more : more ? take(&batch, &sample, out) : FSNN_OK;
    fsnn_loader_destroy(loader);
    return status;
}

/* Potentials of a few samples, for layers whose bound is not proved. */
static fsnn_status see(fsnn_session *s, const fsnn_data *data, const fsnn_array *x,
                       fsnn_arrays *seen)
{
    fsnn_arrays few = {0};
    fsnn_status status = data ? read_samples(s, data, SEEN, &few) : FSNN_OK;
    const fsnn_run_request request = {.x = data ? fsnn_arrays_find(&few, "x") : x,
                                      .keep = FSNN_KEEP_V};
    if (!status && request.x)
        status = fsnn_session_run(s, &request, seen);
    fsnn_arrays_free(&few);
    return status;
}

/* Wraps the net for a stream, its memory bounded, and makes its integers. */
static fsnn_status make(fsnn_session *s, const fsnn_integer_options *o, fsnn_integer **result)
{
    fsnn_dynamics d = *fsnn_description_dynamics(s->description);
    const fsnn_plan stream = {.steps = 1, .batch = 1, .stream = true, .seed = s->training.seed};
    const int64_t steps = o->x ? o->x->shape.dim[0] : 1;
    if (d.integrator == FSNN_FDEINT && d.memory <= 0) {
        d.tolerance = d.tolerance > 0 ? d.tolerance : TOLERANCE;
        d.engine = FSNN_ENGINE_FEW;
        d.horizon = d.horizon > 0 ? d.horizon : steps > LONG ? steps : LONG;
    }
    s->wrapped = false; /* for another plan from now on */
    fsnn_status status = fsnn_net_wrap(s->net, &d, &stream);
    return status < 0 ? status : fsnn_integer_create(s->net, o, result);
}

static fsnn_status calibrate(fsnn_session *s, fsnn_integer_options *o, const fsnn_data *data,
                             fsnn_integer **result)
{
    fsnn_arrays seen = {0};
    fsnn_status status = make(s, o, result);
    if (status != FSNN_EUNSUPPORTED || o->seen || !o->x)
        return status;
    status = see(s, data, o->x, &seen);
    if (!status) {
        o->seen = &seen;
        status = make(s, o, result);
    }
    fsnn_arrays_free(&seen);
    return status;
}

fsnn_status fsnn_session_integers(fsnn_session *session, const fsnn_integer_options *options,
                                  fsnn_integer **result)
{
    FSNN_NEED(result);
    *result = NULL;
    FSNN_NEED(session);
    FSNN_NEED(options);
    FSNN_TRY(fsnn_session_shapes(session, NULL, NULL));
    fsnn_integer_options o = *options;
    fsnn_arrays samples = {0};
    const fsnn_data *data = NULL;
    fsnn_status status = o.x ? FSNN_OK : open_samples(session, &data);
    if (!status && data)
        status = read_samples(session, data, SAMPLES, &samples);
    if (!status && data)
        o.x = fsnn_arrays_find(&samples, "x");
    if (!status)
        status = calibrate(session, &o, data, result);
    fsnn_arrays_free(&samples);
    if (status == FSNN_EUNSUPPORTED && *fsnn_error_key()) /* a layer, or the precision */
        status = fsnn_description_locate(session->description, "layers");
    return status;
}

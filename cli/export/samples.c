/* cli/export/samples.c: what the exported C is tested with, and what the network gives for it. */
#include "cli/export/export.h"

#include <stdlib.h>
#include <string.h>

/* Samples of a test where none is given: they become constants of net_test.c. */
enum { SAMPLES = 20 };

static int add(export_work *w, fsnn_shape shape, float **x)
{
    fsnn_array *array = fsnn_arrays_add(&w->samples, "x", FSNN_F32, &shape);
    if (!array)
        return cli_error(CLI_FAILED, "out of memory for the test's samples");
    *x = array->data;
    w->steps = shape.dim[0];
    return CLI_GOOD;
}

/* Classes of samples, [B] or, with one for each step, [B, T]: w->samples "y". */
static int add_classes(export_work *w, int64_t batch, int64_t steps, int32_t **y)
{
    const fsnn_shape shape = {.rank = steps > 1 ? 2 : 1, .dim = {batch, steps}};
    fsnn_array *array = fsnn_arrays_add(&w->samples, "y", FSNN_I32, &shape);
    if (!array)
        return cli_error(CLI_FAILED, "out of memory for the test's classes");
    *y = array->data;
    return CLI_GOOD;
}

static int64_t wanted(const export_work *w, int64_t there)
{
    int64_t count = w->o->samples.given ? w->o->samples.value : w->o->test ? there : SAMPLES;
    return count < there ? count : there;
}

/* ---- a file ---- */

static int take_class(const export_work *w, double given, int32_t *to)
{
    if (given < INT32_MIN || given > INT32_MAX)
        return cli_error(CLI_FAILED, "%s: y holds %.0f: classes are whole numbers of 32 bits",
                         w->o->test, given);
    *to = (int32_t)given;
    return CLI_GOOD;
}

/* y of whole numbers where the file has one: values, as of a regression, have no accuracy. */
static int classes_from_file(export_work *w, int64_t T, int64_t B)
{
    const fsnn_array *y = fsnn_arrays_find(&w->input, "y");
    if (!y || y->dtype == FSNN_F32 || y->dtype == FSNN_F64)
        return CLI_GOOD;
    const int64_t count = fsnn_shape_count(&y->shape), steps = count == B ? 1 : T;
    char text[128];
    if (count != B * steps)
        return cli_error(CLI_FAILED,
                         "%s: y is %s: classes of %lld samples of %lld steps are [%lld], or "
                         "[%lld, %lld] with one for each step",
                         w->o->test, fsnn_shape_text(&y->shape, text, sizeof text), (long long)B,
                         (long long)T, (long long)B, (long long)B, (long long)T);
    double *all = malloc((size_t)count * sizeof *all); /* exact where a class can be */
    int32_t *to = NULL;
    const int64_t kept = wanted(w, B) * steps;
    int code = all ? add_classes(w, wanted(w, B), steps, &to)
                   : cli_error(CLI_FAILED, "out of memory for the test's classes");
    if (code == CLI_GOOD)
        fsnn_array_to_f64(y, all);
    for (int64_t i = 0; code == CLI_GOOD && i < kept; i++)
        code = take_class(w, all[i], &to[i]);
    free(all);
    return code;
}

static int from_file(export_work *w)
{
    fsnn_status status = fsnn_npz_read(w->o->test, &w->input);
    if (status < 0)
        return cli_fail(status);
    const fsnn_array *x = fsnn_arrays_find(&w->input, "x");
    if (!x)
        return cli_error(CLI_FAILED, "%s: no array \"x\": it is [T, B, ...]", w->o->test);
    if (x->shape.rank < 2 || fsnn_shape_count(&x->shape) < 1)
        return cli_error(CLI_FAILED,
                         "%s: x has less than two dimensions, or no numbers: it is [T, "
                         "B, ...], T steps of B samples",
                         w->o->test);
    fsnn_shape shape = x->shape;
    const int64_t T = shape.dim[0], B = shape.dim[1];
    shape.dim[1] = wanted(w, B);
    float *all = malloc((size_t)fsnn_shape_count(&x->shape) * sizeof *all), *to = NULL;
    int code = all ? add(w, shape, &to) : cli_error(CLI_FAILED, "out of memory for the test");
    if (code == CLI_GOOD) {
        const int64_t row = fsnn_shape_count(&x->shape) / T, kept = row / B * shape.dim[1];
        fsnn_array_to_f32(x, all);
        for (int64_t k = 0; k < T; k++)
            memcpy(to + k * kept, all + k * row, (size_t)kept * sizeof *to);
    }
    free(all);
    return code == CLI_GOOD ? classes_from_file(w, T, B) : code;
}

/* ---- the description's test data ---- */

static int take(export_work *w, const fsnn_batch *batch, const fsnn_shape *sample)
{
    fsnn_shape shape = {.rank = sample->rank + 2, .dim = {batch->steps, batch->batch}};
    float *to = NULL;
    int32_t *y = NULL;
    for (int i = 0; i < sample->rank; i++)
        shape.dim[2 + i] = sample->dim[i];
    int code = add(w, shape, &to);
    const int64_t row = batch->batch * fsnn_shape_count(sample);
    if (code == CLI_GOOD && batch->spikes)
        fsnn_spikes_dense(batch->spikes, to);
    for (int64_t k = 0; code == CLI_GOOD && batch->x && k < batch->steps; k++)
        memcpy(to + k * row, batch->x + (batch->still ? 0 : k * row), (size_t)row * sizeof *to);
    if (code != CLI_GOOD || !batch->labels || batch->places > 1)
        return code;
    code = add_classes(w, batch->batch, batch->label_steps, &y);
    if (code == CLI_GOOD)
        memcpy(y, batch->labels, (size_t)(batch->batch * batch->label_steps) * sizeof *y);
    return code;
}

static int from_loader(export_work *w, fsnn_loader *loader)
{
    fsnn_batch batch;
    fsnn_shape shape;
    int64_t steps;
    fsnn_status status = fsnn_loader_start(loader, 0);
    int next = status < 0 ? status : fsnn_loader_next(loader, &batch);
    if (next < 0)
        return cli_fail(next);
    if (!next)
        return CLI_GOOD;
    fsnn_loader_shape(loader, &steps, &shape);
    return take(w, &batch, &shape);
}

/* Descriptions without data are exported without a test. */
static int from_data(export_work *w)
{
    fsnn_session *s = w->model.session;
    if (!fsnn_description_has_data(w->model.description))
        return CLI_GOOD;
    int part = fsnn_session_open_part(s, -1);
    if (part < 0) {
        cli_warn("there are no test data (%s): net_test.c is left out; --test X.npz gives it some",
                 fsnn_error_text());
        return CLI_GOOD;
    }
    cli_model_warn(&w->model, FSNN_TOPIC_DATA);
    const fsnn_data *data = fsnn_session_data(s, (fsnn_part)part);
    fsnn_data_info info;
    fsnn_data_info_get(data, &info);
    fsnn_loader *loader;
    fsnn_status status = fsnn_session_new_loader(s, data, wanted(w, info.count), NULL, 0, &loader);
    if (status < 0)
        return cli_fail(status);
    int code = from_loader(w, loader);
    fsnn_loader_destroy(loader);
    return code;
}

int export_samples(export_work *w)
{
    return w->o->test ? from_file(w) : from_data(w);
}

int export_run(const export_work *w, cli_model *model, fsnn_arrays *result)
{
    const fsnn_array *x = fsnn_arrays_find(&w->samples, "x");
    const fsnn_run_request request = {.x = x, .keep = FSNN_KEEP_SPIKES};
    if (!x)
        return CLI_GOOD;
    fsnn_status status = fsnn_session_run(model->session, &request, result);
    if (status < 0 && w->o->test && strcmp(fsnn_error_place().key, "x") == 0)
        return cli_error(CLI_FAILED, "%s: %s", w->o->test, fsnn_error_text());
    return status < 0 ? cli_fail(status) : CLI_GOOD;
}

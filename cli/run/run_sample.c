/* cli/run/run_sample.c: a sample of the description's data in place of a file: --on PART --sample
 * N. */
#include "cli/run/run.h"

#include <stdlib.h>
#include <string.h>

static int part_of(const char *name)
{
    for (int p = 0; p < FSNN_PARTS; p++)
        if (strcmp(name, fsnn_part_key((fsnn_part)p)) == 0)
            return p;
    return -1;
}

int run_sample_check(const run_options *o)
{
    if (!o->on)
        return o->sample.given ? cli_error(CLI_USAGE,
                                           "--sample %lld needs the part of the data "
                                           "that it is in: --on train, validation or "
                                           "test",
                                           (long long)o->sample.value)
                               : CLI_GOOD;
    if (part_of(o->on) < 0)
        return cli_error(CLI_USAGE, "--on %s: there are train, validation and test", o->on);
    if (o->input || o->stream)
        return cli_error(CLI_USAGE,
                         "--on %s feeds a sample of the description's data: leave --%s "
                         "out",
                         o->on, o->input ? "input" : "stream");
    return CLI_GOOD;
}

/* Samples come one by one, those before it are made and put aside. */
static fsnn_status find(const run_work *w, const fsnn_data *data, fsnn_loader **loader,
                        fsnn_batch *batch)
{
    fsnn_encoder encoder = *fsnn_description_encoder(w->model.description);
    encoder.sparse = false;
    const fsnn_loader_options how = {
        .encoder = encoder, .batch = 1, .seed = fsnn_session_training(w->model.session)->seed};
    fsnn_status status = fsnn_loader_create(data, &how, loader);
    if (status >= 0)
        status = fsnn_loader_start(*loader, 0);
    for (int64_t i = 0; i <= w->o->sample.value && status >= 0; i++) {
        int more = fsnn_loader_next(*loader, batch);
        status = more < 0 ? (fsnn_status)more : FSNN_OK;
    }
    return status;
}

static fsnn_status keep(run_work *w, const fsnn_loader *loader, const fsnn_batch *batch)
{
    fsnn_shape one, all = {.rank = 2, .dim = {batch->steps, 1}};
    fsnn_loader_shape(loader, NULL, &one);
    for (int d = 0; d < one.rank; d++)
        all.dim[all.rank++] = one.dim[d];
    fsnn_array *x = fsnn_arrays_add(&w->input, "x", FSNN_F32, &all);
    if (!x)
        return FSNN_EMEMORY;
    memcpy(x->data, batch->x, (size_t)fsnn_shape_count(&all) * sizeof *batch->x);
    if (!batch->labels)
        return FSNN_OK;
    fsnn_shape count = FSNN_SHAPE(batch->places * batch->label_steps);
    fsnn_array *label = fsnn_arrays_add(&w->input, "label", FSNN_I32, &count);
    if (label)
        memcpy(label->data, batch->labels, (size_t)count.dim[0] * sizeof *batch->labels);
    return label ? FSNN_OK : FSNN_EMEMORY;
}

int run_sample_read(run_work *w)
{
    bool wanted[FSNN_PARTS] = {false};
    int part = part_of(w->o->on);
    wanted[part] = true;
    int code = cli_model_data(&w->model, wanted, true);
    if (code != CLI_GOOD)
        return code;
    const fsnn_data *data = fsnn_session_data(w->model.session, (fsnn_part)part);
    fsnn_data_info info = {0};
    fsnn_data_info_get(data, &info);
    if (!data)
        return cli_error(CLI_FAILED, "--on %s: the description has no such data", w->o->on);
    if (w->o->sample.value >= info.count)
        return cli_error(CLI_USAGE, "--sample %lld: the %s data have %lld samples, from 0",
                         (long long)w->o->sample.value, fsnn_part_name((fsnn_part)part),
                         (long long)info.count);
    fsnn_loader *loader = NULL;
    fsnn_batch batch;
    fsnn_status status = find(w, data, &loader, &batch);
    if (status >= 0)
        status = keep(w, loader, &batch);
    fsnn_loader_destroy(loader);
    w->part = part;
    return status < 0 ? cli_fail(status) : CLI_GOOD;
}

/* The class whose mean over the steps is the largest. */
static int32_t answer_of(const fsnn_array *output, int64_t *classes)
{
    int64_t T = output->shape.dim[0], count = fsnn_shape_count(&output->shape);
    *classes = T > 0 ? count / T : 0;
    double *y = cli_allocate((size_t)count + 1, sizeof *y);
    fsnn_array_to_f64(output, y);
    int32_t best = 0;
    double most = 0;
    for (int64_t c = 0; c < *classes; c++) {
        double sum = 0;
        for (int64_t k = 0; k < T; k++)
            sum += y[k * *classes + c];
        if (c == 0 || sum > most) {
            most = sum;
            best = (int32_t)c;
        }
    }
    free(y);
    return best;
}

static char *class_of(const fsnn_data *data, int32_t label)
{
    const char *name = label < 0 ? NULL : fsnn_data_class(data, label);
    return name ? cli_format("%d (%s)", label, name) : cli_format("%d", label);
}

int run_sample_tell(run_work *w)
{
    const fsnn_array *label = fsnn_arrays_find(&w->input, "label"),
                     *output = fsnn_arrays_find(&w->result, "output");
    const fsnn_data *data = fsnn_session_data(w->model.session, (fsnn_part)w->part);
    int64_t classes;
    fsnn_data_info info = {0};
    if (!label || !output)
        return CLI_GOOD;
    fsnn_array *copy = fsnn_arrays_add(&w->result, "label", FSNN_I32, &label->shape);
    if (!copy)
        return cli_error(CLI_FAILED, "out of memory");
    memcpy(copy->data, label->data, (size_t)fsnn_shape_count(&label->shape) * sizeof(int32_t));
    output = fsnn_arrays_find(&w->result, "output");
    int32_t answer = answer_of(output, &classes), truth = *(const int32_t *)label->data;
    fsnn_data_info_get(data, &info);
    if (fsnn_shape_count(&label->shape) != 1 || classes < 2 || classes < info.classes)
        return CLI_GOOD;
    char *is = class_of(data, truth), *said = class_of(data, answer);
    cli_out("%s sample %lld: class %s, answer %s\n", fsnn_part_name((fsnn_part)w->part),
            (long long)w->o->sample.value, is, said);
    free(is);
    free(said);
    return CLI_GOOD;
}

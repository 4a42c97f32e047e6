/* cli/train/train_figures.c: the pictures of a training: its curves, the confusion matrix, and what
 * the best weights do on the first samples of the test data. */
#include "cli/train/train.h"
#include "cli/eval/operations.h"

#include <math.h>
#include <stdlib.h>

static bool is_double(const cli_model *m)
{
    return fsnn_net_precision(m->net) == FSNN_PRECISION_DOUBLE;
}

static fsnn_status read_double(const cli_model *m, int node, fsnn_record what, int64_t count,
                               float *to)
{
    double *from = cli_allocate((size_t)count, sizeof *from);
    fsnn_status status = fsnn_net_read_double(m->net, node, what, from);
    for (int64_t i = 0; i < count && status >= 0; i++)
        to[i] = (float)from[i];
    free(from);
    return status;
}

/* A record [K, B, N] of a node; NULL, with the library's sentence, where it cannot be read. */
static float *read_record(const cli_model *m, int node, fsnn_record what, int64_t count)
{
    float *to = cli_allocate((size_t)count, sizeof *to);
    if ((is_double(m) ? read_double(m, node, what, count, to)
                      : fsnn_net_read(m->net, node, what, to)) >= 0)
        return to;
    free(to);
    return NULL;
}

static void record_layer(const cli_model *m, int node, const fsnn_node_info *info, cli_recording *r)
{
    cli_layer *layer = &r->layer[r->layers++];
    int64_t N = fsnn_shape_count(&info->shape), count = r->steps * r->batch * N;
    layer->name = cli_format("%s", info->name);
    layer->neurons = N;
    layer->threshold = NAN;
    layer->v = read_record(m, node, FSNN_RECORD_V, count);
    if (layer->v && info->spiking)
        layer->spikes = read_record(m, node, FSNN_RECORD_SPIKES, count);
    if (!layer->v || (info->spiking && !layer->spikes)) {
        cli_figures_lost(layer->name);
        free(layer->v);
        layer->v = NULL;
        return;
    }
    if (!info->spiking) /* which tests nothing */
        return;
    layer->test = read_record(m, node, FSNN_RECORD_TEST, count);
    layer->moving = read_record(m, node, FSNN_RECORD_THRESHOLD, count);
}

static fsnn_status forward_double(const cli_model *m, const fsnn_batch *batch)
{
    fsnn_shape sample;
    if (batch->spikes)
        return fsnn_net_forward_spikes_double(m->net, batch->spikes, NULL);
    fsnn_status status = fsnn_net_shapes(m->net, &sample, NULL);
    if (status < 0)
        return status;
    int64_t count = (batch->still ? 1 : batch->steps) * batch->batch * fsnn_shape_count(&sample);
    double *x = cli_allocate((size_t)count, sizeof *x);
    for (int64_t i = 0; i < count; i++)
        x[i] = batch->x[i];
    status = fsnn_net_forward_double(m->net, x, NULL);
    free(x);
    return status;
}

static fsnn_status forward(const cli_model *m, const fsnn_batch *batch)
{
    if (is_double(m))
        return forward_double(m, batch);
    return batch->spikes ? fsnn_net_forward_spikes(m->net, batch->spikes, NULL)
                         : fsnn_net_forward(m->net, batch->x, NULL);
}

/* Runs the first samples of the test data with recording. */
static fsnn_status record(const cli_model *m, fsnn_loader *loader, int64_t batch, cli_recording *r,
                          int *label)
{
    fsnn_batch first;
    fsnn_status status = fsnn_loader_start(loader, 0);
    int more = status < 0 ? (int)status : fsnn_loader_next(loader, &first);
    if (more < 0)
        return (fsnn_status)more;
    if (more == 0)
        return fsnn_error_set(FSNN_ESTATE, "the data set is empty");
    const fsnn_dynamics *dynamics = fsnn_description_dynamics(m->description);
    fsnn_plan plan = {.steps = first.steps,
                      .batch = batch,
                      .record = true,
                      .still = first.still,
                      .seed = fsnn_session_training(m->session)->seed};
    status = fsnn_net_wrap(m->net, dynamics, &plan);
    if (status >= 0)
        status = forward(m, &first);
    if (status < 0)
        return status;
    int nodes = fsnn_net_node_count(m->net);
    *label = first.labels ? first.labels[0] : -1;
    *r = (cli_recording){.steps = first.steps,
                         .batch = batch,
                         .step = dynamics->step,
                         .units = fsnn_description_units(m->description)};
    r->layer = cli_allocate((size_t)nodes, sizeof *r->layer);
    for (int n = 0; n < nodes; n++) {
        fsnn_node_info info;
        if (fsnn_net_node(m->net, n, &info) >= 0 && info.neuron)
            record_layer(m, n, &info, r);
    }
    return FSNN_OK;
}

/* How many samples to record: at most 64, and so many that potentials and spikes of all steps, in
 * the network and in the recording, stay within 64 MiB: drawing should not need more memory than
 * training did. */
static int64_t sample_count(const cli_model *m, int judge)
{
    enum { MOST = 64, COPIES = 8, CAPACITY = 64 << 20 };
    fsnn_data_info info;
    fsnn_shape shape;
    int64_t steps, numbers = 0;
    fsnn_data_info_get(fsnn_session_data(m->session, (fsnn_part)judge), &info);
    fsnn_loader_shape(fsnn_session_loader(m->session, (fsnn_part)judge), &steps, &shape);
    for (int n = 0; n < fsnn_net_node_count(m->net); n++) {
        fsnn_node_info node;
        if (fsnn_net_node(m->net, n, &node) >= 0 && node.neuron)
            numbers += fsnn_shape_count(&node.shape);
    }
    double sample = (double)COPIES * sizeof(float) * (double)steps * (double)numbers,
           most = sample > 0 ? CAPACITY / sample : MOST;
    int64_t count = most < 1 ? 1 : most < MOST ? (int64_t)most : MOST;
    return info.count < count ? info.count : count;
}

static int figures_of_samples(const cli_model *m, int judge, const char *directory)
{
    const fsnn_data *data = fsnn_session_data(m->session, (fsnn_part)judge);
    int64_t batch = sample_count(m, judge);
    fsnn_loader *loader = NULL;
    cli_recording recording = {0};
    int written = 0, label = -1;
    fsnn_status status = fsnn_session_new_loader(m->session, data, batch, NULL, 0, &loader);
    if (status < 0) {
        cli_figures_lost("spikes");
        return 0;
    }
    status = record(m, loader, batch, &recording, &label);
    if (status < 0) {
        cli_figures_lost("spikes");
    } else {
        const char *which = fsnn_part_name((fsnn_part)judge);
        const char *name = fsnn_data_class(data, label);
        char *subject = label < 0 ? cli_format("first %s sample", which)
                        : name    ? cli_format("first %s sample (class %s)", which, name)
                                  : cli_format("first %s sample (class %d)", which, label);
        cli_figure_options options = {.directory = directory, .subject = subject};
        written = cli_figures_recording(&recording, &options);
        free(subject);
    }
    cli_recording_free(&recording);
    fsnn_loader_destroy(loader);
    return written;
}

static int figure_of_confusion(const cli_model *model, int judge, const fsnn_evaluation *e,
                               const char *path)
{
    const fsnn_data *data = fsnn_session_data(model->session, (fsnn_part)judge);
    const char **name = cli_allocate((size_t)e->classes, sizeof *name);
    for (int64_t c = 0; c < e->classes; c++)
        name[c] = fsnn_data_class(data, c);
    int written = cli_figure_done(
        fsnn_plot_confusion("Confusion matrix, best weights", e->classes, name, e->confusion, path),
        path);
    free(name);
    return written;
}

static int figure_of_values(const fsnn_evaluation *e, const char *path)
{
    char r2[CLI_NUMBER], mae[CLI_NUMBER], count[CLI_NUMBER];
    char *subtitle = cli_format(
        "R2 %s, mean absolute error %s (%s pairs)", cli_decimal(r2, e->metric[FSNN_METRIC_R2]),
        cli_decimal(mae, e->metric[FSNN_METRIC_MAE]), cli_count(count, e->pairs));
    int written = cli_figure_done(fsnn_plot_scatter("Answers and truth, best weights", subtitle,
                                                    e->pairs, e->truth, e->answer, path),
                                  path);
    free(subtitle);
    return written;
}

/* Of all samples that judge the weights, as the words about neurons are. */
static int figures_of_rates(const cli_model *m, int judge, const fsnn_evaluation *e,
                            const char *directory)
{
    char count[CLI_NUMBER];
    char *title = cli_format("Firing rates, best weights, mean of %s %s samples",
                             cli_count(count, e->samples), fsnn_part_name((fsnn_part)judge));
    int written = cli_figures_rates(m, e, title, directory);
    free(title);
    return written;
}

int train_figures(const cli_model *model, const char *run, int judge,
                  const fsnn_evaluation *evaluation)
{
    char *directory = cli_path(run, "figures");
    int code = cli_make_directory(directory);
    if (code == CLI_GOOD) {
        char *metrics = cli_path(run, "metrics.csv");
        char *path = cli_path(directory, "training");
        int written = cli_figure_done(
            fsnn_plot_training(metrics, fsnn_description_name(model->description), path), path);
        free(path);
        path = cli_path(directory, "confusion");
        if (evaluation->confusion)
            written += figure_of_confusion(model, judge, evaluation, path);
        free(path);
        path = cli_path(directory, "prediction");
        if (evaluation->pairs > 0)
            written += figure_of_values(evaluation, path);
        free(path);
        path = cli_path(directory, "parameters");
        written += train_figure_parameters(model, path);
        free(path);
        path = cli_path(directory, "energy");
        const fsnn_energy energy = FSNN_ENERGY_45NM;
        written += cli_operations_figure(model->net, evaluation, &energy, path);
        written += figures_of_rates(model, judge, evaluation, directory);
        written += figures_of_samples(model, judge, directory);
        if (written > 0)
            cli_out("figures         %s/ (%d, PNG and SVG)\n", directory, written);
        free(path);
        free(metrics);
    }
    free(directory);
    return cli_figures_end(code);
}

/* exchange/export_nodes.c: what the kinds of nodes are in NIR, one row each; neurons stand in
 * export_neurons.c. */
#include "exchange/export.h"

#include <math.h>
#include <string.h>

static const void *options_of(const exporter *ex, int node)
{
    return fsnn_net_options(ex->net, node);
}

static const fsnn_shape *out_of(const exporter *ex, int node)
{
    return &ex->entry[node].info.shape;
}

double *export_filled(exporter *ex, int64_t n, double value)
{
    double *x = fsnn_alloc((size_t)n * sizeof *x);
    for (int64_t i = 0; x && i < n; i++)
        x[i] = value;
    if (!x)
        ex->failed = FSNN_EMEMORY;
    return x;
}

static void linear(exporter *ex, int node, int group)
{
    const fsnn_linear *o = options_of(ex, node);
    const fsnn_shape *in = &ex->entry[node].in;
    int64_t count;
    export_text(ex, group, "type", o->bias ? "Affine" : "Linear");
    export_array(ex, group, "weight", &FSNN_SHAPE(o->out, in->dim[in->rank - 1]),
                 export_param(ex, node, "weight", &count));
    if (o->bias)
        export_array(ex, group, "bias", &FSNN_SHAPE(o->out),
                     export_param(ex, node, "bias", &count));
}

/* The reference reader (nir 1.0.8) takes kernels for square and groups for 1 where it checks
 * shapes. */
static void remark_shapes(exporter *ex, int node, const nir_window *w)
{
    bool square = w->dims == 1 || w->kernel[0] == w->kernel[1];
    if (square && w->groups == 1)
        return;
    if (!ex->failed)
        ex->failed = texts_add(&ex->nir->remark,
                               "%s \"%s\": the reference reader infers another shape for %s, and "
                               "refuses the file: nir.read(FILE, type_check=False) reads it",
                               ex->entry[node].info.kind, ex->entry[node].info.name,
                               square ? "groups" : "a kernel that is not square");
}

static void convolution(exporter *ex, int node, int group, const nir_window *w, bool bias)
{
    const fsnn_shape *in = &ex->entry[node].in;
    fsnn_shape weight = {.rank = 2 + w->dims, .dim = {w->out, in->dim[0] / w->groups}};
    int64_t count;
    remark_shapes(ex, node, w);
    for (int d = 0; d < w->dims; d++)
        weight.dim[2 + d] = w->kernel[d];
    const struct {
        const char *name;
        const int64_t *value;
    } sizes[] = {{"stride", w->stride}, {"padding", w->padding}, {"dilation", w->dilation}};
    for (int i = 0; i < FSNN_COUNT(sizes); i++) {
        if (w->dims == 2)
            export_sizes(ex, group, sizes[i].name, 2, sizes[i].value);
        else
            export_size(ex, group, sizes[i].name, sizes[i].value[0]);
    }
    if (w->dims == 2)
        export_sizes(ex, group, "input_shape", 2, &in->dim[1]);
    else
        export_size(ex, group, "input_shape", in->dim[1]);
    export_size(ex, group, "groups", w->groups);
    export_array(ex, group, "weight", &weight, export_param(ex, node, "weight", &count));
    export_array(ex, group, "bias", &FSNN_SHAPE(w->out),
                 bias ? export_param(ex, node, "bias", &count) : export_filled(ex, w->out, 0));
}

static void conv1d(exporter *ex, int node, int group)
{
    const fsnn_conv1d *o = options_of(ex, node);
    const nir_window w = {.dims = 1,
                          .kernel = {o->kernel},
                          .stride = {o->stride},
                          .padding = {o->padding},
                          .dilation = {o->dilation},
                          .groups = o->groups,
                          .out = o->out};
    convolution(ex, node, group, &w, o->bias);
}

static void conv2d(exporter *ex, int node, int group)
{
    const fsnn_conv2d *o = options_of(ex, node);
    nir_window w = {.dims = 2, .groups = o->groups, .out = o->out};
    memcpy(w.kernel, o->kernel, sizeof w.kernel);
    memcpy(w.stride, o->stride, sizeof w.stride);
    memcpy(w.padding, o->padding, sizeof w.padding);
    memcpy(w.dilation, o->dilation, sizeof w.dilation);
    convolution(ex, node, group, &w, o->bias);
}

static void scale(exporter *ex, int node, int group)
{
    const fsnn_scaling *o = options_of(ex, node);
    int64_t count;
    if (o->bias)
        export_refuse(ex, node,
                      "NIR's Scale has no bias; one directly before a neuron, named NAME_current, "
                      "becomes its r and v_leak");
    export_array(ex, group, "scale", out_of(ex, node), export_param(ex, node, "weight", &count));
}

static void ones(exporter *ex, int node, int group)
{
    const fsnn_shape *shape = out_of(ex, node);
    export_array(ex, group, "scale", shape, export_filled(ex, fsnn_shape_count(shape), 1));
}

/* Windows of `adaptive` that share the image evenly are those of a kernel. */
static bool settle_window(const fsnn_pool *o, const fsnn_shape *in, int64_t kernel[2],
                          int64_t stride[2])
{
    for (int d = 0; d < 2; d++) {
        const int64_t n = o->adaptive[d], length = in->dim[1 + d];
        if (n && length % n)
            return false;
        kernel[d] = n ? length / n : o->kernel[d];
        stride[d] = n ? length / n : o->stride[d] ? o->stride[d] : o->kernel[d];
    }
    return true;
}

static void pool(exporter *ex, int node, int group)
{
    const fsnn_pool *o = options_of(ex, node);
    const fsnn_shape *in = &ex->entry[node].in;
    int64_t kernel[2], stride[2];
    bool mean = !strcmp(ex->entry[node].info.kind, "avgpool"),
         padded = o->padding[0] || o->padding[1];
    if (in->rank != 3)
        export_refuse(ex, node, "NIR pools images, [C, H, W]; this pools lines");
    else if (!settle_window(o, in, kernel, stride))
        export_refuse(ex, node,
                      "NIR has no pools whose windows differ (adaptive, on sizes that the "
                      "output's do not divide)");
    else if (mean && padded && !o->count_padding)
        export_refuse(ex, node, "NIR's means count zeros of the padding: count_padding is false");
    if (ex->failed)
        return;
    export_text(ex, group, "type", mean ? "AvgPool2d" : "SumPool2d");
    export_sizes(ex, group, "kernel_size", 2, kernel);
    export_sizes(ex, group, "stride", 2, stride);
    export_sizes(ex, group, "padding", 2, o->padding);
}

/* Whether dimensions `first` to `last` of `in` as one are `out`. */
static bool flattens(const fsnn_shape *in, const fsnn_shape *out, int first, int last)
{
    fsnn_shape made = {.rank = 0};
    for (int d = 0; d < in->rank; d++) {
        if (d > first && d <= last)
            made.dim[made.rank - 1] *= in->dim[d];
        else
            made.dim[made.rank++] = in->dim[d];
    }
    return fsnn_shape_equal(&made, out);
}

static void flatten(exporter *ex, int node, int group)
{
    const fsnn_shape *in = &ex->entry[node].in, *out = out_of(ex, node);
    int first = 0, fewer = in->rank - out->rank;
    while (first < out->rank && !(fewer > 0 && flattens(in, out, first, first + fewer)))
        first++;
    if (first == out->rank) {
        export_refuse(ex, node, "NIR flattens neighbouring dimensions and cannot cut them");
        return;
    }
    export_sizes(ex, group, "input_type", in->rank, in->dim);
    export_size(ex, group, "start_dim", first);
    export_size(ex, group, "end_dim", first + fewer);
}

/* In a cycle a step less: the cycle costs one. */
static void delay(exporter *ex, int node, int group)
{
    const fsnn_delay *o = options_of(ex, node);
    const fsnn_shape *shape = out_of(ex, node);
    const int64_t n = fsnn_shape_count(shape), share = o->each ? n / o->count : n;
    double *time = export_filled(ex, n, 0);
    for (int64_t i = 0; time && i < n; i++) {
        const int64_t steps = (o->each ? o->each[i / share] : o->steps) - ex->entry[node].cycle;
        time[i] = (double)steps * ex->dynamics->step * ex->unit;
    }
    export_array(ex, group, "delay", shape, time);
}

/* y = x w + b, w = weight deviation/sqrt(var + eps), b = bias - mean w, of each channel: a
 * convolution of one point or a matrix, diagonal. (As many groups as channels would be enough, but
 * the reference reader takes the channels of one group for all.) */
static void normalise(exporter *ex, int node, int group, double eps, double deviation)
{
    const fsnn_shape *in = &ex->entry[node].in;
    const int64_t C = in->dim[0];
    int64_t count;
    double *mean = export_param(ex, node, "running_mean", &count),
           *var = export_param(ex, node, "running_var", &count),
           *w = export_param(ex, node, "weight", &count),
           *b = export_param(ex, node, "bias", &count);
    double *bias = export_filled(ex, C, 0), *factor = export_filled(ex, C, 1),
           *weight = export_filled(ex, C * C, 0);
    for (int64_t c = 0; mean && var && bias && factor && weight && c < C; c++) {
        factor[c] = (w ? w[c] : 1) * deviation / sqrt(var[c] + eps);
        bias[c] = (b ? b[c] : 0) - mean[c] * factor[c];
        weight[c * C + c] = factor[c];
    }
    static const int64_t one[2] = {1, 1}, none[2] = {0, 0};
    export_text(ex, group, "type", in->rank == 1 ? "Affine" : in->rank == 2 ? "Conv1d" : "Conv2d");
    export_array(ex, group, "weight",
                 in->rank == 1   ? &FSNN_SHAPE(C, C)
                 : in->rank == 2 ? &FSNN_SHAPE(C, C, 1)
                                 : &FSNN_SHAPE(C, C, 1, 1),
                 weight);
    export_array(ex, group, "bias", &FSNN_SHAPE(C), bias);
    if (in->rank == 3) {
        export_sizes(ex, group, "stride", 2, one);
        export_sizes(ex, group, "padding", 2, none);
        export_sizes(ex, group, "dilation", 2, one);
        export_sizes(ex, group, "input_shape", 2, &in->dim[1]);
    } else if (in->rank == 2) {
        export_size(ex, group, "stride", 1);
        export_size(ex, group, "padding", 0);
        export_size(ex, group, "dilation", 1);
        export_size(ex, group, "input_shape", in->dim[1]);
    }
    if (in->rank > 1)
        export_size(ex, group, "groups", 1);
    fsnn_free(mean);
    fsnn_free(var);
    fsnn_free(w);
    fsnn_free(b);
    fsnn_free(factor);
}

static void batchnorm(exporter *ex, int node, int group)
{
    const fsnn_batchnorm *o = options_of(ex, node);
    normalise(ex, node, group, o->eps, 1);
}

static void tdbn(exporter *ex, int node, int group)
{
    const fsnn_tdbn *o = options_of(ex, node);
    normalise(ex, node, group, o->norm.eps, o->alpha * o->threshold);
}

/* Each class is the mean of its voters: a matrix. */
static void voting(exporter *ex, int node, int group)
{
    const fsnn_voting *o = options_of(ex, node);
    const fsnn_shape *out = out_of(ex, node);
    const int64_t classes = out->dim[out->rank - 1], in = classes * o->voters;
    double *weight = export_filled(ex, classes * in, 0);
    for (int64_t i = 0; weight && i < in; i++)
        weight[i / o->voters * in + i] = 1 / (double)o->voters;
    export_array(ex, group, "weight", &FSNN_SHAPE(classes, in), weight);
}

static const export_kind kinds[] = {
    {"linear", linear, NULL},
    {"conv1d", conv1d, "Conv1d"},
    {"conv2d", conv2d, "Conv2d"},
    {"scale", scale, "Scale"},
    {"sumpool", pool, NULL},
    {"avgpool", pool, NULL},
    {"flatten", flatten, "Flatten"},
    {"reshape", flatten, "Flatten"},
    {"delay", delay, "Delay"},
    {"batchnorm", batchnorm, NULL},
    {"voting", voting, "Linear"},
    {"dropout", NULL, NULL},
    {"add", ones, "Scale"},
    {"if", export_neuron, NULL},
    {"lif", export_neuron, NULL},
    {"noisy", export_neuron, NULL},
    {"readout", export_neuron, NULL},
    {"integrator", export_neuron, NULL},
    {"cuba", export_neuron, NULL},
    {"user", export_user, NULL},
    {"tdbn", tdbn, NULL},
    {"droppath", NULL, NULL},
    {"learned_delay", export_delays, NULL},
    {"delayed_linear", export_delays, NULL},
};

const export_kind *export_kind_of(const char *kind)
{
    for (int i = 0; i < FSNN_COUNT(kinds); i++)
        if (!strcmp(kinds[i].kind, kind))
            return &kinds[i];
    return NULL;
}

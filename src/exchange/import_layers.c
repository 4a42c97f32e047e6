/* exchange/import_layers.c: what the nodes of a NIR graph become as layers of a description: one
 * row a type. Several edges into a node are added by a layer `add`, an edge that closes a cycle
 * passes a `delay`. */
#include "exchange/import.h"

#include <math.h>
#include <string.h>

/* ---- lines ---- */

void import_begin(importer *im, const char *kind, const char *name, const char *from)
{
    text_add(&im->layers, "  - %s: {name: ", kind);
    text_add_word(&im->layers, name);
    if (from) {
        text_add(&im->layers, ", from: ");
        text_add_word(&im->layers, from);
    }
}

void import_end(importer *im)
{
    text_add(&im->layers, "}\n");
}

double *import_values(importer *im, int node, const char *field, int64_t count)
{
    double *value = fsnn_alloc((size_t)count * sizeof *value);
    for (int64_t i = 0; value && i < count; i++)
        value[i] = nir_value(im->nir, node, field, i);
    if (!value)
        im->failed = FSNN_EMEMORY;
    return value;
}

void import_number(importer *im, double *value, int64_t count)
{
    bool same = true;
    for (int64_t i = 1; value && i < count; i++)
        same = same && value[i] == value[0];
    if (value && same)
        text_add_number(&im->layers, value[0]);
    else if (value) {
        text_add(&im->layers, "{value: [");
        for (int64_t i = 0; i < count; i++) {
            text_add(&im->layers, i ? ", " : "");
            text_add_number(&im->layers, value[i]);
        }
        text_add(&im->layers, "], per: neuron}");
    }
    fsnn_free(value);
}

void import_parameter(importer *im, const char *key, double *value, int64_t count)
{
    text_add(&im->layers, ", %s: ", key);
    import_number(im, value, count);
}

void import_set(importer *im, const char *name, const char *param, double *value, int64_t count)
{
    char *full = fsnn_format("%s.%s", name, param);
    if (!full || !value ||
        fsnn_grow(&im->setting, im->settings, &im->setting_capacity, im->settings + 1,
                  sizeof *im->setting) < 0) {
        fsnn_free(full);
        fsnn_free(value);
        im->failed = FSNN_EMEMORY;
        return;
    }
    im->setting[im->settings++] = (setting){full, value, count};
}

/* All values of a field, as they are. */
static void set_field(importer *im, int node, const char *param, const char *field)
{
    const int64_t count = hdf_count(nir_item(im->nir, node, field));
    import_set(im, im->name[node], param, import_values(im, node, field, count), count);
}

static void add_pair(importer *im, const char *key, int dims, const int64_t *value)
{
    if (dims == 1 || value[0] == value[1])
        text_add(&im->layers, ", %s: %lld", key, (long long)value[0]);
    else
        text_add(&im->layers, ", %s: [%lld, %lld]", key, (long long)value[0], (long long)value[1]);
}

static void add_shape(importer *im, const char *key, const fsnn_shape *shape)
{
    char text[160];
    text_add(&im->layers, ", %s: %s", key, fsnn_shape_text(shape, text, sizeof text));
}

/* ---- types ---- */

static void linear(importer *im, int node, const char *from)
{
    bool bias = nir_item(im->nir, node, "bias") != NULL;
    const fsnn_shape *out = &im->nir->node[node].out;
    import_begin(im, "linear", im->name[node], from);
    text_add(&im->layers, ", out: %lld%s", (long long)out->dim[out->rank - 1],
             bias ? "" : ", bias: false");
    import_end(im);
    set_field(im, node, "weight", "weight");
    if (bias)
        set_field(im, node, "bias", "bias");
}

static void scale(importer *im, int node, const char *from)
{
    const int64_t n = fsnn_shape_count(&im->nir->node[node].out);
    import_begin(im, "scale", im->name[node], from);
    import_end(im);
    import_set(im, im->name[node], "weight", import_values(im, node, "scale", n), n);
}

/* The kernel with zeros between its weights, dilation 1, and a zero before its first: the window of
 * one zero more at the end is that of a longer kernel with as many on both sides. */
static void widen(nir_window *w, int64_t kernel[2], int64_t step[2], int64_t first[2])
{
    for (int d = 0; d < 2; d++) {
        kernel[d] = d < w->dims ? w->kernel[d] : 1;
        step[d] = 1;
        first[d] = 0;
        if (d >= w->dims || !w->uneven[d])
            continue;
        step[d] = w->dilation[d];
        first[d] = 1;
        kernel[d] = w->dilation[d] * (w->kernel[d] - 1) + 2;
        w->padding[d] += 1;
        w->dilation[d] = 1;
    }
}

static double *widened(importer *im, int node, const nir_window *w, const int64_t kernel[2],
                       const int64_t step[2], const int64_t first[2], int64_t *count)
{
    const int64_t old[2] = {w->kernel[0], w->dims == 2 ? w->kernel[1] : 1};
    const int64_t planes = hdf_count(nir_item(im->nir, node, "weight")) / (old[0] * old[1]);
    *count = planes * kernel[0] * kernel[1];
    double *weight = fsnn_alloc((size_t)*count * sizeof *weight);
    for (int64_t p = 0; weight && p < planes; p++)
        for (int64_t y = 0; y < old[0]; y++)
            for (int64_t x = 0; x < old[1]; x++)
                weight[(p * kernel[0] + first[0] + y * step[0]) * kernel[1] + first[1] +
                       x * step[1]] =
                    nir_value(im->nir, node, "weight", (p * old[0] + y) * old[1] + x);
    return weight;
}

static void convolution(importer *im, int node, const char *from)
{
    nir_window w;
    int64_t kernel[2], step[2], first[2], count;
    bool bias = nir_item(im->nir, node, "bias") != NULL;
    if (nir_window_of(im->nir, node, &w) < 0)
        return;
    widen(&w, kernel, step, first);
    import_begin(im, w.dims == 1 ? "conv1d" : "conv2d", im->name[node], from);
    text_add(&im->layers, ", out: %lld", (long long)w.out);
    add_pair(im, "kernel", w.dims, kernel);
    add_pair(im, "stride", w.dims, w.stride);
    add_pair(im, "padding", w.dims, w.padding);
    add_pair(im, "dilation", w.dims, w.dilation);
    text_add(&im->layers, ", groups: %lld%s", (long long)w.groups, bias ? "" : ", bias: false");
    import_end(im);
    double *weight = widened(im, node, &w, kernel, step, first, &count);
    import_set(im, im->name[node], "weight", weight, count);
    if (bias)
        set_field(im, node, "bias", "bias");
}

static void pool(importer *im, int node, const char *from)
{
    nir_window w;
    if (nir_window_of(im->nir, node, &w) < 0)
        return;
    bool sum = im->nir->node[node].type->kind == NIR_SUMPOOL2D;
    import_begin(im, sum ? "sumpool" : "avgpool", im->name[node], from);
    add_pair(im, "kernel", 2, w.kernel);
    add_pair(im, "stride", 2, w.stride);
    add_pair(im, "padding", 2, w.padding);
    import_end(im);
}

static void flatten(importer *im, int node, const char *from)
{
    const fsnn_shape *out = &im->nir->node[node].out;
    import_begin(im, out->rank == 1 ? "flatten" : "reshape", im->name[node], from);
    if (out->rank > 1)
        add_shape(im, "shape", out);
    import_end(im);
}

/* ---- delays ---- */

/* The output of a layer one step later. */
static void late_layer(importer *im, const char *name, const char *of, const fsnn_shape *shape)
{
    import_begin(im, "delay", name, NULL);
    text_add(&im->layers, ", of: ");
    text_add_word(&im->layers, of);
    add_shape(im, "shape", shape);
    import_end(im);
}

/* Steps of a neuron's delay. */
static int64_t delay_steps(importer *im, int node, int64_t i)
{
    const double exact = nir_value(im->nir, node, "delay", i) * im->options.unit / im->options.dt;
    const int64_t steps = exact < INT32_MAX ? (int64_t)floor(exact + 0.5) : INT32_MAX;
    if (fabs(exact - (double)steps) > 1e-3 && !im->failed)
        im->failed =
            texts_add(&im->nir->remark, "Delay \"%s\": %.6g steps of dt are rounded to %lld",
                      im->nir->node[node].path, exact, (long long)steps);
    return steps;
}

static void delay(importer *im, int node, const char *from)
{
    const int64_t n = fsnn_shape_count(&im->nir->node[node].out), first = delay_steps(im, node, 0);
    bool same = true;
    for (int64_t i = 1; i < n; i++)
        same = same && delay_steps(im, node, i) == first;
    import_begin(im, "delay", im->name[node], from);
    text_add(&im->layers, ", steps: ");
    if (same)
        text_add(&im->layers, "%lld", (long long)first);
    for (int64_t i = 0; i < n && !same; i++)
        text_add(&im->layers, "%s%lld", i ? ", " : "[", (long long)delay_steps(im, node, i));
    text_add(&im->layers, same ? "" : "], per: neuron");
    import_end(im);
}

/* ---- all ---- */

static void identity(importer *im, int node, const char *from)
{
    import_begin(im, "reshape", im->name[node], from);
    add_shape(im, "shape", &im->nir->node[node].out);
    import_end(im);
}

static import_fn *const types[NIR_KINDS] = {
    [NIR_INPUT] = identity,
    [NIR_OUTPUT] = identity,
    [NIR_AFFINE] = linear,
    [NIR_LINEAR] = linear,
    [NIR_SCALE] = scale,
    [NIR_CONV1D] = convolution,
    [NIR_CONV2D] = convolution,
    [NIR_SUMPOOL2D] = pool,
    [NIR_AVGPOOL2D] = pool,
    [NIR_FLATTEN] = flatten,
    [NIR_THRESHOLD] = import_threshold,
    [NIR_DELAY] = delay,
    [NIR_I] = import_i,
    [NIR_IF] = import_if,
    [NIR_LI] = import_li,
    [NIR_LIF] = import_lif,
    [NIR_CUBALI] = import_cubali,
    [NIR_CUBALIF] = import_cubalif,
};

/* The layer that is an edge's source, one step later where the edge is late. */
static const char *source_of(importer *im, const nir_edge *e)
{
    const char *value = import_value(im, e->from);
    if (!e->late)
        return value;
    if (im->late[e->from])
        return im->late[e->from];
    im->late[e->from] = import_name(im, e->from, "before");
    late_layer(im, im->late[e->from], value, &im->nir->node[e->from].out);
    return im->late[e->from];
}

/* What a node reads: its source, or a layer that adds its sources, named like the node itself where
 * it is no layer otherwise. */
static const char *gather(importer *im, int node)
{
    enum { ADDED = 16 };
    const fsnn_nir *nir = im->nir;
    const char **source = fsnn_alloc((size_t)(nir->edges + 1) * sizeof *source), *from = "input";
    int sources = 0;
    if (!source)
        im->failed = FSNN_EMEMORY;
    for (int i = 0; source && i < nir->edges; i++)
        if (nir->edge[i].to == node)
            source[sources++] = source_of(im, &nir->edge[i]);
    if (sources)
        from = source[0];
    /* a layer adds as many as ADDED: the first is the sum so far */
    for (int i = 1; i < sources; i += ADDED - 1) {
        const char *sum = import_name(im, node, "sum");
        import_begin(im, "add", sum, NULL);
        text_add(&im->layers, ", from: [");
        text_add_word(&im->layers, from);
        for (int k = i; k < sources && k < i + ADDED - 1; k++) {
            text_add(&im->layers, ", ");
            text_add_word(&im->layers, source[k]);
        }
        text_add(&im->layers, "]");
        import_end(im);
        from = sum;
    }
    fsnn_free(source);
    return from;
}

fsnn_status import_layers(importer *im)
{
    const fsnn_nir *nir = im->nir;
    for (int k = 0; k < nir->nodes; k++) {
        const int node = nir->order[k];
        if (import_is_alias(im, node))
            continue;
        const char *from = gather(im, node);
        types[nir->node[node].type->kind](im, node, from);
        if (im->failed)
            return im->failed;
    }
    return im->layers.failed ? FSNN_EMEMORY : FSNN_OK;
}

/* exchange/nir_shapes.c: the shape of each node's input and output, from the Input on. Shapes that
 * files state beside are not needed; where they contradict, what follows from the graph counts, and
 * a remark says so. */
#include "exchange/nir.h"

#include <string.h>

typedef fsnn_status shape_fn(fsnn_nir *nir, int node);

enum { TEXT = 160, VALUES_MOST = INT32_MAX };

/* Whether a shape is known and so small that sizes computed from it are numbers. */
static fsnn_status check_shape(const fsnn_nir *nir, int node, const fsnn_shape *shape)
{
    char a[TEXT];
    if (shape->rank < 0)
        return fsnn_fail(FSNN_EFORMAT, "%s: only a cycle leads to it and it states no shape",
                         nir_at(nir, node));
    if (fsnn_shape_count(shape) > VALUES_MOST)
        return fsnn_fail(FSNN_EUNSUPPORTED, "%s: the shape %s has more than %d values",
                         nir_at(nir, node), fsnn_shape_text(shape, a, sizeof a), VALUES_MOST);
    return FSNN_OK;
}

/* One of several fields of a node that has the most values: its shape. */
static fsnn_shape own_shape(const fsnn_nir *nir, int node)
{
    fsnn_shape shape = {.rank = 0};
    for (const nir_field *f = nir->node[node].type->field; f->name; f++) {
        const hdf_item *item = nir_item(nir, node, f->name);
        if (item && (f->form == NIR_NEURON || f->form == NIR_NUMBERS) &&
            (hdf_count(item) > fsnn_shape_count(&shape) || shape.rank == 0))
            shape = nir_shape_of(item);
    }
    return shape;
}

static fsnn_status same(fsnn_nir *nir, int node)
{
    nir->node[node].out = nir->node[node].in;
    return FSNN_OK;
}

/* Of neurons, thresholds, scales: as many values as the input, or one for all. */
static fsnn_status pointwise(fsnn_nir *nir, int node)
{
    nir_node *n = &nir->node[node];
    char a[TEXT], b[TEXT];
    fsnn_shape own = own_shape(nir, node);
    const int64_t count = fsnn_shape_count(&own);
    n->out = n->in;
    if (n->in.rank < 0) { /* at the beginning of a cycle */
        n->in = n->out = own;
        return FSNN_OK;
    }
    if (fsnn_shape_equal(&own, &n->in))
        return FSNN_OK;
    if (count == 1)
        return texts_add(&nir->remark, "%s \"%s\" has one value of each parameter for all of %s",
                         n->type->name, n->path, fsnn_shape_text(&n->in, a, sizeof a));
    if (count == fsnn_shape_count(&n->in))
        return texts_add(&nir->remark,
                         "parameters of %s \"%s\" have the shape %s, its input %s: taken as %s",
                         n->type->name, n->path, fsnn_shape_text(&own, a, sizeof a),
                         fsnn_shape_text(&n->in, b, sizeof b), b);
    return fsnn_fail(FSNN_ESHAPE, "%s: its parameters have the shape %s, its input %s",
                     nir_at(nir, node), fsnn_shape_text(&own, a, sizeof a),
                     fsnn_shape_text(&n->in, b, sizeof b));
}

/* weight [out, in], behind dimensions of 1 at most. */
static fsnn_status linear(fsnn_nir *nir, int node)
{
    nir_node *n = &nir->node[node];
    char a[TEXT], b[TEXT];
    const hdf_item *weight = nir_item(nir, node, "weight"), *bias = nir_item(nir, node, "bias");
    bool matrix = weight->rank >= 2;
    for (int d = 0; d < weight->rank - 2; d++)
        matrix = matrix && weight->dim[d] == 1;
    const fsnn_shape shape = nir_shape_of(weight);
    if (!matrix)
        return fsnn_fail(FSNN_EUNSUPPORTED, "%s: weight %s is not one matrix [out, in]",
                         nir_at(nir, node), fsnn_shape_text(&shape, a, sizeof a));
    const int64_t out = weight->dim[weight->rank - 2], in = weight->dim[weight->rank - 1];
    if (bias && hdf_count(bias) != out)
        return fsnn_fail(FSNN_ESHAPE, "%s: bias has %lld values, weight %s", nir_at(nir, node),
                         (long long)hdf_count(bias), fsnn_shape_text(&shape, a, sizeof a));
    if (n->in.rank < 0)
        n->in = FSNN_SHAPE(in);
    if (n->in.rank < 1 || n->in.dim[n->in.rank - 1] != in)
        return fsnn_fail(FSNN_ESHAPE, "%s: weight %s does not fit its input %s", nir_at(nir, node),
                         fsnn_shape_text(&shape, a, sizeof a),
                         fsnn_shape_text(&n->in, b, sizeof b));
    n->out = n->in;
    n->out.dim[n->out.rank - 1] = out;
    return FSNN_OK;
}

static fsnn_status window(fsnn_nir *nir, int node)
{
    nir_node *n = &nir->node[node];
    nir_window w;
    char a[TEXT];
    FSNN_TRY(nir_window_of(nir, node, &w));
    bool convolution = w.out > 0;
    const int64_t channels =
        convolution ? nir_item(nir, node, "weight")->dim[1] * w.groups : n->in.dim[0];
    if (n->in.rank != w.dims + 1 || n->in.dim[0] != channels)
        return fsnn_fail(FSNN_ESHAPE, "%s: its input %s has not the shape [%s%s]",
                         nir_at(nir, node), n->in.rank < 0 ? "" : fsnn_shape_text(&n->in, a, TEXT),
                         w.dims == 1 ? "channels, length" : "channels, height, width",
                         convolution ? " that its weight asks for" : "");
    n->out = n->in;
    n->out.dim[0] = convolution ? w.out : channels;
    for (int d = 0; d < w.dims; d++) {
        n->out.dim[1 + d] = nir_window_size(&w, d, n->in.dim[1 + d]);
        if (n->out.dim[1 + d] < 1)
            return fsnn_fail(FSNN_ESHAPE, "%s: its window is larger than its input %s",
                             nir_at(nir, node), fsnn_shape_text(&n->in, a, TEXT));
    }
    return FSNN_OK;
}

static fsnn_status flatten(fsnn_nir *nir, int node)
{
    nir_node *n = &nir->node[node];
    char a[TEXT];
    if (n->in.rank < 0)
        n->in = nir_shape_field(nir, node, "input_type");
    FSNN_TRY(check_shape(nir, node, &n->in));
    const int64_t rank = n->in.rank;
    int64_t first = nir_size(nir, node, "start_dim", 0, 1),
            last = nir_size(nir, node, "end_dim", 0, -1);
    first += first < 0 ? rank : 0;
    last += last < 0 ? rank : 0;
    if (first == rank && rank == 1) /* the default of the class, 1, of what is flat already */
        first = last = 0;
    if (rank < 1 || first < 0 || first > last || last >= rank)
        return fsnn_fail(FSNN_ESHAPE, "%s: start_dim %lld and end_dim %lld do not fit its input %s",
                         nir_at(nir, node), (long long)nir_size(nir, node, "start_dim", 0, 1),
                         (long long)nir_size(nir, node, "end_dim", 0, -1),
                         fsnn_shape_text(&n->in, a, TEXT));
    n->out = (fsnn_shape){.rank = 0};
    for (int d = 0; d < rank; d++) {
        if (d > first && d <= last)
            n->out.dim[n->out.rank - 1] *= n->in.dim[d];
        else
            n->out.dim[n->out.rank++] = n->in.dim[d];
    }
    return FSNN_OK;
}

static fsnn_status input(fsnn_nir *nir, int node)
{
    nir_node *n = &nir->node[node];
    if (n->inner && n->in.rank < 0) /* at the beginning of a cycle */
        n->in = nir_shape_field(nir, node, "shape");
    if (n->inner)
        return same(nir, node);
    n->in = n->out = nir_shape_field(nir, node, "shape");
    return n->in.rank > 0 ? FSNN_OK
                          : fsnn_fail(FSNN_EFORMAT, "%s: it has no shape", nir_at(nir, node));
}

static shape_fn *const shapes[NIR_KINDS] = {
    [NIR_INPUT] = input,     [NIR_OUTPUT] = same,         [NIR_AFFINE] = linear,
    [NIR_LINEAR] = linear,   [NIR_SCALE] = pointwise,     [NIR_CONV1D] = window,
    [NIR_CONV2D] = window,   [NIR_SUMPOOL2D] = window,    [NIR_AVGPOOL2D] = window,
    [NIR_FLATTEN] = flatten, [NIR_THRESHOLD] = pointwise, [NIR_DELAY] = pointwise,
    [NIR_I] = pointwise,     [NIR_IF] = pointwise,        [NIR_LI] = pointwise,
    [NIR_LIF] = pointwise,   [NIR_CUBALI] = pointwise,    [NIR_CUBALIF] = pointwise,
};

/* The shape that a node's sources have, those that are known; all must be alike. */
static fsnn_status gather(const fsnn_nir *nir, int node, fsnn_shape *in)
{
    char a[TEXT], b[TEXT];
    in->rank = -1;
    for (int i = 0; i < nir->edges; i++) {
        const fsnn_shape *out = &nir->node[nir->edge[i].from].out;
        if (nir->edge[i].to != node || out->rank < 0)
            continue;
        if (in->rank >= 0 && !fsnn_shape_equal(in, out))
            return fsnn_fail(FSNN_ESHAPE,
                             "%s: its inputs, which are added, have the shapes %s and %s",
                             nir_at(nir, node), fsnn_shape_text(in, a, sizeof a),
                             fsnn_shape_text(out, b, sizeof b));
        *in = *out;
    }
    return FSNN_OK;
}

/* What a file states beside: shapes of Output, of inner nodes, of what is flattened. */
static fsnn_status compare_stated(fsnn_nir *nir, int node)
{
    const nir_node *n = &nir->node[node];
    char a[TEXT], b[TEXT];
    bool stated = n->type->kind == NIR_OUTPUT || n->type->kind == NIR_INPUT;
    const char *field = stated ? "shape" : n->type->kind == NIR_FLATTEN ? "input_type" : NULL;
    fsnn_shape shape = field ? nir_shape_field(nir, node, field) : (fsnn_shape){.rank = -1};
    if (shape.rank < 0 || n->in.rank < 0 || fsnn_shape_equal(&shape, &n->in))
        return FSNN_OK;
    return texts_add(&nir->remark,
                     "%s \"%s\" states the shape %s, the graph gives it %s: taken as "
                     "%s",
                     n->type->name, n->path, fsnn_shape_text(&shape, a, sizeof a),
                     fsnn_shape_text(&n->in, b, sizeof b), b);
}

static bool has_source(const fsnn_nir *nir, int node)
{
    for (int i = 0; i < nir->edges; i++)
        if (nir->edge[i].to == node)
            return true;
    return false;
}

fsnn_status nir_infer(fsnn_nir *nir)
{
    for (int k = 0; k < nir->nodes; k++) {
        const int node = nir->order[k];
        nir_node *n = &nir->node[node];
        const bool enters = n->type->kind == NIR_INPUT && !n->inner;
        if (!enters && !has_source(nir, node))
            return fsnn_fail(FSNN_EFORMAT, "%s: no edge leads to it", nir_at(nir, node));
        FSNN_TRY(gather(nir, node, &n->in));
        FSNN_TRY(shapes[n->type->kind](nir, node));
        FSNN_TRY(check_shape(nir, node, &n->out));
        FSNN_TRY(compare_stated(nir, node));
    }
    fsnn_shape in;
    for (int node = 0; node < nir->nodes; node++) /* with those of late edges */
        if (node != nir->input) {
            FSNN_TRY(gather(nir, node, &in));
            char a[TEXT], b[TEXT];
            if (in.rank >= 0 && !fsnn_shape_equal(&in, &nir->node[node].in))
                return fsnn_fail(FSNN_ESHAPE, "%s: a cycle brings it the shape %s, it has %s",
                                 nir_at(nir, node), fsnn_shape_text(&in, a, sizeof a),
                                 fsnn_shape_text(&nir->node[node].in, b, sizeof b));
        }
    return FSNN_OK;
}

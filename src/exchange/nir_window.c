/* exchange/nir_window.c: the windows of convolutions and pools. */
#include "exchange/nir.h"

#include <string.h>

enum { MOST = 65536 };

/* Padding "same" of PyTorch: the output is as long as the input; of an uneven number of zeros one
 * more stands at the end. */
static void pad(const fsnn_nir *nir, int node, nir_window *w)
{
    const hdf_item *item = nir_item(nir, node, "padding");
    bool same = item && item->text && !strcmp(item->text[0], "same");
    for (int d = 0; d < w->dims; d++) {
        const int64_t total = same ? w->dilation[d] * (w->kernel[d] - 1) : 0;
        w->padding[d] = same ? total / 2 : nir_size(nir, node, "padding", d, 0);
        w->uneven[d] = total % 2;
    }
}

static fsnn_status check(const fsnn_nir *nir, int node, const nir_window *w)
{
    for (int d = 0; d < w->dims; d++) {
        const struct {
            const char *name;
            int64_t value, least;
        } size[] = {{"kernel", w->kernel[d], 1},
                    {"stride", w->stride[d], 1},
                    {"padding", w->padding[d], 0},
                    {"dilation", w->dilation[d], 1}};
        for (int i = 0; i < FSNN_COUNT(size); i++)
            if (size[i].value < size[i].least || size[i].value > MOST)
                return fsnn_fail(FSNN_EFORMAT, "%s: %s is %lld, it must lie between %lld and %d",
                                 nir_at(nir, node), size[i].name, (long long)size[i].value,
                                 (long long)size[i].least, MOST);
        if (w->uneven[d] && w->stride[d] != 1)
            return fsnn_fail(FSNN_EUNSUPPORTED, "%s: padding \"same\" with a stride of %lld",
                             nir_at(nir, node), (long long)w->stride[d]);
    }
    if (w->groups < 1 || w->groups > MOST)
        return fsnn_fail(FSNN_EFORMAT, "%s: groups is %lld", nir_at(nir, node),
                         (long long)w->groups);
    return FSNN_OK;
}

static fsnn_status convolution(const fsnn_nir *nir, int node, nir_window *w)
{
    const hdf_item *weight = nir_item(nir, node, "weight"), *bias = nir_item(nir, node, "bias");
    w->dims = nir->node[node].type->kind == NIR_CONV1D ? 1 : 2;
    if (weight->rank != w->dims + 2)
        return fsnn_fail(FSNN_ESHAPE, "%s: weight has %d dimensions, not %d", nir_at(nir, node),
                         weight->rank, w->dims + 2);
    w->out = weight->dim[0];
    if (bias && hdf_count(bias) != w->out)
        return fsnn_fail(FSNN_ESHAPE, "%s: bias has %lld values for %lld channels",
                         nir_at(nir, node), (long long)hdf_count(bias), (long long)w->out);
    for (int d = 0; d < w->dims; d++) {
        w->kernel[d] = weight->dim[2 + d];
        w->stride[d] = nir_size(nir, node, "stride", d, -1);
        w->dilation[d] = nir_size(nir, node, "dilation", d, -1);
    }
    w->groups = nir_size(nir, node, "groups", 0, -1);
    return FSNN_OK;
}

static void pool(const fsnn_nir *nir, int node, nir_window *w)
{
    w->dims = 2;
    w->groups = 1;
    for (int d = 0; d < 2; d++) {
        w->kernel[d] = nir_size(nir, node, "kernel_size", d, -1);
        w->stride[d] = nir_size(nir, node, "stride", d, -1);
        w->dilation[d] = 1;
    }
}

fsnn_status nir_window_of(const fsnn_nir *nir, int node, nir_window *w)
{
    nir_kind kind = nir->node[node].type->kind;
    *w = (nir_window){0};
    if (kind == NIR_CONV1D || kind == NIR_CONV2D)
        FSNN_TRY(convolution(nir, node, w));
    else
        pool(nir, node, w);
    FSNN_TRY(check(nir, node, w)); /* padding "same" is computed from them */
    pad(nir, node, w);
    return check(nir, node, w);
}

int64_t nir_window_size(const nir_window *w, int axis, int64_t in)
{
    int64_t span = w->dilation[axis] * (w->kernel[axis] - 1) + 1;
    int64_t over = in + 2 * w->padding[axis] + w->uneven[axis] - span;
    return over < 0 ? 0 : over / w->stride[axis] + 1;
}

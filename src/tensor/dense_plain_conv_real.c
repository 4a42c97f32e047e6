/* tensor/dense_plain_conv_real.c: what a convolution of the plain kernels is made of. */
#include "tensor/dense_plain_conv.h"

#include "base/whole.h"

static int64_t pieces(int64_t n, int64_t size)
{
    return n > 0 ? (n - 1) / size + 1 : 0;
}

/* ---- patches ---- */

product_patches dense_conv_patches(const dense_conv *conv, const real *x)
{
    const dense_conv_shape *s = &conv->shape;
    return (product_patches){.x = x,
                             .side = {s->H, s->W},
                             .C = s->C,
                             .count = s->C,
                             .grid = {s->OH, s->OW},
                             .step = {s->stride[0], s->stride[1]},
                             .places = conv->places,
                             .offset = (const int64_t(*)[2])conv->offset};
}

product_patches dense_phase_patches(const dense_conv *conv, const dense_phase *phase,
                                    const real *gy)
{
    const dense_conv_shape *s = &conv->shape;
    return (product_patches){.x = gy,
                             .side = {s->OH, s->OW},
                             .C = s->out,
                             .count = s->out,
                             .grid = {phase->grid[0], phase->grid[1]},
                             .step = {1, 1},
                             .places = phase->places,
                             .offset = (const int64_t(*)[2])phase->offset};
}

product_rows dense_conv_rows(const dense_conv *conv)
{
    const dense_conv_shape *s = &conv->shape;
    return (product_rows){{s->OH, s->OW}, s->OH * s->OW * s->out, s->OW * s->out, s->out};
}

product_rows dense_phase_rows(const dense_conv *conv, const dense_phase *phase)
{
    const dense_conv_shape *s = &conv->shape;
    return (product_rows){{phase->grid[0], phase->grid[1]},
                          s->H * s->W * s->C,
                          s->stride[0] * s->W * s->C,
                          s->stride[1] * s->C};
}

int64_t dense_phase_at(const dense_conv *conv, const dense_phase *phase)
{
    return (phase->from[0] * conv->shape.W + phase->from[1]) * conv->shape.C;
}

/* ---- making one ---- */

static fsnn_status check(const dense_conv_shape *s)
{
    const int64_t in[] = {s->H, s->W}, out[] = {s->OH, s->OW};
    for (int d = 0; d < 2; d++) {
        int64_t reach = s->dilation[d] * (s->kernel[d] - 1) + 1;
        int64_t room = in[d] + 2 * s->padding[d] - reach;
        if (room < 0 || out[d] != room / s->stride[d] + 1)
            return fsnn_fail(FSNN_EDENSE,
                             "could not prepare a convolution: %lld outputs along axis %d do not "
                             "come of %lld inputs",
                             (long long)out[d], d, (long long)in[d]);
    }
    return FSNN_OK;
}

static fsnn_status place_kernel(dense_conv *conv)
{
    const dense_conv_shape *s = &conv->shape;
    conv->offset = fsnn_alloc((size_t)conv->places * sizeof *conv->offset);
    if (!conv->offset)
        return FSNN_EMEMORY;
    for (int64_t i = 0; i < conv->places; i++) {
        const int64_t at[] = {i / s->kernel[1], i % s->kernel[1]};
        for (int d = 0; d < 2; d++)
            conv->offset[i][d] = at[d] * s->dilation[d] - s->padding[d];
    }
    return FSNN_OK;
}

/* Whether the place of the kernel stands over a point of the phase, for an output; and that one's
 * distance from the point's number in the phase. */
static bool meets(const dense_conv *conv, const dense_phase *phase, int64_t place, int64_t *apart)
{
    for (int d = 0; d < 2; d++) {
        int64_t way = phase->from[d] - conv->offset[place][d], stride = conv->shape.stride[d];
        if (way % stride)
            return false;
        apart[d] = way / stride;
    }
    return true;
}

static fsnn_status fill_phase(dense_conv *conv, dense_phase *phase)
{
    phase->place = fsnn_alloc((size_t)conv->places * sizeof *phase->place);
    phase->offset = fsnn_alloc((size_t)conv->places * sizeof *phase->offset);
    if (!phase->place || !phase->offset)
        return FSNN_EMEMORY;
    for (int64_t i = 0; i < conv->places; i++)
        if (meets(conv, phase, i, phase->offset[phase->places]))
            phase->place[phase->places++] = i;
    return FSNN_OK;
}

static fsnn_status make_phases(dense_conv *conv)
{
    const dense_conv_shape *s = &conv->shape;
    const int64_t side[] = {s->H, s->W};
    int64_t phases = s->stride[0] * s->stride[1];
    conv->phase = fsnn_alloc((size_t)phases * sizeof *conv->phase);
    if (!conv->phase)
        return FSNN_EMEMORY;
    conv->phases = phases;
    for (int64_t i = 0; i < phases; i++) {
        dense_phase *phase = &conv->phase[i];
        phase->from[0] = i / s->stride[1];
        phase->from[1] = i % s->stride[1];
        for (int d = 0; d < 2; d++)
            phase->grid[d] = pieces(side[d] - phase->from[d], s->stride[d]);
        FSNN_TRY(fill_phase(conv, phase));
    }
    return FSNN_OK;
}

/* The weights' gradient is a product with a long sum: where its tiles are few, pieces of the sum
 * make as many as there may be threads. */
static void cut_pixels(dense_conv *conv)
{
    enum { WANTED = 16, PIXELS = 1024, ROWS = 48, COLUMNS = 64 };
    int64_t tiles = conv->depthwise ? 1
                                    : conv->shape.groups * pieces(conv->out, ROWS) *
                                          pieces(conv->places * conv->in, COLUMNS);
    int64_t chunks = whole_least(pieces(conv->pixels, PIXELS), pieces(WANTED, tiles));
    conv->chunk = pieces(conv->pixels, whole_most(chunks, 1));
    conv->chunks = pieces(conv->pixels, whole_most(conv->chunk, 1));
}

static size_t scratch_of(const dense_conv *conv, bool backward)
{
    const dense_conv_shape *s = &conv->shape;
    size_t weights = (size_t)(conv->places * conv->in * s->out) * sizeof(real);
    size_t sums = (size_t)(s->out * conv->chunks) * sizeof(double);
    return backward ? weights * (size_t)conv->chunks + sums + sizeof(double) : weights;
}

static fsnn_status fill(dense_conv *conv, bool backward, bool data)
{
    const dense_conv_shape *s = &conv->shape;
    FSNN_TRY(check(s));
    conv->places = s->kernel[0] * s->kernel[1];
    conv->in = s->C / s->groups;
    conv->out = s->out / s->groups;
    conv->pixels = s->rows * s->OH * s->OW;
    conv->depthwise = s->groups > 1 && conv->in == 1 && conv->out == 1;
    cut_pixels(conv);
    conv->scratch = scratch_of(conv, backward);
    FSNN_TRY(place_kernel(conv));
    if (backward && data)
        FSNN_TRY(make_phases(conv));
    return product_prepare();
}

fsnn_status dense_conv_create(const dense_conv_shape *shape, bool backward, bool backward_data,
                              dense_conv **conv)
{
    *conv = fsnn_alloc(sizeof **conv);
    if (!*conv)
        return FSNN_EMEMORY;
    (*conv)->shape = *shape;
    fsnn_status status = fill(*conv, backward, backward_data);
    if (status) {
        dense_conv_destroy(*conv);
        *conv = NULL;
    }
    return status;
}

void dense_conv_destroy(dense_conv *conv)
{
    if (!conv)
        return;
    for (int64_t i = 0; i < conv->phases; i++) {
        fsnn_free(conv->phase[i].place);
        fsnn_free(conv->phase[i].offset);
    }
    fsnn_free(conv->phase);
    fsnn_free(conv->offset);
    fsnn_free(conv);
}

size_t dense_conv_scratch(const dense_conv *conv)
{
    return conv->scratch;
}

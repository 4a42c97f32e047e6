/* op/conv_events.c: the plan of a convolution event by event: phases, groups of places, pieces of
 * the work; the order in which rows of the input are listed. */
#include "op/conv_events.h"

#include "base/isa.h"
#include "base/whole.h"

#include <string.h>

enum {
    /* numbers that are listed at a time: their lists stay in the second cache */
    LISTED = 16384,
    /* numbers of output gradients that a band sees: they stay in the second cache */
    BAND = 16384,
    LEAST_PART = 8,         /* output rows of a part of an image */
    MOST_ROW = 1 << 18,     /* numbers of the sums that are open at a time */
    SUMMED = 1 << 20,       /* numbers of all chunks' sums of gradients, */
    LEAST_SUMS = 8,         /* but at least so many chunks, for threads to share: */
    MOST_WEIGHTS = 1 << 19, /* whose sums are of at most so many numbers */
    MOST_PACKED = 1 << 22   /* weights, for the forward direction */
};

const conv_events_kernels *conv_events_kernels_get(void)
{
    static const conv_events_kernels *const level[] = FSNN_BY_ISA(&conv_events_kernels);
    return level[fsnn_isa_level()];
}

int conv_events_phase(const conv_events *plan, int d, int64_t padded)
{
    int64_t remainder = padded % plan->shape.stride[d];
    for (int i = 0; i < plan->phases[d]; i++)
        if (plan->remainder[d][i] == remainder)
            return i;
    return -1;
}

static void find_phases(conv_events *p)
{
    const dense_conv_shape *s = &p->shape;
    for (int d = 0; d < 2; d++)
        for (int64_t k = 0; k < s->kernel[d]; k++)
            if (conv_events_phase(p, d, k * s->dilation[d]) < 0)
                p->remainder[d][p->phases[d]++] = k * s->dilation[d] % s->stride[d];
}

/* Places of one phase, shared out evenly among groups; `before` places stand before them. */
static int64_t add_groups(conv_events *p, const int phase[2], int64_t before)
{
    const dense_conv_shape *s = &p->shape;
    int place[CONV_EVENTS_KERNEL], count = 0, done = 0;
    for (int64_t ky = 0; ky < s->kernel[0]; ky++)
        for (int64_t kx = 0; kx < s->kernel[1]; kx++)
            if (conv_events_phase(p, 0, ky * s->dilation[0]) == phase[0] &&
                conv_events_phase(p, 1, kx * s->dilation[1]) == phase[1])
                place[count++] = (int)(ky * s->kernel[1] + kx);
    int most_places = conv_events_kernels_get()->places[p->vectors - 1],
        groups = (count + most_places - 1) / most_places;
    for (int i = 0; i < groups; i++) {
        conv_group *g = &p->group[p->groups++];
        *g = (conv_group){.phase = {phase[0], phase[1]}, .before = before + done};
        for (int end = count * (i + 1) / groups; done < end; done++) {
            int64_t k[2] = {place[done] / s->kernel[1], place[done] % s->kernel[1]};
            g->place[g->places] = place[done];
            for (int d = 0; d < 2; d++)
                g->back[g->places][d] = (int)(k[d] * s->dilation[d] / s->stride[d]);
            g->places++;
        }
    }
    return before + count;
}

static void find_groups(conv_events *p)
{
    int64_t before = 0;
    find_phases(p);
    for (int y = 0; y < p->phases[0]; y++)
        for (int x = 0; x < p->phases[1]; x++)
            before = add_groups(p, (int[]){y, x}, before);
}

static void find_sizes(conv_events *p)
{
    const dense_conv_shape *s = &p->shape;
    const conv_events_kernels *k = conv_events_kernels_get();
    p->vectors = s->out > k->lanes ? 2 : 1;
    p->width = (int64_t)p->vectors * k->lanes;
    p->slices = (s->out + p->width - 1) / p->width;
    p->places = s->kernel[0] * s->kernel[1];
    for (int d = 0; d < 2; d++)
        p->back[d] = (s->kernel[d] - 1) * s->dilation[d] / s->stride[d];
    p->columns = p->back[1] + whole_most(s->OW, (s->W - 1 + s->padding[1]) / s->stride[1] + 1);
}

static int64_t forward_chunk(const conv_events *p)
{
    const dense_conv_shape *s = &p->shape;
    int64_t numbers = p->listed * s->W * s->C, pixels = p->listed * s->W;
    int64_t list = 2 * whole_line_numbers(numbers + 16) + whole_line_numbers(2 * pixels) +
                   whole_line_numbers(p->listed * (p->phases[1] + 1) * 2) +
                   whole_line_numbers(s->W * s->C);
    return list + p->slices * whole_line_numbers((p->back[0] + 2) * p->columns * p->width);
}

/* Whole images are parts where there are enough of them. */
static void cut_forward(conv_events *p)
{
    const dense_conv_shape *s = &p->shape;
    int64_t wanted = (CONV_EVENTS_CHUNKS + s->rows - 1) / s->rows;
    p->part = whole_most(whole_least(LEAST_PART, s->OH), (s->OH + wanted - 1) / wanted);
    p->parts = (s->OH + p->part - 1) / p->part;
    p->chunks = whole_least(CONV_EVENTS_CHUNKS, s->rows * p->parts);
    p->listed = whole_least(s->H, whole_most(1, LISTED / (s->W * s->C)));
    p->forward_chunk = forward_chunk(p);
    int64_t weights = whole_line_numbers(p->slices * p->width * (p->places * s->C + 1));
    p->forward_bytes =
        (size_t)(weights + conv_order_size(p) + p->chunks * p->forward_chunk) * sizeof(real);
}

static int64_t gradient_chunk(const conv_events *p)
{
    const dense_conv_shape *s = &p->shape;
    int64_t numbers = whole_line_numbers(p->band * s->W * s->C + 16);
    int64_t buckets = p->phases[0] * p->phases[1] * s->C + 1;
    return whole_line_numbers(p->slices * p->width * p->places * s->C) + 5 * numbers +
           whole_line_numbers(buckets) + whole_line_numbers(s->W * s->C) +
           whole_line_numbers(p->seen * p->columns * p->width);
}

static void cut_gradient(conv_events *p)
{
    const dense_conv_shape *s = &p->shape;
    /* of outputs, but those that reach over */
    int64_t rows = BAND / (p->columns * p->width) - p->back[0] - 1;
    int64_t listed = whole_most(1, LISTED / (s->W * s->C));
    p->band = whole_least(whole_least(s->H, listed), whole_most(1, rows * s->stride[0]));
    p->bands = (s->H + p->band - 1) / p->band;
    p->band = (s->H + p->bands - 1) / p->bands;
    p->bands = (s->H + p->band - 1) / p->band;
    p->seen = (p->band + s->stride[0] - 2) / s->stride[0] + 1 + p->back[0];
    int64_t size = p->slices * p->width * p->places * s->C;
    if (size > MOST_WEIGHTS)
        return;
    p->gradient_chunks = whole_least(whole_least(CONV_EVENTS_CHUNKS, s->rows * p->bands),
                                     whole_most(LEAST_SUMS, SUMMED / size));
    p->gradient_chunk = gradient_chunk(p);
    p->gradient_bytes =
        (size_t)(conv_order_size(p) + p->gradient_chunks * p->gradient_chunk) * sizeof(real);
}

bool conv_events_plan(conv_events *plan, const dense_conv_shape *shape)
{
    const dense_conv_shape *s = shape;
    *plan = (conv_events){.shape = *shape};
    if (s->groups != 1 || s->kernel[0] > CONV_EVENTS_KERNEL || s->kernel[1] > CONV_EVENTS_KERNEL ||
        s->kernel[0] * s->kernel[1] > CONV_EVENTS_KERNEL || s->W * s->C > LISTED * 16)
        return false;
    find_sizes(plan);
    if ((plan->back[0] + 2) * plan->columns * plan->slices * plan->width > MOST_ROW ||
        plan->slices * plan->width * plan->places * s->C > MOST_PACKED)
        return false;
    find_groups(plan);
    cut_forward(plan);
    cut_gradient(plan);
    return true;
}

/* ---- the order of a row ---- */

int64_t conv_order_size(const conv_events *plan)
{
    const dense_conv_shape *s = &plan->shape;
    return 2 * whole_line_numbers(s->W * s->C) + whole_line_numbers(s->W);
}

static void order_pixel(const conv_events *plan, conv_order *order, int64_t x)
{
    const dense_conv_shape *s = &plan->shape;
    int64_t first = order->pixels * s->C, base = (x + s->padding[1]) / s->stride[1] + plan->back[1];
    for (int64_t c = 0; c < s->C; c++) {
        order->channel[first + c] = (int32_t)c;
        order->at[first + c] = (int32_t)(base * plan->width);
    }
    order->pixel[order->pixels++] = (int32_t)x;
}

void conv_order_make(const conv_events *plan, real *space, conv_order *order)
{
    const dense_conv_shape *s = &plan->shape;
    *order = (conv_order){.channel = (int32_t *)(void *)conv_events_cut(&space, s->W * s->C),
                          .at = (int32_t *)(void *)conv_events_cut(&space, s->W * s->C),
                          .pixel = (int32_t *)(void *)conv_events_cut(&space, s->W)};
    for (int phase = 0; phase < plan->phases[1]; phase++) {
        order->begin[phase] = order->pixels * s->C;
        for (int64_t x = 0; x < s->W; x++)
            if (conv_events_phase(plan, 1, x + s->padding[1]) == phase)
                order_pixel(plan, order, x);
    }
    order->begin[plan->phases[1]] = order->pixels * s->C;
}

const real *conv_order_row(const conv_events *plan, const conv_order *order, const real *row,
                           real *space)
{
    int64_t C = plan->shape.C;
    if (plan->shape.stride[1] == 1)
        return row;
    for (int64_t i = 0; i < order->pixels; i++)
        memcpy(space + i * C, row + order->pixel[i] * C, (size_t)C * sizeof *row);
    return space;
}

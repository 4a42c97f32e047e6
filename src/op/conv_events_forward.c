/* op/conv_events_forward.c: y = x * w + b event by event. A chunk of images goes through its input
 * rows in order; the output rows that they reach stand in a ring of sums, padded so that nothing
 * need be clipped, and are put into y when no further input row reaches them. Rows outside of the
 * image have a row of the ring of their own, which nobody reads. Cost: an event places * out
 * multiply-adds; a pixel with events places * out numbers loaded and stored; each output once. */
#include "op/conv_events.h"

#include "base/whole.h"

#include <string.h>

/* Outputs of this size and more are written past the caches. */
#define LARGE ((size_t)8 << 20)

typedef struct job {
    const conv_events *plan;
    const conv_events_kernels *kernels;
    const real *x, *weights, *bias;
    real *y;
    real *packed;      /* [slices][groups][C][places][width] */
    real *packed_bias; /* [slices][width] */
    conv_order order;
    real *chunks; /* [chunks][forward_chunk] */
    bool past;
} job;

/* What a chunk works with. */
typedef struct tools {
    int32_t *index;
    real *value;
    conv_pixel *pixel;
    int64_t *row; /* [listed][phases + 1]: where the pixels of a row and phase begin */
    real *arranged;
    real *sums; /* [slices][back + 2][columns][width]; the last row is for what is outside */
} tools;

static int64_t sums_size(const conv_events *p)
{
    return whole_line_numbers((p->back[0] + 2) * p->columns * p->width);
}

static tools cut(const conv_events *p, real *space)
{
    const dense_conv_shape *s = &p->shape;
    int64_t numbers = p->listed * s->W * s->C, pixels = p->listed * s->W;
    tools b;
    b.index = (int32_t *)(void *)conv_events_cut(&space, numbers + 16);
    b.value = conv_events_cut(&space, numbers + 16);
    b.pixel = (conv_pixel *)(void *)conv_events_cut(&space, 2 * pixels);
    b.row = (int64_t *)(void *)conv_events_cut(&space, p->listed * (p->phases[1] + 1) * 2);
    b.arranged = conv_events_cut(&space, s->W * s->C);
    b.sums = space;
    return b;
}

/* ---- lists ---- */

/* Events of one phase of a row, from `e` on, and their pixels; returns the end of the events. */
static int64_t list_phase(const job *j, const tools *b, const real *row, int phase, int64_t e,
                          int64_t *pixels)
{
    const conv_order *o = &j->order;
    int64_t first = o->begin[phase];
    int64_t n =
        j->kernels->list(row + first, o->begin[phase + 1] - first, b->index + e, b->value + e);
    int64_t p = *pixels - 1;
    int32_t last = -1;
    for (int64_t i = e; i < e + n; i++) {
        int64_t number = first + b->index[i];
        int32_t at = o->at[number];
        p += at != last;
        last = at;
        b->pixel[p] = (conv_pixel){at, (int32_t)(i + 1)};
        b->index[i] = o->channel[number];
    }
    *pixels = p + 1;
    return e + n;
}

/* Rows begin..end-1 of an image. */
static void list_rows(const job *j, const tools *b, const real *image, int64_t begin, int64_t end)
{
    const dense_conv_shape *s = &j->plan->shape;
    int64_t e = 0, pixels = 0, *at = b->row;
    for (int64_t y = begin; y < end; y++) {
        bool seen = conv_events_phase(j->plan, 0, y + s->padding[0]) >= 0;
        const real *row = conv_order_row(j->plan, &j->order, image + y * s->W * s->C, b->arranged);
        for (int phase = 0; phase < j->plan->phases[1]; phase++) {
            *at++ = pixels;
            if (seen)
                e = list_phase(j, b, row, phase, e, &pixels);
        }
        *at++ = pixels;
    }
}

/* ---- sums ---- */

/* A part of an image, and the slice of channels at work. */
typedef struct part {
    int64_t begin, end; /* output rows */
    int64_t slice;
    real *sums;
    real *y; /* the image's */
} part;

static real *ring_row(const conv_events *p, const part *a, int64_t oh)
{
    int64_t row = oh < a->begin || oh >= a->end ? p->back[0] + 1 : oh % (p->back[0] + 1);
    return a->sums + row * p->columns * p->width;
}

/* The events of input row y, number `number` of those listed. */
static void spread_row(const job *j, const tools *b, const part *a, int64_t y, int64_t number)
{
    const conv_events *p = j->plan;
    int64_t Y = y + p->shape.padding[0], base = Y / p->shape.stride[0];
    int phase = conv_events_phase(p, 0, Y);
    const int64_t *row = b->row + number * (p->phases[1] + 1);
    for (int i = 0; i < p->groups; i++) {
        const conv_group *g = &p->group[i];
        int64_t first = row[g->phase[1]], count = row[g->phase[1] + 1] - first,
                offset[CONV_EVENTS_PLACES];
        if (g->phase[0] != phase || !count)
            continue;
        for (int k = 0; k < g->places; k++)
            offset[k] = ring_row(p, a, base - g->back[k][0]) - a->sums - g->back[k][1] * p->width;
        const real *w = j->packed + (a->slice * p->places + g->before) * p->shape.C * p->width;
        conv_list events = {b->index, b->value};
        j->kernels->spread[p->vectors - 1][g->places - 1](b->pixel + first, count,
                                                          first ? b->pixel[first - 1].end : 0,
                                                          &events, w, offset, a->sums);
    }
}

/* Puts output rows oh .. end-1 into y; their rows of the ring begin anew. */
static void put_rows(const job *j, const part *a, int64_t oh, int64_t end)
{
    const conv_events *p = j->plan;
    const dense_conv_shape *s = &p->shape;
    int64_t first = a->slice * p->width, left = s->out - first;
    conv_row row = {s->OW, s->out, left < p->width ? left : p->width};
    for (; oh < end; oh++)
        j->kernels->put[p->vectors - 1](&row, ring_row(p, a, oh) + p->back[1] * p->width,
                                        j->packed_bias + first, a->y + oh * s->OW * s->out + first,
                                        j->past);
}

/* Output rows that no input row from `y` on reaches end here. */
static int64_t done(const conv_events *p, const part *a, int64_t y)
{
    const dense_conv_shape *s = &p->shape;
    /* first whose last row is y or later, in inputs */
    int64_t past = y + s->padding[0] - (s->kernel[0] - 1) * s->dilation[0];
    int64_t oh = past <= 0 ? 0 : (past + s->stride[0] - 1) / s->stride[0];
    return oh < a->begin ? a->begin : oh < a->end ? oh : a->end;
}

static void do_part(const job *j, const tools *b, int64_t image, int64_t begin, int64_t end)
{
    const conv_events *p = j->plan;
    const dense_conv_shape *s = &p->shape;
    const real *x = j->x + image * s->H * s->W * s->C;
    part a = {.begin = begin, .end = end, .y = j->y + image * s->OH * s->OW * s->out};
    int64_t top = begin * s->stride[0] - s->padding[0];
    int64_t bottom =
        (end - 1) * s->stride[0] - s->padding[0] + (s->kernel[0] - 1) * s->dilation[0] + 1;
    top = top < 0 ? 0 : top < s->H ? top : s->H;
    bottom = bottom < top ? top : bottom < s->H ? bottom : s->H;
    for (int64_t y = top, stop; y < bottom; y = stop) {
        stop = y + p->listed < bottom ? y + p->listed : bottom;
        list_rows(j, b, x, y, stop);
        for (a.slice = 0; a.slice < p->slices; a.slice++) {
            a.sums = b->sums + a.slice * sums_size(p);
            for (int64_t i = y; i < stop; i++) {
                put_rows(j, &a, i == top ? begin : done(p, &a, i - 1), done(p, &a, i));
                spread_row(j, b, &a, i, i - y);
            }
        }
    }
    for (a.slice = 0; a.slice < p->slices; a.slice++) {
        a.sums = b->sums + a.slice * sums_size(p);
        put_rows(j, &a, bottom > top ? done(p, &a, bottom - 1) : begin, end);
    }
}

static void chunk(int64_t number, int worker, void *user)
{
    (void)worker;
    const job *j = user;
    const conv_events *p = j->plan;
    int64_t all = p->shape.rows * p->parts;
    tools b = cut(p, j->chunks + number * p->forward_chunk);
    memset(b.sums, 0, (size_t)(p->slices * sums_size(p)) * sizeof *b.sums);
    for (int64_t i = number * all / p->chunks; i < (number + 1) * all / p->chunks; i++) {
        int64_t begin = i % p->parts * p->part, end = begin + p->part;
        do_part(j, &b, i / p->parts, begin, end < p->shape.OH ? end : p->shape.OH);
    }
    j->kernels->settle();
}

/* ---- weights ---- */

/* Channels begin..end-1 of the input. */
static void pack(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    const conv_events *p = j->plan;
    const dense_conv_shape *s = &p->shape;
    for (int64_t slice = 0; slice < p->slices; slice++)
        for (int i = 0; i < p->groups; i++) {
            const conv_group *g = &p->group[i];
            real *to = j->packed + (slice * p->places + g->before) * s->C * p->width;
            for (int64_t c = begin; c < end; c++)
                for (int k = 0; k < g->places; k++)
                    for (int64_t o = 0; o < p->width; o++) {
                        int64_t out = slice * p->width + o;
                        to[(c * g->places + k) * p->width + o] =
                            out < s->out ? j->weights[(out * s->C + c) * p->places + g->place[k]]
                                         : 0;
                    }
        }
}

/* Whether slices are whole cache lines: a line of which a half is written past the caches costs
 * more than it saves. */
static bool lines(const conv_events *p, const real *y)
{
    return p->width % 16 == 0 && p->shape.out % p->width == 0 && (uintptr_t)y % 64 == 0;
}

void conv_events_forward(const conv_events *plan, const real *x, const real *w, const real *b,
                         real *y, void *space)
{
    const conv_events *p = plan;
    const dense_conv_shape *s = &p->shape;
    real *at = space;
    job j = {
        .plan = p, .kernels = conv_events_kernels_get(), .x = x, .weights = w, .bias = b, .y = y};
    int64_t columns = p->slices * p->width;
    j.packed = conv_events_cut(&at, columns * (p->places * s->C + 1));
    j.packed_bias = j.packed + columns * p->places * s->C;
    conv_order_make(p, at, &j.order);
    j.chunks = at + conv_order_size(p);
    j.past = lines(p, y) && (size_t)(s->rows * s->OH * s->OW * s->out) * sizeof *y >= LARGE;
    memset(j.packed_bias, 0, (size_t)columns * sizeof *j.packed_bias);
    if (b)
        memcpy(j.packed_bias, b, (size_t)s->out * sizeof *b);
    fsnn_parallel_range(s->C, 1 + 4096 / (columns * p->places), pack, &j);
    fsnn_parallel(p->chunks, chunk, &j);
}

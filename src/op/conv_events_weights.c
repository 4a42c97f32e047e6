/* op/conv_events_weights.c: the gradient of a convolution's weights, event by event. A band of
 * input rows is listed and its events sorted by channel; the gradients of the outputs that see it
 * are copied, padded, so that nothing need be clipped. Then the sums of a channel stay in registers
 * while its events go by. Each chunk of bands has a sum of its own; they are added up in order, so
 * that threads change nothing. Cost: an event places * out multiply-adds; a band the copy of what
 * it sees. */
#include "op/conv_events.h"

#include <string.h>

typedef struct job {
    const conv_events *plan;
    const conv_events_kernels *kernels;
    const real *x, *gy;
    real *gw;
    conv_order order;
    /* [chunks][gradient_chunk]; each begins with [slices][groups][C][places][width] */
    real *chunks;
} job;

/* What a chunk works with. */
typedef struct tools {
    real *sums;          /* [slices][groups][C][places][width] */
    int32_t *index, *at; /* events as they are found: bucket, and where */
    real *value;         /* of them */
    int32_t *where;      /* events sorted by bucket */
    real *sorted;        /* values of them */
    int32_t *bucket;     /* [phases C + 1]: where they begin */
    real *arranged, *gy; /* gy [seen][columns][width] */
} tools;

static int64_t sums_size(const conv_events *p)
{
    return p->slices * p->width * p->places * p->shape.C;
}

static int64_t buckets(const conv_events *p)
{
    return p->phases[0] * p->phases[1] * p->shape.C;
}

static tools cut(const conv_events *p, real *space)
{
    const dense_conv_shape *s = &p->shape;
    int64_t numbers = p->band * s->W * s->C + 16;
    tools b;
    b.sums = conv_events_cut(&space, sums_size(p));
    b.index = (int32_t *)(void *)conv_events_cut(&space, numbers);
    b.at = (int32_t *)(void *)conv_events_cut(&space, numbers);
    b.value = conv_events_cut(&space, numbers);
    b.where = (int32_t *)(void *)conv_events_cut(&space, numbers);
    b.sorted = conv_events_cut(&space, numbers);
    b.bucket = (int32_t *)(void *)conv_events_cut(&space, buckets(p) + 1);
    b.arranged = conv_events_cut(&space, s->W * s->C);
    b.gy = space;
    return b;
}

/* Rows begin..end-1 of the input of an image. */
typedef struct band {
    int64_t image, begin, end;
    int64_t top; /* output row that the first row of what it sees is; may lie outside */
} band;

/* ---- lists ---- */

static int64_t list_row(const job *j, const tools *b, const band *a, int64_t y, int64_t e)
{
    const conv_events *p = j->plan;
    const dense_conv_shape *s = &p->shape;
    const conv_order *o = &j->order;
    int64_t Y = y + s->padding[0];
    int phase = conv_events_phase(p, 0, Y);
    if (phase < 0)
        return e;
    const real *row = conv_order_row(p, o, j->x + (a->image * s->H + y) * s->W * s->C, b->arranged);
    int32_t base = (int32_t)((Y / s->stride[0] - a->top) * p->columns * p->width);
    for (int x = 0; x < p->phases[1]; x++) {
        int64_t n = j->kernels->list(row + o->begin[x], o->begin[x + 1] - o->begin[x], b->index + e,
                                     b->value + e);
        int32_t first = (int32_t)((phase * p->phases[1] + x) * s->C);
        for (int64_t end = e + n; e < end; e++) {
            int64_t number = o->begin[x] + b->index[e];
            b->at[e] = base + o->at[number];
            b->index[e] = first + o->channel[number];
            b->bucket[b->index[e]]++;
        }
    }
    return e;
}

/* Lists the band's events, sorted by bucket, in each in the order of memory; bucket[i] is where
 * those of i end. */
static int64_t list_band(const job *j, const tools *b, const band *a)
{
    int64_t n = buckets(j->plan), e = 0;
    int32_t sum = 0;
    memset(b->bucket, 0, (size_t)(n + 1) * sizeof *b->bucket);
    for (int64_t y = a->begin; y < a->end; y++)
        e = list_row(j, b, a, y, e);
    for (int64_t i = 0; i <= n; i++) {
        int32_t count = b->bucket[i];
        b->bucket[i] = sum;
        sum += count;
    }
    for (int64_t i = 0; i < e; i++) {
        int32_t to = b->bucket[b->index[i]]++;
        b->where[to] = b->at[i];
        b->sorted[to] = b->value[i];
    }
    return e;
}

/* ---- sums ---- */

static void load_gradients(const job *j, const tools *b, const band *a, int64_t slice)
{
    const conv_events *p = j->plan;
    const dense_conv_shape *s = &p->shape;
    int64_t first = slice * p->width, left = s->out - first, size = p->columns * p->width;
    conv_row row = {s->OW, s->out, left < p->width ? left : p->width};
    for (int64_t i = 0; i < p->seen; i++) {
        int64_t oh = a->top + i, before = p->back[1] * p->width, all = s->OW * p->width;
        real *to = b->gy + i * size;
        if (oh < 0 || oh >= s->OH) {
            memset(to, 0, (size_t)size * sizeof *to);
            continue;
        }
        memset(to, 0, (size_t)before * sizeof *to);
        j->kernels->load_rows[p->vectors - 1](
            &row, j->gy + ((a->image * s->OH + oh) * s->OW) * s->out + first, to + before);
        memset(to + before + all, 0, (size_t)(size - before - all) * sizeof *to);
    }
}

static void gather_slice(const job *j, const tools *b, int64_t slice)
{
    const conv_events *p = j->plan;
    int64_t C = p->shape.C, offset[CONV_EVENTS_PLACES];
    for (int i = 0; i < p->groups; i++) {
        const conv_group *g = &p->group[i];
        int64_t first = (g->phase[0] * p->phases[1] + g->phase[1]) * C;
        real *sums = b->sums + (slice * p->places + g->before) * C * p->width;
        for (int k = 0; k < g->places; k++)
            offset[k] = -(g->back[k][0] * p->columns + g->back[k][1]) * p->width;
        for (int64_t c = 0; c < C; c++) {
            int64_t begin = first + c ? b->bucket[first + c - 1] : 0,
                    count = b->bucket[first + c] - begin;
            conv_list events = {b->where + begin, b->sorted + begin};
            if (count)
                j->kernels->gather[p->vectors - 1][g->places - 1](&events, count, b->gy, offset,
                                                                  sums + c * g->places * p->width);
        }
    }
}

static void chunk(int64_t number, int worker, void *user)
{
    (void)worker;
    const job *j = user;
    const conv_events *p = j->plan;
    const dense_conv_shape *s = &p->shape;
    int64_t all = s->rows * p->bands;
    tools b = cut(p, j->chunks + number * p->gradient_chunk);
    memset(b.sums, 0, (size_t)sums_size(p) * sizeof *b.sums);
    for (int64_t i = number * all / p->gradient_chunks; i < (number + 1) * all / p->gradient_chunks;
         i++) {
        band a = {.image = i / p->bands, .begin = i % p->bands * p->band};
        a.end = a.begin + p->band < s->H ? a.begin + p->band : s->H;
        a.top = (a.begin + s->padding[0]) / s->stride[0] - p->back[0];
        if (!list_band(j, &b, &a))
            continue;
        for (int64_t slice = 0; slice < p->slices; slice++) {
            load_gradients(j, &b, &a, slice);
            gather_slice(j, &b, slice);
        }
    }
}

/* Adds the chunks' sums for channels begin..end-1 of the input. */
static void collect(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    const conv_events *p = j->plan;
    const dense_conv_shape *s = &p->shape;
    for (int i = 0; i < p->groups; i++) {
        const conv_group *g = &p->group[i];
        for (int64_t c = begin; c < end; c++)
            for (int k = 0; k < g->places; k++)
                for (int64_t o = 0; o < s->out; o++) {
                    int64_t place =
                        (o / p->width * p->places + g->before) * s->C + c * g->places + k;
                    const real *from = j->chunks + place * p->width + o % p->width;
                    real sum = 0;
                    for (int64_t n = 0; n < p->gradient_chunks; n++)
                        sum += from[n * p->gradient_chunk];
                    j->gw[(o * s->C + c) * p->places + g->place[k]] += sum;
                }
    }
}

void conv_events_weights(const conv_events *plan, const real *x, const real *gy, real *gw,
                         void *space)
{
    const conv_events *p = plan;
    real *at = space;
    job j = {.plan = p, .kernels = conv_events_kernels_get(), .x = x, .gy = gy, .gw = gw};
    conv_order_make(p, at, &j.order);
    j.chunks = at + conv_order_size(p);
    fsnn_parallel(p->gradient_chunks, chunk, &j);
    fsnn_parallel_range(p->shape.C, 1 + 4096 / (p->shape.out * p->places), collect, &j);
}

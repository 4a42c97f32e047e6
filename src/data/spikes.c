/* data/spikes.c: samples as lists of spikes.
 *
 * rate: of x only g x > 0 may spike; g x >= 1 always does; in between it does where number k N + i
 * of the sample's stream is below g x, the numbers of the dense encoder. They are drawn one by one,
 * eight or sixteen beside each other, or, where that would be more work, all N of a step. Cost:
 * O(N) a sample, and for each step the elements that may spike. */
#include "data/spikes.h"

#include "base/isa.h"
#include "data/spikes_kernel.h"

#include <string.h>

fsnn_status spike_lists_open(spike_lists *l, int64_t T, int64_t B, int64_t N, bool values)
{
    *l = (spike_lists){.values = values, .s = {.steps = T, .batch = B, .width = N}};
    l->start = fsnn_alloc((size_t)(T * B) * sizeof *l->start);
    l->count = fsnn_alloc((size_t)(T * B) * sizeof *l->count);
    l->s.start = l->start;
    l->s.count = l->count;
    return l->start && l->count ? FSNN_OK : FSNN_EMEMORY;
}

void spike_lists_close(spike_lists *l)
{
    fsnn_free(l->start);
    fsnn_free(l->count);
    fsnn_free(l->index);
    fsnn_free(l->value);
    *l = (spike_lists){0};
}

void spike_lists_begin(spike_lists *l, int64_t batch, spike_piece *piece, int pieces)
{
    l->s.batch = batch;
    for (int i = 0; i < pieces; i++)
        piece[i] =
            (spike_piece){i * (l->capacity / pieces), (i + 1) * (l->capacity / pieces), false};
}

fsnn_status spike_lists_reserve(spike_lists *l, int64_t capacity)
{
    fsnn_free(l->index);
    fsnn_free(l->value);
    l->capacity = 0;
    l->index = fsnn_alloc((size_t)capacity * sizeof *l->index);
    l->value = l->values ? fsnn_alloc((size_t)capacity * sizeof *l->value) : NULL;
    l->s.index = l->index;
    l->s.value = l->value;
    if (!l->index || (l->values && !l->value))
        return FSNN_EMEMORY;
    l->capacity = capacity;
    return FSNN_OK;
}

/* Whether so many more elements fit. */
static bool fits(spike_piece *piece, int64_t more)
{
    piece->full = piece->full || piece->end - piece->used < more;
    return !piece->full;
}

static void list_of(spike_lists *l, int64_t k, int64_t b, int64_t first, int64_t end)
{
    int64_t row = k * l->s.batch + b;
    l->start[row] = first;
    l->count[row] = (int32_t)(end - first);
}

fsnn_status spike_space_open(spike_space *space, int64_t T, int64_t N, bool dense)
{
    *space = (spike_space){
        .p = fsnn_alloc((size_t)N * sizeof *space->p),
        .element = fsnn_alloc((size_t)N * sizeof *space->element),
        .unsure = fsnn_alloc((size_t)N * sizeof *space->unsure),
        .number = fsnn_alloc((size_t)N * sizeof *space->number),
        .drawn = fsnn_alloc((size_t)(N + SPIKES_BEYOND) * sizeof *space->drawn),
        .dense = dense ? fsnn_alloc((size_t)(T * N) * sizeof *space->dense) : NULL,
    };
    bool good = space->p && space->element && space->unsure && space->number && space->drawn &&
                (space->dense || !dense);
    return good ? FSNN_OK : FSNN_EMEMORY;
}

void spike_space_close(spike_space *space)
{
    fsnn_free(space->p);
    fsnn_free(space->element);
    fsnn_free(space->unsure);
    fsnn_free(space->number);
    fsnn_free(space->drawn);
    fsnn_free(space->dense);
    *space = (spike_space){0};
}

/* How the random numbers of a sample are drawn: `together` steps at once those that are needed, or
 * where these are many, all N of a step, which cost a fourth of as many drawn one by one. */
typedef struct drawing {
    int64_t N, unsure, together;
    bool whole;
    uint64_t seed, stream;
} drawing;

static drawing drawing_of(const spike_space *space, int64_t N, int64_t unsure, uint64_t seed,
                          uint64_t stream)
{
    enum { WORTH = 4 };
    drawing d = {N, unsure, 1, unsure * WORTH >= N, seed, stream};
    if (d.whole || unsure == 0)
        return d;
    int64_t most = INT32_MAX / N; /* numbers are counted from the first of these steps */
    d.together = N / unsure < most ? N / unsure : most;
    for (int64_t k = 0; k < d.together; k++)
        for (int64_t m = 0; m < unsure; m++)
            space->number[k * unsure + m] = (int32_t)(k * N) + space->unsure[m];
    return d;
}

/* The numbers of step k of T, steps taken one after the other: one for each element of probability
 * below 1. */
static const float *draw(const spike_space *space, const drawing *d, int64_t k, int64_t T)
{
    int64_t within = k % d->together, left = T - k < d->together ? T - k : d->together;
    if (d->whole) {
        fsnn_random_fill(space->drawn, d->N, d->seed, d->stream, (uint64_t)(k * d->N));
        for (int64_t m = 0; m < d->unsure; m++)
            space->drawn[m] = space->drawn[space->unsure[m]];
        return space->drawn;
    }
    if (within == 0)
        fsnn_random_at(space->drawn, left * d->unsure, space->number, d->seed, d->stream,
                       (uint64_t)(k * d->N));
    return space->drawn + within * d->unsure;
}

/* Sorts the elements of x: how many may spike, how many of them need a random number. Most do not
 * where lists pay. */
static int64_t survey(spike_space *space, int64_t N, const float *x, float gain, int64_t *unsure)
{
    int64_t n = 0, m = 0;
    for (int64_t i = 0; i < N; i++) {
        float p = gain * x[i];
        if (!(p > 0))
            continue;
        space->element[n] = (int32_t)i;
        space->p[n++] = p;
        space->unsure[m] = (int32_t)i;
        m += p < 1;
    }
    *unsure = m;
    return n;
}

static spikes_select *select_of_machine(void)
{
    static spikes_select *const level[] = FSNN_BY_ISA(spikes_select);
    return level[fsnn_isa_level()];
}

void spike_lists_rate(spike_lists *l, spike_piece *piece, spike_space *space,
                      const fsnn_encoder *encoder, int64_t b, const float *x, uint64_t seed,
                      uint64_t stream)
{
    spikes_select *selection = select_of_machine();
    int64_t N = l->s.width, T = encoder->steps, unsure,
            n = survey(space, N, x, (float)encoder->gain, &unsure);
    if (!fits(piece, T * n + SPIKES_BEYOND))
        return;
    drawing d = drawing_of(space, N, unsure, seed, stream);
    int64_t used = piece->used;
    for (int64_t k = 0; k < T; k++) {
        int64_t first = used;
        used += selection(n, space->element, space->p, draw(space, &d, k, T), l->index + used);
        list_of(l, k, b, first, used);
    }
    piece->used = used;
}

void spike_lists_dense(spike_lists *l, spike_piece *piece, int64_t b, const float *dense)
{
    int64_t N = l->s.width, used = piece->used;
    for (int64_t k = 0; k < l->s.steps; k++) {
        const float *x = dense + k * N;
        int64_t first = used;
        piece->used = used;
        if (!fits(piece, N + 1)) /* a place is written before it is kept */
            return;
        for (int64_t i = 0; i < N; i++) {
            l->index[used] = (int32_t)i;
            if (l->value)
                l->value[used] = x[i];
            used += x[i] != 0;
        }
        list_of(l, k, b, first, used);
    }
    piece->used = used;
}

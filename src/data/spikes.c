/* data/spikes.c: samples as lists of spikes.
 *
 * rate: of x only g x > 0 may spike; g x >= 1 always does; in between it does where number k N + i of
 * the sample's stream is below g x, the numbers of the dense encoder. They are drawn one by one,
 * eight or sixteen beside each other, or, where that would be more work, all N of a step. Cost:
 * O(N) a sample, and for each step the elements that may spike. */
#include "data/spikes.h"

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

void spike_lists_begin(spike_lists *l, int64_t batch)
{
    l->s.batch = batch;
    l->used = 0;
}

/* Room for so many more elements; what is there is kept. */
static fsnn_status grow(spike_lists *l, int64_t more)
{
    if (l->used + more <= l->room)
        return FSNN_OK;
    int64_t room = l->used + more > 2 * l->room ? l->used + more : 2 * l->room;
    int32_t *index = fsnn_alloc((size_t)room * sizeof *index);
    float *value = l->values ? fsnn_alloc((size_t)room * sizeof *value) : NULL;
    if (!index || (l->values && !value)) {
        fsnn_free(index);
        fsnn_free(value);
        return FSNN_EMEMORY;
    }
    if (l->used)
        memcpy(index, l->index, (size_t)l->used * sizeof *index);
    if (l->used && value)
        memcpy(value, l->value, (size_t)l->used * sizeof *value);
    fsnn_free(l->index);
    fsnn_free(l->value);
    l->index = index;
    l->value = value;
    l->s.index = index;
    l->s.value = value;
    l->room = room;
    return FSNN_OK;
}

static void list_of(spike_lists *l, int64_t k, int64_t b, int64_t first)
{
    int64_t row = k * l->s.batch + b;
    l->start[row] = first;
    l->count[row] = (int32_t)(l->used - first);
}

fsnn_status spike_space_open(spike_space *space, int64_t T, int64_t N, bool dense)
{
    *space = (spike_space){
        .p = fsnn_alloc((size_t)N * sizeof *space->p),
        .element = fsnn_alloc((size_t)N * sizeof *space->element),
        .unsure = fsnn_alloc((size_t)N * sizeof *space->unsure),
        .slot = fsnn_alloc((size_t)N * sizeof *space->slot),
        .u = fsnn_alloc((size_t)N * sizeof *space->u),
        .drawn = fsnn_alloc((size_t)N * sizeof *space->drawn),
        .dense = dense ? fsnn_alloc((size_t)(T * N) * sizeof *space->dense) : NULL,
    };
    bool good = space->p && space->element && space->unsure && space->slot && space->u &&
                space->drawn && (space->dense || !dense);
    return good ? FSNN_OK : FSNN_EMEMORY;
}

void spike_space_close(spike_space *space)
{
    fsnn_free(space->p);
    fsnn_free(space->element);
    fsnn_free(space->unsure);
    fsnn_free(space->slot);
    fsnn_free(space->u);
    fsnn_free(space->drawn);
    fsnn_free(space->dense);
    *space = (spike_space){0};
}

/* The numbers of one step whose first number is `first`, for the `unsure` of those that may spike;
 * the others keep 0 and spike always. */
static void draw(const spike_space *space, int64_t unsure, int64_t N, uint64_t seed,
                 uint64_t stream, uint64_t first)
{
    enum { WORTH = 4 }; /* drawn together they cost a fourth */
    if (unsure * WORTH < N) {
        fsnn_random_at(space->drawn, unsure, space->unsure, seed, stream, first);
        for (int64_t m = 0; m < unsure; m++)
            space->u[space->slot[m]] = space->drawn[m];
        return;
    }
    fsnn_random_fill(space->drawn, N, seed, stream, first);
    for (int64_t m = 0; m < unsure; m++)
        space->u[space->slot[m]] = space->drawn[space->unsure[m]];
}

/* Sorts the elements of x: how many may spike, how many of them need a random number. */
static int64_t survey(spike_space *space, int64_t N, const float *x, float gain, int64_t *unsure)
{
    int64_t n = 0, m = 0;
    for (int64_t i = 0; i < N; i++) {
        float p = gain * x[i];
        space->element[n] = (int32_t)i;
        space->p[n] = p;
        space->u[n] = 0;
        space->unsure[m] = (int32_t)i;
        space->slot[m] = (int32_t)n;
        n += p > 0;
        m += p > 0 && p < 1;
    }
    *unsure = m;
    return n;
}

fsnn_status spike_lists_rate(spike_lists *l, spike_space *space, const fsnn_encoder *encoder,
                             int64_t b, const float *x, uint64_t seed, uint64_t stream)
{
    int64_t N = l->s.width, unsure, n = survey(space, N, x, (float)encoder->gain, &unsure);
    FSNN_TRY(grow(l, encoder->steps * n + 1)); /* a place is written before it is kept */
    for (int64_t k = 0; k < encoder->steps; k++) {
        int64_t first = l->used, used = first;
        draw(space, unsure, N, seed, stream, (uint64_t)(k * N));
        for (int64_t e = 0; e < n; e++) {
            l->index[used] = space->element[e];
            used += space->u[e] < space->p[e];
        }
        l->used = used;
        list_of(l, k, b, first);
    }
    return FSNN_OK;
}

fsnn_status spike_lists_dense(spike_lists *l, int64_t b, const float *dense)
{
    int64_t N = l->s.width;
    for (int64_t k = 0; k < l->s.steps; k++) {
        const float *x = dense + k * N;
        int64_t first = l->used;
        FSNN_TRY(grow(l, N + 1));
        for (int64_t i = 0; i < N; i++) {
            l->index[l->used] = (int32_t)i;
            if (l->value)
                l->value[l->used] = x[i];
            l->used += x[i] != 0;
        }
        list_of(l, k, b, first);
    }
    return FSNN_OK;
}

/* The past that a delay holds (net/delay_ring.h). */
#include "net/delay_ring.h"

#include "base/base.h"

#include <string.h>

/* Slot s of [depth], counted around. */
static int64_t around(const delay_ring *r, int64_t s)
{
    return s < 0 ? s + r->depth : s;
}

static fsnn_status reserve(delay_ring *r, int64_t numbers)
{
    const size_t row = fsnn_bytes(numbers, sizeof(real));
    if (row && (size_t)r->depth > SIZE_MAX / 2 / row)
        return fsnn_fail(FSNN_EMEMORY, "out of memory for %lld steps of %lld numbers",
                         (long long)r->depth, (long long)numbers);
    if ((size_t)r->depth * row <= r->bytes)
        return FSNN_OK;
    delay_ring_free(r);
    r->past = fsnn_alloc((size_t)r->depth * row);
    r->later = fsnn_alloc((size_t)r->depth * row);
    if (!r->past || !r->later)
        return FSNN_EMEMORY;
    r->bytes = (size_t)r->depth * row;
    return FSNN_OK;
}

fsnn_status delay_ring_plan(delay_ring *r, int64_t samples, int64_t count)
{
    FSNN_TRY(reserve(r, samples * count));
    r->numbers = samples * count;
    r->count = count;
    return FSNN_OK;
}

void delay_ring_free(delay_ring *r)
{
    fsnn_free(r->past);
    fsnn_free(r->later);
    r->past = r->later = NULL;
    r->bytes = 0;
}

size_t delay_ring_bytes(const delay_ring *r)
{
    return (size_t)(r->depth * r->numbers) * sizeof(real);
}

void delay_ring_reset(delay_ring *r)
{
    memset(r->past, 0, delay_ring_bytes(r));
    r->next = 0;
}

void delay_ring_forget(delay_ring *r)
{
    memset(r->later, 0, delay_ring_bytes(r));
    r->end = 0;
}

/* The oldest step first. */
void delay_ring_save(const delay_ring *r, void *to)
{
    const size_t row = (size_t)r->numbers * sizeof(real), first = (size_t)r->next * row;
    const char *past = (const char *)r->past;
    memcpy(to, past + first, delay_ring_bytes(r) - first);
    memcpy((char *)to + delay_ring_bytes(r) - first, past, first);
}

void delay_ring_load(delay_ring *r, const void *from)
{
    memcpy(r->past, from, delay_ring_bytes(r));
    r->next = 0;
}

/* ---- a step ---- */

typedef struct job {
    const delay_ring *r;
    const real *in;
    real *out;
    int64_t slot; /* of the step at hand */
} job;

enum { PIECE = 16384 };

/* Of numbers begin ... end - 1 of [samples, count], where each has a lag of its own. */
static void read_each(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    const delay_ring *r = j->r;
    for (int64_t i = begin, n = begin % r->count; i < end; i++, n = n + 1 == r->count ? 0 : n + 1) {
        const int64_t lag = r->each[n];
        j->out[i] = lag ? r->past[around(r, j->slot - lag) * r->numbers + i] : j->in[i];
    }
}

void delay_ring_read(const delay_ring *r, const real *in, real *out)
{
    const size_t row = (size_t)r->numbers * sizeof(real);
    job j = {r, in, out, r->next};
    if (r->each)
        fsnn_parallel_range(r->numbers, PIECE, read_each, &j);
    else
        memcpy(out, r->lag ? r->past + around(r, r->next - r->lag) * r->numbers : in, row);
}

void delay_ring_put(delay_ring *r, const real *in)
{
    memcpy(r->past + r->next * r->numbers, in, (size_t)r->numbers * sizeof(real));
    r->next = r->next + 1 == r->depth ? 0 : r->next + 1;
}

static int64_t before_end(const delay_ring *r)
{
    return around(r, r->end - 1);
}

static void take_each(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    const delay_ring *r = j->r;
    for (int64_t i = begin, n = begin % r->count; i < end; i++, n = n + 1 == r->count ? 0 : n + 1)
        j->out[i] = r->each[n] ? r->later[j->slot * r->numbers + i] : j->in[i];
}

void delay_ring_take(const delay_ring *r, const real *gout, real *gin)
{
    const int64_t slot = before_end(r);
    job j = {r, gout, gin, slot};
    if (r->each && gout)
        fsnn_parallel_range(r->numbers, PIECE, take_each, &j);
    else
        memcpy(gin, r->each || r->lag ? r->later + slot * r->numbers : gout,
               (size_t)r->numbers * sizeof(real));
}

static void leave_each(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    const delay_ring *r = j->r;
    for (int64_t i = begin, n = begin % r->count; i < end; i++, n = n + 1 == r->count ? 0 : n + 1)
        if (r->each[n])
            r->later[around(r, j->slot - r->each[n]) * r->numbers + i] = j->in[i];
}

void delay_ring_leave(delay_ring *r, const real *gout)
{
    const int64_t slot = before_end(r);
    job j = {r, gout, NULL, slot};
    if (r->each)
        fsnn_parallel_range(r->numbers, PIECE, leave_each, &j);
    else if (r->lag)
        memcpy(r->later + around(r, slot - r->lag) * r->numbers, gout,
               (size_t)r->numbers * sizeof(real));
    r->end = slot;
}

/* tensor/spikes.c: lists of spikes: checked, counted, as dense numbers. */
#include "base/base.h"

#include <fsnn/tensor.h>

#include <string.h>

fsnn_status fsnn_spikes_check(const fsnn_spikes *s)
{
    if (!s || s->steps < 1 || s->batch < 1 || s->width < 1 || !s->start || !s->count)
        return fsnn_fail(FSNN_EARGUMENT,
                         "spikes need at least one step, sample and element, and the lists' "
                         "beginnings and lengths");
    for (int64_t r = 0; r < s->steps * s->batch; r++) {
        if (s->count[r] < 0 || (s->count[r] && (s->start[r] < 0 || !s->index)))
            return fsnn_fail(FSNN_EARGUMENT, "spikes of step %lld, sample %lld: there is no list",
                             (long long)(r / s->batch), (long long)(r % s->batch));
        int64_t last = -1;
        for (int64_t e = s->start[r]; e < s->start[r] + s->count[r]; last = s->index[e++])
            if (s->index[e] <= last || s->index[e] >= s->width)
                return fsnn_fail(FSNN_EARGUMENT,
                                 "spikes of step %lld, sample %lld: element %d; elements are 0 to "
                                 "%lld and increase",
                                 (long long)(r / s->batch), (long long)(r % s->batch),
                                 (int)s->index[e], (long long)s->width - 1);
    }
    return FSNN_OK;
}

int64_t fsnn_spikes_total(const fsnn_spikes *s)
{
    if (!s)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_spikes_total: spikes must not be NULL");
    int64_t sum = 0;
    for (int64_t r = 0; r < s->steps * s->batch; r++)
        sum += s->count[r];
    return sum;
}

typedef struct unpack {
    const fsnn_spikes *s;
    float *x;
} unpack;

static void rows(int64_t begin, int64_t end, void *user)
{
    const unpack *u = user;
    const fsnn_spikes *s = u->s;
    for (int64_t r = begin; r < end; r++) {
        float *x = u->x + r * s->width;
        memset(x, 0, (size_t)s->width * sizeof *x);
        for (int64_t e = s->start[r]; e < s->start[r] + s->count[r]; e++)
            x[s->index[e]] = s->value ? s->value[e] : 1;
    }
}

void fsnn_spikes_dense(const fsnn_spikes *spikes, float *x)
{
    if (!spikes || !x)
        return;
    unpack u = {spikes, x};
    fsnn_parallel_range(spikes->steps * spikes->batch, 64, rows, &u);
}

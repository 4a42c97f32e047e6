/* train/kept_batch.h. Arrays keep their places from batch to batch, and grow. */
#include "train/kept_batch.h"

#include <string.h>

enum { X, LABELS, VALUES, LENGTHS, START, COUNT, INDEX, VALUE };

static fsnn_status keep(kept_batch *k, int part, const void *from, size_t bytes, const void **to)
{
    *to = NULL;
    if (!from)
        return FSNN_OK;
    if (bytes > k->bytes[part]) {
        fsnn_free(k->part[part]);
        k->bytes[part] = 0;
        k->part[part] = fsnn_alloc(bytes);
        if (!k->part[part])
            return FSNN_EMEMORY;
        k->bytes[part] = bytes;
    }
    memcpy(k->part[part], from, bytes);
    *to = k->part[part];
    return FSNN_OK;
}

#define KEEP(part, field, count)                                                                   \
    FSNN_TRY(keep(k, part, field, (size_t)(count) * sizeof *(field), (const void **)&(field)))

/* Lists may stand anywhere in their arrays, with gaps: up to the end of the last one. */
static int64_t list_end(const fsnn_spikes *s)
{
    int64_t end = 0;
    for (int64_t r = 0; r < s->steps * s->batch; r++)
        if (s->start[r] + s->count[r] > end)
            end = s->start[r] + s->count[r];
    return end;
}

static fsnn_status keep_lists(kept_batch *k, const fsnn_spikes *from)
{
    fsnn_spikes *s = &k->spikes;
    int64_t rows = from->steps * from->batch, end = list_end(from);
    *s = *from;
    KEEP(START, s->start, rows);
    KEEP(COUNT, s->count, rows);
    KEEP(INDEX, s->index, end);
    KEEP(VALUE, s->value, end);
    k->batch.spikes = s;
    return FSNN_OK;
}

fsnn_status kept_batch_copy(kept_batch *k, const fsnn_batch *from, int64_t numbers)
{
    fsnn_batch *b = &k->batch;
    *b = *from;
    KEEP(X, b->x, (from->still ? 1 : from->steps) * from->batch * numbers);
    KEEP(LABELS, b->labels,
         from->batch * (from->places > 1 ? from->places : 1) *
             (from->label_steps > 1 ? from->label_steps : 1));
    KEEP(VALUES, b->values, from->batch * fsnn_shape_count(&from->target));
    KEEP(LENGTHS, b->lengths, from->batch);
    return from->spikes ? keep_lists(k, from->spikes) : FSNN_OK;
}

void kept_batch_free(kept_batch *k)
{
    for (int i = 0; i < KEPT_PARTS; i++)
        fsnn_free(k->part[i]);
    *k = (kept_batch){0};
}

/* A batch is a row: HEAD numbers, the rates, and for each answer its label, or its values [C], and
 * what was answered [C]. */
#include "train/records.h"

#include <string.h>

enum { LOSS, COUNTED, STEPS, LABELS, CLASSES, ANSWERS, HEAD };

void records_free(records *r)
{
    fsnn_free(r->own);
    fsnn_free(r->all);
    fsnn_free(r->at);
    *r = (records){0};
}

/* ---- written ---- */

static fsnn_status reserve(records *r, int64_t more)
{
    return fsnn_grow(&r->own, r->count, &r->capacity, r->count + more, sizeof *r->own);
}

fsnn_status records_begin(records *r, const record *b, const layers *l, const fsnn_net *net)
{
    const double head[HEAD] = {b->loss, b->counted, b->steps, b->labels, (double)b->C, 0};
    FSNN_TRY(reserve(r, HEAD + l->count));
    r->begin = r->count;
    memcpy(r->own + r->count, head, sizeof head);
    r->count += HEAD;
    for (int i = 0; i < l->count; i++)
        r->own[r->count++] = fsnn_net_rate(net, l->node[i]);
    return FSNN_OK;
}

void records_answer(const loss_answer *a, void *user)
{
    records *r = user;
    const int64_t C = (int64_t)r->own[r->begin + CLASSES], first = a->y ? C : 1;
    if (r->refused || (r->refused = reserve(r, first + C)))
        return;
    if (a->y)
        memcpy(r->own + r->count, a->y, (size_t)C * sizeof *a->y);
    else
        r->own[r->count] = a->label;
    memcpy(r->own + r->count + first, a->x, (size_t)C * sizeof *a->x);
    r->count += first + C;
    r->own[r->begin + ANSWERS]++;
}

fsnn_status records_end(const records *r)
{
    return r->refused;
}

/* ---- shared ---- */

static fsnn_status gather(records *r, const fsnn_ranks *ranks, double *row)
{
    if (r->count)
        memcpy(row, r->own, (size_t)r->count * sizeof *row);
    return ranks_gather(ranks, row, r->all, (size_t)r->width * sizeof *row);
}

/* As wide as the longest, and a 0 behind it. */
static fsnn_status widest(records *r, const fsnn_ranks *ranks)
{
    int64_t *counts = fsnn_alloc((size_t)ranks->count * sizeof *counts);
    fsnn_status status =
        counts ? ranks_gather(ranks, &r->count, counts, sizeof *counts) : FSNN_EMEMORY;
    r->width = 1;
    for (int k = 0; k < ranks->count && !status; k++)
        r->width = counts[k] + HEAD > r->width ? counts[k] + HEAD : r->width;
    fsnn_free(counts);
    return status;
}

fsnn_status records_share(records *r, const fsnn_ranks *ranks)
{
    FSNN_TRY(widest(r, ranks));
    r->ranks = ranks->count;
    r->all = fsnn_alloc((size_t)(r->ranks * r->width) * sizeof *r->all);
    r->at = fsnn_alloc((size_t)r->ranks * sizeof *r->at);
    double *row = fsnn_alloc((size_t)r->width * sizeof *row);
    fsnn_status status = r->all && r->at && row ? FSNN_OK : FSNN_EMEMORY;
    status = ranks_agree(ranks, status);
    status = status ? status : gather(r, ranks, row);
    fsnn_free(row);
    return status;
}

/* ---- read ---- */

static const double *read(records *r, int64_t count)
{
    int64_t rank = (r->batch - 1) % r->ranks;
    const double *at = r->all + rank * r->width + r->at[rank];
    r->at[rank] += count;
    return at;
}

bool records_next(records *r, record *b, int layers, const double **rate)
{
    int64_t rank = r->batch % r->ranks;
    const double *head = r->all + rank * r->width + r->at[rank];
    if (head[STEPS] <= 0) /* behind its last batch there are zeros */
        return false;
    r->batch++;
    *b = (record){head[LOSS],        head[COUNTED],          head[STEPS],
                  head[LABELS] != 0, (int64_t)head[CLASSES], (int64_t)head[ANSWERS]};
    r->left = b->answers;
    *rate = read(r, HEAD + layers) + HEAD;
    return true;
}

bool records_next_answer(records *r, const record *b, loss_answer *a)
{
    if (r->left-- <= 0)
        return false;
    const double *at = read(r, b->labels ? 1 + b->C : 2 * b->C);
    *a = (loss_answer){.x = at + (b->labels ? 1 : b->C)};
    if (b->labels)
        a->label = (int32_t)at[0];
    else
        a->y = at;
    return true;
}

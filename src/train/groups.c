/* Which numbers go together. A group ends with a parameter once it is worth a message; parameters
 * that are larger than all that one may hold are cut. */
#include "train/groups.h"

/* Numbers: 64 KB of single precision are about 50 us at 10 Gb/s, as much as a message costs. */
enum { LEAST = 1 << 14, MOST = 1 << 20 };

/* ---- cutting ---- */

static void add(groups *g, const shards *s, int64_t first, int64_t last)
{
    const shard_piece *from = &s->piece[first], *to = &s->piece[last];
    shard_range *r = &g->range[g->count++];
    *r = (shard_range){first, last + 1 - first, from->at, to->at + to->count - from->at};
    g->most = r->count > g->most ? r->count : g->most;
}

/* Whether a group that begins with a piece is whole. */
static bool whole(const shards *s, int64_t first, int64_t last)
{
    const shard_piece *from = &s->piece[first], *to = &s->piece[last];
    int64_t count = to->at + to->count - from->at;
    bool learned = from->at < s->learned;
    return first == 0 || count + SHARD_PIECE > MOST ||
           (learned && from->begin == 0 && count >= LEAST);
}

static void cut(groups *g, const shards *s)
{
    int64_t last = s->pieces - 1;
    for (int64_t i = last; i >= 0; i--)
        if (whole(s, i, last)) {
            add(g, s, i, last);
            last = i - 1;
        }
}

/* Which groups hold a parameter: neighbours, since groups and pieces are in one order. */
static void find_params(groups *g, const shards *s)
{
    for (int k = 0; k < g->count; k++) {
        const shard_range *r = &g->range[k];
        for (int64_t i = r->first; i < r->first + r->pieces; i++) {
            const shard_piece *piece = &s->piece[i];
            groups_span *of = &g->of[piece->param];
            if (piece->at >= s->learned || of->last == k)
                continue;
            of->first = of->last < 0 ? k : of->first;
            of->last = k;
            g->wanted[k]++;
        }
    }
}

fsnn_status groups_open(groups *g, const shards *s)
{
    const int params = fsnn_net_param_count(s->net);
    *g = (groups){0};
    g->range = fsnn_alloc((size_t)(s->pieces + 1) * sizeof *g->range);
    g->wanted = fsnn_alloc((size_t)(s->pieces + 1) * sizeof *g->wanted);
    g->of = fsnn_alloc((size_t)(params + 1) * sizeof *g->of);
    if (!g->range || !g->wanted || !g->of)
        return FSNN_EMEMORY;
    cut(g, s);
    for (int i = 0; i < params; i++)
        g->of[i].last = -1;
    find_params(g, s);
    return FSNN_OK;
}

void groups_close(groups *g)
{
    fsnn_free(g->range);
    fsnn_free(g->wanted);
    fsnn_free(g->of);
    *g = (groups){0};
}

/* ---- watching ---- */

fsnn_status groups_watch_open(groups_watch *w, const groups *of)
{
    w->of = of;
    w->left = fsnn_alloc((size_t)(of->count + 1) * sizeof *w->left);
    return w->left ? FSNN_OK : FSNN_EMEMORY;
}

void groups_watch_close(groups_watch *w)
{
    fsnn_free(w->left);
    w->left = NULL;
}

void groups_watch_begin(groups_watch *w)
{
    for (int k = 0; k < w->of->count; k++)
        w->left[k] = w->of->wanted[k];
    atomic_store_explicit(&w->ready, 0, memory_order_relaxed);
}

void groups_watch_final(groups_watch *w, int param, int count)
{
    int ready = atomic_load_explicit(&w->ready, memory_order_relaxed);
    for (int p = param; p < param + count; p++)
        for (int k = w->of->of[p].first; k <= w->of->of[p].last; k++)
            w->left[k]--;
    while (ready < w->of->count && !w->left[ready])
        ready++;
    atomic_store_explicit(&w->ready, ready, memory_order_release); /* after the gradients */
}

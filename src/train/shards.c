/* Vectors of shards: pieces of parameters, one behind the other. */
#include "train/shards.h"

#include "base/error_key.h"
#include "net/net.h"
#include "train/plane.h"

int64_t shards_of(const fsnn_training *training)
{
    return training->shards > 1 ? training->shards : 1;
}

bool shards_synchronised(const fsnn_training *training)
{
    return training->batchnorm == FSNN_NORM_SYNCHRONISED && shards_of(training) > 1;
}

int64_t shards_at_once(const fsnn_training *training)
{
    const int64_t n = shards_of(training), threads = fsnn_threads();
    return shards_synchronised(training) || n < threads ? n : threads;
}

fsnn_status shards_size(const fsnn_training *training, int64_t *size)
{
    int64_t n = shards_of(training);
    *size = training->batch / n;
    if (training->shards < 0)
        return fsnn_fail_key(FSNN_EARGUMENT, "shards", "shards is %lld: a batch has at least 1",
                             (long long)training->shards);
    if (training->batch % n)
        return fsnn_fail_key(FSNN_EARGUMENT, "shards",
                             "a batch of %lld samples has no %lld equal shards: shards must divide "
                             "the batch",
                             (long long)training->batch, (long long)n);
    return FSNN_OK;
}

/* ---- which numbers ---- */

/* Running statistics: what does not learn and is no number of a neuron. Those that stay as they are
 * move by 0. */
static bool belongs(const fsnn_param *p, bool learned)
{
    return learned ? p->learn : !p->learn && !p->neuron;
}

/* With `piece` NULL only counts. */
static int64_t cut(const fsnn_net *net, bool learned, shard_piece *piece, int64_t *at)
{
    int64_t pieces = 0;
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *p = fsnn_net_param(net, i);
        int64_t n = belongs(p, learned) ? fsnn_shape_count(&p->shape) : 0;
        for (int64_t begin = 0; begin < n; begin += SHARD_PIECE, pieces++) {
            int64_t count = n - begin < SHARD_PIECE ? n - begin : SHARD_PIECE;
            if (piece)
                piece[pieces] = (shard_piece){i, begin, count, *at};
            *at += count;
        }
    }
    return pieces;
}

static bool wide(const fsnn_net *net)
{
    return fsnn_net_precision(net) == FSNN_PRECISION_DOUBLE;
}

int64_t shards_bytes(const fsnn_net *net, const fsnn_training *training)
{
    int64_t count = 0, learned, size = wide(net) ? sizeof(double) : sizeof(float),
            n = shards_of(training);
    if (n < 2)
        return 0;
    cut(net, true, NULL, &count);
    learned = count;
    cut(net, false, NULL, &count);
    int64_t kept = training->accumulate > 1 ? learned : 0;
    return size * (tree_held(n) * count + count - learned + kept);
}

fsnn_status shards_open(shards *s, fsnn_net *net, const fsnn_training *training)
{
    *s = (shards){.net = net};
    int64_t most = cut(net, true, NULL, &s->count) + cut(net, false, NULL, &s->count);
    size_t size = wide(net) ? sizeof(double) : sizeof(float);
    s->piece = fsnn_alloc((size_t)(most + 1) * sizeof *s->piece);
    if (!s->piece)
        return FSNN_EMEMORY;
    s->count = 0;
    s->pieces = cut(net, true, s->piece, &s->count);
    s->learned = s->count;
    s->pieces += cut(net, false, s->piece + s->pieces, &s->count);
    tree_open(&s->tree, s->count, wide(net));
    s->before = fsnn_alloc((size_t)(s->count - s->learned + 1) * size);
    if (training->accumulate > 1)
        s->kept = fsnn_alloc((size_t)(s->learned + 1) * size);
    return s->before && (s->kept || training->accumulate <= 1) ? FSNN_OK : FSNN_EMEMORY;
}

void shards_close(shards *s)
{
    tree_close(&s->tree);
    fsnn_free(s->piece);
    fsnn_free(s->before);
    fsnn_free(s->kept);
    *s = (shards){0};
}

/* ---- walks ---- */

typedef void visit(const shard_walk *w, const shard_piece *piece);

typedef struct visiting {
    const shard_walk *w;
    visit *one;
} visiting;

static void visit_piece(int64_t i, int worker, void *user)
{
    const visiting *v = user;
    (void)worker;
    v->one(v->w, &v->w->s->piece[v->w->first + i]);
}

static void walk(const shard_walk *w, int64_t pieces, visit *one)
{
    fsnn_parallel(pieces, visit_piece, &(visiting){w, one});
}

void shards_begin(shards *s, bool waiting)
{
    const shard_walk w = {.s = s, .net = s->net, .waiting = waiting};
    walk(&w, s->pieces, train_plane_for(s->net)->shard_begin);
}

void shards_begin_copy(const shards *s, fsnn_net *copy)
{
    for (int i = 0; i < fsnn_net_param_count(copy); i++) {
        const fsnn_param *p = fsnn_net_param(copy, i);
        if (belongs(p, false))
            memcpy(net_param_data(p), net_param_data(fsnn_net_param(s->net, i)),
                   net_param_bytes(p));
    }
}

shard_range shards_all(const shards *s)
{
    return (shard_range){0, s->pieces, 0, s->count};
}

fsnn_status shards_take(const shards *s, const fsnn_net *net, shard_weight weight, int64_t place,
                        const shard_range *range, tree *part)
{
    const shard_walk w = {.s = s,
                          .net = net,
                          .first = range->first,
                          .begin = range->begin,
                          .to = tree_next(part),
                          .weight = weight};
    if (!w.to)
        return FSNN_EMEMORY;
    walk(&w, range->pieces, train_plane_for(s->net)->shard_take);
    tree_add(part, (tree_node){0, place});
    return FSNN_OK;
}

void shards_put(shards *s, const void *sum, double weight, bool waiting)
{
    const shard_walk w = {
        .s = s, .net = s->net, .from = sum, .weight = {weight, weight}, .waiting = waiting};
    walk(&w, s->pieces, train_plane_for(s->net)->shard_put);
}

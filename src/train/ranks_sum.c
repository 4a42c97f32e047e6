/* Sums of vectors over ranks. Each rank owns a part of the vector, a chunk: it receives the nodes
 * of all ranks there, adds them up by the tree, and gives the sum to all. So a rank sends the
 * vector once on the way there and once on the way back, however many there are (twice there where
 * its shards are no whole branch of the tree). Vectors go in groups, which bounds the room. */
#include "train/ranks.h"

#include "base/bytes.h"

#include <string.h>

enum { GROUP = 1 << 20 };

typedef struct summing {
    const fsnn_ranks *r;
    tree *mine;
    ranks_room *room;
    int64_t all, shards;
    int most;             /* nodes of the rank that has most */
    int64_t begin, chunk; /* of the group; numbers of a chunk */
    size_t size;          /* bytes of a number on its way */
} summing;

void ranks_room_close(ranks_room *room)
{
    void *owned[] = {room->out, room->in, room->part, room->all, room->sum};
    for (int i = 0; i < FSNN_COUNT(owned); i++)
        fsnn_free(owned[i]);
    tree_close(&room->tree);
    *room = (ranks_room){0};
}

/* ---- numbers on their way ---- */

static uint16_t to_bf16(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    if ((bits & 0x7fffffffu) > 0x7f800000u) /* not a number stays none */
        return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static size_t number_size(const tree *t)
{
    return t->wide ? sizeof(double) : sizeof(float);
}

static void pack(const summing *s, const void *from, int64_t begin, int64_t count, void *to)
{
    const size_t size = number_size(s->mine);
    if (!s->r->lossy) {
        memcpy(to, (const char *)from + (size_t)begin * size, (size_t)count * size);
        return;
    }
    uint16_t *half = to;
    for (int64_t i = 0; i < count; i++)
        half[i] = to_bf16(s->mine->wide ? (float)((const double *)from)[begin + i]
                                        : ((const float *)from)[begin + i]);
}

static void unpack(const summing *s, const void *from, int64_t count, void *to, int64_t begin)
{
    const size_t size = number_size(s->mine);
    const uint16_t *half = from;
    if (!s->r->lossy)
        memcpy((char *)to + (size_t)begin * size, from, (size_t)count * size);
    for (int64_t i = 0; i < count && s->r->lossy; i++)
        if (s->mine->wide)
            ((double *)to)[begin + i] = (double)bytes_bfloat16(half[i]);
        else
            ((float *)to)[begin + i] = bytes_bfloat16(half[i]);
}

/* Numbers of the chunk of a rank that the vector still has. */
static int64_t numbers(const summing *s, int rank)
{
    int64_t at = s->begin + rank * s->chunk, left = s->mine->count - at;
    return left < 0 ? 0 : left < s->chunk ? left : s->chunk;
}

/* ---- a group ---- */

static int nodes_of(const summing *s, int rank, tree_node *list)
{
    int64_t first, last;
    ranks_share(s->r, rank, s->all, s->shards, &first, &last);
    return tree_nodes(first, last, list);
}

static char *place(const summing *s, void *array, int rank, int node)
{
    return (char *)array + (size_t)((rank * s->most + node) * s->chunk) * s->size;
}

static fsnn_status send(const summing *s)
{
    for (int k = 0; k < s->r->count; k++)
        for (int n = 0; n < s->mine->nodes; n++)
            pack(s, s->mine->value[n], s->begin + k * s->chunk, numbers(s, k),
                 place(s, s->room->out, k, n));
    if (s->r->exchange(s->room->out, s->room->in, (size_t)(s->most * s->chunk) * s->size,
                       s->r->user))
        return fsnn_fail(FSNN_ECALLBACK, "the ranks cannot exchange gradients%s%s",
                         *fsnn_error_text() ? ": " : "", fsnn_error_text());
    return FSNN_OK;
}

static fsnn_status add_up(const summing *s)
{
    tree_node list[TREE_DEPTH];
    int64_t count = numbers(s, s->r->rank);
    tree *t = &s->room->tree;
    t->count = count;
    tree_clear(t);
    for (int k = 0; k < s->r->count; k++) {
        int nodes = nodes_of(s, k, list);
        for (int n = 0; n < nodes; n++) {
            void *to = tree_next(t);
            if (!to)
                return FSNN_EMEMORY;
            unpack(s, place(s, s->room->in, k, n), count, to, 0);
            tree_add(t, list[n]);
        }
    }
    pack(s, tree_sum(t), 0, count, s->room->part);
    return FSNN_OK;
}

static fsnn_status spread(const summing *s)
{
    size_t bytes = (size_t)s->chunk * s->size;
    FSNN_TRY(ranks_gather(s->r, s->room->part, s->room->all, bytes));
    for (int k = 0; k < s->r->count; k++)
        unpack(s, (char *)s->room->all + (size_t)k * bytes, numbers(s, k), s->room->sum,
               s->begin + k * s->chunk);
    return FSNN_OK;
}

/* ---- all of them ---- */

/* Of any batch: the last one of an epoch may end within the part of a rank, and a part may begin
 * and end within branches of the tree. */
static int most_ever(const summing *s)
{
    int64_t part = s->all / s->r->count;
    return 2 * tree_held(part);
}

static fsnn_status reserve(const summing *s)
{
    ranks_room *room = s->room;
    size_t bytes = (size_t)s->chunk * s->size, ranks = (size_t)s->r->count,
           most = (size_t)most_ever(s);
    tree_open(&room->tree, s->chunk, s->mine->wide);
    room->out = fsnn_alloc(ranks * most * bytes);
    room->in = fsnn_alloc(ranks * most * bytes);
    room->part = fsnn_alloc(bytes);
    room->all = fsnn_alloc(ranks * bytes);
    room->sum = fsnn_alloc((size_t)(s->mine->count + 1) * number_size(s->mine));
    bool there = room->out && room->in && room->part && room->all && room->sum;
    return there ? FSNN_OK : FSNN_EMEMORY;
}

/* Nodes of the rank that has most in this batch. */
static int most_nodes(const summing *s)
{
    tree_node list[TREE_DEPTH];
    int most = 1;
    for (int k = 0; k < s->r->count; k++) {
        int nodes = nodes_of(s, k, list);
        most = nodes > most ? nodes : most;
    }
    return most;
}

fsnn_status ranks_sum(const fsnn_ranks *r, tree *mine, int64_t all, int64_t shards,
                      ranks_room *room, const void **sum)
{
    if (!ranks_many(r)) {
        *sum = tree_sum(mine);
        return FSNN_OK;
    }
    int64_t group = mine->count < GROUP ? mine->count : GROUP;
    summing s = {.r = r, .mine = mine, .room = room, .all = all, .shards = shards};
    s.size = r->lossy ? sizeof(uint16_t) : number_size(mine);
    s.most = most_nodes(&s);
    s.chunk = (group + r->count - 1) / r->count;
    if (!room->sum)
        FSNN_TRY(ranks_agree(r, reserve(&s)));
    for (s.begin = 0; s.begin < mine->count; s.begin += s.chunk * r->count) {
        FSNN_TRY(send(&s));
        FSNN_TRY(add_up(&s));
        FSNN_TRY(spread(&s));
    }
    tree_clear(mine);
    *sum = room->sum;
    return FSNN_OK;
}

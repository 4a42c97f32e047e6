/* Sums of vectors over ranks. Each rank owns a part of a group, a chunk: it receives the nodes of
 * all ranks there, adds them up by the tree, and gives the sum to all. So a rank sends the vector
 * once on the way there and once on the way back, however many there are (twice there where its
 * shards are no whole branch of the tree). A group lives in a slot until its sum is there: a few
 * are on their way at the same time, which bounds the room. Where a group is shared out evenly, and
 * as it is, it travels from where it was added up to where its sum belongs, and is not copied. */
#include "train/ranks_sum.h"

#include "base/bytes.h"
#include "base/error_key.h"

#include <string.h>

/* ---- opening ---- */

/* Nodes of any batch: the last one of an epoch may end anywhere within the part of a rank. */
static int most_ever(const ranks_sum *s)
{
    int most = 0;
    for (int k = 0; k < s->ranks->count; k++) {
        int64_t first, last;
        ranks_share(s->ranks, k, s->all, s->all, &first, &last);
        int held = tree_held_of(first, last);
        most = held > most ? held : most;
    }
    return most;
}

static bool reserve_slot(const ranks_sum *s, ranks_slot *slot, size_t bytes)
{
    const size_t ranks = (size_t)s->ranks->count, nodes = (size_t)most_ever(s);
    slot->out = fsnn_alloc(ranks * nodes * bytes);
    slot->in = fsnn_alloc(ranks * nodes * bytes);
    slot->half = fsnn_alloc(s->ranks->lossy ? bytes : 1);
    slot->whole = fsnn_alloc(ranks * bytes);
    return slot->out && slot->in && slot->half && slot->whole;
}

fsnn_status ranks_sum_open(ranks_sum *s, const fsnn_ranks *ranks, int64_t shards, const tree *mine,
                           int64_t most)
{
    const int64_t chunk = (most + ranks->count - 1) / ranks->count;
    *s = (ranks_sum){.ranks = ranks, .all = shards};
    tree_open(&s->tree, chunk, mine->wide);
    s->size = ranks->lossy ? sizeof(uint16_t) : tree_number_size(&s->tree);
    for (int i = 0; i < RANKS_SLOTS; i++)
        if (!reserve_slot(s, &s->slot[i], (size_t)chunk * s->size))
            return FSNN_EMEMORY;
    s->sum = fsnn_alloc((size_t)(mine->count + 1) * tree_number_size(&s->tree));
    if (!s->sum)
        return FSNN_EMEMORY;
    return ranks->lossy ? tree_reserve(&s->tree, tree_held(shards)) : FSNN_OK;
}

void ranks_sum_close(ranks_sum *s)
{
    for (int i = 0; i < RANKS_SLOTS; i++) {
        void *owned[] = {s->slot[i].out, s->slot[i].in, s->slot[i].half, s->slot[i].whole};
        for (int k = 0; k < FSNN_COUNT(owned); k++)
            fsnn_free(owned[k]);
    }
    tree_close(&s->tree);
    fsnn_free(s->sum);
    *s = (ranks_sum){0};
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

static void pack(const ranks_sum *s, const void *from, int64_t begin, int64_t count, void *to)
{
    const size_t size = tree_number_size(&s->tree);
    if (!s->ranks->lossy) {
        memcpy(to, (const char *)from + (size_t)begin * size, (size_t)count * size);
        return;
    }
    uint16_t *half = to;
    for (int64_t i = 0; i < count; i++)
        half[i] = to_bf16(s->tree.wide ? (float)((const double *)from)[begin + i]
                                       : ((const float *)from)[begin + i]);
}

static void unpack(const ranks_sum *s, const void *from, int64_t count, void *to, int64_t begin)
{
    const size_t size = tree_number_size(&s->tree);
    const uint16_t *half = from;
    if (!s->ranks->lossy)
        memcpy((char *)to + (size_t)begin * size, from, (size_t)count * size);
    for (int64_t i = 0; i < count && s->ranks->lossy; i++)
        if (s->tree.wide)
            ((double *)to)[begin + i] = (double)bytes_bfloat16(half[i]);
        else
            ((float *)to)[begin + i] = bytes_bfloat16(half[i]);
}

/* Numbers of the chunk of a rank that the group still has. */
static int64_t numbers(const ranks_slot *slot, int rank)
{
    int64_t left = slot->count - rank * slot->chunk;
    return left < 0 ? 0 : left < slot->chunk ? left : slot->chunk;
}

/* ---- a group ---- */

static int nodes_of(const ranks_sum *s, int rank, tree_node *list)
{
    int64_t first, last;
    ranks_share(s->ranks, rank, s->all, s->shards, &first, &last);
    return tree_nodes(first, last, list);
}

static char *place(const ranks_sum *s, const ranks_slot *slot, void *array, int rank, int node)
{
    return (char *)array + (size_t)((rank * s->nodes + node) * slot->chunk) * s->size;
}

/* The nodes of a group where they are, if that is how they are sent; else packed. */
static const void *sent(const ranks_sum *s, const ranks_slot *slot, const tree *part)
{
    if (slot->straight && s->nodes == 1 && part->nodes == 1)
        return part->value[0];
    for (int k = 0; k < s->ranks->count; k++)
        for (int n = 0; n < part->nodes; n++)
            pack(s, part->value[n], k * slot->chunk, numbers(slot, k),
                 place(s, slot, slot->out, k, n));
    return slot->out;
}

static fsnn_status send(const ranks_sum *s, ranks_slot *slot, const tree *part)
{
    const fsnn_ranks *r = s->ranks;
    const size_t bytes = (size_t)(s->nodes * slot->chunk) * s->size;
    const void *out = sent(s, slot, part);
    const uint64_t before = fsnn_errors_said();
    int failed = ranks_apart(r) ? r->exchange_begin(out, slot->in, bytes, &slot->call, r->user)
                                : r->exchange(out, slot->in, bytes, r->user);
    return ranks_told("gradients", failed, before);
}

/* The sum of the nodes of all ranks: added up in the place where the first came, or, where they
 * travel in half precision, apart from it. */
static const void *sum_of(const ranks_sum *s, const ranks_slot *slot)
{
    tree_node list[TREE_DEPTH];
    tree t = s->tree; /* its vectors, or those that have come */
    t.count = numbers(slot, s->ranks->rank);
    for (int k = 0; k < s->ranks->count; k++) {
        int nodes = nodes_of(s, k, list);
        for (int n = 0; n < nodes; n++) {
            char *in = place(s, slot, slot->in, k, n);
            if (s->ranks->lossy)
                unpack(s, in, t.count, tree_next(&t), 0);
            else
                tree_lend(&t, in);
            tree_add(&t, list[n]);
        }
    }
    const void *sum = tree_sum(&t);
    if (!s->ranks->lossy)
        return sum;
    pack(s, sum, 0, t.count, slot->half);
    return slot->half;
}

static void *place_of_sum(const ranks_sum *s, const ranks_slot *slot)
{
    return slot->straight ? (char *)s->sum + (size_t)slot->begin * s->size : slot->whole;
}

/* Nodes of all ranks are there: their sum, to all. */
static fsnn_status add_up(const ranks_sum *s, ranks_slot *slot)
{
    const fsnn_ranks *r = s->ranks;
    const size_t bytes = (size_t)slot->chunk * s->size;
    const void *sum = sum_of(s, slot);
    void *to = place_of_sum(s, slot);
    const uint64_t before = fsnn_errors_said();
    int failed = ranks_apart(r) ? r->gather_begin(sum, to, bytes, &slot->call, r->user)
                                : r->gather(sum, to, bytes, r->user);
    return ranks_told("sums", failed, before);
}

static void spread(const ranks_sum *s, const ranks_slot *slot)
{
    size_t bytes = (size_t)slot->chunk * s->size;
    for (int k = 0; k < s->ranks->count && !slot->straight; k++)
        unpack(s, (char *)slot->whole + (size_t)k * bytes, numbers(slot, k), s->sum,
               slot->begin + k * slot->chunk);
}

/* ---- groups on their way ---- */

static ranks_slot *slot_of(ranks_sum *s, int64_t group)
{
    return &s->slot[group % RANKS_SLOTS];
}

/* Whether the call of a slot has ended; with `wait` once it has. */
static fsnn_status ended(const ranks_sum *s, const ranks_slot *slot, bool wait, bool *yes)
{
    const uint64_t before = fsnn_errors_said();
    int said = ranks_apart(s->ranks) ? s->ranks->done(slot->call, wait, s->ranks->user) : 1;
    *yes = said > 0;
    return ranks_told("gradients", said < 0 || (wait && !said), before);
}

/* One group one call further, the last first; *moved: there was one that could. With `wait` the
 * oldest of them is waited for. */
static fsnn_status move(ranks_sum *s, bool wait, bool *moved)
{
    *moved = false;
    if (s->spread < s->added) {
        FSNN_TRY(ended(s, slot_of(s, s->spread), wait, moved));
        if (*moved)
            spread(s, slot_of(s, s->spread++));
        wait = false;
    }
    if (s->added < s->sent) {
        bool yes;
        FSNN_TRY(ended(s, slot_of(s, s->added), wait, &yes));
        if (yes)
            FSNN_TRY(add_up(s, slot_of(s, s->added++)));
        *moved = *moved || yes;
    }
    return FSNN_OK;
}

static fsnn_status note(ranks_sum *s, fsnn_status status)
{
    s->failed = s->failed || status != FSNN_OK;
    return status;
}

fsnn_status ranks_sum_poll(ranks_sum *s)
{
    bool moved = !s->failed;
    while (moved)
        FSNN_TRY(note(s, move(s, false, &moved)));
    return FSNN_OK;
}

/* Until at most so many groups are on their way. */
static fsnn_status wait_for(ranks_sum *s, int64_t left)
{
    bool moved;
    while (s->sent - s->spread > left && !s->failed)
        FSNN_TRY(note(s, move(s, true, &moved)));
    return FSNN_OK;
}

/* Nodes of the rank that has most in this batch. */
static int most_nodes(const ranks_sum *s)
{
    tree_node list[TREE_DEPTH];
    int most = 1;
    for (int k = 0; k < s->ranks->count; k++) {
        int nodes = nodes_of(s, k, list);
        most = nodes > most ? nodes : most;
    }
    return most;
}

void ranks_sum_begin(ranks_sum *s, int64_t shards)
{
    s->shards = shards;
    s->sent = s->added = s->spread = 0;
    s->failed = false;
    s->nodes = most_nodes(s);
}

bool ranks_sum_room(const ranks_sum *s)
{
    return s->sent - s->spread < RANKS_SLOTS;
}

fsnn_status ranks_sum_give(ranks_sum *s, const tree *part, int64_t begin)
{
    FSNN_TRY(wait_for(s, RANKS_SLOTS - 1));
    if (s->failed) /* who gave or asked when it did has the error */
        return FSNN_OK;
    ranks_slot *slot = slot_of(s, s->sent);
    slot->begin = begin;
    slot->count = part->count;
    slot->chunk = (part->count + s->ranks->count - 1) / s->ranks->count;
    slot->straight = !s->ranks->lossy && slot->chunk * s->ranks->count == part->count;
    FSNN_TRY(note(s, send(s, slot, part)));
    s->sent++;
    return ranks_sum_poll(s);
}

fsnn_status ranks_sum_end(ranks_sum *s)
{
    return wait_for(s, 0);
}

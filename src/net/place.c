/* Memory plan: every tensor of a call gets a place in one arena. A tensor lives from the time it is
 * first written to the time it is last read (step i of n runs at time i forward and 2n-1-i
 * backward); tensors whose lives do not meet may share memory. Greedy by size, first fit: O(m^2)
 * for m tensors, once a plan. */
#include "net/net.h"
#include "base/whole.h"
#include "tensor/bits.h"

#include <stdlib.h>
#include <string.h>

typedef struct block {
    int64_t size; /* numbers, a multiple of 16: whole lines of 64 bytes */
    int start, end;
    int64_t *place; /* where the answer goes */
} block;

typedef struct list {
    block *item;
    int count, capacity;
} list;

static void add(list *l, int64_t numbers, int start, int end, int64_t *place)
{
    *place = -1;
    if (numbers > 0)
        l->item[l->count++] = (block){whole_line_numbers(numbers), start, end, place};
}

static int by_size(const void *a, const void *b)
{
    const block *x = a, *y = b;
    if (x->size != y->size)
        return x->size < y->size ? 1 : -1;
    return x->start - y->start;
}

/* Lowest offset where item i meets none of those placed before it. */
static int64_t fit(const list *l, int i)
{
    const block *b = &l->item[i];
    int64_t at = 0;
    for (bool moved = true; moved;) {
        moved = false;
        for (int k = 0; k < i; k++) {
            const block *o = &l->item[k];
            bool meet = o->start <= b->end && b->start <= o->end;
            if (meet && at < *o->place + o->size && *o->place < at + b->size) {
                at = *o->place + o->size;
                moved = true;
            }
        }
    }
    return at;
}

static int64_t place_all(list *l)
{
    int64_t top = 0;
    qsort(l->item, (size_t)l->count, sizeof *l->item, by_size);
    for (int i = 0; i < l->count; i++) {
        *l->item[i].place = fit(l, i);
        if (*l->item[i].place + l->item[i].size > top)
            top = *l->item[i].place + l->item[i].size;
    }
    return top;
}

/* Times of a step: in a loop those of all its steps. */
static int early(const net_step *s)
{
    return s->first;
}

static int late(const net_step *s)
{
    return s->last;
}

static int early_back(const fsnn_net *net, const net_step *s)
{
    return 2 * net->steps - 1 - s->last;
}

static int late_back(const fsnn_net *net, const net_step *s)
{
    return 2 * net->steps - 1 - s->first;
}

typedef struct lives {
    int *data_start, *data_end, *grad_start, *grad_end; /* [values], of roots */
    int *last_forward, *first_backward;                 /* of data; 2n: for ever, never */
} lives;

static void last(int *end, int time)
{
    if (time > *end)
        *end = time;
}

/* A step has to do with a value: forward, and where `needed` backward. */
static void use(const fsnn_net *net, const lives *l, const net_step *s, int value, bool needed)
{
    int root = net->value[value].root, time = early_back(net, s);
    bool kept = net->plan.record && net_neuron(net, s->node);
    last(&l->last_forward[root], kept ? 2 * net->steps : late(s));
    if (!s->live || !needed)
        return;
    l->first_backward[root] = time < l->first_backward[root] ? time : l->first_backward[root];
    last(&l->data_end[root], late_back(net, s));
}

static void data_lives(const fsnn_net *net, lives *l)
{
    int n = net->steps, forever = 2 * n;
    for (int v = 0; v < net->values; v++) {
        int step = net->value[v].step,
            start = step < 0 ? step : early(net_doer(net, &net->step[step]));
        l->data_start[v] = l->data_end[v] = l->last_forward[v] = start;
        l->first_backward[v] = forever;
    }
    for (int i = 0; i < n; i++) {
        const net_step *s = &net->step[i];
        for (int k = 0; k < s->op->inputs; k++)
            use(net, l, s, s->in[k], s->op->op->flags & OP_NEEDS_IN);
        for (int p = 0; p < s->op->outputs; p++)
            use(net, l, s, s->out[p], s->op->op->flags & OP_NEEDS_OUT);
    }
    l->last_forward[net->value[net->out_value].root] = forever;
    for (int v = 0; v < net->values; v++)
        last(&l->data_end[v], l->last_forward[v]);
}

/* Backward of step s leaves the gradient of its input where that of its output is. */
static bool in_place(const fsnn_net *net, const net_step *s)
{
    const net_value *in = &net->value[s->in[0]], *out = &net->value[s->out[0]];
    bool same = s->live && !net_looped(s) && !in->still && !out->passed && out->wants;
    return s->op->op->flags & OP_VIEW || (s->op->op->flags & OP_INPLACE && same);
}

/* Then both are one, unless the source has other readers (then it is copied or added). */
static void share_gradients(fsnn_net *net)
{
    for (int v = 0; v < net->values; v++)
        net->value[v].grad_root = v;
    for (int i = 0; i < net->steps; i++) {
        const net_step *s = &net->step[i];
        int in = s->in[0];
        if (s->op->inputs == 1 && in_place(net, s) && net->value[in].readers == 1 &&
            in != net->out_value && net->value[in].wants)
            net->value[s->out[0]].grad_root = net->value[in].grad_root;
    }
}

static void grad_lives(fsnn_net *net, lives *l)
{
    const int n = net->steps, never = 2 * n; /* after the last step backward: nobody wrote it yet */
    for (int v = 0; v < net->values; v++)
        l->grad_start[v] = never, l->grad_end[v] = -1;
    int out = net->value[net->out_value].grad_root;
    l->grad_start[out] = n;
    l->grad_end[out] = n;
    for (int i = n - 1; i >= 0; i--) {
        net_step *s = &net->step[i];
        int time = early_back(net, s), end = late_back(net, s);
        for (int k = 0; k < s->op->inputs; k++) {
            s->adds[k] = false;
            if (!s->op->gradient_in[k])
                continue;
            int root = net->value[s->in[k]].grad_root;
            /* a view, or in place */
            bool shared = s->op->outputs > 0 && root == net->value[s->out[0]].grad_root;
            s->adds[k] = l->grad_start[root] < never && !shared;
            if (time < l->grad_start[root])
                l->grad_start[root] = time;
            last(&l->grad_end[root], end);
        }
        for (int p = 0; p < s->op->outputs; p++)
            if (s->live && net->value[s->out[p]].wants)
                last(&l->grad_end[net->value[s->out[p]].grad_root],
                     late_back(net, net_doer(net, s)));
    }
    if (net->value[0].wants)
        l->grad_end[0] = 2 * n;
}

/* Numbers that take so many bytes. */
static int64_t numbers_of(const fsnn_net *net, size_t bytes)
{
    return (int64_t)(bytes / net->plane->size + (bytes % net->plane->size > 0));
}

/* Room for gradients that are added to earlier ones, and for zeros where nobody gave one. */
static void extras(const fsnn_net *net, int64_t *addend, int64_t *zeros, int64_t *scratch)
{
    *addend = *zeros = *scratch = 0;
    for (int i = 0; i < net->steps; i++) {
        const net_step *s = &net->step[i];
        int64_t sum = 0, need = numbers_of(net, s->op->scratch_bytes);
        for (int k = 0; k < s->op->inputs; k++)
            if (s->adds[k])
                sum += whole_line_numbers(net_numbers(net, s->in[k]));
        for (int p = 0; p < s->op->outputs; p++)
            if (s->live && !net->value[s->out[p]].wants && net_numbers(net, s->out[p]) > *zeros)
                *zeros = net_numbers(net, s->out[p]);
        *addend = sum > *addend ? sum : *addend;
        *scratch = need > *scratch ? need : *scratch;
    }
}

static fsnn_status fill_arena(fsnn_net *net, int64_t top)
{
    size_t need = fsnn_bytes(top > 0 ? top : 16, net->plane->size);
    net->arena_need = need;
    if (need > net->arena_bytes) {
        fsnn_free(net->arena);
        net->arena_bytes = 0;
        net->arena = fsnn_alloc(need);
        if (!net->arena)
            return FSNN_EMEMORY;
        net->arena_bytes = need;
    }
    if (net->zeros >= 0)
        memset(net->arena + (size_t)net->zeros * net->plane->size, 0,
               (size_t)net->zeros_count * net->plane->size);
    return FSNN_OK;
}

/* A value that is put away between forward and backward; not where that is no time at all, or a
 * loop has to do with it. */
static bool packs(const fsnn_net *net, const lives *l, int v)
{
    const net_value *value = &net->value[v];
    int first = 2 * net->steps - 1 - l->first_backward[v]; /* step that reads it first */
    bool rests =
        l->first_backward[v] < 2 * net->steps && l->first_backward[v] > l->last_forward[v] + 2;
    return value->binary && rests && !net_looped(&net->step[l->last_forward[v]]) &&
           !net_looped(&net->step[first]);
}

static void collect(fsnn_net *net, const lives *l, list *blocks, bool pack)
{
    net->packs = 0;
    for (int v = 1; v < net->values; v++) {
        net_value *value = &net->value[v];
        value->packed = false; /* an earlier plan may have */
        if (value->root != v || value->passed)
            continue;
        value->packed = pack && packs(net, l, v);
        add(blocks, net_numbers(net, v), l->data_start[v],
            value->packed ? l->last_forward[v] : l->data_end[v], &value->place);
        if (!value->packed)
            continue;
        net->packs++;
        value->pack_after = l->last_forward[v];
        value->unpack_before = 2 * net->steps - 1 - l->first_backward[v];
        add(blocks, numbers_of(net, (size_t)bits_words(net_numbers(net, v)) * sizeof(uint32_t)),
            l->last_forward[v], l->first_backward[v], &value->bits);
        add(blocks, net_numbers(net, v), l->first_backward[v], l->data_end[v], &value->again);
    }
}

static void collect_backward(fsnn_net *net, const lives *l, list *blocks)
{
    int n = net->steps, forever = 2 * n;
    for (int v = 0; v < net->values; v++)
        if (net->value[v].wants && net->value[v].grad_root == v && !net->value[v].passed)
            add(blocks, net_numbers(net, v), l->grad_start[v], l->grad_end[v],
                &net->value[v].grad_place);
    for (int i = 0; i < n; i++) {
        net_step *s = &net->step[i];
        const net_step *doer = net_doer(net, s);
        add(blocks, net_tape_numbers(net, s) * (net_looped(s) ? net->K : 1), early(doer),
            s->live ? late_back(net, doer) : late(doer), &s->tape);
    }
    int64_t addend, scratch;
    extras(net, &addend, &net->zeros_count, &scratch);
    add(blocks, addend, n, forever, &net->addend);
    add(blocks, net->zeros_count, 0, forever, &net->zeros);
    add(blocks, scratch, 0, forever, &net->scratch);
}

/* Of a loop's steps: one step of time, and where gradients are taken for all, the scratch of
 * that. */
static fsnn_status plan_looped(op_node *op)
{
    size_t scratch = 0;
    if (op->op->flags & OP_LATER) {
        op->K = op->span;
        FSNN_TRY(op->op->plan(op));
        scratch = op->scratch_bytes;
    }
    op->K = 1;
    FSNN_TRY(op->op->plan(op));
    if (scratch > op->scratch_bytes)
        op->scratch_bytes = scratch;
    return FSNN_OK;
}

static fsnn_status plan_operators(fsnn_net *net)
{
    for (int i = 0; i < net->steps; i++) {
        op_node *op = net->step[i].op;
        op->K = op->looped || op->still ? 1 : net->K;
        op->span = net->K;
        op->total = net->plan.steps;
        op->segmented = net_segmented(net);
        op->chained = op->segmented && !net->plan.truncate;
        op->B = net->plan.batch;
        op->training = net->plan.training;
        op->together = net->together.samples;
        op->stream = net->plan.stream;
        op->products = net->plan.products;
        op->smooth = net->plan.smooth;
        op->seed = net->seed * 0x9E3779B97F4A7C15u + (uint64_t)net->step[i].node;
        if (op->op->plan)
            FSNN_TRY(net_fail_in(op, op->looped ? plan_looped(op) : op->op->plan(op)));
    }
    return FSNN_OK;
}

/* Places for everything; numbers of the arena. */
static int64_t lay_out(fsnn_net *net, lives *l, list *blocks, bool pack)
{
    blocks->count = 0;
    data_lives(net, l);
    collect(net, l, blocks, pack);
    share_gradients(net);
    grad_lives(net, l);
    collect_backward(net, l, blocks);
    return place_all(blocks);
}

/* Bits take two passes over memory more: where there is much of it, and a tenth can be saved. */
static int64_t lay_out_best(fsnn_net *net, lives *l, list *blocks)
{
    int64_t plain = lay_out(net, l, blocks, false);
    if (!net->plan.training || plain * (int64_t)net->plane->size < net->packs_from)
        return plain;
    int64_t packed = lay_out(net, l, blocks, true);
    return packed <= plain - plain / 10 ? packed : lay_out(net, l, blocks, false);
}

fsnn_status net_place(fsnn_net *net)
{
    net_still(net);
    FSNN_TRY(net_check_memory(net));
    FSNN_TRY(net_dense_reserve(net, net_still_numbers(net)));
    FSNN_TRY(plan_operators(net));
    FSNN_TRY(net_together_reserve(net));
    FSNN_TRY(net_fuse(net));
    net_find_bits(net);
    size_t values = (size_t)net->values;
    int *times = fsnn_alloc(6 * values * sizeof *times);
    list blocks = {.item = fsnn_alloc((4 * values + (size_t)net->steps + 3) * sizeof(block))};
    if (!times || !blocks.item) {
        fsnn_free(times);
        fsnn_free(blocks.item);
        return FSNN_EMEMORY;
    }
    lives l = {times,
               times + values,
               times + 2 * values,
               times + 3 * values,
               times + 4 * values,
               times + 5 * values};
    int64_t top = lay_out_best(net, &l, &blocks);
    fsnn_free(times);
    fsnn_free(blocks.item);
    return fill_arena(net, top);
}

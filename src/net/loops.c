/* Loops: steps of the graph that stand in one another's past. They go through time together, one
 * step of time after the other; everything else is evaluated once for all K steps.
 *
 *   forward    for k = 0 .. K-1:  each step of the loop on the rows of time k
 *   backward   for k = K-1 .. 0:  each of them in reversed order; what remembers hands what its
 *              state received on to time k - 1 (op/memory.h)
 *
 * A loop is a strongly connected component of the graph in which a delay leads from its source
 * to itself (Tarjan 1972; linear in steps and edges). Components come out with those they read
 * first. */
#include "net/net.h"

#include <stdlib.h>
#include <string.h>

typedef struct search {
    const fsnn_net *net;
    int *number, *low; /* [steps], 0: not seen */
    int *stack;        /* [steps] */
    bool *open;        /* [steps], on the stack */
    int *order;        /* [steps], components one after the other */
    int *first, *last; /* [steps] of the order: bounds of the component */
    int seen, height, done;
} search;

static void visit(search *s, int i);

static void look_at(search *s, int i, int from)
{
    if (from < 0)
        return;
    if (!s->number[from]) {
        visit(s, from);
        s->low[i] = s->low[from] < s->low[i] ? s->low[from] : s->low[i];
    } else if (s->open[from]) {
        s->low[i] = s->number[from] < s->low[i] ? s->number[from] : s->low[i];
    }
}

static int ascending(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* All that step i reads, before i. Both steps of a delay count as readers of one another. */
static void visit(search *s, int i)
{
    const net_step *step = &s->net->step[i];
    s->number[i] = s->low[i] = ++s->seen;
    s->stack[s->height++] = i;
    s->open[i] = true;
    for (int k = 0; k < step->op->inputs; k++)
        look_at(s, i, s->net->value[step->in[k]].step);
    look_at(s, i, step->partner);
    if (s->low[i] != s->number[i])
        return;
    int begin = s->done, member;
    do {
        member = s->stack[--s->height];
        s->open[member] = false;
        s->order[s->done++] = member;
    } while (member != i);
    qsort(s->order + begin, (size_t)(s->done - begin), sizeof *s->order, ascending);
    for (int k = begin; k < s->done; k++) {
        s->first[k] = begin;
        s->last[k] = s->done - 1;
    }
}

/* Steps in the order found; `at` [steps] is where each of them stood and then where it stands. */
static fsnn_status arrange(fsnn_net *net, const search *s)
{
    int n = net->steps;
    net_step *sorted = fsnn_alloc((size_t)n * sizeof *sorted);
    int *at = s->number; /* no longer needed */
    if (!sorted)
        return FSNN_EMEMORY;
    for (int k = 0; k < n; k++)
        at[s->order[k]] = k;
    for (int k = 0; k < n; k++) {
        sorted[k] = net->step[s->order[k]];
        sorted[k].first = s->first[k];
        sorted[k].last = s->last[k];
        if (sorted[k].partner >= 0)
            sorted[k].partner = at[sorted[k].partner];
    }
    memcpy(net->step, sorted, (size_t)n * sizeof *sorted);
    for (int v = 0; v < net->values; v++)
        if (net->value[v].step >= 0)
            net->value[v].step = at[net->value[v].step];
    fsnn_free(sorted);
    return FSNN_OK;
}

/* A delay is a loop of two steps at least. */
fsnn_status net_loops_find(fsnn_net *net)
{
    size_t n = (size_t)net->steps;
    int *space = fsnn_alloc(6 * n * sizeof *space);
    search s = {.net = net, .open = fsnn_alloc(n * sizeof *s.open)};
    fsnn_status status = FSNN_EMEMORY;
    if (space && s.open) {
        s.number = space;
        s.low = space + n;
        s.stack = space + 2 * n;
        s.order = space + 3 * n;
        s.first = space + 4 * n;
        s.last = space + 5 * n;
        for (int i = 0; i < net->steps; i++)
            if (!s.number[i])
                visit(&s, i);
        status = arrange(net, &s);
    }
    fsnn_free(space);
    fsnn_free(s.open);
    for (int i = 0; i < net->steps && !status; i++)
        net->step[i].op->looped = net->step[i].last > net->step[i].first;
    return status;
}

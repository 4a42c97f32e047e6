/* exchange/nir_sort.c: the order in which nodes are computed, and the edges that close cycles.
 *
 * A cycle costs one step. Depth-first search from the Input finds an edge of each cycle that leads
 * back, from u to v. Where u is stateless and nothing else needs its output in time, the step is
 * taken before it and not after it, and so on: the weights of a recurrent layer then see the spikes
 * of the step before, and not a neuron the currents, which is what simulators do (it matters for
 * the bias in the first step). */
#include "exchange/nir.h"

#include <string.h>

typedef struct search {
    fsnn_nir *nir;
    int *first;           /* [nodes + 1] edges are sorted by where they come from */
    int *stack, *next;    /* nodes on the way, and their edge that is next */
    int *moves;           /* [2 edges] nodes that a step may be moved past */
    unsigned char *state; /* [nodes] 0 new, 1 on the way, 2 done */
} search;

static void visit(search *s, int root)
{
    int depth = 0;
    s->stack[0] = root;
    s->next[root] = s->first[root];
    s->state[root] = 1;
    while (depth >= 0) {
        int at = s->stack[depth];
        if (s->next[at] == s->first[at + 1]) {
            s->state[at] = 2;
            depth--;
            continue;
        }
        nir_edge *e = &s->nir->edge[s->next[at]++];
        e->late = s->state[e->to] == 1;
        if (s->state[e->to])
            continue;
        s->state[e->to] = 1;
        s->next[e->to] = s->first[e->to];
        s->stack[++depth] = e->to;
    }
}

static bool has_state(nir_kind kind)
{
    return kind == NIR_DELAY || (kind >= NIR_I && kind <= NIR_CUBALIF);
}

/* Whether the step that all edges from a node take can be taken by those to it. */
static bool may_move(const search *s, int node)
{
    const fsnn_nir *nir = s->nir;
    if (has_state(nir->node[node].type->kind) || node == nir->input)
        return false;
    for (int i = s->first[node]; i < s->first[node + 1]; i++)
        if (!nir->edge[i].late)
            return false;
    bool sources = false;
    for (int i = 0; i < nir->edges; i++)
        if (nir->edge[i].to == node) {
            if (nir->edge[i].late)
                return false;
            sources = true;
        }
    return sources;
}

/* Moves the step. The nodes that its edges come from may be next: they are put on the stack, each
 * once, and their number is returned. */
static int move(const search *s, int node, int *stack)
{
    fsnn_nir *nir = s->nir;
    int count = 0;
    for (int i = s->first[node]; i < s->first[node + 1]; i++)
        nir->edge[i].late = false;
    for (int i = 0; i < nir->edges; i++)
        if (nir->edge[i].to == node) {
            nir->edge[i].late = true;
            stack[count++] = nir->edge[i].from;
        }
    return count;
}

/* Moves the steps of late edges back to where the outputs of neurons enter the stateless nodes that
 * lead to them. A cycle keeps its step; a node is moved past once, so that one of stateless nodes
 * alone comes to an end. */
static void move_back(search *s)
{
    const fsnn_nir *nir = s->nir;
    int *stack = s->moves, depth = 0;
    memset(s->state, 0, (size_t)nir->nodes);
    for (int i = 0; i < nir->edges; i++)
        if (nir->edge[i].late && (!depth || stack[depth - 1] != nir->edge[i].from))
            stack[depth++] = nir->edge[i].from;
    while (depth > 0) {
        const int node = stack[--depth];
        if (s->state[node] || !may_move(s, node))
            continue;
        s->state[node] = 1;
        depth += move(s, node, stack + depth);
    }
}

/* Kahn's algorithm; of nodes that are ready the first comes first. */
static bool put_in_order(fsnn_nir *nir, int *waits)
{
    memset(waits, 0, (size_t)nir->nodes * sizeof *waits);
    for (int i = 0; i < nir->edges; i++)
        waits[nir->edge[i].to] += !nir->edge[i].late;
    for (int done = 0; done < nir->nodes; done++) {
        int at = 0;
        while (at < nir->nodes && waits[at])
            at++;
        if (at == nir->nodes)
            return false;
        waits[at] = -1;
        nir->order[done] = at;
        nir->place[at] = done;
        for (int i = 0; i < nir->edges; i++)
            if (nir->edge[i].from == at && !nir->edge[i].late)
                waits[nir->edge[i].to]--;
    }
    return true;
}

static void find_late(search *s)
{
    fsnn_nir *nir = s->nir;
    for (int i = 0; i < nir->edges; i++)
        s->first[nir->edge[i].from + 1]++;
    for (int i = 0; i < nir->nodes; i++)
        s->first[i + 1] += s->first[i];
    visit(s, nir->input);
    for (int i = 0; i < nir->nodes; i++)
        if (!s->state[i])
            visit(s, i);
    move_back(s);
}

fsnn_status nir_sort(fsnn_nir *nir)
{
    const size_t n = (size_t)nir->nodes + 1;
    search s = {.nir = nir};
    s.first = fsnn_alloc(n * sizeof *s.first);
    s.stack = fsnn_alloc(n * sizeof *s.stack);
    s.next = fsnn_alloc(n * sizeof *s.next);
    s.state = fsnn_alloc(n);
    s.moves = fsnn_alloc((size_t)(2 * nir->edges + 1) * sizeof *s.moves);
    nir->order = fsnn_alloc(n * sizeof *nir->order);
    nir->place = fsnn_alloc(n * sizeof *nir->place);
    fsnn_status status = FSNN_EMEMORY;
    bool good = s.first && s.stack && s.next && s.state && s.moves && nir->order && nir->place;
    if (good) {
        find_late(&s);
        status = put_in_order(nir, s.stack)
                     ? FSNN_OK
                     : fsnn_fail(FSNN_EFORMAT, "%s: its cycles cannot be put in order", nir->file);
    }
    fsnn_free(s.first);
    fsnn_free(s.stack);
    fsnn_free(s.next);
    fsnn_free(s.state);
    fsnn_free(s.moves);
    return status;
}

/* exchange/nir_sort.c: the order in which nodes are computed, and the edges that close cycles.
 *
 * A cycle costs one step. Depth-first search from the Input finds an edge of each cycle that leads
 * back, from u to v. Where u is stateless and is there for v alone, the step is taken before it and
 * not after it: the weights of a recurrent layer then see the spikes of the step before, and not a
 * neuron the currents, which is what simulators do (it matters for the bias in the first step). */
#include "exchange/nir.h"

#include <string.h>

typedef struct search {
    fsnn_nir *nir;
    int *first;           /* [nodes + 1] edges are sorted by where they come from */
    int *stack, *next;    /* nodes on the way, and their edge that is next */
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

static int edges_at(const fsnn_nir *nir, int node, bool in, int *edge)
{
    int count = 0;
    for (int i = 0; i < nir->edges; i++)
        if ((in ? nir->edge[i].to : nir->edge[i].from) == node) {
            *edge = i;
            count++;
        }
    return count;
}

static bool has_state(nir_kind kind)
{
    return kind == NIR_DELAY || (kind >= NIR_I && kind <= NIR_CUBALIF);
}

/* Moves the step of a late edge to where a neuron's output enters its chain, if there is one. */
static void move_back(fsnn_nir *nir, int late)
{
    int edge = late, in = late, out = late;
    for (int moved = 0; moved < nir->nodes; moved++) {
        int from = nir->edge[edge].from;
        if (has_state(nir->node[from].type->kind)) {
            nir->edge[late].late = false;
            nir->edge[edge].late = true;
            return;
        }
        if (edges_at(nir, from, true, &in) != 1 || edges_at(nir, from, false, &out) != 1)
            return;
        edge = in;
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
    for (int i = 0; i < nir->edges; i++)
        if (nir->edge[i].late)
            move_back(nir, i);
}

fsnn_status nir_sort(fsnn_nir *nir)
{
    const size_t n = (size_t)nir->nodes + 1;
    search s = {.nir = nir};
    s.first = fsnn_alloc(n * sizeof *s.first);
    s.stack = fsnn_alloc(n * sizeof *s.stack);
    s.next = fsnn_alloc(n * sizeof *s.next);
    s.state = fsnn_alloc(n);
    nir->order = fsnn_alloc(n * sizeof *nir->order);
    nir->place = fsnn_alloc(n * sizeof *nir->place);
    fsnn_status status = FSNN_EMEMORY;
    bool good = s.first && s.stack && s.next && s.state && nir->order && nir->place;
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
    return status;
}

/* data/graph/graph_split.c: which part each node of a graph is in. */
#include "base/error_key.h"
#include "data/graph/graph.h"
#include "data/store.h"

#include <math.h>
#include <string.h>

/* Whether a size is a share of the nodes, not their number: 1 is a number beside a larger one. */
static bool is_share(const fsnn_graph_split *s, double size)
{
    bool numbers = s->train > 1 || s->validation > 1 || s->test > 1;
    return size < 1 || (size == 1 && !numbers);
}

static fsnn_status check(const fsnn_graph_split *s)
{
    const double size[FSNN_PARTS] = {s->train, s->validation, s->test};
    double shares = 0;
    char list[128] = "";
    for (int p = 0; p < FSNN_PARTS; p++) {
        if (!(size[p] >= 0 && size[p] <= INT32_MAX) || (size[p] > 1 && floor(size[p]) != size[p]))
            return fsnn_fail_key(
                FSNN_EARGUMENT, fsnn_part_key((fsnn_part)p),
                "a part of %g: sizes are shares from 0 to 1 or whole numbers of nodes", size[p]);
        if (!is_share(s, size[p]))
            continue;
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s %g", used ? ", " : "",
                 fsnn_part_key((fsnn_part)p), size[p]);
        shares += size[p];
    }
    if (shares > 1 + 1e-9)
        return fsnn_fail(FSNN_EARGUMENT, "the shares (%s) are together more than 1", list);
    return FSNN_OK;
}

/* How many of n nodes a size means. */
static int64_t settle(const fsnn_graph_split *s, double size, int64_t n)
{
    double count = is_share(s, size) ? round(size * (double)n) : size;
    return count < (double)n ? (int64_t)count : n;
}

/* Deals the nodes of one class (or of all) in a random order. */
static void deal(const fsnn_graph_split *s, const int32_t *node, int64_t n, const int64_t *order,
                 int8_t *part)
{
    int64_t train = settle(s, s->train, n), rest = n - train;
    int64_t validation = settle(s, s->validation, n);
    validation = validation < rest ? validation : rest;
    rest -= validation;
    /* shares that make a whole leave nothing over, though each is rounded */
    bool whole = is_share(s, s->train) && is_share(s, s->validation) && is_share(s, s->test) &&
                 s->train + s->validation + s->test > 1 - 1e-9;
    int64_t test = s->test == 0 || whole ? rest : settle(s, s->test, n);
    test = test < rest ? test : rest;
    const int64_t end[FSNN_PARTS] = {train, train + validation, train + validation + test};
    for (int64_t i = 0, p = 0; i < end[FSNN_PARTS - 1]; i++) {
        while (i >= end[p])
            p++;
        part[node[order[i]]] = (int8_t)p;
    }
}

static fsnn_status draw(const fsnn_graph *g, const fsnn_graph_split *s, int8_t *part)
{
    int32_t *node = fsnn_alloc((size_t)g->nodes * sizeof *node);
    int64_t *order = fsnn_alloc((size_t)g->nodes * sizeof *order);
    fsnn_status status = node && order ? FSNN_OK : FSNN_EMEMORY;
    for (int64_t c = 0; c < (s->per_class ? g->classes : 1) && !status; c++) {
        int64_t n = 0;
        for (int64_t i = 0; i < g->nodes; i++)
            if (s->per_class ? g->label[i] == c : g->label[i] >= 0)
                node[n++] = (int32_t)i;
        fsnn_random_order(order, n, s->seed, STORE_STREAM_SPLIT + (uint64_t)c);
        deal(s, node, n, order, part);
    }
    fsnn_free(node);
    fsnn_free(order);
    return status;
}

static fsnn_status given(const fsnn_graph *g, int8_t *part)
{
    bool any = false;
    for (int p = 0; p < FSNN_PARTS; p++)
        for (int64_t i = 0; i < g->part_count[p]; i++) {
            part[g->part[p][i]] = (int8_t)p;
            any = true;
        }
    return any ? FSNN_OK
               : fsnn_fail_key(FSNN_EARGUMENT, "kind",
                               "no split came with the graph (train.txt, val.txt, "
                               "test.txt): draw a random one");
}

fsnn_status fsnn_graph_split_nodes(const fsnn_graph *graph, const fsnn_graph_split *split,
                                   int8_t *part)
{
    if (!graph || !split || !part || (unsigned)split->kind > FSNN_SPLIT_GIVEN)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_graph_split_nodes needs a graph, a split (random or given) and a "
                         "place for the parts");
    memset(part, -1, (size_t)graph->nodes);
    if (split->kind == FSNN_SPLIT_GIVEN)
        FSNN_TRY(given(graph, part));
    else {
        FSNN_TRY(check(split));
        FSNN_TRY(draw(graph, split, part));
    }
    for (int64_t i = 0; i < graph->nodes; i++)
        if (part[i] == FSNN_PART_TRAIN)
            return FSNN_OK;
    return fsnn_fail_key(FSNN_EARGUMENT, split->kind == FSNN_SPLIT_GIVEN ? "kind" : "train",
                         "the split leaves no node to train on");
}

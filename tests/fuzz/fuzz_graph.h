/* tests/fuzz/fuzz_graph.h: what the targets of graphs share: what was read must fit together. */
#ifndef FSNN_FUZZ_GRAPH_H
#define FSNN_FUZZ_GRAPH_H

#include "data/graph/graph.h"

#include <stdlib.h>

static inline void fuzz_lists(int64_t rows, int64_t limit, const int64_t *start,
                              const int32_t *item)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t e = start[i]; e < start[i + 1]; e++)
            if (item[e] < 0 || item[e] >= limit || (e > start[i] && item[e] <= item[e - 1]))
                abort();
}

static inline void fuzz_use(const fsnn_graph *g)
{
    fuzz_lists(g->nodes, g->nodes, g->edge_start, g->neighbour);
    fuzz_lists(g->nodes, g->features, g->feature_start, g->feature);
    if (g->edge_start[g->nodes] != 2 * g->edges)
        abort();
    fsnn_graph_options o = fsnn_graph_options_default();
    fsnn_data *part[FSNN_PARTS];
    o.normalization = FSNN_GRAPH_ZSCORE;
    if (g->features > 4096 || g->nodes > 4096)
        return; /* dense numbers: slow, not wrong */
    fsnn_error_set(FSNN_OK, "%s", "");
    if (fsnn_data_graph(g, &o, part) < 0) {
        if (!*fsnn_error_text())
            abort();
        return;
    }
    for (int p = 0; p < FSNN_PARTS; p++)
        fsnn_data_destroy(part[p]);
}

/* A graph that is used and released, or an error with a sentence. */
static inline int fuzz_read(fsnn_status status, fsnn_graph *g)
{
    if (status < 0 ? g || !*fsnn_error_text() : !g)
        abort();
    if (g)
        fuzz_use(g);
    fsnn_graph_destroy(g);
    return 0;
}

#endif

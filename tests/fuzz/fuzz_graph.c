/* tests/fuzz/fuzz_graph.c: the files of a graph on any bytes, one after the other, "\n%%\n" between
 * them (data/graph.h has their order; one that is empty is not there). What is read must fit
 * together. Built by the preset fuzz:
 *   cmake --preset fuzz && cmake --build --preset fuzz --target fuzz_graph
 *   build-fuzz/fuzz/fuzz_graph -dict=tests/fuzz/graph.dict -max_total_time=60 CORPUS
 *   tests/fuzz/graph_corpus */
#include "data/graph.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_lists(int64_t rows, int64_t limit, const int64_t *start, const int32_t *item)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t e = start[i]; e < start[i + 1]; e++)
            if (item[e] < 0 || item[e] >= limit || (e > start[i] && item[e] <= item[e - 1]))
                abort();
}

static void fuzz_use(const fsnn_graph *g)
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char mark[] = "\n%%\n";
    graph_text text[GRAPH_FILES] = {{0}};
    for (int f = 0; f < GRAPH_FILES; f++) {
        const uint8_t *end = size ? memmem(data, size, mark, strlen(mark)) : NULL;
        size_t n = end ? (size_t)(end - data) : size;
        text[f] = (graph_text){graph_file_name[f], n ? data : NULL, n};
        data += end ? n + strlen(mark) : n;
        size -= end ? n + strlen(mark) : n;
    }
    fsnn_graph *g;
    fsnn_error_set(FSNN_OK, "%s", "");
    if (graph_parse(text, &g) < 0) {
        if (g || !*fsnn_error_text())
            abort();
        return 0;
    }
    fuzz_use(g);
    fsnn_graph_destroy(g);
    return 0;
}

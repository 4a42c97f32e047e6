/* tests/fuzz/fuzz_graph.c: the files of a graph on any bytes, one after the other, "\n%%\n" between
 * them (data/graph/graph.h has their order; one that is empty is not there). What is read must fit
 * together. Built by the preset fuzz:
 *   cmake --preset fuzz && cmake --build --preset fuzz --target fuzz_graph
 *   build-fuzz/fuzz/fuzz_graph -dict=tests/fuzz/graph.dict -max_total_time=60 CORPUS
 *   tests/fuzz/graph_corpus */
#include "fuzz_graph.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
    fsnn_status status = graph_parse(text, &g);
    return fuzz_read(status, g);
}

/* tests/fuzz/fuzz_graph_npz.c: a graph in an NPZ on any bytes. Built by the preset fuzz:
 *   cmake --preset fuzz && cmake --build --preset fuzz --target fuzz_graph_npz
 *   build-fuzz/fuzz/fuzz_graph_npz -max_total_time=60 */
#include "fuzz_graph.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fsnn_graph *g;
    graph_npz_is(data, size);
    fsnn_error_set(FSNN_OK, "%s", "");
    fsnn_status status = graph_npz_parse("fuzz.npz", data, size, &g);
    return fuzz_read(status, g);
}

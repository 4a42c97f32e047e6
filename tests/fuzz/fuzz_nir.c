/* tests/fuzz/fuzz_nir.c: NIR graphs from any bytes: the HDF5 library may crash in its child
 * process, here nothing does, and the child's crashes are no findings. Built by the preset fuzz:
 *   ASAN_OPTIONS=allocator_may_return_null=1 build-fuzz/fuzz/fuzz_nir -max_total_time=600
 *   -max_len=65536 -malloc_limit_mb=0 DIR */
#include "format/hdf_tree.h"
#include "forked.h"

#include <fsnn/exchange.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Networks of any size would want all memory there is. */
static bool is_small(const fsnn_nir *nir)
{
    for (int i = 0; i < fsnn_nir_node_count(nir); i++) {
        fsnn_nir_node node;
        if (fsnn_nir_node_at(nir, i, &node) < 0 || !node.name || !node.text)
            abort();
        if (node.shape.rank >= 0 && fsnn_shape_count(&node.shape) > 1 << 14)
            return false;
    }
    return fsnn_nir_node_count(nir) < 100;
}

static void fuzz_import(fsnn_nir *nir)
{
    const fsnn_nir_import_options o = {.dt = 1e-3, .reset = FSNN_RESET_VALUE};
    char *description = NULL, *dot;
    fsnn_net *net = NULL;
    fsnn_status status = fsnn_nir_import(nir, &o, &description, &net);
    if ((status < 0) != !net || (status < 0) != !description || (status < 0 && !*fsnn_error_text()))
        abort();
    fsnn_net_destroy(net);
    free(description);
    if (fsnn_nir_dot(nir, &dot) < 0)
        abort();
    free(dot);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_forked_file("nir", data, size);
    fsnn_nir *nir = NULL;
    fsnn_error_set(FSNN_OK, "%s", "");
    hdf_patience.busy = 0.5; /* damage can make the library go round in circles */
    fsnn_status status = fsnn_nir_read(path, &nir);
    unlink(path);
    if ((status < 0) != !nir || (status < 0 && !*fsnn_error_text()))
        abort();
    if (nir && is_small(nir))
        fuzz_import(nir);
    fsnn_nir_destroy(nir);
    return 0;
}

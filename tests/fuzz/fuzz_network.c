/* tests/fuzz/fuzz_network.c: the network of a description of any bytes: built, wrapped, run forward
 * and backward for two steps. More than 24 MB at once is out of memory here, so that nothing takes
 * long. */
#include "fuzz_net.h"

const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "max_allocation_size_mb=24";
}

enum { NETWORK_MOST = 1 << 16 }; /* numbers of the input that are tried */

static void network_run(fsnn_net *net)
{
    fsnn_shape in, out;
    const float *y;
    fuzz_check(!fsnn_net_shapes(net, &in, &out));
    int64_t n = 2 * fsnn_shape_count(&in), m = 2 * fsnn_shape_count(&out);
    if (n > NETWORK_MOST || m > NETWORK_MOST)
        return;
    float *x = malloc((size_t)n * sizeof *x), *dy = malloc((size_t)m * sizeof *dy);
    fuzz_check(x && dy);
    fuzz_values(x, (int)n);
    fuzz_values(dy, (int)m);
    fuzz_forget();
    if (fuzz_good(fsnn_net_forward(net, x, &y)))
        (void)fuzz_good(fsnn_net_backward(net, dy, NULL));
    free(x);
    free(dy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fsnn_description *d;
    fsnn_net *net;
    const fsnn_plan plan = {.steps = 2, .batch = 1, .training = true, .seed = 1};
    fuzz_forget();
    if (!fuzz_good(description_parse("fuzz", (const char *)data, size, NULL, 0, &d)))
        return 0;
    fuzz_forget();
    if (fuzz_good(fsnn_description_net(d, &net))) {
        fuzz_forget();
        if (fuzz_good(fsnn_net_wrap(net, fsnn_description_dynamics(d), &plan)))
            network_run(net);
        fsnn_net_destroy(net);
    }
    fsnn_description_destroy(d);
    return 0;
}

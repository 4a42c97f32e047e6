/* tests/fuzz/fuzz_weights.c: fsnn_weights_load of any bytes, safetensors, NPZ or .npy, onto a
 * network. What is refused leaves it as it was, what is taken are finite numbers. The seeds have no
 * checksum: it would keep nearly everything out. */
#include "fuzz_net.h"

#include <math.h>

static fsnn_net *weights_net;

/* The network's parameters as arrays of a file. */
static void collect(fsnn_arrays *list)
{
    for (int i = 0; i < fsnn_net_param_count(weights_net); i++) {
        const fsnn_param *p = fsnn_net_param(weights_net, i);
        fsnn_array *a = fsnn_arrays_add(list, p->name, FSNN_F32, &p->shape);
        fuzz_check(a != NULL);
        memcpy(a->data, p->value, (size_t)fsnn_shape_count(&p->shape) * sizeof(float));
    }
}

static void seed(int argc, char **argv, const char *name)
{
    uint8_t *bytes;
    size_t size;
    fuzz_must(fsnn_file_read(fuzz_path(name), &bytes, &size));
    uint8_t *sum = memmem(bytes, size, "fsnn_crc32c", 11),
            *form = memmem(bytes, size, "fsnn_format", 11);
    if (sum && form)
        *sum = *form = 'x';
    fuzz_seed(argc, argv, name, bytes, size);
    fsnn_free(bytes);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static fsnn_description *d;
    fsnn_arrays list = {0};
    weights_net = fuzz_net("{\"name\": \"w\", \"input\": [4], \"layers\": [{\"linear\": 3}, "
                           "\"batchnorm\", {\"lif\": {\"tau\": "
                           "{\"value\": 2, \"learn\": true, \"per\": \"channel\"}}}, "
                           "{\"linear\": 2}], "
                           "\"dynamics\": {\"alpha\": 0.7, \"learn_alpha\": true}}",
                           &d);
    collect(&list);
    fuzz_must(fsnn_weights_save(weights_net, fuzz_path("whole.safetensors")));
    fuzz_must(fsnn_safetensors_write(fuzz_path("arrays.safetensors"), &list));
    fuzz_must(fsnn_npz_write(fuzz_path("arrays.npz"), &list));
    fsnn_arrays_free(&list);
    seed(*argc, *argv, "whole.safetensors");
    seed(*argc, *argv, "arrays.safetensors");
    seed(*argc, *argv, "arrays.npz");
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t count, again;
    const char *path = fuzz_file("weights", data, size);
    float *before = fuzz_parameters(weights_net, &count);
    fuzz_forget();
    bool good = fuzz_good(fsnn_weights_load(weights_net, path));
    float *after = fuzz_parameters(weights_net, &again);
    fuzz_check(count == again);
    for (int64_t i = 0; i < count; i++)
        fuzz_check(good ? isfinite(after[i]) : !memcmp(&before[i], &after[i], sizeof *after));
    free(before);
    free(after);
    return 0;
}

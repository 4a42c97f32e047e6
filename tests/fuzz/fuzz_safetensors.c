/* Fuzz target: the bytes of a safetensors file. Arrays that were read never hold more than the file
 * did.
 *
 *   clang -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined -fopenmp -Iinclude
 * -Isrc \ tests/fuzz/fuzz_safetensors.c libfsnn.a -lfyaml -ldnnl -lz -lm -o fuzz_safetensors
 *   ./fuzz_safetensors corpus/ */
#include "model/safetensors.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fsnn_arrays arrays = {0};
    if (!safetensors_parse("fuzz", data, size, &arrays)) {
        uint64_t bytes = 0;
        for (int i = 0; i < arrays.count; i++)
            bytes += (uint64_t)fsnn_shape_count(&arrays.item[i].shape) *
                     fsnn_dtype_size(arrays.item[i].dtype);
        if (bytes > size)
            abort();
    }
    fsnn_arrays_free(&arrays);
    return 0;
}

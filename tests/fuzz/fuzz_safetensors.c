/* tests/fuzz/fuzz_safetensors.c: the safetensors reader on any bytes: arrays that were read never
 * hold more than the file did. Built by the preset fuzz:
 *   cmake --preset fuzz && cmake --build --preset fuzz --target fuzz_safetensors
 *   build-fuzz/fuzz/fuzz_safetensors -max_total_time=60 */
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

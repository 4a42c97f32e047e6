/* tests/fuzz/fuzz_idx.c: the IDX reader on any bytes. Built by the preset fuzz:
 *   cmake --preset fuzz && cmake --build --preset fuzz
 *   build-fuzz/fuzz/fuzz_idx -max_total_time=60 */
#include "format/idx.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fsnn_array array;
    fsnn_error_set(FSNN_OK, "%s", "");
    fsnn_status status = idx_parse("fuzz.idx", data, size, &array);
    if (status < 0) {
        if (array.data || !*fsnn_error_text())
            abort();
        return 0;
    }
    double sum = 0;
    size_t bytes = (size_t)fsnn_shape_count(&array.shape) * fsnn_dtype_size(array.dtype);
    for (size_t i = 0; i < bytes; i++) /* all of it is there */
        sum += ((const uint8_t *)array.data)[i];
    if (sum < 0)
        abort();
    fsnn_free(array.data);
    return 0;
}

/* tests/fuzz/fuzz_npz.c: the NPZ and .npy reader on any bytes. Built by the preset fuzz:
 *   cmake --preset fuzz && cmake --build --preset fuzz
 *   build-fuzz/fuzz/fuzz_npz -max_total_time=60 */
#include "format/npz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fsnn_arrays list = {0};
    fsnn_error_set(FSNN_OK, "%s", "");
    fsnn_status status = npz_parse("fuzz.npz", data, size, &list);
    if (status < 0 && (list.item || !*fsnn_error_text()))
        abort();
    double sum = 0;
    for (int a = 0; a < list.count; a++) {
        const fsnn_array *x = &list.item[a];
        size_t bytes = (size_t)fsnn_shape_count(&x->shape) * fsnn_dtype_size(x->dtype);
        for (size_t i = 0; i < bytes; i++) /* all of it is there */
            sum += ((const uint8_t *)x->data)[i];
    }
    if (sum < 0)
        abort();
    fsnn_arrays_free(&list);
    return 0;
}

/* tests/fuzz/fuzz_shd.c: spike trains in HDF5 from any bytes: the HDF5 library may crash in its
 * child process, here nothing does, and the child's crashes are no findings. Built by the preset
 * fuzz:
 *   ASAN_OPTIONS=allocator_may_return_null=1 build-fuzz/fuzz/fuzz_shd -max_total_time=600
 *   -max_len=16384 \
 *       -malloc_limit_mb=0 DIR tests/fuzz/hdf5 */
#include "data/series/shd.h"
#include "forked.h"

#include <fsnn/data.h>

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_samples(const fsnn_data *data, const fsnn_shd_options *o)
{
    fsnn_data_info info;
    fsnn_data_info_get(data, &info);
    float *x = malloc((size_t)(o->steps * o->channels) * sizeof *x);
    int32_t label;
    if (info.count < 1 || !x)
        abort();
    for (int64_t i = 0; i < info.count; i++) {
        if (fsnn_data_sample(data, i, x, &label) < 0 || label < 0 || label >= info.classes)
            abort();
        for (int64_t k = 0; k < o->steps * o->channels; k++)
            if (!(x[k] >= 0 && isfinite(x[k])))
                abort();
    }
    free(x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const fsnn_shd_options o = {
        .steps = 4, .duration = 1, .units = 10, .channels = 5, .count = true};
    const char *path = fuzz_forked_file("h5", data, size);
    fsnn_data *set = NULL;
    fsnn_error_set(FSNN_OK, "%s", "");
    shd_patience.busy = 0.5; /* damage can make the library go round in circles */
    fsnn_status status = fsnn_data_shd(path, &o, &set);
    unlink(path);
    if ((status < 0) != (set == NULL) || (status < 0 && !*fsnn_error_text()))
        abort();
    if (set)
        fuzz_samples(set, &o);
    fsnn_data_destroy(set);
    return 0;
}

/* tests/fuzz/fuzz_wav.c: the WAV reader on any bytes. Built by the preset fuzz:
 *   cmake --preset fuzz && cmake --build --preset fuzz
 *   build-fuzz/fuzz/fuzz_wav -max_total_time=60 tests/fuzz/series */
#include "data/series/wav.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wav w;
    fsnn_error_set(FSNN_OK, "%s", "");
    fsnn_status status = wav_open("fuzz.wav", data, size, &w);
    if (status < 0) {
        if (!*fsnn_error_text())
            abort();
        return 0;
    }
    if (w.foreign)
        return 0;
    if (w.frames < 1 || (size_t)w.frames > size || w.channels < 1)
        abort();
    float *x = fsnn_alloc((size_t)w.frames * sizeof *x);
    status = x ? wav_mix("fuzz.wav", &w, x) : FSNN_EMEMORY;
    for (int64_t k = 0; !status && k < w.frames; k++)
        if (!isfinite(x[k]))
            abort();
    fsnn_free(x);
    return 0;
}

/* tests/fuzz/fuzz_ts.c: the .ts reader on any bytes. Built by the preset fuzz:
 *   cmake --preset fuzz && cmake --build --preset fuzz
 *   build-fuzz/fuzz/fuzz_ts -max_total_time=60 -dict=tests/fuzz/ts.dict tests/fuzz/series */
#include "data/series/series_set.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_series(const uint8_t *data, size_t size, fsnn_missing missing)
{
    fsnn_series *s;
    fsnn_series_info info;
    int64_t gaps = 0;
    fsnn_error_set(FSNN_OK, "%s", "");
    fsnn_status status = ts_parse("fuzz.ts", data, size, missing, &s);
    if (status < 0) {
        if (s || !*fsnn_error_text())
            abort();
        return;
    }
    fsnn_series_info_get(s, &info);
    for (int64_t i = 0; i < info.count; i++) {
        int64_t length;
        int32_t label;
        const float *x = fsnn_series_values(s, i, &length, &label);
        if (length < 1 || label >= info.classes || label < -1)
            abort();
        for (int64_t k = 0; k < length * info.channels; k++) /* all of it is there, and finite */
            if (!isfinite(x[k]) && ++gaps && (missing != FSNN_MISSING_MASK || !isnan(x[k])))
                abort();
    }
    if (missing == FSNN_MISSING_MASK && gaps != info.missing)
        abort();
    fsnn_series_destroy(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_series(data, size, FSNN_MISSING_INTERPOLATE);
    read_series(data, size, FSNN_MISSING_MASK);
    return 0;
}

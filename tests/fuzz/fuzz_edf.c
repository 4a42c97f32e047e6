/* tests/fuzz/fuzz_edf.c: EDF and BDF recordings of any bytes: the whole, resampled, and windows at
 * annotations. */
#include "fuzz.h"

#include <fsnn/series.h>

#include <math.h>

static void use(const fsnn_series *s, int32_t least)
{
    fsnn_series_info info;
    fsnn_series_info_get(s, &info);
    fuzz_check(info.count >= 1 && info.rate > 0);
    for (int64_t i = 0; i < info.count; i++) {
        int64_t length;
        int32_t label;
        const float *x = fsnn_series_values(s, i, &length, &label);
        fuzz_check(length >= 1 && label >= least && label < (info.classes ? info.classes : 1));
        for (int64_t k = 0; k < length * info.channels; k++)
            fuzz_check(!isnan(x[k]));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_file("r.edf", data, size);
    const fsnn_edf_options options[] = {
        {0},
        {.rate = 10},
        {.classes = "one, two|three", .before = 0.1, .after = 0.3},
        {.classes = "two", .after = 0.25, .from = 0.5, .to = 2.5, .channels = "a"}};
    for (int i = 0; i < FSNN_COUNT(options); i++) {
        fsnn_series *s = NULL;
        fuzz_forget();
        if (fuzz_good(fsnn_series_edf(path, &options[i], &s)))
            use(s, options[i].classes ? 0 : -1);
        fsnn_series_destroy(s);
    }
    return 0;
}

/* tests/fuzz/fuzz_beats.c: windows around the beats of a WFDB record, its three files of any bytes:
 * the first two bytes are the length of the header, the next two that of the annotations, the rest
 * are signals. */
#include "fuzz.h"

#include <fsnn/series.h>

#include <math.h>

static void use(const fsnn_series *s)
{
    fsnn_series_info info;
    fsnn_series_info_get(s, &info);
    for (int64_t i = 0; i < info.count; i++) {
        int64_t length;
        int32_t label;
        const float *x = fsnn_series_values(s, i, &length, &label);
        fuzz_check(length >= 1 && label >= -1 && label < (info.classes > 0 ? info.classes : 1));
        for (int64_t k = 0; k < length * info.channels; k++)
            fuzz_check(isfinite(x[k]));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fsnn_series *s = NULL;
    if (!fuzz_files(data, size, (const char *const[]){"r.hea", "r.atr", "r.dat"}))
        return 0;
    const fsnn_wfdb_options beats = {
        .classes = "N. AV", .before = 0.004, .after = 0.008, .from = 0, .to = 0};
    for (int i = 0; i < 2; i++) {
        fuzz_forget();
        if (fuzz_good(fsnn_series_wfdb(fuzz_path("r.hea"), i ? &beats : NULL, &s)))
            use(s);
        fsnn_series_destroy(s);
        s = NULL;
    }
    return 0;
}

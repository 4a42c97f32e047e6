/* tests/fuzz/fuzz_wfdb_segments.c: a WFDB record of segments, its three files of any bytes: the
 * first two bytes are the length of the record's header (m.hea), the next two that of a segment's
 * (p.hea), the rest are signals (p.dat). */
#include "fuzz.h"

#include <fsnn/series.h>

#include <math.h>

static void use_segments(const fsnn_series *s)
{
    fsnn_series_info info;
    int64_t length;
    int32_t label;
    fsnn_series_info_get(s, &info);
    const float *x = fsnn_series_values(s, 0, &length, &label);
    fuzz_check(info.count == 1 && length >= 1 && label == -1);
    for (int64_t k = 0; k < length * info.channels; k++)
        fuzz_check(!isnan(x[k]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fsnn_series *s = NULL;
    if (!fuzz_files(data, size, (const char *const[]){"m.hea", "p.hea", "p.dat"}))
        return 0;
    fuzz_forget();
    if (fuzz_good(fsnn_series_wfdb(fuzz_path("m.hea"), NULL, &s)))
        use_segments(s);
    fsnn_series_destroy(s);
    return 0;
}

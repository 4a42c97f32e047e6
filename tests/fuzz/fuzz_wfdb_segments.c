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
    if (size < 4)
        return 0;
    size_t record = (size_t)data[0] | (size_t)data[1] << 8,
           segment = (size_t)data[2] | (size_t)data[3] << 8;
    data += 4;
    size -= 4;
    record = record < size ? record : size;
    segment = segment < size - record ? segment : size - record;
    const char *path = fuzz_file("m.hea", data, record);
    fuzz_file("p.hea", data + record, segment);
    fuzz_file("p.dat", data + record + segment, size - record - segment);
    fuzz_forget();
    if (fuzz_good(fsnn_series_wfdb(path, NULL, &s)))
        use_segments(s);
    fsnn_series_destroy(s);
    return 0;
}

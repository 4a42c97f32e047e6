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
    if (size < 4)
        return 0;
    size_t head = (size_t)data[0] | (size_t)data[1] << 8,
           notes = (size_t)data[2] | (size_t)data[3] << 8;
    data += 4;
    size -= 4;
    head = head < size ? head : size;
    notes = notes < size - head ? notes : size - head;
    const char *path = fuzz_file("r.hea", data, head);
    fuzz_file("r.atr", data + head, notes);
    fuzz_file("r.dat", data + head + notes, size - head - notes);
    const fsnn_wfdb_options beats = {
        .classes = "N. AV", .before = 0.004, .after = 0.008, .from = 0, .to = 0};
    for (int i = 0; i < 2; i++) {
        fuzz_forget();
        if (fuzz_good(fsnn_series_wfdb(path, i ? &beats : NULL, &s)))
            use(s);
        fsnn_series_destroy(s);
        s = NULL;
    }
    return 0;
}

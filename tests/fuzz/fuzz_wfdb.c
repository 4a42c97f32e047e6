/* tests/fuzz/fuzz_wfdb.c: header, signals and annotations of WFDB records on any bytes: the first
 * two bytes are the length of the header, the next two that of the annotations, the rest are
 * signals. Built by the preset fuzz:
 *   cmake --preset fuzz && cmake --build --preset fuzz
 *   build-fuzz/fuzz/fuzz_wfdb -max_total_time=60 tests/fuzz/series */
#include "data/series/series_set.h"
#include "data/series/wfdb.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
    if (!good)
        abort();
}

/* The signals of the first file. */
static void read_signals(const wfdb_header *h, const uint8_t *bytes, size_t size)
{
    int64_t length;
    wfdb_doubts doubts = {0};
    if (!h->files || wfdb_length("fuzz.dat", h, 0, size, &length) < 0)
        return;
    check(length >= 1 && (uint64_t)length * (uint64_t)h->file[0].values <= size);
    float *x = fsnn_alloc((size_t)(length * h->signals) * sizeof *x);
    if (x && wfdb_read_signals("fuzz.dat", h, 0, bytes, length, x, &doubts) == FSNN_OK)
        for (int s = 0; s < h->signals;
             s++) { /* marks of no sample are NaN until they are mended */
            if (h->signal[s].file)
                continue;
            int64_t gaps = 0;
            bool mended = series_mend(FSNN_MISSING_INTERPOLATE, x + s, length, h->signals, &gaps);
            check(gaps >= 0 && gaps < length);
            for (int64_t k = 0; k < length && mended; k++)
                check(!isnan(x[k * h->signals + s]));
        }
    fsnn_free(x);
    fsnn_free(doubts.first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4)
        return 0;
    size_t head = (size_t)data[0] | (size_t)data[1] << 8,
           notes = (size_t)data[2] | (size_t)data[3] << 8;
    data += 4;
    size -= 4;
    head = head < size ? head : size;
    notes = notes < size - head ? notes : size - head;
    wfdb_header h;
    fsnn_error_set(FSNN_OK, "%s", "");
    if (wfdb_read_header("fuzz.hea", data, head, &h) == FSNN_OK)
        read_signals(&h, data + head + notes, size - head - notes);
    else
        check(*fsnn_error_text() != 0);
    wfdb_annotations a = {.path = "fuzz.atr", .bytes = data + head, .size = notes};
    wfdb_annotation one;
    size_t most = notes;
    while (wfdb_next(&a, &one) > 0)
        check(most-- > 0); /* each takes bytes: the walk ends */
    return 0;
}

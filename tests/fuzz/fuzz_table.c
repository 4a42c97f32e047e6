/* tests/fuzz/fuzz_table.c: tables of texts (CSV) of any bytes: cells, then series of rows and of
 * columns. */
#include "format/csv.h"
#include "fuzz.h"

#include <fsnn/series.h>

#include <math.h>

static void use_cells(const uint8_t *data, size_t size)
{
    const csv_options plain = {0};
    csv t;
    size_t sum = 0;
    double x;
    if (fuzz_good(csv_open(&t, "fuzz.csv", data, size, &plain))) {
        fuzz_check(t.rows >= 1 && t.columns >= 1);
        for (int64_t i = 0; i < t.rows * t.columns; i++) {
            sum += strlen(t.cell[i]) + 1;
            csv_number(&t, i / t.columns, i % t.columns, &x);
        }
        fuzz_check(sum <= size + 2);
    }
    csv_close(&t);
}

static void use(const fsnn_series *s)
{
    fsnn_series_info info;
    fsnn_series_info_get(s, &info);
    fuzz_check(info.count >= 1);
    for (int64_t i = 0; i < info.count; i++) {
        int64_t length;
        int32_t label;
        const float *x = fsnn_series_values(s, i, &length, &label);
        fuzz_check(length >= 1 && label >= -1 && label < (info.classes ? info.classes : 1));
        for (int64_t k = 0; k < length * info.channels; k++)
            fuzz_check(isfinite(x[k]));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const fsnn_csv_options options[] = {
        {0},
        {.row_is_series = true},
        {.id = "id", .time = "t", .label = "who"},
        {.row_is_sample = true, .target = "2"},
        {.row_is_series = true, .label = "1", .separator = ';', .decimal = ','}};
    const char *path = fuzz_file("t.csv", data, size);
    fuzz_forget();
    use_cells(data, size);
    for (int i = 0; i < FSNN_COUNT(options); i++) {
        fsnn_series *s = NULL;
        fuzz_forget();
        if (fuzz_good(fsnn_series_csv(path, &options[i], &s)))
            use(s);
        fsnn_series_destroy(s);
    }
    return 0;
}

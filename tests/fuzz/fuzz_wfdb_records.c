/* tests/fuzz/fuzz_wfdb_records.c: whole WFDB records with a class by a table or by a comment of the
 * header, three files of any bytes: header (r.hea), table, signals (r.dat). */
#include "fuzz.h"

#include <fsnn/series.h>

#include <math.h>

static void use(const fsnn_series *s)
{
    fsnn_series_info info;
    int64_t length;
    int32_t label;
    fsnn_series_info_get(s, &info);
    const float *x = fsnn_series_values(s, 0, &length, &label);
    fuzz_check(info.count == 1 && length >= 1 && label == 0 && info.classes == 1);
    for (int64_t k = 0; k < length * info.channels; k++)
        fuzz_check(!isnan(x[k]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!fuzz_files(data, size, (const char *const[]){"r.hea", "r.csv", "r.dat"}))
        return 0;
    const char *path = fuzz_path("r.hea"), *table = fuzz_path("r.csv");
    const fsnn_wfdb_records_options options[] = {{.table = table}, {.comment = "Dx"}};
    for (int i = 0; i < FSNN_COUNT(options); i++) {
        fsnn_series *s = NULL;
        fuzz_forget();
        if (fuzz_good(fsnn_series_wfdb_records(path, &options[i], &s)))
            use(s);
        fsnn_series_destroy(s);
    }
    return 0;
}

/* The first seed: a record of two samples, a table, a comment. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char head[] = "r 1 100 2\nr.dat 80 1/mV 0 0 1 3 0 u\n# Dx: 42\n",
                      table[] = "name,class\nr,x\nq,y\n";
    char seed[256];
    int n = snprintf(seed, sizeof seed, "%c%c%c%c%s%s\x81\x82", (int)strlen(head), 1,
                     (int)strlen(table), 1, head, table);
    seed[1] = seed[3] = 0;
    fuzz_seed(*argc, *argv, "record", seed, (size_t)n);
    return 0;
}

/* tests/fuzz/fuzz_csv.c: the table of numbers behind figures, of any bytes. */
#include "fuzz.h"

#include "plot/csv.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    fuzz_seed_text(*argc, *argv, "plain", "epoch,loss\n1,0.5\n2,\n3,nan\n");
    fuzz_seed_text(*argc, *argv, "quoted",
                   "\xef\xbb\xbf\"a,\"\"b\"\"\",c\r\n1e-3,\"2\" \r\n\r\n-inf,0x1p3");
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fsnn_csv csv;
    fuzz_forget();
    if (fuzz_good(fsnn_csv_read(&csv, fuzz_file("table.csv", data, size)))) {
        volatile double last = 0;
        for (int i = 0; i < csv.columns; i++)
            fuzz_check(fsnn_csv_find(&csv, csv.names[i]) <= i);
        for (int64_t i = 0; i < csv.rows * csv.columns; i++) /* all of it is there */
            last = csv.values[i];
        (void)last;
    }
    fsnn_csv_free(&csv);
    return 0;
}

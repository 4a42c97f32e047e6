/* tests/fuzz/fuzz_cli_metrics.c: fsnn inspect on a metrics.csv of any bytes. */
#include "fuzz_cli.h"

#include "cli/look/inspect.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    fuzz_cli_seed(*argc, *argv, "plain",
                  "epoch,loss,best,dead.a,saturated.a\n1,0.5,1,0.9,0\n2,0.6,0,1,0.5\n");
    fuzz_cli_seed(*argc, *argv, "quoted", "epoch,\"dead.\"\"x\"\"\"\r\n1,1\r\n");
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int code = inspect_metrics(fuzz_cli_file("metrics.csv", data, size));
    if (code != CLI_GOOD && code != CLI_FAILED)
        abort();
    return 0;
}

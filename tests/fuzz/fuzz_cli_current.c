/* tests/fuzz/fuzz_cli_current.c: the file of a current (fsnn simulate --current file:PATH), a table
 * of text or an NPZ, of any bytes. */
#include "fuzz_cli.h"

#include "cli/simulate/simulate.h"

#include <math.h>

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    fuzz_cli_seed(*argc, *argv, "plain", "# so\n0.5\n1e-3\n-2\n");
    fuzz_cli_seed(*argc, *argv, "named", "t,current[0],current[1]\n0.1,1,2\n0.2,3,4\n");
    fuzz_cli_seed(*argc, *argv, "german", "time;I\r\n0,5;1,5\r\n");
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sim_current c = {.kind = SIM_FILE};
    if (sim_file_read(fuzz_cli_file("current", data, size), &c) == CLI_GOOD) {
        if (c.count < 1 || c.neurons < 1)
            abort();
        for (int64_t i = 0; i < c.count * c.neurons; i++)
            if (!isfinite(c.sample[i]))
                abort();
        for (int64_t i = 1; c.time && i < c.count; i++)
            if (!(c.time[i] > c.time[i - 1]))
                abort();
    }
    sim_current_free(&c);
    return 0;
}

/* tests/fuzz/fuzz_events_npy.c: see fuzz_events.h. Built by the preset fuzz:
 *   build-fuzz/fuzz/fuzz_events_npy -max_total_time=600 -max_len=4096 DIR tests/fuzz/events */
#include "fuzz_events.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_events("fuzz.npy", data, size);
}

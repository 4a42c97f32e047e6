/* tests/fuzz/fuzz_events_hdf5.c: recordings in HDF5 from any bytes: the HDF5 library may crash in
 * its child process, here nothing does, and the child's crashes are no findings. Built by the
 * preset fuzz:
 *   ASAN_OPTIONS=allocator_may_return_null=1 build-fuzz/fuzz/fuzz_events_hdf5 -max_total_time=600
 *   -max_len=65536 -malloc_limit_mb=0 DIR tests/fuzz/hdf5_events */
#include "data/events/events_hdf5.h"
#include "forked.h"
#include "fuzz_events.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t magic[] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    fsnn_events events;
    if (size < sizeof magic || memcmp(data, magic, sizeof magic) != 0)
        return 0; /* another format's */
    const char *path = fuzz_forked_file("h5", data, size);
    fsnn_error_set(FSNN_OK, "%s", "");
    hdf5_patience.busy = 0.5; /* damage can make the library go round in circles */
    fsnn_status status = fsnn_events_read(path, &events);
    unlink(path);
    return fuzz_events_check(status, &events);
}

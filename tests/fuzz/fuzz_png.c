/* tests/fuzz/fuzz_png.c: pictures from any bytes: libpng may crash in its child process, here
 * nothing does, and the child's crashes are no findings. Built by the preset fuzz:
 *   build-fuzz/fuzz/fuzz_png -max_total_time=600 -max_len=4096 DIR tests/fuzz/pictures */
#include "base/base.h"
#include "forked.h"

#include <fsnn/events.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_forked_file("png", data, size);
    const fsnn_event_files files = {.path = path};
    fsnn_data *set = NULL;
    fsnn_error_set(FSNN_OK, "%s", "");
    fsnn_status status = fsnn_data_png(&files, &set);
    unlink(path);
    if ((status < 0) != !set || (status < 0 && !*fsnn_error_text()))
        abort();
    fsnn_data_destroy(set);
    return 0;
}

/* tests/fuzz/fuzz_sound.c: files of sound from any bytes: what is no plain WAV goes to libsndfile,
 * which may crash in its child process; here nothing does, and the child's crashes are no findings.
 */
#include "forked.h"
#include "fuzz.h"

#include <fsnn/series.h>

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_forked_file("sound", data, size);
    fsnn_series *s = NULL;
    fsnn_series_info info;
    fuzz_forget();
    bool good = fuzz_good(fsnn_series_wav(path, NULL, &s));
    unlink(path);
    fuzz_check(good == (s != NULL));
    if (!good)
        return 0;
    fsnn_series_info_get(s, &info);
    fuzz_check(info.count == 1 && info.channels == 1 && info.rate > 0 && info.total >= 1);
    const float *x = fsnn_series_values(s, 0, NULL, NULL);
    for (int64_t k = 0; k < info.total; k++)
        fuzz_check(isfinite(x[k]));
    fsnn_series_destroy(s);
    return 0;
}

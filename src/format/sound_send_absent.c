/* format/sound_send_absent.c: where fsnn is built without libsndfile. */
#include "format/sound.h"

fsnn_status sound_send(guard *g, const sound_file *file, int64_t count)
{
    (void)g, (void)count;
    return fsnn_fail(FSNN_EUNSUPPORTED,
                     "%s: %s, and fsnn was built without libsndfile, which reads it: configure "
                     "fsnn with -DFSNN_SOUND=ON, or convert the file by sox or ffmpeg to WAV of "
                     "PCM",
                     file->path, file->what);
}

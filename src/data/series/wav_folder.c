/* data/series/wav_folder.c: sets of files of sound. */
#include "base/port_files.h"
#include "data/series/series_folder.h"
#include "data/series/sounds.h"

static fsnn_status add(void *user, const char *path, int32_t label)
{
    return sounds_add(user, path, label);
}

static fsnn_status finish(void *user)
{
    return sounds_finish(user);
}

static fsnn_status add_one(sounds *q, const char *path)
{
    FSNN_TRY(sounds_add(q, path, -1));
    return sounds_finish(q);
}

fsnn_status fsnn_series_wav(const char *path, const fsnn_wav_options *options, fsnn_series **series)
{
    static const fsnn_wav_options plain = {0};
    sounds q = {0};
    if (!path || !series)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_series_wav needs a path and a place for the series");
    *series = NULL;
    const series_adder to = {add, finish, &q.s, &q, "{file}.wav"};
    fsnn_status status = port_is_folder(path) ? series_folder(path, options ? options : &plain, &to)
                                              : add_one(&q, path);
    sounds_free(&q);
    if (status < 0)
        fsnn_series_destroy(q.s);
    else
        *series = q.s;
    return status;
}

/* format/sound_send.c: in the child: libsndfile is loaded, not linked: it brings ten libraries of
 * codecs along, which would make every start of the program slower. FSNN_SOUND_LIBRARY names
 * another file of it than the system's; the Python package sets it where soundfile, which brings
 * one, is installed. */
#include "base/port_library.h"
#include "format/sound.h"

#include <sndfile.h>
#include <stdlib.h>

#define LIBRARY "libsndfile.so.1" /* its interface has been the same since 2002 */

typedef struct library {
    SNDFILE *(*open)(const char *path, int mode, SF_INFO *info);
    sf_count_t (*read)(SNDFILE *file, double *x, sf_count_t frames);
    int (*error)(SNDFILE *file);
    const char *(*reason)(SNDFILE *file);
    int (*close)(SNDFILE *file);
} library;

static fsnn_status load(library *l, const sound_file *file)
{
    const char *reason = "it lacks functions", *named = getenv("FSNN_SOUND_LIBRARY");
    void *at = port_library_open(named && *named ? named : LIBRARY, &reason);
    if (at && port_library_find(at, "sf_open", &l->open) &&
        port_library_find(at, "sf_readf_double", &l->read) &&
        port_library_find(at, "sf_error", &l->error) &&
        port_library_find(at, "sf_strerror", &l->reason) &&
        port_library_find(at, "sf_close", &l->close))
        return FSNN_OK;
    return fsnn_fail(FSNN_EUNSUPPORTED,
                     "%s: %s, and libsndfile, which reads it, cannot be loaded (%s): install it "
                     "(Debian: libsndfile1; beside the Python package: pip install soundfile), or "
                     "convert the file by sox or ffmpeg to WAV of PCM",
                     file->path, file->what, reason);
}

static int64_t bits_of(int format)
{
    static const struct {
        int format, bits;
    } whole[] = {{SF_FORMAT_PCM_S8, 8},
                 {SF_FORMAT_PCM_U8, 8},
                 {SF_FORMAT_PCM_16, 16},
                 {SF_FORMAT_PCM_24, 24},
                 {SF_FORMAT_PCM_32, 32}};
    for (int i = 0; i < FSNN_COUNT(whole); i++)
        if ((format & SF_FORMAT_SUBMASK) == whole[i].format)
            return whole[i].bits;
    return 0;
}

static fsnn_status send_frames(guard *g, const library *l, SNDFILE *from, const sound_file *file,
                               const SF_INFO *info)
{
    static const int64_t end = 0;
    int64_t total = 0, n;
    double *x = fsnn_alloc((size_t)SOUND_BLOCK * (size_t)info->channels * sizeof *x);
    fsnn_status status = x ? FSNN_OK : FSNN_EMEMORY;
    while (!status && (n = (int64_t)l->read(from, x, SOUND_BLOCK)) > 0) {
        total += n;
        status = guard_put(g, &n, sizeof n);
        if (!status)
            status = guard_put(g, x, (size_t)(n * info->channels) * sizeof *x);
    }
    fsnn_free(x);
    FSNN_TRY(status);
    if (l->error(from))
        return fsnn_fail(FSNN_EFORMAT, "%s: %s that is damaged after %lld samples: %s", file->path,
                         file->what, (long long)total, l->reason(from));
    if (total < info->frames && info->frames < SF_COUNT_MAX) /* the largest: not known */
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: %s that is damaged or cut short: %lld samples are expected, %lld "
                         "are there",
                         file->path, file->what, (long long)info->frames, (long long)total);
    return guard_put(g, &end, sizeof end);
}

static fsnn_status send_file(guard *g, const library *l, const sound_file *file)
{
    SF_INFO info = {0};
    SNDFILE *from = l->open(file->path, SFM_READ, &info);
    if (!from)
        return fsnn_fail(FSNN_EUNSUPPORTED, "%s: %s; libsndfile cannot read it: %s", file->path,
                         file->what, l->reason(NULL));
    const sound_head head = {info.samplerate, info.channels, bits_of(info.format)};
    fsnn_status status = guard_put(g, &head, sizeof head);
    if (!status)
        status = send_frames(g, l, from, file, &info);
    l->close(from);
    return status;
}

fsnn_status sound_send(guard *g, const sound_file *file, int64_t count)
{
    library l;
    FSNN_TRY(load(&l, file));
    for (int64_t i = 0; i < count; i++)
        FSNN_TRY(send_file(g, &l, &file[i]));
    return FSNN_OK;
}

/* data/series/sounds.h: files of sound as series of one channel: plain WAV by the reader here
 * (wav.c), all others by libsndfile (format/sound.h). */
#ifndef FSNN_SERIES_SOUNDS_H
#define FSNN_SERIES_SOUNDS_H

#include "data/series/series_set.h"
#include "format/sound.h"

typedef struct sounds {
    fsnn_series *s; /* NULL before the first file, unless there are classes */
    /* files for libsndfile, which one child reads: [waiting] and their classes */
    sound_file *wait;
    int32_t *label;
    int64_t waiting, capacity;
    /* the file at hand: its channels, the mean of them [frames] */
    int64_t index, channels, frames, frame_capacity;
    float *mono;
} sounds;

/* Adds a file; it may wait until sounds_finish. Errors: FSNN_EIO, FSNN_EFORMAT (also another rate
 * than the files before it), FSNN_EUNSUPPORTED, FSNN_EMEMORY. */
fsnn_status sounds_add(sounds *q, const char *path, int32_t label);
fsnn_status sounds_finish(sounds *q);
/* All but the series. */
void sounds_free(sounds *q);

#endif

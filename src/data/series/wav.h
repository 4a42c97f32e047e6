/* data/series/wav.h: one WAV file. */
#ifndef FSNN_WAV_H
#define FSNN_WAV_H

#include "base/base.h"

typedef struct wav {
    double rate; /* samples a second */
    int channels, bits;
    bool real; /* floats, not integers */
    /* samples of a kind that is not read here, or a container of other sizes: libsndfile may read
     * it; there are neither frames nor data then */
    bool foreign;
    int format; /* as the file names it */
    int64_t frames;
    const uint8_t *data; /* [frames, channels] numbers of `bits` bits, borrowed */
} wav;

/* Finds format and samples in `bytes`, and that the samples are all there. `path` starts the error
 * sentences. FSNN_EFORMAT, FSNN_EUNSUPPORTED. */
fsnn_status wav_open(const char *path, const uint8_t *bytes, size_t size, wav *out);
/* The mean of the channels [frames], in -1..1 where they are integers. FSNN_EFORMAT where a float
 * is not finite. */
fsnn_status wav_mix(const char *path, const wav *w, float *out);
/* "holds A-law samples (format 6) of 8 bits" */
const char *wav_describe(const wav *w, char *out, size_t size);

#endif

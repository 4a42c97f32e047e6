/* format/sound.h: files of sound by libsndfile, which reads WAV in all forms, FLAC, Ogg, AIFF, AU
 * and more. It is loaded in a child process (base/guard.h), which reads any number of files. */
#ifndef FSNN_FORMAT_SOUND_H
#define FSNN_FORMAT_SOUND_H

#include "base/guard.h"

typedef struct sound_file {
    char *path;
    char *what; /* for sentences: "is a FLAC file", "holds A-law samples of 8 bits" */
} sound_file;

typedef struct sound_head {
    double rate;      /* frames a second */
    int64_t channels; /* 1 to SOUND_CHANNELS */
    int64_t bits;     /* of samples that are whole numbers; 0: others */
} sound_head;

enum { SOUND_CHANNELS = 1024, SOUND_BLOCK = 4096 };

/* What is done with what is read, file by file. */
typedef struct sound_taker {
    fsnn_status (*begin)(void *user, int64_t index, const sound_head *head);
    /* The next frames x [count, channels], count at most SOUND_BLOCK: whole numbers of b bits are
     * divided by 2^(b - 1), others as they are. */
    fsnn_status (*frames)(void *user, const double *x, int64_t count);
    fsnn_status (*end)(void *user);
    void *user;
} sound_taker;

/* Errors: FSNN_EUNSUPPORTED (built without libsndfile, it is not installed, it does not know the
 * file), FSNN_EFORMAT (damaged, cut short), those of `taker`. */
fsnn_status sound_read(const sound_file *file, int64_t count, const sound_taker *taker);

/* In the child: all files, for each a sound_head, then pieces of
 *   int64 count; double x [count, channels]
 * up to a count of 0. Whoever takes it trusts none of it. */
fsnn_status sound_send(guard *g, const sound_file *file, int64_t count);

#endif

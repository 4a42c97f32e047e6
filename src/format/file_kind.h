/* format/file_kind.h: what a file is, by its first bytes: formats that are read here and those that
 * users bring in their place. A reader whose format a file is not says what it is instead. */
#ifndef FSNN_FORMAT_FILE_KIND_H
#define FSNN_FORMAT_FILE_KIND_H

#include "base/base.h"

typedef struct file_kind {
    const char *name;   /* "a PyTorch file (...)", to stand behind "is" */
    const char *advice; /* what works instead, to end a sentence; NULL: nothing to say */
} file_kind;

/* NULL: not known. `bytes` are the first ones, or all; 4096 are enough. */
const file_kind *file_kind_find(const uint8_t *bytes, size_t size);

/* Whether it is one of PyTorch's; false of NULL. */
bool file_kind_is_torch(const file_kind *kind);
/* Whether libsndfile reads it (format/sound.h). */
bool file_kind_is_sound(const file_kind *kind);
/* Whether it is WAV, which is read here unless its form is a rare one. */
bool file_kind_is_wave(const file_kind *kind);
/* The same of the first bytes of a file; NULL also where it cannot be read. */
const file_kind *file_kind_at(const char *path);

/* The error of a reader: "PATH: is empty", "PATH: is a FLAC file, not a WAV file; convert it", "is
 * text that begins with "...", not a WAV file". `expected` is what it should be. FSNN_EFORMAT;
 * FSNN_EUNSUPPORTED for what is known by name. */
fsnn_status file_kind_fail(const char *path, const uint8_t *bytes, size_t size,
                           const char *expected);
/* The same for a file that is not in memory; also FSNN_EIO. */
fsnn_status file_kind_fail_at(const char *path, const char *expected);

#endif

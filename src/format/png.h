/* format/png.h: pictures in PNG, read by libpng in a child process (base/guard.h), which damaged
 * files may bring to crash. */
#ifndef FSNN_FORMAT_PNG_H
#define FSNN_FORMAT_PNG_H

#include "base/guard.h"

/* Before the bytes of a picture, [rows, columns, channels] with 8 bits each. */
typedef struct png_head {
    int32_t width, height;
    int32_t channels; /* 1 gray, 3 red, green, blue */
    int32_t dropped;  /* bits: PNG_ALPHA, PNG_DEEP */
} png_head;

enum { PNG_ALPHA = 1, PNG_DEEP = 2, PNG_SIDE = 16384 };

/* Files in the order in which they are read; `path` [count]. */
typedef struct png_files {
    const char *(*path)(const void *user, int64_t i);
    const void *user;
    int64_t count;
    /* A picture with its bytes, which are the callee's until it returns. */
    fsnn_status (*take)(void *taker, int64_t i, const png_head *head, const uint8_t *bytes);
    void *taker;
} png_files;

/* Errors: FSNN_EIO, FSNN_EFORMAT, FSNN_EUNSUPPORTED (built without libpng), FSNN_EMEMORY, those of
 * take. */
fsnn_status png_read(const png_files *files);

/* In the child: sends head and bytes of one file. */
fsnn_status png_send(guard *g, const char *path);

#endif

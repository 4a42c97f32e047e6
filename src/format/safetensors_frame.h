/* format/safetensors_frame.h: the frame of a safetensors file. What its header says is read and
 * written by model/safetensors.c.
 *
 *   8 bytes   N, length of the header, little-endian
 *   N bytes   the header, JSON, with blanks at its end to a multiple of 8
 *   rest      numbers
 *
 * Format: https://huggingface.co/docs/safetensors (2023). */
#ifndef FSNN_FORMAT_SAFETENSORS_FRAME_H
#define FSNN_FORMAT_SAFETENSORS_FRAME_H

#include "base/base.h"

enum {
    SAFETENSORS_LENGTH = 8,              /* bytes before the header */
    SAFETENSORS_MOST_HEADER = 100000000, /* bytes: the format's own limit */
};

typedef struct safetensors_frame {
    const char *header; /* [header_size], not ended */
    size_t header_size;
    const uint8_t *numbers; /* [size] */
    size_t size;
} safetensors_frame;

/* Numbers of one array. */
typedef struct safetensors_piece {
    const void *bytes;
    size_t size;
} safetensors_piece;

/* The parts of the file `data` [size], which stays borrowed; `file` names it in errors. The header
 * is there in whole and begins like JSON. FSNN_EFORMAT. */
fsnn_status safetensors_frame_read(const char *file, const uint8_t *data, size_t size,
                                   safetensors_frame *frame);
/* A file of a header [size] and the numbers [count] behind it, as a whole (fsnn/file.h). */
fsnn_status safetensors_frame_write(const char *path, const char *header, size_t size,
                                    const safetensors_piece *numbers, int count);

#endif

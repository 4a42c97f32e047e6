/* format/safetensors_sum.h: what fsnn adds to a safetensors file so that damage shows: two keys of
 * __metadata__, which other programs do not look at,
 *
 *     fsnn_crc32c    CRC-32C of the whole file, these 8 hexadecimal digits taken as 0
 *     fsnn_format    the version of what fsnn writes, 1
 *
 * A file without both was written by another program, or by an fsnn before them: nothing is
 * checked. */
#ifndef FSNN_FORMAT_SAFETENSORS_SUM_H
#define FSNN_FORMAT_SAFETENSORS_SUM_H

#include "format/safetensors_frame.h"

#include <stdio.h>

#define SAFETENSORS_FORMAT 1

/* The keys. */
extern const char safetensors_sum_key[], safetensors_format_key[];
/* Whether a key of the metadata is one of these. */
bool safetensors_sum_is_key(const char *key);
/* What a new file's metadata begin with; the digits are still 0. */
void safetensors_sum_begin(FILE *out);
/* Writes the digits into `header` [size], of a file with these numbers behind it. */
void safetensors_sum_write(char *header, size_t size, const safetensors_piece *numbers, int count);
/* Whether a file is what its metadata say: the values of the two keys, NULL where one is not there.
 * FSNN_EFORMAT (damaged), FSNN_EUNSUPPORTED (a newer format). */
fsnn_status safetensors_sum_check(const char *file, const safetensors_frame *frame,
                                  const char *said, const char *format);

#endif

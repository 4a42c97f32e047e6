/* format/safetensors_sum.c: the checksum of a safetensors file, in the file. */
#include "format/safetensors_sum.h"

#include "base/crc32c.h"

#include <stdlib.h>
#include <string.h>

enum { DIGITS = 8, LENGTH = SAFETENSORS_LENGTH };

const char safetensors_sum_key[] = "fsnn_crc32c", safetensors_format_key[] = "fsnn_format";
static const char zeros[DIGITS + 1] = "00000000";

bool safetensors_sum_is_key(const char *key)
{
    return strcmp(key, safetensors_sum_key) == 0 || strcmp(key, safetensors_format_key) == 0;
}

void safetensors_sum_begin(FILE *out)
{
    fprintf(out, "\"%s\":\"%s\",\"%s\":\"%d\"", safetensors_sum_key, zeros, safetensors_format_key,
            SAFETENSORS_FORMAT);
}

/* Of the length and the header, the digits as 0. */
static uint32_t sum_header(const char *header, size_t size, size_t digits)
{
    uint8_t length[LENGTH];
    for (int i = 0; i < LENGTH; i++)
        length[i] = (uint8_t)((uint64_t)size >> (8 * i));
    uint32_t sum = fsnn_crc32c(0, length, LENGTH);
    sum = fsnn_crc32c(sum, header, digits);
    sum = fsnn_crc32c(sum, zeros, DIGITS);
    return fsnn_crc32c(sum, header + digits + DIGITS, size - digits - DIGITS);
}

/* Where the digits stand in the header; 0: nowhere. Programs may have put blanks in. */
static size_t find_digits(const char *header, size_t size)
{
    size_t length = strlen(safetensors_sum_key);
    for (size_t i = 0; i + length + 2 < size; i++) {
        if (header[i] != '"' || memcmp(header + i + 1, safetensors_sum_key, length) != 0 ||
            header[i + length + 1] != '"')
            continue;
        size_t at = i + length + 2;
        while (at < size && header[at] && strchr(" \t\r\n:", header[at]))
            at++;
        if (at + DIGITS + 1 < size && header[at] == '"' && header[at + DIGITS + 1] == '"')
            return at + 1;
    }
    return 0;
}

void safetensors_sum_write(char *header, size_t size, const safetensors_piece *numbers, int count)
{
    char text[DIGITS + 1];
    size_t digits = find_digits(header, size);
    uint32_t sum = sum_header(header, size, digits);
    for (int i = 0; i < count; i++)
        sum = fsnn_crc32c(sum, numbers[i].bytes, numbers[i].size);
    snprintf(text, sizeof text, "%08x", (unsigned)sum);
    memcpy(header + digits, text, DIGITS);
}

static fsnn_status damaged(const char *file)
{
    return fsnn_fail(FSNN_EFORMAT,
                     "%s: does not agree with its checksum: it is damaged (or another program "
                     "changed it and kept the keys %s and %s of its metadata, which it should "
                     "leave out)",
                     file, safetensors_sum_key, safetensors_format_key);
}

fsnn_status safetensors_sum_check(const char *file, const safetensors_frame *frame,
                                  const char *said, const char *format)
{
    char *end = NULL;
    if (!said && !format)
        return FSNN_OK;
    long version = format ? strtol(format, &end, 10) : 0;
    if (format && version > SAFETENSORS_FORMAT && !*end)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s: was written by a newer fsnn, in format %ld: this one reads formats "
                         "up to %d",
                         file, version, SAFETENSORS_FORMAT);
    const char *text = frame->header;
    size_t digits = find_digits(text, frame->header_size);
    if (!said || !format || version < 1 || *end || strlen(said) != DIGITS || !digits ||
        memcmp(text + digits, said, DIGITS) != 0)
        return damaged(file);
    uint32_t sum = sum_header(text, frame->header_size, digits);
    sum = fsnn_crc32c(sum, frame->numbers, frame->size);
    char wanted[DIGITS + 1];
    snprintf(wanted, sizeof wanted, "%08x", (unsigned)sum);
    return memcmp(wanted, said, DIGITS) == 0 ? FSNN_OK : damaged(file);
}

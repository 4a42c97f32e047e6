/* format/safetensors_frame.c: nothing is trusted: lengths are checked against that of the file. */
#include "format/safetensors_frame.h"

#include "base/bytes.h"

fsnn_status safetensors_frame_read(const char *file, const uint8_t *data, size_t size,
                                   safetensors_frame *frame)
{
    if (!size)
        return fsnn_fail(FSNN_EFORMAT, "%s: is empty (0 bytes); expected is a safetensors file",
                         file);
    if (size < SAFETENSORS_LENGTH)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: %zu bytes are too few for a safetensors file: it may be truncated",
                         file, size);
    uint64_t header = bytes_le(data, SAFETENSORS_LENGTH);
    size -= SAFETENSORS_LENGTH;
    if (header < 2 || header > SAFETENSORS_MOST_HEADER || header > size)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: the header should have %llu bytes, but %zu follow (at most %d are "
                         "possible): this is no safetensors file, or it is truncated",
                         file, (unsigned long long)header, size, SAFETENSORS_MOST_HEADER);
    const uint8_t *text = data + SAFETENSORS_LENGTH;
    if (*text != '{')
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: the header does not begin with {: this is no "
                         "safetensors file",
                         file);
    *frame = (safetensors_frame){(const char *)text, (size_t)header, text + header,
                                 size - (size_t)header};
    return FSNN_OK;
}

fsnn_status safetensors_frame_write(const char *path, const char *header, size_t size,
                                    const safetensors_piece *numbers, int count)
{
    fsnn_file file;
    FSNN_TRY(fsnn_file_create(&file, path));
    for (int i = 0; i < SAFETENSORS_LENGTH; i++)
        fputc((int)((uint64_t)size >> (8 * i) & 255), file.stream);
    fwrite(header, 1, size, file.stream);
    for (int i = 0; i < count; i++)
        if (numbers[i].size)
            fwrite(numbers[i].bytes, 1, numbers[i].size, file.stream);
    return fsnn_file_commit(&file); /* tells of any write above that failed */
}

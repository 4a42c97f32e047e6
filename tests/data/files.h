/* tests/data/files.h: what the tests of this room share: a folder of their own, IDX content. */
#ifndef FSNN_TEST_FILES_H
#define FSNN_TEST_FILES_H

#include "deflate.h"
#include "folder.h"

#include <fsnn/data.h>

/* The folder of the real data sets. */
static inline const char *files_data(void)
{
    const char *data = getenv("FSNN_DATA");
    return data ? data : "../shared/data";
}

/* gzip of `data` in a buffer of `capacity`; returns its size. */
static inline size_t files_gzip(const void *data, size_t size, uint8_t *out, size_t capacity)
{
    return deflate_into(DEFLATE_GZIP, data, size, out, capacity);
}

/* The header of an IDX file; returns its size. */
static inline size_t files_idx_header(uint8_t *out, int type, int rank, const uint32_t *dim)
{
    uint8_t *p = out;
    *p++ = 0, *p++ = 0, *p++ = (uint8_t)type, *p++ = (uint8_t)rank;
    for (int d = 0; d < rank; d++)
        for (int b = 24; b >= 0; b -= 8)
            *p++ = (uint8_t)(dim[d] >> b);
    return (size_t)(p - out);
}

/* IDX images [N, H, W] with byte i (counted over all) = 7 i + 1; returns the size of the file. */
static inline size_t files_images(uint8_t *out, uint32_t N, uint32_t H, uint32_t W)
{
    size_t head = files_idx_header(out, 8, 3, (uint32_t[]){N, H, W}), n = (size_t)N * H * W;
    for (size_t i = 0; i < n; i++)
        out[head + i] = (uint8_t)(7 * i + 1);
    return head + n;
}

/* IDX labels [N], label i = i mod 10. */
static inline size_t files_labels(uint8_t *out, uint32_t N)
{
    size_t head = files_idx_header(out, 8, 1, &N);
    for (size_t i = 0; i < N; i++)
        out[head + i] = (uint8_t)(i % 10);
    return head + N;
}

#endif

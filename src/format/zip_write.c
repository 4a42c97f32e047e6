/* format/zip_write.c: writes zip archives of stored entries (PKWARE APPNOTE 6.3), zip64 where a
 * size or an offset needs it. No time of writing is kept: the same content gives the same bytes. */
#include "format/zip.h"

#include "base/bytes.h"

#include <string.h>

enum {
    RECORD_MAX = 128, /* fixed parts and zip64 extra of any record */
    DATE = 0x21,      /* 1980-01-01, the earliest there is */
    NAME_IS_UTF8 = 1 << 11,
    VERSION = 20,
    VERSION_ZIP64 = 45,
    ATTRIBUTES = 0600,
};

static bool wide(const zip_writer *zip, uint64_t x)
{
    return x >= zip->limit;
}

static uint8_t *put32(const zip_writer *zip, uint8_t *p, uint64_t x)
{
    return bytes_put_le(p, wide(zip, x) ? ZIP_LIMIT : x, 4);
}

/* What local and central headers share: version to name length. */
static uint8_t *put_common(const zip_writer *zip, uint8_t *p, const char *name, uint32_t crc,
                           uint64_t size, bool zip64)
{
    bool ascii = true;
    for (const char *c = name; *c; c++)
        ascii &= (signed char)*c > 0;
    p = bytes_put_le(p, zip64 ? VERSION_ZIP64 : VERSION, 2);
    p = bytes_put_le(p, ascii ? 0 : NAME_IS_UTF8, 2);
    p = bytes_put_le(p, 0, 2); /* stored */
    p = bytes_put_le(p, 0, 2); /* time */
    p = bytes_put_le(p, DATE, 2);
    p = bytes_put_le(p, crc, 4);
    p = put32(zip, p, size); /* packed */
    p = put32(zip, p, size);
    return bytes_put_le(p, strlen(name), 2);
}

static fsnn_status remember(zip_writer *zip, const void *data, size_t size)
{
    int64_t need = zip->used + (int64_t)size;
    FSNN_TRY(fsnn_grow(&zip->directory, zip->used, &zip->capacity, need, 1));
    memcpy(zip->directory + zip->used, data, size);
    zip->used = need;
    return FSNN_OK;
}

/* `at`: the offset of the entry. */
static fsnn_status central(zip_writer *zip, const char *name, uint32_t crc, uint64_t size,
                           uint64_t at)
{
    uint8_t head[RECORD_MAX], extra[RECORD_MAX], *x = extra + 4;
    bool large = wide(zip, size), far = wide(zip, at);
    if (large)
        x = bytes_put_le(bytes_put_le(x, size, 8), size, 8);
    if (far)
        x = bytes_put_le(x, at, 8);
    size_t n = large || far ? (size_t)(x - extra) : 0;
    bytes_put_le(bytes_put_le(extra, 1, 2), n ? n - 4 : 0, 2);

    uint8_t *p = bytes_put_le(head, 0x02014b50, 4);
    p = bytes_put_le(p, 3 << 8 | VERSION_ZIP64, 2); /* made on Unix */
    p = put_common(zip, p, name, crc, size, n != 0);
    p = bytes_put_le(p, n, 2);
    p = bytes_put_le(p, 0, 2); /* comment */
    p = bytes_put_le(p, 0, 2); /* disk */
    p = bytes_put_le(p, 0, 2); /* internal attributes */
    p = bytes_put_le(p, (uint64_t)ATTRIBUTES << 16, 4);
    p = put32(zip, p, at);
    FSNN_TRY(remember(zip, head, (size_t)(p - head)));
    FSNN_TRY(remember(zip, name, strlen(name)));
    return remember(zip, extra, n);
}

static fsnn_status check_name(const char *name)
{
    return *name && strlen(name) <= 65535
               ? FSNN_OK
               : fsnn_fail(FSNN_EARGUMENT, "a name of %zu bytes cannot be stored in a zip archive",
                           strlen(name));
}

/* Bytes before the content of an entry. */
static uint64_t head_size(const zip_writer *zip, const char *name, uint64_t size)
{
    return 30 + strlen(name) + (wide(zip, size) ? 20 : 0);
}

static void write_head(const zip_writer *zip, const char *name, uint32_t crc, uint64_t size)
{
    uint8_t head[RECORD_MAX], *p = bytes_put_le(head, 0x04034b50, 4);
    bool large = wide(zip, size);
    p = put_common(zip, p, name, crc, size, large);
    p = bytes_put_le(p, large ? 20 : 0, 2);
    fwrite(head, 1, (size_t)(p - head), zip->stream);
    fwrite(name, 1, strlen(name), zip->stream);
    if (large) {
        p = bytes_put_le(bytes_put_le(head, 1, 2), 16, 2);
        p = bytes_put_le(bytes_put_le(p, size, 8), size, 8);
        fwrite(head, 1, (size_t)(p - head), zip->stream);
    }
}

fsnn_status zip_keep(zip_writer *zip, const char *name, uint64_t size, zip_place *place)
{
    FSNN_TRY(check_name(name));
    *place = (zip_place){.name = name, .head = zip->offset, .size = size, .left = size};
    place->next = zip->offset + head_size(zip, name, size);
    zip->offset = place->next + size;
    return FSNN_OK;
}

void zip_put(zip_writer *zip, zip_place *place, const void *data, size_t size)
{
    size = size < place->left ? size : (size_t)place->left;
    place->crc = inflate_crc32(place->crc, data, size);
    if (size && !fseeko(zip->stream, (off_t)place->next, SEEK_SET))
        fwrite(data, 1, size, zip->stream);
    place->next += size;
    place->left -= size;
}

fsnn_status zip_settle(zip_writer *zip, zip_place *place)
{
    FSNN_TRY(central(zip, place->name, place->crc, place->size, place->head));
    if (!fseeko(zip->stream, (off_t)place->head, SEEK_SET))
        write_head(zip, place->name, place->crc, place->size);
    zip->count++;
    const bool there = !fseeko(zip->stream, (off_t)zip->offset, SEEK_SET);
    return there || ferror(zip->stream)
               ? FSNN_OK
               : fsnn_fail(FSNN_EIO, "%s: the file of an archive cannot be written anywhere",
                           place->name);
}

fsnn_status zip_add(zip_writer *zip, const char *name, const zip_piece piece[2])
{
    FSNN_TRY(check_name(name));
    uint64_t size = 0;
    uint32_t crc = 0;
    for (int i = 0; i < 2; i++) {
        crc = inflate_crc32(crc, piece[i].data, piece[i].size);
        size += piece[i].size;
    }
    FSNN_TRY(central(zip, name, crc, size, zip->offset));
    write_head(zip, name, crc, size);
    zip->offset += head_size(zip, name, size) + size;
    for (int i = 0; i < 2; i++)
        if (piece[i].size)
            fwrite(piece[i].data, 1, piece[i].size, zip->stream);
    zip->count++;
    return FSNN_OK;
}

static uint8_t *put_end64(const zip_writer *zip, uint8_t *p)
{
    uint64_t at = zip->offset + zip->used;
    p = bytes_put_le(p, 0x06064b50, 4);
    p = bytes_put_le(p, 44, 8); /* bytes that follow */
    p = bytes_put_le(p, 3 << 8 | VERSION_ZIP64, 2);
    p = bytes_put_le(p, VERSION_ZIP64, 2);
    p = bytes_put_le(p, 0, 8); /* disks */
    p = bytes_put_le(p, zip->count, 8);
    p = bytes_put_le(p, zip->count, 8);
    p = bytes_put_le(p, zip->used, 8);
    p = bytes_put_le(p, zip->offset, 8);
    p = bytes_put_le(p, 0x07064b50, 4); /* locator */
    p = bytes_put_le(p, 0, 4);
    p = bytes_put_le(p, at, 8);
    return bytes_put_le(p, 1, 4);
}

void zip_finish(zip_writer *zip)
{
    if (zip->used)
        fwrite(zip->directory, 1, zip->used, zip->stream);
    uint8_t end[RECORD_MAX], *p = end;
    bool many = zip->count >= 0xffff;
    if (many || wide(zip, zip->used) || wide(zip, zip->offset))
        p = put_end64(zip, p);
    p = bytes_put_le(p, 0x06054b50, 4);
    p = bytes_put_le(p, 0, 4); /* disks */
    p = bytes_put_le(p, many ? 0xffff : zip->count, 2);
    p = bytes_put_le(p, many ? 0xffff : zip->count, 2);
    p = put32(zip, p, zip->used);
    p = put32(zip, p, zip->offset);
    p = bytes_put_le(p, 0, 2); /* comment */
    fwrite(end, 1, (size_t)(p - end), zip->stream);
}

void zip_free(zip_writer *zip)
{
    fsnn_free(zip->directory);
    *zip = (zip_writer){0};
}

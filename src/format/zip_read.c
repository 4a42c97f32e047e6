/* format/zip_read.c: reads zip archives from memory (PKWARE APPNOTE 6.3: local headers, central
 * directory, zip64). Only the central directory is believed about sizes, as local headers may leave
 * them open. */
#include "format/zip.h"

#include "base/bytes.h"
#include "base/sentence.h"

#include <string.h>

enum {
    LOCAL = 0x04034b50,
    CENTRAL = 0x02014b50,
    END = 0x06054b50,
    END64 = 0x06064b50,
    LOCATOR64 = 0x07064b50,
    LOCAL_SIZE = 30,
    CENTRAL_SIZE = 46,
    END_SIZE = 22,
    END64_SIZE = 56,
    LOCATOR64_SIZE = 20,
    COMMENT_MAX = 65535,
};

/* Position of the end record: the last one whose comment ends exactly with the file; -1 without. */
static int64_t find_end(const uint8_t *bytes, size_t size)
{
    if (size < END_SIZE)
        return -1;
    int64_t last = (int64_t)(size - END_SIZE);
    int64_t first = last > COMMENT_MAX ? last - COMMENT_MAX : 0;
    for (int64_t at = last; at >= first; at--)
        if (bytes_le(bytes + at, 4) == END && bytes_le(bytes + at + 20, 2) == (uint64_t)(last - at))
            return at;
    return -1;
}

/* Replaces the directory's place by that of the zip64 end record, where there is one before `end`.
 */
static fsnn_status end64(zip_reader *zip, uint64_t end, uint64_t *count, uint64_t *size)
{
    if (end < LOCATOR64_SIZE || bytes_le(zip->bytes + end - LOCATOR64_SIZE, 4) != LOCATOR64)
        return FSNN_OK;
    uint64_t locator = end - LOCATOR64_SIZE;
    uint64_t at = bytes_le(zip->bytes + locator + 8, 8);
    if (at > locator || locator - at < END64_SIZE || bytes_le(zip->bytes + at, 4) != END64)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: the zip64 end record should be at byte %llu but is not: the file is "
                         "damaged",
                         zip->path, (unsigned long long)at);
    *count = bytes_le(zip->bytes + at + 32, 8);
    *size = bytes_le(zip->bytes + at + 40, 8);
    zip->directory = bytes_le(zip->bytes + at + 48, 8);
    zip->end = at;
    return FSNN_OK;
}

fsnn_status zip_open(zip_reader *zip, const char *path, const uint8_t *bytes, size_t size)
{
    *zip = (zip_reader){.path = path, .bytes = bytes};
    int64_t at = find_end(bytes, size);
    if (at < 0)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: no zip directory at its end: the file is cut short or is no NPZ",
                         path);
    const uint8_t *end = bytes + at;
    uint64_t count = bytes_le(end + 10, 2), length = bytes_le(end + 12, 4);
    zip->directory = bytes_le(end + 16, 4);
    zip->end = (uint64_t)at;
    FSNN_TRY(end64(zip, (uint64_t)at, &count, &length));
    if (zip->directory > zip->end || length != zip->end - zip->directory ||
        count > length / CENTRAL_SIZE)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: the zip directory is said to be %llu bytes at %llu with %llu "
                         "entries, which does not fit a file of %zu bytes",
                         path, (unsigned long long)length, (unsigned long long)zip->directory,
                         (unsigned long long)count, size);
    zip->cursor = zip->directory;
    zip->left = count;
    zip->budget = zip->directory;
    return FSNN_OK;
}

/* File names may hold anything; sentences show printable characters only. */
static void show(zip_entry *entry)
{
    fsnn_shown(entry->shown, sizeof entry->shown, entry->name, entry->name_size);
}

/* Takes the 64-bit values from the zip64 extra field: one for each 32-bit value that is all ones,
 * in this order. */
static bool extra64(const uint8_t *extra, size_t size, uint64_t *value[3])
{
    while (size >= 4) {
        uint64_t id = bytes_le(extra, 2), n = bytes_le(extra + 2, 2);
        if (n > size - 4)
            return false;
        const uint8_t *p = extra + 4, *stop = p + n;
        for (int i = 0; id == 1 && i < 3; i++) {
            if (*value[i] != ZIP_LIMIT)
                continue;
            if (stop - p < 8)
                return false;
            *value[i] = bytes_le(p, 8);
            p += 8;
        }
        extra += 4 + n;
        size -= 4 + (size_t)n;
    }
    return true;
}

/* Sets entry->data after checking the local header at `offset` against the directory. */
static fsnn_status locate(zip_reader *zip, zip_entry *entry, uint64_t offset)
{
    uint64_t capacity = offset <= zip->directory ? zip->directory - offset : 0;
    const uint8_t *local = zip->bytes + (capacity ? offset : 0);
    if (capacity < LOCAL_SIZE || bytes_le(local, 4) != LOCAL)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: entry %s should start at byte %llu but does not: the file is damaged",
                         zip->path, entry->shown, (unsigned long long)offset);
    uint64_t name = bytes_le(local + 26, 2), head = LOCAL_SIZE + name + bytes_le(local + 28, 2);
    if (head > capacity || name != entry->name_size ||
        memcmp(local + LOCAL_SIZE, entry->name, entry->name_size) != 0)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: the header of entry %s does not agree with the zip directory: the "
                         "file is damaged",
                         zip->path, entry->shown);
    if (entry->packed > capacity - head || entry->packed > zip->budget)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: entry %s is said to hold %llu bytes, more than the file has",
                         zip->path, entry->shown, (unsigned long long)entry->packed);
    zip->budget -= entry->packed;
    entry->data = local + head;
    return FSNN_OK;
}

static fsnn_status check_method(const zip_reader *zip, const zip_entry *entry, unsigned flags)
{
    if (flags & 1)
        return fsnn_fail(FSNN_EFORMAT, "%s: entry %s is encrypted, which cannot be read", zip->path,
                         entry->shown);
    bool possible = entry->method == 0   ? entry->size == entry->packed
                    : entry->method == 8 ? entry->size / BYTES_DEFLATE_RATIO <= entry->packed
                                         : true;
    if (!possible)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: entry %s cannot have %llu bytes unpacked from %llu: the file is "
                         "damaged",
                         zip->path, entry->shown, (unsigned long long)entry->size,
                         (unsigned long long)entry->packed);
    if (entry->method != 0 && entry->method != 8)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: entry %s is compressed by method %d; stored (0) and deflated (8) can "
                         "be read",
                         zip->path, entry->shown, entry->method);
    return FSNN_OK;
}

int zip_next(zip_reader *zip, zip_entry *entry)
{
    uint64_t capacity = zip->end - zip->cursor;
    if (!zip->left && !capacity)
        return 0;
    const uint8_t *record = zip->bytes + zip->cursor;
    if (!zip->left || capacity < CENTRAL_SIZE || bytes_le(record, 4) != CENTRAL)
        return fsnn_fail(FSNN_EFORMAT, "%s: the zip directory is damaged at byte %llu", zip->path,
                         (unsigned long long)zip->cursor);
    size_t name = bytes_le(record + 28, 2), extra = bytes_le(record + 30, 2);
    uint64_t total = CENTRAL_SIZE + name + extra + bytes_le(record + 32, 2);
    if (total > capacity)
        return fsnn_fail(FSNN_EFORMAT, "%s: the zip directory ends inside a record, at byte %llu",
                         zip->path, (unsigned long long)zip->end);
    *entry = (zip_entry){
        .name = (const char *)record + CENTRAL_SIZE,
        .name_size = name,
        .method = (int)bytes_le(record + 10, 2),
        .crc = (uint32_t)bytes_le(record + 16, 4),
        .packed = bytes_le(record + 20, 4),
        .size = bytes_le(record + 24, 4),
    };
    show(entry);
    uint64_t offset = bytes_le(record + 42, 4);
    if (!extra64(record + CENTRAL_SIZE + name, extra,
                 (uint64_t *[]){&entry->size, &entry->packed, &offset}))
        return fsnn_fail(FSNN_EFORMAT, "%s: entry %s has a damaged extra field", zip->path,
                         entry->shown);
    FSNN_TRY(check_method(zip, entry, (unsigned)bytes_le(record + 8, 2)));
    FSNN_TRY(locate(zip, entry, offset));
    zip->cursor += total;
    zip->left--;
    return 1;
}

fsnn_status zip_input_open(zip_input *in, const zip_reader *zip, const zip_entry *entry)
{
    *in = (zip_input){.zip = zip, .entry = entry};
    if (entry->method != 8)
        return FSNN_OK;
    char where[512];
    snprintf(where, sizeof where, "%s: entry %s", zip->path, entry->shown);
    return inflate_open(&in->z, INFLATE_RAW, where);
}

void zip_input_close(zip_input *in)
{
    inflate_close(in->z);
    in->z = NULL;
}

static fsnn_status damaged(const zip_input *in)
{
    return fsnn_fail(FSNN_EFORMAT, "%s: the compressed data of entry %s is damaged", in->zip->path,
                     in->entry->shown);
}

/* Up to n bytes, *got of them came. */
static inflate_state unpack_some(zip_input *in, uint8_t *out, uint64_t n, uint64_t *got)
{
    size_t taken = (size_t)(in->entry->packed - in->consumed), came = (size_t)n;
    inflate_state state = inflate_some(in->z, in->entry->data + in->consumed, &taken, out, &came);
    in->consumed += taken;
    *got = came;
    return state;
}

fsnn_status zip_input_read(zip_input *in, void *out, uint64_t n)
{
    uint8_t *to = out;
    const zip_entry *e = in->entry;
    if (n > e->size - in->produced)
        return fsnn_fail(FSNN_EFORMAT, "%s: entry %s ends before all that it promises",
                         in->zip->path, e->shown);
    if (e->method == 0)
        memcpy(to, e->data + in->produced, (size_t)n);
    for (uint64_t at = 0, got; e->method == 8 && at < n; at += got) {
        inflate_state state = unpack_some(in, to + at, n - at, &got);
        if ((state != INFLATE_GOOD && state != INFLATE_END) || (!got && at < n))
            return damaged(in);
    }
    in->produced += n;
    in->crc = inflate_crc32(in->crc, to, (size_t)n);
    return FSNN_OK;
}

fsnn_status zip_input_finish(zip_input *in)
{
    const zip_entry *e = in->entry;
    uint8_t spare; /* surplus data shows as a byte more */
    uint64_t got = 0;
    if (e->method == 8 &&
        (unpack_some(in, &spare, 1, &got) != INFLATE_END || got || in->consumed != e->packed))
        return damaged(in);
    if (in->crc == e->crc)
        return FSNN_OK;
    return fsnn_fail(FSNN_EFORMAT,
                     "%s: entry %s is damaged: its checksum is %08x, the file says %08x",
                     in->zip->path, e->shown, (unsigned)in->crc, (unsigned)e->crc);
}

/* format/torch_zip.c: the zip archives that torch.save writes since PyTorch 1.6. */
#include "format/torch_file.h"

#include "format/zip.h"

#include "base/bytes.h"

#include <string.h>

/* The content of an entry: where it lies in the file, or unpacked (*owned, to be freed). A checksum
 * of 0 is none: torch.serialization.set_crc32_options(False) leaves it out. */
static fsnn_status content(const zip_reader *zip, const zip_entry *entry, const uint8_t **bytes,
                           void **owned)
{
    *owned = NULL;
    *bytes = entry->data;
    if (entry->method == 0) {
        if (!entry->crc || inflate_crc32(0, entry->data, (size_t)entry->size) == entry->crc)
            return FSNN_OK;
        return fsnn_fail(FSNN_EFORMAT, "%s: entry %s is damaged: its checksum is another",
                         zip->path, entry->shown);
    }
    zip_input in;
    if (entry->size > SIZE_MAX - 1 || !(*owned = fsnn_alloc((size_t)entry->size + 1)))
        return FSNN_EMEMORY;
    fsnn_status status = zip_input_open(&in, zip, entry);
    if (status >= 0)
        status = zip_input_read(&in, *owned, entry->size);
    if (status >= 0)
        status = zip_input_finish(&in);
    zip_input_close(&in);
    *bytes = *owned;
    return status;
}

static fsnn_status take_pickle(torch_file *file, const zip_reader *zip, const zip_entry *entry)
{
    const uint8_t *bytes;
    void *owned;
    size_t at = 0;
    if (file->pickled.root)
        return fsnn_fail(FSNN_EFORMAT, "%s: two objects (data.pkl) are in it", file->path);
    fsnn_status status = content(zip, entry, &bytes, &owned);
    if (status >= 0)
        status = torch_unpickle(file, bytes, (size_t)entry->size, &at);
    fsnn_free(owned);
    return status;
}

static fsnn_status take_order(torch_file *file, const zip_reader *zip, const zip_entry *entry)
{
    const uint8_t *bytes;
    void *owned;
    fsnn_status status = content(zip, entry, &bytes, &owned);
    bool big = status >= 0 && entry->size == 3 && !memcmp(bytes, "big", 3),
         little = status >= 0 && entry->size == 6 && !memcmp(bytes, "little", 6);
    fsnn_free(owned);
    FSNN_TRY(status);
    file->swapped = big != BYTES_BIG_ENDIAN_HOST;
    return big || little
               ? FSNN_OK
               : fsnn_fail(FSNN_EFORMAT, "%s: its byteorder is neither \"little\" nor \"big\"",
                           file->path);
}

static fsnn_status take_numbers(torch_file *file, const zip_reader *zip, const zip_entry *entry,
                                size_t before)
{
    torch_storage storage = {
        .key = entry->name + before, .key_size = entry->name_size - before, .size = entry->size};
    fsnn_status status = content(zip, entry, &storage.bytes, &storage.owned);
    if (status >= 0)
        status = torch_add_storage(file, &storage);
    if (status < 0)
        fsnn_free(storage.owned);
    return status;
}

/* What follows the archive's name, which is all up to the first slash. */
static fsnn_status take_entry(torch_file *file, const zip_reader *zip, const zip_entry *entry)
{
    const char *slash = memchr(entry->name, '/', entry->name_size);
    size_t before = slash ? (size_t)(slash - entry->name) + 1 : 0;
    const char *rest = entry->name + before;
    size_t size = entry->name_size - before;
    if (size == 8 && !memcmp(rest, "data.pkl", 8))
        return take_pickle(file, zip, entry);
    if (size == 9 && !memcmp(rest, "byteorder", 9))
        return take_order(file, zip, entry);
    if (size > 5 && !memcmp(rest, "data/", 5))
        return take_numbers(file, zip, entry, before + 5);
    return FSNN_OK; /* version, .data/serialization_id, ... */
}

fsnn_status torch_open_zip(torch_file *file, const uint8_t *bytes, size_t size)
{
    zip_reader zip;
    zip_entry entry;
    int more;
    FSNN_TRY(zip_open(&zip, file->path, bytes, size));
    file->swapped = BYTES_BIG_ENDIAN_HOST; /* of files without a byteorder */
    while ((more = zip_next(&zip, &entry)) > 0)
        FSNN_TRY(take_entry(file, &zip, &entry));
    if (more < 0)
        return (fsnn_status)more;
    torch_settle_storages(file);
    return file->pickled.root
               ? FSNN_OK
               : fsnn_fail(FSNN_EFORMAT, "%s: has no data.pkl: it is no file of torch.save",
                           file->path);
}

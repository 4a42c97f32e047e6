/* format/torch_old.c: the files that torch.save wrote before PyTorch 1.6, and writes still with
 * _use_new_zipfile_serialization=False. */
#include "format/torch_file.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

enum { VERSION = 1001, LENGTH = 8 /* bytes before the numbers of a storage */ };

/* ---- the types of storages: their keys and types stand in the object alone ---- */

typedef struct kept {
    const pickle_value *key;
    const torch_type *type;
} kept;

typedef struct types {
    kept *item;
    int64_t count;
} types;

static int by_key(const void *a, const void *b)
{
    const pickle_value *x = ((const kept *)a)->key, *y = ((const kept *)b)->key;
    if (x->size != y->size)
        return x->size < y->size ? -1 : 1;
    return memcmp(x->text, y->text, (size_t)x->size);
}

/* Sorted by key. */
static fsnn_status list_types(const torch_file *file, const pickle_value *persistent, types *out)
{
    int64_t count = persistent ? persistent->count : 0;
    out->item = fsnn_alloc(fsnn_bytes(count + 1, sizeof *out->item));
    if (!out->item)
        return FSNN_EMEMORY;
    for (int64_t i = 0; i < count; i++, out->count++)
        FSNN_TRY(torch_storage_id(file, persistent->item[i]->item[0], &out->item[i].type,
                                  &out->item[i].key));
    qsort(out->item, (size_t)count, sizeof *out->item, by_key);
    return FSNN_OK;
}

/* ---- the numbers ---- */

static fsnn_status cut_short(const torch_file *file)
{
    return fsnn_fail(FSNN_EFORMAT, "%s: ends within its numbers: it is cut short", file->path);
}

static fsnn_status take_storage(torch_file *file, const types *t, const pickle_value *key,
                                const uint8_t *bytes, size_t size, size_t *at)
{
    const kept wanted = {.key = key}, *found = NULL;
    if (key->kind == PICKLE_TEXT)
        found = bsearch(&wanted, t->item, (size_t)t->count, sizeof wanted, by_key);
    if (!found)
        return fsnn_fail(FSNN_EFORMAT, "%s: a storage belongs to no tensor: the file is damaged",
                         file->path);
    if (size - *at < LENGTH)
        return cut_short(file);
    uint64_t count = file->swapped != BYTES_BIG_ENDIAN_HOST ? bytes_be(bytes + *at, LENGTH)
                                                            : bytes_le(bytes + *at, LENGTH);
    *at += LENGTH;
    if (count > (size - *at) / (uint64_t)found->type->bytes)
        return cut_short(file);
    const torch_storage storage = {.key = key->text,
                                   .key_size = (size_t)key->size,
                                   .bytes = bytes + *at,
                                   .size = count * (uint64_t)found->type->bytes};
    *at += (size_t)storage.size;
    return torch_add_storage(file, &storage);
}

static fsnn_status take_storages(torch_file *file, const types *t, const pickle_value *keys,
                                 const uint8_t *bytes, size_t size, size_t *at)
{
    if (keys->kind != PICKLE_LIST)
        return fsnn_fail(FSNN_EFORMAT, "%s: the list of its storages is none", file->path);
    for (int64_t i = 0; i < keys->count; i++)
        FSNN_TRY(take_storage(file, t, keys->item[i], bytes, size, at));
    torch_settle_storages(file);
    return FSNN_OK;
}

/* ---- the head ---- */

/* The number that such files begin with, of more than 64 bits, the version, and the machine. */
static fsnn_status read_head(torch_file *file, const uint8_t *bytes, size_t size, size_t *at)
{
    pickle *p = &file->pickled;
    FSNN_TRY(torch_unpickle(file, bytes, size, at));
    if (p->root->kind != PICKLE_INT || !p->root->huge)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s: is a pickle of Python, but none of torch.save; numpy.savez and "
                         "torch.save save arrays",
                         file->path);
    FSNN_TRY(torch_unpickle(file, bytes, size, at));
    if (p->root->kind != PICKLE_INT || p->root->number != VERSION)
        return fsnn_fail(FSNN_EUNSUPPORTED, "%s: is a PyTorch file of a version that is not known",
                         file->path);
    FSNN_TRY(torch_unpickle(file, bytes, size, at));
    const pickle_value *little = pickle_find(p->root, "little_endian");
    bool big = little && little->kind == PICKLE_BOOL && !little->number;
    file->swapped = big != BYTES_BIG_ENDIAN_HOST;
    return FSNN_OK;
}

fsnn_status torch_open_old(torch_file *file, const uint8_t *bytes, size_t size)
{
    size_t at = 0;
    types t = {0};
    FSNN_TRY(read_head(file, bytes, size, &at));
    FSNN_TRY(torch_unpickle(file, bytes, size, &at));
    pickle_value *object = file->pickled.root;
    FSNN_TRY(torch_unpickle(file, bytes, size, &at));
    fsnn_status status = list_types(file, file->pickled.persistent, &t);
    if (status >= 0)
        status = take_storages(file, &t, file->pickled.root, bytes, size, &at);
    fsnn_free(t.item);
    file->pickled.root = object;
    return status;
}

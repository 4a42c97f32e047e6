/* format/torch_file.c: the parts of a file of PyTorch: its pickle and its storages. */
#include "format/torch_file.h"

#include <stdlib.h>
#include <string.h>

/* What files of tensors name beside the types of numbers: functions that make tensors, and what may
 * stand beside them. PyTorch itself reads these with weights_only=True. */
static const char *const names[] = {
    "torch._utils._rebuild_tensor_v2",
    "torch._utils._rebuild_tensor",
    "torch._utils._rebuild_tensor_v3",
    "torch._utils._rebuild_parameter",
    "collections.OrderedDict",
    "collections.Counter",
    "torch.Size",
    "torch.device",
    "_codecs.encode",
    "builtins.set",
    "__builtin__.set",
    "builtins.bytearray",
};

static bool known(const char *name)
{
    for (int i = 0; i < FSNN_COUNT(names); i++)
        if (!strcmp(names[i], name))
            return true;
    return torch_type_find(name) != NULL;
}

fsnn_status torch_unpickle(torch_file *file, const uint8_t *bytes, size_t size, size_t *at)
{
    const pickle_rules rules = {file->path, known};
    return pickle_read(&file->pickled, &rules, bytes, size, at);
}

fsnn_status torch_add_storage(torch_file *file, const torch_storage *storage)
{
    FSNN_TRY(fsnn_grow(&file->storage, file->storages, &file->storage_slots, file->storages + 1,
                       sizeof *file->storage));
    file->storage[file->storages++] = *storage;
    return FSNN_OK;
}

static int by_key(const void *a, const void *b)
{
    const torch_storage *x = a, *y = b;
    if (x->key_size != y->key_size)
        return x->key_size < y->key_size ? -1 : 1;
    return memcmp(x->key, y->key, x->key_size);
}

/* Views may show a number of a storage many times, so a small file may hold huge tensors: all of
 * them together must not be larger than this many times the file, and some. */
enum { RATIO = 16, SMALL = 64 << 20 };

void torch_settle_storages(torch_file *file)
{
    uint64_t all = 0;
    for (int64_t i = 0; i < file->storages; i++)
        all += file->storage[i].size;
    file->possible = all > (UINT64_MAX - SMALL) / RATIO ? UINT64_MAX : SMALL + RATIO * all;
    if (file->storages)
        qsort(file->storage, (size_t)file->storages, sizeof *file->storage, by_key);
}

const torch_storage *torch_find_storage(const torch_file *file, const pickle_value *key)
{
    const torch_storage wanted = {.key = key->text, .key_size = (size_t)key->size};
    if (!file->storages)
        return NULL;
    return bsearch(&wanted, file->storage, (size_t)file->storages, sizeof wanted, by_key);
}

/* ('storage', type, key, device, count), and in old files None or what a view is of. */
fsnn_status torch_storage_id(const torch_file *file, const pickle_value *id,
                             const torch_type **type, const pickle_value **key)
{
    bool good = id->kind == PICKLE_TUPLE && id->count >= 5 &&
                pickle_is_text(id->item[0], "storage") && id->item[1]->kind == PICKLE_NAME &&
                id->item[2]->kind == PICKLE_TEXT;
    *type = good ? torch_type_find(id->item[1]->text) : NULL;
    if (!*type)
        return fsnn_fail(FSNN_EFORMAT, "%s: a tensor's storage is not named as PyTorch does it",
                         file->path);
    if (id->count > 5 && id->item[5]->kind != PICKLE_NONE)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s: a storage is a view of another, as PyTorch before 0.4 wrote them; "
                         "load and save it with a newer PyTorch",
                         file->path);
    *key = id->item[2];
    return FSNN_OK;
}

void torch_file_close(torch_file *file)
{
    for (int64_t i = 0; i < file->storages; i++)
        fsnn_free(file->storage[i].owned);
    fsnn_free(file->storage);
    pickle_free(&file->pickled);
}

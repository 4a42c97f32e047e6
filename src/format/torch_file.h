/* format/torch_file.h: the parts of a file of PyTorch (format/torch.h). */
#ifndef FSNN_FORMAT_TORCH_FILE_H
#define FSNN_FORMAT_TORCH_FILE_H

#include "format/pickle.h"

#include <fsnn/tensor.h>

/* A type of numbers: how the file names it, and what it becomes. */
typedef struct torch_type {
    const char *storage; /* "torch.FloatStorage" */
    const char *name;    /* "torch.float32": of a tensor in a storage without a type */
    int bytes;           /* of a number */
    const char *unread;  /* why it is not read, to stand behind "holds"; NULL: it is */
    fsnn_dtype dtype;
    float (*widen)(uint16_t bits); /* of numbers of two bytes; NULL: they stay as they are */
} torch_type;

/* By either name; NULL: there is none. */
const torch_type *torch_type_find(const char *name);

typedef struct torch_storage {
    const char *key; /* [key_size] */
    size_t key_size;
    const uint8_t *bytes; /* [size] */
    uint64_t size;
    void *owned; /* the same where they were unpacked, or NULL */
} torch_storage;

/* A file in its parts. */
typedef struct torch_file {
    const char *path;
    pickle pickled;         /* its root is the object that was saved */
    torch_storage *storage; /* [storages], by their keys */
    int64_t storages, storage_slots;
    bool swapped;                /* numbers lie in the other byte order */
    uint64_t produced, possible; /* bytes of the tensors made of it, and of all that may be */
} torch_file;

/* Either form into its parts; torch_file_close is due also after an error. `bytes` stay borrowed.
 * FSNN_EFORMAT, FSNN_EUNSUPPORTED, FSNN_EMEMORY. */
fsnn_status torch_open_zip(torch_file *file, const uint8_t *bytes, size_t size);
fsnn_status torch_open_old(torch_file *file, const uint8_t *bytes, size_t size);
void torch_file_close(torch_file *file);

fsnn_status torch_add_storage(torch_file *file, const torch_storage *storage);
/* After the last was added: sorts them by key and settles what tensors may take. */
void torch_settle_storages(torch_file *file);
/* NULL: there is none of this key. */
const torch_storage *torch_find_storage(const torch_file *file, const pickle_value *key);

/* The pickle at bytes[*at], with the names that tensors need. */
fsnn_status torch_unpickle(torch_file *file, const uint8_t *bytes, size_t size, size_t *at);
/* The type and the key of a storage, as a persistent id has them. FSNN_EFORMAT. */
fsnn_status torch_storage_id(const torch_file *file, const pickle_value *id,
                             const torch_type **type, const pickle_value **key);

/* Whether a value is a tensor, perhaps within torch.nn.Parameter. */
bool torch_is_tensor(const pickle_value *value);
/* Appends a tensor as `name`. Types that are not read are added as unread. */
fsnn_status torch_add_tensor(torch_file *file, const char *name, const pickle_value *value,
                             fsnn_arrays *list);

#endif

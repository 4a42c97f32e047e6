/* format/torch.c: which of the values of a file are the weights. A file is a state dict, or a
 * checkpoint that has one among other things, or one tensor. */
#include "format/torch.h"

#include "format/file_kind.h"
#include "format/torch_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where checkpoints have the state dict: the first that is there and holds tensors. */
static const char *const homes[] = {"state_dict", "model_state_dict", "model",  "net",
                                    "network",    "module",           "params", "weights"};

/* What wrappers of a whole model put before all of its names. */
static const char *const prefixes[] = {"module.", "_orig_mod."};

typedef struct reading {
    torch_file *file;
    const pickle_value *dict; /* of the tensors */
    const char *home;         /* its key in the checkpoint; NULL: it is the file's object */
    size_t prefix;            /* bytes that all names begin with and that are left out */
    FILE *remarks;
    fsnn_arrays *out;
} reading;

/* ---- which dict ---- */

static int64_t tensors_in(const pickle_value *value)
{
    int64_t count = 0;
    for (int64_t i = 1; value->kind == PICKLE_DICT && i < value->count; i += 2)
        count += torch_is_tensor(value->item[i]);
    return count;
}

/* The only member that holds tensors, if any does. FSNN_EUNSUPPORTED: several do. */
static fsnn_status find_only_home(reading *r, const pickle_value *root)
{
    r->dict = NULL;
    for (int64_t i = 1; root->kind == PICKLE_DICT && i < root->count; i += 2) {
        if (!tensors_in(root->item[i]) || root->item[i - 1]->kind != PICKLE_TEXT)
            continue;
        if (r->dict)
            return fsnn_fail(
                FSNN_EUNSUPPORTED,
                "%s: has several dicts of tensors, \"%.64s\" and \"%.64s\" among them: "
                "save the one that is meant alone",
                r->file->path, r->home, root->item[i - 1]->text);
        r->dict = root->item[i];
        r->home = root->item[i - 1]->text;
    }
    return FSNN_OK;
}

static fsnn_status find_dict(reading *r, const pickle_value *root)
{
    r->dict = root;
    if (tensors_in(root))
        return FSNN_OK;
    for (int i = 0; i < FSNN_COUNT(homes); i++) {
        const pickle_value *value = pickle_find(root, homes[i]);
        if (!value || !tensors_in(value))
            continue;
        r->dict = value;
        r->home = homes[i];
        return FSNN_OK;
    }
    FSNN_TRY(find_only_home(r, root));
    if (r->dict)
        return FSNN_OK;
    return fsnn_fail(FSNN_EUNSUPPORTED,
                     "%s: holds %s without a dict of tensors; torch.save(model.state_dict(), "
                     "\"w.pt\") saves one",
                     r->file->path, pickle_words(root));
}

/* ---- names ---- */

/* The name of a key, to be freed; NULL (and the error) for what is none. */
static fsnn_status name_of(const reading *r, const pickle_value *key, char **name)
{
    *name = NULL;
    if (key->kind == PICKLE_INT && !key->huge)
        *name = fsnn_format("%lld", (long long)key->number);
    else if (key->kind == PICKLE_TEXT && key->size && !memchr(key->text, 0, (size_t)key->size))
        *name = fsnn_strdup(key->text);
    else
        return fsnn_fail(FSNN_EFORMAT, "%s: a tensor's name is %s: expected a text", r->file->path,
                         key->kind == PICKLE_TEXT ? "empty, or has a 0 in it" : pickle_words(key));
    return *name ? FSNN_OK : FSNN_EMEMORY;
}

/* Whether all names begin with it, and go on. */
static bool all_begin(const reading *r, const char *prefix)
{
    size_t n = strlen(prefix);
    for (int64_t i = 0; i < r->dict->count; i += 2) {
        const pickle_value *key = r->dict->item[i];
        if (key->kind != PICKLE_TEXT || (size_t)key->size <= r->prefix + n ||
            memcmp(key->text + r->prefix, prefix, n) != 0)
            return false;
    }
    return r->dict->count > 0;
}

static void find_prefix(reading *r)
{
    for (int i = 0; i < FSNN_COUNT(prefixes); i++)
        if (all_begin(r, prefixes[i])) {
            r->prefix += strlen(prefixes[i]);
            i = -1; /* one may stand within the other */
        }
}

/* ---- what is said of it ---- */

static void remark_home(const reading *r, const pickle_value *root)
{
    const char *between = "; beside it, and left out: ";
    fprintf(r->remarks, "its dict \"%s\" is read", r->home);
    for (int64_t i = 0; i < root->count; i += 2) {
        if (root->item[i]->kind != PICKLE_TEXT || !strcmp(root->item[i]->text, r->home))
            continue;
        fprintf(r->remarks, "%s%s", between, root->item[i]->text);
        between = ", ";
    }
}

static fsnn_status remark(reading *r, const pickle_value *root)
{
    char *text = NULL;
    size_t size = 0;
    if (!r->home && !r->prefix)
        return FSNN_OK;
    if (!(r->remarks = open_memstream(&text, &size)))
        return fsnn_fail(FSNN_EMEMORY, "out of memory");
    if (r->home)
        remark_home(r, root);
    if (r->prefix)
        fprintf(r->remarks, "%sits names are without their \"%.*s\"", r->home ? "; " : "",
                (int)r->prefix, r->dict->item[0]->text);
    bool failed = ferror(r->remarks);
    failed = fclose(r->remarks) != 0 || failed;
    fsnn_status status = failed ? fsnn_fail(FSNN_EMEMORY, "out of memory")
                                : fsnn_arrays_meta(r->out, torch_remark_key, text);
    free(text);
    return status;
}

/* ---- reading ---- */

static fsnn_status add_value(reading *r, const char *name, const pickle_value *value)
{
    if (torch_is_tensor(value))
        return torch_add_tensor(r->file, name, value, r->out);
    char *why = fsnn_format("is %s, not a tensor", pickle_words(value));
    fsnn_status status = why ? fsnn_arrays_add_unread(r->out, name, why) : FSNN_EMEMORY;
    fsnn_free(why);
    return status;
}

static fsnn_status read_dict(reading *r)
{
    for (int64_t i = 0; i + 1 < r->dict->count; i += 2) {
        char *name;
        FSNN_TRY(name_of(r, r->dict->item[i], &name));
        fsnn_status status = add_value(r, name + r->prefix, r->dict->item[i + 1]);
        fsnn_free(name);
        FSNN_TRY(status);
    }
    return FSNN_OK;
}

static fsnn_status read_root(torch_file *file, fsnn_arrays *out)
{
    reading r = {.file = file, .out = out};
    const pickle_value *root = file->pickled.root;
    if (torch_is_tensor(root))
        return torch_add_tensor(file, "x", root, out);
    FSNN_TRY(find_dict(&r, root));
    find_prefix(&r);
    FSNN_TRY(remark(&r, root));
    return read_dict(&r);
}

const char torch_remark_key[] = "PyTorch";

fsnn_status torch_parse(const char *path, const uint8_t *bytes, size_t size, fsnn_arrays *out)
{
    torch_file file = {.path = path};
    fsnn_arrays list = {0};
    if (!file_kind_is_torch(file_kind_find(bytes, size)))
        return file_kind_fail(path, bytes, size, "a file of torch.save");
    fsnn_status status =
        *bytes == 'P' ? torch_open_zip(&file, bytes, size) : torch_open_old(&file, bytes, size);
    if (status >= 0)
        status = read_root(&file, &list);
    torch_file_close(&file);
    if (status < 0) {
        fsnn_arrays_free(&list);
        return status;
    }
    fsnn_arrays_free(out);
    *out = list;
    return FSNN_OK;
}

fsnn_status fsnn_torch_read(const char *path, fsnn_arrays *out)
{
    uint8_t *bytes;
    size_t size;
    FSNN_NEED(path);
    FSNN_NEED(out);
    FSNN_TRY(fsnn_file_read(path, &bytes, &size));
    fsnn_status status = torch_parse(path, bytes, size, out);
    fsnn_free(bytes);
    return status;
}

bool fsnn_torch_known(const char *path)
{
    return path && file_kind_is_torch(file_kind_at(path));
}

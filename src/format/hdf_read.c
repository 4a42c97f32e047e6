/* format/hdf_read.c: the parent's side of reading an HDF5 file: what the child sends (hdf_send.c)
 * becomes a tree. None of it is trusted: sizes are compared with those of the file, items with
 * those before them. */
#include "format/hdf_tree.h"

#include "base/port_files.h"

#include <string.h>

typedef struct job {
    hdf_request request;
    hdf_tree *tree;
    int64_t left; /* bytes of values that the file may still have */
} job;

enum { MEMORY_MOST = 1 << 30 };

struct hdf_patience hdf_patience = {.busy = 20, .silence = 120};

static fsnn_status cannot_be(const job *j, const char *what)
{
    return fsnn_fail(FSNN_EFORMAT, "%s: %s: the file is damaged", j->request.path, what);
}

/* The number of values, or -1. */
static int64_t values_of(const job *j, const hdf_record *r)
{
    int64_t count = 1;
    for (int d = 0; d < r->rank; d++) {
        if (r->dim[d] < 0 || (r->dim[d] && count > j->left / 8 / r->dim[d]))
            return -1;
        count *= r->dim[d];
    }
    return count <= j->left / 8 ? count : -1;
}

static fsnn_status receive_text(guard *g, job *j, char **text)
{
    int64_t length;
    FSNN_TRY(guard_get(g, &length, sizeof length));
    if (length < 0 || length > HDF_TEXT || length > j->left)
        return cannot_be(j, "a text is longer than the file");
    j->left -= length;
    *text = fsnn_alloc((size_t)length + 1);
    return *text ? guard_get(g, *text, (size_t)length) : FSNN_EMEMORY;
}

static fsnn_status receive_values(guard *g, job *j, const hdf_record *r, const char *name)
{
    hdf_tree *tree = j->tree;
    int64_t count = r->kind == HDF_GROUP || r->kind == HDF_OTHER ? 0 : values_of(j, r);
    if (count < 0)
        return cannot_be(j, "a data set is larger than the file");
    j->left -= count * 8;
    int at;
    if (r->kind == HDF_REAL)
        at = hdf_add_reals(tree, r->parent, name, r->rank, r->dim, NULL, r->single);
    else if (r->kind == HDF_WHOLE)
        at = hdf_add_wholes(tree, r->parent, name, r->rank, r->dim, NULL);
    else if (r->kind == HDF_WORDS)
        at = hdf_add_texts(tree, r->parent, name, r->rank, r->dim, NULL);
    else
        at = hdf_add_group(tree, r->parent, name);
    if (at < 0)
        return (fsnn_status)at;
    hdf_item *item = &tree->item[at];
    item->kind = (hdf_kind)r->kind;
    if (item->real || item->whole)
        return guard_get(g, item->real ? (void *)item->real : item->whole, (size_t)count * 8);
    for (int64_t i = 0; i < count; i++)
        FSNN_TRY(receive_text(g, j, &item->text[i]));
    return FSNN_OK;
}

static fsnn_status receive_item(guard *g, job *j, const hdf_record *r)
{
    const hdf_tree *tree = j->tree;
    if (r->parent < 0 || r->parent >= tree->count || tree->item[r->parent].kind != HDF_GROUP ||
        r->kind < 0 || r->kind >= HDF_KINDS || r->rank < 0 || r->rank > HDF_RANK ||
        tree->count >= HDF_ITEMS || r->name < 1 || r->name > 4096)
        return cannot_be(j, "its items do not fit together");
    char name[4097];
    FSNN_TRY(guard_get(g, name, (size_t)r->name));
    name[r->name] = '\0';
    return receive_values(g, j, r, name);
}

static fsnn_status receive(guard *g, void *user)
{
    job *j = user;
    for (;;) {
        hdf_record r;
        FSNN_TRY(guard_get(g, &r, sizeof r));
        if (r.parent == HDF_END)
            return FSNN_OK;
        FSNN_TRY(receive_item(g, j, &r));
    }
}

static fsnn_status send(guard *g, void *user)
{
    return hdf_send(g, &((job *)user)->request);
}

fsnn_status hdf_tree_read(const char *path, const char *expected, hdf_tree *tree)
{
    job j = {.request = {path, expected}, .tree = tree};
    port_about about;
    FSNN_TRY(fsnn_file_look(path));
    j.left = port_look(path, &about) ? about.size : 0;
    j.left = j.left < INT64_MAX / (2 * HDF_PACKED) ? j.left * 2 * HDF_PACKED : INT64_MAX / 2;
    j.left += HDF_UNWRITTEN;
    FSNN_TRY(hdf_tree_begin(tree));
    fsnn_status status = guard_run(&(guard_work){.subject = path,
                                                 .worker = "the HDF5 library",
                                                 .send = send,
                                                 .receive = receive,
                                                 .user = &j,
                                                 .memory = 2 * (size_t)MEMORY_MOST,
                                                 .busy = hdf_patience.busy,
                                                 .silence = hdf_patience.silence});
    if (status < 0)
        hdf_tree_free(tree);
    return status;
}

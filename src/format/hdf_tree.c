/* format/hdf_tree.c: a tree of HDF5 items in memory. */
#include "format/hdf_tree.h"

#include <math.h>
#include <string.h>

int64_t hdf_count(const hdf_item *item)
{
    if (item->kind == HDF_GROUP || item->kind == HDF_OTHER)
        return 0;
    int64_t count = 1;
    for (int d = 0; d < item->rank; d++)
        count *= item->dim[d];
    return count;
}

static int add(hdf_tree *tree, int group, const char *name, hdf_kind kind)
{
    fsnn_status status =
        fsnn_grow(&tree->item, tree->count, &tree->capacity, tree->count + 1, sizeof *tree->item);
    if (status < 0)
        return status;
    char *copy = fsnn_strdup(name);
    if (!copy)
        return FSNN_EMEMORY;
    tree->item[tree->count] = (hdf_item){.name = copy, .parent = group, .kind = kind};
    return tree->count++;
}

fsnn_status hdf_tree_begin(hdf_tree *tree)
{
    *tree = (hdf_tree){0};
    int root = add(tree, -1, "", HDF_GROUP);
    return root < 0 ? (fsnn_status)root : FSNN_OK;
}

static void free_item(hdf_item *item)
{
    for (int64_t i = 0; item->text && i < hdf_count(item); i++)
        fsnn_free(item->text[i]);
    fsnn_free(item->text);
    fsnn_free(item->real);
    fsnn_free(item->whole);
    fsnn_free(item->name);
}

void hdf_tree_free(hdf_tree *tree)
{
    for (int i = 0; i < tree->count; i++)
        free_item(&tree->item[i]);
    fsnn_free(tree->item);
    *tree = (hdf_tree){0};
}

int hdf_next(const hdf_tree *tree, int group, int after)
{
    for (int i = after + 1; i < tree->count; i++)
        if (tree->item[i].parent == group)
            return i;
    return -1;
}

int hdf_find(const hdf_tree *tree, int group, const char *name)
{
    for (int i = hdf_next(tree, group, group); i >= 0; i = hdf_next(tree, group, i))
        if (!strcmp(tree->item[i].name, name))
            return i;
    return -1;
}

int hdf_add_group(hdf_tree *tree, int group, const char *name)
{
    return add(tree, group, name, HDF_GROUP);
}

/* A data set with memory for its values; never of no bytes, so that NULL is out of memory. */
static int add_values(hdf_tree *tree, int group, const char *name, hdf_kind kind, int rank,
                      const int64_t *dim)
{
    int at = add(tree, group, name, kind);
    if (at < 0)
        return at;
    hdf_item *item = &tree->item[at];
    item->rank = rank;
    for (int d = 0; d < rank; d++)
        item->dim[d] = dim[d];
    void *values = fsnn_alloc((size_t)hdf_count(item) * 8 + 1);
    if (kind == HDF_REAL)
        item->real = values;
    else if (kind == HDF_WHOLE)
        item->whole = values;
    else
        item->text = values;
    return values ? at : FSNN_EMEMORY;
}

int hdf_add_reals(hdf_tree *tree, int group, const char *name, int rank, const int64_t *dim,
                  const double *value, bool single)
{
    int at = add_values(tree, group, name, HDF_REAL, rank, dim);
    if (at < 0)
        return at;
    hdf_item *item = &tree->item[at];
    item->single = single;
    if (value)
        memcpy(item->real, value, (size_t)hdf_count(item) * sizeof *value);
    return at;
}

fsnn_status hdf_make_whole(hdf_item *item)
{
    const double most = 9007199254740992; /* 2^53: beyond, doubles skip whole numbers */
    const int64_t count = hdf_count(item);
    for (int64_t i = 0; item->real && i < count; i++)
        if (!(fabs(item->real[i]) <= most && floor(item->real[i]) == item->real[i]))
            return FSNN_OK;
    int64_t *whole = item->real ? fsnn_alloc(fsnn_bytes(count + 1, sizeof *whole)) : NULL;
    if (!item->real || !whole)
        return item->real ? FSNN_EMEMORY : FSNN_OK;
    for (int64_t i = 0; i < count; i++)
        whole[i] = (int64_t)item->real[i];
    fsnn_free(item->real);
    item->real = NULL;
    item->whole = whole;
    item->kind = HDF_WHOLE;
    return FSNN_OK;
}

int hdf_add_wholes(hdf_tree *tree, int group, const char *name, int rank, const int64_t *dim,
                   const int64_t *value)
{
    int at = add_values(tree, group, name, HDF_WHOLE, rank, dim);
    if (at >= 0 && value)
        memcpy(tree->item[at].whole, value, (size_t)hdf_count(&tree->item[at]) * sizeof *value);
    return at;
}

int hdf_add_texts(hdf_tree *tree, int group, const char *name, int rank, const int64_t *dim,
                  const char *const *value)
{
    int at = add_values(tree, group, name, HDF_WORDS, rank, dim);
    for (int64_t i = 0; at >= 0 && value && i < hdf_count(&tree->item[at]); i++) {
        tree->item[at].text[i] = fsnn_strdup(value[i]);
        if (!tree->item[at].text[i])
            return FSNN_EMEMORY;
    }
    return at;
}

int hdf_add_text(hdf_tree *tree, int group, const char *name, const char *value)
{
    return hdf_add_texts(tree, group, name, 0, NULL, &value);
}

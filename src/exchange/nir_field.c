/* exchange/nir_field.c: the values of a node's fields, as the tree of the file has them. */
#include "exchange/nir.h"

#include <string.h>

const hdf_item *nir_item(const fsnn_nir *nir, int node, const char *field)
{
    int at = hdf_find(&nir->tree, nir->node[node].group, field);
    return at < 0 ? NULL : &nir->tree.item[at];
}

static double absent(const nir_type *type, const char *field)
{
    for (int i = 0; type->field[i].name; i++)
        if (!strcmp(type->field[i].name, field))
            return type->field[i].absent;
    return 0;
}

double nir_value(const fsnn_nir *nir, int node, const char *field, int64_t i)
{
    const hdf_item *item = nir_item(nir, node, field);
    if (!item)
        return absent(nir->node[node].type, field);
    int64_t at = hdf_count(item) == 1 ? 0 : i;
    return item->real ? item->real[at] : (double)item->whole[at];
}

bool nir_uniform(const fsnn_nir *nir, int node, const char *field)
{
    const hdf_item *item = nir_item(nir, node, field);
    for (int64_t i = 1; item && i < hdf_count(item); i++)
        if (nir_value(nir, node, field, i) != nir_value(nir, node, field, 0))
            return false;
    return true;
}

int64_t nir_size(const fsnn_nir *nir, int node, const char *field, int i, int64_t otherwise)
{
    const hdf_item *item = nir_item(nir, node, field);
    if (!item || !item->whole)
        return otherwise;
    int64_t count = hdf_count(item);
    return count == 1 ? item->whole[0] : i < count ? item->whole[i] : otherwise;
}

fsnn_shape nir_shape_of(const hdf_item *item)
{
    fsnn_shape shape = {.rank = item->rank};
    for (int d = 0; d < item->rank; d++)
        shape.dim[d] = item->dim[d];
    return shape;
}

fsnn_shape nir_shape_field(const fsnn_nir *nir, int node, const char *field)
{
    const hdf_item *item = nir_item(nir, node, field);
    fsnn_shape shape = {.rank = -1};
    if (!item || !item->whole || hdf_count(item) > FSNN_MAX_RANK)
        return shape;
    for (int64_t i = 0; i < hdf_count(item); i++)
        if (item->whole[i] < 1)
            return shape;
    shape.rank = (int)hdf_count(item);
    for (int i = 0; i < shape.rank; i++)
        shape.dim[i] = item->whole[i];
    return shape;
}

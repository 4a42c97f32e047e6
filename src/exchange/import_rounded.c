/* exchange/import_rounded.c: numbers of a file that single precision does not hold. */
#include "exchange/import.h"

/* Of the numbers of a field: how many are of double precision, and how many are not the same in
 * single. */
static void count_field(const hdf_item *item, int64_t *wide, int64_t *rounded)
{
    for (int64_t i = 0; item && item->real && !item->single && i < hdf_count(item); i++) {
        ++*wide;
        *rounded += (double)(float)item->real[i] != item->real[i];
    }
}

fsnn_status import_remark_rounded(importer *im)
{
    int64_t wide = 0, rounded = 0;
    if (im->options.precision == FSNN_PRECISION_DOUBLE)
        return FSNN_OK;
    for (int i = 0; i < im->nir->nodes; i++)
        for (const nir_field *f = im->nir->node[i].type->field; f->name; f++)
            count_field(nir_item(im->nir, i, f->name), &wide, &rounded);
    if (!rounded)
        return FSNN_OK;
    return texts_add(&im->nir->remark,
                     "%lld of its %lld numbers in double precision are rounded, as the network "
                     "computes in single; precision double keeps them",
                     (long long)rounded, (long long)wide);
}

/* exchange/import_metadata.c: what the metadata of neurons say beside the graph. Where fsnn wrote
 * the file and nobody changed it they count (restore.c); here they are told, as nothing of a file
 * may be dropped in silence. */
#include "exchange/import.h"

#include <string.h>

static const hdf_item *metadata_item(const fsnn_nir *nir, int node, const char *name)
{
    int group = hdf_find(&nir->tree, nir->node[node].group, "metadata"),
        at = group < 0 ? -1 : hdf_find(&nir->tree, group, name);
    return at < 0 ? NULL : &nir->tree.item[at];
}

static const char *text_of(const hdf_item *item)
{
    return item && item->text && hdf_count(item) == 1 ? item->text[0] : NULL;
}

static bool is_fractional(const hdf_item *alpha)
{
    return alpha && alpha->real && hdf_count(alpha) > 0 &&
           (hdf_count(alpha) > 1 || alpha->real[0] != 1);
}

static fsnn_status remark(importer *im, int node)
{
    fsnn_nir *nir = im->nir;
    const nir_node *n = &nir->node[node];
    const hdf_item *alpha = metadata_item(nir, node, "frac_alpha");
    const char *reset = text_of(metadata_item(nir, node, "reset")),
               *taken = im->options.reset == FSNN_RESET_VALUE ? "value" : "subtract";
    if (is_fractional(alpha))
        FSNN_TRY(texts_add(&nir->remark,
                           "%s \"%s\": its metadata give %s %g; the graph alone counts, a neuron "
                           "of order 1",
                           n->type->name, n->path,
                           hdf_count(alpha) > 1 ? "several orders, the first" : "the order",
                           alpha->real[0]));
    if (!n->type->spikes || !reset || !strcmp(reset, taken))
        return FSNN_OK;
    return texts_add(&nir->remark, "%s \"%s\": its metadata say reset %.40s; reset %s is taken",
                     n->type->name, n->path, reset, taken);
}

fsnn_status import_remark_metadata(importer *im)
{
    for (int i = 0; i < im->nir->nodes; i++)
        FSNN_TRY(remark(im, i));
    return FSNN_OK;
}

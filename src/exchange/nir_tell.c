/* exchange/nir_tell.c: a node's parameters in words. */
#include "exchange/nir.h"

#include <string.h>

static void tell_shape(text *t, const hdf_item *item)
{
    char a[160];
    const fsnn_shape shape = nir_shape_of(item);
    text_add(t, "%s", fsnn_shape_text(&shape, a, sizeof a));
}

static void tell_sizes(text *t, const hdf_item *item)
{
    for (int64_t i = 0; i < hdf_count(item); i++)
        text_add(t, "%s%lld", i ? "x" : "", (long long)item->whole[i]);
}

/* "0.0025", or the range "0.001 ... 0.004". */
static void tell_values(text *t, const fsnn_nir *nir, int node, const char *field)
{
    const hdf_item *item = nir_item(nir, node, field);
    double low = nir_value(nir, node, field, 0), high = low;
    for (int64_t i = 1; i < hdf_count(item); i++) {
        double x = nir_value(nir, node, field, i);
        low = x < low ? x : low;
        high = x > high ? x : high;
    }
    text_add(t, low == high ? "%.6g" : "%.6g ... %.6g", low, high);
}

static void tell_field(text *t, const fsnn_nir *nir, int node, const nir_field *f)
{
    const hdf_item *item = nir_item(nir, node, f->name);
    if (!item || !strcmp(f->name, "shape") || !strcmp(f->name, "input_type") ||
        !strcmp(f->name, "input_shape"))
        return;
    text_add(t, "%s%s ", t->length ? ", " : "", f->name);
    if (item->text)
        text_add(t, "%s", item->text[0]);
    else if (f->form == NIR_NUMBERS)
        tell_shape(t, item);
    else if (f->form == NIR_NEURON)
        tell_values(t, nir, node, f->name);
    else
        tell_sizes(t, item);
}

fsnn_status nir_tell(fsnn_nir *nir)
{
    for (int node = 0; node < nir->nodes; node++) {
        text t = {0};
        text_add(&t, "%s", "");
        for (const nir_field *f = nir->node[node].type->field; f->name; f++)
            tell_field(&t, nir, node, f);
        if (t.failed) {
            text_free(&t);
            return FSNN_EMEMORY;
        }
        nir->node[node].text = t.bytes;
    }
    return FSNN_OK;
}

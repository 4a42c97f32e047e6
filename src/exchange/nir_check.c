/* exchange/nir_check.c: whether nodes have what their types need: fields that are there, numbers
 * that are finite, parameters of a neuron that are as many as the others. */
#include "exchange/nir.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NEURONS_MOST = INT32_MAX };

const char *nir_at(const fsnn_nir *nir, int node)
{
    static _Thread_local char text[512];
    snprintf(text, sizeof text, "%s: %s \"%s\"", nir->file, nir->node[node].type->name,
             nir->node[node].path);
    return text;
}

static fsnn_status check_numbers(const fsnn_nir *nir, int node, const nir_field *f,
                                 const hdf_item *item)
{
    if (!item->real && !item->whole)
        return fsnn_fail(FSNN_EFORMAT, "%s: %s holds no numbers", nir_at(nir, node), f->name);
    const int64_t count = hdf_count(item);
    if (count < 1 || count > NEURONS_MOST)
        return fsnn_fail(FSNN_EFORMAT, "%s: %s has %lld values", nir_at(nir, node), f->name,
                         (long long)count);
    for (int64_t i = 0; item->real && i < count; i++)
        if (!isfinite(item->real[i]))
            return fsnn_fail(FSNN_ENUMERIC, "%s: %s[%lld] is %g", nir_at(nir, node), f->name,
                             (long long)i, item->real[i]);
    for (int64_t i = 0; f->time && i < count; i++) {
        double x = nir_value(nir, node, f->name, i);
        if (!(x > 0 || (x == 0 && nir->node[node].type->kind == NIR_DELAY)))
            return fsnn_fail(FSNN_EFORMAT, "%s: %s[%lld] is %g: times are positive",
                             nir_at(nir, node), f->name, (long long)i, x);
    }
    return FSNN_OK;
}

static fsnn_status check_form(const fsnn_nir *nir, int node, const nir_field *f,
                              const hdf_item *item)
{
    switch (f->form) {
    case NIR_NUMBERS:
    case NIR_NEURON:
        return check_numbers(nir, node, f, item);
    case NIR_PADDING:
        if (item->text && hdf_count(item) == 1 &&
            (!strcmp(item->text[0], "same") || !strcmp(item->text[0], "valid")))
            return FSNN_OK;
        /* fall through */
    case NIR_SIZES:
        return item->whole && hdf_count(item) <= FSNN_MAX_RANK
                   ? FSNN_OK
                   : fsnn_fail(FSNN_EFORMAT, "%s: %s is no list of whole numbers%s",
                               nir_at(nir, node), f->name,
                               f->form == NIR_PADDING ? ", \"same\" or \"valid\"" : "");
    default:
        return FSNN_OK;
    }
}

/* All parameters of a neuron are of one shape, or one value for all. */
static fsnn_status check_alike(const fsnn_nir *nir, int node)
{
    const nir_type *type = nir->node[node].type;
    const char *first = NULL;
    int64_t count = 1;
    for (const nir_field *f = type->field; f->name; f++) {
        const hdf_item *item = f->form == NIR_NEURON ? nir_item(nir, node, f->name) : NULL;
        if (!item || hdf_count(item) == 1)
            continue;
        if (first && hdf_count(item) != count)
            return fsnn_fail(FSNN_ESHAPE, "%s: %s has %lld values and %s %lld", nir_at(nir, node),
                             first, (long long)count, f->name, (long long)hdf_count(item));
        first = f->name;
        count = hdf_count(item);
    }
    return FSNN_OK;
}

static bool is_field(const nir_type *type, const char *name)
{
    for (const nir_field *f = type->field; f->name; f++)
        if (!strcmp(f->name, name))
            return true;
    return !strcmp(name, "type") || !strcmp(name, "metadata") || !strcmp(name, "nodes") ||
           !strcmp(name, "edges");
}

/* What the type does not have is not read; other readers refuse it. */
static fsnn_status remark_others(fsnn_nir *nir, int node)
{
    const nir_node *n = &nir->node[node];
    const hdf_tree *tree = &nir->tree;
    for (int i = hdf_next(tree, n->group, n->group); i >= 0; i = hdf_next(tree, n->group, i))
        if (!is_field(n->type, tree->item[i].name))
            FSNN_TRY(texts_add(&nir->remark,
                               "%s \"%s\" has \"%.64s\", which NIR does not give it: "
                               "it is not read",
                               n->type->name, n->path, tree->item[i].name));
    return FSNN_OK;
}

/* Sizes that are stored as real numbers become whole ones, where they are. */
static fsnn_status settle_sizes(fsnn_nir *nir, int node, const nir_field *f)
{
    int at = hdf_find(&nir->tree, nir->node[node].group, f->name);
    bool sizes = f->form == NIR_SIZES || f->form == NIR_PADDING;
    return sizes && at >= 0 ? hdf_make_whole(&nir->tree.item[at]) : FSNN_OK;
}

static fsnn_status check_node(fsnn_nir *nir, int node)
{
    const nir_type *type = nir->node[node].type;
    FSNN_TRY(remark_others(nir, node));
    for (const nir_field *f = type->field; f->name; f++) {
        FSNN_TRY(settle_sizes(nir, node, f));
        const hdf_item *item = nir_item(nir, node, f->name);
        if (!item && !f->optional)
            return fsnn_fail(FSNN_EFORMAT, "%s has no %s", nir_at(nir, node), f->name);
        if (item)
            FSNN_TRY(check_form(nir, node, f, item));
    }
    return check_alike(nir, node);
}

fsnn_status nir_check_fields(fsnn_nir *nir)
{
    for (int i = 0; i < nir->nodes; i++)
        FSNN_TRY(check_node(nir, i));
    return FSNN_OK;
}

/* exchange/restore.c: a file that fsnn wrote, back as what it was made from. The description in its
 * metadata makes the network, the arrays of the file are its parameters, and what an export of that
 * network would write is compared with what is there: where another program changed the file, the
 * metadata do not say what it holds any more. */
#include "exchange/import.h"

#include <stdlib.h>
#include <string.h>

#include "base/error_key.h"

static const hdf_item *child(const hdf_tree *tree, int group, const char *name)
{
    int at = group < 0 ? -1 : hdf_find(tree, group, name);
    return at < 0 ? NULL : &tree->item[at];
}

static int root_of(const hdf_tree *tree)
{
    return hdf_find(tree, 0, "node");
}

static int metadata_of(const hdf_tree *tree)
{
    int root = root_of(tree);
    return root < 0 ? -1 : hdf_find(tree, root, "metadata");
}

/* The description in the metadata, or NULL. */
static const char *description_of(const fsnn_nir *nir)
{
    int metadata = metadata_of(&nir->tree);
    const hdf_item *text = child(&nir->tree, metadata, "description"),
                   *ours = child(&nir->tree, metadata, "fsnn");
    return ours && text && text->text && hdf_count(text) == 1 ? text->text[0] : NULL;
}

bool fsnn_nir_is_ours(const fsnn_nir *nir)
{
    return nir && description_of(nir) != NULL;
}

/* Layers whose options name files, which nobody expects to be opened here; none is exported. */
static bool names_files(const char *text)
{
    static const char *const kinds[] = {"graph:", "gcn:",    "- graph",
                                        "- gcn",  "\"gcn\"", "\"graph\""};
    for (int i = 0; i < FSNN_COUNT(kinds); i++)
        if (strstr(text, kinds[i]))
            return true;
    return false;
}

/* ---- the network ---- */

/* The array of a parameter: in the metadata by its name, or a field of its node. */
static const hdf_item *array_of(const fsnn_nir *nir, const char *param)
{
    const hdf_tree *tree = &nir->tree;
    int metadata = metadata_of(tree), parameters = hdf_find(tree, metadata, "parameters");
    const hdf_item *item = child(tree, parameters, param);
    const char *dot = strrchr(param, '.');
    if (item || !dot)
        return item;
    /* a node called "output" is "output_" in the file */
    bool output = !strncmp(param, "output.", sizeof "output." - 1);
    char *node = fsnn_format("%.*s%s", (int)(dot - param), param, output ? "_" : "");
    int nodes = hdf_find(tree, root_of(tree), "nodes"),
        group = node && nodes >= 0 ? hdf_find(tree, nodes, node) : -1;
    fsnn_free(node);
    return child(tree, group, dot + 1);
}

static bool set_param(const fsnn_nir *nir, const fsnn_param *param)
{
    const hdf_item *item = array_of(nir, param->name);
    const int64_t count = fsnn_shape_count(&param->shape);
    if (!item || !item->real || hdf_count(item) != count)
        return false;
    for (int64_t i = 0; i < count; i++) {
        if (param->value64)
            param->value64[i] = item->real[i];
        else
            param->value[i] = (float)item->real[i];
    }
    return true;
}

static bool build(const fsnn_nir *nir, const fsnn_description *description, fsnn_net **net)
{
    const fsnn_plan plan = {.steps = 1, .batch = 1, .seed = 1};
    if (fsnn_description_net(description, net) < 0 ||
        fsnn_net_wrap(*net, fsnn_description_dynamics(description), &plan) < 0)
        return false;
    for (int i = 0; i < fsnn_net_param_count(*net); i++)
        if (!set_param(nir, fsnn_net_param(*net, i)))
            return false;
    return fsnn_net_params_changed(*net) >= 0;
}

/* ---- the comparison ---- */

static bool same_values(const hdf_item *a, const hdf_item *b)
{
    if (a->kind != b->kind || a->rank != b->rank)
        return false;
    for (int d = 0; d < a->rank; d++)
        if (a->dim[d] != b->dim[d])
            return false;
    for (int64_t i = 0; i < hdf_count(a); i++)
        if ((a->real && memcmp(&a->real[i], &b->real[i], sizeof(double)) != 0) ||
            (a->whole && a->whole[i] != b->whole[i]) ||
            (a->text && strcmp(a->text[i], b->text[i]) != 0))
            return false;
    return true;
}

static int children(const hdf_tree *tree, int group)
{
    int count = 0;
    for (int i = hdf_next(tree, group, group); i >= 0; i = hdf_next(tree, group, i))
        count++;
    return count;
}

static bool same_groups(const hdf_tree *a, int in_a, const hdf_tree *b, int in_b)
{
    if (children(a, in_a) != children(b, in_b))
        return false;
    for (int i = hdf_next(a, in_a, in_a); i >= 0; i = hdf_next(a, in_a, i)) {
        int k = hdf_find(b, in_b, a->item[i].name);
        if (k < 0 || a->item[i].kind != b->item[k].kind)
            return false;
        bool same = a->item[i].kind == HDF_GROUP ? same_groups(a, i, b, k)
                                                 : same_values(&a->item[i], &b->item[k]);
        if (!same)
            return false;
    }
    return true;
}

static bool has_edge(const fsnn_nir *nir, const char *from, const char *to)
{
    for (int i = 0; i < nir->edges; i++)
        if (!strcmp(nir->node[nir->edge[i].from].path, from) &&
            !strcmp(nir->node[nir->edge[i].to].path, to))
            return true;
    return false;
}

/* Nodes with their values, and edges, both in any order. */
static bool same_graphs(const fsnn_nir *a, const fsnn_nir *b)
{
    if (a->nodes != b->nodes || a->edges != b->edges)
        return false;
    for (int i = 0; i < a->edges; i++)
        if (!has_edge(b, a->node[a->edge[i].from].path, a->node[a->edge[i].to].path))
            return false;
    int in_a = hdf_find(&a->tree, root_of(&a->tree), "nodes"),
        in_b = hdf_find(&b->tree, root_of(&b->tree), "nodes");
    return in_a >= 0 && in_b >= 0 && same_groups(&a->tree, in_a, &b->tree, in_b);
}

/* What an export of the network would be, read like a file: with its items sorted by name. */
static bool unchanged(const fsnn_nir *nir, const fsnn_description *description, const fsnn_net *net)
{
    const hdf_item *dt = child(&nir->tree, metadata_of(&nir->tree), "dt"),
                   *expand = child(&nir->tree, metadata_of(&nir->tree), "expand");
    fsnn_nir_export_options o = fsnn_nir_export_options_default();
    fsnn_nir *again = NULL;
    o.dt = dt && dt->real && hdf_count(dt) == 1 ? dt->real[0] : 0;
    o.expand = expand && expand->real && hdf_count(expand) == 1 ? expand->real[0] : 0;
    if (fsnn_nir_export(description, net, &o, &again) < 0)
        return false;
    bool same = same_graphs(nir, again);
    fsnn_nir_destroy(again);
    return same;
}

/* Versions before this one wrote YAML, which not every build reads; a later one may have keys that
 * this one does not know. */
static fsnn_status remark_unread(fsnn_nir *nir)
{
    return texts_add(&nir->remark,
                     "fsnn wrote the file, but the description in its metadata cannot be read here "
                     "and is not used: %s",
                     fsnn_error_text());
}

fsnn_status import_restore(fsnn_nir *nir, char **text, fsnn_net **net, bool *done)
{
    const char *ours = description_of(nir);
    fsnn_description *description = NULL;
    *done = false;
    if (!ours)
        return FSNN_OK;
    bool files = names_files(ours);
    if (!files && fsnn_description_parse(nir->file, ours, NULL, 0, &description) < 0)
        return remark_unread(nir);
    bool good = !files && build(nir, description, net) && unchanged(nir, description, *net);
    fsnn_status status = good ? fsnn_description_text(description, text) : FSNN_OK;
    fsnn_description_destroy(description);
    *done = good && !status;
    if (*done)
        return FSNN_OK;
    fsnn_net_destroy(*net);
    *net = NULL;
    return good ? status
                : texts_add(&nir->remark, "fsnn wrote the file and another program changed it: the "
                                          "description in its metadata is not that of the graph "
                                          "any more, and is not used");
}

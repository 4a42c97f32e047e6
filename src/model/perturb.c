/* model/perturb.c: which disturbances make sense for a description, and its graph disturbed. */
#include "model/data_kinds.h"

#include <string.h>

bool layer_follows_edges(const layer *l)
{
    return strcmp(l->op->kind, "graph") == 0 || strcmp(l->op->kind, "gcn") == 0;
}

static bool data_of_graph(const fsnn_description *d)
{
    return data_graph_path(d) != NULL;
}

static bool any_edges(const fsnn_description *d)
{
    for (int i = 0; i < d->layers; i++)
        if (layer_follows_edges(&d->layer[i]))
            return true;
    return data_of_graph(d);
}

static fsnn_status check(const fsnn_description *d, const fsnn_perturbation *p)
{
    const char *name = fsnn_perturb_name(p->kind);
    FSNN_TRY(fsnn_perturb_check(p));
    if (p->kind == FSNN_PERTURB_FEATURE_MASK && !data_of_graph(d))
        return fsnn_fail(FSNN_EARGUMENT,
                         "%s acts on the features of a graph's nodes, but the data of %s are of "
                         "kind %s; occlusion and noise act on any samples",
                         name, d->name, d->data->given ? data_kind_names[d->data->kind] : "(none)");
    if (p->kind == FSNN_PERTURB_EDGE_DROP && !any_edges(d))
        return fsnn_fail(FSNN_EARGUMENT,
                         "%s acts on the edges of a graph, but neither the data of %s are a graph "
                         "nor has it layers along edges (graph, gcn)",
                         name, d->name);
    if (p->kind == FSNN_PERTURB_OCCLUSION && data_of_graph(d))
        return fsnn_fail(FSNN_EARGUMENT,
                         "%s blanks neighbours in a picture or a line, but the features of a graph "
                         "are in no order: feature_mask takes a share of them",
                         name);
    return FSNN_OK;
}

fsnn_status fsnn_description_perturb(fsnn_description *description, const fsnn_perturbation *list,
                                     int count, uint64_t draw)
{
    if (!description || count < 0 || count > FSNN_PERTURBS || (count && !list))
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_description_perturb needs a description and a list of at most %d",
                         FSNN_PERTURBS);
    for (int i = 0; i < count; i++)
        FSNN_TRY(check(description, &list[i]));
    description->perturbs = 0;
    description->perturb_seed = description->training.seed;
    description->perturb_draw = draw;
    for (int i = 0; i < count; i++)
        if (fsnn_perturb_of_graph(list[i].kind))
            description->perturb[description->perturbs++] = list[i];
    return FSNN_OK;
}

fsnn_status description_graph(const fsnn_description *d, const char *folder, fsnn_graph **graph)
{
    FSNN_TRY(fsnn_graph_read(folder, graph));
    if (!d->perturbs)
        return FSNN_OK;
    fsnn_graph *clean = *graph;
    fsnn_status status =
        fsnn_graph_disturb(clean, d->perturb, d->perturbs, d->perturb_seed, d->perturb_draw, graph);
    fsnn_graph_destroy(clean);
    return status;
}

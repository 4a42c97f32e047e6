/* exchange/import_names.c: names of layers from those of nodes, which may have any character. */
#include "exchange/import.h"

#include <stdio.h>
#include <string.h>

bool import_is_alias(const importer *im, int node)
{
    const nir_node *n = &im->nir->node[node];
    int sources = 0;
    for (int i = 0; i < im->nir->edges; i++)
        sources += im->nir->edge[i].to == node;
    return n->type->kind == NIR_INPUT ? !n->inner || sources < 2
                                      : n->type->kind == NIR_OUTPUT && sources < 2;
}

/* The only edge to a node. */
static const nir_edge *edge_to(const importer *im, int node)
{
    for (int i = 0; i < im->nir->edges; i++)
        if (im->nir->edge[i].to == node)
            return &im->nir->edge[i];
    return NULL;
}

const char *import_value(const importer *im, int node)
{
    for (int moves = 0; moves <= im->nir->nodes && import_is_alias(im, node); moves++) {
        const nir_edge *e = edge_to(im, node);
        if (!e || e->late)
            break;
        node = e->from;
    }
    return node == im->nir->input ? "input" : im->name[node];
}

/* Letters, digits, - and _ of any script; the rest becomes _. */
static void clean(char *name)
{
    for (char *at = name; *at; at++) {
        unsigned char c = (unsigned char)*at;
        bool good = c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                    (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
        if (!good)
            *at = '_';
    }
}

static bool is_used(const importer *im, const char *name)
{
    for (int i = 0; i < im->used.count; i++)
        if (!strcmp(im->used.line[i], name))
            return true;
    return !strcmp(name, "input") || !*name;
}

/* The name, or with a number behind it; NULL: out of memory. */
static const char *take(importer *im, const char *wish)
{
    char *name = fsnn_strdup(wish);
    for (int n = 2; name && is_used(im, name); n++) {
        fsnn_free(name);
        name = fsnn_format("%s_%d", wish, n);
    }
    fsnn_status status = name ? texts_add(&im->used, "%s", name) : FSNN_EMEMORY;
    fsnn_free(name);
    return status < 0 ? NULL : im->used.line[im->used.count - 1];
}

fsnn_status import_name_all(importer *im)
{
    for (int i = 0; i < im->nir->nodes; i++) {
        char *wish = fsnn_strdup(im->nir->node[i].path);
        if (!wish)
            return FSNN_EMEMORY;
        clean(wish);
        const char *name = take(im, *wish ? wish : "node");
        fsnn_free(wish);
        im->name[i] = name ? fsnn_strdup(name) : NULL;
        if (!im->name[i])
            return FSNN_EMEMORY;
    }
    return FSNN_OK;
}

const char *import_name(importer *im, int node, const char *word)
{
    char *wish = fsnn_format("%s_%s", im->name[node], word);
    const char *name = wish ? take(im, wish) : NULL;
    fsnn_free(wish);
    if (!name)
        im->failed = FSNN_EMEMORY;
    return name ? name : "";
}

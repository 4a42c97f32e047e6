/* exchange/nir_flatten.c: the nodes and edges of a graph, with those of its sub-graphs in their
 * place: an edge to a sub-graph leads to its Input, one from it leaves its Output. Files in the
 * wild name nodes in edges that they do not have; where only one can be meant it is taken, and a
 * remark says so. */
#include "exchange/nir.h"

#include <string.h>

/* A node or sub-graph by the name that edges of its graph give it. */
typedef struct entry {
    const char *name;
    int in, out; /* nodes that edges to it and from it are about */
    bool used;   /* an edge names it */
} entry;

typedef struct scope {
    const char *prefix; /* "" or "lif1/" */
    int group;
    entry *entry;
    int entries;
    int64_t capacity;
    int input, output; /* nodes, -1: none yet */
} scope;

enum { NODES_MOST = 1 << 14, EDGES_MOST = 1 << 15 };

static fsnn_status add_graph(fsnn_nir *nir, scope *s);

static const hdf_item *item_at(const fsnn_nir *nir, int at)
{
    return at < 0 ? NULL : &nir->tree.item[at];
}

/* The only text of an item; NULL: it is none. */
static const char *text_of(const hdf_item *item)
{
    return item && item->text && hdf_count(item) == 1 ? item->text[0] : NULL;
}

static fsnn_status type_of(const fsnn_nir *nir, int group, const char *path, const nir_type **type)
{
    char list[512];
    const char *name = text_of(item_at(nir, hdf_find(&nir->tree, group, "type")));
    if (!name)
        return fsnn_fail(FSNN_EFORMAT, "%s: node \"%s\" has no type", nir->file, path);
    *type = nir_type_find(name);
    return *type ? FSNN_OK
                 : fsnn_fail(FSNN_EUNSUPPORTED,
                             "%s: node \"%s\" is of the type \"%s\", which NIR does not have; its "
                             "types are %s",
                             nir->file, path, name, nir_type_list(list, sizeof list));
}

/* ---- nodes ---- */

/* A second Input or Output of the graph can be looked at, but not imported. */
static fsnn_status add_second(fsnn_nir *nir, const scope *s, const nir_type *type, int first,
                              const char *path)
{
    static const char end[] = "fsnn's networks have one input and one output";
    if (*s->prefix)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s: a sub-graph has the %s nodes \"%s\" and \"%s\": %s", nir->file,
                         type->name, nir->node[first].path, path, end);
    if (nir->several)
        return FSNN_OK;
    nir->several = fsnn_format("the graph has the %s nodes \"%s\" and \"%s\": %s", type->name,
                               nir->node[first].path, path, end);
    return nir->several ? texts_add(&nir->remark, "%s, so that it cannot be imported", nir->several)
                        : FSNN_EMEMORY;
}

static fsnn_status add_node(fsnn_nir *nir, scope *s, int group, const nir_type *type, char *path)
{
    fsnn_status status =
        fsnn_grow(&nir->node, nir->nodes, &nir->node_capacity, nir->nodes + 1, sizeof *nir->node);
    if (status < 0) {
        fsnn_free(path);
        return status;
    }
    const int at = nir->nodes++;
    if (nir->nodes > NODES_MOST)
        status = fsnn_fail(FSNN_EUNSUPPORTED, "%s: has more than %d nodes", nir->file, NODES_MOST);
    bool inner = *s->prefix && (type->kind == NIR_INPUT || type->kind == NIR_OUTPUT);
    nir->node[at] = (nir_node){.path = path,
                               .type = type,
                               .group = group,
                               .inner = inner,
                               .in = {.rank = -1},
                               .out = {.rank = -1}};
    FSNN_TRY(status);
    int *place = type->kind == NIR_INPUT ? &s->input : type->kind == NIR_OUTPUT ? &s->output : NULL;
    if (place && *place >= 0)
        FSNN_TRY(add_second(nir, s, type, *place, path));
    else if (place)
        *place = at;
    s->entry[s->entries++] = (entry){nir->tree.item[group].name, at, at, false};
    return FSNN_OK;
}

static fsnn_status add_sub_graph(fsnn_nir *nir, scope *s, int group, const char *path)
{
    char *prefix = fsnn_format("%s/", path);
    if (!prefix)
        return FSNN_EMEMORY;
    scope inner = {.prefix = prefix, .group = group, .input = -1, .output = -1};
    fsnn_status status = add_graph(nir, &inner);
    fsnn_free(inner.entry);
    fsnn_free(prefix);
    FSNN_TRY(status);
    if (inner.input < 0 || inner.output < 0)
        return fsnn_fail(FSNN_EFORMAT, "%s: the sub-graph \"%s\" has no %s node", nir->file, path,
                         inner.input < 0 ? "Input" : "Output");
    s->entry[s->entries++] = (entry){nir->tree.item[group].name, inner.input, inner.output, false};
    return FSNN_OK;
}

static fsnn_status add_child(fsnn_nir *nir, scope *s, int child)
{
    const nir_type *type;
    char *path = fsnn_format("%s%s", s->prefix, nir->tree.item[child].name);
    if (!path)
        return FSNN_EMEMORY;
    fsnn_status status = FSNN_OK;
    if (nir->tree.item[child].kind != HDF_GROUP)
        status = fsnn_fail(FSNN_EFORMAT, "%s: node \"%s\" is no group", nir->file, path);
    if (!status)
        status = type_of(nir, child, path, &type);
    if (!status)
        status = fsnn_grow(&s->entry, s->entries, &s->capacity, s->entries + 1, sizeof *s->entry);
    if (!status && type->kind != NIR_GRAPH)
        return add_node(nir, s, child, type, path);
    if (!status)
        status = add_sub_graph(nir, s, child, path);
    fsnn_free(path);
    return status;
}

/* ---- edges ---- */

static entry *find(const scope *s, const char *name)
{
    for (int i = 0; i < s->entries; i++)
        if (!strcmp(s->entry[i].name, name))
            return &s->entry[i];
    return NULL;
}

/* The only entry that no edge names; else the one among them that is called most like it. */
static entry *meant(const scope *s, const char *name)
{
    const char **idle = fsnn_alloc((size_t)(s->entries + 1) * sizeof *idle);
    entry *last = NULL;
    int count = 0;
    for (int i = 0; idle && i < s->entries; i++)
        if (!s->entry[i].used) {
            last = &s->entry[i];
            idle[count++] = last->name;
        }
    const char *near = idle && count > 1 ? fsnn_nearest(name, idle, count) : NULL;
    fsnn_free(idle);
    return count == 1 ? last : near ? find(s, near) : NULL;
}

static fsnn_status resolve(fsnn_nir *nir, const scope *s, const char *name, entry **end)
{
    *end = find(s, name);
    if (*end)
        return FSNN_OK;
    *end = meant(s, name);
    if (!*end)
        return fsnn_fail(FSNN_EFORMAT, "%s: an edge names \"%s%s\", which is no node", nir->file,
                         s->prefix, name);
    return texts_add(
        &nir->remark,
        "edges name \"%s%s\", which is no node: taken as \"%s%s\", which no other edge "
        "names",
        s->prefix, name, s->prefix, (*end)->name);
}

static fsnn_status add_edge(fsnn_nir *nir, const scope *s, const char *from, const char *to)
{
    entry *a, *b;
    FSNN_TRY(resolve(nir, s, from, &a));
    FSNN_TRY(resolve(nir, s, to, &b));
    for (int i = 0; i < nir->edges; i++)
        if (nir->edge[i].from == a->out && nir->edge[i].to == b->in)
            return texts_add(&nir->remark,
                             "the edge from \"%s%s\" to \"%s%s\" is there more than once: taken "
                             "once",
                             s->prefix, from, s->prefix, to);
    FSNN_TRY(
        fsnn_grow(&nir->edge, nir->edges, &nir->edge_capacity, nir->edges + 1, sizeof *nir->edge));
    nir->edge[nir->edges++] = (nir_edge){a->out, b->in, false};
    return FSNN_OK;
}

static fsnn_status add_edges(fsnn_nir *nir, scope *s)
{
    const hdf_item *edges = item_at(nir, hdf_find(&nir->tree, s->group, "edges"));
    if (!edges || edges->kind == HDF_GROUP)
        return fsnn_fail(FSNN_EFORMAT, "%s: the graph \"/node%s%s\" has no edges", nir->file,
                         *s->prefix ? "/" : "", s->prefix);
    if (hdf_count(edges) == 0 && edges->kind != HDF_OTHER)
        return FSNN_OK;
    if (edges->dim[0] > EDGES_MOST)
        return fsnn_fail(FSNN_EUNSUPPORTED, "%s: has more than %d edges", nir->file, EDGES_MOST);
    if (!edges->text || edges->rank != 2 || edges->dim[1] != 2)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: edges of the graph \"/node%s%s\" are not pairs of names", nir->file,
                         *s->prefix ? "/" : "", s->prefix);
    for (int64_t i = 0; i < edges->dim[0] * 2; i++) {
        entry *named = find(s, edges->text[i]);
        if (named)
            named->used = true;
    }
    for (int64_t i = 0; i < edges->dim[0]; i++)
        FSNN_TRY(add_edge(nir, s, edges->text[2 * i], edges->text[2 * i + 1]));
    return FSNN_OK;
}

static fsnn_status add_graph(fsnn_nir *nir, scope *s)
{
    const hdf_tree *tree = &nir->tree;
    int nodes = hdf_find(tree, s->group, "nodes");
    if (nodes < 0 || tree->item[nodes].kind != HDF_GROUP)
        return fsnn_fail(FSNN_EFORMAT, "%s: the graph \"/node%s%s\" has no nodes", nir->file,
                         *s->prefix ? "/" : "", s->prefix);
    for (int i = hdf_next(tree, nodes, nodes); i >= 0; i = hdf_next(tree, nodes, i))
        FSNN_TRY(add_child(nir, s, i));
    return add_edges(nir, s);
}

/* ---- the whole ---- */

/* Where there is no Output node, the only node that nothing follows. */
static fsnn_status find_output(fsnn_nir *nir, const scope *s)
{
    int last = -1, ends = 0;
    nir->output = s->output;
    for (int n = 0; n < nir->nodes && s->output < 0; n++) {
        bool end = true;
        for (int i = 0; i < nir->edges; i++)
            end = end && nir->edge[i].from != n;
        ends += end;
        last = end ? n : last;
    }
    if (s->output >= 0)
        return FSNN_OK;
    if (ends != 1)
        return fsnn_fail(FSNN_EFORMAT, "%s: the graph has no Output node", nir->file);
    nir->output = last;
    return texts_add(&nir->remark, "there is no Output node: \"%s\", which nothing follows, is it",
                     nir->node[last].path);
}

static int by_ends(const nir_edge *a, const nir_edge *b)
{
    return a->from != b->from ? a->from - b->from : a->to - b->to;
}

/* Edges of a file are in any order: what becomes of them must not depend on it. */
static void sort_edges(fsnn_nir *nir)
{
    for (int i = 1; i < nir->edges; i++) {
        nir_edge e = nir->edge[i];
        int k = i;
        for (; k > 0 && by_ends(&e, &nir->edge[k - 1]) < 0; k--)
            nir->edge[k] = nir->edge[k - 1];
        nir->edge[k] = e;
    }
}

fsnn_status nir_flatten(fsnn_nir *nir)
{
    int root = hdf_find(&nir->tree, 0, "node");
    const nir_type *type;
    if (root < 0 || nir->tree.item[root].kind != HDF_GROUP)
        return fsnn_fail(FSNN_EFORMAT, "%s: is HDF5, but no NIR graph: it has no group /node",
                         nir->file);
    FSNN_TRY(type_of(nir, root, "/node", &type));
    if (type->kind != NIR_GRAPH)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s: /node is a bare node of the type %s, not a NIRGraph: put it into a "
                         "graph between an Input and an Output",
                         nir->file, type->name);
    const char *version = text_of(item_at(nir, hdf_find(&nir->tree, 0, "version")));
    nir->version = fsnn_strdup(version ? version : "");
    scope s = {.prefix = "", .group = root, .input = -1, .output = -1};
    fsnn_status status = nir->version ? add_graph(nir, &s) : FSNN_EMEMORY;
    fsnn_free(s.entry);
    FSNN_TRY(status);
    if (s.input < 0)
        return fsnn_fail(FSNN_EFORMAT, "%s: the graph has no Input node", nir->file);
    nir->input = s.input;
    sort_edges(nir);
    return find_output(nir, &s);
}

/* Layers to network: what the reader settled goes through the public functions of fsnn/net.h. */
#include "model/data_kinds.h"

#include <string.h>

/* Errors take memory from a pool of the call: the description itself stays as it is. */
typedef struct builder {
    const fsnn_description *d;
    yaml_doc doc;
    fsnn_net *net;
    int *handle; /* [layers + 1], the input first */
    bool placed; /* the error says itself where it is */
} builder;

static int handle_of(const builder *b, source s)
{
    return fsnn_net_port(b->net, b->handle[s.layer + 1], s.port);
}

/* The matrix of a layer along edges, from the folder it names, or the data. */
static fsnn_status read_matrix(builder *b, const layer *l, const fsnn_graph_layer *o,
                               fsnn_graph_matrix *matrix)
{
    const data_place at = {b->d, &b->doc, l->node, NULL, false};
    const char *text = o->path ? o->path : data_graph_path(b->d), *folder = NULL;
    const yaml_node *named = yaml_find(layer_options(l->node), "path");
    fsnn_graph *graph;
    b->placed = true;
    if (!text)
        return yaml_fail(&b->doc, l->node,
                         "there is no graph: give its folder as path, here or in data");
    FSNN_TRY(data_find_file(&at, named ? named : l->node, text, &folder));
    b->placed = false;
    FSNN_TRY(description_graph(b->d, folder, &graph));
    fsnn_status status = fsnn_graph_propagation(graph, (fsnn_propagation)o->propagation,
                                                o->self_loops, o->loops_in_degree, matrix);
    fsnn_graph_destroy(graph);
    return status;
}

static int add_graph_layer(builder *b, const layer *l, const int *from)
{
    fsnn_graph_layer options = *(const fsnn_graph_layer *)l->options;
    fsnn_graph_matrix matrix = {0};
    FSNN_TRY(read_matrix(b, l, &options, &matrix));
    options.matrix = &matrix;
    int handle = fsnn_net_add(b->net, l->op->kind, l->name, from, l->sources, &options);
    fsnn_graph_matrix_free(&matrix);
    return handle;
}

static fsnn_status add_layer(builder *b, int index)
{
    const layer *l = &b->d->layer[index];
    int from[OP_MAX_IN];
    for (int i = 0; i < l->sources; i++)
        from[i] = handle_of(b, l->from[i]);
    int handle = layer_follows_edges(l)
                     ? add_graph_layer(b, l, from)
                     : fsnn_net_add(b->net, l->op->kind, l->name, from, l->sources,
                                    l->op->options_size ? l->options : NULL);
    b->handle[index + 1] = handle;
    if (handle >= 0 && l->weights >= 0) {
        fsnn_status status = fsnn_net_share(b->net, handle, b->handle[l->weights + 1]);
        return status ? fail_passed_on(&b->doc, l->node, status) : FSNN_OK;
    }
    if (handle >= 0)
        return FSNN_OK;
    return b->placed ? (fsnn_status)handle : fail_passed_on(&b->doc, l->node, (fsnn_status)handle);
}

static fsnn_status check_lists(builder *b)
{
    const dynamics_section *dynamics = &b->d->dynamics;
    int neurons = 0;
    for (int i = 0; i < b->d->layers; i++)
        neurons += (b->d->layer[i].op->flags & OP_NEURON) != 0;
    if (!dynamics->layers || dynamics->layers == neurons)
        return FSNN_OK;
    return yaml_fail(
        &b->doc, dynamics->lists,
        "found a list of %d, but the network has %d neuron layer%s: expected one entry "
        "for each",
        dynamics->layers, neurons, neurons == 1 ? "" : "s");
}

static fsnn_status build(builder *b)
{
    const fsnn_description *d = b->d;
    b->handle = pool_alloc(&b->doc.memory, (size_t)(d->layers + 1) * sizeof *b->handle);
    if (!b->handle)
        return FSNN_EMEMORY;
    b->handle[0] = fsnn_net_input(b->net, d->input);
    if (b->handle[0] < 0)
        return fail_passed_on(&b->doc, yaml_find(d->doc.root, "input"), (fsnn_status)b->handle[0]);
    for (int i = 0; i < d->layers; i++)
        FSNN_TRY(add_layer(b, i));
    fsnn_status status = fsnn_net_output(b->net, handle_of(b, d->output));
    if (status)
        return fail_passed_on(&b->doc, yaml_find(d->doc.root, "output"), status);
    return check_lists(b);
}

fsnn_status fsnn_description_net(const fsnn_description *description, fsnn_net **net)
{
    if (!description || !net)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_description_net: an argument is NULL");
    builder b = {.d = description, .doc = {.path = description->doc.path}};
    *net = NULL;
    FSNN_TRY(fsnn_net_create(&b.net));
    fsnn_status status = build(&b);
    if (!status)
        status = data_note_split(description, b.net);
    pool_free(&b.doc.memory);
    if (status)
        fsnn_net_destroy(b.net);
    else
        *net = b.net;
    return status;
}

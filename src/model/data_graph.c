/* model/data_graph.c: kind graph, the nodes of one graph as samples, split here in three parts. */
#include "model/data_kinds.h"
#include "op/propagate.h"

typedef struct graph_options {
    data_section shared;
    const char *path; /* its folder */
    fsnn_graph_options graph;
} graph_options;

static const graph_options defaults = {
    DATA_SHARED,
    /* fsnn_graph_options_default, as a constant */
    .graph =
        {.hops = 1,
         .self_loops = true,
         .count_loops = true,
         .split = {.train = 0.7, .validation = 0.2, .test = 0.1, .per_class = true, .seed = 1}},
};

/* Indices are the values of the enums of fsnn/graph.h. */
static const char *const normalize_names[] = {"none", "zscore", "row", "max", NULL};
static const char *const split_names[] = {"random", "public", NULL};
static const fsnn_alias split_aliases[] = {{"ratio", FSNN_SPLIT_RANDOM}, {0}};

#define GRAPH(field) (offsetof(graph_options, graph) + offsetof(fsnn_graph_options, field))

static const fsnn_key split_keys[] = {
    {.name = "kind",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_graph_split, kind),
     .names = split_names,
     .aliases = split_aliases,
     .help = "random, with the sizes below (ratio is another name for it); public: the split that "
             "came with the graph"},
    {.name = "train",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_graph_split, train),
     .with = "kind",
     .when = 1u << FSNN_SPLIT_RANDOM,
     .min = 0,
     .max = INT32_MAX,
     .above = true,
     .help = "share of the nodes for training; above 1: their number (1 beside a size above 1: one "
             "node)"},
    {.name = "validation",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_graph_split, validation),
     .with = "kind",
     .when = 1u << FSNN_SPLIT_RANDOM,
     .min = 0,
     .max = INT32_MAX,
     .help = "the same for the nodes that choose the best epoch"},
    {.name = "test",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_graph_split, test),
     .with = "kind",
     .when = 1u << FSNN_SPLIT_RANDOM,
     .min = 0,
     .max = INT32_MAX,
     .help = "the same for the test nodes; 0: all others"},
    {.name = "per_class",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_graph_split, per_class),
     .with = "kind",
     .when = 1u << FSNN_SPLIT_RANDOM,
     .help = "the sizes apply to each class, otherwise to all nodes"},
    {.name = "seed",
     .type = FSNN_KEY_UINT64,
     .offset = offsetof(fsnn_graph_split, seed),
     .with = "kind",
     .when = 1u << FSNN_SPLIT_RANDOM,
     .help = "seed of the random split; it does not depend on the seed of the training"},
    {0},
};

static const fsnn_key keys[] = {
    {.name = "kind",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(data_section, kind),
     .required = true,
     .names = data_kind_names,
     .help = "what the files are"},
    {.name = "path",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(graph_options, path),
     .file = true,
     .required = true,
     .help =
         "the graph: a folder of meta.txt, edges.txt, labels.txt, features.coo or features.bits; "
         "or an NPZ file of edges, features and classes"},
    {.name = "hops",
     .type = FSNN_KEY_INT,
     .offset = GRAPH(hops),
     .min = 0,
     .max = 64,
     .help = "how often features are averaged over neighbours"},
    {.name = "concat",
     .type = FSNN_KEY_BOOL,
     .offset = GRAPH(concat),
     .with = "hops",
     .when = 1u << 1,
     .help = "the features of 0, 1, ..., hops side by side, not the last alone"},
    {.name = "propagation",
     .type = FSNN_KEY_ENUM,
     .offset = GRAPH(propagation),
     .with = "hops",
     .when = 1u << 1,
     .names = propagate_names,
     .help = "sym: D^-1/2 A D^-1/2; row: D^-1 A, the mean of the neighbours; none: their sum"},
    {.name = "self_loops",
     .type = FSNN_KEY_BOOL,
     .offset = GRAPH(self_loops),
     .with = "hops",
     .when = 1u << 1,
     .help = "every node is its own neighbour: A + I in place of A"},
    {.name = "loops_in_degree",
     .type = FSNN_KEY_BOOL,
     .offset = GRAPH(count_loops),
     .with = "self_loops",
     .when = 1u << 1,
     .help = "self loops count in the degrees D"},
    {.name = "row_first",
     .type = FSNN_KEY_BOOL,
     .offset = GRAPH(row_first),
     .help = "divide each node's features by their sum before averaging"},
    {.name = "normalize",
     .type = FSNN_KEY_ENUM,
     .offset = GRAPH(normalization),
     .names = normalize_names,
     .help = "at the end, over all nodes: zscore and max work on columns, row on nodes"},
    {.name = "laplacian",
     .type = FSNN_KEY_INT,
     .offset = GRAPH(laplacian),
     .min = 0,
     .max = 1024,
     .help = "columns of positional encoding by eigenvectors of the Laplacian"},
    {.name = "walk",
     .type = FSNN_KEY_INT,
     .offset = GRAPH(walk),
     .min = 0,
     .max = 1024,
     .help = "columns of positional encoding by return probabilities of random walks"},
    {.name = "labels",
     .type = FSNN_KEY_INT,
     .offset = GRAPH(labels),
     .min = 0,
     .max = 64,
     .help = "add the classes of training nodes up to this many hops away as columns, one for each "
             "class and hop; no node sees its own class"},
    {.name = "whole",
     .type = FSNN_KEY_BOOL,
     .offset = GRAPH(whole),
     .help = "the graph is one sample, [nodes, columns], for networks with layers along the edges"},
    {.name = "split",
     .type = FSNN_KEY_GROUP,
     .offset = GRAPH(split),
     .group = split_keys,
     .help = "nodes for training, for choosing the best epoch, and for the test"},
    {.name = "shuffle",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(data_section, shuffle),
     .help = "a new order of the training nodes each epoch"},
    {.name = "encoder",
     .type = FSNN_KEY_GROUP,
     .offset = offsetof(data_section, encoder),
     .group = data_encoder_keys,
     .help = "how a sample becomes input over time"},
    {0},
};

static fsnn_status open_parts(const data_place *at, fsnn_data *part[FSNN_PARTS])
{
    const graph_options *o = (const graph_options *)at->d->data;
    const char *folder = NULL;
    fsnn_graph *graph = NULL;
    fsnn_graph_options options = o->graph;
    options.perturb = at->d->perturb;
    options.perturbs = at->d->perturbs;
    options.perturb_seed = at->d->perturb_seed;
    options.perturb_draw = at->d->perturb_draw;
    FSNN_TRY(data_find_file(at, yaml_find(at->node, "path"), o->path, &folder));
    FSNN_TRY(fsnn_graph_read(folder, &graph));
    fsnn_status status = fsnn_data_graph(graph, &options, part);
    fsnn_graph_destroy(graph);
    return status;
}

extern const data_kind data_graph;

const char *data_graph_path(const fsnn_description *d)
{
    bool graph = d->data->given && data_kinds[d->data->kind] == &data_graph;
    return graph ? ((const graph_options *)d->data)->path : NULL;
}

const data_kind data_graph = {.options_size = sizeof(graph_options),
                              .defaults = &defaults,
                              .keys = keys,
                              .open_parts = open_parts,
                              .classes = "the classes of nodes",
                              .timeless = true};

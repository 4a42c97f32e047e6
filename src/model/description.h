/* model/description.h: a description after reading: the tree, and the structs that were read from
 * it. Sections read their part of the tree; what needs the finished layers (output, overrides by
 * node name) goes through layers.h's names. */
#ifndef FSNN_DESCRIPTION_H
#define FSNN_DESCRIPTION_H

#include "model/reader.h"
#include "op/op.h"

#include <fsnn/graph.h>
#include <fsnn/model.h>

/* Output `port` of layer number `layer`; layer -1 is the input. */
typedef struct source {
    int layer, port;
} source;

typedef struct layer {
    const fsnn_op *op;
    const char *name;
    void *options; /* of the kind */
    source from[OP_MAX_IN];
    int sources;
    int weights;           /* the layer whose parameters it uses; -1: its own */
    const yaml_node *node; /* for errors */
} layer;

/* What every set has; kinds of data add their own (model/data_kinds.h). */
typedef struct data_set {
    bool given;
} data_set;

/* What every kind of data has: kinds add their own options behind it, and their sets. */
enum { DATA_SPLIT_CLASS, DATA_SPLIT_SAMPLE };
typedef struct data_section {
    bool given;
    const yaml_node *node;
    int kind;
    const data_set *train, *test; /* of the kind's options; of kinds without sets none is given */
    double mean, deviation;
    double validation;
    uint64_t split_seed;
    int split_by;                    /* DATA_SPLIT_CLASS, ... */
    bool split_given;                /* one of the two was */
    int64_t limit_train, limit_test; /* 0: all */
    int sequence;                    /* fsnn_axes */
    int targets;                     /* fsnn_targets */
    bool balance;
    fsnn_encoder encoder;
    fsnn_augment augment;
    bool shuffle;
} data_section;

typedef struct dynamics_section {
    fsnn_dynamics dynamics;
    int layers;             /* neuron layers that the lists speak of; 0: no list, any number */
    const yaml_node *lists; /* where the number of layers comes from */
    fsnn_interpolation interpolation;
    const double *times; /* [count] stamps of samples; NULL: sample k is the input of step k */
    int64_t count;
    const yaml_node *stamps; /* where times is */
} dynamics_section;

struct fsnn_description {
    yaml_doc doc;
    const char *folder; /* of the file: relative paths start there */
    const char *name;
    fsnn_shape input;
    layer *layer;
    int layers;
    source output;
    dynamics_section dynamics;
    const data_section *data; /* the first member of the options of its kind */
    fsnn_training training;
    fsnn_units units;
    fsnn_perturbation perturb[FSNN_PERTURBS]; /* [perturbs] of the graph */
    int perturbs;
    uint64_t perturb_seed, perturb_draw;
    uint64_t limit_seed; /* which samples data.limit keeps: that of training, as it was read */
};

/* Reads from memory; `path` names the text in errors and is where relative paths start. */
fsnn_status description_parse(const char *path, const char *text, size_t size,
                              const char *const *set, int count, fsnn_description **out);

/* Writes into the tree what came from the file's place: default name, paths of data beside it. */
fsnn_status description_settle(fsnn_description *d);

/* A graph as evaluations see it: disturbed, where fsnn_description_perturb said so. */
fsnn_status description_graph(const fsnn_description *d, const char *folder, fsnn_graph **graph);

/* ---- sections ---- */
fsnn_status layers_read(fsnn_description *d, yaml_node *list);
fsnn_status output_read(fsnn_description *d, const yaml_node *node);
fsnn_status dynamics_read(yaml_doc *doc, yaml_node *node, dynamics_section *out);
/* Once layers and dynamics are read: neurons need an order. */
fsnn_status dynamics_check(fsnn_description *d);
/* *out lives as long as the document. */
fsnn_status data_read(yaml_doc *doc, yaml_node *node, const data_section **out);
/* Where nothing is said of data. */
extern const data_section data_none;
fsnn_status training_read(yaml_doc *doc, yaml_node *node, fsnn_training *out);
/* The net's weights then say how their validation set was drawn. */
fsnn_status data_note_split(const fsnn_description *d, fsnn_net *net);

/* Whether it is a layer along the edges of a graph: graph, gcn. */
bool layer_follows_edges(const layer *l);
/* Item `index` of the list of layers: its kind's name (NULL when it is no layer), and its own name,
 * given or default. */
const char *layer_kind(const yaml_node *item);
yaml_node *layer_options(const yaml_node *item);
const char *layer_name(yaml_doc *doc, const yaml_node *list, const yaml_node *item);

/* "layers.2.lif.tau=1.5", "lif1.tau=1.5": changes the tree. */
fsnn_status override_apply(yaml_doc *doc, const char *set);

/* An error of another room at a place in the file: "file:line:column: where: " before its sentence.
 */
fsnn_status fail_passed_on(yaml_doc *doc, const yaml_node *node, fsnn_status status);

/* ---- tables, for the reference page ---- */
extern const char *const top_names[];
extern const fsnn_key top_keys[], training_keys[], dynamics_keys[];
extern const special top_specials[], layer_specials[], dynamics_specials[], training_specials[];
/* Defaults of the structs the tables above describe. */
const void *dynamics_defaults(void);

#endif

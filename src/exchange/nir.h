/* exchange/nir.h: a NIR graph in memory: the tree of its file, and its nodes and edges with the
 * sub-graphs laid out flat. */
#ifndef FSNN_EXCHANGE_NIR_H
#define FSNN_EXCHANGE_NIR_H

#include "exchange/text.h"
#include "format/hdf_tree.h"

#include <fsnn/exchange.h>

/* ---- types of nodes (nir_types.c) ---- */

typedef enum nir_kind {
    NIR_INPUT,
    NIR_OUTPUT,
    NIR_AFFINE,
    NIR_LINEAR,
    NIR_SCALE,
    NIR_CONV1D,
    NIR_CONV2D,
    NIR_SUMPOOL2D,
    NIR_AVGPOOL2D,
    NIR_FLATTEN,
    NIR_THRESHOLD,
    NIR_DELAY,
    NIR_I,
    NIR_IF,
    NIR_LI,
    NIR_LIF,
    NIR_CUBALI,
    NIR_CUBALIF,
    NIR_GRAPH,
    NIR_KINDS
} nir_kind;

typedef enum nir_form {
    NIR_NUMBERS, /* real numbers of any shape */
    NIR_NEURON,  /* real numbers, one a neuron or one for all */
    NIR_SIZES,   /* whole numbers */
    NIR_PADDING, /* whole numbers, or "same" or "valid" */
    NIR_NODES,   /* what a graph consists of */
} nir_form;

typedef struct nir_field {
    const char *name;
    nir_form form;
    bool optional; /* in files in the wild */
    double absent; /* its value then */
    bool time;     /* a time, in the unit of the file */
} nir_field;

enum { NIR_FIELDS = 8 };

typedef struct nir_type {
    const char *name;
    nir_kind kind;
    bool spikes;                     /* a neuron with a threshold */
    nir_field field[NIR_FIELDS + 1]; /* ended by a name of NULL */
} nir_type;

/* NULL: no such type. */
const nir_type *nir_type_find(const char *name);
const nir_type *nir_type_of(nir_kind kind);
/* The names of all, with commas. */
const char *nir_type_list(char *text, size_t size);

/* ---- the graph ---- */

typedef struct nir_node {
    char *path; /* "lif1/lif" */
    const nir_type *type;
    int group;      /* its item in the tree */
    bool inner;     /* Input or Output of a sub-graph: hands on what it gets */
    fsnn_shape in;  /* rank -1: not known */
    fsnn_shape out; /* likewise */
    char *text;     /* its parameters in words */
} nir_node;

typedef struct nir_edge {
    int from, to;
    bool late; /* closes a cycle: arrives one step later */
} nir_edge;

struct fsnn_nir {
    char *file; /* for sentences */
    hdf_tree tree;
    char *version;
    nir_node *node;
    int nodes;
    int64_t node_capacity;
    nir_edge *edge;
    int edges;
    int64_t edge_capacity;
    int *order; /* [nodes] so that edges lead forward, but for late ones */
    int *place; /* [nodes] of each in that order */
    int input, output;
    char *several; /* a sentence: there are several Inputs or Outputs; NULL: there are not */
    texts remark;
};

/* From a tree that was read or made: checks everything, nothing of it is trusted. */
fsnn_status nir_look(fsnn_nir *nir);

/* The parts of nir_look, in their order. */
fsnn_status nir_flatten(fsnn_nir *nir);      /* nodes, edges, input, output */
fsnn_status nir_check_fields(fsnn_nir *nir); /* every node has what its type needs */
fsnn_status nir_sort(fsnn_nir *nir);         /* order, late edges */
fsnn_status nir_infer(fsnn_nir *nir);        /* shapes */
fsnn_status nir_tell(fsnn_nir *nir);         /* texts */

/* "FILE: node "lif1"", to begin a sentence with; valid until the next call of the thread. */
const char *nir_at(const fsnn_nir *nir, int node);

/* ---- values of nodes (nir_field.c) ---- */

/* The item of a field, NULL where it is not there. */
const hdf_item *nir_item(const fsnn_nir *nir, int node, const char *field);
/* Value i of a field of numbers; one value stands for all; the default where it is not there. */
double nir_value(const fsnn_nir *nir, int node, const char *field, int64_t i);
/* Whether all values of a field are the same. */
bool nir_uniform(const fsnn_nir *nir, int node, const char *field);
/* Whole number i of a field; one stands for all. `absent` where there is none. */
int64_t nir_size(const fsnn_nir *nir, int node, const char *field, int i, int64_t absent);
fsnn_shape nir_shape_of(const hdf_item *item);
/* The list of whole numbers of a field as a shape; rank -1 where it is none. */
fsnn_shape nir_shape_field(const fsnn_nir *nir, int node, const char *field);

/* ---- convolutions and pools (nir_window.c) ---- */

typedef struct nir_window {
    int dims; /* 1 or 2 */
    int64_t kernel[2], stride[2], padding[2], dilation[2];
    /* padding "same" of an even length: this many zeros more at the end than at the beginning */
    int64_t uneven[2];
    int64_t groups, out;
} nir_window;

fsnn_status nir_window_of(const fsnn_nir *nir, int node, nir_window *window);
/* Size of the output along an axis; below 1: the window does not fit. */
int64_t nir_window_size(const nir_window *window, int axis, int64_t in);

#endif

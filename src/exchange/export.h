/* exchange/export.h: a network on its way to a NIR graph. */
#ifndef FSNN_EXCHANGE_EXPORT_H
#define FSNN_EXCHANGE_EXPORT_H

#include "exchange/nir.h"

/* What a node of the network is in the graph. */
typedef enum export_role {
    EXPORT_NODE,   /* a node */
    EXPORT_ALIAS,  /* nothing: who reads it reads its sources */
    EXPORT_MERGED, /* a part of the node of another */
} export_role;

/* The layers that importing makes of a neuron with r, v_leak, w_in and a synapse; -1: there is
 * none. */
typedef struct export_parts {
    int current, synapse, input;
} export_parts;

typedef struct export_entry {
    export_role role;
    export_parts parts; /* of neurons */
    int first;          /* the node whose sources are those of the graph's node */
    fsnn_node_info info;
    bool cycle;    /* it is a delay that closes a cycle */
    bool many;     /* it becomes several nodes; edges lead to NAME_in */
    fsnn_shape in; /* of its first source */
    char *name;    /* in the graph */
} export_entry;

typedef struct exporter {
    const fsnn_description *description;
    const fsnn_net *net;
    const fsnn_dynamics *dynamics;
    fsnn_nir_export_options options;
    double unit;    /* seconds that 1 is as a time of the network */
    fsnn_net *bank; /* the same network with its memory by exponentials; NULL: not wanted */
    fsnn_nir *nir;
    int nodes_group; /* items of the tree */
    int parameters;  /* of the metadata */
    export_entry *entry;
    int count;
    texts from, to;     /* of edges; a name may be there several times */
    fsnn_status failed; /* the first error, which has set its sentence */
} exporter;

typedef void export_fn(exporter *ex, int node, int group);

/* A row a kind of node. */
typedef struct export_kind {
    const char *kind;
    export_fn *write; /* NULL: it is an alias */
    const char *type; /* of NIR; NULL: what write says */
} export_kind;

/* NULL: NIR has nothing like it. */
const export_kind *export_kind_of(const char *kind);

/* Roles, parts and names of all nodes (export_roles.c). */
fsnn_status export_roles(exporter *ex);
/* Edges (export_edges.c), and one more. */
fsnn_status export_edges(exporter *ex);
fsnn_status export_edge(exporter *ex, const char *from, const char *to);
/* Whether a neuron's memory is to become nodes, and these nodes with their edges
 * (export_expand.c); what comes in goes to NAME_drive. */
bool export_expands(const exporter *ex, int node);
void export_expanded(exporter *ex, int node);
/* Whether a layer becomes several nodes (export_delays.c). */
bool export_is_many(exporter *ex, int node);
/* Remarks on what other tools will not see (export_remarks.c). */
fsnn_status export_remarks(exporter *ex);
/* The node and port-less source k of a node, or -1. */
int export_source(const exporter *ex, int node, int k);

/* ---- what is written into a node's group; a failure is kept in ex->failed ---- */

/* Values of a parameter "NODE.NAME" of the network, [*count], to be freed; NULL where there is
 * none. */
double *export_param(exporter *ex, int node, const char *name, int64_t *count);
/* The same, a value for each neuron; `otherwise` where there is none. */
double *export_each(exporter *ex, int node, const char *name, double otherwise);
/* [n] of one value, to be written. */
double *export_filled(exporter *ex, int64_t n, double value);
/* Writes an array of the shape; frees `value`. */
void export_array(exporter *ex, int group, const char *name, const fsnn_shape *shape,
                  double *value);
void export_sizes(exporter *ex, int group, const char *name, int dims, const int64_t *value);
void export_size(exporter *ex, int group, const char *name, int64_t value);
void export_number(exporter *ex, int group, const char *name, double value);
void export_text(exporter *ex, int group, const char *name, const char *value);
int export_group(exporter *ex, int group, const char *name);
/* "node "lif1": ..." as the error, unless there is one. */
void export_refuse(exporter *ex, int node, const char *format, ...) FSNN_PRINTF(3, 4);

export_fn export_neuron, export_user, export_delays;
/* The order of a neuron node, by its number among them. */
const fsnn_order *export_order(const exporter *ex, int node);

/* Whether a neuron's potentials begin elsewhere than at rest, as both are now, which NIR does not
 * know. */
bool export_starts(exporter *ex, int node, const fsnn_neuron *o);

#endif

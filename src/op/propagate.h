/* op/propagate.h: products with the sparse matrix of a graph, and with its transpose. */
#ifndef FSNN_OP_PROPAGATE_H
#define FSNN_OP_PROPAGATE_H

#include "op/op.h"

/* A square sparse matrix, as fsnn_graph_matrix has it. */
typedef struct propagate_matrix {
    int64_t nodes;
    int64_t *start;  /* [nodes + 1] */
    int32_t *column; /* [start[nodes]] */
    real *weight;    /* likewise */
} propagate_matrix;

/* State of graph and gcn: the matrix and its transpose, both owned. */
typedef struct propagate_state {
    propagate_matrix forward, backward;
    fsnn_graph_matrix lent; /* of forward; its weights are owned, NULL until they are asked for */
} propagate_state;

fsnn_status propagate_create(op_node *node);
fsnn_status propagate_lend(op_node *node, void *options); /* op.h */
void propagate_destroy(op_node *node);
/* The input is [nodes, F] with the nodes of the matrix. */
fsnn_status propagate_check(const op_node *node);
/* y [samples, nodes, F] = S x, sample by sample; bias [F] is added where it is not NULL. */
void propagate_multiply(const propagate_matrix *s, int64_t samples, int64_t F, const real *x,
                        const real *bias, real *y);

/* Keys of both kinds: what a description says of S. */
#define PROPAGATE_KEYS                                                                             \
    {.name = "path",                                                                               \
     .type = FSNN_KEY_TEXT,                                                                        \
     .offset = offsetof(fsnn_graph_layer, path),                                                   \
     .otherwise = "that of the data",                                                              \
     .help = "folder or NPZ file of the graph whose edges are followed"},                          \
        {.name = "propagation",                                                                    \
         .type = FSNN_KEY_ENUM,                                                                    \
         .offset = offsetof(fsnn_graph_layer, propagation),                                        \
         .names = propagate_names,                                                                 \
         .help =                                                                                   \
             "sym: D^-1/2 A D^-1/2; row: D^-1 A, the mean of the neighbours; none: their sum"},    \
        {.name = "self_loops",                                                                     \
         .type = FSNN_KEY_BOOL,                                                                    \
         .offset = offsetof(fsnn_graph_layer, self_loops),                                         \
         .help = "every node is its own neighbour: A + I in place of A"},                          \
    {                                                                                              \
        .name = "loops_in_degree", .type = FSNN_KEY_BOOL,                                          \
        .offset = offsetof(fsnn_graph_layer, loops_in_degree),                                     \
        .help = "self loops count in the degrees D"                                                \
    }

extern const char *const propagate_names[];

#endif

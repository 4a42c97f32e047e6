/* fsnn/graph.h: graphs whose nodes have features and classes, and data sets of their nodes. */
#ifndef FSNN_GRAPH_H
#define FSNN_GRAPH_H

#include <stdbool.h>
#include <stdint.h>

#include <fsnn/data.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An undirected graph. Neighbours and features are rows of lists (CSR): those of node i stand at
 * start[i] .. start[i + 1] - 1, in increasing order. No self loops, no edge twice. */
typedef struct fsnn_graph {
    int64_t nodes, features, classes;
    int64_t edges;          /* undirected; half of what `neighbour` holds */
    int64_t *edge_start;    /* [nodes + 1] */
    int32_t *neighbour;     /* [2 edges] */
    int64_t *feature_start; /* [nodes + 1] */
    int32_t *feature;       /* [feature_start[nodes]] */
    float *value;           /* likewise */
    int32_t *label;         /* [nodes]; -1: none */
    /* A split that came with the graph; NULL and 0 where there is none. */
    int32_t *part[FSNN_PARTS]; /* nodes of each part, increasing */
    int64_t part_count[FSNN_PARTS];
} fsnn_graph;

/* Reads a graph from a folder or an NPZ file, all numbers counting from 0. The folder has plain
 * files:
 *   meta.txt       "key value" lines: nodes, features, classes; edges, feature_nnz, row_bytes,
 *                  train, val, test are checked where they are given, others are left alone
 *   edges.txt      "u v" with u < v, one undirected edge a line, none twice
 *   labels.txt     the class of each node, -1 for none
 *   features.coo   "node feature value" lines, increasing; or
 *   features.bits  nodes x row_bytes bytes, bit j % 8 of byte j / 8 of a row is feature j
 *   train.txt, val.txt, test.txt   nodes of a given split, where there is one; no node twice
 * An NPZ file has arrays, others than these are left alone, readable or not:
 *   y or labels [N]        integers, the class of each node, -1 for none; there are as many classes
 *                          as the largest says
 *   edges [E, 2], edge_index [2, E], or the N x N matrix adj_data, adj_indices, adj_indptr,
 *                          adj_shape: integers, u and v; u v, v u or both are one undirected edge,
 *                          self loops and repetitions are left out. Edges have no weights: adj_data
 *                          must be ones
 *   x or attr_matrix [N, F], or the N x F matrix attr_data, attr_indices, attr_indptr, attr_shape:
 *                          numbers of any type. Zeros of x and attr_matrix are left out
 *   train_mask, val_mask, test_mask [N]   bool, or integers 0 and 1: nodes of a given split, where
 *                          there is one; no node twice
 * The matrices are SciPy's csr_matrix (data, indices, indptr, shape), as in the files of Shchur et
 * al. 2018 (gnn-benchmark).
 * Errors: FSNN_EIO; FSNN_EFORMAT with file, line or array, what was found and what was expected;
 * FSNN_EMEMORY. fsnn_graph_destroy takes NULL. */
FSNN_API fsnn_status fsnn_graph_read(const char *path, fsnn_graph **graph);
/* Whether a folder has the files of a graph, or an NPZ file arrays called so. */
FSNN_API bool fsnn_graph_known(const char *path);
FSNN_API void fsnn_graph_destroy(fsnn_graph *graph);

/* ---- features along the edges ---------------------------------------------------------------- */

/* How neighbours are averaged. With A the adjacency matrix (A + I with self loops) and D the
 * degrees, the propagation matrix S is
 *   sym    D^-1/2 A D^-1/2 (Kipf and Welling 2017)
 *   row    D^-1 A, the mean over neighbours
 *   none   A, the sum over them
 * A node of degree 0 has a row of zeros. */
typedef enum fsnn_propagation {
    FSNN_PROPAGATE_SYM,
    FSNN_PROPAGATE_ROW,
    FSNN_PROPAGATE_NONE
} fsnn_propagation;

/* S as an fsnn_graph_matrix (fsnn/tensor.h); `count_loops`: the self loops count in the degrees
 * (usual where there are any). */
FSNN_API fsnn_status fsnn_graph_propagation(const fsnn_graph *graph, fsnn_propagation kind,
                                            bool self_loops, bool count_loops,
                                            fsnn_graph_matrix *matrix);
FSNN_API void fsnn_graph_matrix_free(fsnn_graph_matrix *matrix);

/* Encodings of a node's place in the graph, columns beside its features.
 *
 * Laplacian: the eigenvectors of the `count` smallest eigenvalues above 0 of I - D^-1/2 A D^-1/2,
 * each of length sqrt(nodes), its largest element (the first of equals) positive (Dwivedi et al.
 * 2020). A graph in several pieces has an eigenvalue 0 for each, whose vectors tell pieces apart
 * and nothing else: they are left out. Found by subspace iteration with a Chebyshev filter (Zhou et
 * al. 2006). FSNN_ENUMERIC when it does not converge, FSNN_EARGUMENT when there are not so many.
 * Random walk: the probabilities that a walk is back after 1, 2, ..., `count` steps, diag of
 * (D^-1 A)^s (Dwivedi et al. 2022); 0 for nodes without edges. Time: count/2 products with A a
 * node, shared by the threads.
 * encoding [nodes, count]; values [count] gets the eigenvalues (may be NULL). */
FSNN_API fsnn_status fsnn_graph_laplacian(const fsnn_graph *graph, int64_t count, uint64_t seed,
                                          float *encoding, double *values);
FSNN_API fsnn_status fsnn_graph_walk(const fsnn_graph *graph, int64_t count, float *encoding);

/* Another graph: `list` [count] of feature_mask and edge_drop (fsnn_perturbation) done to this one.
 * Nodes, classes and parts stay. What goes is a function of (seed, draw), the node and feature or
 * the two nodes: what is lost at an amount is lost at a larger one too. Errors: FSNN_EARGUMENT (an
 * amount out of range, a disturbance of samples), FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_graph_disturb(const fsnn_graph *graph, const fsnn_perturbation *list,
                                        int count, uint64_t seed, uint64_t draw,
                                        fsnn_graph **disturbed);

/* ---- nodes as samples ------------------------------------------------------------------------ */

typedef enum fsnn_graph_normalization {
    FSNN_GRAPH_PLAIN,  /* as they are */
    FSNN_GRAPH_ZSCORE, /* each column: (x - mean) / (deviation + 1e-8), over all nodes, n - 1 */
    FSNN_GRAPH_ROW,    /* each node: divided by the sum of its |x| (zeros stay) */
    FSNN_GRAPH_MAX,    /* each column: divided by its largest |x| (zeros stay) */
} fsnn_graph_normalization;

typedef enum fsnn_graph_split_kind { FSNN_SPLIT_RANDOM, FSNN_SPLIT_GIVEN } fsnn_graph_split_kind;

/* Sizes up to 1 are shares, larger ones numbers of nodes, of each class (per_class) or of all; 1
 * beside a larger one is a number too. Shares are rounded; test 0, or shares that make a whole: the
 * test part is all that is left. Nodes without class are in no part. */
typedef struct fsnn_graph_split {
    fsnn_graph_split_kind kind;
    double train, validation, test;
    bool per_class;
    uint64_t seed;
} fsnn_graph_split;

/* Samples are nodes. X: the features, rows divided by their sum with `row_first`;
 *   hops h, not concatenated   S^h X; concatenated   X, S X, ..., S^h X side by side
 * then the encodings' columns, then those of classes, then the normalisation over all nodes of all
 * parts (transductive: classes are not used). */
/* Columns of classes, one for each class and each of h = 1 ... labels: what the training nodes h
 * steps of a random walk away say, leaving out what a node would say of itself, (P^h - diag P^h) Y
 * with P = D^-1 A and Y the training nodes' classes, one-hot. Validation and test classes are not
 * used, and no training node meets its own (Zhu, Ghahramani 2002; leave-one-out). */
typedef struct fsnn_graph_options {
    int64_t hops;
    bool concat, row_first;
    fsnn_propagation propagation;
    bool self_loops, count_loops;
    int64_t laplacian, walk; /* columns of encodings; 0: none */
    int64_t labels;          /* hops of classes (below); 0: none */
    fsnn_graph_normalization normalization;
    bool whole; /* the graph is one sample [nodes, columns] with a class a node */
    /* Samples of fsnn_graph_disturb(perturb [perturbs], seed, draw) in place of the graph:
     * features, hops, encodings and columns of classes are made anew of what is left. The
     * normalisation of columns (z-score, max) is that of the undisturbed graph, as a network
     * trained on it knows it; that of nodes (row, row_first) is of what is left. */
    const fsnn_perturbation *perturb;
    int perturbs; /* 0: the graph as it is */
    uint64_t perturb_seed, perturb_draw;
    fsnn_graph_split split;
} fsnn_graph_options;

/* One hop, sym with self loops, no encodings, plain; random 70/20/10 a class, seed 1. */
FSNN_API fsnn_graph_options fsnn_graph_options_default(void);

/* The features of all nodes as they become samples, values [nodes, columns]; release with free().
 * `part` [nodes] as fsnn_graph_split_nodes gives it says which nodes train; NULL without `labels`.
 * Errors: FSNN_EARGUMENT, FSNN_EMEMORY, those of the encodings. */
FSNN_API fsnn_status fsnn_graph_features(const fsnn_graph *graph, const fsnn_graph_options *options,
                                         const int8_t *part, float **values, int64_t *columns);
/* part[i] of each node: a fsnn_part or -1. Errors: FSNN_EARGUMENT (shares that cannot be; a part
 * without a node; no split came with the graph). */
FSNN_API fsnn_status fsnn_graph_split_nodes(const fsnn_graph *graph, const fsnn_graph_split *split,
                                            int8_t *part);
/* With `whole` each part is one sample, the whole graph, whose classes are those of the part's
 * nodes and FSNN_UNLABELLED elsewhere: for networks with layers along the edges.
 * The three data sets, of which those without nodes are NULL; they share their numbers. */
FSNN_API fsnn_status fsnn_data_graph(const fsnn_graph *graph, const fsnn_graph_options *options,
                                     fsnn_data *part[FSNN_PARTS]);

#ifdef __cplusplus
}
#endif
#endif

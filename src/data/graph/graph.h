/* data/graph/graph.h: the inside of reading graphs. */
#ifndef FSNN_DATA_GRAPH_H
#define FSNN_DATA_GRAPH_H

#include "base/base.h"

#include <fsnn/graph.h>

typedef enum graph_file {
    GRAPH_META,
    GRAPH_EDGES,
    GRAPH_LABELS,
    GRAPH_COO,
    GRAPH_BITS,
    GRAPH_PART, /* and two more */
    GRAPH_FILES = GRAPH_PART + FSNN_PARTS
} graph_file;

/* The files of a folder; bytes NULL: the file is not there. */
typedef struct graph_text {
    const char *name; /* for sentences */
    const uint8_t *bytes;
    size_t size;
} graph_text;

extern const char *const graph_file_name[GRAPH_FILES];

fsnn_status graph_parse(const graph_text text[GRAPH_FILES], fsnn_graph **graph);

/* An NPZ file from memory; the same of its arrays, where `path` begins the sentences; and whether
 * its names are those of a graph. */
fsnn_status graph_npz_parse(const char *path, const uint8_t *bytes, size_t size,
                            fsnn_graph **graph);
fsnn_status graph_from_arrays(const char *path, const fsnn_arrays *list, fsnn_graph **graph);
bool graph_npz_is(const uint8_t *bytes, size_t size);

/* Neighbours from pairs [count] of different nodes, in any order and direction. A pair that is
 * there again is one edge; the first such is `repeated`, -1 where there is none. */
fsnn_status graph_connect(fsnn_graph *g, int32_t (*pair)[2], int64_t count, int32_t repeated[2]);
fsnn_status graph_feature_reserve(fsnn_graph *g, int64_t count);
/* Whether a feature's value is a number, and one that a float holds. */
bool graph_finite(double value);
fsnn_status graph_part_reserve(fsnn_graph *g, int part);
/* Puts a node into a part, whose nodes must have classes and be in no other: what is wrong, or
 * NULL. taken [nodes] is kept through all parts. */
const char *graph_part_add(fsnn_graph *g, int part, int64_t node, int8_t *assigned);
void graph_part_sort(fsnn_graph *g, int part);
/* `status` of reading `g`, which becomes *graph or is destroyed. */
fsnn_status graph_finish(fsnn_status status, fsnn_graph *g, fsnn_graph **graph);

/* How many vectors fsnn_graph_laplacian can give. */
fsnn_status graph_laplacian_vectors(const fsnn_graph *graph, int64_t *count);

/* y [nodes, columns] = S x, columns side by side; rows shared by the threads. */
void graph_multiply(const fsnn_graph_matrix *s, const float *x, int64_t columns, float *y);

#endif

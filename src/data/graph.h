/* data/graph.h: the inside of reading graphs. */
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

/* How many vectors fsnn_graph_laplacian can give. */
fsnn_status graph_laplacian_vectors(const fsnn_graph *graph, int64_t *count);

/* y [nodes, columns] = S x, columns side by side; rows shared by the threads. */
void graph_multiply(const fsnn_graph_matrix *s, const float *x, int64_t columns, float *y);

#endif

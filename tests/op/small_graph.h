/* tests/op/small_graph.h: a matrix of five nodes, not symmetric, one row empty. */
#ifndef FSNN_TESTS_OP_SMALL_GRAPH_H
#define FSNN_TESTS_OP_SMALL_GRAPH_H

#include <fsnn/tensor.h>

static int64_t small_start[] = {0, 2, 3, 3, 7, 8};
static int32_t small_column[] = {0, 3, 4, 0, 1, 2, 3, 1};
static float small_weight[] = {0.5F, -1, 2, 0.25F, 1, -0.75F, 1.5F, 3};
static const fsnn_graph_matrix small_graph = {5, small_start, small_column, small_weight, NULL};

#endif

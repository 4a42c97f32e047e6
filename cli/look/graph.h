/* cli/look/graph.h: graphs, folders or NPZ files, for inspect and plot. */
#ifndef FSNN_CLI_GRAPH_H
#define FSNN_CLI_GRAPH_H

#include "cli/cli.h"

/* Prints nodes, edges, degrees, classes, features and the split that came with it; exit code. */
int graph_inspect(const char *path);
/* Draws how many nodes have how many neighbours, into DIRECTORY/degrees.png and .svg; exit code. */
int graph_plot(const char *graph, const char *directory);

#endif

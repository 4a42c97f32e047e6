/* cli/graph.h: folders of graphs, for inspect and plot. */
#ifndef FSNN_CLI_GRAPH_H
#define FSNN_CLI_GRAPH_H

#include "cli.h"

/* Whether a directory has the files of a graph. */
bool graph_is(const char *directory);
/* Prints nodes, edges, degrees, classes, features and the split that came with it; exit code. */
int graph_inspect(const char *directory);
/* Draws how many nodes have how many neighbours, into DIRECTORY/degrees.png and .svg; exit code. */
int graph_plot(const char *graph, const char *directory);

#endif

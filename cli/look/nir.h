/* cli/look/nir.h: NIR graphs, for inspect and plot. */
#ifndef FSNN_CLI_NIR_H
#define FSNN_CLI_NIR_H

#include "cli/cli.h"

/* Prints nodes, edges, and what was repaired; exit code. */
int nir_inspect(const char *path);
/* Draws the graph into DIRECTORY/NAME.svg and .png by Graphviz, or where it is missing prints it;
 * exit code. */
int nir_plot(const char *path, const char *directory);
/* Warns of what was repaired. */
void nir_remarks(const fsnn_nir *nir, const char *path);

#endif

/* cli/look/plot_arrays.h: pictures of arrays: images of data sets, distributions of weights. */
#ifndef FSNN_CLI_PLOT_ARRAYS_H
#define FSNN_CLI_PLOT_ARRAYS_H

#include "cli/cli.h"

/* Images of an IDX file, `count` (0: 16) from number `first` on, to DIRECTORY/pictures. */
int plot_idx(const char *path, int64_t first, int count, const char *directory);
/* Arrays that no run recorded: the images of an array x [N, (C,) H, W] (.npz; .npy: the array), as
 * above; how the values of all others are distributed, to DIRECTORY/distributions: a histogram
 * each, short ones as points in one panel. */
int plot_arrays(const char *path, const fsnn_arrays *arrays, int64_t first, int count,
                const char *directory);
int plot_weights(const char *path, const char *directory); /* safetensors, PyTorch */

#endif

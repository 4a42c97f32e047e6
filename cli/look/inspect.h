/* cli/look/inspect.h: the readers behind fsnn inspect; each prints to stdout and returns an exit
 * code. */
#ifndef FSNN_CLI_INSPECT_H
#define FSNN_CLI_INSPECT_H

#include "cli/cli.h"

#include <fsnn/events.h>

int inspect_model(const char *path, const cli_common *common);
int inspect_arrays(const char *path);
int inspect_idx(const char *path);
int inspect_metrics(const char *path);
int inspect_run(const char *directory, const cli_common *common);

int inspect_events(const char *path, fsnn_camera camera);
int inspect_events_folder(const char *directory, fsnn_camera camera);
/* Whether recordings of events lie in a folder, or (unless `within`) in the folders in it. */
bool inspect_has_events(const char *directory, bool within);

/* The recording number `n`, in the order of names, folders within last; the path is to be freed. */
int inspect_nth_events(const char *directory, int64_t n, char **path);

/* Whether a file, plain or gzip, begins as an IDX file does; as the others. */
bool inspect_is_idx(const char *path);
bool inspect_is_weights(const char *path); /* safetensors, PyTorch */
bool inspect_is_arrays(const char *path);  /* .npz, .npy */
bool inspect_is_metrics(const char *path);

/* The error of a file or folder of no known kind; `possible` is what could have been given. */
int inspect_unknown(const char *path, const char *possible);
/* The header of the WFDB record that a file is a part of, to be freed; NULL: there is none. */
char *inspect_record_of(const char *path);

/* A PNG; what it holds; exit code. */
bool inspect_is_png(const char *path);
int inspect_png(const char *path);

#endif

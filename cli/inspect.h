/* cli/inspect.h: the readers behind fsnn inspect; each prints to stdout and returns an exit code.
 */
#ifndef FSNN_CLI_INSPECT_H
#define FSNN_CLI_INSPECT_H

#include "cli.h"

int inspect_model(const char *path, const cli_common *common);
int inspect_arrays(const char *path, bool safetensors);
int inspect_idx(const char *path);
int inspect_metrics(const char *path);
int inspect_run(const char *directory, const cli_common *common);

int inspect_events(const char *path);
int inspect_events_folder(const char *directory);
/* Whether recordings of events lie in a folder, or (unless `within`) in the folders in it. */
bool inspect_has_events(const char *directory, bool within);

/* Whether a file, plain or gzip, begins as an IDX file does. */
bool inspect_is_idx(const char *path);

#endif

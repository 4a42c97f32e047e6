/* cli/train/progress.h: progress of a training: a bar on a terminal, plain lines otherwise. */
#ifndef FSNN_CLI_PROGRESS_H
#define FSNN_CLI_PROGRESS_H

#include <fsnn/fsnn.h>

#include <stdbool.h>

typedef struct cli_progress {
    double drawn, printed; /* when the bar was last drawn, a plain line last printed */
    bool header, visible;
    const char *watched; /* "test": what the figures of an epoch's end are of */
    bool values;         /* of a regression, which has R2 in place of accuracy */
} cli_progress;
void cli_progress_start(cli_progress *progress, const char *watched, bool values);
void cli_progress_batch(cli_progress *progress, const fsnn_metrics *metrics);
void cli_progress_epoch(cli_progress *progress, const fsnn_metrics *metrics);
void cli_progress_clear(cli_progress *progress);

#endif

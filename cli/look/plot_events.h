/* cli/look/plot_events.h: what fsnn plot draws of recordings of events. */
#ifndef FSNN_CLI_PLOT_EVENTS_H
#define FSNN_CLI_PLOT_EVENTS_H

#include "cli/cli.h"

#include <fsnn/events.h>

/* A strip of `frames` frames (0: as many as fit a row) of the recording into `directory`; returns
 * an exit code. */
int plot_events(const char *file, fsnn_camera camera, int frames, const char *directory);

#endif

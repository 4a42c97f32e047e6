/* cli/camera.c: --camera: which events of a recording of two cameras are read. */
#include "cli/cli.h"

#include <string.h>

static const char *const known[FSNN_CAMERAS] = {
    [FSNN_CAMERA_LEFT] = "left", [FSNN_CAMERA_RIGHT] = "right", [FSNN_CAMERA_BOTH] = "both"};

int cli_camera_find(const char *name, fsnn_camera *camera)
{
    *camera = FSNN_CAMERA_LEFT;
    for (int i = 0; i < FSNN_CAMERAS && name; i++)
        if (!strcmp(known[i], name)) {
            *camera = (fsnn_camera)i;
            return CLI_GOOD;
        }
    return name ? cli_error(CLI_USAGE, "--camera %s: left, right and both are possible", name)
                : CLI_GOOD;
}

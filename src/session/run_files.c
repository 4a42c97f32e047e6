/* The directory of a run stands for its description and its weights. */
#include "session/session.h"

#include "base/port_files.h"

#include <stdlib.h>
#include <string.h>

fsnn_status session_inside(const char *directory, const char *name, char **path)
{
    size_t length = strlen(directory);
    bool slash = length && directory[length - 1] == '/';
    *path = fsnn_format("%s%s%s", directory, slash ? "" : "/", name);
    if (!*path)
        return FSNN_EMEMORY;
    if (!port_exists(*path)) {
        fsnn_free(*path);
        *path = NULL;
    }
    return FSNN_OK;
}

fsnn_status fsnn_run_weights(const char *directory, char **path)
{
    static const char *const name[] = {"best.safetensors", "last.safetensors"};
    FSNN_NEED(path);
    *path = NULL;
    FSNN_NEED(directory);
    for (int i = 0; i < FSNN_COUNT(name) && !*path; i++)
        FSNN_TRY(session_inside(directory, name[i], path));
    if (*path)
        return FSNN_OK;
    return fsnn_fail(FSNN_ENOTFOUND,
                     "%s: no weights are in this directory: neither best.safetensors nor "
                     "last.safetensors, which fsnn train writes",
                     directory);
}

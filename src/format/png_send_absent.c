/* format/png_send_absent.c: pictures where fsnn is built without libpng. */
#include "format/png.h"

#include "base/absent.h"

fsnn_status png_send(guard *g, const char *path)
{
    (void)g;
    return fsnn_absent(path, "libpng", "FSNN_PNG");
}

/* base/version.c: the version, given by the build (project version in CMakeLists.txt). */
#include "base/base.h"

const char *fsnn_version(void)
{
    return FSNN_VERSION;
}

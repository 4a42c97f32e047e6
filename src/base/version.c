/* base/version.c: the version, given by the build (project version in CMakeLists.txt), and
 * what it was built with (cmake/Dependencies.cmake). */
#include "base/base.h"

const char *fsnn_version(void)
{
    return FSNN_VERSION;
}

const char *fsnn_built(void)
{
    return FSNN_BUILT;
}

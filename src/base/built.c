/* base/built.c: what the library was built with (cmake/Dependencies.cmake). */
#include "base/base.h"

const char *fsnn_built(void)
{
    return FSNN_BUILT;
}

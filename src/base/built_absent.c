/* base/built_absent.c: the core alone has nothing of what stands on libraries. */
#include "base/base.h"

const char *fsnn_built(void)
{
#ifdef FSNN_HAVE_DOUBLE
    return "the core, with double precision";
#else
    return "the core (without double precision)";
#endif
}

bool fsnn_feature(int index, fsnn_feature_info *info)
{
    (void)index, (void)info;
    return false;
}

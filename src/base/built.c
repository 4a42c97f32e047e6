/* base/built.c: what the library was built with (cmake/Library.cmake). */
#include "base/base.h"

const char *fsnn_built(void)
{
    return FSNN_BUILT;
}

static const fsnn_feature_info features[] = {
#define X(name, purpose, package, option, built) {name, purpose, package, option, built},
#include "base/built_rows.h"
#undef X
};

bool fsnn_feature(int index, fsnn_feature_info *info)
{
    bool known = info && index >= 0 && index < (int)(sizeof features / sizeof features[0]);
    if (known)
        *info = features[index];
    return known;
}

/* The precisions there are. */
#include "train/plane.h"

extern const train_plane train_plane_real;
#ifdef FSNN_HAVE_DOUBLE
extern const train_plane train_plane_real_double;
#endif

const train_plane *train_plane_of(fsnn_precision precision)
{
#ifdef FSNN_HAVE_DOUBLE
    if (precision == FSNN_PRECISION_DOUBLE)
        return &train_plane_real_double;
#endif
    return precision == FSNN_PRECISION_SINGLE ? &train_plane_real : NULL;
}

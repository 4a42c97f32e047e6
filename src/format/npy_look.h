/* format/npy_look.h: what a .npy file holds, without its numbers. */
#ifndef FSNN_NPY_LOOK_H
#define FSNN_NPY_LOOK_H

#include "base/base.h"

#include <fsnn/tensor.h>

/* Type and shape of the file's array, as `name` of a list that is empty; its data stay NULL. Only
 * the beginning is read. *known is false where the file is no .npy file or a damaged one: reading
 * all of it tells then. FSNN_EMEMORY. */
fsnn_status npy_look(const char *path, const char *name, fsnn_arrays *list, bool *known);

#endif

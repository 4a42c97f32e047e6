/* data/loader.h: a loader of which this process wants a part of the batches. */
#ifndef FSNN_DATA_LOADER_H
#define FSNN_DATA_LOADER_H

#include "base/base.h"
#include <fsnn/data.h>

/* From the next fsnn_loader_start on fsnn_loader_next gives, of each `every` batches of an epoch,
 * `count` from number `first` on; the others are not made. (1, 0, 1): all. */
void loader_share(fsnn_loader *loader, int64_t every, int64_t first, int64_t count);

#endif

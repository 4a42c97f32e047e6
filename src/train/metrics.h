/* train/metrics.h: the figures of an epoch, whose arrays have a place a layer. */
#ifndef FSNN_TRAIN_METRICS_H
#define FSNN_TRAIN_METRICS_H

#include "train/figures.h"
#include "train/layers.h"

/* The arrays for these layers and figures, whose names are borrowed; what `metrics` held before is
 * overwritten. FSNN_EMEMORY. */
fsnn_status metrics_create(fsnn_metrics *metrics, const layers *l, const train_figures *f);
/* Releases them. fsnn_metrics_free releases the names, too. */
void metrics_release(fsnn_metrics *metrics);
/* `to`, whose arrays are of the same layers, gets all figures of `from`. */
void metrics_copy(fsnn_metrics *to, const fsnn_metrics *from);

#endif

/* model/sweep.h: sweeps (fsnn/model.h) from text. */
#ifndef FSNN_MODEL_SWEEP_H
#define FSNN_MODEL_SWEEP_H

#include "base/base.h"

#include <fsnn/model.h>

/* fsnn_sweep_open of a text; `path` names it in sentences. */
fsnn_status sweep_parse(const char *path, const char *text, size_t size, fsnn_sweep **sweep);

#endif

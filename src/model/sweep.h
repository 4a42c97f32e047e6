/* model/sweep.h: sweeps (fsnn/model.h) from text, and what they hold. */
#ifndef FSNN_MODEL_SWEEP_H
#define FSNN_MODEL_SWEEP_H

#include "model/yaml.h"

#include <fsnn/model.h>

/* A key and what it becomes, each "KEY=VALUE", and where that stands. */
typedef struct sweep_axis {
    const char *key;
    const char **set;       /* [values] */
    const yaml_node **node; /* [values] */
    int values;
} sweep_axis;

struct fsnn_sweep {
    yaml_doc doc; /* whose memory has all texts */
    const char *description, *directory;
    sweep_axis *axis; /* [axes] */
    int axes, jobs;
    const char **name; /* [jobs] */
    const char **set;  /* [jobs][axes] */
};

/* fsnn_sweep_open of a text; `path` names it in sentences. */
fsnn_status sweep_parse(const char *path, const char *text, size_t size, fsnn_sweep **sweep);

#endif

/* The figures of an epoch: one block of memory holds those of the layers. */
#include "train/metrics.h"

#include <string.h>

enum { FIGURES = 3 }; /* of a layer: rate, dead, saturated */

/* The arrays lie behind each other in the block that begins with the rates. */
static void place(fsnn_metrics *m, double *block)
{
    m->layer_rate = block;
    m->layer_dead = block + m->layers;
    m->layer_saturated = block + 2 * m->layers;
    m->figure = block + FIGURES * m->layers;
}

fsnn_status metrics_create(fsnn_metrics *m, const layers *l, const train_figures *f)
{
    size_t count = (size_t)l->count, all = FIGURES * count + (size_t)f->count;
    *m = (fsnn_metrics){.layers = l->count, .figures = f->count, .figure_name = f->name};
    m->layer_node = fsnn_alloc((count + 1) * sizeof *m->layer_node);
    double *block = fsnn_alloc((all + 1) * sizeof *block);
    if (!m->layer_node || !block) {
        fsnn_free(m->layer_node);
        fsnn_free(block);
        *m = (fsnn_metrics){0};
        return FSNN_EMEMORY;
    }
    if (count)
        memcpy(m->layer_node, l->node, count * sizeof *l->node);
    place(m, block);
    return FSNN_OK;
}

void metrics_copy(fsnn_metrics *to, const fsnn_metrics *from)
{
    double *block = to->layer_rate;
    int *node = to->layer_node;
    char **name = to->figure_name;
    size_t count = FIGURES * (size_t)from->layers + (size_t)from->figures;
    memcpy(block, from->layer_rate, count * sizeof *block);
    *to = *from;
    to->layer_node = node;
    to->figure_name = name;
    place(to, block);
}

void metrics_release(fsnn_metrics *metrics)
{
    fsnn_free(metrics->layer_rate);
    fsnn_free(metrics->layer_node);
    *metrics = (fsnn_metrics){0};
}

void fsnn_metrics_free(fsnn_metrics *metrics)
{
    if (!metrics)
        return;
    fsnn_free(metrics->figure_name);
    metrics_release(metrics);
}

/* train/history.h: the figures of the epochs so far, and the logs made from them. */
#ifndef FSNN_TRAIN_HISTORY_H
#define FSNN_TRAIN_HISTORY_H

#include "train/metrics.h"

typedef struct history {
    fsnn_metrics *row; /* one an epoch, with arrays of its own */
    int64_t rows, capacity;
    const char *watched; /* "validation", "test": what the logs call the data of the evaluations */
    unsigned logged; /* HISTORY_LOGS of the metrics that the logs have besides loss and accuracy */
} history;

#define HISTORY_LOGS(metric) (1u << (metric))

fsnn_status history_add(history *h, const layers *l, const train_figures *f,
                        const fsnn_metrics *metrics);
void history_free(history *h);
/* As arrays "train.history" [epochs, columns] and "train.history.layers" [epochs, figures, layers],
 * and back (rows appended). None where there are no rows, none of layers where there are none. */
fsnn_status history_save(const history *h, const layers *l, fsnn_arrays *out);
fsnn_status history_load(history *h, const fsnn_net *net, const layers *l, const train_figures *f,
                         int64_t rows, const fsnn_arrays *in);
/* metrics.csv: a header and a row an epoch, "nan" where there is no figure; metrics.jsonl: an
 * object an epoch, null there. */
fsnn_status history_write_csv(const history *h, const layers *l, const char *path);
fsnn_status history_write_jsonl(const history *h, const layers *l, const char *path);

#endif

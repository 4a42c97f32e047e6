/* train/watch.h: by which figure the best epoch is chosen, and by which a training stops early. */
#ifndef FSNN_TRAIN_WATCH_H
#define FSNN_TRAIN_WATCH_H

#include "train/loss_input.h"

/* FSNN_EARGUMENT for a figure that the data do not have. `test` may be NULL. */
fsnn_status watch_check(const fsnn_net *net, const fsnn_training *training,
                        const fsnn_loader *train, const fsnn_loader *test);
/* What sentences and logs call the data that are watched: "validation" or "test". */
const char *watch_name(const fsnn_loader *watched);
/* The metrics that the logs have (HISTORY_LOGS): those of values, and those that are asked for. */
unsigned watch_logged(const fsnn_training *training, bool values);
/* Of epochs with or without watched data: whether m is better than `best`. Of equals the lower loss
 * is, and where one of them has no such figure m is. */
bool watch_better(fsnn_metric by, bool watched, const fsnn_metrics *m, const fsnn_metrics *best);
/* What early stop looks at, larger is better. */
double watch_figure(fsnn_metric by, bool watched, const fsnn_metrics *m);

#endif

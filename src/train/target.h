/* train/target.h: what of the data a loss is given: classes or values, one a sample or one a
 * step. */
#ifndef FSNN_TRAIN_TARGET_H
#define FSNN_TRAIN_TARGET_H

#include "train/loss_input.h"

/* Whether values of shape `target` are for outputs of shape `out` over T steps: one for each step
 * where `*steps` becomes true, else one for all. Dimensions of 1 do not count. */
bool target_fits(const fsnn_shape *target, const fsnn_shape *out, int64_t T, bool *steps);
/* Whether the targets of a loader's samples fit a net's output, and the loss takes them. `what` is
 * the part of the data. FSNN_ESHAPE, FSNN_EARGUMENT. */
fsnn_status target_check(const fsnn_net *net, const fsnn_loader *loader, const fsnn_loss *loss,
                         const char *what);

/* Values in double precision: room for a batch. */
typedef struct target_room {
    double *y;
    int64_t capacity;
} target_room;
void target_room_free(target_room *room);

/* Targets of the batch into `input`, of which K and B are set; sets C. */
fsnn_status target_of(const fsnn_net *net, const fsnn_batch *batch, target_room *room,
                      loss_input *input);
/* Targets of the batch that count. */
int64_t target_counted(const fsnn_batch *batch, const fsnn_loss *loss);

#endif

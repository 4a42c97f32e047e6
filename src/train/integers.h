/* train/integers.h: the answers to a batch by a network in integers (fsnn/integer.h). */
#ifndef FSNN_TRAIN_INTEGERS_H
#define FSNN_TRAIN_INTEGERS_H

#include <fsnn/data.h>
#include <fsnn/integer.h>

/* Inputs of all steps, and outputs. */
typedef struct integer_room {
    float *x, *y;
    int64_t inputs, outputs; /* numbers there is room for */
} integer_room;

/* *output [T, B, output] of the batch, in the room. FSNN_EMEMORY. */
fsnn_status integer_answers(const fsnn_integer *integers, const fsnn_net *net,
                            const fsnn_batch *batch, integer_room *room, const void **output);
void integer_room_free(integer_room *room);

#endif

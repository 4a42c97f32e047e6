/* train/pass.h: one batch forward, with the plan it needs. */
#ifndef FSNN_TRAIN_PASS_H
#define FSNN_TRAIN_PASS_H

#include "train/target.h"

/* The plan a net has now. */
fsnn_plan pass_plan(const fsnn_net *net);
/* FSNN_ESHAPE unless the loader's samples have the shape of the net's input. `what` is "training"
 * or "test". */
fsnn_status pass_check(const fsnn_net *net, const fsnn_loader *loader, const char *what);
/* Whether the net learns from a batch, and in which segments of time (fsnn_plan). */
typedef struct pass_mode {
    bool training;
    int64_t checkpoint;
    bool truncate;
    fsnn_products products;
    int64_t together; /* it is a shard of a batch of so many samples, run with the others; or 0 */
} pass_mode;
/* Of a net that learns by a training. */
pass_mode pass_learning(const fsnn_training *training, int64_t together);
/* Plans the net for a batch's steps, size and stillness, where it is not already. */
fsnn_status pass_replan(fsnn_net *net, const fsnn_batch *batch, pass_mode mode);
/* The same for a batch of so many samples of the loader's, before there is one. */
fsnn_status pass_replan_for(fsnn_net *net, const fsnn_loader *loader, int64_t samples,
                            pass_mode mode);
/* Samples as a net in double precision takes them: room for a batch, free with pass_input_free. */
typedef struct pass_input {
    double *x;
    int64_t capacity;
    target_room target;
} pass_input;
void pass_input_free(pass_input *input);
/* The same as pass_replan, starts at time 0, runs it. `answers` becomes what a loss is given, but
 * for the gradient: where samples have a label for each of several places, B counts places. What is
 * in `input` stays until backward has run. */
fsnn_status pass_forward(fsnn_net *net, const fsnn_batch *batch, pass_mode mode, pass_input *input,
                         loss_input *answers);
/* Its two parts, of a net that may wait between them (net_waits): the run, and what a loss is given
 * beside the output, which is in `answers` by then. */
fsnn_status pass_start(fsnn_net *net, const fsnn_batch *batch, pass_mode mode, pass_input *input,
                       const void **output);
fsnn_status pass_answers(const fsnn_net *net, const fsnn_batch *batch, pass_input *input,
                         loss_input *answers);
fsnn_status pass_backward(fsnn_net *net, const void *output_gradient);
/* Gives the net its plan of before back, after work that ended with `status`: its error, where it
 * is one, and else that of going back. */
fsnn_status pass_back(fsnn_net *net, const fsnn_plan *plan, fsnn_status status);
/* Puts "where: " before the sentence of the last error; returns `status`. */
fsnn_status pass_fail(fsnn_status status, const char *where);

#endif

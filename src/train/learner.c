/* One batch, or one shard: forward, loss, backward. Nothing is allocated but for the first batch
 * and one larger than it. */
#include "train/learner.h"

#include "net/net.h"
#include "train/plane.h"

#include <math.h>

fsnn_status learner_open(learner *w, fsnn_net *net, bool copy)
{
    *w = (learner){.copy = copy};
    if (copy)
        return net_copy(net, &w->net);
    w->net = net;
    return FSNN_OK;
}

void learner_close(learner *w)
{
    fsnn_free(w->gradient);
    pass_input_free(&w->input);
    kept_batch_free(&w->kept);
    if (w->copy)
        fsnn_net_destroy(w->net);
    *w = (learner){0};
}

void learner_take(learner *w, const fsnn_batch *batch)
{
    w->batch = batch;
    w->stage = LEARNER_NEW;
    w->status = FSNN_OK;
}

double learner_weight(const learning *how, const learner *w)
{
    return (double)w->lesson.counted / (double)how->full;
}

fsnn_status learner_status(const learner *w)
{
    if (w->status)
        fsnn_error_restore(&w->error);
    return w->status;
}

static fsnn_status gradient_reserve(learner *w, int64_t count)
{
    if (count <= w->capacity)
        return FSNN_OK;
    fsnn_free(w->gradient);
    w->capacity = 0;
    w->gradient = fsnn_alloc((size_t)count * train_plane_for(w->net)->size);
    if (!w->gradient)
        return FSNN_EMEMORY;
    w->capacity = count;
    return FSNN_OK;
}

/* Spikes of rates' penalties are counted forward: over the steps that are no padding. */
static fsnn_status tell_lengths(const learning *how, const learner *w)
{
    if (!how->training->terms)
        return FSNN_OK;
    const int64_t *lengths = how->loss->mask ? w->batch->lengths : NULL;
    return fsnn_net_lengths(w->net, lengths, lengths ? w->batch->batch : 0);
}

static fsnn_status start(const learning *how, learner *w)
{
    const pass_mode mode = pass_learning(how->training, how->together);
    if (w->copy) /* the optimiser told the training's own net alone */
        FSNN_TRY(fsnn_net_params_changed(w->net));
    FSNN_TRY(fsnn_net_progress(w->net, fmin(how->done, 1)));
    FSNN_TRY(tell_lengths(how, w));
    return pass_start(w->net, w->batch, mode, &w->input, &w->answers.output);
}

/* Shards that sum together have one loss, the mean over all of them: the gradient of each is its
 * part of that one's. */
static void share(const learning *how, learner *w)
{
    const double weight = learner_weight(how, w);
    const loss_input *a = &w->answers;
    net_together_share(w->net, weight);
    if (weight != 1)
        train_plane_for(w->net)->scale(w->gradient, a->K * a->B * a->C, weight);
}

static fsnn_status judge(const learning *how, learner *w)
{
    loss_input *a = &w->answers;
    fsnn_measure measure;
    FSNN_TRY(pass_answers(w->net, w->batch, &w->input, a));
    FSNN_TRY(gradient_reserve(w, a->K * a->B * a->C));
    a->gradient = w->gradient;
    FSNN_TRY(train_plane_for(w->net)->loss(how->loss, a, &measure));
    w->lesson = (lesson){.loss = measure.value,
                         .correct = measure.correct,
                         .counted = target_counted(w->batch, how->loss)};
    if (!isfinite(w->lesson.loss))
        return fsnn_fail(FSNN_ENUMERIC,
                         "the loss is %.6g: a lower learning rate or clipping may help, or the "
                         "samples hold numbers that are not finite",
                         w->lesson.loss);
    if (how->together)
        share(how, w);
    return FSNN_OK;
}

static bool waits(const learner *w)
{
    const double *sums;
    int64_t count;
    return net_waits(w->net, &sums, &count);
}

static fsnn_status go(const learning *how, learner *w, const double *total)
{
    if (w->stage == LEARNER_NEW) {
        FSNN_TRY(start(how, w));
        w->stage = LEARNER_FORWARD;
    } else {
        FSNN_TRY(net_go_on(w->net, total, &w->answers.output));
    }
    if (waits(w))
        return FSNN_OK;
    if (w->stage == LEARNER_FORWARD) {
        FSNN_TRY(judge(how, w));
        w->stage = LEARNER_BACKWARD;
        FSNN_TRY(pass_backward(w->net, w->gradient));
    }
    if (!waits(w))
        w->stage = LEARNER_DONE;
    return FSNN_OK;
}

void learner_go(const learning *how, learner *w, const double *total)
{
    if (w->status || w->stage == LEARNER_DONE)
        return;
    w->status = go(how, w, total);
    if (w->status)
        fsnn_error_keep(&w->error);
}

bool learners_done(const learner *w, int count)
{
    for (int i = 0; i < count; i++)
        if (w[i].stage != LEARNER_DONE)
            return false;
    return true;
}

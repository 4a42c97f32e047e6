/* One batch of a training, and the figures so far. */
#include "train/trainer.h"

#include <math.h>

static double done(const trainer *t)
{
    return (double)t->at.epoch + (double)t->at.batches / (double)t->at.epoch_batches;
}

static int64_t group_of(const trainer *t)
{
    int64_t n = t->options->training.accumulate;
    return n > 1 ? n : 1;
}

int64_t trainer_waiting(const trainer *t)
{
    return t->at.batches == t->at.epoch_batches ? 0 : t->at.batches % group_of(t);
}

/* Steps of the optimiser in so many batches of an epoch. */
static int64_t steps_of(const trainer *t)
{
    int64_t n = group_of(t), last = t->at.batches == t->at.epoch_batches;
    return t->at.batches / n + (last && t->at.batches % n);
}

int64_t trainer_group(const trainer *t)
{
    return t->at.batches % group_of(t);
}

fsnn_status trainer_step(trainer *t, double weight, lesson *l)
{
    int64_t waiting = trainer_group(t);
    l->norm = 0;
    t->weight = waiting ? t->weight + weight : weight;
    if (waiting + 1 < group_of(t) && t->at.batches + 1 < t->at.epoch_batches)
        return FSNN_OK;
    FSNN_TRY(optimizer_step_and_zero(t->optimizer, t->at.lr, t->options->training.clip, t->weight,
                                     &l->norm));
    average_step(&t->average);
    figures_step(&t->figures, t->optimizer, t->weight);
    return FSNN_OK;
}

learning trainer_learning(const trainer *t)
{
    return (learning){
        .training = &t->options->training, .loss = &t->loss, .done = done(t), .full = t->full};
}

void trainer_count(trainer *t, const lesson *l)
{
    progress *at = &t->at;
    at->batches++;
    at->samples += l->counted;
    at->correct += l->correct;
    at->loss += l->loss * (double)l->counted;
    at->norm += l->norm;
    double now = fsnn_now();
    at->seconds += now - t->mark;
    t->mark = now;
}

static fsnn_status learn(trainer *t, const fsnn_batch *batch)
{
    const learning how = trainer_learning(t);
    FSNN_TRY(quantised_show(&t->quantised, true));
    learner_take(t->learner, batch);
    learner_go(&how, t->learner, NULL);
    return quantised_hide(&t->quantised, learner_status(t->learner));
}

static fsnn_status whole_batch(trainer *t, const fsnn_batch *batch)
{
    FSNN_TRY(learn(t, batch));
    lesson l = t->learner->lesson;
    figures_batch(&t->figures, t->net);
    FSNN_TRY(trainer_step(t, 1, &l));
    layers_add_rates(&t->layers, t->net, (double)l.counted, t->rate);
    trainer_count(t, &l);
    return FSNN_OK;
}

static fsnn_status at_fault(const trainer *t, fsnn_status status)
{
    char where[96];
    snprintf(where, sizeof where, "epoch %lld, batch %lld, learning rate %g",
             (long long)t->at.epoch + 1, (long long)t->at.batches + 1, t->at.lr);
    return pass_fail(status, where);
}

int trainer_batch(trainer *t)
{
    const fsnn_training *training = &t->options->training;
    fsnn_batch batch;
    bool sharded = t->shards.net != NULL;
    t->at.lr = schedule_rate(&training->schedule, &t->at.schedule, training->optimizer.lr,
                             (double)training->epochs, done(t));
    int more = sharded ? 1 : fsnn_loader_next(t->train, &batch);
    if (more <= 0)
        return more;
    fsnn_status status = sharded ? trainer_shards_batch(t) : whole_batch(t, &batch);
    return status ? at_fault(t, status) : 1;
}

/* To the end of all epochs. Before the first evaluation one is taken to cost a third of training on
 * as many samples. */
static double seconds_left(const trainer *t, double speed)
{
    int64_t epochs = t->options->training.epochs - t->at.epoch;
    double samples = (double)(epochs * t->at.epoch_samples - t->at.samples);
    double evaluation = t->evaluation_seconds;
    if (!(speed > 0))
        return NAN;
    if (t->test && evaluation == 0)
        evaluation = (double)fsnn_loader_samples(t->test) / speed / 3;
    return samples / speed + (double)epochs * evaluation;
}

void trainer_metrics(const trainer *t, fsnn_metrics *m)
{
    const progress *at = &t->at;
    double samples = (double)at->samples;
    m->epoch = at->epoch + 1;
    m->epochs = t->options->training.epochs;
    m->batch = at->batches;
    m->batches = at->epoch_batches;
    m->samples = at->samples;
    m->loss = at->samples ? at->loss / samples : NAN;
    m->accuracy = at->samples && !t->values ? (double)at->correct / samples : NAN;
    m->test_loss = m->test_accuracy = NAN;
    for (int i = 0; i < FSNN_METRICS; i++)
        m->test_metric[i] = NAN;
    m->multiply_adds = m->additions = m->memory = NAN;
    m->lr = t->at.lr;
    m->gradient_norm = steps_of(t) ? at->norm / (double)steps_of(t) : NAN;
    m->rate = layers_mean(&t->layers, t->rate, samples, m->layer_rate);
    for (int i = 0; i < m->layers; i++)
        m->layer_dead[i] = m->layer_saturated[i] = NAN;
    m->seconds = at->seconds;
    m->samples_per_second = at->seconds > 0 ? samples / at->seconds : 0;
    figures_read(&t->figures, t->net, at->batches, steps_of(t), m->figure);
    m->best = false;
    m->seconds_left = seconds_left(t, m->samples_per_second);
}

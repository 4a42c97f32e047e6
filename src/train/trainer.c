/* The training loop: epochs of batches, an evaluation after each, checkpoints and logs; stopping
 * and going on. */
#include "train/trainer.h"

#include "base/port_files.h"
#include "data/loader.h"
#include "net/net.h"
#include "train/evaluate.h"
#include "train/loss.h"
#include "train/pass.h"
#include "train/terms.h"
#include "train/watch.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* ---- before ---- */

static fsnn_status check_directory(const char *directory)
{
    port_about about;
    if (!port_look(directory, &about))
        return fsnn_fail(FSNN_EIO, "%s: the directory for checkpoints cannot be used: %s",
                         directory, strerror(errno));
    if (!about.folder)
        return fsnn_fail(FSNN_EIO, "%s: checkpoints need a directory, this is none", directory);
    return FSNN_OK;
}

/* The run that was given, or one of its own in the directory. */
static fsnn_status open_run(trainer *t)
{
    const fsnn_train_options *o = t->options;
    if (o->ranks && o->ranks->rank > 0 && (o->run || o->directory || o->resume))
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_train: rank 0 writes: rank %d is given no run",
                         o->ranks->rank);
    if (o->run && (o->directory || o->resume))
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_train: `run` says where to write and whether to "
                                         "resume: leave out `directory` and `resume`");
    if (!o->directory && o->resume)
        return fsnn_fail(FSNN_EARGUMENT, "cannot resume: no directory is given to resume from");
    t->run = o->run;
    if (!o->directory)
        return FSNN_OK;
    FSNN_TRY(check_directory(o->directory));
    fsnn_run_options options = {.directory = o->directory,
                                .mode = o->resume ? FSNN_RUN_RESUME : FSNN_RUN_REPLACE};
    fsnn_status status = fsnn_run_open(&options, &t->run);
    return status < 0 && o->resume ? pass_fail(status, "cannot resume") : status;
}

static fsnn_status prepare_layers(trainer *t)
{
    FSNN_TRY(layers_find(t->net, &t->layers));
    FSNN_TRY(figures_open(&t->figures, t->net, &t->options->training));
    FSNN_TRY(metrics_create(&t->so_far, &t->layers, &t->figures));
    t->rate = fsnn_alloc((size_t)(t->layers.count + 1) * sizeof *t->rate);
    return t->rate ? FSNN_OK : FSNN_EMEMORY;
}

static fsnn_status prepare_loss(trainer *t)
{
    fsnn_shape out;
    fsnn_data_info info = {0};
    t->loss = t->options->training.loss;
    if (!t->loss.balanced || t->loss.class_weight)
        return FSNN_OK;
    fsnn_data_info_get(fsnn_loader_data(t->train), &info);
    FSNN_TRY(fsnn_net_shapes(t->net, NULL, &out));
    t->loss.class_weights = fsnn_shape_count(&out) / (info.places > 0 ? info.places : 1);
    t->class_weight = fsnn_alloc((size_t)t->loss.class_weights * sizeof *t->class_weight);
    if (!t->class_weight)
        return FSNN_EMEMORY;
    t->loss.class_weight = t->class_weight;
    return fsnn_loss_balance(fsnn_loader_data(t->train), t->loss.class_weights, t->class_weight);
}

/* What this process needs. */
static fsnn_status prepare_own(trainer *t)
{
    FSNN_TRY(fsnn_train_check(t->net, t->train, t->test, &t->options->training));
    FSNN_TRY(open_run(t));
    FSNN_TRY(trainer_data_find(t));
    FSNN_TRY(prepare_layers(t));
    FSNN_TRY(prepare_loss(t));
    fsnn_data_info info = {0};
    fsnn_data_info_get(fsnn_loader_data(t->train), &info);
    t->values = info.target.rank > 0 || fsnn_loader_mixes(t->train);
    t->history.watched = watch_name(t->test);
    t->history.logged = watch_logged(&t->options->training, info.target.rank > 0);
    FSNN_TRY(fsnn_optimizer_create(t->net, &t->options->training.optimizer, &t->optimizer));
    FSNN_TRY(average_open(&t->average, t->net, t->options->training.ema));
    FSNN_TRY(
        quantised_open(&t->quantised, t->net, fsnn_quantise_bits(t->options->training.quantise)));
    t->at = (progress){.schedule = SCHEDULE_START, .watched = -INFINITY, .best = -1};
    trainer_shards_epoch(t, &t->at.epoch_batches, &t->at.epoch_samples);
    FSNN_TRY(trainer_shards_open(t));
    FSNN_TRY(trainer_learners_open(t));
    fsnn_net_zero_grad(t->net); /* from here on each step leaves them zero */
    return FSNN_OK;
}

/* What was trained before, where there is anything. */
static fsnn_status prepare(trainer *t)
{
    const fsnn_ranks *ranks = t->options->ranks;
    FSNN_TRY(ranks_check(ranks, shards_of(&t->options->training)));
    FSNN_TRY(ranks_agree(ranks, prepare_own(t)));
    if (ranks_many(ranks)) {
        FSNN_TRY(trainer_ranks_load(t));
        return trainer_ranks_compare(t);
    }
    return t->run && fsnn_run_saved(t->run) ? checkpoint_load(t) : FSNN_OK;
}

/* ---- stopping ---- */

static bool asked_to_stop(const trainer *t)
{
    return t->options->stop && *t->options->stop;
}

static bool called(const trainer *t, fsnn_training_callback callback, const fsnn_metrics *metrics)
{
    return callback && callback(metrics, t->options->user) != 0;
}

static fsnn_status interrupted(const trainer *t)
{
    const char *directory = t->run ? fsnn_run_directory(t->run) : NULL;
    return fsnn_fail(FSNN_EINTERRUPTED,
                     "the training was stopped on request in epoch %lld after batch %lld%s%s",
                     (long long)t->at.epoch + 1, (long long)t->at.batches,
                     directory ? "; it can be resumed from " : "", directory ? directory : "");
}

static fsnn_status save_and_stop(trainer *t)
{
    fsnn_status status = checkpoint_save(t);
    status = status ? status : checkpoint_follow(t, false);
    FSNN_TRY(ranks_agree(t->options->ranks, status));
    return interrupted(t);
}

/* ---- the batches of an epoch ---- */

/* Batches are a function of the epoch: those seen before the stop are taken and put aside. */
static fsnn_status start_epoch(trainer *t)
{
    fsnn_batch batch;
    FSNN_TRY(fsnn_loader_start(t->train, t->at.epoch));
    int64_t seen =
        t->at.batches * shards_of(&t->options->training) / ranks_count(t->options->ranks);
    for (int64_t i = 0; i < seen; i++) {
        int more = fsnn_loader_next(t->train, &batch);
        if (more < 0)
            return (fsnn_status)more;
    }
    return FSNN_OK;
}

static fsnn_status all_batches(trainer *t)
{
    int more = 0;
    t->wants = t->stop = false;
    FSNN_TRY(start_epoch(t));
    t->mark = fsnn_now();
    while (t->at.batches < t->at.epoch_batches && (more = trainer_batch(t)) > 0) {
        trainer_metrics(t, &t->so_far);
        t->wants = called(t, t->options->on_batch, &t->so_far) || asked_to_stop(t) || t->wants;
        bool stop = ranks_many(t->options->ranks) ? t->stop : t->wants;
        if (stop && !trainer_waiting(t))
            return save_and_stop(t);
    }
    return more < 0 ? (fsnn_status)more : FSNN_OK;
}

/* ---- its end ---- */

static fsnn_status evaluate(trainer *t, fsnn_metrics *metrics)
{
    fsnn_evaluation e;
    if (!t->test)
        return FSNN_OK;
    FSNN_TRY(average_show(&t->average, true));
    fsnn_status status = quantised_show(&t->quantised, true);
    if (!status)
        status = evaluate_quick(t->net, t->test, &t->options->training, t->options->ranks,
                                t->options->stop, &e);
    status = quantised_hide(&t->quantised, status);
    fsnn_error error;
    fsnn_error_keep(&error);
    status = fsnn_error_first(status, &error, average_show(&t->average, false));
    if (status == FSNN_EINTERRUPTED)
        return save_and_stop(t);
    if (status) {
        char where[48];
        snprintf(where, sizeof where, "epoch %lld", (long long)t->at.epoch + 1);
        return pass_fail(status, where);
    }
    fsnn_account cost = fsnn_evaluation_account(&e);
    metrics->multiply_adds = cost.multiply_adds;
    metrics->additions = cost.additions;
    metrics->memory = cost.memory;
    memcpy(metrics->test_metric, e.metric, sizeof e.metric);
    metrics->test_loss = e.loss;
    metrics->test_accuracy = e.accuracy;
    for (int i = 0; i < e.layers; i++) {
        metrics->layer_dead[i] = (double)e.layer_dead[i] / (double)e.layer_neurons[i];
        metrics->layer_saturated[i] = (double)e.layer_saturated[i] / (double)e.layer_neurons[i];
    }
    metrics->seconds += e.seconds;
    t->evaluation_seconds = e.seconds;
    fsnn_evaluation_free(&e);
    return FSNN_OK;
}

static bool better(const trainer *t, const fsnn_metrics *m)
{
    if (t->at.best < 0)
        return true;
    return watch_better(t->options->training.best, t->test != NULL, m, &t->history.row[t->at.best]);
}

static void watch(trainer *t, const fsnn_metrics *m)
{
    const fsnn_early_stop *stop = &t->options->training.early_stop;
    double figure = watch_figure(stop->by, t->test != NULL, m);
    if (figure > t->at.watched + stop->min_delta) {
        t->at.watched = figure;
        t->at.bad = 0;
    } else {
        t->at.bad++;
    }
}

/* The next epoch begins: sums at 0. */
static void next_epoch(trainer *t)
{
    progress *at = &t->at;
    at->epoch++;
    at->batches = at->samples = at->correct = 0;
    at->loss = at->norm = at->seconds = 0;
    memset(t->rate, 0, (size_t)t->layers.count * sizeof *t->rate);
    figures_next_epoch(&t->figures);
}

/* What follows from the epoch on disk. */
static fsnn_status write_epoch(trainer *t, bool best)
{
    FSNN_TRY(checkpoint_save(t));
    FSNN_TRY(checkpoint_follow(t, best));
    return t->run ? run_saved(t->run, t->at.epoch) : FSNN_OK;
}

static fsnn_status end_epoch(trainer *t, fsnn_metrics *metrics)
{
    FSNN_TRY(average_show(&t->average, true)); /* figures of parameters are those evaluated */
    trainer_metrics(t, metrics);
    FSNN_TRY(average_show(&t->average, false));
    FSNN_TRY(evaluate(t, metrics));
    metrics->best = better(t, metrics);
    FSNN_TRY(history_add(&t->history, &t->layers, &t->figures, metrics));
    if (metrics->best)
        t->at.best = t->history.rows - 1;
    watch(t, metrics);
    schedule_epoch(&t->options->training.schedule, &t->at.schedule,
                   t->test ? metrics->test_loss : metrics->loss);
    next_epoch(t);
    metrics->seconds_left =
        (double)(metrics->epochs - metrics->epoch) *
        ((double)t->at.epoch_samples / metrics->samples_per_second + t->evaluation_seconds);
    return ranks_agree(t->options->ranks, write_epoch(t, metrics->best));
}

/* ---- all epochs ---- */

static bool finished(const trainer *t)
{
    const fsnn_training *training = &t->options->training;
    int patience = training->early_stop.patience;
    return t->at.epoch >= training->epochs || (patience > 0 && t->at.bad >= patience);
}

/* From here on files are written: first those that follow from the state that was loaded, since the
 * process that wrote it may not have come to them. */
static fsnn_status begin(trainer *t)
{
    if (!t->run)
        return FSNN_OK;
    bool resumed = fsnn_run_saved(t->run);
    FSNN_TRY(run_begin(t->run, !finished(t)));
    if (!resumed)
        return FSNN_OK;
    bool best = t->at.batches == 0 && t->at.best >= 0 && t->at.best == t->at.rows - 1;
    FSNN_TRY(checkpoint_follow(t, best));
    return run_saved(t->run, t->at.epoch);
}

static fsnn_status all_epochs(trainer *t)
{
    FSNN_TRY(ranks_agree(t->options->ranks, begin(t)));
    while (!finished(t)) {
        FSNN_TRY(all_batches(t));
        FSNN_TRY(end_epoch(t, &t->so_far));
        FSNN_TRY(average_show(&t->average, true)); /* callbacks keep the best weights */
        bool many = ranks_many(t->options->ranks);
        bool stop = called(t, t->options->on_epoch, &t->so_far) || asked_to_stop(t) ||
                    (many && (t->wants || t->stop)); /* since the last batch */
        FSNN_TRY(average_show(&t->average, false));
        FSNN_TRY(ranks_any(t->options->ranks, &stop));
        if (stop && !finished(t))
            return interrupted(t); /* all is saved */
    }
    return FSNN_OK;
}

/* `result` gets its arrays from the trainer, which ends. */
static void result_of(trainer *t, fsnn_metrics *result)
{
    const fsnn_metrics *best =
        t->at.best >= 0 && t->at.best < t->history.rows ? &t->history.row[t->at.best] : NULL;
    if (best) {
        metrics_copy(&t->so_far, best);
        t->so_far.epochs = t->at.epoch;
        t->so_far.batch = t->so_far.batches = t->at.epoch_batches;
    } else if (t->at.epoch_batches) {
        trainer_metrics(t, &t->so_far);
    }
    *result = t->so_far;
    t->so_far = (fsnn_metrics){0};
    t->figures.name = NULL; /* the result's now */
}

static void release(trainer *t)
{
    if (t->run != t->options->run)
        fsnn_run_close(t->run);
    fsnn_optimizer_destroy(t->optimizer);
    average_close(&t->average);
    quantised_close(&t->quantised);
    history_free(&t->history);
    metrics_release(&t->so_far);
    figures_close(&t->figures);
    layers_free(&t->layers);
    fsnn_free(t->rate);
    fsnn_free(t->class_weight);
    trainer_learners_close(t);
    trainer_shards_close(t);
}

/* The penalties of the terms off the net; keeps the error of what ended with `status`. */
static fsnn_status terms_off(const trainer *t, fsnn_status status)
{
    fsnn_error error;
    fsnn_error_keep(&error);
    return fsnn_error_first(status, &error, terms_end(t->net, &t->options->training));
}

/* Of the batches of an epoch this rank makes its own: again all, at the end. */
static void share_batches(const trainer *t, bool on)
{
    const fsnn_ranks *r = on && ranks_many(t->options->ranks) ? t->options->ranks : NULL;
    int64_t all = shards_of(&t->options->training), part = r ? all / r->count : 1;
    loader_share(t->train, r ? all : 1, r ? r->rank * part : 0, part);
    if (t->test)
        loader_share(t->test, r ? r->count : 1, r ? r->rank : 0, 1);
}

/* The penalties of the terms on the nets of all learners. */
static fsnn_status begin_terms(const trainer *t)
{
    for (int i = 0; i < t->learners; i++)
        FSNN_TRY(terms_begin(t->learner[i].net, &t->options->training));
    return FSNN_OK;
}

/* Everything, with the number of threads that a shard is run with: kernels of convolutions and
 * products may cut their sums by it, and a shard must give the same bits wherever it is run. */
static fsnn_status run_epochs(trainer *t)
{
    share_batches(t, true);
    if (!t->shards.net) {
        FSNN_TRY(begin_terms(t));
        return all_epochs(t);
    }
    fsnn_plan plan = pass_plan(t->net);
    t->optimizer->threads = t->threads;
    FSNN_TRY(fsnn_threads_set(1));
    fsnn_status status = fsnn_net_replan(t->net, &plan); /* kernels are made for it */
    status = status ? status : trainer_learners_begin(t);
    status = status ? status : begin_terms(t);
    status = status ? status : all_epochs(t);
    fsnn_threads_set(t->threads);
    return status;
}

fsnn_status fsnn_train(fsnn_net *net, fsnn_loader *train, fsnn_loader *test,
                       const fsnn_train_options *options, fsnn_metrics *result)
{
    if (result)
        *result = (fsnn_metrics){0};
    if (!net || !train || !options)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_train: net, train and options must not be NULL");
    trainer t = {
        .net = net, .train = train, .test = test, .options = options, .threads = fsnn_threads()};
    fsnn_plan plan = pass_plan(net);
    fsnn_status status = prepare(&t);
    if (!status) {
        status = run_epochs(&t);
        share_batches(&t, false);
        status = terms_off(&t, status);
        status = pass_back(net, &plan, status);
        fsnn_error error;
        fsnn_error_keep(&error);
        status = fsnn_error_first(status, &error, average_show(&t.average, true));
    }
    if (result)
        result_of(&t, result);
    release(&t);
    return status;
}

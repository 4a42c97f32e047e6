/* Shards of a batch that are run at the same time: as many as there are threads, or, where they sum
 * together, all of this rank. What they leave goes into the tree in their order, so the bits are
 * those of one thread that runs them one after the other. */
#include "train/trainer.h"

#include "base/threads_openmp.h"
#include "net/net.h"

/* The learners that run. */
typedef struct wave {
    trainer *t;
    learning how;
    int count;           /* of learners */
    int64_t first;       /* shard of the first of them */
    const double *total; /* of all shards, for those that wait */
    bool given;          /* what they leave goes to the ranks as it becomes final */
} wave;

/* ---- threads ---- */

void trainer_threads(const trainer *t, bool many)
{
    if (t->threads > 1)
        fsnn_threads_set(many ? t->threads : 1);
}

static int64_t shards_own(const trainer *t)
{
    return shards_of(&t->options->training) / ranks_count(t->options->ranks);
}

/* ---- learners ---- */

static bool synchronised(const trainer *t)
{
    return shards_synchronised(&t->options->training);
}

/* Samples of a batch that is full, where its shards sum together. */
static int64_t samples(const trainer *t)
{
    return synchronised(t) ? fsnn_loader_batch(t->train) * shards_of(&t->options->training) : 0;
}

fsnn_status trainer_learners_begin(const trainer *t)
{
    return pass_replan_for(t->net, t->train, fsnn_loader_batch(t->train),
                           pass_learning(&t->options->training, samples(t)));
}

/* Copies have the net's plan. */
static fsnn_status open_copies(trainer *t, int count)
{
    while (t->learners < count)
        FSNN_TRY(learner_open(&t->learner[t->learners++], t->net, true));
    return FSNN_OK;
}

static fsnn_status open_all(trainer *t, int count)
{
    t->learner = fsnn_alloc((size_t)count * sizeof *t->learner);
    if (!t->learner)
        return FSNN_EMEMORY;
    FSNN_TRY(learner_open(t->learner, t->net, false));
    t->learners = 1;
    if (!synchronised(t) && count == 1)
        return FSNN_OK;
    const fsnn_plan plan = pass_plan(t->net);
    fsnn_status status = trainer_learners_begin(t);
    if (!status && synchronised(t))
        status = together_open(&t->together, t->options->ranks, shards_of(&t->options->training),
                               net_together_most(t->net));
    status = status ? status : open_copies(t, count);
    return pass_back(t->net, &plan, status);
}

fsnn_status trainer_learners_open(trainer *t)
{
    if (shards_of(&t->options->training) < 2)
        return open_all(t, 1);
    const int64_t own = shards_own(t);
    const bool all = synchronised(t) || own < t->threads;
    fsnn_threads_set(1); /* kernels of the copies are made for it */
    fsnn_status status = open_all(t, all ? (int)own : t->threads);
    fsnn_threads_set(t->threads);
    FSNN_TRY(status);
    return giving_open(&t->giving, t->options->ranks, &t->shards, shards_of(&t->options->training),
                       t->learners);
}

void trainer_learners_close(trainer *t)
{
    for (int i = 0; i < t->learners; i++)
        learner_close(&t->learner[i]);
    fsnn_free(t->learner);
    together_close(&t->together);
    t->learner = NULL;
    t->learners = 0;
}

/* ---- a wave ---- */

/* The next shards of the loader. One that runs alone need not be copied. */
static fsnn_status load(const wave *w, int64_t number)
{
    fsnn_shape sample;
    fsnn_batch batch;
    fsnn_loader_shape(w->t->train, NULL, &sample);
    for (int i = 0; i < w->count; i++) {
        learner *l = &w->t->learner[i];
        int more = fsnn_loader_next(w->t->train, &batch);
        if (more < 0)
            return (fsnn_status)more;
        if (w->t->learners > 1)
            FSNN_TRY(kept_batch_copy(&l->kept, &batch, fsnn_shape_count(&sample)));
        else
            l->kept.batch = batch;
        learner_take(l, &l->kept.batch);
        fsnn_net_counter_set(l->net, number + w->first + i); /* the random numbers of its shard */
        if (l->copy)
            shards_begin_copy(&w->t->shards, l->net);
    }
    return FSNN_OK;
}

/* Kernels ask the thread that calls them for its number of threads. */
static void work(int64_t i, int worker, void *user)
{
    const wave *w = user;
    openmp_choose(1);
    giving_watch_thread(&w->t->giving, (int)i, worker == 0);
    learner_go(&w->how, &w->t->learner[i], w->total);
}

/* To their ends, or to where they wait; the error of the first that has one. A hook of the caller's
 * need not bear several threads. */
static fsnn_status go(wave *w)
{
    trainer_threads(w->t, false);
    openmp_run(w->count, w->t->net->hook ? 1 : w->t->threads, 1, work, w);
    trainer_threads(w->t, true);
    for (int i = 0; i < w->count; i++)
        FSNN_TRY(learner_status(&w->t->learner[i]));
    return FSNN_OK;
}

/* What they leave; `index` counts the shards of this rank. */
static fsnn_status take(const wave *w, int64_t index)
{
    trainer *t = w->t;
    const shard_range all = shards_all(&t->shards);
    for (int i = 0; i < w->count; i++) {
        const learner *l = &t->learner[i];
        trainer_shard_says(t, l, index + i);
        if (!w->given)
            FSNN_TRY(shards_take(&t->shards, l->net, giving_weights(&w->how, l), w->first + i, &all,
                                 &t->shards.tree));
    }
    return FSNN_OK;
}

/* ---- shards that sum together ---- */

/* Sums of those that wait: all of them, or none. */
static fsnn_status give(const wave *w, bool *waits)
{
    const double *sums;
    int64_t count;
    *waits = false;
    for (int i = 0; i < w->count; i++) {
        if (!net_waits(w->t->learner[i].net, &sums, &count))
            continue;
        FSNN_TRY(together_give(&w->t->together, w->first + i, sums, count));
        *waits = true;
    }
    return FSNN_OK;
}

/* With a status of before, all the same: the other ranks must hear of it. */
static fsnn_status run_together(wave *w, int64_t shards, fsnn_status status)
{
    do {
        bool waits = false;
        status = status ? status : go(w);
        status = status ? status : give(w, &waits);
        FSNN_TRY(together_sum(&w->t->together, shards, waits && !status, status, &w->total));
    } while (w->total);
    return status;
}

/* ---- all shards of this rank ---- */

/* `index` counts the shards of this rank, `number` is that of the forward call of shard 0. */
static fsnn_status run_wave(wave *w, int64_t index, int64_t shards, int64_t number, bool last,
                            fsnn_status status)
{
    trainer *t = w->t;
    status = status ? status : load(w, number);
    w->given =
        !status && last && giving_watch_begin(&t->giving, &w->how, t->learner, w->count, w->first);
    if (t->together.most)
        status = run_together(w, shards, status);
    else
        status = status ? status : go(w);
    giving_watch_end(&t->giving);
    return status || !learners_done(t->learner, w->count) ? status : take(w, index);
}

fsnn_status trainer_run_shards(trainer *t, int64_t first, int64_t last, int64_t shards)
{
    const int64_t number = fsnn_net_counter(t->net);
    fsnn_status status = quantised_show(&t->quantised, true);
    wave w = {.t = t, .how = trainer_learning(t), .first = first};
    w.how.together = samples(t);
    do { /* once where there are none, but other ranks have some */
        const int64_t left = last - w.first;
        w.count = (int)(left < t->learners ? left : t->learners);
        const bool end = w.first + w.count >= last;
        status = run_wave(&w, w.first - first, shards, number, end, status);
        w.first += w.count;
    } while (w.first < last && !status);
    fsnn_net_counter_set(t->net, number + shards_of(&t->options->training));
    return quantised_hide(&t->quantised, status);
}

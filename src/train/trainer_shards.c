/* Batches that are run shard by shard. A shard says of itself a row of numbers, which are counted
 * in the order of the shards; its gradient goes into a tree (train/tree.h). */
#include "train/trainer.h"

#include <string.h>

/* Before the rows of a rank: its status, and whether it wants to stop. */
enum { STATUS, STOP, HEAD };

/* A row: what the loss says, then rates of layers and figures of terms. */
enum { COUNTED, LOSS, CORRECT, SAID };

static int64_t width(const trainer *t)
{
    return SAID + t->layers.count + t->figures.count;
}

static double *row(const trainer *t, int64_t shard)
{
    return t->said + shard * width(t);
}

static int64_t count_of(const trainer *t)
{
    return shards_of(&t->options->training);
}

fsnn_status trainer_shards_open(trainer *t)
{
    int64_t n = count_of(t);
    if (n < 2)
        return FSNN_OK;
    fsnn_data_info info = {0};
    fsnn_data_info_get(fsnn_loader_data(t->train), &info);
    t->full = fsnn_loader_batch(t->train) * (info.places > 1 ? info.places : 1) *
              (info.label_steps > 1 ? info.label_steps : 1);
    FSNN_TRY(shards_open(&t->shards, t->net, &t->options->training));
    t->said = fsnn_alloc((size_t)(n * width(t)) * sizeof *t->said);
    t->own = fsnn_alloc((size_t)(HEAD + n * width(t)) * sizeof *t->own);
    int64_t ranks = ranks_count(t->options->ranks);
    t->told = fsnn_alloc((size_t)(ranks * HEAD + n * width(t)) * sizeof *t->told);
    return t->said && t->own && t->told ? FSNN_OK : FSNN_EMEMORY;
}

void trainer_shards_close(trainer *t)
{
    shards_close(&t->shards);
    giving_close(&t->giving);
    fsnn_free(t->said);
    fsnn_free(t->own);
    fsnn_free(t->told);
    t->said = t->own = t->told = NULL;
}

/* Of the loader's batches, which are shards. */
void trainer_shards_epoch(const trainer *t, int64_t *batches, int64_t *samples)
{
    int64_t n = count_of(t), all = fsnn_loader_batches(t->train);
    *samples = fsnn_loader_samples(t->train);
    *batches = (all + n - 1) / n;
    if (n > 1 && t->options->training.drop_last) {
        *batches = all / n;
        *samples = *batches * n * fsnn_loader_batch(t->train);
    }
}

/* Shards of the batch that runs now: the last one of an epoch may have fewer. */
static int64_t here(const trainer *t)
{
    int64_t n = count_of(t), left = fsnn_loader_batches(t->train) - t->at.batches * n;
    return left < n ? left : n;
}

/* Its share of a shard that is full and in which every sample counts. */
static double weight_of(const trainer *t, const double *said)
{
    return said[COUNTED] / (double)t->full;
}

void trainer_shard_says(const trainer *t, const learner *w, int64_t index)
{
    double *said = t->own + HEAD + index * width(t);
    const lesson *l = &w->lesson;
    said[COUNTED] = (double)l->counted;
    said[LOSS] = l->loss;
    said[CORRECT] = (double)l->correct;
    for (int i = 0; i < t->layers.count; i++)
        said[SAID + i] = fsnn_net_rate(w->net, t->layers.node[i]);
    figures_look(&t->figures, w->net, said + SAID + t->layers.count);
}

/* ---- the batch as a whole ---- */

/* Rows of all ranks, and whether all went well. */
static fsnn_status tell(trainer *t, fsnn_status status)
{
    const fsnn_ranks *r = t->options->ranks;
    int64_t ranks = ranks_count(r), rows = count_of(t) / ranks * width(t), length = HEAD + rows;
    size_t bytes = (size_t)rows * sizeof *t->said;
    bool failed = false;
    if (!ranks_many(r)) {
        memcpy(t->said, t->own + HEAD, bytes);
        return status;
    }
    t->own[STATUS] = status;
    t->own[STOP] = t->wants || (t->options->stop && *t->options->stop);
    FSNN_TRY(ranks_gather(r, t->own, t->told, (size_t)length * sizeof *t->own));
    for (int64_t k = 0; k < ranks; k++) {
        const double *of = t->told + k * length;
        failed = failed || of[STATUS] != 0;
        t->stop = t->stop || of[STOP] != 0;
        memcpy(t->said + k * rows, of + HEAD, bytes);
    }
    return failed ? ranks_agree(r, status) : FSNN_OK;
}

/* The sum of the weights of all shards. */
static double weigh(const trainer *t, int64_t shards)
{
    double weight = 0;
    for (int64_t k = 0; k < shards; k++)
        weight += weight_of(t, row(t, k));
    return weight > 0 ? weight : 1;
}

static void count_shard(trainer *t, const double *said, double share, lesson *sum)
{
    sum->counted += (int64_t)said[COUNTED];
    sum->correct += (int64_t)said[CORRECT];
    sum->loss += said[LOSS] * said[COUNTED];
    for (int i = 0; i < t->layers.count; i++)
        t->rate[i] += said[COUNTED] * said[SAID + i];
    double *figure = row(t, 0) + SAID + t->layers.count; /* becomes the mean */
    const double *own = said + SAID + t->layers.count;
    for (int i = 0; i < t->figures.count; i++)
        figure[i] = own == figure ? share * own[i] : figure[i] + share * own[i];
}

static void count_all(trainer *t, int64_t shards, double weight, double norm)
{
    lesson sum = {.norm = norm};
    for (int64_t k = 0; k < shards; k++)
        count_shard(t, row(t, k), weight_of(t, row(t, k)) / weight, &sum);
    sum.loss /= sum.counted ? (double)sum.counted : 1;
    figures_batch_mean(&t->figures, row(t, 0) + SAID + t->layers.count);
    trainer_count(t, &sum);
}

/* The sum of what shards of all ranks leave. */
static fsnn_status sum_shards(trainer *t, int64_t first, int64_t last, int64_t shards,
                              const void **sum)
{
    giving *g = &t->giving;
    tree_clear(&t->shards.tree);
    giving_begin(g, shards);
    fsnn_status status = trainer_run_shards(t, first, last, shards);
    status = tell(t, giving_early(g, status));
    FSNN_TRY(giving_end(g, giving_late(g, status), sum));
    if (!ranks_many(t->options->ranks))
        *sum = tree_sum(&t->shards.tree);
    return FSNN_OK;
}

fsnn_status trainer_shards_batch(trainer *t)
{
    const fsnn_ranks *r = t->options->ranks;
    int64_t all = count_of(t), shards = here(t), first, last;
    lesson l;
    bool waiting = trainer_group(t) > 0;
    ranks_share(r, ranks_own(r), all, shards, &first, &last);
    trainer_threads(t, true);
    shards_begin(&t->shards, waiting);
    const void *sum = NULL;
    FSNN_TRY(sum_shards(t, first, last, shards, &sum));
    double weight = weigh(t, shards);
    shards_put(&t->shards, sum, weight, waiting);
    trainer_threads(t, false);
    FSNN_TRY(trainer_step(t, weight, &l));
    count_all(t, shards, weight, l.norm);
    return FSNN_OK;
}

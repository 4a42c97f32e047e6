/* train/check.c: all that can be refused before a training begins: options, data that do not fit,
 * and a last batch that is too small for the network. */
#include "net/net.h"
#include "train/optimizer.h"
#include "train/pass.h"
#include "train/schedule.h"
#include "train/shards.h"
#include "train/terms.h"
#include "train/watch.h"

#include "base/error_key.h"

#include <math.h>

static fsnn_status check_options(const fsnn_training *training)
{
    if (training->epochs < 1)
        return fsnn_fail(FSNN_EARGUMENT, "training over %lld epochs: at least 1 is needed",
                         (long long)training->epochs);
    if (!(training->clip >= 0 && isfinite(training->clip)))
        return fsnn_fail(FSNN_EARGUMENT, "clip is %g: it must not be negative (0: no clipping)",
                         training->clip);
    if (!(training->ema >= 0 && training->ema < 1))
        return fsnn_fail_key(
            FSNN_EARGUMENT, "ema",
            "ema is %g: the average keeps a share in [0, 1) at each step (0: none)", training->ema);
    if (training->accumulate < 0)
        return fsnn_fail_key(FSNN_EARGUMENT, "accumulate",
                             "accumulate is %lld: a step takes the gradient of at least 1 batch",
                             (long long)training->accumulate);
    if (training->early_stop.patience < 0 || !(training->early_stop.min_delta >= 0))
        return fsnn_fail(FSNN_EARGUMENT,
                         "early stop: patience is %d and min_delta %g, neither may be negative",
                         training->early_stop.patience, training->early_stop.min_delta);
    if (training->products == FSNN_PRODUCTS_INT8)
        return fsnn_fail_key(FSNN_EUNSUPPORTED, "precision",
                             "products in int8 are for inference: training takes full or bf16 "
                             "(quantise: int8 learns weights that fit 8 bits)");
    FSNN_TRY(fsnn_loss_check(&training->loss));
    FSNN_TRY(schedule_check(&training->schedule));
    return optimizer_check(&training->optimizer);
}

static fsnn_status check_quantise(const fsnn_net *net, const fsnn_training *training)
{
    if (!fsnn_quantise_name(training->quantise))
        return fsnn_fail_key(FSNN_EARGUMENT, "quantise", "there is no way %d to quantise weights",
                             (int)training->quantise);
    if (training->quantise && fsnn_net_precision(net) == FSNN_PRECISION_DOUBLE)
        return fsnn_fail_key(FSNN_EUNSUPPORTED, "quantise",
                             "weights of %s are trained in single precision: without "
                             "dynamics.precision: double it works",
                             fsnn_quantise_name(training->quantise));
    if (training->quantise && training->products)
        return fsnn_fail_key(FSNN_EUNSUPPORTED, "quantise",
                             "products in %s round the weights of %s once more: precision: full "
                             "works",
                             fsnn_products_name(training->products),
                             fsnn_quantise_name(training->quantise));
    return FSNN_OK;
}

/* Batches of the loader are shards, where a batch has several. */
static fsnn_status check_shards(const fsnn_loader *train, const fsnn_training *training)
{
    int64_t size, n = shards_of(training), batch = fsnn_loader_batch(train),
                  samples = fsnn_loader_samples(train);
    FSNN_TRY(shards_size(training, &size));
    if (n > 1 && batch != size && !(batch < size && batch == samples))
        return fsnn_fail_key(FSNN_EARGUMENT, "shards",
                             "a batch of %lld samples in %lld shards needs a loader whose batches "
                             "are shards, of %lld samples: this one has batches of %lld",
                             (long long)training->batch, (long long)n, (long long)size,
                             (long long)batch);
    if (n > 1 && training->drop_last && fsnn_loader_batches(train) < n)
        return fsnn_fail_key(FSNN_EARGUMENT, "shards",
                             "%lld samples do not fill one batch of %lld, and drop_last leaves an "
                             "incomplete one out",
                             (long long)samples, (long long)training->batch);
    return FSNN_OK;
}

const char *fsnn_norm_over_name(fsnn_norm_over over)
{
    static const char *const names[FSNN_NORMS_OVER] = {
        [FSNN_NORM_SHARD] = "shard", [FSNN_NORM_SYNCHRONISED] = "synchronised"};
    return (unsigned)over < FSNN_NORMS_OVER ? names[over] : NULL;
}

static fsnn_status check_norms(const fsnn_net *net, const fsnn_training *training)
{
    if (!fsnn_norm_over_name(training->batchnorm))
        return fsnn_fail_key(FSNN_EARGUMENT, "batchnorm",
                             "there is no way %d to normalise over a batch",
                             (int)training->batchnorm);
    if (training->batchnorm == FSNN_NORM_SHARD || net_sums_samples(net))
        return FSNN_OK;
    return fsnn_fail_key(FSNN_EARGUMENT, "batchnorm",
                         "the network has no layer of batch normalisation that could be "
                         "synchronised: leave batchnorm out");
}

/* Samples of the last batch of an epoch, or of every, where its shards sum together; else 0. */
static int64_t together(const fsnn_loader *train, const fsnn_training *training, bool last)
{
    const int64_t n = shards_of(training), whole = n * fsnn_loader_batch(train),
                  rest = fsnn_loader_samples(train) % whole;
    if (!shards_synchronised(training))
        return 0;
    return last && rest && !training->drop_last ? rest : whole;
}

static fsnn_status plan_batch(fsnn_net *net, const fsnn_loader *train,
                              const fsnn_training *training, int64_t samples, bool last)
{
    return pass_replan_for(net, train, samples,
                           pass_learning(training, together(train, training, last)));
}

/* The last batch of an epoch, where it is another than the others. */
static fsnn_status check_last(fsnn_net *net, const fsnn_loader *train,
                              const fsnn_training *training)
{
    fsnn_error error;
    int64_t batch = fsnn_loader_batch(train), samples = fsnn_loader_samples(train),
            rest = samples % batch, all = together(train, training, true);
    fsnn_status status = FSNN_OK;
    if (rest || all != together(train, training, false))
        status = plan_batch(net, train, training, rest ? rest : batch, true);
    if (!status)
        return FSNN_OK;
    fsnn_error_keep(&error);
    fsnn_fail(status,
              "the last batch of an epoch is %lld of %lld samples, in batches of %lld: %s; "
              "`drop_last: true` in the section training leaves it out",
              (long long)(all ? all : rest), (long long)samples,
              (long long)(all ? training->batch : batch), error.text);
    return fsnn_error_set_key(status, error.key);
}

/* The plans of the batches, checkpointing and products among them. The last batch of an epoch may
 * be smaller than the others: what normalises over a batch may refuse it. Planned now, it does so
 * before anything is learned. */
static fsnn_status check_plans(fsnn_net *net, const fsnn_loader *train,
                               const fsnn_training *training)
{
    const fsnn_plan plan = pass_plan(net);
    fsnn_status status = plan_batch(net, train, training, fsnn_loader_batch(train), false);
    status = status ? status : check_last(net, train, training);
    return pass_back(net, &plan, status);
}

fsnn_status fsnn_train_check(fsnn_net *net, const fsnn_loader *train, const fsnn_loader *test,
                             const fsnn_training *training)
{
    if (!net || !train || !training)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_train_check: net, train and training must not be NULL");
    FSNN_TRY(check_options(training));
    FSNN_TRY(fsnn_net_shapes(net, NULL, NULL)); /* wrapped? */
    FSNN_TRY(check_quantise(net, training));
    FSNN_TRY(check_norms(net, training));
    FSNN_TRY(optimizer_check_rules(net, &training->optimizer));
    FSNN_TRY(terms_check(net, training));
    FSNN_TRY(pass_check(net, train, "training"));
    FSNN_TRY(check_shards(train, training));
    FSNN_TRY(target_check(net, train, &training->loss, "training"));
    if (test) {
        FSNN_TRY(pass_check(net, test, watch_name(test)));
        FSNN_TRY(target_check(net, test, &training->loss, watch_name(test)));
    }
    FSNN_TRY(watch_check(net, training, train, test));
    return check_plans(net, train, training);
}

/* Figures that are watched: of the epoch's evaluation, where there is one, else of its training. */
#include "train/watch.h"

#include "base/error_key.h"
#include "train/history.h"
#include "train/metric.h"

#include <math.h>

/* Of mixed samples no accuracy is measured. */
static fsnn_status check_mixed(fsnn_metric by, const char *key, bool mixed, bool watched)
{
    if (by != FSNN_METRIC_ACCURACY || !mixed || watched)
        return FSNN_OK;
    return fsnn_fail_key(FSNN_EARGUMENT, key,
                         "%s is accuracy, which mixed samples (augment.mixup, augment.cutmix) do "
                         "not have, and there are no validation or test data: `data.validation: "
                         "0.1` keeps a tenth of the training data for it",
                         key);
}

/* Where as many answers count as there are outputs, every answer does. */
static fsnn_status check_top_k(const fsnn_training *t, fsnn_metric by, const char *key,
                               int64_t outputs)
{
    int64_t k = t->top_k > 0 ? t->top_k : fsnn_training_default().top_k;
    if (by != FSNN_METRIC_TOP_K || k < outputs)
        return FSNN_OK;
    return fsnn_fail_key(FSNN_EARGUMENT, key,
                         "%s is top_k, and k is %lld: of %lld outputs that is every answer; top_k "
                         "must be less than %lld",
                         key, (long long)k, (long long)outputs, (long long)outputs);
}

static fsnn_status check(fsnn_metric by, const char *key, loss_task task, bool watched)
{
    static const char *const judge[] = {
        [LOSS_CLASSES] = "loss, accuracy, top_k, balanced_accuracy and f1 judge classes",
        [LOSS_LABELS] = "loss, accuracy, balanced_accuracy and f1 judge several labels a sample",
        [LOSS_VALUES] = "loss, mse, mae and r2 judge values",
    };
    if ((unsigned)by >= FSNN_METRICS)
        return fsnn_fail_key(FSNN_EARGUMENT, key, "%s: there is no metric number %d", key, (int)by);
    if (!metric_judges(by, task))
        return fsnn_fail_key(FSNN_EARGUMENT, key, "%s is %s, which the targets do not have: %s",
                             key, fsnn_metric_name(by), judge[task]);
    bool always = by == FSNN_METRIC_AUTO || by == FSNN_METRIC_LOSS ||
                  (by == FSNN_METRIC_ACCURACY && task == LOSS_CLASSES);
    if (always || watched)
        return FSNN_OK;
    return fsnn_fail_key(FSNN_EARGUMENT, key,
                         "%s is %s, which is measured on validation or test data, and there are "
                         "none: `data.validation: 0.1` keeps a tenth of the training data for it",
                         key, fsnn_metric_name(by));
}

fsnn_status watch_check(const fsnn_net *net, const fsnn_training *training,
                        const fsnn_loader *train, const fsnn_loader *test)
{
    fsnn_data_info info = {0};
    fsnn_shape in, out;
    FSNN_TRY(fsnn_net_shapes(net, &in, &out));
    fsnn_data_info_get(fsnn_loader_data(train), &info);
    loss_task task = loss_task_of(&training->loss, info.target.rank == 0);
    if (training->top_k < 0)
        return fsnn_fail_key(FSNN_EARGUMENT, "top_k", "top_k is %lld: at least 1 answer counts",
                             (long long)training->top_k);
    bool mixed = fsnn_loader_mixes(train), watched = test != NULL;
    FSNN_TRY(check_mixed(training->best, "best", mixed, watched));
    FSNN_TRY(check_mixed(training->early_stop.by, "early_stop.by", mixed, watched));
    FSNN_TRY(check(training->best, "best", task, watched));
    FSNN_TRY(check(training->early_stop.by, "early_stop.by", task, watched));
    int64_t outputs = fsnn_shape_count(&out) / (info.places > 0 ? info.places : 1);
    FSNN_TRY(check_top_k(training, training->best, "best", outputs));
    return check_top_k(training, training->early_stop.by, "early_stop.by", outputs);
}

const char *watch_name(const fsnn_loader *watched)
{
    return fsnn_loader_validation(watched) ? "validation" : "test";
}

unsigned watch_logged(const fsnn_training *training, bool values)
{
    unsigned logged = HISTORY_LOGS(training->best) | HISTORY_LOGS(training->early_stop.by);
    bool numbers = loss_task_of(&training->loss, !values) == LOSS_VALUES;
    for (int i = 0; i < FSNN_METRICS; i++)
        if (numbers && metric_judges((fsnn_metric)i, LOSS_VALUES))
            logged |= HISTORY_LOGS(i);
    return logged;
}

/* A figure of an epoch; NaN: it has none. */
static double figure(fsnn_metric by, bool watched, const fsnn_metrics *m)
{
    if (by == FSNN_METRIC_LOSS)
        return watched ? m->test_loss : m->loss;
    if (by == FSNN_METRIC_ACCURACY)
        return watched ? m->test_accuracy : m->accuracy;
    return m->test_metric[by];
}

static double rising(fsnn_metric by, bool watched, const fsnn_metrics *m)
{
    double x = figure(by, watched, m);
    return fsnn_metric_rises(by) ? x : -x;
}

static bool has(fsnn_metric by, bool watched, const fsnn_metrics *m)
{
    return !isnan(figure(by, watched, m));
}

bool watch_better(fsnn_metric by, bool watched, const fsnn_metrics *m, const fsnn_metrics *best)
{
    if (by == FSNN_METRIC_AUTO)
        by = has(FSNN_METRIC_ACCURACY, watched, m) ? FSNN_METRIC_ACCURACY : FSNN_METRIC_LOSS;
    double a = rising(by, watched, m), b = rising(by, watched, best);
    return !(a <= b) || (a == b && figure(FSNN_METRIC_LOSS, watched, m) <
                                       figure(FSNN_METRIC_LOSS, watched, best));
}

double watch_figure(fsnn_metric by, bool watched, const fsnn_metrics *m)
{
    if (by == FSNN_METRIC_AUTO)
        by = watched && has(FSNN_METRIC_ACCURACY, watched, m) ? FSNN_METRIC_ACCURACY
                                                              : FSNN_METRIC_LOSS;
    return rising(by, watched, m);
}

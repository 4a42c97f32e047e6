/* The table of losses, the checks they share, and the count of right answers. */
#include "base/error_key.h"
#include "train/loss.h"

#include <string.h>

static const loss_rule table[FSNN_LOSSES] = {
    [FSNN_CE_RATE] = {"ce_rate", true, true, false, false, loss_ce},
    [FSNN_MSE_RATE] = {"mse_rate", true, false, false, false, loss_mse},
    [FSNN_TET] = {"tet", false, true, true, false, loss_tet},
    [FSNN_CE_SUM] = {"ce_sum", true, true, false, true, loss_ce},
    [FSNN_MSE_COUNT] = {"mse_count", true, false, false, true, loss_mse},
};

const char *fsnn_loss_name(fsnn_loss_kind kind)
{
    return (unsigned)kind < FSNN_LOSSES ? table[kind].name : "?";
}

static const char *name_at(int i)
{
    return i < FSNN_LOSSES ? table[i].name : NULL;
}

int fsnn_loss_find(const char *name)
{
    return fsnn_name_find("loss", name, name_at, NULL);
}

fsnn_status fsnn_loss_check(const fsnn_loss *loss)
{
    FSNN_NEED(loss);
    if ((unsigned)loss->kind >= FSNN_LOSSES)
        return fsnn_fail(FSNN_EARGUMENT, "there is no loss number %d", (int)loss->kind);
    if (!(loss->label_smoothing >= 0 && loss->label_smoothing < 1))
        return fsnn_fail_key(FSNN_EARGUMENT, "loss.label_smoothing",
                             "label smoothing is %g: it must be in [0, 1)", loss->label_smoothing);
    if (!(loss->mix >= 0 && loss->mix <= 1))
        return fsnn_fail_key(FSNN_EARGUMENT, "loss.mix",
                             "mix of the loss is %g: it must be in [0, 1]", loss->mix);
    const loss_rule *rule = &table[loss->kind];
    if (loss->label_smoothing > 0 && !rule->smooths)
        return fsnn_fail_key(FSNN_EARGUMENT, "loss.label_smoothing",
                             "label_smoothing is %g, but the loss is %s: cross entropies (ce_rate, "
                             "ce_sum, tet) have it",
                             loss->label_smoothing, rule->name);
    if (loss->mix > 0 && !rule->mixes)
        return fsnn_fail_key(FSNN_EARGUMENT, "loss.mix",
                             "mix is %g, but the loss is %s: only tet has it", loss->mix,
                             rule->name);
    return FSNN_OK;
}

static fsnn_status check_labels(int64_t B, int64_t C, const int32_t *labels)
{
    for (int64_t b = 0; b < B; b++)
        if (labels[b] != FSNN_UNLABELLED && (labels[b] < 0 || labels[b] >= C))
            return fsnn_fail(FSNN_EARGUMENT,
                             "sample %lld of the batch has the label %d, but the output has %lld "
                             "classes: labels are 0 to %lld",
                             (long long)b, (int)labels[b], (long long)C, (long long)C - 1);
    return FSNN_OK;
}

static fsnn_status check(const fsnn_loss *loss, const loss_batch *batch)
{
    FSNN_TRY(fsnn_loss_check(loss));
    const loss_rule *rule = &table[loss->kind];
    if (batch->K < 1 || batch->B < 1 || batch->C < 1)
        return fsnn_fail(FSNN_EARGUMENT,
                         "the output of a loss is [%lld, %lld, %lld]: none may be 0",
                         (long long)batch->K, (long long)batch->B, (long long)batch->C);
    if (!batch->labels == !batch->target)
        return fsnn_fail(FSNN_EARGUMENT, "the loss %s needs either labels or a target, not %s",
                         rule->name, batch->labels ? "both" : "neither");
    if (batch->target && !rule->accepts_target)
        return fsnn_fail(FSNN_EARGUMENT, "the loss %s needs labels: it takes no target",
                         rule->name);
    return batch->labels ? check_labels(batch->B, batch->C, batch->labels) : FSNN_OK;
}

enum { SUM_PARTS = 64 };

typedef struct summing {
    const loss_batch *batch;
    int64_t count;
    double (*one)(const loss_batch *batch, int64_t i);
    double part[SUM_PARTS];
} summing;

static void sum_part(int64_t p, int worker, void *user)
{
    (void)worker;
    summing *s = user;
    double sum = 0;
    for (int64_t i = p * s->count / SUM_PARTS; i < (p + 1) * s->count / SUM_PARTS; i++)
        sum += s->one(s->batch, i);
    s->part[p] = sum;
}

double loss_sum(const loss_batch *batch, int64_t count,
                double (*one)(const loss_batch *batch, int64_t i))
{
    summing s = {.batch = batch, .count = count, .one = one};
    double sum = 0;
    fsnn_parallel(SUM_PARTS, sum_part, &s);
    for (int p = 0; p < SUM_PARTS; p++)
        sum += s.part[p];
    return sum;
}

int64_t loss_answer(int64_t K, int64_t B, int64_t C, const float *output, int64_t b)
{
    int64_t best = 0;
    double most = loss_mean(output + b * C, K, B * C);
    for (int64_t c = 1; c < C; c++) {
        double r = loss_mean(output + b * C + c, K, B * C);
        if (r > most) {
            most = r;
            best = c;
        }
    }
    return best;
}

static double right(const loss_batch *batch, int64_t b)
{
    return loss_answer(batch->K, batch->B, batch->C, batch->output, b) == batch->labels[b];
}

fsnn_status fsnn_loss_compute(const fsnn_loss *loss, int64_t K, int64_t B, int64_t C,
                              const float *output, const int32_t *labels, const float *target,
                              float *gradient, double *value, int64_t *correct)
{
    if (!loss || !output || !value)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_loss_compute: loss, output and value must not be NULL");
    loss_batch batch = {.K = K,
                        .B = B,
                        .C = C,
                        .output = output,
                        .labels = labels,
                        .target = target,
                        .gradient = gradient,
                        .smoothing = loss->label_smoothing,
                        .mix = loss->mix};
    FSNN_TRY(check(loss, &batch));
    batch.scale = table[loss->kind].sums ? (double)K : 1;
    for (int64_t b = 0; b < B; b++)
        batch.counted += !loss_skips(&batch, b);
    if (!batch.counted)
        return fsnn_fail(FSNN_EARGUMENT, "none of the %lld labels of the batch counts",
                         (long long)B);
    if (gradient && batch.counted < B)
        memset(gradient, 0, (size_t)(K * B * C) * sizeof *gradient);
    *value = table[loss->kind].compute(&batch);
    if (correct)
        *correct = labels ? (int64_t)loss_sum(&batch, B, right) : 0;
    return FSNN_OK;
}

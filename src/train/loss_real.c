/* The table of losses, the checks they share, and the count of right answers. */
#include "train/loss.h"

#include <string.h>

const loss_rule loss_rules[FSNN_LOSSES] = {
    [FSNN_CE_RATE] = {"ce_rate", true, true, false, false, loss_ce},
    [FSNN_MSE_RATE] = {"mse_rate", true, false, false, false, loss_mse},
    [FSNN_TET] = {"tet", false, true, true, false, loss_tet},
    [FSNN_CE_SUM] = {"ce_sum", true, true, false, true, loss_ce},
    [FSNN_MSE_COUNT] = {"mse_count", true, false, false, true, loss_mse},
};

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
    const loss_rule *rule = &loss_rules[loss->kind];
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

int64_t loss_answer(int64_t K, int64_t B, int64_t C, const void *given, int64_t b)
{
    const real *output = given;
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

fsnn_status loss_compute(const fsnn_loss *loss, int64_t K, int64_t B, int64_t C, const void *output,
                         const int32_t *labels, const void *target, void *gradient, double *value,
                         int64_t *correct)
{
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
    batch.scale = loss_rules[loss->kind].sums ? (double)K : 1;
    for (int64_t b = 0; b < B; b++)
        batch.counted += !loss_skips(&batch, b);
    if (!batch.counted)
        return fsnn_fail(FSNN_EARGUMENT, "none of the %lld labels of the batch counts",
                         (long long)B);
    if (gradient && batch.counted < B)
        memset(gradient, 0, (size_t)(K * B * C) * sizeof(real));
    *value = loss_rules[loss->kind].compute(&batch);
    if (correct)
        *correct = labels ? (int64_t)loss_sum(&batch, B, right) : 0;
    return FSNN_OK;
}

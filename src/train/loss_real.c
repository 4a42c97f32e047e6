/* The table of losses, the checks they share, and the count of right answers. */
#include "train/loss.h"

#include "base/error_key.h"

#include <string.h>

/* name, readout, takes_values, smooths, mixes, task of values */
const loss_rule loss_rules[FSNN_LOSSES] = {
    [FSNN_CE_RATE] = {"ce_rate", FSNN_READOUT_MEAN, true, true, false, LOSS_CLASSES, loss_ce},
    [FSNN_MSE_RATE] = {"mse_rate", FSNN_READOUT_MEAN, true, false, false, LOSS_VALUES, loss_mse},
    [FSNN_TET] = {"tet", FSNN_READOUT_EACH, false, true, true, LOSS_CLASSES, loss_tet},
    [FSNN_CE_SUM] = {"ce_sum", FSNN_READOUT_SUM, true, true, false, LOSS_CLASSES, loss_ce},
    [FSNN_MSE_COUNT] = {"mse_count", FSNN_READOUT_SUM, true, false, false, LOSS_VALUES, loss_mse},
    [FSNN_CE] = {"ce", FSNN_READOUT_AUTO, true, true, false, LOSS_CLASSES, loss_ce},
    [FSNN_MSE] = {"mse", FSNN_READOUT_AUTO, true, false, false, LOSS_VALUES, loss_mse},
    [FSNN_BCE] = {"bce", FSNN_READOUT_AUTO, true, false, false, LOSS_LABELS, loss_bce},
};

static fsnn_status check_labels(const loss_batch *batch)
{
    int64_t each = batch->steps ? batch->K : 1;
    for (int64_t i = 0; i < batch->B * each; i++) {
        int32_t label = batch->labels[i];
        if (label != FSNN_UNLABELLED && (label < 0 || label >= batch->C))
            return fsnn_fail(FSNN_EARGUMENT,
                             "sample %lld of the batch has the label %d, but the output has %lld "
                             "classes: labels are 0 to %lld",
                             (long long)(i / each), (int)label, (long long)batch->C,
                             (long long)batch->C - 1);
    }
    return FSNN_OK;
}

/* Of bce: each a share of yes. */
static fsnn_status check_shares(const loss_batch *batch)
{
    int64_t each = batch->C * (batch->steps ? batch->K : 1);
    for (int64_t i = 0; i < batch->B * each; i++)
        if (!(batch->target[i] >= 0 && batch->target[i] <= 1))
            return fsnn_fail(FSNN_EARGUMENT,
                             "sample %lld of the batch has the target %g, but the loss bce takes 1 "
                             "for a label that is there, 0 for one that is not, or a share between",
                             (long long)(i / each), (double)batch->target[i]);
    return FSNN_OK;
}

static fsnn_status check_weights(const fsnn_loss *loss, const loss_batch *batch)
{
    if (loss->balanced && !loss->class_weight)
        return fsnn_fail_key(FSNN_EARGUMENT, "class_weights",
                             "balanced weights are those of a training's data: fsnn_loss_balance "
                             "makes them");
    if (!loss->class_weight || loss->class_weights == batch->C)
        return FSNN_OK;
    return fsnn_fail_key(FSNN_EARGUMENT, "class_weights",
                         "there are %lld class weights, but the output has %lld classes: one each "
                         "is needed",
                         (long long)loss->class_weights, (long long)batch->C);
}

static fsnn_status check_lengths(const fsnn_loss *loss, const loss_input *input)
{
    if (!loss->mask)
        return FSNN_OK;
    if (!input->lengths)
        return fsnn_fail_key(FSNN_EARGUMENT, "loss.mask",
                             "mask leaves out steps that are padding, but nothing tells the "
                             "samples' lengths: series padded at their end have them, without "
                             "time stamps");
    for (int64_t b = 0; b < input->B; b++)
        if (input->lengths[b] < 1)
            return fsnn_fail(FSNN_EARGUMENT,
                             "sample %lld of the batch has a length of %lld: it is at least 1",
                             (long long)b, (long long)input->lengths[b]);
    return FSNN_OK;
}

static fsnn_status check(const fsnn_loss *loss, const loss_batch *batch)
{
    FSNN_TRY(fsnn_loss_check(loss));
    FSNN_TRY(check_weights(loss, batch));
    const loss_rule *rule = &loss_rules[loss->kind];
    if (batch->K < 1 || batch->B < 1 || batch->C < 1)
        return fsnn_fail(FSNN_EARGUMENT,
                         "the output of a loss is [%lld, %lld, %lld]: none may be 0",
                         (long long)batch->K, (long long)batch->B, (long long)batch->C);
    if (!batch->labels == !batch->target)
        return fsnn_fail(FSNN_EARGUMENT, "the loss %s needs either labels or a target, not %s",
                         rule->name, batch->labels ? "both" : "neither");
    FSNN_TRY(loss_check_target(loss, batch->C, batch->labels, batch->steps));
    if (batch->labels)
        return check_labels(batch);
    return rule->task == LOSS_LABELS ? check_shares(batch) : FSNN_OK;
}

enum { SUM_PARTS = 64 };

typedef struct summing {
    const loss_batch *batch;
    double (*one)(const loss_batch *batch, loss_item item);
    double part[SUM_PARTS];
} summing;

static void sum_part(int64_t p, int worker, void *user)
{
    (void)worker;
    summing *s = user;
    int64_t count = s->batch->items;
    double sum = 0;
    for (int64_t i = p * count / SUM_PARTS; i < (p + 1) * count / SUM_PARTS; i++)
        sum += s->one(s->batch, loss_item_at(s->batch, i));
    s->part[p] = sum;
}

double loss_sum(const loss_batch *batch, double (*one)(const loss_batch *batch, loss_item item))
{
    summing s = {.batch = batch, .one = one};
    double sum = 0;
    fsnn_parallel(SUM_PARTS, sum_part, &s);
    for (int p = 0; p < SUM_PARTS; p++)
        sum += s.part[p];
    return sum;
}

/* Readouts that write the gradient of some steps only. */
static bool leaves_steps(fsnn_readout readout)
{
    return readout == FSNN_READOUT_LAST || readout == FSNN_READOUT_MAX;
}

/* Where all that count weigh nothing the mean is 0. */
static void count(loss_batch *batch)
{
    for (int64_t i = 0; i < batch->items; i++) {
        loss_item item = loss_item_at(batch, i);
        if (loss_skips(batch, item))
            continue;
        batch->counted++;
        batch->total += loss_item_weight(batch, item);
    }
    batch->total = batch->total > 0 ? batch->total : 1;
}

fsnn_status loss_prepare(const fsnn_loss *loss, const loss_input *input, loss_batch *batch)
{
    *batch = (loss_batch){.K = input->K,
                          .B = input->B,
                          .C = input->C,
                          .output = input->output,
                          .labels = input->labels,
                          .target = input->values,
                          .steps = input->steps,
                          .gradient = input->gradient,
                          .smoothing = loss->label_smoothing,
                          .mix = loss->mix,
                          .correct = loss->correct_rate > 0 ? loss->correct_rate : 1,
                          .incorrect = loss->incorrect_rate,
                          .weight = loss->class_weight,
                          .lengths = loss->mask ? input->lengths : NULL};
    FSNN_TRY(check_lengths(loss, input));
    FSNN_TRY(check(loss, batch));
    batch->readout = loss_readout(loss, input->steps);
    batch->items = batch->readout == FSNN_READOUT_EACH ? batch->K * batch->B : batch->B;
    count(batch);
    if (!batch->counted)
        return fsnn_fail(FSNN_EARGUMENT, "none of the %lld labels of the batch counts",
                         (long long)batch->items);
    if (batch->gradient &&
        (batch->counted < batch->items || batch->lengths || leaves_steps(batch->readout)))
        memset(batch->gradient, 0, (size_t)(batch->K * batch->B * batch->C) * sizeof(real));
    return FSNN_OK;
}

static int64_t largest(const loss_batch *batch, loss_item item)
{
    int64_t best = 0;
    double most = loss_read(batch, item, loss_look(batch, item, 0), 0);
    for (int64_t c = 1; c < batch->C; c++) {
        double x = loss_read(batch, item, loss_look(batch, item, c), c);
        if (x > most) {
            most = x;
            best = c;
        }
    }
    return best;
}

static double right(const loss_batch *batch, loss_item item)
{
    return !loss_skips(batch, item) && largest(batch, item) == loss_label(batch, item);
}

/* A sample has one answer, where it has one label: of readout `each` that of the mean. The largest
 * sum is the largest mean. */
static loss_batch answering(const loss_batch *batch)
{
    loss_batch one = *batch;
    if (batch->readout == FSNN_READOUT_SUM && batch->labels)
        one.readout = FSNN_READOUT_MEAN;
    if (batch->readout == FSNN_READOUT_EACH && !batch->steps) {
        one.readout = FSNN_READOUT_MEAN;
        one.items = batch->B;
        one.counted = 0;
        for (int64_t b = 0; b < one.items; b++)
            one.counted += !loss_skips(&one, loss_item_at(&one, b));
    }
    return one;
}

fsnn_status loss_compute(const fsnn_loss *loss, const loss_input *input, fsnn_measure *measure)
{
    loss_batch batch;
    FSNN_TRY(loss_prepare(loss, input, &batch));
    measure->value = loss_rules[loss->kind].compute(&batch);
    batch = answering(&batch);
    measure->counted = batch.counted;
    measure->correct = batch.labels ? (int64_t)loss_sum(&batch, right) : 0;
    return FSNN_OK;
}

/* ---- for evaluations ---- */

typedef struct reading {
    const loss_batch *batch;
    double *x, *y; /* [C] */
} reading;

static loss_answer read_item(const reading *r, loss_item item)
{
    const loss_batch *batch = r->batch;
    loss_answer answer = {.x = r->x};
    for (int64_t c = 0; c < batch->C; c++) {
        loss_window w = loss_look(batch, item, c);
        r->x[c] = loss_read(batch, item, w, c);
        if (!batch->labels)
            r->y[c] = loss_want(batch, item, w, c);
    }
    if (batch->labels)
        answer.label = loss_label(batch, item);
    else
        answer.y = r->y;
    return answer;
}

fsnn_status loss_answers(const fsnn_loss *loss, const loss_input *input, loss_visit *visit,
                         void *user)
{
    loss_batch batch;
    loss_input without = *input;
    without.gradient = NULL;
    FSNN_TRY(loss_prepare(loss, &without, &batch));
    batch = answering(&batch);
    reading r = {&batch, fsnn_alloc((size_t)batch.C * sizeof(double)),
                 fsnn_alloc((size_t)batch.C * sizeof(double))};
    for (int64_t i = 0; i < batch.items && r.x && r.y; i++) {
        loss_item item = loss_item_at(&batch, i);
        if (loss_skips(&batch, item))
            continue;
        loss_answer answer = read_item(&r, item);
        visit(&answer, user);
    }
    fsnn_status status = r.x && r.y ? FSNN_OK : FSNN_EMEMORY;
    fsnn_free(r.x);
    fsnn_free(r.y);
    return status;
}

/* Losses as programs see them, in either precision. */
#include "base/error_key.h"
#include "train/loss.h"
#include "train/plane.h"

#include <math.h>

const char *fsnn_loss_name(fsnn_loss_kind kind)
{
    return (unsigned)kind < FSNN_LOSSES ? loss_rules[kind].name : "?";
}

static const char *name_at(int i)
{
    return i < FSNN_LOSSES ? loss_rules[i].name : NULL;
}

int fsnn_loss_find(const char *name)
{
    return fsnn_name_find("loss", name, name_at, NULL);
}

const char *fsnn_readout_name(fsnn_readout readout)
{
    static const char *const name[FSNN_READOUTS] = {"auto", "mean", "last", "max", "sum", "each"};
    return (unsigned)readout < FSNN_READOUTS ? name[readout] : "?";
}

static fsnn_status check_readout(const fsnn_loss *loss, const loss_rule *rule)
{
    if ((unsigned)loss->readout >= FSNN_READOUTS)
        return fsnn_fail(FSNN_EARGUMENT, "there is no readout number %d", (int)loss->readout);
    if (rule->readout == FSNN_READOUT_AUTO || loss->readout == FSNN_READOUT_AUTO ||
        loss->readout == rule->readout)
        return FSNN_OK;
    return fsnn_fail_key(FSNN_EARGUMENT, "loss.readout",
                         "readout is %s, but the loss is %s, which reads %s: ce, mse and bce have "
                         "a readout",
                         fsnn_readout_name(loss->readout), rule->name,
                         fsnn_readout_name(rule->readout));
}

static fsnn_status check_rates(const fsnn_loss *loss, const loss_rule *rule)
{
    bool given = loss->incorrect_rate != 0 || (loss->correct_rate != 0 && loss->correct_rate != 1);
    double correct = loss->correct_rate != 0 ? loss->correct_rate : 1;
    if (given && rule->compute != loss_mse)
        return fsnn_fail_key(
            FSNN_EARGUMENT, "loss.correct_rate",
            "correct_rate is %g and incorrect_rate %g, but the loss is %s: squared "
            "errors (mse_rate, mse_count, mse) have them",
            loss->correct_rate, loss->incorrect_rate, rule->name);
    if (!(loss->incorrect_rate >= 0 && correct > loss->incorrect_rate && isfinite(correct)))
        return fsnn_fail_key(FSNN_EARGUMENT, "loss.correct_rate",
                             "correct_rate is %g and incorrect_rate %g: the class is to fire more "
                             "than the others, and these not less than never",
                             loss->correct_rate, loss->incorrect_rate);
    return FSNN_OK;
}

static fsnn_status check_weights(const fsnn_loss *loss)
{
    double sum = 0;
    for (int64_t c = 0; loss->class_weight && c < loss->class_weights; c++) {
        double w = loss->class_weight[c];
        if (!(w >= 0 && isfinite(w)))
            return fsnn_fail_key(FSNN_EARGUMENT, "class_weights",
                                 "the weight of class %lld is %g: weights are finite numbers of at "
                                 "least 0",
                                 (long long)c, w);
        sum += w;
    }
    if (loss->class_weight && !(sum > 0))
        return fsnn_fail_key(FSNN_EARGUMENT, "class_weights",
                             "none of the %lld class weights is above 0",
                             (long long)loss->class_weights);
    return FSNN_OK;
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
    const loss_rule *rule = &loss_rules[loss->kind];
    if (loss->label_smoothing > 0 && !rule->smooths)
        return fsnn_fail_key(FSNN_EARGUMENT, "loss.label_smoothing",
                             "label_smoothing is %g, but the loss is %s: cross entropies (ce_rate, "
                             "ce_sum, tet) have it",
                             loss->label_smoothing, rule->name);
    if (loss->mix > 0 && !rule->mixes)
        return fsnn_fail_key(FSNN_EARGUMENT, "loss.mix",
                             "mix is %g, but the loss is %s: only tet has it", loss->mix,
                             rule->name);
    FSNN_TRY(check_rates(loss, rule));
    FSNN_TRY(check_weights(loss));
    return check_readout(loss, rule);
}

fsnn_readout loss_readout(const fsnn_loss *loss, bool steps)
{
    fsnn_readout own = loss_rules[loss->kind].readout;
    if (own != FSNN_READOUT_AUTO)
        return own;
    if (loss->readout != FSNN_READOUT_AUTO)
        return loss->readout;
    return steps ? FSNN_READOUT_EACH : FSNN_READOUT_MEAN;
}

loss_task loss_task_of(const fsnn_loss *loss, bool labels)
{
    return labels ? LOSS_CLASSES : loss_rules[loss->kind].task;
}

/* Numbers a step can be read as the output is; classes cannot, and the largest of either need not
 * be at the same step. */
static bool reads_steps(const fsnn_loss *loss, bool labels)
{
    fsnn_readout readout = loss_readout(loss, true);
    if (readout == FSNN_READOUT_EACH)
        return true;
    return !labels && loss_rules[loss->kind].task == LOSS_VALUES && readout != FSNN_READOUT_MAX;
}

/* The softmax of one number is 1, whatever the number: its cross entropy is 0 and has no gradient.
 */
static fsnn_status check_classes(const fsnn_loss *loss, int64_t classes)
{
    const loss_rule *rule = &loss_rules[loss->kind];
    if (classes != 1 || rule->task != LOSS_CLASSES || loss->mix == 1)
        return FSNN_OK;
    return fsnn_fail_key(FSNN_EARGUMENT, "loss",
                         "the loss %s compares the outputs of classes, and the net has one output: "
                         "it would be 0 whatever comes out; take an output for each class, or bce "
                         "(yes or no) or mse (a number), which learn one output from data with "
                         "`targets: values`",
                         rule->name);
}

fsnn_status loss_check_target(const fsnn_loss *loss, int64_t classes, bool labels, bool steps)
{
    const loss_rule *rule = &loss_rules[loss->kind];
    if (!labels && !rule->takes_values)
        return fsnn_fail_key(FSNN_EARGUMENT, "loss", "the loss %s needs labels: it takes no target",
                             rule->name);
    FSNN_TRY(check_classes(loss, classes));
    if (!steps || reads_steps(loss, labels))
        return FSNN_OK;
    return fsnn_fail_key(FSNN_EARGUMENT, "loss",
                         "the samples have %s for each step, but the loss %s with the readout %s "
                         "answers once a sample: %s",
                         labels ? "a class" : "values", rule->name,
                         fsnn_readout_name(loss_readout(loss, true)),
                         labels ? "ce (or tet, bce) with the readout each answers at each step"
                                : "the readout each answers at each step");
}

/* The first half of what all of them are given. */
static loss_input input_of(int64_t K, int64_t B, int64_t C, const void *output, void *gradient)
{
    return (loss_input){.K = K, .B = B, .C = C, .output = output, .gradient = gradient};
}

static fsnn_status no_double(const char *instead)
{
    return fsnn_fail(FSNN_EUNSUPPORTED,
                     "this fsnn was built without double precision (FSNN_PRECISION_DOUBLE=OFF): %s "
                     "works",
                     instead);
}

static fsnn_status compute(const train_plane *plane, const fsnn_loss *loss, const loss_input *input,
                           double *value, int64_t *correct)
{
    fsnn_measure measure;
    FSNN_TRY(plane->loss(loss, input, &measure));
    *value = measure.value;
    if (correct)
        *correct = measure.correct;
    return FSNN_OK;
}

fsnn_status fsnn_loss_compute(const fsnn_loss *loss, int64_t K, int64_t B, int64_t C,
                              const float *output, const int32_t *labels, const float *target,
                              float *gradient, double *value, int64_t *correct)
{
    if (!loss || !output || !value)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_loss_compute: loss, output and value must not be NULL");
    loss_input input = input_of(K, B, C, output, gradient);
    input.labels = labels;
    input.values = target;
    return compute(train_plane_of(FSNN_PRECISION_SINGLE), loss, &input, value, correct);
}

fsnn_status fsnn_loss_compute_double(const fsnn_loss *loss, int64_t K, int64_t B, int64_t C,
                                     const double *output, const int32_t *labels,
                                     const double *target, double *gradient, double *value,
                                     int64_t *correct)
{
    if (!loss || !output || !value)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_loss_compute_double: loss, output and value must not be NULL");
    const train_plane *plane = train_plane_of(FSNN_PRECISION_DOUBLE);
    loss_input input = input_of(K, B, C, output, gradient);
    input.labels = labels;
    input.values = target;
    return plane ? compute(plane, loss, &input, value, correct) : no_double("fsnn_loss_compute");
}

fsnn_status fsnn_loss_measure(const fsnn_loss *loss, int64_t K, int64_t B, int64_t C,
                              const float *output, const fsnn_target *target, float *gradient,
                              fsnn_measure *measure)
{
    FSNN_NEED(loss);
    FSNN_NEED(output);
    FSNN_NEED(target);
    FSNN_NEED(measure);
    loss_input input = input_of(K, B, C, output, gradient);
    input.labels = target->labels;
    input.values = target->values;
    input.steps = target->steps;
    input.lengths = target->lengths;
    return train_plane_of(FSNN_PRECISION_SINGLE)->loss(loss, &input, measure);
}

fsnn_status fsnn_loss_measure_double(const fsnn_loss *loss, int64_t K, int64_t B, int64_t C,
                                     const double *output, const fsnn_target *target,
                                     double *gradient, fsnn_measure *measure)
{
    FSNN_NEED(loss);
    FSNN_NEED(output);
    FSNN_NEED(target);
    FSNN_NEED(measure);
    const train_plane *plane = train_plane_of(FSNN_PRECISION_DOUBLE);
    loss_input input = input_of(K, B, C, output, gradient);
    input.labels = target->labels;
    input.values = target->values64;
    input.steps = target->steps;
    input.lengths = target->lengths;
    return plane ? plane->loss(loss, &input, measure) : no_double("fsnn_loss_measure");
}

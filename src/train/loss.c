/* Losses as programs see them, in either precision. */
#include "base/error_key.h"
#include "train/loss.h"
#include "train/plane.h"

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
    return FSNN_OK;
}

fsnn_status fsnn_loss_compute(const fsnn_loss *loss, int64_t K, int64_t B, int64_t C,
                              const float *output, const int32_t *labels, const float *target,
                              float *gradient, double *value, int64_t *correct)
{
    if (!loss || !output || !value)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_loss_compute: loss, output and value must not be NULL");
    return train_plane_of(FSNN_PRECISION_SINGLE)
        ->loss(loss, K, B, C, output, labels, target, gradient, value, correct);
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
    if (!plane)
        return fsnn_fail(FSNN_EUNSUPPORTED, "this fsnn was built without double precision "
                                            "(FSNN_PRECISION_DOUBLE=OFF): fsnn_loss_compute works");
    return plane->loss(loss, K, B, C, output, labels, target, gradient, value, correct);
}

/* Weights of classes from the labels of a data set. */
#include "base/base.h"

#include <fsnn/train.h>

/* Labels of each class, over all samples and their places. */
static fsnn_status count(const fsnn_data *data, int64_t places, double *of)
{
    fsnn_data_info info = {0};
    fsnn_data_info_get(data, &info);
    int32_t *label = fsnn_alloc((size_t)places * sizeof *label);
    fsnn_status status = label ? FSNN_OK : FSNN_EMEMORY;
    for (int64_t i = 0; i < info.count && !status; i++) {
        status = fsnn_data_labels(data, i, label);
        for (int64_t p = 0; p < places && !status; p++)
            if (label[p] != FSNN_UNLABELLED)
                of[label[p]]++;
    }
    fsnn_free(label);
    return status;
}

fsnn_status fsnn_loss_balance(const fsnn_data *data, int64_t classes, double *weight)
{
    fsnn_data_info info = {0};
    double all = 0, present = 0;
    FSNN_NEED(data);
    FSNN_NEED(weight);
    fsnn_data_info_get(data, &info);
    if (!info.classes)
        return fsnn_fail(FSNN_EARGUMENT, "balanced class weights need classes: the samples have "
                                         "none");
    if (classes < info.classes)
        return fsnn_fail(FSNN_EARGUMENT,
                         "balanced weights of %lld classes, but the samples have %lld",
                         (long long)classes, (long long)info.classes);
    for (int64_t c = 0; c < classes; c++)
        weight[c] = 0;
    FSNN_TRY(count(data, info.places * info.label_steps, weight));
    for (int64_t c = 0; c < classes; c++) {
        all += weight[c];
        present += weight[c] > 0;
    }
    for (int64_t c = 0; c < classes; c++)
        weight[c] = weight[c] > 0 ? all / (present * weight[c]) : 1;
    return FSNN_OK;
}

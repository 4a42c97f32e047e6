/* data/data_idx.c: a data set from IDX files of images and labels. */
#include "format/idx.h"
#include "data/store.h"

static fsnn_status check_kinds(const char *images, const fsnn_array *x, const char *labels,
                               const fsnn_array *y)
{
    if (x->shape.rank < 2)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: has one dimension, as files of labels have; images were expected",
                         images);
    if (labels && (y->dtype != FSNN_U8 || y->shape.rank != 1)) {
        char text[256];
        return fsnn_fail(FSNN_EFORMAT, "%s: holds %s of shape %s; labels are uint8, one a sample",
                         labels, fsnn_dtype_name(y->dtype),
                         fsnn_shape_text(&y->shape, text, sizeof text));
    }
    return FSNN_OK;
}

static fsnn_status read_images(const char *path, const char *name, fsnn_array *x)
{
    (void)name;
    return idx_read(path, x);
}

static fsnn_status open(const char *images, const char *labels, bool later, fsnn_data **data)
{
    if (!images || !data)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_data_idx needs a file of images");
    *data = NULL;
    fsnn_array x = {0}, y = {0};
    fsnn_status status = (later ? idx_look : idx_read)(images, &x);
    if (status == FSNN_OK && labels)
        status = idx_read(labels, &y);
    if (status == FSNN_OK)
        status = check_kinds(images, &x, labels, &y);
    if (status == FSNN_OK) {
        store_source source = {.what = images,
                               .x = &x,
                               .read = read_images,
                               .path = images,
                               .y_what = labels,
                               .y = labels ? &y : NULL,
                               .targets = FSNN_TARGETS_CLASSES,
                               .image = true,
                               .divisor = 255,
                               .fault = FSNN_EFORMAT};
        status = store_create(&source, data);
    }
    fsnn_free(x.data);
    fsnn_free(y.data);
    return status;
}

fsnn_status fsnn_data_idx(const char *images, const char *labels, fsnn_data **data)
{
    return open(images, labels, false, data);
}

fsnn_status fsnn_data_idx_later(const char *images, const char *labels, fsnn_data **data)
{
    return open(images, labels, true, data);
}

/* data/data_npz.c: a data set from the arrays of an NPZ file. */
#include "base/error_key.h"
#include "base/port_files.h"
#include "format/npz.h"
#include "data/store.h"

#include <string.h>

/* FSNN_ENOTFOUND with the names that are there. */
static fsnn_status missing(const char *path, const char *name)
{
    fsnn_arrays list = {0};
    char names[256] = "no arrays";
    size_t used = 0;
    FSNN_TRY(fsnn_npz_headers(path, &list));
    for (int i = 0; i < list.count && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "",
                                 list.item[i].name);
    for (int i = 0; i < list.unread_count && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "",
                                 list.unread_name[i]);
    if (used >= sizeof names)
        memcpy(names + sizeof names - 4, "...", 4);
    fsnn_arrays_free(&list);
    return fsnn_fail(FSNN_ENOTFOUND, "%s: has no array %s; it holds %s", path, name, names);
}

/* What else is in the file, where its user named nothing: who did knows it. */
static fsnn_status warn_of_others(const char *path, const fsnn_arrays *used, fsnn_data *data)
{
    fsnn_arrays all = {0};
    char names[256] = "";
    size_t n = 0;
    int others = 0;
    FSNN_TRY(fsnn_npz_headers(path, &all));
    for (int i = 0; i < all.count + all.unread_count; i++) {
        const char *name = i < all.count ? all.item[i].name : all.unread_name[i - all.count];
        if (fsnn_arrays_find(used, name))
            continue;
        if (n < sizeof names)
            n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", others ? ", " : "", name);
        others++;
    }
    if (n >= sizeof names)
        memcpy(names + sizeof names - 4, "...", 4);
    fsnn_arrays_free(&all);
    return others ? store_warn(data, "%s: arrays that are not used: %s", path, names) : FSNN_OK;
}

/* The one array called so. */
static fsnn_status read_named(const char *path, const char *name, fsnn_array *x)
{
    const char *const names[] = {name, NULL};
    fsnn_arrays list = {0};
    FSNN_TRY(npz_read_named(path, names, &list));
    fsnn_array *found = fsnn_arrays_find(&list, name);
    fsnn_status status = found ? FSNN_OK : missing(path, name);
    if (found) {
        *x = (fsnn_array){.dtype = found->dtype, .shape = found->shape, .data = found->data};
        found->data = NULL;
    }
    fsnn_arrays_free(&list);
    return status;
}

static fsnn_status build(const char *path, const fsnn_arrays *list, const fsnn_npz_options *o,
                         fsnn_data **data)
{
    const char *x = o->x, *y = o->y;
    fsnn_array *samples = fsnn_arrays_find(list, x ? x : "x");
    if (!samples)
        return x ? fsnn_error_set_key(missing(path, x), "x") : missing(path, "x");
    const fsnn_array *classes = fsnn_arrays_find(list, y ? y : "y");
    if (!classes && y)
        return fsnn_error_set_key(missing(path, y), "y");
    if (classes == samples)
        return fsnn_fail(FSNN_EARGUMENT, "%s: array %s cannot be both samples and classes", path,
                         samples->name);
    char *x_what = fsnn_format("%s: %s", path, samples->name);
    char *y_what = fsnn_format("%s: %s", path, classes ? classes->name : "");
    fsnn_status status = FSNN_EMEMORY;
    if (x_what && y_what) {
        store_source source = {.what = x_what,
                               .x = samples,
                               .read = read_named,
                               .path = path,
                               .name = samples->name,
                               .y_what = y_what,
                               .y = classes,
                               .targets = o->targets,
                               .sequence = o->sequence,
                               .divisor = 1,
                               .fault = FSNN_EFORMAT};
        status = store_create(&source, data);
    }
    fsnn_free(x_what);
    fsnn_free(y_what);
    return status;
}

fsnn_status fsnn_data_npz_open(const char *path, const fsnn_npz_options *options, fsnn_data **data)
{
    if (!path || !options || !data)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_data_npz_open needs a path, options and a place for the data");
    *data = NULL;
    FSNN_TRY(store_check_kind(options->targets));
    fsnn_arrays list = {0};
    const char *const names[] = {options->x ? options->x : "x", options->y ? options->y : "y",
                                 NULL};
    FSNN_TRY(options->later && port_is_file(path) /* of a pipe there is one look */
                 ? npz_read_beside(path, names, names[0], &list)
                 : npz_read_named(path, names, &list));
    fsnn_status status = build(path, &list, options, data);
    if (status == FSNN_OK && !options->x && !options->y && port_is_file(path))
        status = warn_of_others(path, &list, *data);
    fsnn_arrays_free(&list);
    if (status < 0) {
        fsnn_data_destroy(*data);
        *data = NULL;
    }
    return status;
}

fsnn_status fsnn_data_npz(const char *path, const char *x, const char *y, bool sequence,
                          fsnn_data **data)
{
    const fsnn_npz_options options = {.x = x, .y = y, .sequence = sequence};
    if (!path || !data)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_data_npz needs a path and a place for the data");
    return fsnn_data_npz_open(path, &options, data);
}

/* The one array of a .npy file, or its type and shape; an NPZ is refused. */
static fsnn_status read_one(const char *path, bool head, fsnn_arrays *list)
{
    FSNN_TRY((head ? fsnn_npz_headers : fsnn_npz_read)(path, list));
    if (list->count == 1 && fsnn_arrays_find(list, "x"))
        return FSNN_OK;
    return fsnn_fail(FSNN_EFORMAT, "%s: is an NPZ of %d arrays, expected was a .npy file of one",
                     path, list->count);
}

static fsnn_status open_npy(const char *samples, const char *classes, fsnn_targets targets,
                            bool later, fsnn_data **data)
{
    if (!samples || !data)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_data_npy needs a file of samples and a place for the data");
    *data = NULL;
    FSNN_TRY(store_check_kind(targets));
    fsnn_arrays x = {0}, y = {0};
    fsnn_status status = read_one(samples, later && port_is_file(samples), &x);
    if (!status && classes)
        status = read_one(classes, false, &y);
    if (!status) {
        store_source source = {.what = samples,
                               .x = &x.item[0],
                               .read = read_named,
                               .path = samples,
                               .name = "x",
                               .y_what = classes,
                               .y = classes ? &y.item[0] : NULL,
                               .targets = targets,
                               .divisor = 1,
                               .fault = FSNN_EFORMAT};
        status = store_create(&source, data);
    }
    fsnn_arrays_free(&x);
    fsnn_arrays_free(&y);
    return status;
}

fsnn_status fsnn_data_npy(const char *samples, const char *classes, fsnn_data **data)
{
    return open_npy(samples, classes, FSNN_TARGETS_AUTO, false, data);
}

fsnn_status fsnn_data_npy_open(const char *samples, const char *classes, fsnn_targets targets,
                               fsnn_data **data)
{
    return open_npy(samples, classes, targets, false, data);
}

fsnn_status fsnn_data_npy_later(const char *samples, const char *classes, fsnn_targets targets,
                                fsnn_data **data)
{
    return open_npy(samples, classes, targets, true, data);
}

/* data/events/data_frames.c: frames that other programs made, an NPZ with an array [T, C, H, W] a
 * sample (SpikingJelly's caches). A file is read when its sample is asked for; types and shapes of
 * all are checked before. */
#include "base/error_key.h"
#include "data/events/event_files.h"
#include "data/store.h"
#include "format/npz.h"

typedef struct frames_files {
    event_pieces pieces;
    char *array;
} frames_files;

static void release(void *more)
{
    frames_files *f = more;
    event_pieces_free(&f->pieces);
    fsnn_free(f->array);
    fsnn_free(f);
}

/* The array of a file as floats, of the shape of the data. */
static fsnn_status fetch(const fsnn_data *data, int64_t row, float *x)
{
    const frames_files *f = data->store->more;
    const char *path = f->pieces.piece[row].path;
    fsnn_arrays list = {0};
    FSNN_TRY(npz_read_named(path, (const char *const[]){f->array, NULL}, &list));
    const fsnn_array *a = fsnn_arrays_find(&list, f->array);
    fsnn_status status = FSNN_OK;
    if (a && fsnn_shape_equal(&a->shape, &data->shape))
        fsnn_array_to_f32(a, x);
    else
        status = fsnn_fail(FSNN_EFORMAT, "%s: was changed while it was in use", path);
    fsnn_arrays_free(&list);
    if (!status && (data->mean != 0 || data->deviation != 1))
        for (int64_t i = 0; i < data->size; i++)
            x[i] = (float)((x[i] - data->mean) / data->deviation);
    return status;
}

static fsnn_status look_into(const char *path, const char *array, const fsnn_arrays *list,
                             fsnn_shape *shape)
{
    const fsnn_array *a = fsnn_arrays_find(list, array);
    char text[256];
    if (!a)
        return fsnn_error_set_key(fsnn_fail(FSNN_ENOTFOUND, "%s: has no array %s; it holds %s%s",
                                            path, array,
                                            list->count ? list->item[0].name : "none that is read",
                                            list->count > 1 ? " and others" : ""),
                                  "array");
    if (a->shape.rank < 2 || a->shape.rank > STORE_MAX_RANK || fsnn_shape_count(&a->shape) < 1)
        return fsnn_fail(FSNN_EFORMAT, "%s: %s has the shape %s; expected are frames, [T, C, H, W]",
                         path, array, fsnn_shape_text(&a->shape, text, sizeof text));
    *shape = a->shape;
    return FSNN_OK;
}

static fsnn_status check_file(const frames_files *f, int64_t i, fsnn_shape *shape, int64_t *others)
{
    const char *path = f->pieces.piece[i].path;
    fsnn_arrays list = {0};
    fsnn_shape its = {0};
    char text[256], first[256];
    FSNN_TRY(fsnn_npz_headers(path, &list));
    fsnn_status status = look_into(path, f->array, &list, &its);
    *others += list.count + list.unread_count > 1;
    fsnn_arrays_free(&list);
    if (i == 0)
        *shape = its;
    if (status == FSNN_OK && !fsnn_shape_equal(&its, shape))
        status = fsnn_fail(FSNN_EFORMAT,
                           "%s: %s has the shape %s, but that of %s is %s: all samples have one",
                           path, f->array, fsnn_shape_text(&its, text, sizeof text),
                           f->pieces.piece[0].path, fsnn_shape_text(shape, first, sizeof first));
    return status;
}

/* Takes over `f`. */
static fsnn_status make(const char *path, frames_files *f, fsnn_data **data)
{
    store_lazy lazy = {.rows = f->pieces.count,
                       .sequence = true,
                       .classes = f->pieces.labelled ? f->pieces.classes : 0,
                       .more = f,
                       .release = release,
                       .fetch = fetch};
    int64_t others = 0;
    int32_t *labels = NULL;
    fsnn_status status = FSNN_OK;
    for (int64_t i = 0; i < f->pieces.count && !status; i++)
        status = check_file(f, i, &lazy.shape, &others);
    if (status == FSNN_OK)
        status = event_pieces_labels(&f->pieces, &labels);
    lazy.labels = labels;
    if (status == FSNN_OK)
        status = store_create_lazy(&lazy, data);
    else
        release(f);
    fsnn_free(labels);
    if (status == FSNN_OK && f->pieces.name)
        status = store_name_classes(*data, f->pieces.name, f->pieces.classes);
    if (status == FSNN_OK && others)
        status = store_warn(*data, "%s: %lld files hold other arrays beside %s, which are ignored",
                            path, (long long)others, f->array);
    return status;
}

fsnn_status fsnn_data_frames(const fsnn_event_files *files, const char *array, fsnn_data **data)
{
    static const char *const endings[] = {".npz"};
    static const file_endings wanted = {endings, 1, 1, "frames", NULL};
    if (!files || !files->path || !data)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_data_frames needs a path and a place for the data");
    *data = NULL;
    frames_files *f = fsnn_alloc(sizeof *f);
    if (!f)
        return FSNN_EMEMORY;
    f->array = fsnn_strdup(array ? array : "frames");
    fsnn_status status = f->array ? file_pieces_find(files, &wanted, &f->pieces) : FSNN_EMEMORY;
    if (status == FSNN_OK) {
        status = make(files->path, f, data);
    } else {
        release(f);
    }
    if (status < 0) {
        fsnn_data_destroy(*data);
        *data = NULL;
    }
    return status;
}

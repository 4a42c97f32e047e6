/* data/targets.c: what a network is to give for a sample: a class, a class a step, or values. */
#include "data/store.h"

#include <float.h>
#include <math.h>
#include <string.h>

fsnn_status store_check_kind(fsnn_targets targets)
{
    if ((unsigned)targets >= FSNN_TARGETS)
        return fsnn_fail(FSNN_EARGUMENT, "there are no targets number %d", (int)targets);
    return FSNN_OK;
}

/* y as doubles, while it is looked at. */
typedef struct reading {
    const store_source *source;
    int64_t rows, size; /* numbers of one row */
    double *y;          /* [rows, size] */
} reading;

static bool is_class(double y)
{
    return y >= 0 && y < INT32_MAX && floor(y) == y;
}

/* In a file that has classes in floats: whole numbers, all of them. */
static bool all_classes(const reading *r)
{
    for (int64_t i = 0; i < r->rows * r->size; i++)
        if (!is_class(r->y[i]))
            return false;
    return true;
}

static bool floats(fsnn_dtype dtype)
{
    return dtype == FSNN_F32 || dtype == FSNN_F64;
}

static bool are_classes(const reading *r)
{
    const store_source *source = r->source;
    if (source->targets != FSNN_TARGETS_AUTO)
        return source->targets == FSNN_TARGETS_CLASSES;
    return source->y->shape.rank == 1 && (!floats(source->y->dtype) || all_classes(r));
}

static fsnn_status check_shape(const store_source *source)
{
    const fsnn_shape *shape = &source->y->shape;
    int64_t count = source->x->shape.dim[0];
    char text[256];
    fsnn_shape_text(shape, text, sizeof text);
    bool classes = source->targets == FSNN_TARGETS_CLASSES;
    bool numbers = shape->rank != 1 || (floats(source->y->dtype) && !classes);
    if (shape->rank < 1 || shape->rank > (classes ? 2 : STORE_MAX_RANK + 1))
        return fsnn_fail(source->fault,
                         "%s: has the shape %s; expected is one class a sample, [%lld]%s",
                         source->y_what, text, (long long)count,
                         classes ? ", or one a step, [N, T]" : ", or values, [N, C] or [N, T, C]");
    if (shape->dim[0] != count)
        return fsnn_fail(source->fault, "%s: holds %lld %s, but %s holds %lld samples",
                         source->y_what, (long long)shape->dim[0], numbers ? "rows" : "classes",
                         source->what, (long long)count);
    if (fsnn_shape_count(shape) == 0)
        return fsnn_fail(source->fault, "%s: holds nothing, its shape is %s", source->y_what, text);
    return FSNN_OK;
}

/* Classes are whole numbers from 0, whatever type they are stored in; of those a step -1 is none.
 */
static fsnn_status set_classes(const reading *r, store *s)
{
    s->timed = r->source->y->shape.rank > 1;
    s->places = r->size;
    s->labels = fsnn_alloc((size_t)(r->rows * r->size) * sizeof *s->labels);
    if (!s->labels)
        return FSNN_EMEMORY;
    for (int64_t i = 0; i < r->rows * r->size; i++) {
        bool none = s->timed && r->y[i] == -1;
        if (!none && !is_class(r->y[i]))
            return fsnn_fail(r->source->fault,
                             "%s: sample %lld has the class %g; classes are whole numbers from 0%s",
                             r->source->y_what, (long long)(i / r->size), r->y[i],
                             s->timed ? ", and -1 is a step that does not count" : "");
        s->labels[i] = none ? FSNN_UNLABELLED : (int32_t)r->y[i];
        if (s->classes <= s->labels[i])
            s->classes = (int64_t)s->labels[i] + 1;
    }
    return FSNN_OK;
}

static fsnn_status check_value(const char *what, int64_t i, int64_t size, double y,
                               fsnn_status fault)
{
    if (isfinite(y) && fabs(y) <= FLT_MAX)
        return FSNN_OK;
    return fsnn_fail(fault, "%s: sample %lld has %s (element %lld): targets are finite numbers",
                     what, (long long)(i / size),
                     isnan(y)   ? "NaN"
                     : isinf(y) ? "an infinite number"
                                : "a number beyond single precision",
                     (long long)(i % size));
}

static fsnn_status set_values(const reading *r, store *s)
{
    int64_t n = r->rows * r->size;
    s->target = (fsnn_shape){.rank = r->source->y->shape.rank - 1};
    for (int d = 0; d < s->target.rank; d++)
        s->target.dim[d] = r->source->y->shape.dim[d + 1];
    if (s->target.rank == 0) /* a number a sample is for an output [1] */
        s->target.dim[s->target.rank++] = 1;
    s->targets = fsnn_alloc((size_t)n * sizeof *s->targets);
    if (!s->targets)
        return FSNN_EMEMORY;
    for (int64_t i = 0; i < n; i++) {
        FSNN_TRY(check_value(r->source->y_what, i, r->size, r->y[i], r->source->fault));
        s->targets[i] = (float)r->y[i];
    }
    return FSNN_OK;
}

fsnn_status store_set_targets(const store_source *source, store *s)
{
    FSNN_TRY(check_shape(source));
    int64_t rows = source->x->shape.dim[0], all = fsnn_shape_count(&source->y->shape);
    reading r = {source, rows, all / rows, fsnn_alloc((size_t)all * sizeof(double))};
    if (!r.y)
        return FSNN_EMEMORY;
    fsnn_array_to_f64(source->y, r.y);
    fsnn_status status = are_classes(&r) ? set_classes(&r, s) : set_values(&r, s);
    fsnn_free(r.y);
    return status;
}

/* ---- given by a program ---- */

static fsnn_status check_open(const fsnn_data *data, const char *what)
{
    const store *s = data->store;
    if (s->labels || s->targets)
        return fsnn_fail(FSNN_EARGUMENT, "the samples have %s already: they cannot get %s",
                         s->labels ? "classes" : "values", what);
    if (data->row || atomic_load(&s->users) != 1)
        return fsnn_fail(FSNN_EARGUMENT,
                         "the samples are shared or chosen: give them %s right after they are made",
                         what);
    return FSNN_OK;
}

fsnn_status fsnn_data_set_values(fsnn_data *data, fsnn_shape shape, const float *y)
{
    char text[128];
    FSNN_NEED(data);
    FSNN_NEED(y);
    FSNN_TRY(check_open(data, "values"));
    bool fits = shape.rank >= 1 && shape.rank <= STORE_MAX_RANK;
    int64_t size = fits ? fsnn_shape_count(&shape) : 0;
    if (size < 1 || size > INT32_MAX)
        return fsnn_fail(FSNN_EARGUMENT,
                         "values of shape %s: expected is that of an output, of 1 to %d dimensions",
                         fits ? fsnn_shape_text(&shape, text, sizeof text) : "no such rank",
                         STORE_MAX_RANK);
    for (int64_t i = 0; i < data->count * size; i++)
        FSNN_TRY(check_value("targets", i, size, y[i], FSNN_EARGUMENT));
    float *copy = fsnn_alloc((size_t)(data->count * size) * sizeof *copy);
    if (!copy)
        return FSNN_EMEMORY;
    memcpy(copy, y, (size_t)(data->count * size) * sizeof *copy);
    data->store->targets = copy;
    data->store->target = shape;
    return FSNN_OK;
}

fsnn_status fsnn_data_set_labels(fsnn_data *data, int64_t T, const int32_t *labels)
{
    FSNN_NEED(data);
    FSNN_NEED(labels);
    FSNN_TRY(check_open(data, "classes"));
    if (T < 1 || T > INT32_MAX)
        return fsnn_fail(FSNN_EARGUMENT, "classes of %lld steps: at least one is needed",
                         (long long)T);
    int64_t most = -1;
    for (int64_t i = 0; i < data->count * T; i++) {
        if (labels[i] < 0 && labels[i] != FSNN_UNLABELLED)
            return fsnn_fail(FSNN_EARGUMENT,
                             "sample %lld has the class %d at step %lld; classes are 0, 1, ...",
                             (long long)(i / T), (int)labels[i], (long long)(i % T));
        most = labels[i] > most ? labels[i] : most;
    }
    store *s = data->store;
    int32_t *copy = fsnn_alloc((size_t)(data->count * T) * sizeof *copy);
    if (!copy)
        return FSNN_EMEMORY;
    memcpy(copy, labels, (size_t)(data->count * T) * sizeof *copy);
    s->labels = copy;
    s->places = T;
    s->timed = true;
    s->classes = most + 1;
    return FSNN_OK;
}

/* ---- one sample ---- */

static fsnn_status check_index(const fsnn_data *data, int64_t index)
{
    FSNN_NEED(data);
    if (index < 0 || index >= data->count)
        return fsnn_fail(FSNN_EARGUMENT, "sample %lld of %lld does not exist", (long long)index,
                         (long long)data->count);
    return FSNN_OK;
}

fsnn_status fsnn_data_values(const fsnn_data *data, int64_t index, float *y)
{
    FSNN_TRY(check_index(data, index));
    FSNN_NEED(y);
    const store *s = data->store;
    int64_t size = fsnn_shape_count(&s->target);
    if (!s->targets)
        return fsnn_fail(FSNN_ENOTFOUND, "the samples have no values");
    memcpy(y, s->targets + store_row(data, index) * size, (size_t)size * sizeof *y);
    return FSNN_OK;
}

fsnn_status fsnn_data_labels(const fsnn_data *data, int64_t index, int32_t *labels)
{
    FSNN_TRY(check_index(data, index));
    FSNN_NEED(labels);
    const store *s = data->store;
    if (!s->labels)
        return fsnn_fail(FSNN_ENOTFOUND, "the samples have no classes");
    memcpy(labels, s->labels + store_row(data, index) * s->places,
           (size_t)s->places * sizeof *labels);
    return FSNN_OK;
}

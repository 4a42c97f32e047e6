/* data/store.c: makes a data set out of arrays: checks them, keeps bytes as bytes and anything else
 * as floats. */
#include "data/store_later.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

static fsnn_status fetch_bytes(const fsnn_data *data, int64_t row, float *x)
{
    FSNN_TRY(store_need(data->store));
    const uint8_t *p = (const uint8_t *)data->store->values + row * data->size;
    for (int64_t i = 0; i < data->size; i++)
        x[i] = data->value[p[i]];
    return FSNN_OK;
}

static fsnn_status fetch_floats(const fsnn_data *data, int64_t row, float *x)
{
    FSNN_TRY(store_need(data->store));
    const float *p = (const float *)data->store->values + row * data->size;
    if (data->mean == 0 && data->deviation == 1) {
        memcpy(x, p, (size_t)data->size * sizeof *x);
        return FSNN_OK;
    }
    for (int64_t i = 0; i < data->size; i++)
        x[i] = (float)((p[i] - data->mean) / data->deviation);
    return FSNN_OK;
}

static fsnn_status check_samples(const store_source *source)
{
    const fsnn_shape *shape = &source->x->shape;
    char text[256];
    fsnn_shape_text(shape, text, sizeof text);
    int least = source->sequence || source->image ? 2 : 1;
    if (shape->rank < least)
        return fsnn_fail(source->fault,
                         "%s: has the shape %s; expected are at least %d dimensions, samples first",
                         source->what, text, least);
    if (shape->rank > STORE_MAX_RANK + 1)
        return fsnn_fail(source->fault,
                         "%s: has the shape %s; a sample can have at most %d dimensions",
                         source->what, text, STORE_MAX_RANK);
    if (fsnn_shape_count(shape) == 0)
        return fsnn_fail(source->fault, "%s: holds nothing, its shape is %s", source->what, text);
    return FSNN_OK;
}

/* A NaN among the samples would come out as a NaN in the loss, far from its cause. */
static fsnn_status check_finite(const char *what, fsnn_status fault, const fsnn_shape *shape,
                                const float *x)
{
    int64_t n = fsnn_shape_count(shape), size = n / shape->dim[0];
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return fsnn_fail(fault,
                             "%s: sample %lld holds %s (element %lld): samples are finite numbers",
                             what, (long long)(i / size),
                             isnan(x[i]) ? "NaN" : "an infinite number", (long long)(i % size));
    return FSNN_OK;
}

fsnn_status store_set_values(const char *what, fsnn_status fault, fsnn_array *x, store *s)
{
    int64_t n = fsnn_shape_count(&x->shape);
    if (x->dtype == FSNN_BOOL) {
        uint8_t *p = x->data;
        for (int64_t i = 0; i < n; i++)
            p[i] = p[i] != 0;
        x->dtype = FSNN_U8;
    }
    s->dtype = store_kept(x->dtype);
    if (x->dtype == s->dtype) {
        s->values = x->data;
        x->data = NULL;
    } else {
        s->values = fsnn_alloc((size_t)n * sizeof(float));
        if (!s->values)
            return FSNN_EMEMORY;
        fsnn_array_to_f32(x, s->values);
    }
    return s->dtype == FSNN_F32 ? check_finite(what, fault, &x->shape, s->values) : FSNN_OK;
}

static fsnn_shape sample_shape(const store_source *source)
{
    const fsnn_shape *all = &source->x->shape;
    fsnn_shape shape = {0};
    if (source->image && all->rank == 3)
        shape.dim[shape.rank++] = 1;
    for (int d = 1; d < all->rank; d++)
        shape.dim[shape.rank++] = all->dim[d];
    if (shape.rank == source->sequence) /* single numbers are what a network with input [1] takes */
        shape.dim[shape.rank++] = 1;
    return shape;
}

static fsnn_status fill(const store_source *source, fsnn_data *data)
{
    FSNN_TRY(check_samples(source));
    data->store = fsnn_alloc(sizeof *data->store);
    if (!data->store)
        return FSNN_EMEMORY;
    atomic_init(&data->store->users, 1);
    data->store->places = 1;
    if (source->y)
        FSNN_TRY(store_set_targets(source, data->store));
    FSNN_TRY(source->x->data ? store_set_values(source->what, source->fault, source->x, data->store)
                             : store_leave(source, data->store));
    data->count = source->x->shape.dim[0];
    data->shape = sample_shape(source);
    data->size = fsnn_shape_count(&data->shape);
    data->sequence = source->sequence;
    data->fetch = data->store->dtype == FSNN_U8 ? fetch_bytes : fetch_floats;
    data->divisor = data->store->dtype == FSNN_U8 ? source->divisor : 1;
    data->deviation = 1;
    return fsnn_data_normalize(data, 0, 1);
}

fsnn_status store_create(const store_source *source, fsnn_data **out)
{
    *out = NULL;
    fsnn_data *data = fsnn_alloc(sizeof *data);
    fsnn_status status = data ? fill(source, data) : FSNN_EMEMORY;
    fsnn_free(source->x->data);
    source->x->data = NULL;
    if (status < 0)
        fsnn_data_destroy(data);
    else
        *out = data;
    return status;
}

static fsnn_status make(const store_lazy *lazy, fsnn_data *data)
{
    store *s = data->store;
    atomic_init(&s->users, 1);
    s->classes = lazy->classes;
    s->places = lazy->places ? lazy->places : 1;
    int64_t labels = lazy->rows * s->places;
    s->labels = lazy->labels ? fsnn_alloc((size_t)labels * sizeof *s->labels) : NULL;
    if (lazy->labels && !s->labels)
        return FSNN_EMEMORY;
    for (int64_t i = 0; i < labels && lazy->labels; i++) {
        s->labels[i] = lazy->labels[i];
        if (s->classes <= s->labels[i])
            s->classes = (int64_t)s->labels[i] + 1;
    }
    data->count = lazy->rows;
    data->shape = lazy->shape;
    data->size = fsnn_shape_count(&data->shape);
    data->sequence = lazy->sequence;
    data->fetch = lazy->fetch;
    data->fetch_changed = lazy->fetch_changed;
    data->fetch_lists = lazy->fetch_lists;
    data->divisor = data->deviation = 1;
    return fsnn_data_normalize(data, 0, 1);
}

fsnn_status store_create_lazy(const store_lazy *lazy, fsnn_data **out)
{
    *out = NULL;
    fsnn_data *data = fsnn_alloc(sizeof *data);
    store *s = data ? fsnn_alloc(sizeof *s) : NULL;
    if (!s) {
        fsnn_free(data);
        lazy->release(lazy->more);
        return FSNN_EMEMORY;
    }
    data->store = s;
    s->more = lazy->more;
    s->release = lazy->release;
    fsnn_status status = make(lazy, data);
    if (status < 0)
        fsnn_data_destroy(data);
    else
        *out = data;
    return status;
}

/* ---- what is said of the data ---- */

fsnn_status store_name_classes(fsnn_data *data, char *const *name, int64_t count)
{
    store *s = data->store;
    s->name = fsnn_alloc((size_t)(count ? count : 1) * sizeof *s->name);
    if (!s->name)
        return FSNN_EMEMORY;
    s->names = count;
    for (int64_t c = 0; c < count; c++) {
        if (name[c] && !(s->name[c] = fsnn_strdup(name[c])))
            return FSNN_EMEMORY;
        for (char *p = s->name[c]; p && *p; p++) /* names of files may hold anything */
            *p = (unsigned char)*p < ' ' || *p == 0x7f ? '?' : *p;
    }
    return FSNN_OK;
}

const char *fsnn_data_class(const fsnn_data *data, int64_t label)
{
    return data && label >= 0 && label < data->store->names ? data->store->name[label] : NULL;
}

fsnn_status store_warn(fsnn_data *data, const char *format, ...)
{
    store *s = data->store;
    char text[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    for (int64_t i = 0; i < s->warnings; i++)
        if (!strcmp(s->warning[i], text))
            return FSNN_OK;
    FSNN_TRY(fsnn_grow(&s->warning, s->warnings, &s->warning_capacity, s->warnings + 1,
                       sizeof *s->warning));
    s->warning[s->warnings] = fsnn_strdup(text);
    return s->warning[s->warnings] ? (s->warnings++, FSNN_OK) : FSNN_EMEMORY;
}

const char *fsnn_data_warning(const fsnn_data *data, int index)
{
    return data && index >= 0 && index < data->store->warnings ? data->store->warning[index] : NULL;
}

static void free_texts(char **text, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        fsnn_free(text[i]);
    fsnn_free(text);
}

void fsnn_data_destroy(fsnn_data *data)
{
    if (!data)
        return;
    store *s = data->store;
    if (s && atomic_fetch_sub(&s->users, 1) == 1) {
        fsnn_free(s->values);
        store_forget(s->later);
        fsnn_free(s->labels);
        fsnn_free(s->targets);
        fsnn_free(s->lengths);
        free_texts(s->name, s->names);
        fsnn_free(s->origin);
        free_texts(s->warning, s->warnings);
        if (s->release)
            s->release(s->more);
        fsnn_free(s);
    }
    fsnn_free(data->row);
    fsnn_free(data);
}

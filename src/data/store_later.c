/* data/store_later.c: samples that stay in their file until they are needed. */
#include "data/store_later.h"

#include "base/port_threads.h"

#include <string.h>

static bool same_file(const port_about *a, const port_about *b)
{
    return a->file == b->file && a->size == b->size &&
           !memcmp(a->changed, b->changed, sizeof a->changed);
}

fsnn_status store_leave(const store_source *source, store *s)
{
    store_later *l = s->later = fsnn_alloc(sizeof *l);
    if (!l)
        return FSNN_EMEMORY;
    atomic_init(&l->there, false);
    l->read = source->read;
    l->fault = source->fault;
    l->promised = (fsnn_array){.dtype = source->x->dtype, .shape = source->x->shape};
    l->monitor = port_monitor_create();
    l->path = fsnn_strdup(source->path);
    l->name = source->name ? fsnn_strdup(source->name) : NULL;
    l->what = fsnn_strdup(source->what);
    s->dtype = store_kept(l->promised.dtype);
    bool all = l->monitor && l->path && (l->name || !source->name) && l->what;
    if (!all)
        return FSNN_EMEMORY;
    if (!port_look(l->path, &l->about))
        return FSNN_OK; /* the first sample is the error */
    return port_real_path(l->path, &l->real);
}

/* Where the file is now: at the path as it was named, unless another file stands there, as after a
 * change of the working directory. */
static const char *find(const store_later *l, port_about *now)
{
    if ((port_look(l->path, now) && same_file(now, &l->about)) || !l->real)
        return l->path;
    return port_look(l->real, now) ? l->real : l->path;
}

static fsnn_status check_promise(const store_later *l, const fsnn_array *x)
{
    char was[256], is[256];
    if (x->dtype == l->promised.dtype && fsnn_shape_equal(&x->shape, &l->promised.shape))
        return FSNN_OK;
    return fsnn_fail(FSNN_EFORMAT, "%s: has changed since it was opened: it held %s %s, now %s %s",
                     l->what, fsnn_dtype_name(l->promised.dtype),
                     fsnn_shape_text(&l->promised.shape, was, sizeof was),
                     fsnn_dtype_name(x->dtype), fsnn_shape_text(&x->shape, is, sizeof is));
}

/* Another file of the same type and shape may hold samples that the classes are not of. */
static fsnn_status check_file(const store_later *l, const port_about *now)
{
    return same_file(now, &l->about) ? FSNN_OK
                                     : fsnn_fail(FSNN_EFORMAT,
                                                 "%s: has changed since it was opened: open it "
                                                 "again",
                                                 l->what);
}

static fsnn_status read(const store_later *l, store *s)
{
    fsnn_array x = {0};
    port_about now;
    const char *path = find(l, &now);
    const bool pipe = port_exists(path) && !now.file; /* which would be waited for */
    fsnn_status status = pipe ? check_file(l, &now) : l->read(path, l->name, &x);
    if (status == FSNN_OK)
        status = check_promise(l, &x);
    if (status == FSNN_OK) {
        port_look(path, &now); /* while it was read, too */
        status = check_file(l, &now);
    }
    if (status == FSNN_OK)
        status = store_set_values(l->what, l->fault, &x, s);
    fsnn_free(x.data);
    if (status < 0) {
        fsnn_free(s->values);
        s->values = NULL;
    }
    return status;
}

fsnn_status store_read(store *s)
{
    store_later *l = s->later;
    port_enter(l->monitor);
    fsnn_status status = atomic_load(&l->there) ? FSNN_OK : read(l, s);
    if (status == FSNN_OK)
        atomic_store(&l->there, true);
    port_leave(l->monitor);
    return status;
}

void store_forget(store_later *l)
{
    if (!l)
        return;
    if (l->monitor)
        port_monitor_destroy(l->monitor);
    fsnn_free(l->path);
    fsnn_free(l->real);
    fsnn_free(l->name);
    fsnn_free(l->what);
    fsnn_free(l);
}

fsnn_status fsnn_data_load(fsnn_data *data)
{
    FSNN_NEED(data);
    return store_need(data->store);
}

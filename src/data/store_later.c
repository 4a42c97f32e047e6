/* data/store_later.c: samples that stay in their file until they are needed. */
#include "data/store_later.h"

#include "base/port_threads.h"

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
    return all ? FSNN_OK : FSNN_EMEMORY;
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

static fsnn_status read(const store_later *l, store *s)
{
    fsnn_array x = {0};
    fsnn_status status = l->read(l->path, l->name, &x);
    if (status == FSNN_OK)
        status = check_promise(l, &x);
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
    fsnn_free(l->name);
    fsnn_free(l->what);
    fsnn_free(l);
}

fsnn_status fsnn_data_load(fsnn_data *data)
{
    FSNN_NEED(data);
    return store_need(data->store);
}

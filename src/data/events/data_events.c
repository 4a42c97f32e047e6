/* data/events/data_events.c: a data set of recordings: frames are made when a sample is asked for.
 */
#include "base/error_key.h"
#include "data/events/event_set.h"
#include "data/sparse.h"
#include "data/store.h"

typedef struct recordings {
    event_set set;
    fsnn_frames frames;
} recordings;

static void release(void *more)
{
    recordings *r = more;
    event_set_free(&r->set);
    fsnn_free(r);
}

static fsnn_status fetch_changed(const fsnn_data *data, int64_t row, const augment_clip *clip,
                                 float *x)
{
    const recordings *r = data->store->more;
    const packed_event *event;
    int64_t n;
    void *owned;
    FSNN_TRY(event_set_sample(&r->set, row, &event, &n, &owned));
    fsnn_status status = frames_fill(&r->frames, r->set.width, r->set.height, event, n, clip, x);
    fsnn_free(owned);
    if (!status && (data->mean != 0 || data->deviation != 1))
        for (int64_t i = 0; i < data->size; i++)
            x[i] = (float)((x[i] - data->mean) / data->deviation);
    return status;
}

static fsnn_status fetch(const fsnn_data *data, int64_t row, float *x)
{
    return fetch_changed(data, row, NULL, x);
}

static fsnn_status fetch_lists(const fsnn_data *data, int64_t row, const augment_clip *clip,
                               sparse_rows *out)
{
    const recordings *r = data->store->more;
    const packed_event *event;
    int64_t n;
    void *owned;
    FSNN_TRY(event_set_sample(&r->set, row, &event, &n, &owned));
    fsnn_status status = frames_lists(&r->frames, r->set.width, r->set.height, event, n, clip, out);
    fsnn_free(owned);
    return status;
}

/* What a user should know: recordings of which most is left out, classes that count from 1. */
static fsnn_status warn(const fsnn_event_files *files, const event_pieces *pieces,
                        const recordings *r, fsnn_data *data)
{
    const event_losses *l = &r->set.losses;
    for (int i = 0; i < FSNN_LEFT_OUT && l->mostly && l->left_out[i].what; i++)
        if (l->left_out[i].events)
            FSNN_TRY(store_warn(data,
                                "%s: in %lld of %lld recordings more events are left out than are "
                                "read: in all %lld %s; %lld are read",
                                files->path, (long long)l->mostly, (long long)l->recordings,
                                (long long)l->left_out[i].count, l->left_out[i].what,
                                (long long)r->set.start[r->set.count]));
    if (files->first_class && pieces->labelled && !pieces->numbers)
        return store_warn(data,
                          "%s: first_class: %lld does nothing: it is for classes that are numbers, "
                          "and these are names",
                          files->path, (long long)files->first_class);
    if (pieces->unused && !files->training)
        return store_warn(
            data,
            "%s: the classes are numbers from %lld on, so that %lld before them without a "
            "recording count as classes: first_class: %lld numbers them from 0",
            files->path, (long long)(files->first_class + pieces->unused),
            (long long)pieces->unused, (long long)(files->first_class + pieces->unused));
    return FSNN_OK;
}

/* Takes over `r`. */
static fsnn_status make(const fsnn_event_files *files, const event_pieces *pieces, recordings *r,
                        fsnn_data **data)
{
    store_lazy lazy = {.rows = pieces->count,
                       .sequence = true,
                       .classes = pieces->labelled ? pieces->classes : 0,
                       .more = r,
                       .release = release,
                       .fetch = fetch,
                       .fetch_changed = fetch_changed,
                       .fetch_lists = fetch_lists};
    fsnn_status status = fsnn_fail_in(
        fsnn_frames_shape(&r->frames, r->set.width, r->set.height, &lazy.shape), "frames");
    int32_t *labels = NULL;
    if (status == FSNN_OK)
        status = event_pieces_labels(pieces, &labels);
    lazy.labels = labels;
    if (status == FSNN_OK)
        status = store_create_lazy(&lazy, data);
    else
        release(r);
    fsnn_free(labels);
    if (status == FSNN_OK && pieces->name)
        status = store_name_classes(*data, pieces->name, pieces->classes);
    if (status == FSNN_OK)
        status = warn(files, pieces, r, *data);
    if (status < 0) {
        fsnn_data_destroy(*data);
        *data = NULL;
    }
    return status;
}

static fsnn_status open(const fsnn_event_files *files, const fsnn_frames *frames, const char *cache,
                        const event_pieces *pieces, fsnn_data **data)
{
    recordings *r = fsnn_alloc(sizeof *r);
    if (!r)
        return FSNN_EMEMORY;
    r->frames = *frames;
    const event_reading how = {{files->sensor[0], files->sensor[1]}, files->camera};
    fsnn_status status = cache ? event_set_cached(pieces, &how, cache, &r->set)
                               : event_set_read(pieces, &how, &r->set);
    r->frames.cameras = r->set.cameras;
    if (status == FSNN_OK)
        return make(files, pieces, r, data);
    release(r);
    return status;
}

fsnn_status fsnn_data_events(const fsnn_event_files *files, const fsnn_frames *frames,
                             const char *cache, fsnn_data **data)
{
    if (!files || !files->path || !frames || !data)
        return fsnn_fail(
            FSNN_EARGUMENT,
            "fsnn_data_events needs a path, options of frames and a place for the data");
    *data = NULL;
    if ((unsigned)files->camera >= FSNN_CAMERAS)
        return fsnn_fail_key(FSNN_EARGUMENT, "camera", "camera %d: there is no such choice",
                             (int)files->camera);
    event_pieces pieces;
    fsnn_status status = event_pieces_find(files, &pieces);
    if (status == FSNN_OK)
        status = open(files, frames, cache, &pieces, data);
    event_pieces_free(&pieces);
    return status;
}

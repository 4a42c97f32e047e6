/* data/loader.c: batches prepared ahead. One thread fills a ring of three slots: one with the
 * caller, one ready, one in the making. What a batch holds depends on (seed, epoch, its number)
 * alone, so the timing of the two threads cannot show. The thread works alone: it starts no others,
 * which would fight with those that compute. */
#include "data/augment.h"
#include "data/encoder.h"
#include "data/perturb.h"
#include "data/resample.h"
#include "data/spikes.h"
#include "data/store.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

enum { SLOTS = 3 };

typedef struct slot {
    float *x;        /* [T, batch, N]; NULL where lists are made */
    spike_lists lists;
    int32_t *labels; /* [batch, places], or NULL */
    int64_t batch;
    fsnn_status status;
    char text[1024]; /* sentence of the error, which belongs to the thread that met it */
} slot;

struct fsnn_loader {
    const fsnn_data *data;
    fsnn_loader_options options;
    int64_t steps, values; /* T as the network sees it, N of one step */
    int64_t rows;          /* samples in time of one sample: T, where there are no stamps */
    bool stamped;
    resample grid;    /* stamped: from rows to steps */
    augmenter augment;
    bool sparse, rate; /* lists; those of the rate encoder are made without dense rows */
    spike_space space; /* of the thread */
    fsnn_shape shape; /* of one step */
    int64_t batches, samples;
    int64_t *order;               /* [count] samples of this epoch */
    float *sample;                /* [size] the sample in the making */
    int64_t raw_rows, raw_values; /* of a sample before its encoding; rows of still samples: 1 */
    fsnn_perturbation perturb[FSNN_PERTURBS];
    float *disturbed, *scratch; /* [steps, values] where there is something to disturb */
    slot slot[SLOTS];

    pthread_t thread;
    bool threaded; /* the thread runs, mutex and conditions exist */
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    /* under the lock: */
    bool started, busy, quit;
    int64_t epoch, made, taken; /* batches finished, handed out */
    atomic_bool drop;           /* leave the batch in the making: nobody wants it */
};

/* ---- the thread ---- */

/* The sample in the making as rows in time. */
static void unroll(const fsnn_loader *l, uint64_t stream, float *out, int64_t stride)
{
    const fsnn_encoder *encoder = &l->options.encoder;
    if (l->data->sequence)
        encoder_sequence(encoder, l->raw_rows, l->raw_values, l->sample, l->options.seed, stream,
                         out, stride);
    else
        encoder_sample(encoder, l->raw_values, l->sample, l->options.seed, stream, out, stride);
}

/* The sample in the making on the solver's steps. */
static void settle(const fsnn_loader *l, uint64_t stream, float *out, int64_t stride)
{
    if (!l->stamped) {
        unroll(l, stream, out, stride);
        return;
    }
    unroll(l, stream, l->grid.in, l->values);
    resample_run((resample *)&l->grid, out, stride);
}

/* The same with all disturbances. */
static fsnn_status disturb(const fsnn_loader *l, int64_t index, float *out, int64_t stride)
{
    uint64_t stream = ((uint64_t)l->epoch << 32) + (uint64_t)index;
    settle(l, STORE_STREAM_ENCODE + stream, l->disturbed, l->values);
    FSNN_TRY(fsnn_perturb(l->perturb, l->options.perturbs, l->steps, &l->shape, l->options.seed,
                          STORE_STREAM_PERTURB + stream, l->disturbed, l->scratch));
    for (int64_t k = 0; k < l->steps; k++)
        memcpy(out + k * stride, l->disturbed + k * l->values, (size_t)l->values * sizeof *out);
    return FSNN_OK;
}

/* Sample `index` as dense rows of the steps, their beginnings `stride` floats apart. */
static fsnn_status finish(fsnn_loader *l, int64_t index, float *out, int64_t stride)
{
    if (l->disturbed)
        return disturb(l, index, out, stride);
    settle(l, STORE_STREAM_ENCODE + ((uint64_t)l->epoch << 32) + (uint64_t)index, out, stride);
    return FSNN_OK;
}

/* Sample b of the slot's lists. */
static fsnn_status list(fsnn_loader *l, int64_t index, int64_t b, slot *s)
{
    uint64_t stream = STORE_STREAM_ENCODE + ((uint64_t)l->epoch << 32) + (uint64_t)index;
    if (l->rate)
        return spike_lists_rate(&s->lists, &l->space, &l->options.encoder, b, l->sample,
                                l->options.seed, stream);
    FSNN_TRY(finish(l, index, l->space.dense, l->values));
    return spike_lists_dense(&s->lists, b, l->space.dense);
}

static fsnn_status fill(fsnn_loader *l, int64_t number, slot *s)
{
    int64_t first = number * l->options.batch, left = l->samples - first;
    int64_t places = l->data->store->places;
    s->batch = left < l->options.batch ? left : l->options.batch;
    spike_lists_begin(&s->lists, s->batch);
    for (int64_t b = 0; b < s->batch && !atomic_load(&l->drop); b++) {
        int64_t index = l->order[first + b], row = store_row(l->data, index);
        FSNN_TRY(augmenter_fetch(&l->augment, l->data, row, l->options.seed, l->epoch, index,
                                 l->sample));
        if (l->sparse)
            FSNN_TRY(list(l, index, b, s));
        else
            FSNN_TRY(finish(l, index, s->x + b * l->values, s->batch * l->values));
        if (s->labels)
            memcpy(s->labels + b * places, l->data->store->labels + row * places,
                   (size_t)places * sizeof *s->labels);
    }
    return FSNN_OK;
}

/* The slot handed out last stays with the caller; the others may be filled. */
static bool wanted(const fsnn_loader *l)
{
    int64_t held = l->taken > 0 ? l->taken - 1 : 0;
    return l->started && l->made < l->batches && l->made < held + SLOTS;
}

static void *run(void *user)
{
    fsnn_loader *l = user;
    pthread_mutex_lock(&l->lock);
    for (;;) {
        while (!l->quit && !wanted(l))
            pthread_cond_wait(&l->work, &l->lock);
        if (l->quit)
            break;
        int64_t number = l->made;
        slot *s = &l->slot[number % SLOTS];
        l->busy = true;
        pthread_mutex_unlock(&l->lock);
        s->status = fill(l, number, s);
        if (s->status < 0)
            snprintf(s->text, sizeof s->text, "%s", fsnn_error_text());
        pthread_mutex_lock(&l->lock);
        l->busy = false;
        if (l->started) /* otherwise another epoch is about to begin */
            l->made++;
        pthread_cond_broadcast(&l->done);
    }
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

/* Signals are for the threads of the program. */
static fsnn_status start_thread(fsnn_loader *l)
{
    sigset_t all, old;
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->work, NULL);
    pthread_cond_init(&l->done, NULL);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int failed = pthread_create(&l->thread, NULL, run, l);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (!failed) {
        l->threaded = true;
        return FSNN_OK;
    }
    pthread_mutex_destroy(&l->lock);
    pthread_cond_destroy(&l->work);
    pthread_cond_destroy(&l->done);
    return fsnn_fail(FSNN_EMEMORY, "the thread that prepares batches cannot be started: %s",
                     strerror(failed));
}

static void stop_thread(fsnn_loader *l)
{
    pthread_mutex_lock(&l->lock);
    l->quit = true;
    atomic_store(&l->drop, true);
    pthread_cond_broadcast(&l->work);
    pthread_mutex_unlock(&l->lock);
    pthread_join(l->thread, NULL);
    pthread_mutex_destroy(&l->lock);
    pthread_cond_destroy(&l->work);
    pthread_cond_destroy(&l->done);
}

/* ---- creation ---- */

static fsnn_status check(const fsnn_data *data, const fsnn_loader_options *options)
{
    if (options->batch < 1)
        return fsnn_fail(FSNN_EARGUMENT, "a batch of %lld samples; at least 1 is needed",
                         (long long)options->batch);
    if (options->drop_last && data->count < options->batch)
        return fsnn_fail(FSNN_EARGUMENT,
                         "a batch of %lld of only %lld samples: with drop_last none is left; make "
                         "the batch smaller or keep the incomplete one",
                         (long long)options->batch, (long long)data->count);
    if (data->count > UINT32_MAX)
        return fsnn_fail(FSNN_EUNSUPPORTED, "%lld samples are more than a loader can number",
                         (long long)data->count);
    if (options->perturbs < 0 || options->perturbs > FSNN_PERTURBS ||
        (options->perturbs && !options->perturb))
        return fsnn_fail(FSNN_EARGUMENT, "%d perturbations; at most %d can be given",
                         options->perturbs, FSNN_PERTURBS);
    for (int i = 0; i < options->perturbs; i++)
        FSNN_TRY(perturb_check_sample(&options->perturb[i]));
    bool unused = data->sequence && options->encoder.kind == FSNN_ENCODE_DIRECT;
    return unused ? FSNN_OK : encoder_check(&options->encoder);
}

static fsnn_status plan(fsnn_loader *l)
{
    const fsnn_data *data = l->data;
    int64_t count = data->count;
    if (l->options.batch > count)
        l->options.batch = count;
    int64_t batch = l->options.batch;
    l->batches = l->options.drop_last ? count / batch : (count - 1) / batch + 1;
    l->samples = l->options.drop_last ? l->batches * batch : count;
    l->shape = data->shape;
    l->rows = l->options.encoder.steps;
    if (data->sequence) {
        l->rows = data->shape.dim[0];
        l->shape.rank--;
        memmove(l->shape.dim, l->shape.dim + 1, (size_t)l->shape.rank * sizeof l->shape.dim[0]);
        l->shape.dim[l->shape.rank] = 0;
    }
    l->raw_rows = data->sequence ? l->rows : 1;
    l->raw_values = fsnn_shape_count(&l->shape);
    if (!encoder_size(&l->options.encoder, data->sequence, &l->rows, &l->shape))
        return fsnn_fail(FSNN_EARGUMENT, "sequences of %lld steps, %lld each, are too long",
                         (long long)l->raw_rows, (long long)l->options.encoder.steps);
    l->values = fsnn_shape_count(&l->shape);
    l->steps = l->rows;
    l->stamped = l->options.sampling.times != NULL;
    l->sparse = l->options.encoder.sparse;
    l->rate = l->sparse && !l->stamped && !data->sequence && !l->options.perturbs &&
              l->options.encoder.kind == FSNN_ENCODE_RATE;
    if (l->sparse && l->values > INT32_MAX)
        return fsnn_fail(FSNN_EUNSUPPORTED, "lists of spikes number their elements up to %d, not %lld",
                         INT32_MAX, (long long)l->values);
    if (!l->stamped)
        return FSNN_OK;
    FSNN_TRY(resample_open(&l->grid, &l->options.sampling, l->rows, l->values));
    l->steps = l->grid.s.q;
    return FSNN_OK;
}

static fsnn_status too_large(const fsnn_loader *l)
{
    return fsnn_fail(FSNN_EMEMORY,
                     "batches of %lld samples of %lld values over %lld steps do not fit into "
                     "memory",
                     (long long)l->options.batch, (long long)l->values, (long long)l->steps);
}

static fsnn_status reserve_slot(const fsnn_loader *l, slot *s)
{
    int64_t batch = l->options.batch, size;
    if (__builtin_mul_overflow(l->steps, batch, &size) ||
        __builtin_mul_overflow(size, l->sparse ? 1 : l->values, &size) ||
        __builtin_mul_overflow(size, (int64_t)sizeof(float), &size))
        return too_large(l);
    if (l->sparse) {
        bool whole = !l->data->sequence && !l->stamped && l->options.encoder.kind != FSNN_ENCODE_DIRECT;
        FSNN_TRY(spike_lists_open(&s->lists, l->steps, batch, l->values, !whole));
    } else {
        s->x = fsnn_alloc((size_t)size);
        if (!s->x)
            return FSNN_EMEMORY;
    }
    if (!l->data->store->labels)
        return FSNN_OK;
    s->labels = fsnn_alloc((size_t)(batch * l->data->store->places) * sizeof *s->labels);
    return s->labels ? FSNN_OK : FSNN_EMEMORY;
}

static fsnn_status reserve(fsnn_loader *l)
{
    l->order = fsnn_alloc((size_t)l->data->count * sizeof *l->order);
    l->sample = fsnn_alloc((size_t)l->data->size * sizeof *l->sample);
    if (!l->order || !l->sample)
        return FSNN_EMEMORY;
    if (l->options.perturbs) {
        l->disturbed = fsnn_alloc((size_t)(l->steps * l->values) * sizeof *l->disturbed);
        l->scratch = fsnn_alloc((size_t)(l->steps * l->values) * sizeof *l->scratch);
        if (!l->disturbed || !l->scratch)
            return FSNN_EMEMORY;
    }
    if (l->sparse)
        FSNN_TRY(spike_space_open(&l->space, l->steps, l->values, !l->rate));
    for (int i = 0; i < SLOTS; i++)
        FSNN_TRY(reserve_slot(l, &l->slot[i]));
    return FSNN_OK;
}

fsnn_status fsnn_loader_create(const fsnn_data *data, const fsnn_loader_options *options,
                               fsnn_loader **loader)
{
    if (!data || !options || !loader)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_loader_create needs data and options");
    *loader = NULL;
    FSNN_TRY(check(data, options));
    fsnn_loader *l = fsnn_alloc(sizeof *l);
    if (!l)
        return FSNN_EMEMORY;
    l->data = data;
    l->options = *options;
    for (int i = 0; i < options->perturbs; i++)
        l->perturb[i] = options->perturb[i];
    atomic_init(&l->drop, false);
    fsnn_status status = augmenter_open(&l->augment, &options->augment, data);
    if (status == FSNN_OK)
        status = plan(l);
    if (status == FSNN_OK)
        status = reserve(l);
    if (status == FSNN_OK)
        status = start_thread(l);
    if (status < 0)
        fsnn_loader_destroy(l);
    else
        *loader = l;
    return status;
}

void fsnn_loader_destroy(fsnn_loader *l)
{
    if (!l)
        return;
    if (l->threaded)
        stop_thread(l);
    for (int i = 0; i < SLOTS; i++) {
        fsnn_free(l->slot[i].x);
        fsnn_free(l->slot[i].labels);
        spike_lists_close(&l->slot[i].lists);
    }
    spike_space_close(&l->space);
    resample_close(&l->grid);
    augmenter_close(&l->augment);
    fsnn_free(l->order);
    fsnn_free(l->sample);
    fsnn_free(l->disturbed);
    fsnn_free(l->scratch);
    fsnn_free(l);
}

int64_t fsnn_loader_batches(const fsnn_loader *loader)
{
    return loader->batches;
}

int64_t fsnn_loader_samples(const fsnn_loader *loader)
{
    return loader->samples;
}

void fsnn_loader_shape(const fsnn_loader *loader, int64_t *steps, fsnn_shape *shape)
{
    if (steps)
        *steps = loader->steps;
    if (shape)
        *shape = loader->shape;
}

/* ---- the caller's side ---- */

static void make_order(fsnn_loader *l)
{
    int64_t count = l->data->count;
    if (l->options.shuffle)
        fsnn_random_order(l->order, count, l->options.seed,
                          STORE_STREAM_SHUFFLE + (uint64_t)l->epoch);
    else
        for (int64_t i = 0; i < count; i++)
            l->order[i] = i;
}

fsnn_status fsnn_loader_start(fsnn_loader *l, int64_t epoch)
{
    enum { EPOCHS = 1 << 24 }; /* so that streams of different epochs stay apart */
    if (!l || epoch < 0 || epoch >= EPOCHS)
        return fsnn_fail(FSNN_EARGUMENT, "epoch %lld; epochs count from 0 to %d", (long long)epoch,
                         EPOCHS - 1);
    pthread_mutex_lock(&l->lock);
    l->started = false;
    atomic_store(&l->drop, true);
    while (l->busy)
        pthread_cond_wait(&l->done, &l->lock);
    atomic_store(&l->drop, false);
    l->epoch = epoch;
    l->made = l->taken = 0;
    make_order(l);
    l->started = true;
    pthread_cond_signal(&l->work);
    pthread_mutex_unlock(&l->lock);
    return FSNN_OK;
}

/* Waits for batch `taken`, hands it out and frees the slot of the one before. */
static slot *take(fsnn_loader *l)
{
    while (l->made <= l->taken)
        pthread_cond_wait(&l->done, &l->lock);
    slot *s = &l->slot[l->taken % SLOTS];
    if (s->status == FSNN_OK) {
        l->taken++;
        pthread_cond_signal(&l->work);
    }
    return s;
}

int fsnn_loader_next(fsnn_loader *l, fsnn_batch *batch)
{
    if (!l || !batch)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_loader_next needs a loader and a place for a batch");
    pthread_mutex_lock(&l->lock);
    bool started = l->started;
    const slot *s = started && l->taken < l->batches ? take(l) : NULL;
    pthread_mutex_unlock(&l->lock);
    *batch = (fsnn_batch){0};
    if (!started)
        return fsnn_fail(FSNN_ESTATE,
                         "the loader has no epoch: call fsnn_loader_start before fsnn_loader_next");
    if (!s)
        return 0;
    if (s->status < 0)
        return fsnn_fail(s->status, "%s", s->text);
    *batch = (fsnn_batch){s->x, s->labels, l->steps, s->batch, l->sparse ? &s->lists.s : NULL,
                          l->data->store->places};
    return 1;
}

/* data/loader.c: batches made ready. What a batch holds depends on (seed, epoch, its number) alone,
 * so it does not matter who makes it, and when.
 *
 * Where the network leaves a processor free, one thread fills a ring of three slots ahead: one with
 * the caller, one ready, one in the making. It works alone: it starts no others, which would fight
 * with those that compute. Where the network takes all processors, a thread beside them would hold
 * up each of their loops: then a batch is made when it is asked for, by all of them *together*.
 * Samples that are made from recordings keep their thread in any case: it may have to wait for a
 * disk. */
#include "base/port_threads.h"
#include "data/loader.h"
#include "data/recipe.h"
#include "data/store.h"

#include <stdatomic.h>
#include <string.h>

enum { SLOTS = 3, PIECES = 32 };

/* What threads wait for. */
enum { WORK, DONE };

typedef struct fault {
    fsnn_status status;
    char text[1024]; /* sentence of the error, which belongs to the thread that met it */
} fault;

typedef struct slot {
    float *x; /* [T, batch, N], still [batch, N]; NULL where lists are made */
    spike_lists lists;
    int32_t *labels;  /* [batch, places], or NULL */
    float *values;    /* [batch, target], or NULL */
    int64_t *lengths; /* [batch], or NULL */
    int64_t width;    /* of the values */
    int64_t batch;
    fault fault;
} slot;

struct fsnn_loader {
    recipe how;
    int64_t batches, samples;
    int64_t every, first, count; /* of these batches those that are wanted (loader_share) */
    int64_t *order;              /* [count] samples of this epoch */
    maker *maker;                /* [makers] */
    int makers;
    spike_piece piece[PIECES];
    fault fault[PIECES];
    slot slot[SLOTS];
    int slots; /* of them that there are: one where batches are made together */

    port_thread *thread;
    int forks;     /* of the process that made it, where its thread is */
    bool together; /* in this epoch the thread has nothing to do */
    port_monitor *monitor;
    /* inside: */
    bool started, busy, quit;
    int64_t epoch, produced, consumed; /* batches finished, handed out */
    atomic_bool drop;                  /* leave the batch in the making: nobody wants it */
};

/* ---- a batch: its samples in pieces, by one thread or several ---- */

typedef struct filling {
    fsnn_loader *l;
    slot *slot;
    int64_t first; /* place of its first sample in the order */
} filling;

static bool mixes(const recipe *r)
{
    return mix_any(&r->options.augment);
}

/* Shares of the classes, or values, of a sample and its partner. */
static void mix_targets(const recipe *r, const mix *drawn, int64_t index, float *y)
{
    const store *s = r->data->store;
    int64_t row[2] = {store_row(r->data, index), store_row(r->data, drawn->partner)};
    int64_t count = s->targets ? fsnn_shape_count(&s->target) : s->classes;
    const double share[2] = {drawn->share, 1 - drawn->share};
    memset(y, 0, (size_t)count * sizeof *y);
    for (int i = 0; i < 2; i++)
        for (int64_t c = 0; c < count; c++)
            y[c] += (float)(share[i] * (s->targets ? (double)s->targets[row[i] * count + c]
                                                   : s->labels[row[i]] == c));
}

/* Of a mixed sample that of the longer one. */
static int64_t length_of(const recipe *r, const mix *drawn, int64_t index)
{
    const int64_t *lengths = r->data->store->lengths;
    int64_t own = lengths[store_row(r->data, index)],
            other = drawn->on ? lengths[store_row(r->data, drawn->partner)] : own;
    return own > other ? own : other;
}

static fsnn_status make(const filling *f, maker *m, int64_t b, spike_piece *piece)
{
    const fsnn_loader *l = f->l;
    const recipe *r = &l->how;
    slot *s = f->slot;
    int64_t index = l->order[f->first + b], row = store_row(r->data, index),
            places = r->data->store->places;
    mix drawn = augmenter_mix(&m->augment, r->data, r->options.seed, l->epoch, index);
    if (s->labels)
        memcpy(s->labels + b * places, r->data->store->labels + row * places,
               (size_t)places * sizeof *s->labels);
    int64_t count = fsnn_shape_count(&r->data->store->target);
    if (s->values && drawn.on)
        mix_targets(r, &drawn, index, s->values + b * s->width);
    else if (s->values)
        memcpy(s->values + b * count, r->data->store->targets + row * count,
               (size_t)count * sizeof *s->values);
    if (s->lengths)
        s->lengths[b] = length_of(r, &drawn, index) * (r->rows / r->raw_rows);
    if (r->sparse)
        return maker_lists(m, r, l->epoch, index, b, &s->lists, piece);
    return maker_dense(m, r, l->epoch, index, s->x + b * r->values, s->batch * r->values);
}

static void fill_piece(int64_t p, int worker, void *user)
{
    const filling *f = user;
    fsnn_loader *l = f->l;
    int64_t b = p * f->slot->batch / PIECES, end = (p + 1) * f->slot->batch / PIECES;
    fsnn_status status = FSNN_OK;
    for (; b < end && !status && !l->piece[p].full && !atomic_load(&l->drop); b++)
        status = make(f, &l->maker[worker], b, &l->piece[p]);
    l->fault[p].status = status;
    if (status < 0)
        snprintf(l->fault[p].text, sizeof l->fault[p].text, "%s", fsnn_error_text());
}

/* The error of the first sample that has one, or NULL. */
static const fault *first_fault(const fsnn_loader *l)
{
    for (int p = 0; p < PIECES; p++)
        if (l->fault[p].status < 0)
            return &l->fault[p];
    return NULL;
}

static bool too_full(const fsnn_loader *l)
{
    bool full = false;
    for (int p = 0; p < PIECES; p++)
        full = full || l->piece[p].full;
    return full;
}

/* Room of a batch's lists, to begin with: one element of so many spikes. */
static int64_t guess(const recipe *r)
{
    enum { FEW = 32 };
    return r->steps * r->options.batch * (r->values / FEW + 1);
}

static fsnn_status reserve_more(const fsnn_loader *l, slot *s)
{
    return spike_lists_reserve(&s->lists,
                               s->lists.capacity ? 2 * s->lists.capacity : guess(&l->how));
}

/* Once with as much room as the lists of earlier batches took; again where that is not enough. */
static fsnn_status fill_once_or_more(fsnn_loader *l, slot *s, filling *f)
{
    for (;;) {
        spike_lists_begin(&s->lists, s->batch, l->piece, PIECES);
        if (l->together)
            fsnn_parallel(PIECES, fill_piece, f);
        else
            for (int p = 0; p < PIECES; p++)
                fill_piece(p, 0, f);
        const fault *fault = first_fault(l);
        if (fault)
            return fsnn_fail(fault->status, "%s", fault->text);
        if (!too_full(l))
            return FSNN_OK;
        FSNN_TRY(reserve_more(l, s));
    }
}

/* The batch that is made as the i-th. */
static int64_t number_of(const fsnn_loader *l, int64_t i)
{
    return i / l->count * l->every + l->first + i % l->count;
}

static void fill(fsnn_loader *l, int64_t i, slot *s)
{
    int64_t number = number_of(l, i);
    int64_t batch = l->how.options.batch, left = l->samples - number * batch;
    filling f = {l, s, number * batch};
    s->batch = left < batch ? left : batch;
    s->fault.status = fill_once_or_more(l, s, &f);
    if (s->fault.status < 0)
        snprintf(s->fault.text, sizeof s->fault.text, "%s", fsnn_error_text());
}

/* ---- the thread ---- */

/* The slot handed out last stays with the caller; the others may be filled. */
static bool wanted(const fsnn_loader *l)
{
    int64_t held = l->consumed > 0 ? l->consumed - 1 : 0;
    return l->started && !l->together && number_of(l, l->produced) < l->batches &&
           l->produced < held + SLOTS;
}

static void run(void *user)
{
    fsnn_loader *l = user;
    port_enter(l->monitor);
    for (;;) {
        while (!l->quit && !wanted(l))
            port_wait(l->monitor, WORK);
        if (l->quit)
            break;
        int64_t number = l->produced;
        slot *s = &l->slot[number % SLOTS];
        l->busy = true;
        port_leave(l->monitor);
        fill(l, number, s);
        port_enter(l->monitor);
        l->busy = false;
        if (l->started) /* otherwise another epoch is about to begin */
            l->produced++;
        port_wake(l->monitor, DONE);
    }
    port_leave(l->monitor);
}

static fsnn_status start_thread(fsnn_loader *l)
{
    l->forks = fsnn_forks();
    l->monitor = port_monitor_create();
    if (!l->monitor)
        return FSNN_EMEMORY;
    return port_thread_start("the thread that prepares batches", run, l, &l->thread);
}

/* In a child of the process that made the loader its thread is not there, and its lock may be held
 * for ever. */
static fsnn_status check_process(const fsnn_loader *l)
{
    if (l->forks == fsnn_forks())
        return FSNN_OK;
    return fsnn_fail(FSNN_ESTATE, "the loader belongs to the process that this one was forked "
                                  "from: create one here");
}

static void stop_thread(fsnn_loader *l)
{
    if (l->forks != fsnn_forks())
        return;
    if (l->thread) {
        port_enter(l->monitor);
        l->quit = true;
        atomic_store(&l->drop, true);
        port_wake(l->monitor, WORK);
        port_leave(l->monitor);
        port_thread_join(l->thread);
    }
    port_monitor_destroy(l->monitor);
}

/* ---- creation ---- */

/* A maker for each thread that may make samples. */
static fsnn_status open_makers(fsnn_loader *l)
{
    int wanted = l->together ? fsnn_threads() : 1;
    if (wanted <= l->makers)
        return FSNN_OK;
    maker *more = fsnn_alloc((size_t)wanted * sizeof *more);
    if (!more)
        return FSNN_EMEMORY;
    if (l->makers)
        memcpy(more, l->maker, (size_t)l->makers * sizeof *more);
    fsnn_free(l->maker);
    l->maker = more;
    fsnn_status status = FSNN_OK;
    while (l->makers < wanted && (status = maker_open(&l->maker[l->makers], &l->how)) == FSNN_OK)
        l->makers++;
    if (status < 0)
        maker_close(&l->maker[l->makers]);
    return status;
}

static fsnn_status too_large(const recipe *r)
{
    return fsnn_fail(FSNN_EMEMORY,
                     "batches of %lld samples of %lld values over %lld steps do not fit into "
                     "memory: smaller ones need less",
                     (long long)r->options.batch, (long long)r->values, (long long)r->steps);
}

static void close_slot(slot *s)
{
    fsnn_free(s->x);
    fsnn_free(s->labels);
    fsnn_free(s->values);
    fsnn_free(s->lengths);
    spike_lists_close(&s->lists);
    *s = (slot){0};
}

/* Of samples that are put on other steps no length is known. */
static bool has_lengths(const recipe *r)
{
    return r->data->store->lengths && r->data->sequence && !r->stamped;
}

static fsnn_status reserve_targets(const recipe *r, int64_t batch, slot *s)
{
    const store *data = r->data->store;
    bool shares = data->labels && mixes(r);
    s->width = shares ? data->classes : fsnn_shape_count(&data->target); /* no target: 1 */
    size_t count = (size_t)(batch * s->width);
    if (data->labels && !shares)
        s->labels = fsnn_alloc((size_t)(batch * data->places) * sizeof *s->labels);
    if (data->targets || shares)
        s->values = fsnn_alloc(count * sizeof *s->values);
    if (has_lengths(r))
        s->lengths = fsnn_alloc((size_t)batch * sizeof *s->lengths);
    bool there = (s->labels || !data->labels || shares) &&
                 (s->values || !(data->targets || shares)) && (s->lengths || !has_lengths(r));
    return there ? FSNN_OK : FSNN_EMEMORY;
}

static fsnn_status reserve_slot(const recipe *r, slot *s)
{
    int64_t batch = r->options.batch, size;
    if (__builtin_mul_overflow(recipe_rows(r), batch, &size) ||
        __builtin_mul_overflow(size, r->sparse ? 1 : r->values, &size) ||
        __builtin_mul_overflow(size, (int64_t)sizeof(float), &size))
        return too_large(r);
    if (r->sparse) {
        bool whole =
            !r->data->sequence && !r->stamped && r->options.encoder.kind != FSNN_ENCODE_DIRECT;
        FSNN_TRY(spike_lists_open(&s->lists, r->steps, batch, r->values, !whole));
    } else {
        s->x = fsnn_alloc((size_t)size);
        if (!s->x)
            return too_large(r);
    }
    return reserve_targets(r, batch, s);
}

/* Whether the batches of an epoch that begins now are made when they are asked for, by the threads
 * that compute. */
static bool all_compute(const fsnn_loader *l)
{
    return !l->how.data->store->more && fsnn_threads() >= fsnn_processors();
}

/* Makers and slots for an epoch that begins now. */
static fsnn_status open_epoch(fsnn_loader *l)
{
    l->together = all_compute(l);
    FSNN_TRY(open_makers(l));
    fsnn_status status = FSNN_OK;
    for (int wanted = l->together ? 1 : SLOTS; l->slots < wanted && !status; l->slots++)
        status = reserve_slot(&l->how, &l->slot[l->slots]);
    if (status < 0)
        close_slot(&l->slot[--l->slots]);
    return status;
}

static fsnn_status reserve(fsnn_loader *l)
{
    l->order = fsnn_alloc((size_t)l->how.data->count * sizeof *l->order);
    return l->order ? open_epoch(l) : FSNN_EMEMORY;
}

static fsnn_status create(fsnn_loader *l, const fsnn_data *data, const fsnn_loader_options *options)
{
    FSNN_TRY(recipe_plan(&l->how, data, options));
    int64_t count = data->count, batch = options->batch < count ? options->batch : count;
    l->how.options.batch = batch;
    l->batches = options->drop_last ? count / batch : (count - 1) / batch + 1;
    l->samples = options->drop_last ? l->batches * batch : count;
    FSNN_TRY(reserve(l));
    return start_thread(l);
}

fsnn_status fsnn_loader_create(const fsnn_data *data, const fsnn_loader_options *options,
                               fsnn_loader **loader)
{
    if (!data || !options || !loader)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_loader_create needs data and options");
    *loader = NULL;
    fsnn_loader *l = fsnn_alloc(sizeof *l);
    if (!l)
        return FSNN_EMEMORY;
    atomic_init(&l->drop, false);
    l->every = l->count = 1;
    fsnn_status status = create(l, data, options);
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
    stop_thread(l);
    for (int i = 0; i < l->slots; i++)
        close_slot(&l->slot[i]);
    for (int i = 0; i < l->makers; i++)
        maker_close(&l->maker[i]);
    fsnn_free(l->maker);
    fsnn_free(l->order);
    fsnn_free(l);
}

int64_t fsnn_loader_batches(const fsnn_loader *loader)
{
    FSNN_NEED(loader);
    return loader->batches;
}

int64_t fsnn_loader_samples(const fsnn_loader *loader)
{
    FSNN_NEED(loader);
    return loader->samples;
}

int64_t fsnn_loader_batch(const fsnn_loader *loader)
{
    FSNN_NEED(loader);
    return loader->how.options.batch;
}

int64_t fsnn_loader_memory(const fsnn_loader *l)
{
    if (!l)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_loader_memory: loader must not be NULL");
    const recipe *r = &l->how;
    int64_t rows = recipe_rows(r) * r->options.batch,
            slot = rows * r->values * (int64_t)sizeof(float);
    for (int i = 0; r->sparse && i < l->slots; i++) {
        const spike_lists *lists = &l->slot[i].lists;
        int64_t capacity = lists->capacity ? lists->capacity : guess(r);
        slot = rows * (int64_t)(sizeof *lists->start + sizeof *lists->count) +
               capacity * (int64_t)sizeof *lists->index;
        slot += lists->values ? capacity * (int64_t)sizeof *lists->value : 0;
    }
    if (l->slot[0].values)
        slot += r->options.batch * l->slot[0].width * (int64_t)sizeof(float);
    return l->slots * slot + l->makers * maker_bytes(r);
}

void fsnn_loader_shape(const fsnn_loader *loader, int64_t *steps, fsnn_shape *shape)
{
    if (steps)
        *steps = loader->how.steps;
    if (shape)
        *shape = loader->how.shape;
}

const fsnn_data *fsnn_loader_data(const fsnn_loader *loader)
{
    return loader ? loader->how.data : NULL;
}

bool fsnn_loader_still(const fsnn_loader *loader)
{
    return loader && loader->how.still;
}

bool fsnn_loader_validation(const fsnn_loader *loader)
{
    return loader && loader->how.options.validation;
}

/* ---- the caller's side ---- */

static void make_order(fsnn_loader *l)
{
    int64_t count = l->how.data->count;
    if (l->how.options.shuffle)
        fsnn_random_order(l->order, count, l->how.options.seed,
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
    FSNN_TRY(check_process(l));
    port_enter(l->monitor);
    l->started = false;
    atomic_store(&l->drop, true);
    while (l->busy)
        port_wait(l->monitor, DONE);
    atomic_store(&l->drop, false);
    l->epoch = epoch;
    l->produced = l->consumed = 0;
    make_order(l);
    fsnn_status status = open_epoch(l);
    l->started = status == FSNN_OK;
    port_wake(l->monitor, WORK);
    port_leave(l->monitor);
    return status;
}

void loader_share(fsnn_loader *l, int64_t every, int64_t first, int64_t count)
{
    port_enter(l->monitor);
    l->started = false; /* the thread looks no more at what is wanted */
    l->every = every;
    l->first = first;
    l->count = count;
    port_leave(l->monitor);
}

/* Makes batch `taken` and hands it out. */
static slot *make_next(fsnn_loader *l)
{
    slot *s = &l->slot[0];
    fill(l, l->consumed, s);
    l->consumed += s->fault.status == FSNN_OK;
    return s;
}

/* Waits for batch `taken`, hands it out and frees the slot of the one before. */
static slot *consume(fsnn_loader *l)
{
    while (l->produced <= l->consumed)
        port_wait(l->monitor, DONE);
    slot *s = &l->slot[l->consumed % SLOTS];
    if (s->fault.status == FSNN_OK) {
        l->consumed++;
        port_wake(l->monitor, WORK);
    }
    return s;
}

bool fsnn_loader_mixes(const fsnn_loader *l)
{
    return l && mixes(&l->how) && l->how.data->store->labels;
}

int fsnn_loader_next(fsnn_loader *l, fsnn_batch *batch)
{
    if (!l || !batch)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_loader_next needs a loader and a place for a batch");
    FSNN_TRY(check_process(l));
    port_enter(l->monitor);
    bool started = l->started, more = started && number_of(l, l->consumed) < l->batches;
    const slot *s = more ? (l->together ? make_next : consume)(l) : NULL;
    port_leave(l->monitor);
    *batch = (fsnn_batch){0};
    if (!started)
        return fsnn_fail(FSNN_ESTATE,
                         "the loader has no epoch: call fsnn_loader_start before fsnn_loader_next");
    if (!s)
        return 0;
    if (s->fault.status < 0)
        return fsnn_fail(s->fault.status, "%s", s->fault.text);
    const store *data = l->how.data->store;
    *batch = (fsnn_batch){s->x,
                          s->labels,
                          l->how.steps,
                          s->batch,
                          l->how.sparse ? &s->lists.s : NULL,
                          data->timed ? 1 : data->places,
                          l->how.still,
                          data->timed ? data->places : 1,
                          s->values,
                          data->labels && s->values ? FSNN_SHAPE(data->classes) : data->target,
                          s->lengths};
    return 1;
}

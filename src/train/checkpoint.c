/* Checkpoints. last.state.safetensors holds all that resuming needs, weights included, so that it
 * is always consistent in itself, whenever the power goes. It is written first: the other files
 * follow from it, and resuming writes them anew. last.safetensors and best.safetensors hold the
 * weights alone, for use. */
#include "net/net.h"
#include "tensor/finite.h"
#include "train/arrays.h"
#include "train/pass.h"
#include "train/trainer.h"

#include <stdlib.h>
#include <string.h>

/* ---- where a training stands ---- */

typedef struct field {
    const char *name;
    fsnn_dtype dtype;
    size_t offset;
    int count;
} field;

#define COUNT(member)                                                                              \
    {                                                                                              \
        "train." #member, FSNN_I64, offsetof(progress, member), 1                                  \
    }
#define NUMBER(member)                                                                             \
    {                                                                                              \
        "train." #member, FSNN_F64, offsetof(progress, member), 1                                  \
    }

static const field fields[] = {
    COUNT(epoch),          COUNT(batches),       COUNT(samples),       COUNT(correct),
    NUMBER(loss),          NUMBER(norm),         NUMBER(lr),           NUMBER(seconds),
    COUNT(counter),        COUNT(epoch_batches), COUNT(epoch_samples), NUMBER(schedule.scale),
    NUMBER(schedule.best), COUNT(schedule.bad),  NUMBER(watched),      COUNT(bad),
    COUNT(rows),           COUNT(best),
};

static fsnn_status save_progress(const progress *at, fsnn_arrays *out)
{
    for (int i = 0; i < FSNN_COUNT(fields); i++) {
        fsnn_shape shape = FSNN_SHAPE(fields[i].count);
        FSNN_TRY(arrays_put(out, fields[i].name, fields[i].dtype, &shape,
                            (const char *)at + fields[i].offset));
    }
    return FSNN_OK;
}

/* Counts that can be gone on from: sums with others do not overflow. */
static bool counts_fit(const progress *at)
{
    for (int i = 0; i < FSNN_COUNT(fields); i++) {
        int64_t count;
        memcpy(&count, (const char *)at + fields[i].offset, sizeof count);
        if (fields[i].dtype == FSNN_I64 && (count < -1 || count > INT64_C(1) << 53))
            return false;
    }
    return at->epoch >= 0 && at->batches >= 0 && at->samples >= at->correct && at->correct >= 0 &&
           at->counter >= 0 && at->bad >= 0 && at->schedule.bad >= 0 && at->rows >= 0 &&
           at->best < at->rows;
}

static fsnn_status load_progress(progress *at, const fsnn_arrays *in)
{
    for (int i = 0; i < FSNN_COUNT(fields); i++) {
        fsnn_shape shape = FSNN_SHAPE(fields[i].count);
        const fsnn_array *array;
        FSNN_TRY(arrays_get(in, fields[i].name, fields[i].dtype, &shape, &array));
        memcpy((char *)at + fields[i].offset, array->data, (size_t)fields[i].count * 8);
    }
    if (!counts_fit(at))
        return fsnn_fail(FSNN_EFORMAT, "its counts contradict each other");
    return FSNN_OK;
}

/* ---- sums of rates ---- */

static fsnn_status save_rates(const trainer *t, fsnn_arrays *out)
{
    fsnn_shape shape = FSNN_SHAPE(t->layers.count);
    return t->layers.count ? arrays_put(out, "train.layer_rate", FSNN_F64, &shape, t->rate)
                           : FSNN_OK;
}

/* Of a state of an earlier version, see layers.h. */
static fsnn_status load_old_rates(const trainer *t, const fsnn_array *old)
{
    const double *x = old->data;
    int64_t kept = layers_kept(t->net);
    if (old->dtype != FSNN_F64 || fsnn_shape_count(&old->shape) < kept)
        return fsnn_fail(FSNN_ESHAPE, "train.rate of it is no array of %lld float64",
                         (long long)kept);
    for (int i = 0; i < t->layers.count; i++) {
        int64_t at = layers_place(t->net, &t->layers, i);
        t->rate[i] = at < kept ? x[at] : 0;
    }
    return FSNN_OK;
}

static fsnn_status load_rates(const trainer *t, const fsnn_arrays *in)
{
    fsnn_shape shape = FSNN_SHAPE(t->layers.count);
    const fsnn_array *array = fsnn_arrays_find(in, "train.rate");
    if (array)
        return load_old_rates(t, array);
    if (!t->layers.count)
        return FSNN_OK;
    FSNN_TRY(arrays_get(in, "train.layer_rate", FSNN_F64, &shape, &array));
    memcpy(t->rate, array->data, (size_t)t->layers.count * sizeof *t->rate);
    return FSNN_OK;
}

/* ---- weights ---- */

static fsnn_status save_weights(const fsnn_net *net, const char *prefix, fsnn_arrays *out)
{
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *p = fsnn_net_param(net, i);
        if (net_param_described(net, i))
            continue;
        char *name = fsnn_format("%s%s", prefix, p->name);
        fsnn_status status =
            name ? arrays_put(out, name, net_param_type(p), &p->shape, net_param_data(p))
                 : FSNN_EMEMORY;
        fsnn_free(name);
        FSNN_TRY(status);
    }
    return FSNN_OK;
}

static fsnn_status find_weights(const fsnn_arrays *in, const fsnn_param *p,
                                const fsnn_array **array)
{
    char *name = fsnn_format("net.%s", p->name);
    fsnn_status status =
        name ? arrays_get(in, name, net_param_type(p), &p->shape, array) : FSNN_EMEMORY;
    fsnn_free(name);
    return status ? status : array_check_finite(*array, net_param_type(p), "weights");
}

/* A number of a neuron that is not learned: there if it was not as the description has it. */
static fsnn_status find_fixed(const fsnn_arrays *in, const fsnn_param *p, const fsnn_array **array)
{
    char *name = fsnn_format("net.%s", p->name);
    bool there = name && fsnn_arrays_find(in, name);
    fsnn_free(name);
    return there ? find_weights(in, p, array) : name ? FSNN_OK : FSNN_EMEMORY;
}

/* The array of each parameter of the net that is kept, in `found`; whether all fit. */
static fsnn_status check_weights(const fsnn_net *net, const fsnn_arrays *in,
                                 const fsnn_array **found)
{
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *p = fsnn_net_param(net, i);
        bool fixed = p->neuron && !p->learn;
        FSNN_TRY(fixed ? find_fixed(in, p, &found[i]) : find_weights(in, p, &found[i]));
    }
    return FSNN_OK;
}

static void put_weights(fsnn_net *net, const void *found, bool neuron)
{
    const fsnn_array *const *array = found;
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *p = fsnn_net_param(net, i);
        if (array[i] && p->neuron == neuron)
            memcpy(net_param_data(p), array[i]->data, net_param_bytes(p));
    }
}

/* ---- files ---- */

typedef fsnn_status (*writer)(const trainer *t, const char *path);

static fsnn_status in_run(const trainer *t, const char *name, writer write)
{
    char *path = run_path(t->run, name);
    fsnn_status status = path ? write(t, path) : FSNN_EMEMORY;
    fsnn_free(path);
    return status;
}

static fsnn_status tag(fsnn_arrays *list)
{
    FSNN_TRY(fsnn_arrays_meta(list, "format", "fsnn"));
    return fsnn_arrays_meta(list, "version", fsnn_version());
}

/* What the weights were made in (fsnn_weights_load). */
static fsnn_status tag_net(const fsnn_net *net, fsnn_arrays *list)
{
    char *text;
    FSNN_TRY(fsnn_net_describe(net, &text));
    fsnn_status status = fsnn_arrays_meta(list, "net", text);
    free(text);
    return status;
}

static fsnn_status write_weights(const trainer *t, const char *path)
{
    fsnn_arrays list = {0};
    fsnn_status status = tag(&list);
    if (!status)
        status = tag_net(t->net, &list);
    if (!status)
        status = save_weights(t->net, "", &list);
    if (!status)
        status = fsnn_safetensors_write(path, &list);
    fsnn_arrays_free(&list);
    return status;
}

static fsnn_status collect_state(const trainer *t, fsnn_arrays *list)
{
    FSNN_TRY(tag(list));
    FSNN_TRY(trainer_data_save(t, list));
    FSNN_TRY(save_progress(&t->at, list));
    FSNN_TRY(save_rates(t, list));
    FSNN_TRY(figures_save(&t->figures, list));
    FSNN_TRY(history_save(&t->history, &t->layers, list));
    FSNN_TRY(save_weights(t->net, "net.", list));
    FSNN_TRY(average_save(&t->average, list));
    return fsnn_optimizer_save(t->optimizer, list);
}

static fsnn_status write_state(const trainer *t, const char *path)
{
    fsnn_arrays list = {0};
    fsnn_status status = collect_state(t, &list);
    if (!status)
        status = fsnn_safetensors_write(path, &list);
    fsnn_arrays_free(&list);
    return status;
}

fsnn_status checkpoint_save(trainer *t)
{
    if (!t->run)
        return FSNN_OK;
    t->at.counter = fsnn_net_counter(t->net);
    t->at.rows = t->history.rows;
    return in_run(t, "last.state.safetensors", write_state);
}

static fsnn_status write_csv(const trainer *t, const char *path)
{
    return history_write_csv(&t->history, &t->layers, path);
}

static fsnn_status write_jsonl(const trainer *t, const char *path)
{
    return history_write_jsonl(&t->history, &t->layers, path);
}

static fsnn_status follow(const trainer *t, bool best)
{
    if (best)
        FSNN_TRY(in_run(t, "best.safetensors", write_weights));
    FSNN_TRY(in_run(t, "last.safetensors", write_weights));
    if (!t->history.rows)
        return FSNN_OK;
    FSNN_TRY(in_run(t, "metrics.csv", write_csv));
    return in_run(t, "metrics.jsonl", write_jsonl);
}

/* Of averaged weights: the files have the averages, and the net afterwards what it had. */
fsnn_status checkpoint_follow(trainer *t, bool best)
{
    if (!t->run)
        return FSNN_OK;
    bool shown = t->average.swapped;
    FSNN_TRY(average_show(&t->average, true));
    fsnn_status status = follow(t, best);
    fsnn_status back = average_show(&t->average, shown);
    return status ? status : back;
}

/* ---- resuming ---- */

/* The weights of the best epoch are in a file of their own, if that epoch is not the last: without
 * it the best is found among the epochs that come. */
static fsnn_status find_best(trainer *t)
{
    bool last = t->at.batches == 0 && t->at.best == t->at.rows - 1;
    if (t->at.best < 0 || last || run_has(t->run, "best.safetensors"))
        return FSNN_OK;
    int64_t epoch = t->history.row[t->at.best].epoch;
    t->at.best = -1;
    return run_warn(t->run,
                    "%s: best.safetensors, the weights of epoch %lld, is not there: the best epoch "
                    "is looked for among those to come",
                    t->run->directory, (long long)epoch);
}

/* In the middle of an epoch the batches must be the same ones. */
static fsnn_status check_batches(const trainer *t, const progress *was)
{
    if (!was->batches ||
        (was->epoch_batches == t->at.epoch_batches && was->epoch_samples == t->at.epoch_samples &&
         was->batches <= was->epoch_batches))
        return FSNN_OK;
    return fsnn_fail(FSNN_EARGUMENT,
                     "it stopped at batch %lld of %lld (%lld samples), but the data now give %lld "
                     "batches (%lld samples) an epoch: go on with the same data and batch size",
                     (long long)was->batches, (long long)was->epoch_batches,
                     (long long)was->epoch_samples, (long long)t->at.epoch_batches,
                     (long long)t->at.epoch_samples);
}

/* `found`: of the weights, see check_weights. What fails leaves the net as it was. */
static fsnn_status apply_all(trainer *t, const fsnn_arrays *in, const fsnn_array **found)
{
    progress was = t->at;
    FSNN_TRY(load_progress(&was, in));
    FSNN_TRY(trainer_data_check(t, in));
    FSNN_TRY(check_batches(t, &was));
    FSNN_TRY(check_weights(t->net, in, found));
    FSNN_TRY(history_load(&t->history, t->net, &t->layers, &t->figures, was.rows, in));
    FSNN_TRY(load_rates(t, in));
    figures_load(&t->figures, in);
    FSNN_TRY(average_load(&t->average, in));
    FSNN_TRY(fsnn_optimizer_load(t->optimizer, in));
    FSNN_TRY(net_replace_params(t->net, put_weights, found));
    was.epoch_batches = t->at.epoch_batches;
    was.epoch_samples = t->at.epoch_samples;
    t->at = was;
    fsnn_net_counter_set(t->net, was.counter);
    return FSNN_OK;
}

static fsnn_status apply(trainer *t, const fsnn_arrays *in)
{
    const fsnn_array **found =
        fsnn_alloc((size_t)(fsnn_net_param_count(t->net) + 1) * sizeof *found);
    fsnn_status status = found ? apply_all(t, in, found) : FSNN_EMEMORY;
    fsnn_free(found);
    return status;
}

static fsnn_status read_state(trainer *t, const char *path)
{
    fsnn_arrays list = {0};
    fsnn_status status = fsnn_safetensors_read(path, &list);
    if (status) {
        status = pass_fail(status, "cannot resume");
    } else if ((status = apply(t, &list))) {
        char *where = fsnn_format("cannot resume from %s", path);
        if (where)
            status = pass_fail(status, where);
        fsnn_free(where);
    }
    fsnn_arrays_free(&list);
    return status;
}

fsnn_status checkpoint_load(trainer *t)
{
    char *path = run_path(t->run, "last.state.safetensors");
    fsnn_status status = path ? read_state(t, path) : FSNN_EMEMORY;
    fsnn_free(path);
    return status ? status : find_best(t);
}

fsnn_status checkpoint_load_other(trainer *t, const char *path)
{
    return read_state(t, path);
}

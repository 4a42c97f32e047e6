/* The network of a session is trained, into a run directory or into none. */
#include "base/error_key.h"
#include "model/weights.h"
#include "session/session.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char description_file[] = "description.yaml";

fsnn_session_training_options fsnn_session_training_default(void)
{
    return (fsnn_session_training_options){0};
}

/* Three significant digits with the unit that fits. */
const char *session_bytes(char text[SESSION_BYTES], double bytes)
{
    static const char *const unit[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    int i = 0;
    for (; i + 1 < FSNN_COUNT(unit) && fabs(bytes) >= 1024 * 0.9995; i++)
        bytes /= 1024;
    int decimals = fabs(bytes) >= 99.95 ? 0 : fabs(bytes) >= 9.995 ? 1 : 2;
    if (fabs(bytes) >= 1024 * 0.9995) /* beyond the largest unit */
        snprintf(text, SESSION_BYTES, "%.3g %s", bytes, unit[i]);
    else
        snprintf(text, SESSION_BYTES, "%.*f %s", i == 0 && bytes == floor(bytes) ? 0 : decimals,
                 bytes, unit[i]);
    return text;
}

static fsnn_loader *watched(const fsnn_session *s)
{
    int part = fsnn_session_watched(s);
    return part < 0 ? NULL : s->loader[part];
}

/* The network's arrays are planned but not yet there, the optimiser's not even planned: now it can
 * be told whether all of them will find room. */
static fsnn_status check_memory(const fsnn_session *s)
{
    fsnn_footprint f;
    int64_t parameters, left = fsnn_memory_left();
    char sum[SESSION_BYTES], lack[SESSION_BYTES];
    FSNN_TRY(fsnn_train_memory(s->net, s->loader[FSNN_PART_TRAIN], watched(s), &s->training, &f));
    FSNN_TRY(fsnn_net_memory(s->net, NULL, NULL, &parameters));
    int64_t more = f.parameters - parameters;
    if (more <= left)
        return FSNN_OK;
    return fsnn_fail(FSNN_EMEMORY, "%s: training holds about %s, which is %s more than is free: %s",
                     s->path, session_bytes(sum, (double)f.total),
                     session_bytes(lack, (double)(more - left)),
                     fsnn_session_less_memory(&s->plan));
}

/* A warning of the net where the run that is gone on with was trained with other options. Its
 * weights say so; what cannot be read of them the training will tell. */
static fsnn_status remark_other_options(const fsnn_session *s)
{
    char *file = NULL;
    fsnn_arrays list = {0};
    if (s->goes_on)
        FSNN_TRY(session_inside(s->goes_on, "last.safetensors", &file));
    fsnn_status status = FSNN_OK;
    if (file && weights_read(file, &list) >= 0)
        status = weights_remark(s->net, file, &list);
    fsnn_arrays_free(&list);
    fsnn_free(file);
    return status;
}

fsnn_status session_refused(const fsnn_session *s, fsnn_status status)
{
    const char *key = fsnn_error_key();
    const bool option = *key && (status == FSNN_EARGUMENT || status == FSNN_EUNSUPPORTED);
    /* a layer that refuses an option names it from the top of the description on */
    const bool from_top = strncmp(key, "training.", strlen("training.")) == 0;
    if (status == FSNN_ESHAPE || (option && from_top))
        return fsnn_description_locate(s->description, "layers");
    return option ? fsnn_description_locate(s->description, "training") : status;
}

fsnn_status fsnn_session_check_training(fsnn_session *session)
{
    static const bool all[FSNN_PARTS] = {true, true, true};
    FSNN_NEED(session);
    FSNN_TRY(session_check_products(session, session->training.products));
    FSNN_TRY(fsnn_session_open_data(session, all, false));
    if (!session->loader[FSNN_PART_TRAIN])
        return fsnn_fail(FSNN_ENOTFOUND, "%s: the section \"data\" has no set \"train\"",
                         session->path);
    FSNN_TRY(fsnn_session_prepare(session, FSNN_PART_TRAIN, true));
    FSNN_TRY(
        session_refused(session, fsnn_train_check(session->net, session->loader[FSNN_PART_TRAIN],
                                                  watched(session), &session->training)));
    FSNN_TRY(check_memory(session));
    FSNN_TRY(remark_other_options(session));
    session->checked = true;
    return FSNN_OK;
}

/* The description as it is trained, unless it is the one that lies there. */
static fsnn_status hand_description(const fsnn_session *s, fsnn_run *run)
{
    char *text = NULL;
    if (s->unchanged)
        return FSNN_OK;
    fsnn_status status = fsnn_description_text(s->description, &text);
    if (status >= 0)
        status = fsnn_run_put(run, description_file, text);
    free(text);
    return status;
}

/* A training on its way. */
typedef struct work {
    fsnn_session *s;
    const fsnn_session_training_options *o;
} work;

static int on_batch(const fsnn_metrics *metrics, void *user)
{
    const work *w = user;
    return w->o->on_batch ? w->o->on_batch(metrics, w->o->user) : 0;
}

static int on_epoch(const fsnn_metrics *metrics, void *user)
{
    const work *w = user;
    if (metrics->best)
        session_best_keep(w->s);
    return w->o->on_epoch ? w->o->on_epoch(metrics, w->o->user) : 0;
}

static fsnn_status train_into(fsnn_session *s, const fsnn_session_training_options *o,
                              fsnn_run *run, fsnn_metrics *result)
{
    work w = {s, o};
    const fsnn_train_options how = {.training = s->training,
                                    .other_data = o->other_data,
                                    .on_batch = on_batch,
                                    .on_epoch = on_epoch,
                                    .user = &w,
                                    .stop = o->stop,
                                    .run = run,
                                    .ranks = o->ranks};
    FSNN_TRY(session_best_begin(s, run));
    if (run)
        FSNN_TRY(hand_description(s, run));
    fsnn_status status = fsnn_train(s->net, s->loader[FSNN_PART_TRAIN], watched(s), &how, result);
    const bool other = status == FSNN_ENOTFOUND && *fsnn_error_key(); /* than the state's options */
    return other ? fsnn_description_locate(s->description, "training") : status;
}

static fsnn_status remark(fsnn_session *s, const fsnn_run *run)
{
    const char *text = fsnn_run_warning(run);
    return text ? session_texts_add(&s->remark[FSNN_TOPIC_RUN], "%s", text) : FSNN_OK;
}

/* A run directory of the session's own, which is open while it trains. */
static fsnn_status train_directory(fsnn_session *s, const fsnn_session_training_options *o,
                                   fsnn_metrics *result)
{
    static const char *const own[] = {description_file, NULL};
    const fsnn_run_options opening = {.directory = o->directory, .mode = o->mode, .own = own};
    fsnn_run *run = NULL;
    fsnn_status status = fsnn_run_open(&opening, &run);
    if (status == FSNN_EARGUMENT && o->mode == FSNN_RUN_NEW)
        status = fsnn_fail(status, "%s: mode resume goes on with it, mode replace replaces it",
                           fsnn_error_text());
    if (status >= 0)
        status = train_into(s, o, run, result);
    fsnn_status remarked = remark(s, run); /* of one that was stopped, too */
    if (status >= 0)
        status = remarked;
    fsnn_run_close(run);
    return status;
}

fsnn_status fsnn_session_train(fsnn_session *session, const fsnn_session_training_options *options,
                               fsnn_metrics *result)
{
    if (result)
        *result = (fsnn_metrics){0};
    FSNN_NEED(session);
    FSNN_NEED(options);
    if (!session->checked)
        FSNN_TRY(fsnn_session_check_training(session));
    if (options->run || !options->directory)
        return train_into(session, options, options->run, result);
    return train_directory(session, options, result);
}

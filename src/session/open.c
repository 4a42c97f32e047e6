/* A session is opened: description, overrides, network. */
#include "session/session.h"

#include "base/error_key.h"
#include "base/port_files.h"
#include "model/description.h"

#include <string.h>

enum { MORE = 3 }; /* overrides that the session adds: the seed, and the validation set's draw */

fsnn_session_options fsnn_session_options_default(void)
{
    return (fsnn_session_options){0};
}

/* Whether the description to go on with is the run's own. */
static fsnn_status look_for_changes(fsnn_session *s, const char *run)
{
    char *own;
    FSNN_TRY(session_inside(run, "description.yaml", &own));
    s->unchanged = own && strcmp(own, s->path) == 0;
    fsnn_free(own);
    return FSNN_OK;
}

/* The description that `path` stands for: that of a run directory, or else `path` itself. */
static fsnn_status settle_path(fsnn_session *s, const fsnn_session_options *o)
{
    const char *name = o->path ? o->path : "description";
    if (!o->text && port_is_folder(name))
        FSNN_TRY(session_inside(name, "description.yaml", &s->path));
    if (!s->path)
        s->path = fsnn_strdup(name);
    if (!s->path)
        return FSNN_EMEMORY;
    return o->run && !o->text && !o->sets && !o->seed ? look_for_changes(s, o->run) : FSNN_OK;
}

static fsnn_status keep_overrides(fsnn_session *s, const fsnn_session_options *o)
{
    s->set = fsnn_alloc(((size_t)o->sets + 1) * sizeof *s->set);
    if (!s->set)
        return FSNN_EMEMORY;
    for (int i = 0; i < o->sets; i++) {
        if (!o->set[i])
            return fsnn_fail(FSNN_EARGUMENT, "fsnn_session_open: set[%d] is NULL", i);
        s->set[s->sets] = fsnn_strdup(o->set[i]);
        if (!s->set[s->sets++])
            return FSNN_EMEMORY;
    }
    return FSNN_OK;
}

static fsnn_status read_source(fsnn_session *s, const fsnn_session_options *o,
                               const char *const *item, int count)
{
    fsnn_description_destroy(s->description);
    s->description = NULL;
    if (o->text)
        return description_parse(s->path, o->text, strlen(o->text), item, count, &s->description);
    return fsnn_description_read(s->path, item, count, &s->description);
}

/* The seed of the description without the one that is given. */
static fsnn_status read_seed(fsnn_session *s, const fsnn_session_options *o, uint64_t *seed)
{
    FSNN_TRY(read_source(s, o, (const char *const *)s->set, s->sets));
    *seed = fsnn_description_training(s->description)->seed;
    return FSNN_OK;
}

/* The seed is the override training.seed, so that it stands in the description of a run; so are the
 * seed and the kind of the validation set's draw, where `split` is not NULL. */
static fsnn_status read_with(fsnn_session *s, const fsnn_session_options *o,
                             const fsnn_holdout *split)
{
    const char **item = fsnn_alloc(((size_t)s->sets + MORE) * sizeof *item);
    char seed[64], drawn[64];
    int count = s->sets;
    if (!item)
        return FSNN_EMEMORY;
    for (int i = 0; i < count; i++)
        item[i] = s->set[i];
    if (o->seed) {
        snprintf(seed, sizeof seed, "training.seed=%llu", (unsigned long long)*o->seed);
        item[count++] = seed;
    }
    if (split) {
        snprintf(drawn, sizeof drawn, "data.split_seed=%llu", (unsigned long long)split->seed);
        item[count++] = drawn;
        item[count++] = split->by_class ? "data.split_by=class" : "data.split_by=sample";
    }
    fsnn_status status = read_source(s, o, item, count);
    fsnn_free(item);
    return status;
}

/* The directory `run` is gone on with, or its weights are used, with the validation set that it
 * had: what is read draws it likewise, where it says nothing of that. */
static fsnn_status draw_as(fsnn_session *s, const fsnn_session_options *o, const char *run)
{
    fsnn_holdout split, now = fsnn_description_holdout(s->description);
    if (!(now.share > 0))
        return FSNN_OK;
    FSNN_TRY(session_run_split(run, &split));
    if (!(split.share > 0))
        return FSNN_OK;
    if (!now.given) {
        FSNN_TRY(read_with(s, o, &split));
        now = fsnn_description_holdout(s->description);
    }
    if (now.share == split.share && now.seed == split.seed && now.by_class == split.by_class)
        return FSNN_OK;
    return session_other_split(s, run, &split, o->run != NULL);
}

static fsnn_status open_all(fsnn_session *s, const fsnn_session_options *o)
{
    const bool same_samples = o->seed && o->same_samples;
    uint64_t limit_seed = 0;
    char *own = NULL;
    if (o->run && !port_is_folder(o->run))
        return fsnn_fail_key(FSNN_ENOTFOUND, "run",
                             "there is no directory %s of a run to go on with", o->run);
    FSNN_TRY(settle_path(s, o));
    s->goes_on = o->run ? fsnn_strdup(o->run) : NULL;
    if (o->run && !s->goes_on)
        return FSNN_EMEMORY;
    FSNN_TRY(keep_overrides(s, o));
    if (same_samples)
        FSNN_TRY(read_seed(s, o, &limit_seed));
    FSNN_TRY(read_with(s, o, NULL));
    if (!o->run && !o->text)
        FSNN_TRY(session_run_of(s->path, &own));
    fsnn_status status = draw_as(s, o, o->run ? o->run : own);
    fsnn_free(own);
    FSNN_TRY(status);
    if (same_samples)
        s->description->limit_seed = limit_seed;
    s->training = *fsnn_description_training(s->description);
    return fsnn_description_net(s->description, &s->net);
}

fsnn_status fsnn_session_open(const fsnn_session_options *options, fsnn_session **session)
{
    FSNN_NEED(session);
    *session = NULL;
    FSNN_NEED(options);
    if (!options->path && !options->text)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_session_open: there is neither path nor text");
    if (options->sets < 0 || (options->sets > 0 && !options->set))
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_session_open: there are %d overrides, but no set",
                         options->sets);
    fsnn_session *s = fsnn_alloc(sizeof *s);
    if (!s)
        return FSNN_EMEMORY;
    fsnn_status status = open_all(s, options);
    if (status < 0)
        fsnn_session_close(s);
    else
        *session = s;
    return status;
}

void fsnn_session_close(fsnn_session *session)
{
    if (!session)
        return;
    fsnn_session_close_data(session);
    fsnn_net_destroy(session->net);
    fsnn_description_destroy(session->description);
    for (int t = 0; t < FSNN_TOPICS; t++)
        session_texts_free(&session->remark[t]);
    session_texts_free(&session->kept);
    session_best_forget(session);
    for (int i = 0; i < session->sets; i++)
        fsnn_free(session->set[i]);
    fsnn_free(session->set);
    fsnn_free(session->goes_on);
    fsnn_free(session->path);
    fsnn_free(session);
}

fsnn_description *fsnn_session_description(const fsnn_session *session)
{
    return session ? session->description : NULL;
}

fsnn_net *fsnn_session_net(const fsnn_session *session)
{
    return session ? session->net : NULL;
}

const char *fsnn_session_path(const fsnn_session *session)
{
    return session ? session->path : NULL;
}

const fsnn_training *fsnn_session_training(const fsnn_session *session)
{
    return session ? &session->training : NULL;
}

const fsnn_dynamics *fsnn_session_dynamics(const fsnn_session *session)
{
    return session && session->wrapped ? &session->dynamics : NULL;
}

fsnn_status fsnn_session_products(fsnn_session *session, fsnn_products products)
{
    FSNN_NEED(session);
    FSNN_TRY(fsnn_products_check(products));
    session->products = products;
    return FSNN_OK;
}

const fsnn_plan *fsnn_session_plan(const fsnn_session *session)
{
    return session && session->wrapped ? &session->plan : NULL;
}

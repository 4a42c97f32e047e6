/* The data of a session, its own or the caller's, and their loaders. */
#include "base/error_key.h"
#include "data/augment.h"
#include "data/encoder.h"
#include "session/session.h"
#include "train/shards.h"

#include <string.h>

fsnn_status session_need_part(fsnn_part part)
{
    if ((int)part < 0 || part >= FSNN_PARTS)
        return fsnn_fail(FSNN_EARGUMENT, "there is no part %d of the data", (int)part);
    return FSNN_OK;
}

fsnn_status fsnn_session_give(fsnn_session *session, fsnn_part part, fsnn_data *data)
{
    FSNN_NEED(session);
    FSNN_NEED(data);
    FSNN_TRY(session_need_part(part));
    if (session->loader[part])
        return fsnn_fail(FSNN_ESTATE, "the %s data are open already: give others before",
                         fsnn_part_name(part));
    fsnn_data_destroy(session->own[part]); /* opened, but no loader could be made of it */
    session->own[part] = NULL;
    session->data[part] = data;
    session->noted[part] = session->checked = false;
    return FSNN_OK;
}

/* What is the caller's fault is not said to be the description's. */
static fsnn_status need_batch(int64_t batch)
{
    if (batch < 1)
        return fsnn_fail(FSNN_EARGUMENT, "a batch is one sample or more, not %lld",
                         (long long)batch);
    return FSNN_OK;
}

fsnn_status fsnn_session_batch(fsnn_session *session, int64_t batch)
{
    FSNN_NEED(session);
    FSNN_TRY(need_batch(batch));
    session->training.batch = batch;
    return FSNN_OK;
}

fsnn_status fsnn_session_encode(fsnn_session *session, const fsnn_encoder *encoder)
{
    FSNN_NEED(session);
    FSNN_NEED(encoder);
    FSNN_TRY(encoder_check(encoder));
    session->encoder = *encoder;
    session->encoded = true;
    return FSNN_OK;
}

fsnn_status fsnn_session_augment(fsnn_session *session, const fsnn_augment *augment)
{
    FSNN_NEED(session);
    FSNN_NEED(augment);
    FSNN_TRY(augment_check(augment));
    session->augment = *augment;
    session->augmented = true;
    return FSNN_OK;
}

void fsnn_session_close_data(fsnn_session *session)
{
    for (int p = 0; session && p < FSNN_PARTS; p++) {
        fsnn_loader_destroy(session->loader[p]);
        fsnn_data_destroy(session->own[p]);
        session->loader[p] = NULL;
        session->own[p] = session->data[p] = NULL;
        session->looked[p] = session->noted[p] = session->checked = false;
    }
}

/* What all loaders of the session share. */
static fsnn_loader_options reading(const fsnn_session *s, int64_t batch)
{
    return (fsnn_loader_options){.encoder = s->encoded ? s->encoder
                                                       : *fsnn_description_encoder(s->description),
                                 .batch = batch,
                                 .seed = s->training.seed,
                                 .sampling = fsnn_description_sampling(s->description),
                                 .still = true};
}

static fsnn_status make_loader(const fsnn_session *s, const fsnn_data *data,
                               const fsnn_loader_options *options, fsnn_loader **loader)
{
    fsnn_status status = fsnn_loader_create(data, options, loader);
    /* options of the description that are wrong for the data at hand; disturbances are not its */
    if (status != FSNN_EARGUMENT || options->perturbs)
        return status;
    const bool trained = strcmp(fsnn_error_key(), "drop_last") == 0;
    return fsnn_description_locate(s->description, trained ? "training" : "data");
}

fsnn_status fsnn_session_new_loader(const fsnn_session *session, const fsnn_data *data,
                                    int64_t batch, const fsnn_perturbation *perturb, int perturbs,
                                    fsnn_loader **loader)
{
    FSNN_NEED(loader);
    *loader = NULL;
    FSNN_NEED(session);
    FSNN_NEED(data);
    fsnn_loader_options options = reading(session, batch);
    FSNN_TRY(need_batch(batch));
    if (perturbs < 0 || (perturbs > 0 && !perturb))
        return fsnn_fail(FSNN_EARGUMENT, "there are %d disturbances, but no list of them",
                         perturbs);
    options.perturb = perturb;
    options.perturbs = perturbs;
    return make_loader(session, data, &options, loader);
}

static fsnn_status open_loader(fsnn_session *s, int part, bool in_order)
{
    fsnn_loader_options options = reading(s, s->training.batch);
    options.validation = part == FSNN_PART_VALIDATION;
    if (part == FSNN_PART_TRAIN)
        s->in_order = in_order;
    if (part == FSNN_PART_TRAIN && !in_order) {
        fsnn_status status = shards_size(&s->training, &options.batch);
        if (status < 0)
            return fsnn_description_locate(s->description, "training");
        options.shuffle = fsnn_description_shuffle(s->description);
        options.drop_last = s->training.drop_last;
        options.augment = s->augmented ? s->augment : *fsnn_description_augment(s->description);
    }
    return make_loader(s, s->data[part], &options, &s->loader[part]);
}

/* Of what the description has, the wanted parts that are not there yet. */
static fsnn_status open_parts(fsnn_session *s, const bool wanted[FSNN_PARTS], bool later)
{
    bool missing[FSNN_PARTS], any = false, given = false;
    for (int p = 0; p < FSNN_PARTS; p++) {
        given = given || (s->data[p] && !s->own[p]);
        missing[p] = wanted[p] && !s->data[p] && !s->looked[p];
        any = any || missing[p];
    }
    /* beside the caller's data the description need not have any, and beside training data of the
     * caller's it has none that belong to them */
    bool own_training = s->data[FSNN_PART_TRAIN] && !s->own[FSNN_PART_TRAIN];
    if (!any || own_training || (given && !fsnn_description_has_data(s->description)))
        return FSNN_OK;
    fsnn_data *opened[FSNN_PARTS] = {NULL};
    fsnn_status status = (later ? fsnn_description_parts_later
                                : fsnn_description_parts)(s->description, missing, opened);
    for (int p = 0; p < FSNN_PARTS; p++)
        if (missing[p]) {
            s->data[p] = s->own[p] = opened[p];
            s->looked[p] = status >= 0;
        }
    return status;
}

/* The samples of parts that were only looked at before. */
static fsnn_status load(const fsnn_session *s, const bool wanted[FSNN_PARTS])
{
    for (int p = 0; p < FSNN_PARTS; p++)
        if (wanted[p] && s->own[p])
            FSNN_TRY(fsnn_data_load(s->own[p]));
    return FSNN_OK;
}

/* The net's weights say what data they were made with; fingerprints take a while. */
static fsnn_status note(fsnn_session *s, const bool wanted[FSNN_PARTS])
{
    bool fresh = false;
    for (int p = 0; p < FSNN_PARTS; p++)
        fresh = fresh || (wanted[p] && s->data[p] && !s->noted[p]);
    if (!fresh)
        return FSNN_OK;
    FSNN_TRY(fsnn_net_note_data(s->net, s->data));
    for (int p = 0; p < FSNN_PARTS; p++)
        s->noted[p] = s->data[p] != NULL;
    return FSNN_OK;
}

static fsnn_status open_loaders(fsnn_session *s, const bool wanted[FSNN_PARTS], bool in_order)
{
    if (wanted[FSNN_PART_TRAIN] && s->in_order != in_order) {
        fsnn_loader_destroy(s->loader[FSNN_PART_TRAIN]);
        s->loader[FSNN_PART_TRAIN] = NULL;
    }
    for (int p = 0; p < FSNN_PARTS; p++)
        if (wanted[p] && s->data[p] && !s->loader[p])
            FSNN_TRY(open_loader(s, p, in_order));
    return FSNN_OK;
}

fsnn_status fsnn_session_open_data(fsnn_session *session, const bool wanted[FSNN_PARTS],
                                   bool in_order)
{
    FSNN_NEED(session);
    FSNN_NEED(wanted);
    FSNN_TRY(open_parts(session, wanted, false));
    FSNN_TRY(load(session, wanted));
    FSNN_TRY(note(session, wanted));
    return open_loaders(session, wanted, in_order);
}

fsnn_status fsnn_session_look_data(fsnn_session *session, const bool wanted[FSNN_PARTS])
{
    FSNN_NEED(session);
    FSNN_NEED(wanted);
    FSNN_TRY(open_parts(session, wanted, true));
    return open_loaders(session, wanted, session->in_order);
}

const fsnn_data *fsnn_session_data(const fsnn_session *session, fsnn_part part)
{
    return session && (int)part >= 0 && part < FSNN_PARTS ? session->data[part] : NULL;
}

fsnn_loader *fsnn_session_loader(const fsnn_session *session, fsnn_part part)
{
    return session && (int)part >= 0 && part < FSNN_PARTS ? session->loader[part] : NULL;
}

static int first_of(const fsnn_session *s, const int *part, int count)
{
    FSNN_NEED(s);
    for (int i = 0; i < count; i++)
        if (s->loader[part[i]])
            return part[i];
    return fsnn_fail(FSNN_ENOTFOUND, "%s: no data are open that could %s", s->path,
                     count == FSNN_PARTS ? "judge a network" : "be watched in training");
}

int fsnn_session_watched(const fsnn_session *session)
{
    static const int order[] = {FSNN_PART_VALIDATION, FSNN_PART_TEST};
    return first_of(session, order, FSNN_COUNT(order));
}

int fsnn_session_judge(const fsnn_session *session)
{
    static const int order[] = {FSNN_PART_TEST, FSNN_PART_VALIDATION, FSNN_PART_TRAIN};
    return first_of(session, order, FSNN_COUNT(order));
}

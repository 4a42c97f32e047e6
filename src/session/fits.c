/* Whether samples fit the network: their shape its input, their classes its output. */
#include "session/session.h"
#include "train/shards.h"
#include "train/target.h"

/* What is compared: of a part of the data and of the network. */
typedef struct fit {
    const fsnn_session *s;
    int part;
    fsnn_shape in, out, sample;
    int64_t steps;
    fsnn_data_info info;
    char section[32]; /* of the part in the description: "data.test" */
} fit;

/* In place of a key: the caller's data are at fault, not the description. */
static const char GIVEN[] = "";

/* More than one of them above 1. */
static bool several_dimensions(const fsnn_shape *shape)
{
    int wide = 0;
    for (int d = 0; d < shape->rank; d++)
        wide += shape->dim[d] > 1;
    return wide > 1;
}

/* Samples [T, input shape] of data that have no time. */
static bool looks_like_sequence(const fit *f)
{
    bool same = !f->info.sequence && f->sample.rank == f->in.rank + 1;
    for (int d = 0; same && d < f->in.rank; d++)
        same = f->sample.dim[d + 1] == f->in.dim[d];
    return same;
}

static const char *wrong_shape(const fit *f)
{
    char wanted[96], found[96];
    if (fsnn_shape_equal(&f->in, &f->sample))
        return NULL;
    fsnn_error_set(
        FSNN_EDESCRIPTION,
        "the %s samples have shape %s at one step, but the description's input is %s: "
        "`input: %s` takes them%s",
        fsnn_part_name((fsnn_part)f->part), fsnn_shape_text(&f->sample, found, sizeof found),
        fsnn_shape_text(&f->in, wanted, sizeof wanted), found,
        looks_like_sequence(f) ? "; where their first axis is time, `sequence: first` of "
                                 "the data says so (in Python Data(x, y, "
                                 "sequence=True), in C fsnn_data_sequence)"
                               : "");
    return "input";
}

static const char *no_classes(const fit *f)
{
    bool own = f->s->own[f->part] != NULL; /* or the caller's, of no kind */
    if (f->info.classes || f->info.target.rank)
        return NULL;
    fsnn_error_set(FSNN_EDESCRIPTION, "the %s data has no classes: a loss needs them%s%s%s",
                   fsnn_part_name((fsnn_part)f->part), own ? " (of this kind of data: " : "",
                   own ? fsnn_description_classes(f->s->description) : "", own ? ")" : "");
    return own ? f->section : GIVEN;
}

static const char *other_values(const fit *f)
{
    char wanted[96], found[96];
    bool steps;
    if (!f->info.target.rank || target_fits(&f->info.target, &f->out, f->steps, &steps))
        return NULL;
    fsnn_error_set(FSNN_EDESCRIPTION,
                   "the %s samples have values of shape %s, but the network's output is %s over "
                   "%lld steps: values are for an output of their shape, or with the steps before "
                   "it (data.targets: classes takes whole numbers as classes)",
                   fsnn_part_name((fsnn_part)f->part),
                   fsnn_shape_text(&f->info.target, found, sizeof found),
                   fsnn_shape_text(&f->out, wanted, sizeof wanted), (long long)f->steps);
    return "output";
}

static const char *not_flat(const fit *f)
{
    char wanted[96];
    if (f->info.target.rank || f->info.places != 1 || !several_dimensions(&f->out) ||
        fsnn_shape_count(&f->out) == f->info.classes)
        return NULL;
    fsnn_error_set(FSNN_EDESCRIPTION,
                   "the network's output is %s, %lld numbers, but the %s data has %lld classes: a "
                   "`- flatten` before the last layers makes one number a class of it",
                   fsnn_shape_text(&f->out, wanted, sizeof wanted),
                   (long long)fsnn_shape_count(&f->out), fsnn_part_name((fsnn_part)f->part),
                   (long long)f->info.classes);
    return "output";
}

/* Whoever asks for a squared error may mean numbers by what looks like classes. */
static bool of_loss_of_values(const fsnn_session *s)
{
    return loss_task_of(&s->training.loss, false) == LOSS_VALUES;
}

static const char *too_few_outputs(const fit *f)
{
    char wanted[96];
    if (f->info.classes <= fsnn_shape_count(&f->out) / f->info.places)
        return NULL;
    fsnn_error_set(FSNN_EDESCRIPTION,
                   "the %s data has %lld classes, but the network's output is %s: at least one for "
                   "each class is needed%s",
                   fsnn_part_name((fsnn_part)f->part), (long long)f->info.classes,
                   fsnn_shape_text(&f->out, wanted, sizeof wanted),
                   of_loss_of_values(f->s) ? " (data.targets: values takes whole numbers as values)"
                                           : "");
    return "output";
}

/* Each sets the sentence and gives the key that is at fault; NULL: none is. */
static const char *(*const checks[])(const fit *f) = {wrong_shape, no_classes, other_values,
                                                      not_flat, too_few_outputs};

static fsnn_status fits(const fsnn_session *s, int part)
{
    fit f = {.s = s, .part = part};
    FSNN_TRY(fsnn_net_shapes(s->net, &f.in, &f.out));
    fsnn_loader_shape(s->loader[part], &f.steps, &f.sample);
    fsnn_data_info_get(s->data[part], &f.info);
    snprintf(f.section, sizeof f.section, "data.%s", fsnn_part_key((fsnn_part)part));
    for (int i = 0; i < FSNN_COUNT(checks); i++) {
        const char *key = checks[i](&f);
        if (key == GIVEN)
            return FSNN_EARGUMENT;
        if (key)
            return fsnn_description_locate(s->description, key);
    }
    return FSNN_OK;
}

/* Outputs that no sample asks for: most often the wrong node is the output. */
static fsnn_status look_for_spare_outputs(fsnn_session *s)
{
    fsnn_shape in, out;
    int64_t classes = 0, places = 1;
    if (!s->data[FSNN_PART_TRAIN])
        return FSNN_OK; /* what is there may lack classes */
    for (int p = 0; p < FSNN_PARTS; p++) {
        fsnn_data_info info = {0};
        if (s->data[p])
            fsnn_data_info_get(s->data[p], &info);
        if (info.target.rank)
            return FSNN_OK; /* each output has a value */
        if (classes < info.classes)
            classes = info.classes;
        if (info.places > places)
            places = info.places;
    }
    FSNN_TRY(fsnn_net_shapes(s->net, &in, &out));
    int64_t outputs = fsnn_shape_count(&out) / places;
    session_texts_free(&s->remark[FSNN_TOPIC_DATA]);
    if (outputs <= classes)
        return FSNN_OK;
    return session_texts_add(&s->remark[FSNN_TOPIC_DATA],
                             "the network has %lld outputs, but the data has only %lld class%s",
                             (long long)outputs, (long long)classes, classes == 1 ? "" : "es");
}

fsnn_status fsnn_session_fits(fsnn_session *session)
{
    FSNN_TRY(fsnn_session_shapes(session, NULL, NULL));
    for (int p = 0; p < FSNN_PARTS; p++)
        if (session->loader[p])
            FSNN_TRY(fits(session, p));
    return look_for_spare_outputs(session);
}

fsnn_status fsnn_session_prepare(fsnn_session *session, fsnn_part part, bool training)
{
    FSNN_NEED(session);
    FSNN_TRY(session_need_part(part));
    const fsnn_loader *loader = fsnn_session_loader(session, part);
    const fsnn_training *t = &session->training;
    int64_t steps;
    fsnn_shape shape;
    if (!loader)
        return fsnn_fail(FSNN_ESTATE, "%s: the %s data are not open", session->path,
                         fsnn_part_name(part));
    fsnn_loader_shape(loader, &steps, &shape);
    int64_t batch = fsnn_loader_batch(loader);
    if (training && batch == 1 && shards_synchronised(t))
        batch = 2; /* one sample of a shard has no variance alone; the training plans its own */
    const fsnn_plan plan = {.steps = steps,
                            .batch = batch,
                            .training = training,
                            .checkpoint = t->checkpoint,
                            .truncate = training && t->truncate,
                            .still = fsnn_loader_still(loader),
                            .products = training ? t->products : session->products,
                            .seed = t->seed};
    FSNN_TRY(fsnn_session_wrap(session, &plan, steps));
    return fsnn_session_fits(session);
}

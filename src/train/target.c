/* Targets of a batch, as they are in the data, to those that a loss takes. */
#include "train/target.h"

#include "base/error_key.h"

/* Without dimensions of 1. */
static fsnn_shape bare(const fsnn_shape *shape, int first)
{
    fsnn_shape out = {0};
    for (int d = first; d < shape->rank; d++)
        if (shape->dim[d] != 1)
            out.dim[out.rank++] = shape->dim[d];
    return out;
}

static bool same(const fsnn_shape *target, int first, const fsnn_shape *out)
{
    fsnn_shape a = bare(target, first), b = bare(out, 0);
    return fsnn_shape_equal(&a, &b);
}

bool target_fits(const fsnn_shape *target, const fsnn_shape *out, int64_t T, bool *steps)
{
    *steps = false;
    if (same(target, 0, out))
        return true;
    *steps = target->rank > 0 && target->dim[0] == T && same(target, 1, out);
    return *steps;
}

static fsnn_status check_values(const fsnn_shape *target, const fsnn_shape *out, int64_t T,
                                const char *what, bool *steps)
{
    char found[128], wanted[128];
    if (target_fits(target, out, T, steps))
        return FSNN_OK;
    fsnn_shape_text(target, found, sizeof found);
    fsnn_shape_text(out, wanted, sizeof wanted);
    return fsnn_fail(FSNN_ESHAPE,
                     "a %s sample has values of shape %s, but the net's output is %s over %lld "
                     "steps: values are for an output of their shape, or with the steps before it",
                     what, found, wanted, (long long)T);
}

static fsnn_status check_steps(int64_t classes, int64_t T, const char *what)
{
    if (classes == 1 || classes == T)
        return FSNN_OK;
    return fsnn_fail(FSNN_ESHAPE,
                     "a %s sample has classes of %lld steps, but the net runs over %lld: there is "
                     "one for each step",
                     what, (long long)classes, (long long)T);
}

/* Before there is a batch: weights of classes that the targets cannot have. */
static fsnn_status check_weights(const fsnn_loss *loss, int64_t outputs, bool values)
{
    if (loss->balanced && values)
        return fsnn_fail_key(FSNN_EARGUMENT, "class_weights",
                             "balanced class weights need samples with classes, but these have "
                             "values: a list of weights weighs the outputs");
    if (!loss->class_weight || loss->class_weights == outputs)
        return FSNN_OK;
    return fsnn_fail_key(FSNN_EARGUMENT, "class_weights",
                         "there are %lld class weights, but the net's output has %lld %s: one each "
                         "is needed",
                         (long long)loss->class_weights, (long long)outputs,
                         values ? "numbers" : "classes");
}

/* Rates that a class is to have, where there is no class. */
static fsnn_status check_rates(const fsnn_loss *loss, const char *what, bool mixed)
{
    if (loss->incorrect_rate == 0 && (loss->correct_rate == 0 || loss->correct_rate == 1))
        return FSNN_OK;
    return fsnn_fail_key(FSNN_EARGUMENT, "loss.correct_rate",
                         "correct_rate is %g and incorrect_rate %g, which are for samples of one "
                         "class, but the %s samples have %s",
                         loss->correct_rate, loss->incorrect_rate, what,
                         mixed ? "shares of the classes (augment.mixup, augment.cutmix)"
                               : "values, which say what each output is to be");
}

fsnn_status target_check(const fsnn_net *net, const fsnn_loader *loader, const fsnn_loss *loss,
                         const char *what)
{
    fsnn_data_info info = {0};
    fsnn_shape out;
    int64_t T;
    FSNN_TRY(fsnn_net_shapes(net, NULL, &out));
    fsnn_loader_shape(loader, &T, NULL);
    fsnn_data_info_get(fsnn_loader_data(loader), &info);
    bool steps = info.label_steps > 1, values = info.target.rank > 0,
         mixed = fsnn_loader_mixes(loader);
    if (mixed)
        info.target = FSNN_SHAPE(info.classes);
    if (loss->mask && !info.lengths)
        return fsnn_fail_key(FSNN_EARGUMENT, "loss.mask",
                             "mask leaves out steps that are padding, but the %s samples have no "
                             "lengths of their own: series that are padded at their end have them",
                             what);
    FSNN_TRY(
        check_weights(loss, fsnn_shape_count(&out) / (info.places > 0 ? info.places : 1), values));
    if (values || mixed)
        FSNN_TRY(check_rates(loss, what, mixed));
    if (values || mixed)
        FSNN_TRY(check_values(&info.target, &out, T, what, &steps));
    else
        FSNN_TRY(check_steps(info.label_steps, T, what));
    if (!values && !info.classes)
        return FSNN_OK; /* which a batch says */
    int64_t places = !values && info.places > 1 ? info.places : 1;
    return loss_check_target(loss, fsnn_shape_count(&out) / places, !values && !mixed, steps);
}

void target_room_free(target_room *room)
{
    fsnn_free(room->y);
    *room = (target_room){0};
}

static fsnn_status widen(target_room *room, const float *y, int64_t count)
{
    if (count > room->capacity) {
        target_room_free(room);
        room->y = fsnn_alloc((size_t)count * sizeof *room->y);
        if (!room->y)
            return FSNN_EMEMORY;
        room->capacity = count;
    }
    for (int64_t i = 0; i < count; i++)
        room->y[i] = y[i];
    return FSNN_OK;
}

static fsnn_status values_of(const fsnn_net *net, const fsnn_batch *batch, const fsnn_shape *out,
                             target_room *room, loss_input *input)
{
    FSNN_TRY(check_values(&batch->target, out, batch->steps, "batch's", &input->steps));
    input->C = fsnn_shape_count(out);
    input->values = batch->values;
    if (fsnn_net_precision(net) != FSNN_PRECISION_DOUBLE)
        return FSNN_OK;
    FSNN_TRY(widen(room, batch->values, batch->batch * fsnn_shape_count(&batch->target)));
    input->values = room->y;
    return FSNN_OK;
}

/* Of samples with many places: each is one of the loss's. */
static fsnn_status labels_of(const fsnn_batch *batch, const fsnn_shape *out, loss_input *input)
{
    char text[128];
    FSNN_TRY(check_steps(batch->label_steps > 0 ? batch->label_steps : 1, batch->steps, "batch's"));
    input->labels = batch->labels;
    input->steps = batch->label_steps > 1;
    input->B = batch->batch * batch->places;
    input->C = fsnn_shape_count(out) / batch->places;
    if (batch->places > 1 && (out->rank < 2 || out->dim[0] != batch->places))
        return fsnn_fail(FSNN_ESHAPE,
                         "samples have %lld classes each, one for each of their places, but the "
                         "net's output is %s: it takes [%lld, classes]",
                         (long long)batch->places, fsnn_shape_text(out, text, sizeof text),
                         (long long)batch->places);
    return FSNN_OK;
}

fsnn_status target_of(const fsnn_net *net, const fsnn_batch *batch, target_room *room,
                      loss_input *input)
{
    fsnn_shape out;
    FSNN_TRY(fsnn_net_shapes(net, NULL, &out));
    input->lengths = batch->lengths;
    if (batch->values)
        return values_of(net, batch, &out, room, input);
    return labels_of(batch, &out, input);
}

int64_t target_counted(const fsnn_batch *batch, const fsnn_loss *loss)
{
    const int64_t *lengths = loss->mask ? batch->lengths : NULL;
    int64_t counted = 0, steps = batch->label_steps > 0 ? batch->label_steps : 1;
    if (!batch->labels)
        return batch->batch;
    for (int64_t i = 0; i < batch->batch * batch->places * steps; i++) {
        bool padding = lengths && steps > 1 && i % steps >= lengths[i / steps];
        counted += batch->labels[i] != FSNN_UNLABELLED && !padding;
    }
    return counted;
}

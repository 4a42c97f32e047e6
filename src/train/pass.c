/* One batch forward. Batches of another size than the last (the end of an epoch) get a plan of
 * their own. */
#include "train/pass.h"

#include "base/error_key.h"
#include "net/net.h"

fsnn_plan pass_plan(const fsnn_net *net)
{
    return net->plan;
}

/* An output that has several dimensions, and not as many numbers as there are classes: most often a
 * flatten was forgotten, and a layer worked on the last dimension alone. */
static fsnn_status check_answers(const fsnn_loader *loader, const fsnn_shape *output,
                                 const char *what)
{
    fsnn_data_info info = {0};
    char text[128];
    int wide = 0;
    fsnn_data_info_get(fsnn_loader_data(loader), &info);
    for (int d = 0; d < output->rank; d++)
        wide += output->dim[d] > 1;
    int64_t count = fsnn_shape_count(output);
    if (info.classes == 0 || info.target.rank > 0 || info.places > 1 || wide < 2 ||
        count == info.classes)
        return FSNN_OK;
    return fsnn_fail(FSNN_ESHAPE,
                     "the net's output is %s, %lld numbers, but the %s data have %lld classes: a "
                     "`flatten` before the last layers makes one number a class of it",
                     fsnn_shape_text(output, text, sizeof text), (long long)count, what,
                     (long long)info.classes);
}

fsnn_status pass_check(const fsnn_net *net, const fsnn_loader *loader, const char *what)
{
    fsnn_shape input, output, sample;
    char found[128], wanted[128];
    FSNN_TRY(fsnn_net_shapes(net, &input, &output));
    fsnn_loader_shape(loader, NULL, &sample);
    if (!fsnn_shape_equal(&input, &sample))
        return fsnn_fail(FSNN_ESHAPE,
                         "one sample of the %s data at one step is %s, but the net's input is %s",
                         what, fsnn_shape_text(&sample, found, sizeof found),
                         fsnn_shape_text(&input, wanted, sizeof wanted));
    if (fsnn_loader_batches(loader) < 1)
        return fsnn_fail(FSNN_EARGUMENT, "the %s data give no batch at all", what);
    return check_answers(loader, &output, what);
}

pass_mode pass_learning(const fsnn_training *training, int64_t together)
{
    return (pass_mode){true, training->checkpoint, training->truncate, training->products,
                       together};
}

fsnn_status pass_replan(fsnn_net *net, const fsnn_batch *batch, pass_mode mode)
{
    fsnn_plan now = net->plan, plan = now;
    plan.steps = batch->steps;
    plan.batch = batch->batch;
    plan.training = mode.training;
    plan.checkpoint = mode.checkpoint;
    plan.truncate = mode.truncate;
    plan.products = mode.products;
    plan.still = batch->still;
    plan.record = plan.input_gradient = plan.smooth = false;
    bool same = now.steps == plan.steps && now.batch == plan.batch &&
                now.training == mode.training && now.checkpoint == mode.checkpoint &&
                now.truncate == mode.truncate && now.products == mode.products &&
                now.still == batch->still && net->together.samples == mode.together &&
                !now.record && !now.input_gradient && !now.smooth;
    return same ? FSNN_OK : net_replan_together(net, &plan, mode.together);
}

fsnn_status pass_replan_for(fsnn_net *net, const fsnn_loader *loader, int64_t samples,
                            pass_mode mode)
{
    fsnn_batch batch = {.batch = samples, .still = fsnn_loader_still(loader)};
    fsnn_loader_shape(loader, &batch.steps, NULL);
    return pass_replan(net, &batch, mode);
}

void pass_input_free(pass_input *input)
{
    fsnn_free(input->x);
    target_room_free(&input->target);
    *input = (pass_input){0};
}

static fsnn_status widen(pass_input *input, const float *x, int64_t count)
{
    if (count > input->capacity) {
        fsnn_free(input->x);
        input->capacity = 0;
        input->x = fsnn_alloc((size_t)count * sizeof *input->x);
        if (!input->x)
            return FSNN_EMEMORY;
        input->capacity = count;
    }
    for (int64_t i = 0; i < count; i++)
        input->x[i] = x[i];
    return FSNN_OK;
}

static fsnn_status forward_double(fsnn_net *net, const fsnn_batch *batch, pass_input *input,
                                  const void **output)
{
    fsnn_shape shape;
    const double *out = NULL;
    int64_t steps = batch->still ? 1 : batch->steps;
    if (batch->spikes) {
        FSNN_TRY(fsnn_net_forward_spikes_double(net, batch->spikes, &out));
    } else {
        FSNN_TRY(fsnn_net_shapes(net, &shape, NULL));
        FSNN_TRY(widen(input, batch->x, steps * batch->batch * fsnn_shape_count(&shape)));
        FSNN_TRY(fsnn_net_forward_double(net, input->x, &out));
    }
    *output = out;
    return FSNN_OK;
}

static fsnn_status forward(fsnn_net *net, const fsnn_batch *batch, pass_input *input,
                           const void **output)
{
    const float *out = NULL;
    if (fsnn_net_precision(net) == FSNN_PRECISION_DOUBLE)
        return forward_double(net, batch, input, output);
    FSNN_TRY(batch->spikes ? fsnn_net_forward_spikes(net, batch->spikes, &out)
                           : fsnn_net_forward(net, batch->x, &out));
    *output = out;
    return FSNN_OK;
}

fsnn_status pass_backward(fsnn_net *net, const void *output_gradient)
{
    return fsnn_net_precision(net) == FSNN_PRECISION_DOUBLE
               ? fsnn_net_backward_double(net, output_gradient, NULL)
               : fsnn_net_backward(net, output_gradient, NULL);
}

fsnn_status pass_start(fsnn_net *net, const fsnn_batch *batch, pass_mode mode, pass_input *input,
                       const void **output)
{
    if (!batch->labels && !batch->values)
        return fsnn_fail(FSNN_EARGUMENT, "the samples have no labels: a loss needs them");
    FSNN_TRY(pass_replan(net, batch, mode));
    FSNN_TRY(fsnn_net_reset(net));
    return forward(net, batch, input, output);
}

fsnn_status pass_answers(const fsnn_net *net, const fsnn_batch *batch, pass_input *input,
                         loss_input *answers)
{
    *answers = (loss_input){.K = batch->steps, .B = batch->batch, .output = answers->output};
    return target_of(net, batch, &input->target, answers);
}

fsnn_status pass_forward(fsnn_net *net, const fsnn_batch *batch, pass_mode mode, pass_input *input,
                         loss_input *answers)
{
    FSNN_TRY(pass_start(net, batch, mode, input, &answers->output));
    return pass_answers(net, batch, input, answers);
}

fsnn_status pass_back(fsnn_net *net, const fsnn_plan *plan, fsnn_status status)
{
    fsnn_error error;
    fsnn_error_keep(&error);
    return fsnn_error_first(status, &error, net_replan_together(net, plan, 0));
}

fsnn_status pass_fail(fsnn_status status, const char *where)
{
    fsnn_error error;
    fsnn_error_keep(&error);
    fsnn_fail(status, "%s: %s", where, error.text);
    return fsnn_error_set_key(status, error.key);
}

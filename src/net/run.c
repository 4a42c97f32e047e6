/* Running a net: forward and backward as programs call them, in either precision (net/plane.h). */
#include "net/net.h"

bool net_reads_spikes(const fsnn_net *net, const net_step *step, int k)
{
    return net->spikes && net->value[step->in[k]].root == 0 && (step->op->op->flags & OP_SPIKES) &&
           step->op->in[k].rank == 1;
}

fsnn_status net_dense_reserve(fsnn_net *net, int64_t size)
{
    if (size <= net->dense_capacity && net->dense_size == net->plane->size)
        return FSNN_OK;
    fsnn_free(net->dense);
    net->dense_capacity = 0;
    net->dense_size = net->plane->size;
    net->dense = fsnn_alloc(fsnn_bytes(size > 0 ? size : 1, net->dense_size));
    if (!net->dense)
        return FSNN_EMEMORY;
    net->dense_capacity = size;
    return FSNN_OK;
}

/* As whole lines. */
int64_t net_tape_numbers(const fsnn_net *net, const net_step *step)
{
    return ((int64_t)step->op->tape_bytes + 63) / 64 * (64 / (int64_t)net->plane->size);
}

/* ---- which precision a function is of ---- */

static const char *const words[] = {
    [FSNN_PRECISION_SINGLE] = "single", [FSNN_PRECISION_DOUBLE] = "double"};

const char *fsnn_precision_name(fsnn_precision precision)
{
    return (unsigned)precision < FSNN_COUNT(words) ? words[precision] : NULL;
}

/* FSNN_EUNSUPPORTED unless the net computes in `precision`, as what `who` takes and gives does;
 * `other` is the function for the other precision. */
static fsnn_status need(const fsnn_net *net, fsnn_precision precision, const char *who,
                        const char *other)
{
    if (net->plane->precision == precision)
        return FSNN_OK;
    return fsnn_fail(FSNN_EUNSUPPORTED,
                     "%s is for nets in %s precision, and this one computes in %s: call %s", who,
                     words[precision], words[net->plane->precision], other);
}

static fsnn_status check_wrapped(const fsnn_net *net)
{
    if (net && net->wrapped)
        return FSNN_OK;
    return fsnn_fail(FSNN_ESTATE, "the net is not wrapped: call fsnn_net_wrap before forward");
}

/* ---- forward ---- */

/* `to` is the caller's place of the output; NULL: the net's. */
static fsnn_status forward(fsnn_net *net, fsnn_precision precision, const char *who,
                           const char *other, const void *x, void *to, const void **output)
{
    FSNN_TRY(check_wrapped(net));
    if (!x)
        return fsnn_fail(FSNN_EARGUMENT, "%s: the input is NULL", who);
    FSNN_TRY(need(net, precision, who, other));
    net->output_to = to;
    return net->plane->forward(net, x, NULL, output);
}

fsnn_status fsnn_net_forward(fsnn_net *net, const float *x, const float **output)
{
    const void *out = NULL;
    FSNN_TRY(forward(net, FSNN_PRECISION_SINGLE, "fsnn_net_forward", "fsnn_net_forward_double", x,
                     NULL, &out));
    if (output)
        *output = out;
    return FSNN_OK;
}

fsnn_status fsnn_net_forward_double(fsnn_net *net, const double *x, const double **output)
{
    const void *out = NULL;
    FSNN_TRY(forward(net, FSNN_PRECISION_DOUBLE, "fsnn_net_forward_double", "fsnn_net_forward", x,
                     NULL, &out));
    if (output)
        *output = out;
    return FSNN_OK;
}

/* Bytes of whole steps of the input or of its gradient, and of the output. */
static size_t input_bytes(const fsnn_net *net)
{
    int64_t steps = net->plan.still ? 1 : net->plan.steps;
    return (size_t)(steps * net_input_numbers(net)) * net->plane->size;
}

static size_t output_bytes(const fsnn_net *net)
{
    return (size_t)(net->plan.steps * net_output_numbers(net)) * net->plane->size;
}

/* `in` is read while `out` is written. */
static fsnn_status check_apart(const char *who, const void *in, size_t in_bytes, const void *out,
                               size_t out_bytes)
{
    if (net_overlap(in, in_bytes, out, out_bytes))
        return fsnn_fail(FSNN_EARGUMENT,
                         "%s: the array that is read and the one that is written overlap", who);
    return FSNN_OK;
}

/* The output is written where the caller wants it, but for what is made in pieces or is the input
 * itself: that is copied. */
fsnn_status net_forward_into(fsnn_net *net, fsnn_precision precision, const char *who,
                             const char *other, const void *x, void *output)
{
    const void *out = NULL;
    FSNN_TRY(check_wrapped(net));
    FSNN_TRY(need(net, precision, who, other));
    if (!output)
        return fsnn_fail(FSNN_EARGUMENT, "%s: there is no place for the output", who);
    FSNN_TRY(check_apart(who, x, input_bytes(net), output, output_bytes(net)));
    FSNN_TRY(forward(net, precision, who, other, x, net_segmented(net) ? NULL : output, &out));
    if (out != output)
        memcpy(output, out, output_bytes(net));
    return FSNN_OK;
}

fsnn_status fsnn_net_forward_into(fsnn_net *net, const float *x, float *output)
{
    return net_forward_into(net, FSNN_PRECISION_SINGLE, "fsnn_net_forward_into",
                            "fsnn_net_forward_into_double", x, output);
}

fsnn_status fsnn_net_forward_into_double(fsnn_net *net, const double *x, double *output)
{
    return net_forward_into(net, FSNN_PRECISION_DOUBLE, "fsnn_net_forward_into_double",
                            "fsnn_net_forward_into", x, output);
}

static fsnn_status forward_spikes(fsnn_net *net, fsnn_precision precision, const char *who,
                                  const char *other, const fsnn_spikes *spikes, const void **output)
{
    FSNN_TRY(check_wrapped(net));
    if (!spikes)
        return fsnn_fail(FSNN_EARGUMENT, "%s: the input is NULL", who);
    FSNN_TRY(need(net, precision, who, other));
    net->output_to = NULL;
    if (net->plan.still)
        return fsnn_fail(FSNN_ESTATE,
                         "the net is planned for an input that is the same at every step "
                         "(plan.still): lists of spikes are not; plan it without");
    int64_t width = fsnn_shape_count(&net->input_shape);
    if (spikes->steps != net->plan.steps || spikes->batch != net->plan.batch ||
        spikes->width != width)
        return fsnn_fail(FSNN_ESHAPE,
                         "spikes of %lld steps, %lld samples and %lld elements, but the net is "
                         "planned for %lld, %lld and %lld",
                         (long long)spikes->steps, (long long)spikes->batch,
                         (long long)spikes->width, (long long)net->plan.steps,
                         (long long)net->plan.batch, (long long)width);
    return net->plane->forward(net, NULL, spikes, output);
}

fsnn_status fsnn_net_forward_spikes(fsnn_net *net, const fsnn_spikes *spikes, const float **output)
{
    const void *out = NULL;
    FSNN_TRY(forward_spikes(net, FSNN_PRECISION_SINGLE, "fsnn_net_forward_spikes",
                            "fsnn_net_forward_spikes_double", spikes, &out));
    if (output)
        *output = out;
    return FSNN_OK;
}

fsnn_status fsnn_net_forward_spikes_double(fsnn_net *net, const fsnn_spikes *spikes,
                                           const double **output)
{
    const void *out = NULL;
    FSNN_TRY(forward_spikes(net, FSNN_PRECISION_DOUBLE, "fsnn_net_forward_spikes_double",
                            "fsnn_net_forward_spikes", spikes, &out));
    if (output)
        *output = out;
    return FSNN_OK;
}

int64_t fsnn_net_counter(const fsnn_net *net)
{
    FSNN_NEED(net);
    return net->counter;
}

void fsnn_net_counter_set(fsnn_net *net, int64_t counter)
{
    if (net)
        net->counter = counter;
}

/* ---- backward ---- */

static fsnn_status backward(fsnn_net *net, fsnn_precision precision, const char *who,
                            const char *other, const void *output_gradient,
                            const void **input_gradient)
{
    if (!net || !net->wrapped || !net->plan.training)
        return fsnn_fail(FSNN_ESTATE, "backward needs a net wrapped for training");
    FSNN_TRY(need(net, precision, who, other));
    if (!net->ran)
        return fsnn_fail(FSNN_ESTATE, "backward needs a forward before it, and no reset between");
    if (net->moved)
        return fsnn_fail(FSNN_ESTATE,
                         "the parameters changed after the forward: go backward before "
                         "they do, or forward again");
    if (!output_gradient)
        return fsnn_fail(FSNN_EARGUMENT, "%s: the output's gradient is NULL", who);
    if (input_gradient && !net->plan.input_gradient)
        return fsnn_fail(FSNN_ESTATE, "the input's gradient needs plan.input_gradient");
    return net->plane->backward(net, output_gradient, input_gradient);
}

fsnn_status fsnn_net_backward(fsnn_net *net, const float *output_gradient,
                              const float **input_gradient)
{
    const void *gradient = NULL;
    FSNN_TRY(backward(net, FSNN_PRECISION_SINGLE, "fsnn_net_backward", "fsnn_net_backward_double",
                      output_gradient, input_gradient ? &gradient : NULL));
    if (input_gradient)
        *input_gradient = gradient;
    return FSNN_OK;
}

fsnn_status fsnn_net_backward_double(fsnn_net *net, const double *output_gradient,
                                     const double **input_gradient)
{
    const void *gradient = NULL;
    FSNN_TRY(backward(net, FSNN_PRECISION_DOUBLE, "fsnn_net_backward_double", "fsnn_net_backward",
                      output_gradient, input_gradient ? &gradient : NULL));
    if (input_gradient)
        *input_gradient = gradient;
    return FSNN_OK;
}

/* Backward reads the output's gradient, and the input and the output of the forward. */
static fsnn_status check_gradient(const fsnn_net *net, const char *who, const void *output_gradient,
                                  const void *input_gradient)
{
    FSNN_TRY(
        check_apart(who, output_gradient, output_bytes(net), input_gradient, input_bytes(net)));
    if (net->ran && !net->spikes)
        FSNN_TRY(check_apart(who, net->given, input_bytes(net), input_gradient, input_bytes(net)));
    if (net->ran)
        FSNN_TRY(
            check_apart(who, net->output_to, output_bytes(net), input_gradient, input_bytes(net)));
    return FSNN_OK;
}

/* As forward_into: what several steps add up, and what is made in pieces, is copied. */
fsnn_status net_backward_into(fsnn_net *net, fsnn_precision precision, const char *who,
                              const char *other, const void *output_gradient, void *input_gradient)
{
    const void *gradient = NULL;
    if (net && net->wrapped && net->plane->precision == precision)
        FSNN_TRY(check_gradient(net, who, output_gradient, input_gradient));
    if (net && net->wrapped && !net_segmented(net) && !net_still_numbers(net))
        net->gradient_to = input_gradient;
    fsnn_status status =
        backward(net, precision, who, other, output_gradient, input_gradient ? &gradient : NULL);
    if (net)
        net->gradient_to = NULL;
    if (!status && gradient != input_gradient)
        memcpy(input_gradient, gradient, input_bytes(net));
    return status;
}

fsnn_status fsnn_net_backward_into(fsnn_net *net, const float *output_gradient,
                                   float *input_gradient)
{
    return net_backward_into(net, FSNN_PRECISION_SINGLE, "fsnn_net_backward_into",
                             "fsnn_net_backward_into_double", output_gradient, input_gradient);
}

fsnn_status fsnn_net_backward_into_double(fsnn_net *net, const double *output_gradient,
                                          double *input_gradient)
{
    return net_backward_into(net, FSNN_PRECISION_DOUBLE, "fsnn_net_backward_into_double",
                             "fsnn_net_backward_into", output_gradient, input_gradient);
}

/* ---- what neuron layers did ---- */

fsnn_status fsnn_net_read(const fsnn_net *net, int node, fsnn_record what, float *out)
{
    FSNN_NEED(net);
    FSNN_TRY(need(net, FSNN_PRECISION_SINGLE, "fsnn_net_read", "fsnn_net_read_double"));
    return net->plane->read(net, node, what, out);
}

fsnn_status fsnn_net_read_double(const fsnn_net *net, int node, fsnn_record what, double *out)
{
    FSNN_NEED(net);
    FSNN_TRY(need(net, FSNN_PRECISION_DOUBLE, "fsnn_net_read_double", "fsnn_net_read"));
    return net->plane->read(net, node, what, out);
}

fsnn_status fsnn_net_read_state(const fsnn_net *net, int node, int state, float *out)
{
    FSNN_NEED(net);
    FSNN_TRY(need(net, FSNN_PRECISION_SINGLE, "fsnn_net_read_state", "fsnn_net_read_state_double"));
    return net->plane->read_state(net, node, state, out);
}

fsnn_status fsnn_net_read_state_double(const fsnn_net *net, int node, int state, double *out)
{
    FSNN_NEED(net);
    FSNN_TRY(need(net, FSNN_PRECISION_DOUBLE, "fsnn_net_read_state_double", "fsnn_net_read_state"));
    return net->plane->read_state(net, node, state, out);
}

/* ---- the gradient check ---- */

static fsnn_status check_smooth(const fsnn_net *net)
{
    if (!net || !net->wrapped || !net->plan.smooth || !net->plan.training ||
        !net->plan.input_gradient)
        return fsnn_fail(FSNN_ESTATE, "a gradient check needs a net wrapped with smooth, training "
                                      "and input_gradient");
    if (net->penalty.count)
        return fsnn_fail(FSNN_ESTATE, "a gradient check is one of the network alone, but the net "
                                      "has penalties: take them off first");
    return FSNN_OK;
}

fsnn_status fsnn_net_gradcheck(fsnn_net *net, const float *x, int directions, double *worst,
                               const char **where)
{
    FSNN_TRY(check_smooth(net));
    FSNN_TRY(need(net, FSNN_PRECISION_SINGLE, "fsnn_net_gradcheck", "fsnn_net_gradcheck_double"));
    net->output_to = NULL;
    return net->plane->gradcheck(net, x, directions, worst, where);
}

fsnn_status fsnn_net_gradcheck_double(fsnn_net *net, const double *x, int directions, double *worst,
                                      const char **where)
{
    FSNN_TRY(check_smooth(net));
    FSNN_TRY(need(net, FSNN_PRECISION_DOUBLE, "fsnn_net_gradcheck_double", "fsnn_net_gradcheck"));
    net->output_to = NULL;
    return net->plane->gradcheck(net, x, directions, worst, where);
}

/* cli/run/run_stream.c: fsnn run --stream: steps from standard input, answers on standard output,
 * one for each step and flushed at once. Nothing is read ahead of what is answered but what stands
 * in the buffer of standard input, and a reader who is slow makes the stream wait. */
#include "cli/run/run.h"
#include "cli/run/stream_forms.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int run_stream_check(const run_options *o)
{
    const struct {
        const char *name;
        bool given;
    } other[] = {{"input", o->input},       {"output", o->output},
                 {"record", o->record},     {"target", o->target},
                 {"loss", o->loss},         {"grads", o->grads},
                 {"chunk", o->chunk.given}, {"record-steps", o->record_steps}};
    if (!stream_form_find(o->stream))
        return cli_error(CLI_USAGE, "--stream %s: it is numbers, events or raw", o->stream);
    for (int i = 0; i < CLI_COUNT(other); i++)
        if (other[i].given)
            return cli_error(CLI_USAGE,
                             "--stream reads standard input and writes standard output, step by "
                             "step: leave --%s out",
                             other[i].name);
    if (o->products)
        return cli_error(CLI_USAGE,
                         "--stream takes one row at a time, which is bound by memory and has no "
                         "%s: leave --precision %s out",
                         o->precision, o->precision);
    return CLI_GOOD;
}

static int check_description(const run_work *w)
{
    int64_t times = 0;
    fsnn_description_times(w->model.description, &times);
    if (times)
        return cli_error(CLI_USAGE,
                         "%s: dynamics.times are stamps of a whole recording: a stream "
                         "has one step after the other, so leave them out",
                         w->o->common.operand[0]);
    return CLI_GOOD;
}

/* What makes steps slower and slower is said before the first. */
static void warn_of_memory(const run_work *w)
{
    const fsnn_dynamics *d = fsnn_session_dynamics(w->model.session);
    bool fractional = false;
    for (int i = 0; i < d->orders && d->integrator == FSNN_FDEINT; i++)
        fractional = fractional || d->order[i].terms > 1 || d->order[i].alpha[0] != 1;
    if (fractional && d->memory == 0 && d->tolerance == 0)
        cli_warn("the memory is full: each step takes longer than the one before, and the history "
                 "grows; --set dynamics.memory.tolerance=1e-4, or dynamics.memory=64, keeps both "
                 "constant");
}

static int open_stream(run_work *w, stream *s)
{
    fsnn_shape in, out;
    int code = cli_model_wrap(&w->model, &(fsnn_plan){.steps = 1, .batch = 1, .stream = true},
                              FSNN_HORIZON);
    if (code != CLI_GOOD)
        return code;
    fsnn_status status = fsnn_session_shapes(w->model.session, &in, &out);
    if (status < 0)
        return cli_fail_description(status);
    *s = (stream){.from = stdin,
                  .to = stdout,
                  .wide = fsnn_net_precision(w->model.net) == FSNN_PRECISION_DOUBLE,
                  .in = fsnn_shape_count(&in),
                  .out = fsnn_shape_count(&out)};
    stream_make_room(s);
    cli_model_warnings(&w->model);
    warn_of_memory(w);
    return CLI_GOOD;
}

static fsnn_status forward(fsnn_net *net, stream *s)
{
    const float *single = NULL;
    const double *two = NULL;
    fsnn_status status =
        s->wide ? fsnn_net_forward_double(net, s->x, &two) : fsnn_net_forward(net, s->x, &single);
    s->y = s->wide ? (const void *)two : single;
    return status;
}

static int feed(fsnn_net *net, stream *s, const stream_form *form)
{
    stream_got found;
    while ((found = form->read(s)) == STREAM_STEP) {
        if (forward(net, s) < 0)
            return cli_error(CLI_FAILED, "standard input, step %lld: %s", (long long)s->step + 1,
                             fsnn_error_text());
        form->write(s);
        if (fflush(stdout) != 0)
            return cli_error(CLI_FAILED, "standard output, step %lld: %s", (long long)s->step + 1,
                             strerror(errno));
        s->step++;
    }
    return found == STREAM_END ? CLI_GOOD : CLI_FAILED;
}

int run_stream(run_work *w)
{
    stream s = {0};
    int code = check_description(w);
    if (code == CLI_GOOD)
        code = open_stream(w, &s);
    if (code == CLI_GOOD)
        code = feed(w->model.net, &s, stream_form_find(w->o->stream));
    stream_release(&s);
    return code;
}

/* An array is fed through the network of a session, in one piece or in chunks. */
#include "session/run.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

fsnn_shape run_rest(const fsnn_shape *shape, int lead)
{
    fsnn_shape r = {.rank = shape->rank - lead};
    for (int i = 0; i < r.rank; i++)
        r.dim[i] = shape->dim[i + lead];
    return r;
}

void *run_add(run *w, fsnn_dtype dtype, const fsnn_shape *shape, const char *format, ...)
{
    char name[512];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(name, sizeof name, format, args);
    va_end(args);
    fsnn_array *array = NULL;
    if (length >= 0 && (size_t)length < sizeof name)
        array = fsnn_arrays_add(w->result, name, dtype, shape);
    if (!array)
        fsnn_error_set(FSNN_EMEMORY, "out of memory for the array %s", name);
    return array ? array->data : NULL;
}

void *run_added(const run *w, const char *name)
{
    int i = w->first;
    while (strcmp(w->result->item[i].name, name) != 0)
        i++;
    return w->result->item[i].data;
}

fsnn_dtype run_type(const run *w)
{
    return w->wide ? FSNN_F64 : FSNN_F32;
}

size_t run_size(const run *w)
{
    return fsnn_dtype_size(run_type(w));
}

double run_number(const run *w, const void *numbers, int64_t i)
{
    return w->wide ? ((const double *)numbers)[i] : (double)((const float *)numbers)[i];
}

void run_convert(const run *w, const fsnn_array *array, void *numbers)
{
    if (w->wide)
        fsnn_array_to_f64(array, numbers);
    else
        fsnn_array_to_f32(array, numbers);
}

static fsnn_plan plan_of(const run *w)
{
    return (fsnn_plan){.steps = w->chunk,
                       .batch = w->B,
                       .training = w->r->gradients,
                       .record = w->kept != 0,
                       .products = w->s->products,
                       .seed = w->s->training.seed};
}

/* Shapes are known only to a wrapped net: wrapped first as it is, then for the input. */
static fsnn_status prepare(run *w)
{
    session_texts_free(&w->s->remark[FSNN_TOPIC_RESULT]);
    FSNN_TRY(fsnn_session_shapes(w->s, &w->in, &w->out));
    w->wide = fsnn_net_precision(w->s->net) == FSNN_PRECISION_DOUBLE;
    FSNN_TRY(run_input(w));
    if (w->r->target)
        FSNN_TRY(run_target(w));
    FSNN_TRY(run_settle_records(w));
    w->chunk = w->r->chunk > 0 && w->r->chunk < w->T ? w->r->chunk : w->T;
    fsnn_plan plan = plan_of(w);
    return fsnn_session_wrap(w->s, &plan, w->T);
}

static fsnn_status go_on(const run *w, int64_t done)
{
    if (w->r->progress && w->r->progress(done, w->T, w->r->user) != 0)
        return fsnn_fail(FSNN_EINTERRUPTED, "the run was stopped after %lld of %lld steps",
                         (long long)done, (long long)w->T);
    return FSNN_OK;
}

static fsnn_status pass(const run *w, const void *x, const void **y)
{
    const double *wide;
    const float *single;
    if (w->wide) {
        FSNN_TRY(fsnn_net_forward_double(w->s->net, x, &wide));
        *y = wide;
    } else {
        FSNN_TRY(fsnn_net_forward(w->s->net, x, &single));
        *y = single;
    }
    return FSNN_OK;
}

static fsnn_status forward(run *w, char *output)
{
    size_t size = run_size(w);
    int64_t in = w->B * fsnn_shape_count(&w->in), out = w->B * fsnn_shape_count(&w->out);
    fsnn_plan plan = plan_of(w);
    FSNN_TRY(go_on(w, 0));
    for (int64_t k = 0; k < w->T; k += plan.steps) {
        const void *y;
        if (w->T - k < plan.steps) {
            plan.steps = w->T - k;
            FSNN_TRY(fsnn_net_replan(w->s->net, &plan));
        }
        FSNN_TRY(pass(w, (const char *)w->x + (size_t)(k * in) * size, &y));
        memcpy(output + (size_t)(k * out) * size, y, (size_t)(plan.steps * out) * size);
        FSNN_TRY(run_collect_records(w, k, plan.steps));
        FSNN_TRY(go_on(w, k + plan.steps));
    }
    return FSNN_OK;
}

/* Numbers beyond the precision are an answer, but seldom the wanted one. A certificate without a
 * bound says so. */
static fsnn_status remark_overflow(run *w, const fsnn_array *array)
{
    int64_t count = 0, all = fsnn_shape_count(&array->shape);
    bool numbers = array->dtype == run_type(w) && !strstr(array->name, "certificate.");
    for (int64_t i = 0; numbers && i < all; i++)
        count += !isfinite(run_number(w, array->data, i));
    if (!count)
        return FSNN_OK;
    return session_texts_add(&w->s->remark[FSNN_TOPIC_RESULT],
                             "%s: %lld of %lld numbers are infinite or not a number", array->name,
                             (long long)count, (long long)all);
}

static fsnn_status execute(run *w)
{
    w->first = w->result->count;
    FSNN_TRY(prepare(w));
    fsnn_shape shape = {.rank = w->out.rank + 2, .dim = {w->T, w->B}};
    for (int i = 0; i < w->out.rank; i++)
        shape.dim[i + 2] = w->out.dim[i];
    char *output = run_add(w, run_type(w), &shape, "output");
    if (!output)
        return FSNN_EMEMORY;
    FSNN_TRY(run_add_records(w));
    FSNN_TRY(forward(w, output));
    FSNN_TRY(run_layers(w));
    if (w->r->target)
        FSNN_TRY(run_loss(w));
    for (int i = w->first; i < w->result->count; i++)
        FSNN_TRY(remark_overflow(w, &w->result->item[i]));
    return FSNN_OK;
}

static fsnn_status check(const fsnn_run_request *r)
{
    if (!r->x || !r->x->data)
        return fsnn_fail(FSNN_EARGUMENT, "a run needs an array x [T, B, ...]");
    if (r->gradients && !r->target)
        return fsnn_fail(FSNN_EARGUMENT, "gradients need a loss: give its target");
    if (r->gradients && r->chunk > 0)
        return fsnn_fail(FSNN_EARGUMENT,
                         "gradients need all steps in one piece, not %lld at a time",
                         (long long)r->chunk);
    if (r->chunk < 0)
        return fsnn_fail(FSNN_EARGUMENT, "a chunk has one step or more, not %lld",
                         (long long)r->chunk);
    if (r->keep & ~(FSNN_KEEP_V | FSNN_KEEP_SPIKES | FSNN_KEEP_CURRENT | FSNN_KEEP_TEST |
                    FSNN_KEEP_THRESHOLD | FSNN_KEEP_STATES))
        return fsnn_fail(FSNN_EARGUMENT, "keep is %d: it has a bit that is no fsnn_keep", r->keep);
    if ((int)r->loss < 0 || r->loss >= FSNN_LOSSES)
        return fsnn_fail(FSNN_EARGUMENT, "there is no loss %d", (int)r->loss);
    return FSNN_OK;
}

fsnn_status fsnn_session_run(fsnn_session *session, const fsnn_run_request *request,
                             fsnn_arrays *result)
{
    FSNN_NEED(session);
    FSNN_NEED(request);
    FSNN_NEED(result);
    FSNN_TRY(check(request));
    run w = {.s = session, .r = request, .result = result};
    fsnn_status status = execute(&w);
    fsnn_free(w.copy);
    fsnn_free(w.target);
    fsnn_free(w.labels);
    fsnn_free(w.keep);
    return status;
}

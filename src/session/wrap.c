/* The network of a session is wrapped: shapes, dynamics and memory are settled. */
#include "base/error_key.h"
#include "session/session.h"

const char *fsnn_session_less_memory(const fsnn_plan *plan)
{
    if (plan && plan->training && !plan->checkpoint)
        return "a smaller training.batch needs less, and so does training.checkpoint: auto";
    return "a smaller training.batch needs less";
}

/* What could not be wrapped, with the place in the description or the file's name before it. */
static fsnn_status failed(const fsnn_session *s, const fsnn_plan *plan, fsnn_status status)
{
    fsnn_error error;
    fsnn_error_keep(&error);
    if (status == FSNN_EMEMORY)
        return fsnn_fail(status, "%s: %lld steps of batches of %lld: %s; %s", s->path,
                         (long long)plan->steps, (long long)plan->batch, error.text,
                         fsnn_session_less_memory(plan));
    if (status == FSNN_EDENSE)
        return fsnn_fail(status, "%s: %s", s->path, error.text);
    return fsnn_description_locate(s->description, "layers");
}

fsnn_status session_check_products(const fsnn_session *s, fsnn_products products)
{
    fsnn_status status = fsnn_products_check(products);
    if (status >= 0)
        return FSNN_OK;
    fsnn_error_set_key(status, "precision");
    return fsnn_description_locate(s->description, "training");
}

fsnn_status fsnn_session_wrap(fsnn_session *session, const fsnn_plan *plan, int64_t steps)
{
    FSNN_NEED(session);
    FSNN_NEED(plan);
    if (plan->steps < 1 || plan->batch < 1) /* the caller's, not the description's */
        return fsnn_fail(FSNN_EARGUMENT,
                         "the plan has %lld steps and a batch of %lld: both are at "
                         "least 1",
                         (long long)plan->steps, (long long)plan->batch);
    if (steps < 0)
        return fsnn_fail(FSNN_EARGUMENT,
                         "a whole run has one step or more (0: those of the plan), not %lld",
                         (long long)steps);
    if (plan->training) /* else they are the caller's */
        FSNN_TRY(session_check_products(session, plan->products));
    fsnn_dynamics dynamics = *fsnn_description_dynamics(session->description);
    if (dynamics.horizon == 0)
        dynamics.horizon = steps > 0 ? steps : plan->steps;
    fsnn_status status = fsnn_net_wrap(session->net, &dynamics, plan);
    session->wrapped = status >= 0;
    session->checked = false;
    session->dynamics = dynamics;
    session->plan = *plan;
    return status < 0 ? failed(session, plan, status) : FSNN_OK;
}

fsnn_status fsnn_session_shapes(fsnn_session *session, fsnn_shape *input, fsnn_shape *output)
{
    fsnn_shape in, out;
    FSNN_NEED(session);
    if (!session->wrapped) {
        fsnn_plan small = {.steps = 1, .batch = 1, .seed = session->training.seed};
        FSNN_TRY(fsnn_session_wrap(session, &small, 1));
    }
    FSNN_TRY(fsnn_net_shapes(session->net, &in, &out));
    if (input)
        *input = in;
    if (output)
        *output = out;
    return FSNN_OK;
}

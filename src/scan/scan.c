/* Calls of a scan: in one piece, or step by step, forward and backward. */
#include "scan/front.h"
#include "scan/history.h"

fsnn_status scan_forward(scan *s, int64_t K, const real *I, real *spikes)
{
    FRONT_RETURN(s, front_forward(s, -1, K, I, spikes));
    const scan_kernels *kernels = scan_kernels_get();
    s->step.fired = 0;
    s->strayed = false;
    FSNN_TRY((s->others ? kernels->states_forward : kernels->forward)(s, K, I, spikes));
    return s->model->trouble ? s->model->trouble(s->model) : FSNN_OK;
}

fsnn_status scan_backward(scan *s, const real *I, const real *spikes, const real *gspikes,
                          const scan_grads *grads)
{
    FRONT_RETURN(s, front_backward(s, -1, I, spikes, gspikes, grads));
    const scan_kernels *kernels = scan_kernels_get();
    FSNN_TRY(scan_plan_lanes(s)); /* parameters may have been bound after planning */
    FSNN_TRY(
        (s->others ? kernels->states_backward : kernels->backward)(s, I, spikes, gspikes, grads));
    return s->model->trouble ? s->model->trouble(s->model) : FSNN_OK;
}

/* The step at hand is one of `call`, to v and to all states beside it. */
static void enter_step(scan *s, int64_t step, int64_t call)
{
    for (int i = 0; i <= s->others; i++) {
        scan *state = scan_state(s, i);
        state->step.on = true;
        state->step.at = step;
        state->step.of = call;
        state->K = 1;
    }
}

/* Of the call there have been K steps. */
static void leave_step(scan *s, int64_t K)
{
    for (int i = 0; i <= s->others; i++) {
        scan_state(s, i)->step.on = false;
        scan_state(s, i)->K = K;
    }
}

fsnn_status scan_step_forward(scan *s, int64_t step, int64_t K, const real *I, real *spikes)
{
    FRONT_RETURN(s, front_forward(s, step, K, I, spikes));
    if (step == 0)
        FSNN_TRY(scan_ready(s, K));
    double before = step ? scan_fired(s) : 0;
    enter_step(s, step, K);
    fsnn_status status = scan_forward(s, 1, I, spikes);
    leave_step(s, step + 1); /* of the call so far */
    s->step.fired = before;
    return status;
}

/* The last `steps` steps of the call go out of sight, or (below 0) come back: the state is that
 * after the call. */
static void hide(scan *s, int64_t steps)
{
    for (int i = 0; i <= s->others; i++) {
        scan *state = scan_state(s, i);
        state->history.time -= steps;
        state->history.u.rows -= steps;
        state->history.x.rows -= scan_apart(state) ? steps : 0;
    }
}

fsnn_status scan_step_backward(scan *s, int64_t step, const real *I, const real *spikes,
                               const real *gspikes, const scan_grads *grads)
{
    FRONT_RETURN(s, front_backward(s, step, I, spikes, gspikes, grads));
    const int64_t K = s->K, past = K - 1 - step;
    const bool begins = s->chain.begins;
    hide(s, past);
    enter_step(s, step, s->step.of);
    s->chain.begins = begins && step == 0;
    fsnn_status status = scan_backward(s, I, spikes, gspikes, grads);
    s->chain.begins = begins;
    leave_step(s, K);
    hide(s, -past);
    return status;
}

void scan_chain(scan *s)
{
    FRONT_RETURN(s, twin_chain(s->twin));
    s->chain.later = 0;
    s->chain.handed = false;
    for (int i = 0; i < s->others; i++)
        scan_chain(&s->other[i]);
}

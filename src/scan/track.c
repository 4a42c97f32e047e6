/* What a call knows of a state before its tiles are gone through: numbers of outputs, and,
 * backward, derivatives of the weights by the parameters of the order. */
#include "scan/track.h"

/* Where the gradient of parameter p of the order goes (frac_memory_params); NULL: it is not
 * learned. */
static real *gradient_of(const scan *s, const scan_grads *grads, int p)
{
    int terms = s->memory.order.terms;
    if (p < terms)
        return grads->alpha ? grads->alpha + p : NULL;
    if (p < 2 * terms)
        return grads->coefficient ? grads->coefficient + (p - terms) : NULL;
    return grads->par[PAR_TAU];
}

/* Numbers that the derivatives of one sum take: of lags, of the first drive, of modes, as far as
 * they are settled. */
static int64_t order_numbers(const scan *s)
{
    const frac_modes *modes = &s->memory.modes;
    int64_t out = s->memory.compressed ? modes->padded * modes->stride : 0;
    return s->memory.capacity + FRAC_PAD + s->memory.starts + out;
}

/* Derivatives of each sum, one after the other from `space` on. Only the first sum has a gain. */
static fsnn_status derive(const scan *s, real *space, scan_order *order)
{
    for (int k = 0; k < s->memory.sums; k++, space += order_numbers(s)) {
        real none;
        order->dw[k] = space;
        order->dstart[k] = space + s->memory.capacity + FRAC_PAD;
        order->dout[k] = order->dstart[k] + s->memory.starts;
        FSNN_TRY(frac_memory_derive(&s->memory, k, order->number, order->dw[k], order->dstart[k],
                                    order->dout[k], k ? &none : &order->dgain));
    }
    return FSNN_OK;
}

/* Integer methods have no order to learn, whatever their memory counts. */
static int params_of(const scan *s)
{
    return s->memory.method->integer ? 0 : frac_memory_params(&s->memory);
}

void track_call_open(track_call *c, scan *state, int64_t time)
{
    c->state = state;
    c->memory = &state->memory;
    c->lags = frac_kernels_get();
    c->modes = frac_modes_kernels_get();
    c->apart = scan_apart(state);
    c->first = scan_output(state, time);
}

fsnn_status track_call_open_back(track_call *c, scan *s, const scan_grads *grads)
{
    track_call_open(c, s, s->history.time - s->K);
    c->top = c->first + s->K - 1 + s->chain.later;
    c->order = s->adjoint.order;
    c->orders = 0;
    for (int p = 0; p < params_of(s); p++)
        if (gradient_of(s, grads, p))
            s->adjoint.order[c->orders++].number = p;
    if (scan_goes_back(s)) /* the step after has left the derivatives */
        return FSNN_OK;
    int64_t numbers = s->memory.sums * order_numbers(s);
    FSNN_TRY(scan_block_reserve(&s->adjoint.dw, fsnn_bytes(numbers * c->orders, sizeof(real))));
    for (int o = 0; o < c->orders; o++)
        FSNN_TRY(derive(s, (real *)s->adjoint.dw.data + o * numbers, &s->adjoint.order[o]));
    return FSNN_OK;
}

void track_call_close_back(const track_call *c)
{
    scan *s = c->state;
    s->chain.later = scan_q_kept(s, s->chain.later + s->K);
    s->chain.span = c->first / FRAC_SPAN;
    s->chain.handed = true;
}

/* (States of fractional order have the same parameters, and leave sums at the same places.) */
void track_add_gradients(const track_call *calls, int states, const scan_grads *grads)
{
    const scan *v = calls[0].state;
    const track_call *c = calls;
    while (c < calls + states - 1 && c->orders == 0)
        c++;
    for (int o = 0; o < c->orders; o++)
        scan_add_part(v, SCAN_PARS + c->order[o].number, gradient_of(v, grads, c->order[o].number));
}

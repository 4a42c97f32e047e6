/* integer/run_kernel.c: one step of a program, by the C that is exported. */
#include "base/isa_kernel.h"
#include "integer/run.h"

#include "integer/parts/span.part"

#include "integer/parts/weight8.part"

#include "integer/parts/integer_products.part"

#include "integer/parts/integer_linear.part"

#include "integer/parts/integer_conv.part"

#include "integer/parts/integer_depthwise.part"

#include "integer/parts/integer_mean.part"

#include "integer/parts/integer_pool.part"

#include "integer/parts/integer_voting.part"

#include "integer/parts/integer_move.part"

#include "integer/parts/integer_affine.part"

#include "integer/parts/integer_turn.part"

#include "integer/parts/integer_delay.part"

typedef void run_fn(const integer_step *t, int32_t *s);

static void linear(const integer_step *t, int32_t *s)
{
    for (int64_t r = 0; r < t->rows; r++)
        net_linear(s + t->in_at[0] + r * t->input_numbers, (uint32_t)t->input_numbers, t->down[0],
                   t->weight, &t->factors, (uint32_t)t->outputs, s + t->out_at + r * t->outputs);
}

static void conv(const integer_step *t, int32_t *s)
{
    net_conv(&t->window, s + t->in_at[0], t->down[0], t->weight, &t->factors, s + t->out_at);
}

static void depthwise(const integer_step *t, int32_t *s)
{
    net_depthwise(&t->window, s + t->in_at[0], t->down[0], t->weight, &t->factors, s + t->out_at);
}

static void pool(const integer_step *t, int32_t *s)
{
    net_pool(&t->window, t->pool, t->down[0], s + t->in_at[0], s + t->out_at);
}

static void voting(const integer_step *t, int32_t *s)
{
    net_voting(s + t->in_at[0], (uint32_t)t->numbers, (uint32_t)t->voters, (int32_t)t->more,
               s + t->out_at);
}

static void affine(const integer_step *t, int32_t *s)
{
    net_affine(s + t->in_at[0], (uint32_t)t->numbers, (uint32_t)t->stride, (uint32_t)t->channels,
               &t->factors, s + t->out_at);
}

static void move(const integer_step *t, int32_t *s)
{
    for (int64_t k = 0, at = 0; k < t->inputs; at += t->width[k], k++)
        net_move(s + t->in_at[k], (uint32_t)t->rows, (uint32_t)t->width[k], (uint32_t)t->whole,
                 t->down[k], s + t->out_at + at);
}

static void add(const integer_step *t, int32_t *s)
{
    const uint32_t count = (uint32_t)t->numbers;
    net_move(s + t->in_at[0], 1, count, count, t->down[0], s + t->out_at);
    for (int k = 1; k < t->inputs; k++)
        net_add(s + t->in_at[k], count, t->down[k], s + t->out_at);
}

static void turn(const integer_step *t, int32_t *s)
{
    net_turn(s + t->in_at[0], (uint32_t)t->rows, (uint32_t)t->columns, s + t->out_at);
}

static void put(const integer_step *t, int32_t *s)
{
    net_delay_put(s + t->in_at[0], s + t->past, (uint32_t)t->depth, s + t->at,
                  (uint32_t)t->numbers);
}

static void delay(const integer_step *t, int32_t *s)
{
    net_delay_read(t->inputs ? s + t->in_at[0] : NULL, s + t->past, (uint32_t)t->depth, s[t->at],
                   t->lag, (uint32_t)t->same, (uint32_t)t->numbers, s + t->out_at);
    if (t->inputs)
        put(t, s);
}

static void neuron(const integer_step *t, int32_t *s)
{
    const net_past past = {s + t->past, s + t->modes, s + t->wait, (uint32_t)s[t->at]};
    if (t->equation)
        net_own_neurons(t->equation, &t->neuron, &t->memory, &past, s + t->in_at[0], s + t->out_at);
    else
        net_neurons(&t->neuron, &t->memory, &past, s + t->in_at[0], s + t->out_at);
}

static void view(const integer_step *t, int32_t *s)
{
    (void)t, (void)s;
}

static run_fn *const forms[INTEGER_FORMS] = {
    [INTEGER_VIEW] = view,           [INTEGER_LINEAR] = linear, [INTEGER_CONV] = conv,
    [INTEGER_DEPTHWISE] = depthwise, [INTEGER_POOL] = pool,     [INTEGER_VOTING] = voting,
    [INTEGER_AFFINE] = affine,       [INTEGER_MOVE] = move,     [INTEGER_ADD] = add,
    [INTEGER_TURN] = turn,           [INTEGER_DELAY] = delay,   [INTEGER_PUT] = put,
    [INTEGER_NEURON] = neuron,
};

static void run(const fsnn_integer *p, int32_t *state, bool same)
{
    for (int i = 0; i < p->steps; i++)
        if (!(same && p->step[i].still))
            forms[p->step[i].form](&p->step[i], state);
    for (int i = 0; i < p->steps; i++) {
        const integer_step *t = &p->step[i];
        if (t->form == INTEGER_NEURON)
            net_advance(&t->memory, state + t->past, state + t->modes, state + t->at);
    }
}

extern const integer_kernels FSNN_K(integer_kernels);
const integer_kernels FSNN_K(integer_kernels) = {.run = run};

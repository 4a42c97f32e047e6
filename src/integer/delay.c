/* integer/delay.c: delays, with a source of their own or closing a loop. */
#include "integer/integer.h"
#include "net/delay.h"

static fsnn_status lags(fsnn_integer *p, const op_node *node, integer_step *t)
{
    const fsnn_delay *o = node->options;
    t->depth = net_delay_depth(node);
    t->same = o->each ? 1 : o->steps;
    if (!o->each)
        return FSNN_OK;
    t->lag = integer_alloc(p, (size_t)t->numbers * sizeof *t->lag);
    if (!t->lag)
        return FSNN_EMEMORY;
    for (int64_t i = 0; i < t->numbers; i++)
        t->lag[i] = (uint32_t)net_delay_lag(node, i);
    return FSNN_OK;
}

/* What a delay of a loop gives is known before its source is: spikes. */
fsnn_status integer_make_delay(fsnn_integer *p, const net_step *s, integer_step *t)
{
    const fsnn_delay *o = s->op->options;
    if (!o->each && o->steps == 0)
        return integer_make_copy(p, s, t);
    t->form = INTEGER_DELAY;
    FSNN_TRY(lags(p, s->op, t));
    t->past = integer_state(p, t->depth * t->numbers);
    t->at = integer_state(p, 1);
    integer_give(p, s, t->inputs ? *integer_in(p, s, 0) : integer_value_of(0, 0));
    if (!t->inputs)
        p->value[s->out[0]].bound = 1;
    return FSNN_OK;
}

/* The step that takes in what a delay of a loop gives later. */
fsnn_status integer_make_put(fsnn_integer *p, const net_step *s, integer_step *t)
{
    const integer_step *delay = &p->step[s->partner];
    const integer_value *in = integer_in(p, s, 0);
    if (in->fraction != 0 || in->bound > 1)
        return integer_refuse(&p->net->step[s->partner],
                              "in a loop it delays what is no spike; a delay of a layer of neurons "
                              "works");
    t->form = INTEGER_PUT;
    t->numbers = delay->numbers;
    t->depth = delay->depth;
    t->past = delay->past;
    t->at = delay->at;
    return FSNN_OK;
}

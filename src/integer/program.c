/* integer/program.c: a program is made, step by step in the order of the network, so that what a
 * value's fraction and bound are is known before it is read. */
#include "integer/integer.h"

#include "base/error_key.h"

#include <math.h>
#include <stdarg.h>

/* ---- what steps ask for ---- */

void *integer_alloc(fsnn_integer *p, size_t bytes)
{
    if (fsnn_grow(&p->owned, p->owned_count, &p->owned_capacity, p->owned_count + 1,
                  sizeof *p->owned))
        return NULL;
    void *memory = fsnn_alloc(bytes + 1);
    if (memory)
        p->owned[p->owned_count++] = memory;
    return memory;
}

int64_t integer_state(fsnn_integer *p, int64_t count)
{
    int64_t at = p->numbers;
    p->numbers += count;
    return at;
}

fsnn_status integer_refuse(const net_step *s, const char *format, ...)
{
    char why[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(why, sizeof why, format, list);
    va_end(list);
    const char *name = s->op->name ? s->op->name : "";
    return fsnn_fail_key(FSNN_EUNSUPPORTED, name, "%s \"%s\" has no integers: %s", s->op->op->kind,
                         name, why);
}

enum { FRACTION_MOST = 30 };

int integer_fraction(double bound)
{
    int exponent;
    if (!(bound > 0))
        return FRACTION_MOST;
    frexp(bound * (1 + 0x1p-20), &exponent); /* below 2^exponent */
    return FRACTION_MOST - exponent < FRACTION_MOST ? FRACTION_MOST - exponent : FRACTION_MOST;
}

integer_value integer_value_of(double bound, int fraction)
{
    return (integer_value){.fraction = fraction, .bound = ceil(ldexp(bound, fraction)) + 1};
}

double integer_real_bound(const integer_value *v)
{
    return ldexp(v->bound, -v->fraction);
}

const integer_value *integer_in(const fsnn_integer *p, const net_step *s, int k)
{
    return &p->value[s->in[k]];
}

void integer_give(fsnn_integer *p, const net_step *s, integer_value value)
{
    p->value[s->out[0]] = value;
}

const float *integer_param(const fsnn_integer *p, const net_step *s, int q)
{
    return net_step_param(p->net, s, q)->value;
}

int32_t integer_number(double x, int fraction)
{
    double y = rint(ldexp(x, fraction));
    return y > INT32_MAX ? INT32_MAX : y < -INT32_MAX ? -INT32_MAX : (int32_t)y;
}

/* ---- making ---- */

static fsnn_status check(const fsnn_net *net, const fsnn_integer_options *o)
{
    const fsnn_plan *plan = &net->plan;
    if (!net->wrapped)
        return fsnn_fail(FSNN_ESTATE, "the net is not wrapped: fsnn_net_wrap comes first");
    if (net->dynamics.precision != FSNN_PRECISION_SINGLE)
        return fsnn_fail_key(FSNN_EUNSUPPORTED, "dynamics.precision",
                             "a net in double precision has no integers; dynamics.precision: "
                             "single works");
    if (plan->steps != 1 || plan->batch != 1 || plan->training || !plan->stream)
        return fsnn_fail(FSNN_ESTATE,
                         "the net is wrapped for %lld steps of %lld samples%s: integers are made "
                         "of a stream of one step of one sample",
                         (long long)plan->steps, (long long)plan->batch,
                         plan->training ? ", for training" : "");
    if (o->bits != 8 && o->bits != 4)
        return fsnn_fail(FSNN_EARGUMENT, "weights have 8 or 4 bits, not %d", o->bits);
    if (!(o->range >= 0 && o->range <= 1e30))
        return fsnn_fail(FSNN_EARGUMENT,
                         "the range of the inputs is %g: it is a number above 0, "
                         "or 0 for that of the calibration",
                         o->range);
    return FSNN_OK;
}

static fsnn_status check_kinds(const fsnn_net *net)
{
    char known[512];
    for (int i = 0; i < net->steps; i++) {
        if (integer_kind_of(&net->step[i]))
            continue;
        integer_kinds_text(known, sizeof known);
        return integer_refuse(&net->step[i], "of layers %s have them; type float works", known);
    }
    return FSNN_OK;
}

static fsnn_status check_input(const fsnn_net *net, const fsnn_array *x)
{
    char is[128], wanted[128];
    fsnn_shape shape = {.rank = net->input_shape.rank + 2};
    if (!x)
        return FSNN_OK;
    for (int i = 0; i < shape.rank; i++)
        shape.dim[i] =
            i < 2 ? i < x->shape.rank ? x->shape.dim[i] : 1 : net->input_shape.dim[i - 2];
    if (x->dtype == FSNN_F32 && x->data && fsnn_shape_equal(&x->shape, &shape))
        return FSNN_OK;
    return fsnn_fail(FSNN_ESHAPE, "the calibration's array x is %s %s, not float32 %s",
                     fsnn_dtype_name(x->dtype), fsnn_shape_text(&x->shape, is, sizeof is),
                     fsnn_shape_text(&shape, wanted, sizeof wanted));
}

/* Whole numbers stay as they are; others have as many bits as 16 have room for. */
static fsnn_status take_range(fsnn_integer *p)
{
    enum { MOST = INT16_MAX, FRACTION = 14 };
    const fsnn_array *x = p->options.x;
    const float *number = x ? x->data : NULL;
    double largest = 0;
    bool whole = x != NULL;
    for (int64_t i = 0; x && i < fsnn_shape_count(&x->shape); i++) {
        largest = fabs((double)number[i]) > largest ? fabs((double)number[i]) : largest;
        whole = whole && number[i] == rintf(number[i]);
    }
    double range = p->options.range > 0 ? p->options.range : largest > 0 ? largest : 1;
    if (range > MOST)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "inputs reach %g: integers take them up to %d; scaled "
                         "down they work",
                         range, MOST);
    if (!(whole && range == rint(range))) {
        int exponent;
        frexp(range / MOST, &exponent);
        p->in_fraction = -exponent < FRACTION ? -exponent : FRACTION;
    }
    double most = ceil(ldexp(range, p->in_fraction));
    p->in_most = most < MOST ? (int32_t)most : MOST;
    p->value[p->in_value] = (integer_value){.fraction = p->in_fraction, .bound = p->in_most};
    return FSNN_OK;
}

static fsnn_status reserve(fsnn_integer *p)
{
    const fsnn_net *net = p->net;
    p->values = net->values;
    p->steps = net->steps;
    p->value = integer_alloc(p, (size_t)net->values * sizeof *p->value);
    p->root = integer_alloc(p, (size_t)net->values * sizeof *p->root);
    p->place = integer_alloc(p, (size_t)net->values * sizeof *p->place);
    p->step = integer_alloc(p, (size_t)net->steps * sizeof *p->step);
    if (!p->value || !p->root || !p->place || !p->step)
        return FSNN_EMEMORY;
    for (int v = 0; v < net->values; v++) {
        p->root[v] = net->value[v].root;
        if (net->value[v].step < 0)
            p->in_value = v;
    }
    p->in_numbers = fsnn_shape_count(&net->input_shape);
    p->out_value = net->out_value;
    p->out = net->value[net->out_value].shape;
    p->out_numbers = fsnn_shape_count(&p->out);
    p->out_last = net->value[net->out_value].last;
    return FSNN_OK;
}

/* Whether all that a step reads follows from the input of the step alone, and so what it gives. */
static bool still(const fsnn_integer *p, const integer_step *t)
{
    const bool remembers =
        t->form == INTEGER_NEURON || t->form == INTEGER_DELAY || t->form == INTEGER_PUT;
    for (int k = 0; k < t->inputs; k++) {
        const int writer = p->net->value[t->in[k]].step;
        if (writer >= 0 && !p->step[writer].still)
            return false;
    }
    return !remembers && t->inputs > 0;
}

static fsnn_status make_step(fsnn_integer *p, int i)
{
    const net_step *s = &p->net->step[i];
    integer_step *t = &p->step[i];
    t->inputs = s->op->inputs;
    t->out = s->op->outputs ? s->out[0] : -1;
    t->numbers = s->op->outputs ? fsnn_shape_count(&s->op->out[0]) : 0;
    for (int k = 0; k < t->inputs; k++)
        t->in[k] = s->in[k];
    FSNN_TRY(integer_kind_of(s)(p, s, t));
    t->still = still(p, t);
    return FSNN_OK;
}

/* Values get their places once it is known which of them share memory. */
static void place(fsnn_integer *p)
{
    for (int v = 0; v < p->values; v++)
        if (p->root[v] == v)
            p->place[v] = integer_state(p, fsnn_shape_count(&p->net->value[v].shape));
    for (int i = 0; i < p->steps; i++) {
        integer_step *t = &p->step[i];
        for (int k = 0; k < t->inputs; k++)
            t->in_at[k] = p->place[p->root[t->in[k]]];
        t->out_at = t->out < 0 ? 0 : p->place[p->root[t->out]];
    }
}

static fsnn_status make(fsnn_integer *p)
{
    FSNN_TRY(reserve(p));
    FSNN_TRY(take_range(p));
    for (int i = 0; i < p->steps; i++)
        FSNN_TRY(make_step(p, i));
    place(p);
    if (p->numbers > NET_MOST_NUMBERS)
        return fsnn_fail(FSNN_EUNSUPPORTED, "the state has %lld numbers: that is too many",
                         (long long)p->numbers);
    p->net = NULL;
    p->inverted = NULL;
    p->options.x = NULL;
    p->options.seen = NULL;
    return FSNN_OK;
}

fsnn_integer_options fsnn_integer_options_default(void)
{
    return (fsnn_integer_options){.bits = 8};
}

fsnn_status fsnn_integer_create(const fsnn_net *net, const fsnn_integer_options *options,
                                fsnn_integer **result)
{
    FSNN_NEED(net);
    FSNN_NEED(options);
    FSNN_NEED(result);
    *result = NULL;
    FSNN_TRY(check(net, options));
    FSNN_TRY(check_kinds(net));
    FSNN_TRY(check_input(net, options->x));
    fsnn_integer *p = fsnn_alloc(sizeof *p);
    if (!p)
        return FSNN_EMEMORY;
    p->net = net;
    p->options = *options;
    fsnn_status status = make(p);
    if (status) {
        fsnn_integer_destroy(p);
        return status;
    }
    *result = p;
    return FSNN_OK;
}

int fsnn_integer_bits(const fsnn_integer *integer)
{
    return integer ? integer->options.bits : 0;
}

void fsnn_integer_destroy(fsnn_integer *integer)
{
    if (!integer)
        return;
    for (int64_t i = 0; i < integer->owned_count; i++)
        fsnn_free(integer->owned[i]);
    fsnn_free(integer->owned);
    fsnn_free(integer);
}

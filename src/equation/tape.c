/* The tape: building, and its backward. */
#include "equation/code.h"

#include "base/real.h"
#include <math.h>
#include <string.h>

void tape_free(tape *t)
{
    fsnn_free(t->value);
    t->value = NULL;
}

static bool is_const(const tape *t, int a)
{
    return t->value[a].op == TAPE_CONST;
}

static bool is_number(const tape *t, int a, real number)
{
    return is_const(t, a) && t->value[a].number == number;
}

static unsigned bucket_of(const tape_value *v)
{
    uint32_t bits;
    memcpy(&bits, &v->number, sizeof bits);
    uint32_t h = (uint32_t)v->op * 0x9E3779B9u ^ bits;
    h = (h ^ (uint32_t)v->a) * 0x85EBCA6Bu;
    h = (h ^ (uint32_t)v->b) * 0xC2B2AE35u;
    h = (h ^ (uint32_t)v->c) * 0x27D4EB2Fu;
    return (h ^ h >> 15) % TAPE_BUCKETS;
}

static bool grow(tape *t)
{
    if (!t->status)
        t->status = t->count < TAPE_VALUES ? fsnn_grow(&t->value, t->count, &t->capacity,
                                                       t->count + 1, sizeof *t->value)
                                           : FSNN_EUNSUPPORTED;
    return !t->status;
}

fsnn_status tape_init(tape *t)
{
    memset(t, 0, sizeof *t);
    tape_const(t, 0);
    return t->status;
}

/* On a tape that failed every value is the first one. */
static int intern(tape *t, tape_value v)
{
    int *bucket = &t->bucket[bucket_of(&v)];
    for (int i = *bucket; i; i = t->value[i - 1].next) {
        const tape_value *w = &t->value[i - 1];
        if (w->op == v.op && w->a == v.a && w->b == v.b && w->c == v.c &&
            memcmp(&w->number, &v.number, sizeof v.number) == 0)
            return i - 1;
    }
    if (!grow(t))
        return 0;
    v.next = *bucket;
    t->value[t->count] = v;
    *bucket = ++t->count;
    return t->count - 1;
}

int tape_slot(tape *t, int slot)
{
    return intern(t, (tape_value){.op = TAPE_SLOT, .a = slot, .b = -1, .c = -1});
}

int tape_const(tape *t, double number)
{
    if (fabs(number) > REAL_MAX && !t->status)
        t->status = FSNN_ENUMERIC;
    return intern(
        t, (tape_value){.op = TAPE_CONST, .a = -1, .b = -1, .c = -1, .number = (real)number});
}

int tape_op(tape *t, int op, int a, int b, int c)
{
    return intern(t, (tape_value){.op = op, .a = a, .b = b, .c = c});
}

int tape_neg(tape *t, int a)
{
    tape_value v = t->value[a];
    if (v.op == TAPE_CONST)
        return tape_const(t, -(double)v.number);
    if (v.op == OP_NEG)
        return v.a;
    if (v.op == OP_SUB)
        return tape_op(t, OP_SUB, v.b, v.a, -1);
    if (v.op == OP_MUL && (is_const(t, v.b) || t->value[v.b].op == OP_SUB))
        return tape_op(t, OP_MUL, v.a, tape_neg(t, v.b), -1);
    if (v.op == OP_MUL && t->value[v.a].op == OP_SUB)
        return tape_op(t, OP_MUL, tape_neg(t, v.a), v.b, -1);
    return tape_op(t, OP_NEG, a, -1, -1);
}

int tape_add(tape *t, int a, int b)
{
    if (is_number(t, a, 0))
        return b;
    if (is_number(t, b, 0))
        return a;
    if (t->value[b].op == OP_NEG)
        return tape_sub(t, a, t->value[b].a);
    if (t->value[a].op == OP_NEG)
        return tape_sub(t, b, t->value[a].a);
    return tape_op(t, OP_ADD, a, b, -1);
}

int tape_sub(tape *t, int a, int b)
{
    if (is_number(t, b, 0))
        return a;
    if (is_number(t, a, 0))
        return tape_neg(t, b);
    if (t->value[b].op == OP_NEG)
        return tape_add(t, a, t->value[b].a);
    return tape_op(t, OP_SUB, a, b, -1);
}

/* Numbers stand second, and one of them is enough. */
int tape_mul(tape *t, int a, int b)
{
    if (is_const(t, a) && !is_const(t, b))
        return tape_mul(t, b, a);
    if (is_const(t, a) && is_const(t, b))
        return tape_const(t, (double)t->value[a].number * t->value[b].number);
    if (is_number(t, b, 1))
        return a;
    if (is_number(t, b, -1))
        return tape_neg(t, a);
    if (t->value[a].op == OP_NEG)
        return is_const(t, b) ? tape_mul(t, t->value[a].a, tape_neg(t, b))
                              : tape_neg(t, tape_mul(t, t->value[a].a, b));
    if (t->value[b].op == OP_NEG)
        return tape_neg(t, tape_mul(t, a, t->value[b].a));
    if (is_const(t, b) && t->value[a].op == OP_MUL && is_const(t, t->value[a].b)) {
        double both = (double)t->value[t->value[a].b].number * t->value[b].number;
        if (fabs(both) <= REAL_MAX)
            return tape_mul(t, t->value[a].a, tape_const(t, both));
    }
    return tape_op(t, OP_MUL, a, b, -1);
}

int tape_div(tape *t, int a, int b)
{
    if (t->value[a].op == OP_NEG)
        return tape_neg(t, tape_op(t, OP_DIV, t->value[a].a, b, -1));
    return tape_op(t, OP_DIV, a, b, -1);
}

void tape_output_add(tape *t, int value, int slot)
{
    if (t->outputs == TAPE_OUTPUTS)
        t->status = t->status ? t->status : FSNN_EUNSUPPORTED;
    else
        t->output[t->outputs++] = (tape_output){value, slot};
}

/* ---- backward ---- */

typedef struct reverse {
    tape *t;
    int *adjoint;
} reverse;

static void accumulate(const reverse *r, int value, int gradient)
{
    int *g = &r->adjoint[value];
    if (!is_const(r->t, value))
        *g = *g < 0 ? gradient : tape_add(r->t, *g, gradient);
}

static void back_add(const reverse *r, int y, tape_value v, int g)
{
    (void)y;
    accumulate(r, v.a, g);
    accumulate(r, v.b, g);
}

static void back_sub(const reverse *r, int y, tape_value v, int g)
{
    (void)y;
    accumulate(r, v.a, g);
    accumulate(r, v.b, tape_neg(r->t, g));
}

static void back_mul(const reverse *r, int y, tape_value v, int g)
{
    (void)y;
    if (v.a == v.b) {
        accumulate(r, v.a, tape_mul(r->t, tape_mul(r->t, g, v.a), tape_const(r->t, 2)));
        return;
    }
    accumulate(r, v.a, tape_mul(r->t, g, v.b));
    accumulate(r, v.b, tape_mul(r->t, g, v.a));
}

static void back_neg(const reverse *r, int y, tape_value v, int g)
{
    (void)y;
    accumulate(r, v.a, tape_neg(r->t, g));
}

static void back_div(const reverse *r, int y, tape_value v, int g)
{
    int ga = tape_div(r->t, g, v.b);
    accumulate(r, v.a, ga);
    accumulate(r, v.b, tape_neg(r->t, tape_mul(r->t, ga, y)));
}

static void back_sqrt(const reverse *r, int y, tape_value v, int g)
{
    int root = tape_op(r->t, OP_ATLEAST, y, -1, -1);
    accumulate(r, v.a, tape_div(r->t, tape_mul(r->t, g, tape_const(r->t, 0.5)), root));
}

static void back_exp(const reverse *r, int y, tape_value v, int g)
{
    accumulate(r, v.a, tape_mul(r->t, g, y));
}

static void back_log(const reverse *r, int y, tape_value v, int g)
{
    (void)y;
    accumulate(r, v.a, tape_div(r->t, g, v.a));
}

static void back_tanh(const reverse *r, int y, tape_value v, int g)
{
    int slope = tape_sub(r->t, tape_const(r->t, 1), tape_mul(r->t, y, y));
    accumulate(r, v.a, tape_mul(r->t, g, slope));
}

static void back_sigmoid(const reverse *r, int y, tape_value v, int g)
{
    int rest = tape_sub(r->t, tape_const(r->t, 1), y);
    accumulate(r, v.a, tape_mul(r->t, g, tape_mul(r->t, y, rest)));
}

static void back_abs(const reverse *r, int y, tape_value v, int g)
{
    (void)y;
    accumulate(r, v.a, tape_op(r->t, OP_SIGNED, v.a, g, -1));
}

static void back_step(const reverse *r, int y, tape_value v, int g)
{
    (void)r, (void)y, (void)v, (void)g;
}

static void back_sin(const reverse *r, int y, tape_value v, int g)
{
    (void)y;
    accumulate(r, v.a, tape_mul(r->t, g, tape_op(r->t, OP_COS, v.a, -1, -1)));
}

static void back_cos(const reverse *r, int y, tape_value v, int g)
{
    (void)y;
    accumulate(r, v.a, tape_neg(r->t, tape_mul(r->t, g, tape_op(r->t, OP_SIN, v.a, -1, -1))));
}

/* All to the first argument where both are equal. */
static void back_either(const reverse *r, tape_value v, int less, int more, int g)
{
    int first = tape_op(r->t, OP_PICK, less, more, g);
    accumulate(r, v.a, first);
    accumulate(r, v.b, tape_sub(r->t, g, first));
}

static void back_min(const reverse *r, int y, tape_value v, int g)
{
    (void)y;
    back_either(r, v, v.a, v.b, g);
}

static void back_max(const reverse *r, int y, tape_value v, int g)
{
    (void)y;
    back_either(r, v, v.b, v.a, g);
}

/* a^b: b a^(b-1), and a^b log(a) with log(0) a number, since 0^b is 0. */
static void back_pow(const reverse *r, int y, tape_value v, int g)
{
    tape *t = r->t;
    int less = is_const(t, v.b) ? tape_const(t, (double)t->value[v.b].number - 1)
                                : tape_sub(t, v.b, tape_const(t, 1));
    int base = v.a;
    if (is_const(t, v.b) && t->value[v.b].number < 1 && t->value[v.b].number > 0)
        base = tape_op(t, OP_ATLEAST, v.a, -1, -1);
    accumulate(r, v.a, tape_mul(t, g, tape_mul(t, v.b, tape_op(t, OP_POW, base, less, -1))));
    if (is_const(t, v.b))
        return;
    int curl = tape_op(t, OP_LOG, tape_op(t, OP_ATLEAST, v.a, -1, -1), -1, -1);
    accumulate(r, v.b, tape_mul(t, g, tape_mul(t, y, curl)));
}

static void (*const backs[OPS])(const reverse *r, int y, tape_value v, int g) = {
    [OP_ADD] = back_add, [OP_SUB] = back_sub,   [OP_MUL] = back_mul,
    [OP_NEG] = back_neg, [OP_DIV] = back_div,   [OP_SQRT] = back_sqrt,
    [OP_EXP] = back_exp, [OP_LOG] = back_log,   [OP_TANH] = back_tanh,
    [OP_ABS] = back_abs, [OP_STEP] = back_step, [OP_SIGMOID] = back_sigmoid,
    [OP_SIN] = back_sin, [OP_COS] = back_cos,   [OP_MIN] = back_min,
    [OP_MAX] = back_max, [OP_POW] = back_pow,
};

void tape_backward(tape *t, int rows, int *adjoint)
{
    reverse r = {t, adjoint};
    int forward = t->count;
    for (int i = 0; i < forward; i++)
        adjoint[i] = -1;
    for (int i = 0; i < t->outputs; i++) {
        int slot = t->output[i].slot;
        accumulate(&r, t->output[i].value,
                   tape_slot(t, slot + (slot < EQUATION_OWN ? EQUATION_G : rows)));
    }
    t->outputs = 0;
    for (int i = forward - 1; i >= 0 && !t->status; i--)
        if (adjoint[i] >= 0 && t->value[i].op < OPS)
            backs[t->value[i].op](&r, i, t->value[i], adjoint[i]);
}

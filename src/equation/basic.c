/* equation/basic.h. */
#include "equation/basic.h"
#include "equation/code.h"

/* Operations beyond the chains. */
static const struct other {
    equation_basic_code code;
    const char *what;
} others[OPS - OP_OTHERS] = {
    [OP_COPY - OP_OTHERS] = {EQUATION_COPY, NULL},
    [OP_ZERO - OP_OTHERS] = {EQUATION_ZERO, NULL},
    [OP_NEG - OP_OTHERS] = {EQUATION_NEG, NULL},
    [OP_ABS - OP_OTHERS] = {EQUATION_ABS, NULL},
    [OP_STEP - OP_OTHERS] = {EQUATION_STEP, NULL},
    [OP_MIN - OP_OTHERS] = {EQUATION_MIN, NULL},
    [OP_MAX - OP_OTHERS] = {EQUATION_MAX, NULL},
    [OP_DIV - OP_OTHERS] = {EQUATION_FUNCTION, "divides by what changes"},
    [OP_SQRT - OP_OTHERS] = {EQUATION_FUNCTION, "calls sqrt"},
    [OP_EXP - OP_OTHERS] = {EQUATION_FUNCTION, "calls exp"},
    [OP_LOG - OP_OTHERS] = {EQUATION_FUNCTION, "calls log"},
    [OP_TANH - OP_OTHERS] = {EQUATION_FUNCTION, "calls tanh"},
    [OP_SIGMOID - OP_OTHERS] = {EQUATION_FUNCTION, "calls sigmoid"},
    [OP_SIN - OP_OTHERS] = {EQUATION_FUNCTION, "calls sin"},
    [OP_COS - OP_OTHERS] = {EQUATION_FUNCTION, "calls cos"},
    [OP_POW - OP_OTHERS] = {EQUATION_FUNCTION, "takes a power that is no whole number"},
    /* of derivatives */
    [OP_SIGNED - OP_OTHERS] = {EQUATION_FUNCTION, "takes a sign"},
    [OP_PICK - OP_OTHERS] = {EQUATION_FUNCTION, "takes one of two"},
    [OP_ATLEAST - OP_OTHERS] = {EQUATION_FUNCTION, "takes a root"},
};

/* How many links a chain has, of + - * (a second number less the first: LINK_FROM). */
static int links(const equation_op *o, int kind[EQUATION_BASICS])
{
    int code = o->op, count = 1;
    if (code >= OP_SUM)
        code -= OP_SUM, count = 3;
    else if (code >= OP_THREE)
        code -= OP_THREE, count = 3;
    else if (code >= OP_TWO)
        code -= OP_TWO, count = 2;
    for (int i = 0; i < count; i++)
        kind[i] = code >> 2 * (count - 1 - i) & 3;
    if (o->op >= OP_SUM)
        kind[count++] = LINK_ADD;
    return count;
}

static int chain(const equation_op *o, equation_basic out[EQUATION_BASICS])
{
    static const equation_basic_code codes[LINKS] = {EQUATION_ADD, EQUATION_SUB, EQUATION_MUL,
                                                     EQUATION_SUB};
    const int with[EQUATION_BASICS] = {o->b, o->c, o->e, o->f};
    int kind[EQUATION_BASICS];
    const int count = links(o, kind);
    for (int i = 0; i < count; i++) {
        const int first = i ? EQUATION_LAST : o->a;
        const bool from = kind[i] == LINK_FROM;
        out[i] = (equation_basic){.code = codes[kind[i]],
                                  .d = i + 1 < count ? EQUATION_LAST : o->d,
                                  .a = from ? with[i] : first,
                                  .b = from ? first : with[i]};
    }
    return count;
}

int equation_basics(const equation *e, equation_part part, int i,
                    equation_basic out[EQUATION_BASICS])
{
    const equation_op *o = &e->part[part].op[i];
    if (o->op < OP_OTHERS)
        return chain(o, out);
    const struct other *other = &others[o->op - OP_OTHERS];
    out[0] =
        (equation_basic){.code = other->code, .d = o->d, .a = o->a, .b = o->b, .what = other->what};
    return 1;
}

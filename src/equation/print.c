/* equation/print.h: one statement an operation. */
#include "equation/print.h"
#include "equation/code.h"

#include <string.h>

equation_slot_kind equation_slot_is(const equation *e, int slot, int *index)
{
    int at = slot - EQUATION_OWN;
    *index = slot;
    if (at < 0)
        return EQUATION_SLOT_GIVEN;
    *index = at;
    if (at < 2 * e->rows)
        return EQUATION_SLOT_PREPARED;
    at -= 2 * e->rows;
    *index = at;
    if (at < e->constants)
        return EQUATION_SLOT_CONSTANT;
    *index = at - e->constants;
    return EQUATION_SLOT_TEMPORARY;
}

/* How operations beyond the chains are written, of operands a, b, c; @ is the prefix. NULL: there
 * is none. */
static const char *const forms[OPS - OP_OTHERS] = {
    [OP_COPY - OP_OTHERS] = "a",
    [OP_ZERO - OP_OTHERS] = "0.0f",
    [OP_NEG - OP_OTHERS] = "-a",
    [OP_DIV - OP_OTHERS] = "a / b",
    [OP_SQRT - OP_OTHERS] = "@sqrt(a)",
    [OP_EXP - OP_OTHERS] = "@exp(a)",
    [OP_LOG - OP_OTHERS] = "@log(a)",
    [OP_TANH - OP_OTHERS] = "@tanh(a)",
    [OP_SIGMOID - OP_OTHERS] = "@sigmoid(a)",
    [OP_ABS - OP_OTHERS] = "@abs(a)",
    [OP_STEP - OP_OTHERS] = "a >= 0 ? 1.0f : 0.0f",
    [OP_MIN - OP_OTHERS] = "a <= b ? a : b",
    [OP_MAX - OP_OTHERS] = "a >= b ? a : b",
    [OP_POW - OP_OTHERS] = "@pow(a, b)",
    [OP_SIGNED - OP_OTHERS] = "a >= 0 ? b : -b",
    [OP_PICK - OP_OTHERS] = "a <= b ? c : 0.0f",
    [OP_ATLEAST - OP_OTHERS] = "a > 0x1p-63f ? a : 0x1p-63f",
};

typedef struct operands {
    char a[EQUATION_OPERAND], b[EQUATION_OPERAND], c[EQUATION_OPERAND], e[EQUATION_OPERAND],
        f[EQUATION_OPERAND];
} operands;

static void append(char text[EQUATION_STATEMENT], const char *more)
{
    size_t length = strlen(text), left = EQUATION_STATEMENT - 1 - length, n = strlen(more);
    memcpy(text + length, more, n < left ? n : left);
    text[length + (n < left ? n : left)] = 0;
}

static void link(char text[EQUATION_STATEMENT], int kind, const char *with)
{
    static const char *const sign[LINKS] = {" + ", " - ", " * ", " - "};
    char before[EQUATION_STATEMENT];
    memcpy(before, text, sizeof before);
    text[0] = 0;
    append(text, "(");
    append(text, kind == LINK_FROM ? with : before);
    append(text, sign[kind]);
    append(text, kind == LINK_FROM ? before : with);
    append(text, ")");
}

static void print_chain(int op, const operands *o, char text[EQUATION_STATEMENT])
{
    append(text, o->a);
    if (op < OP_TWO) {
        link(text, op, o->b);
    } else if (op < OP_THREE) {
        link(text, (op - OP_TWO) / 4, o->b);
        link(text, (op - OP_TWO) % 4, o->c);
    } else {
        int code = op - (op < OP_SUM ? OP_THREE : OP_SUM);
        link(text, code / 16, o->b);
        link(text, code / 4 % 4, o->c);
        link(text, code % 4, o->e);
        if (op >= OP_SUM)
            link(text, LINK_ADD, o->f);
    }
}

static void print_form(const char *form, const char *prefix, const operands *o,
                       char text[EQUATION_STATEMENT])
{
    for (const char *c = form; *c; c++) {
        /* operands stand alone; letters of functions do not */
        bool alone = (c == form || strchr(" (-", c[-1])) && (!c[1] || strchr(" ),", c[1]));
        const char one[2] = {*c, 0};
        append(text, *c == '@'            ? prefix
                     : alone && *c == 'a' ? o->a
                     : alone && *c == 'b' ? o->b
                     : alone && *c == 'c' ? o->c
                                          : one);
    }
}

static void read_operands(const equation_op *op, const equation_printer *p, operands *o)
{
    p->name(p->user, op->a, o->a);
    p->name(p->user, op->b, o->b);
    p->name(p->user, op->c, o->c);
    p->name(p->user, op->e, o->e);
    p->name(p->user, op->f, o->f);
}

const char *equation_print(const equation *e, equation_part part, const equation_printer *p)
{
    for (int i = 0; i < e->part[part].count; i++) {
        const equation_op *op = &e->part[part].op[i];
        char text[EQUATION_STATEMENT] = "", to[EQUATION_OPERAND];
        operands o;
        if (op->op >= OP_OTHERS && !forms[op->op - OP_OTHERS])
            return op->op == OP_SIN ? "sin" : "cos";
        read_operands(op, p, &o);
        p->name(p->user, op->d, to);
        append(text, to);
        append(text, " = ");
        char value[EQUATION_STATEMENT] = "";
        if (op->op < OP_OTHERS)
            print_chain(op->op, &o, value);
        else
            print_form(forms[op->op - OP_OTHERS], p->prefix, &o, value);
        append(text, value);
        p->statement(p->user, text);
    }
    return NULL;
}

void equation_functions(const equation *e, bool *functions, bool *root)
{
    *functions = *root = false;
    for (int part = EQUATION_CHARGE; part < EQUATION_BACK; part++)
        for (int i = 0; i < e->part[part].count; i++) {
            int op = e->part[part].op[i].op;
            *root = *root || op == OP_SQRT;
            *functions = *functions || op == OP_EXP || op == OP_LOG || op == OP_TANH ||
                         op == OP_SIGMOID || op == OP_ABS || op == OP_POW;
        }
}

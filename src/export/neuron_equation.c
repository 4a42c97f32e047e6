/* export/neuron_equation.c: users' equations as statements on local variables:
 *
 *   x0 ... states, current, spike, d0 ... derivatives, argument, f0 ... drives left, slope J */
#include "equation/print.h"
#include "export/neuron.h"

static void name_given(code_neuron *p, int slot, char text[EQUATION_OPERAND])
{
    if (slot < EQUATION_I)
        snprintf(text, EQUATION_OPERAND, slot == EQUATION_X && p->after ? "vp" : "x%d",
                 slot - EQUATION_X);
    else if (slot == EQUATION_I)
        snprintf(text, EQUATION_OPERAND, "current");
    else if (slot == EQUATION_S)
        snprintf(text, EQUATION_OPERAND, "spike");
    else if (slot < EQUATION_PAR)
        snprintf(text, EQUATION_OPERAND, p->after ? "0.0f" : "d%d", slot - EQUATION_D);
    else if (slot < EQUATION_ARG)
        snprintf(text, EQUATION_OPERAND, "%s",
                 code_constant_of(p, CODE_PAR, neuron_user_par(slot - EQUATION_PAR)).text);
    else if (slot == EQUATION_ARG)
        snprintf(text, EQUATION_OPERAND, "argument");
    else if (slot < EQUATION_J)
        snprintf(text, EQUATION_OPERAND, "f%d", slot - EQUATION_F);
    else
        snprintf(text, EQUATION_OPERAND, "J");
}

static void name(void *user, int slot, char text[EQUATION_OPERAND])
{
    code_neuron *p = user;
    int index;
    switch (equation_slot_is(p->e, slot, &index)) {
    case EQUATION_SLOT_GIVEN:
        name_given(p, slot, text);
        return;
    case EQUATION_SLOT_PREPARED:
        snprintf(text, EQUATION_OPERAND, "%s", code_constant_of(p, CODE_PREPARED, index).text);
        return;
    case EQUATION_SLOT_CONSTANT:
        snprintf(text, EQUATION_OPERAND, "%s", code_float(p->e->constant[index][0]).text);
        return;
    case EQUATION_SLOT_TEMPORARY:
        snprintf(text, EQUATION_OPERAND, "t[%d]", index);
        return;
    }
}

static void statement(void *user, const char *text)
{
    code_neuron *p = user;
    code_add(&p->body, "            %s;\n", text);
}

void code_equation(code_neuron *p, equation_part part, bool after)
{
    const equation_printer printer = {name, statement, "net_", p};
    p->after = after;
    const char *missing = equation_print(p->e, part, &printer);
    p->missing = missing ? missing : p->missing;
    p->after = false;
}

void code_equation_declare(code_neuron *p)
{
    bool functions, root;
    equation_functions(p->e, &functions, &root);
    if (functions || root)
        code_use(p->j, "absolute");
    if (functions) {
        code_use(p->j, "functions");
        code_use(p->j, "pow");
    }
    if (root)
        code_use(p->j, "sqrt");
    if (p->e->temporaries)
        code_add(&p->body, "            float t[%d] = {0};\n            (void)t;\n",
                 p->e->temporaries);
}

/* tests/neuron/equation_tools.h: making equations, also random ones. */
#ifndef EQUATION_TOOLS_H
#define EQUATION_TOOLS_H

#include "check.h"

#include "equation/equation.h"
#include "equation/code.h"

static const char *const tools_own[] = {"a", "b"};

/* Texts of one neuron; NULL: not given. */
typedef struct tools_texts {
    const char *dv, *spike, *after, *dw, *after_w;
} tools_texts;

static inline fsnn_status tools_create(tools_texts t, equation_place *place, equation **e)
{
    const equation_state states[] = {{"v", t.dv, t.after}, {"w", t.dw, t.after_w}};
    const equation_source source = {states, t.dw ? 2 : 1, t.spike, tools_own, 2};
    return equation_create(&source, place, e);
}

static inline equation *tools_equation(tools_texts t)
{
    equation *e;
    if (tools_create(t, NULL, &e) < 0)
        fail_msg("%s: %s", t.dv, fsnn_error_text());
    return e;
}

/* ---- random numbers and expressions ---- */

typedef struct tools_dice {
    uint64_t stream, index;
} tools_dice;

static inline int tools_roll(tools_dice *d, int sides)
{
    return (int)(fsnn_random_u32(77, d->stream, d->index++) % (uint32_t)sides);
}

static inline double tools_uniform(tools_dice *d, double low, double high)
{
    return low + (high - low) * (double)fsnn_random_uniform(77, d->stream, d->index++);
}

/* Appends an expression of the given depth over `names` [count]; out has room for what depth 5 can
 * come to. */
static inline void tools_expression(tools_dice *d, int depth, const char *const *names, int count,
                                    char *out)
{
    static const char *const forms[] = {"(%s + %s)",
                                        "(%s - %s)",
                                        "%s*%s",
                                        "%s*%s",
                                        "%s/(2 + abs(%s))",
                                        "min(%s, %s)",
                                        "max(%s, %s)",
                                        "pow(abs(%s) + 0.5, %s)",
                                        "tanh(%s)",
                                        "sigmoid(%s)",
                                        "exp(-abs(%s))",
                                        "log(1.5 + (%s)^2)",
                                        "sqrt(1 + (%s)^2)",
                                        "abs(%s)",
                                        "step(%s)",
                                        "sin(%s)",
                                        "cos(%s)",
                                        "-(%s)",
                                        "(%s)^2",
                                        "(%s)^3",
                                        "(2 + abs(%s))^-1.5",
                                        "(%s)^0.7*0"};
    char a[4000], b[4000];
    if (depth == 0 || tools_roll(d, 8) == 0) {
        int kind = tools_roll(d, count + 1);
        if (kind < count)
            strcpy(out, names[kind]);
        else
            sprintf(out, "%.3g", tools_uniform(d, 0.1, 3));
        return;
    }
    const char *form = forms[tools_roll(d, FSNN_COUNT(forms))];
    tools_expression(d, depth - 1, names, count, a);
    tools_expression(d, depth - 1, names, count, b);
    snprintf(out, 4000, form, a, b);
}

enum { TOOLS_TEXT = 4000 };

/* A neuron of two states; each text up to EQUATION_LENGTH. */
typedef struct tools_random {
    char text[5][TOOLS_TEXT];
    tools_texts t;
} tools_random;

static inline void tools_neuron(tools_dice *d, tools_random *r)
{
    static const char *const names[] = {"v", "w", "I",  "tau", "threshold",
                                        "a", "b", "dv", "dw",  "s"};
    static const int known[5] = {7, 9, 10, 7, 10};
    for (int i = 0; i < 5; i++)
        do
            tools_expression(d, 1 + tools_roll(d, 3), names, known[i], r->text[i]);
        while (strlen(r->text[i]) > EQUATION_LENGTH);
    r->t = (tools_texts){r->text[0], r->text[1], r->text[2], r->text[3], r->text[4]};
}

#endif

/* cli/simulate/simulate_dynamics.c: order, method, step and memory of fsnn simulate: of the
 * options, else of the description that the neuron is from, else the defaults of what is shown. */
#include "cli/simulate/simulate.h"

#include <stdlib.h>
#include <string.h>

/* ---- options ---- */

static int read_method(const char *name, sim_setup *s)
{
    enum { MOST = 32 };
    const char *known[MOST];
    int found = fsnn_method_find(name), count = 0;
    static const fsnn_method_group group[] = {FSNN_METHODS_FRACTIONAL, FSNN_METHODS_INTEGER};
    for (int g = 0; g < CLI_COUNT(group); g++)
        for (int m = FSNN_METHOD_DEFAULT + 1; m <= MOST && count < MOST; m++)
            if (fsnn_method_is((fsnn_method)m, group[g]))
                known[count++] = fsnn_method_name((fsnn_method)m);
    if (found < 0)
        return sim_no_such("method", name, known, count);
    s->method = (fsnn_method)found;
    return CLI_GOOD;
}

static int read_alpha(const char *text, sim_setup *s)
{
    const char *rest = text;
    for (s->alphas = 0;; rest++) {
        char *end;
        double alpha = strtod(rest, &end);
        if (end == rest || (*end && *end != ',') || !(alpha > 0 && alpha <= 1))
            return cli_error(CLI_USAGE,
                             "--alpha takes numbers above 0 and up to 1 with commas between, not "
                             "\"%s\"",
                             text);
        for (int i = 0; i < s->alphas; i++) {
            if (s->alpha[i] == alpha)
                return cli_error(CLI_USAGE, "--alpha %s: %g is there twice", text, alpha);
        }
        if (s->alphas == SIM_ALPHAS)
            return cli_error(CLI_USAGE, "--alpha %s: at most %d orders fit into one picture", text,
                             SIM_ALPHAS);
        s->alpha[s->alphas++] = alpha;
        rest = end;
        if (!*rest)
            return CLI_GOOD;
    }
}

static int read_memory(const char *text, sim_setup *s)
{
    char *end;
    if (!text || strcmp(text, "full") == 0)
        return CLI_GOOD;
    if (strncmp(text, "tolerance:", 10) == 0) {
        s->tolerance = strtod(text + 10, &end);
        if (end != text + 10 && !*end && s->tolerance >= 1e-12 && s->tolerance <= 0.1)
            return CLI_GOOD;
    } else {
        s->memory = strtoll(text, &end, 10);
        if (end != text && !*end && s->memory >= 1 && s->memory <= 1000000000)
            return CLI_GOOD;
    }
    return cli_error(CLI_USAGE,
                     "--memory takes full, a whole number from 1, or tolerance:E with E from 1e-12 "
                     "to 0.1, not \"%s\"",
                     text);
}

static int read_precision(const char *name, sim_setup *s)
{
    s->precision = FSNN_PRECISION_DOUBLE; /* what is to be seen is the neuron, not its rounding */
    return name ? cli_precision_find(name, &s->precision) : CLI_GOOD;
}

/* ---- a description ---- */

static const fsnn_dynamics *described(const sim_setup *s)
{
    return s->layer ? &s->dynamics : NULL;
}

static void take_method(const fsnn_dynamics *d, sim_setup *s)
{
    s->method = cli_dynamics_method(d);
    s->implicit = s->implicit || d->implicit;
}

/* The layer's order: one term like an option, several as they are. */
static void take_order(const fsnn_dynamics *d, sim_setup *s)
{
    const fsnn_order order = *d->order;
    s->alphas = 1;
    s->alpha[0] = s->integer ? 1 : order.alpha[0];
    if (!s->integer && (order.terms > 1 || order.coefficient[0] != 1))
        s->several = order;
}

static void take_memory(const fsnn_dynamics *d, sim_setup *s)
{
    s->memory = d->memory;
    s->tolerance = d->tolerance;
    s->engine = d->engine;
}

/* ---- all ---- */

static int method_of(const sim_options *o, const sim_show *row, sim_setup *s)
{
    int code = CLI_GOOD;
    if (o->method || !s->layer)
        code = read_method(o->method ? o->method : row->method, s);
    else
        take_method(described(s), s);
    s->integer = fsnn_method_is(s->method, FSNN_METHODS_INTEGER);
    return code;
}

static int order_of(const sim_options *o, const sim_show *row, sim_setup *s)
{
    if (s->layer && !o->alpha) {
        take_order(described(s), s);
        return CLI_GOOD;
    }
    return read_alpha(o->alpha ? o->alpha : s->integer ? "1" : row->alpha, s);
}

int sim_dynamics_read(const sim_options *o, const sim_show *row, sim_setup *s)
{
    const fsnn_dynamics *d = described(s);
    s->implicit = o->implicit;
    s->step = o->step.given ? o->step.value : d ? d->step : row->step;
    int code = read_precision(o->precision, s);
    if (code == CLI_GOOD)
        code = method_of(o, row, s);
    if (code == CLI_GOOD)
        code = order_of(o, row, s);
    if (code != CLI_GOOD)
        return code;
    if (d && !o->memory) {
        take_memory(d, s);
        return CLI_GOOD;
    }
    return read_memory(o->memory, s);
}

const char *sim_alpha_text(const sim_setup *s, int alpha, int digits, char *text)
{
    int used = snprintf(text, CLI_NUMBER, "%.*g", digits, s->alpha[alpha]);
    for (int m = 1; m < s->several.terms && used < CLI_NUMBER; m++)
        used += snprintf(text + used, (size_t)(CLI_NUMBER - used), "+%.*g", digits,
                         s->several.alpha[m]);
    return text;
}

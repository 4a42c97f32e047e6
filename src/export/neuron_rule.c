/* export/neuron_rule.c: one neuron at one step, in the order and with the sums of
 * scan/general_forward_kernel.c (one state) and scan/states_forward_kernel.c. */
#include "export/neuron.h"
#include "scan/states.h"

static const reset_rule *reset_of(const code_neuron *p)
{
    return scan_resetting(p->scan);
}

static bool can_scheme(frac_scheme scheme)
{
    return scheme == FRAC_EXPLICIT || scheme == FRAC_IMPLICIT || scheme == FRAC_EXACT;
}

fsnn_status code_rule_check(const code_neuron *p)
{
    const frac_memory *m = &p->scan->memory;
    if (p->scan->model->open && !p->e)
        return code_refuse(p->s, "it calls a function of another program; equations "
                                 "(docs/neurons.md) work");
    if (reset_of(p)->counts)
        return code_refuse(p->s, "reset jump counts spikes without end; current, subtract, "
                                 "value, delta, restart and none work");
    if (!can_scheme(m->scheme))
        return code_refuse(p->s,
                           "method %s takes the drive at several places of a step; gl, "
                           "l1, ab, ml and euler work",
                           m->method->name);
    return FSNN_OK;
}

#define LINE(...) code_add(&p->body, "            " __VA_ARGS__)

/* v0, where v begins. */
static code_constant rest_of(code_neuron *p)
{
    return code_constant_of(p, CODE_ROW, ROW_V0);
}

/* ---- derivative ---- */

static void print_charge(code_neuron *p)
{
    if (p->e)
        code_equation(p, EQUATION_CHARGE, false);
    else
        LINE("d0 = %s * %s;\n", p->scan->model->leaky ? "(current - x0)" : "current",
             code_constant_of(p, CODE_ROW, ROW_RATE).text);
}

/* The slope of the derivative, for implicit and exact schemes. */
static void print_leak(code_neuron *p)
{
    LINE("float J = 0;\n");
    if (p->e)
        code_equation(p, EQUATION_LEAK, false);
    else if (p->scan->model->leaky)
        LINE("J = -%s;\n", code_constant_of(p, CODE_ROW, ROW_RATE).text);
}

/* ---- spike ---- */

static void print_argument(code_neuron *p, bool ahead)
{
    const char *potential = ahead ? "(x0 + d0)" : "vp";
    if (p->e && !p->e->default_spike)
        code_equation(p, EQUATION_SPIKE, !ahead);
    else
        LINE("argument = %s - %s;\n", potential, code_constant_of(p, CODE_ROW, ROW_THRESHOLD).text);
}

static const char *fires(const code_neuron *p)
{
    return p->scan->least > 0 ? "argument > 0" : "argument >= 0";
}

static void print_rest(code_neuron *p)
{
    const char *holds = reset_of(p)->holds ? "1.0f" : "0.0f";
    LINE("if (s->wait_%d[n] > 0) {\n", p->number);
    LINE("    spike = 0;\n");
    LINE("    land = %s;\n", holds);
    LINE("    s->wait_%d[n]--;\n", p->number);
    LINE("} else {\n");
    LINE("    land = spike;\n");
    LINE("    s->wait_%d[n] = %s ? %lldu : 0;\n", p->number, fires(p), (long long)p->scan->rest);
    LINE("}\n");
}

static void print_fire(code_neuron *p, bool ahead)
{
    if (p->scan->model->readout)
        return;
    print_argument(p, ahead);
    LINE("spike = %s ? 1.0f : 0.0f;\n", fires(p));
    if (p->rests)
        print_rest(p);
    else
        LINE("land = spike;\n");
    if (ahead)
        LINE("land = spike;\n");
}

/* ---- drive ---- */

/* c, what the spike takes from the drive of v, and the drives of other states. */
static void print_drive(code_neuron *p, bool reset_drive)
{
    const bool usual = !p->e || p->e->default_after[0];
    if (p->e && (p->states > 1 ? states_after(p->e, reset_drive) : reset_drive && !usual))
        code_equation(p, EQUATION_AFTER, false);
    for (int i = 1; i < p->states; i++)
        if (p->e->default_after[i])
            LINE("f%d = d%d;\n", i, i);
    if (!reset_drive)
        return;
    if (usual)
        LINE("taken = spike * %s;\n", code_constant_of(p, CODE_ROW, ROW_RESET_DRIVE).text);
    else
        LINE("taken = d0 - f0;\n");
}

static void print_scheme(code_neuron *p)
{
    const code_literal gain = code_float(p->scan->memory.sum[0].gain);
    const char *g = gain.text;
    switch (p->scan->memory.scheme) {
    case FRAC_IMPLICIT:
        print_leak(p);
        LINE("rest = (d0 - taken) - J * u0;\n");
        LINE("next = (sum0[i] + %s * rest) / (1.0f - %s * J);\n", g, g);
        LINE("drive = (d0 - taken) + J * (next - u0);\n");
        return;
    case FRAC_EXACT:
        print_leak(p);
        LINE("drive = (d0 - taken) - J * u0;\n");
        break;
    default:
        LINE("drive = d0 - taken;\n");
    }
    LINE("next = sum0[i] + %s * drive;\n", g);
}

/* ---- reset ---- */

static void print_subtract(code_neuron *p)
{
    LINE("next = next - land * %s;\n", code_constant_of(p, CODE_ROW, ROW_THRESHOLD).text);
}

static void print_value(code_neuron *p)
{
    LINE("target = %s - %s;\n", code_constant_of(p, CODE_ROW, ROW_V_RESET).text, rest_of(p).text);
    LINE("next = land == 1.0f ? target : (1.0f - land) * next + land * target;\n");
}

static void print_delta(code_neuron *p)
{
    const float per_step = 1 / (float)p->scan->memory.h;
    const code_literal gain = code_float(p->scan->memory.sum[0].gain);
    const bool implicit = p->scan->memory.scheme == FRAC_IMPLICIT;
    LINE("impulse = land * %s * %s;\n", code_constant_of(p, CODE_ROW, ROW_THRESHOLD).text,
         code_float(per_step).text);
    if (implicit)
        LINE("response = 1.0f / (1.0f - %s * J);\n", gain.text);
    LINE("next = next - %s * %s * impulse;\n", gain.text, implicit ? "response" : "1.0f");
    LINE("drive -= %s * impulse;\n", implicit ? "response" : "1.0f");
}

static void print_restart(code_neuron *p)
{
    const int number = code_memory_number(p, 0);
    const bool modes = p->scan->memory.compressed && p->scan->memory.modes.fit.modes;
    char far[32];
    snprintf(far, sizeof far, modes ? "s->modes_%d" : "NULL", number);
    code_use(p->j, "clear");
    LINE("if (%s)\n", fires(p));
    LINE("    net_clear(&memory_%d, n, s->past_%d, %s);\n", number, number, far);
    LINE("if (land == 1.0f || %s)\n", fires(p));
    LINE("    next = drive = 0;\n");
}

static void print_nothing(code_neuron *p)
{
    (void)p;
}

static void (*const resets[FSNN_RESETS])(code_neuron *p) = {
    [FSNN_RESET_CURRENT] = print_nothing, [FSNN_RESET_NONE] = print_nothing,
    [FSNN_RESET_JUMP] = print_nothing,    [FSNN_RESET_SUBTRACT] = print_subtract,
    [FSNN_RESET_VALUE] = print_value,     [FSNN_RESET_DELTA] = print_delta,
    [FSNN_RESET_RESTART] = print_restart,
};

/* ---- the step ---- */

static void print_declarations(code_neuron *p)
{
    LINE("const uint32_t n = from + i;\n");
    LINE("const float current = in[n]%s;\n", code_resistance(p).text);
    for (int i = 0; i < p->states; i++)
        code_memory_read(p, i);
    for (int i = 0; i < p->states; i++)
        LINE("const float x%d = u%d + %s;\n", i, i,
             i ? code_float(p->scan->other[i - 1].v0).text : rest_of(p).text);
    for (int i = 0; i < p->states; i++)
        LINE("float d%d = 0, f%d = 0;\n", i, i);
    LINE("float argument = 0, spike = 0, land = 0, taken = 0, drive, next, vp;\n");
    LINE("float rest = 0, target = 0, impulse = 0, response = 1;\n");
    if (p->e)
        code_equation_declare(p);
}

static void print_others(code_neuron *p)
{
    for (int i = 1; i < p->states; i++) {
        char f[16], next[16];
        snprintf(f, sizeof f, "f%d", i);
        snprintf(next, sizeof next, "next%d", i);
        LINE("const float next%d = sum%d[i] + %s * f%d;\n", i, i,
             code_float(p->scan->other[i - 1].memory.sum[0].gain).text, i);
        code_memory_write(p, i, next, f);
    }
}

static void print_end(code_neuron *p)
{
    code_memory_write(p, 0, "next", "drive");
    if (p->scan->model->readout)
        LINE("out[n] = next + %s;\n", rest_of(p).text);
    else
        LINE("out[n] = spike;\n");
    /* names that this neuron has no use for */
    LINE("(void)argument, (void)land, (void)rest, (void)target, (void)impulse, (void)response;\n");
    LINE("(void)vp, (void)current, (void)drive, (void)spike;\n");
    for (int i = 0; i < p->states; i++)
        LINE("(void)x%d, (void)d%d, (void)f%d;\n", i, i, i);
}

void code_rule_print(code_neuron *p)
{
    const reset_rule *reset = reset_of(p);
    print_declarations(p);
    print_charge(p);
    if (reset->ahead) {
        print_fire(p, true);
        print_drive(p, reset->reset_drive);
        print_scheme(p);
        LINE("vp = next;\n");
    } else {
        print_scheme(p);
        LINE("vp = next + %s;\n", rest_of(p).text);
        print_fire(p, false);
        print_drive(p, false);
    }
    resets[p->scan->options.reset](p);
    print_others(p);
    print_end(p);
}

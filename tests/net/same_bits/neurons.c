/* Every kind of neuron; users' neurons as equations and as callbacks. */
#include "bits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The same neuron in C as "own" in the table, with learned a and b. */
static int dv_of(const fsnn_neuron_rows *at, float *out, void *user)
{
    (void)user;
    for (int i = 0; i < at->n; i++)
        out[i] =
            (at->param[3][i] * at->I[i] - at->v[i] - at->param[2][i] * at->v[i] * at->v[i] / 4) /
            at->param[0][i];
    return 0;
}

static int dv_slopes(const fsnn_neuron_rows *at, const fsnn_neuron_slopes *out, void *user)
{
    (void)user;
    for (int i = 0; i < at->n; i++) {
        float v = at->v[i], tau = at->param[0][i], a = at->param[2][i], b = at->param[3][i];
        float dv = (b * at->I[i] - v - a * v * v / 4) / tau;
        if (out->v)
            out->v[i] = (-1 - a * v / 2) / tau;
        if (out->I)
            out->I[i] = b / tau;
        const float by[] = {-dv / tau, 0, -v * v / 4 / tau, at->I[i] / tau};
        for (int p = 0; p < 4; p++)
            if (out->param[p])
                out->param[p][i] = by[p];
    }
    return 0;
}

static int spike_of(const fsnn_neuron_rows *at, float *out, void *user)
{
    (void)user;
    for (int i = 0; i < at->n; i++)
        out[i] = at->v[i] + at->dv[i] - at->param[1][i];
    return 0;
}

void neurons_register(void)
{
    fsnn_neuron_callback c = {.dv = dv_of, .dv_slopes = dv_slopes, .params = 2};
    c.param[0] = (fsnn_user_param){"a", {.value = 0.25}};
    c.param[1] = (fsnn_user_param){"b", {.value = 1}};
    bool good = fsnn_neuron_register("slopes", &c) == FSNN_OK;
    c.dv_slopes = NULL;
    c.spike = spike_of;
    good = good && fsnn_neuron_register("differences", &c) == FSNN_OK;
    if (!good)
        line_failed("callbacks");
}

#define LEARNED(name, number, unit)                                                                \
    {                                                                                              \
        name,                                                                                      \
        {                                                                                          \
            .value = number, .learn = true, .per = unit                                            \
        }                                                                                          \
    }
#define A_AND_B                                                                                    \
    .params = 2,                                                                                   \
    .param = {LEARNED("a", 0.25, FSNN_PER_CHANNEL), LEARNED("b", 1.125, FSNN_PER_LAYER)}

static const neuron_row table[] = {
    {"if", "if", {.dv = NULL}},
    {"lif", "lif", {.dv = NULL}},
    {"noisy", "noisy", {.dv = NULL}},
    {"readout", "readout", {.dv = NULL}},
    {"qif",
     "qif",
     {.params = 2,
      .param = {LEARNED("a", 0.75, FSNN_PER_CHANNEL), LEARNED("critical", 0.375, FSNN_PER_LAYER)}}},
    {"eif",
     "eif",
     {.params = 2,
      .param = {LEARNED("slope", 0.25, FSNN_PER_CHANNEL), LEARNED("onset", 0.75, FSNN_PER_LAYER)}}},
    {"hard_lif", "hard_lif", {.params = 1, .param = {LEARNED("kappa", 0.75, FSNN_PER_CHANNEL)}}},
    {"cuba",
     "cuba",
     {.params = 1,
      .param = {LEARNED("tau_syn", 2.5, FSNN_PER_CHANNEL)},
      .fractionals = 2,
      .fractional = {"v", "i"}}},
    {"alif",
     "alif",
     {.params = 2,
      .param = {LEARNED("tau_a", 5, FSNN_PER_CHANNEL), LEARNED("beta", 0.25, FSNN_PER_LAYER)}}},
    {"own", "user", {.dv = "(b*I - v - a*v^2/4)/tau", A_AND_B}},
    {"functions",
     "user",
     {.dv = "(-v + I + 0.1*(a*sin(v) + cos(I) + log(1 + v^2) + sqrt(abs(v) + 0.01) + "
            "min(v, 0.3)*max(I, 0.1) + pow(abs(v) + 0.1, b) + exp(-v^2) + sigmoid(v) + "
            "tanh(I) + step(v - 0.2)))/tau",
      .spike = "v + 0.75*dv - threshold",
      .after_spike = "dv - s*(threshold + 0.1*v)/tau",
      A_AND_B}},
    {"two",
     "user",
     {.dv = "(-v - w + b*I)/tau",
      .spike = "v + dv - threshold",
      .states = 1,
      .state = {{"w", "(a*v - w)/5 + 0.1*s", NULL, 0.0625}},
      A_AND_B}},
    {"three",
     "user",
     {.dv = "(-v - w + b*I)/tau",
      .spike = "v + dv - threshold + 0.1*u",
      .states = 2,
      .state = {{"w", "(a*v - w)/5", "dw + 0.2*s", 0.125}, {"u", "(-u + v*s)/3", NULL, 0}},
      .fractionals = 2,
      .fractional = {"w", "u"},
      A_AND_B}},
    {"callback", "user", {.callback = "slopes", A_AND_B}},
    {"differences", "user", {.callback = "differences", A_AND_B}},
};

static bool known(const char *kind)
{
    for (int i = 0; i < COUNT(table); i++)
        if (strcmp(table[i].kind, kind) == 0)
            return true;
    return false;
}

const neuron_row *neuron_at(int index)
{
    static neuron_row other;
    if (index < COUNT(table))
        return &table[index];
    index -= COUNT(table);
    for (int i = 0; fsnn_kind_name(i); i++) {
        const char *kind = fsnn_kind_name(i);
        if (!fsnn_kind_is_neuron(kind) || known(kind) || index-- > 0)
            continue;
        other = (neuron_row){.name = kind, .kind = kind};
        return &other;
    }
    return NULL;
}

const neuron_row *neuron_find(const char *name)
{
    for (int i = 0; i < COUNT(table); i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    fprintf(stderr, "same_bits: no neuron \"%s\"\n", name);
    exit(2);
}

int neuron_add(fsnn_net *net, const neuron_row *row, const char *name, int from,
               const fsnn_neuron *options, bool fixed)
{
    if (fsnn_kind_defaults(row->kind, NULL) != (int)sizeof(fsnn_user)) {
        fsnn_neuron plain = *options;
        fsnn_kind_defaults(row->kind, &plain);
        bool noisy = plain.noise.mode != FSNN_NOISE_NONE;
        fsnn_noise noise = options->noise.mode || !noisy ? options->noise : plain.noise;
        plain = *options;
        plain.noise = noise;
        if (strcmp(row->kind, "readout") == 0)
            plain.threshold.learn = false;
        return fsnn_net_add(net, row->kind, name, &from, 1, &plain);
    }
    fsnn_user o = row->what;
    o.neuron = *options;
    if (options->reset != FSNN_RESET_CURRENT)
        o.after_spike = NULL; /* it speaks of reset current */
    for (int p = 0; p < o.params && fixed; p++)
        o.param[p].value.learn = false;
    return fsnn_net_add(net, row->kind, name, &from, 1, &o);
}

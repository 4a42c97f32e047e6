/* Options of neurons and of their orders, each by itself and with what it meets. */
#include "bits.h"

#include <stdarg.h>
#include <stdio.h>

static void run(const setup *s, const char *format, ...)
{
    char name[128];
    va_list list;
    va_start(list, format);
    vsnprintf(name, sizeof name, format, list);
    va_end(list);
    setup_run(name, s);
}

static const fsnn_reset resets[] = {FSNN_RESET_CURRENT, FSNN_RESET_SUBTRACT, FSNN_RESET_JUMP};

static void surrogates(void)
{
    for (int k = 0; k < FSNN_SURROGATES; k++)
        for (int form = 0; form < 3; form++)
            for (int r = 0; r < 2; r++) {
                setup s = setup_default();
                s.options.surrogate = (fsnn_surrogate){.kind = (fsnn_surrogate_kind)k};
                s.options.reset = resets[r];
                s.progress = 0.625;
                s.fixed = r == 0; /* the fused scan */
                if (form > 0) {
                    s.options.surrogate.scale = 0.75;
                    s.options.surrogate.scale_end = 3;
                    s.options.surrogate.growth =
                        form == 1 ? FSNN_GROWTH_GEOMETRIC : FSNN_GROWTH_LINEAR;
                }
                run(&s, "surrogate/%s/%d/%s", fsnn_surrogate_name((fsnn_surrogate_kind)k), form,
                    fsnn_reset_name(resets[r]));
                s.plan.smooth = true;
                if (form == 1)
                    run(&s, "smooth/%s/%s", fsnn_surrogate_name((fsnn_surrogate_kind)k),
                        fsnn_reset_name(resets[r]));
            }
}

static void noises(void)
{
    static const char *const names[] = {"noisy", "lif", "own", "alif", "callback"};
    for (int mode = 1; mode < FSNN_NOISES; mode++)
        for (int n = 0; n < COUNT(names); n++)
            for (int r = 0; r < FSNN_RESETS; r++) {
                setup s = setup_default();
                if (n > 1 && r != (n + mode) % FSNN_RESETS)
                    continue;
                s.neuron = neuron_find(names[n]);
                s.options.noise =
                    (fsnn_noise){(fsnn_noise_mode)mode, 0.25 + 0.25 * n, n % 2 ? 0.5 : 0};
                s.options.reset = (fsnn_reset)r;
                s.options.refractory = n == 1 ? 2 : 0;
                setup_fit(&s, (3 + n + r + mode) % ways_count);
                run(&s, "noise/%s/%s/%s/%s", fsnn_noise_name((fsnn_noise_mode)mode), names[n],
                    s.way.name, fsnn_reset_name((fsnn_reset)r));
            }
}

/* Refractory periods, detached resets, potentials at time 0, reset potentials. */
static void resets_of(const char *name)
{
    for (int r = 0; r < FSNN_RESETS; r++)
        for (int form = 0; form < 4; form++)
            for (int w = 0; w < 3; w++) {
                setup s = setup_default();
                s.neuron = neuron_find(name);
                s.options.reset = (fsnn_reset)r;
                s.options.refractory = form % 2 ? 3 : 0;
                s.options.detach_reset = form / 2;
                s.options.v0 = form == 0 ? 0.125 : 0;
                s.options.v_reset =
                    (fsnn_value){.value = form == 2 ? -0.25 : 0.125,
                                 .learn = form != 3,
                                 .per = form == 1 ? FSNN_PER_CHANNEL : FSNN_PER_LAYER};
                s.engine = engines[(form + w) % engines_count];
                if (r != FSNN_RESET_VALUE)
                    s.options.v_reset = (fsnn_value){0};
                setup_fit(&s, 3 + (r + form + 3 * w) % (ways_count - 3));
                run(&s, "reset/%s/%s/%d/%s/%s", name, fsnn_reset_name((fsnn_reset)r), form,
                    s.way.name, s.engine.name);
            }
}

/* Several terms, orders that are learned or not, integer orders, one order for all, other steps. */
static void orders(void)
{
    static const char *const names[] = {"lif", "own", "two"};
    for (int n = 0; n < COUNT(names); n++)
        for (int w = 3; w < ways_count; w++)
            for (int form = 0; form < 8; form++) {
                setup s = setup_default();
                s.neuron = neuron_find(names[n]);
                s.way = ways[w];
                fsnn_order *o = &s.order[0];
                *o = (fsnn_order){form % 4, {0.9, 0.5, 0.25}, {1, 0.5, 0.125}, false, false};
                o->terms = form < 3 ? 1 + form : 1 + form % 2;
                o->learn_alpha = form > 0 && form != 4;
                o->learn_coefficient = form > 1 && form != 4;
                if (form == 5)
                    o->alpha[0] = 1;
                s.orders = form < 6 ? 1 : 2;
                s.step = form == 7 ? 0.375 : 1;
                s.engine = engines[form < 4 ? 0 : (form + w) % engines_count];
                run(&s, "order/%s/%s/%d/%s", names[n], ways[w].name, form, s.engine.name);
            }
}

static void values(void)
{
    for (int form = 0; form < 8; form++)
        for (int r = 0; r < COUNT(resets); r++) {
            setup s = setup_default();
            s.options.reset = resets[r];
            s.options.tau = (fsnn_value){
                .value = 1.75, .learn = form & 1, .per = form & 4 ? FSNN_PER_CHANNEL : 0};
            s.options.threshold = (fsnn_value){
                .value = 0.5, .learn = form & 2, .per = form & 4 ? FSNN_PER_CHANNEL : 0};
            s.order[0].learn_alpha = s.order[1].learn_alpha = false;
            run(&s, "values/%d/%s", form, fsnn_reset_name(resets[r]));
        }
}

/* A number a neuron, fixed and learned, and spikes strictly above the threshold. */
static void each_neuron(void)
{
    static const char *const names[] = {"lif", "own", "alif"};
    enum { NEURONS = 75 };
    static double tau[NEURONS], threshold[NEURONS];
    for (int i = 0; i < NEURONS; i++) {
        tau[i] = 1.5 + (double)(i * 7 % 16) / 8;
        threshold[i] = 0.25 + (double)(i * 5 % 8) / 16;
    }
    for (int n = 0; n < COUNT(names); n++)
        for (int r = 0; r < COUNT(resets); r++)
            for (int form = 0; form < 4; form++) {
                setup s = setup_default();
                s.neuron = neuron_find(names[n]);
                s.options.reset = resets[r];
                s.options.equality = form % 2 ? FSNN_EXCEEDS : FSNN_REACHES;
                s.options.tau = (fsnn_value){
                    .learn = form / 2, .per = FSNN_PER_NEURON, .values = tau, .count = NEURONS};
                s.options.threshold = s.options.tau;
                s.options.threshold.values = threshold;
                s.engine = engines[(n + form) % engines_count];
                setup_fit(&s, 3 + (n + 2 * r + form) % (ways_count - 3));
                run(&s, "each/%s/%s/%d/%s/%s", names[n], fsnn_reset_name(resets[r]), form,
                    s.way.name, s.engine.name);
            }
}

void group_options(void)
{
    surrogates();
    noises();
    resets_of("lif");
    resets_of("own");
    resets_of("alif");
    orders();
    values();
    each_neuron();
}

/* Modes of noise on the threshold (fsnn/neuron.h), one row each: they differ in whether noise is
 * drawn, whether the spike is a step or a logistic function, and what its slope is that of. */
#include "scan/scan.h"

typedef struct mode {
    const char *name;
    bool drawn, soft, seen, tempered;
} mode;

static const mode modes[FSNN_NOISES] = {
    [FSNN_NOISE_NONE] = {.name = "none"},
    [FSNN_NOISE_MEANFIELD] = {"meanfield", .soft = true},
    [FSNN_NOISE_SOFT_NOISY] = {"soft_noisy", .drawn = true, .soft = true, .seen = true},
    [FSNN_NOISE_HARD_ST] = {"hard_st", .drawn = true},
    [FSNN_NOISE_CONCRETE] = {"concrete", .drawn = true, .soft = true, .seen = true,
                             .tempered = true},
    [FSNN_NOISE_HARD_CONCRETE] = {"hard_concrete", .drawn = true, .seen = true, .tempered = true},
};

void scan_settle_noise(scan *s)
{
    const fsnn_noise *o = &s->options.noise;
    const mode *m = &modes[o->mode];
    double gamma = o->gamma != 0 ? o->gamma : 0.2,
           temperature = o->temperature != 0 ? o->temperature : 0.25;
    s->noise.on = s->training && o->mode != FSNN_NOISE_NONE;
    s->noise.drawn = s->noise.on && m->drawn;
    s->noise.soft = s->noise.on && m->soft;
    s->noise.seen = s->noise.on && m->seen;
    s->noise.gamma = (real)gamma;
    if (s->noise.on)
        s->options.surrogate = (fsnn_surrogate){
            .kind = FSNN_SIGMOID, .scale = 1 / (m->tempered ? gamma * temperature : gamma)};
}

const char *scan_noise_name(int mode)
{
    return (unsigned)mode < FSNN_NOISES ? modes[mode].name : NULL;
}

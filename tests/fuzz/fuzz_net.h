/* tests/fuzz/fuzz_net.h: what targets with a network share: one of a description's text, and a
 * training of it on a dozen samples. */
#ifndef FSNN_FUZZ_NET_H
#define FSNN_FUZZ_NET_H

#include "fuzz/fuzz.h"
#include "model/description.h"

enum { FUZZ_STEPS = 3, FUZZ_BATCH = 4, FUZZ_FEATURES = 4, FUZZ_SAMPLES = 12 };

/* A network that is wrapped for training; *d, which its dynamics belong to, stays until the end. */
static inline fsnn_net *fuzz_net(const char *text, fsnn_description **d)
{
    fsnn_net *net;
    fsnn_plan plan = {.steps = FUZZ_STEPS, .batch = FUZZ_BATCH, .training = true, .seed = 1};
    fuzz_must(description_parse("fuzz", text, strlen(text), NULL, 0, d));
    fuzz_must(fsnn_description_net(*d, &net));
    fuzz_must(fsnn_net_wrap(net, fsnn_description_dynamics(*d), &plan));
    return net;
}

/* Values between 0 and 1 that do not repeat soon. */
static inline void fuzz_values(float *x, int count)
{
    for (int i = 0; i < count; i++)
        x[i] = (float)(i * 37 % 101) / 101;
}

/* All parameters in a row, to be freed. */
static inline float *fuzz_parameters(const fsnn_net *net, int64_t *count)
{
    *count = 0;
    for (int i = 0; i < fsnn_net_param_count(net); i++)
        *count += fsnn_shape_count(&fsnn_net_param(net, i)->shape);
    float *all = malloc((size_t)(*count + 1) * sizeof *all), *at = all;
    fuzz_check(all != NULL);
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *p = fsnn_net_param(net, i);
        int64_t n = fsnn_shape_count(&p->shape);
        memcpy(at, p->value, (size_t)n * sizeof *at);
        at += n;
    }
    return all;
}

#endif

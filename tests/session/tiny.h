/* tests/session/tiny.h: a small description as text, and samples that it learns in a blink. */
#ifndef TESTS_SESSION_TINY_H
#define TESTS_SESSION_TINY_H

#include "folder.h"

#include <fsnn/fsnn.h>

#define TINY_LAYERS                                                                                \
    "input: [6]\n"                                                                                 \
    "layers:\n"                                                                                    \
    "  - linear: {out: 16, name: fc1}\n"                                                           \
    "  - lif: {name: lif1, tau: {value: 2.0, learn: true}, threshold: 0.1}\n"                      \
    "  - linear: {out: 3, name: fc2}\n"                                                            \
    "  - lif: {name: lif2, tau: 2.0, threshold: 0.1}\n"                                            \
    "dynamics: {alpha: 0.6, learn_alpha: true}\n"
#define TINY_TRAINING                                                                              \
    "training: {epochs: 4, batch: 16, seed: 5, optimizer: {kind: adam, lr: 0.02}}\n"

static const char tiny_text[] = "name: tiny\n" TINY_LAYERS TINY_TRAINING;

enum { TINY_IN = 6, TINY_CLASSES = 3 };

/* Three classes: two of the six values are large. */
static inline void tiny_samples(int count, uint64_t seed, float *x, int32_t *labels)
{
    for (int i = 0; i < count; i++) {
        labels[i] = i % TINY_CLASSES;
        for (int j = 0; j < TINY_IN; j++)
            x[i * TINY_IN + j] = 0.5f * fsnn_random_uniform(seed, 1, (uint64_t)(i * TINY_IN + j)) +
                                 (j / 2 == labels[i] ? 1.5f : 0);
    }
}

static inline fsnn_data *tiny_data(int count, uint64_t seed)
{
    enum { MOST = 256 };
    float x[MOST * TINY_IN];
    int32_t labels[MOST];
    fsnn_data *data;
    assert_in_range(count, 1, MOST);
    tiny_samples(count, seed, x, labels);
    GOOD(fsnn_data_memory(count, FSNN_SHAPE(TINY_IN), x, labels, &data));
    return data;
}

/* A session of a text, with up to four overrides (NULL at the end or after the last). */
static inline fsnn_session *tiny_open(const char *text, const char *const set[4])
{
    fsnn_session *session;
    int sets = 0;
    while (set && sets < 4 && set[sets])
        sets++;
    fsnn_session_options options = fsnn_session_options_default();
    options.text = text;
    options.set = set;
    options.sets = sets;
    GOOD(fsnn_session_open(&options, &session));
    return session;
}

/* The values of a parameter. */
static inline const fsnn_param *tiny_param(const fsnn_session *session, const char *name)
{
    const fsnn_param *param = fsnn_net_param_find(fsnn_session_net(session), name);
    assert_non_null(param);
    return param;
}

#endif

/* Changed descriptions, the same ones every time: whatever the text, reading ends with a
 * description or a sentence, and (under a sanitizer) touches nothing that is not its own. A good
 * text must also survive its own way out and in. */
#include "helper.h"

static const char *const seeds[] = {
    "name: fashion-mlp\n"
    "input: [1, 28, 28]\n"
    "layers:\n"
    "  - flatten\n"
    "  - linear: {out: 2560, bias: false, name: fc1}\n"
    "  - lif: {name: lif1, tau: {value: 2.0, learn: true}, surrogate: {kind: arctan, scale: 5.0}}\n"
    "  - linear: {out: 10, from: lif1}\n"
    "  - add: {from: [lif1, linear2.0]}\n"
    "output: lif1\n"
    "dynamics:\n"
    "  alpha: [0.3, 0.8]\n"
    "  alpha_mode: multiterm\n"
    "  coefficients: [1.0, 0.5]\n"
    "training: {epochs: 2, optimizer: {kind: adam, lr: 1e-3}, schedule: cosine, seed: 3}\n",
    "input: 3\nlayers: [&a {lif: &b {tau: 0.5}}, *a, {lif: *b}]\n"
    "data: {kind: npz, train: {path: 'a', x: \"b\"}, validation: 0.1, encoder: rate}\n"
    "dynamics: {alpha: [[0.2, 0.3], 1], learn_alpha: [true, false]}\n",
    "input: 3\nlayers:\n"
    "  - user: {dv: \"(-a*v*(1 + tanh(v)) + b*I)/tau\", spike: \"v + dv - threshold\",\n"
    "           after_spike: 'dv - s*threshold/tau', params: {a: 0.2, b: {value: 1, learn: true, "
    "per: channel}}, name: u}\n  - noisy: {tau: 2, noise: {gamma: 0.1, temperature: 0.5}}\n"
    "  - lif: {noise: meanfield}\n"
    "  - qif: {reset: value, v_reset: -0.2, refractory: 2, params: {critical: 0.4}}\n"
    "  - hard_lif: {params: {kappa: 2}}\n  - readout: 4\n"
    "dynamics: {alpha: 0.5, memory: {tolerance: 1e-4, engine: auto}}\n",
    "input: 3\nlayers:\n"
    "  - user: {dv: '-v - w + I', dw: (-w + s)/tau, after_spike_w: 'dw + a', w0: 1, fractional: "
    "[v, w], params: {a: 1}}\n  - alif: {a0: 0.5, fractional: a}\ndynamics: {alpha: 0.5}\n",
    "input: 3\nlayers:\n"
    "  - lif: {tau: {value: [1, 2.5, 3], per: neuron}, threshold: {per: neuron, learn: true},\n"
    "          reset: value, v_reset: {value: [0, -0.5, 0.25], per: channel}, equality: '>'}\n"
    "  - delay: {steps: [0, 1, 7], per: neuron}\n  - delay\n"
    "  - delay: {of: lif1, steps: 3, name: b}\ndynamics: {alpha: 0.5}\n",
};

static const char *const sets[] = {"lif1.tau.learn=true",          "dynamics.alpha=0.5",
                                   "layers.1.lif.tau.per=channel", "training.loss.mix=[1, {a: b}]",
                                   "data.encoder.steps=8",         "u.params.a=0.3",
                                   "noisy2.noise.mode=concrete",   "u.dv=-v + I"};

static const char bits[] = ":,[]{}&*!|>'\"%@`#-?~ \t\n0123456789.aelnorstux=\\\xc3\xff";

/* Copies `from` with a few changes: a byte replaced, removed, inserted, or a piece of the text
 * repeated. */
static size_t mutate(const char *from, char *to, size_t capacity, uint64_t seed)
{
    size_t size = strlen(from);
    memcpy(to, from, size);
    uint64_t changes = 1 + fsnn_random_u32(seed, 0, 0) % 4;
    for (uint64_t i = 1; i <= changes; i++) {
        size_t at = fsnn_random_u32(seed, i, 0) % (size + 1);
        char bit = bits[fsnn_random_u32(seed, i, 1) % (sizeof bits - 1)];
        size_t piece = fsnn_random_u32(seed, i, 2) % 20;
        if (at + piece > size)
            piece = size - at;
        switch (fsnn_random_u32(seed, i, 3) % 4) {
        case 0:
            if (at < size)
                to[at] = bit;
            break;
        case 1:
            memmove(to + at, to + at + piece, size - at - piece);
            size -= piece;
            break;
        case 2:
            if (size + 1 < capacity) {
                memmove(to + at + 1, to + at, size - at);
                to[at] = bit;
                size++;
            }
            break;
        default:
            if (size + piece < capacity) {
                memmove(to + at + piece, to + at, size - at);
                size += piece;
            }
        }
    }
    return size;
}

static void check_round_trip(const fsnn_description *d, const char *source)
{
    char *once, *twice;
    fsnn_description *e;
    GOOD(fsnn_description_text(d, &once));
    if (description_parse("again", once, strlen(once), NULL, 0, &e))
        fail_msg("%s\nbecame\n%s\nwhich fails: %s", source, once, fsnn_error_text());
    GOOD(fsnn_description_text(e, &twice));
    if (strcmp(once, twice) != 0)
        fail_msg("%s\nbecame\n%s\nthen\n%s", source, once, twice);
    fsnn_description_destroy(e);
    free(once);
    free(twice);
}

static void test_mutations(void **state)
{
    (void)state;
    int good_ones = 0, bad_ones = 0;
    for (int i = 0; i < FSNN_COUNT(seeds); i++)
        fsnn_description_destroy(good(seeds[i]));
    for (uint64_t i = 0; i < 12000; i++) {
        char text[4096];
        size_t size = mutate(seeds[i % FSNN_COUNT(seeds)], text, sizeof text - 1, i + 1);
        char *exact = malloc(size + 1);
        memcpy(exact, text, size);
        exact[size] = 0;
        fsnn_description *d = NULL;
        fsnn_error_set(FSNN_OK, "%s", "");
        const char *set = sets[i % FSNN_COUNT(sets)];
        fsnn_status status = description_parse("m.yaml", exact, size, &set, i % 3 == 0, &d);
        if (status) {
            assert_int_equal(status, FSNN_EDESCRIPTION);
            assert_null(d);
            assert_int_equal(strncmp(fsnn_error_text(), "m.yaml:", 7), 0);
            bad_ones++;
        } else {
            check_round_trip(d, exact);
            fsnn_description_destroy(d);
            good_ones++;
        }
        free(exact);
    }
    assert_true(good_ones > 100 && bad_ones > 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_mutations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

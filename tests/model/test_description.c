/* Good descriptions: defaults, shorthands, all forms of alpha, overrides, text out and in again,
 * the reference. */
#include "helper.h"

#include <fsnn/neuron.h>

static const fsnn_neuron *neuron(const fsnn_description *d, int layer)
{
    return d->layer[layer].options;
}

static void test_defaults(void **state)
{
    (void)state;
    fsnn_description *d = good(INPUT ALPHA);
    const fsnn_training defaults = fsnn_training_default(),
                        *training = fsnn_description_training(d);
    assert_string_equal(fsnn_description_name(d), "mlp");
    assert_int_equal(d->input.rank, 1);
    assert_int_equal(d->input.dim[0], 4);
    assert_int_equal(d->layers, 2);
    assert_string_equal(d->layer[0].name, "flatten1");
    assert_string_equal(d->layer[1].name, "lif1");
    assert_int_equal(d->layer[0].from[0].layer, -1);
    assert_int_equal(d->layer[1].from[0].layer, 0);
    assert_int_equal(d->output.layer, 1);
    assert_float_equal(neuron(d, 1)->tau.value, FSNN_NEURON_DEFAULT.tau.value, 0);
    assert_true(neuron(d, 1)->detach_reset);
    const fsnn_dynamics *dynamics = fsnn_description_dynamics(d);
    assert_int_equal(dynamics->integrator, FSNN_FDEINT);
    assert_int_equal(dynamics->orders, 1);
    assert_float_equal(dynamics->order[0].alpha[0], 0.5, 0);
    assert_float_equal(dynamics->order[0].coefficient[0], 1, 0);
    assert_false(dynamics->order[0].learn_alpha);
    assert_float_equal(dynamics->step, 1, 0);
    assert_int_equal(dynamics->memory, 0);
    assert_int_equal(training->epochs, defaults.epochs);
    assert_int_equal(training->batch, defaults.batch);
    assert_float_equal(training->optimizer.lr, defaults.optimizer.lr, 0);
    assert_false(fsnn_description_has_data(d));
    assert_int_equal(fsnn_description_encoder(d)->kind, FSNN_ENCODE_DIRECT);
    assert_float_equal(fsnn_description_encoder(d)->gain, 1, 0);
    fsnn_description_destroy(d);
}

static void test_public_parse(void **state)
{
    (void)state;
    const char *const set[] = {"dynamics.alpha=0.25"};
    fsnn_description *d;
    assert_int_equal(fsnn_description_parse("folder/net", INPUT ALPHA, set, 1, &d), FSNN_OK);
    assert_string_equal(fsnn_description_name(d), "net");
    assert_float_equal(fsnn_description_dynamics(d)->order[0].alpha[0], 0.25, 0);
    fsnn_description_destroy(d);
    assert_int_equal(fsnn_description_parse("net", "input: [", NULL, 0, &d), FSNN_EDESCRIPTION);
    assert_null(d);
    assert_memory_equal(fsnn_error_text(), "net:", 4);
    assert_int_equal(fsnn_description_parse("net", NULL, NULL, 0, &d), FSNN_EARGUMENT);
}

static void test_layer_options(void **state)
{
    (void)state;
    fsnn_description *d = good(
        "name: \"my net\"\n"
        "input: [1, 8, 8]\n"
        "layers:\n"
        "  - conv2d: {out: 3, kernel: [3, 5], padding: 1, name: c}\n"
        "  - maxpool: 2\n"
        "  - lif: {tau: 2, threshold: {value: 0.5, learn: true, per: channel}, reset: subtract,\n"
        "          surrogate: superspike, detach_reset: false}\n"
        "  - lif: {from: [c], surrogate: {kind: gaussian, scale: .5e0}, v_reset: -1e-3}\n"
        "  - lif: &shared {tau: 3.0, reset: none}\n"
        "  - lif: *shared\n"
        "  - add: {from: [lif3, lif4]}\n"
        "output: lif3\n" ALPHA);
    const fsnn_conv2d *conv = d->layer[0].options;
    const fsnn_pool *pool = d->layer[1].options;
    assert_string_equal(fsnn_description_name(d), "my net");
    assert_int_equal(conv->out, 3);
    assert_int_equal(conv->kernel[0], 3);
    assert_int_equal(conv->kernel[1], 5);
    assert_int_equal(conv->padding[1], 1);
    assert_int_equal(pool->kernel[0], 2);
    assert_int_equal(pool->kernel[1], 2);
    assert_float_equal(neuron(d, 2)->tau.value, 2, 0);
    assert_false(neuron(d, 2)->tau.learn);
    assert_float_equal(neuron(d, 2)->threshold.value, 0.5, 0);
    assert_true(neuron(d, 2)->threshold.learn);
    assert_int_equal(neuron(d, 2)->threshold.per, FSNN_PER_CHANNEL);
    assert_int_equal(neuron(d, 2)->reset, FSNN_RESET_SUBTRACT);
    assert_int_equal(neuron(d, 2)->surrogate.kind, FSNN_FAST_SIGMOID);
    assert_false(neuron(d, 2)->detach_reset);
    assert_int_equal(d->layer[3].from[0].layer, 0);
    assert_int_equal(neuron(d, 3)->surrogate.kind, FSNN_GAUSSIAN);
    assert_float_equal(neuron(d, 3)->surrogate.scale, 0.5, 0);
    assert_float_equal(neuron(d, 3)->v_reset.value, -1e-3, 0);
    assert_float_equal(neuron(d, 5)->tau.value, 3, 0);
    assert_int_equal(neuron(d, 5)->reset, FSNN_RESET_NONE);
    assert_string_equal(d->layer[6].name, "add1");
    assert_int_equal(d->layer[6].sources, 2);
    assert_int_equal(d->layer[6].from[0].layer, 4);
    assert_int_equal(d->layer[6].from[1].layer, 5);
    assert_int_equal(d->output.layer, 4);
    fsnn_description_destroy(d);
}

static void test_ports(void **state)
{
    (void)state;
    fsnn_description *d =
        good("input: 8\n"
             "layers: [flatten, {lif: {from: flatten1.1}}, {lif: {from: input.0}}]\n"
             "output: flatten1.2\n" ALPHA);
    assert_int_equal(d->layer[1].from[0].layer, 0);
    assert_int_equal(d->layer[1].from[0].port, 1);
    assert_int_equal(d->layer[2].from[0].layer, -1);
    assert_int_equal(d->output.layer, 0);
    assert_int_equal(d->output.port, 2);
    fsnn_description_destroy(d);
}

typedef struct alpha_case {
    const char *dynamics;
    int orders, layers, terms[3];
    double alpha[3][2], coefficient[3][2];
    bool learn_alpha[3], learn_coefficient[3];
} alpha_case;

static void test_alpha(void **state)
{
    (void)state;
    static const alpha_case row[] = {
        {"alpha: 1", 1, 0, {1}, {{1}}, {{1}}, {0}, {0}},
        {"alpha: 0.5, coefficients: 2, learn_alpha: true", 1, 0, {1}, {{.5}}, {{2}}, {1}, {0}},
        {"alpha: [0.3, 0.8], alpha_mode: per_layer",
         2,
         2,
         {1, 1},
         {{.3}, {.8}},
         {{1}, {1}},
         {0},
         {0}},
        {"alpha: [0.3, 0.8], alpha_mode: multiterm, coefficients: [1, 0.5]",
         1,
         0,
         {2},
         {{.3, .8}},
         {{1, .5}},
         {0},
         {0}},
        {"alpha: [0.3, 0.8], alpha_mode: multiterm, coefficients: [[1, 0.5], [2, 1]]",
         2,
         2,
         {2, 2},
         {{.3, .8}, {.3, .8}},
         {{1, .5}, {2, 1}},
         {0},
         {0}},
        {"alpha: [[0.3, 0.5], 0.8], coefficients: [[1.0, 0.5], 1.0], learn_coefficients: [true, "
         "false]",
         2,
         2,
         {2, 1},
         {{.3, .5}, {.8}},
         {{1, .5}, {1}},
         {0},
         {1, 0}},
        {"alpha: [[0.3], 0.5, 0.8], alpha_mode: per_layer, learn_alpha: true",
         3,
         3,
         {1, 1, 1},
         {{.3}, {.5}, {.8}},
         {{1}, {1}, {1}},
         {1, 1, 1},
         {0}},
        {"alpha: 0.4, learn_alpha: [true, false]",
         2,
         2,
         {1, 1},
         {{.4}, {.4}},
         {{1}, {1}},
         {1, 0},
         {0}},
        {"alpha: [0.3, 0.8], alpha_mode: multiterm, coefficients: [[1, 0.5], [2, 1]]",
         2,
         2,
         {2, 2},
         {{.3, .8}, {.3, .8}},
         {{1, .5}, {2, 1}},
         {0},
         {0}},
        {"alpha: 0.4, alpha_mode: per_layer, coefficients: [1, 3]",
         2,
         2,
         {1, 1},
         {{.4}, {.4}},
         {{1}, {3}},
         {0},
         {0}},
        {"integrator: odeint", 1, 0, {1}, {{1}}, {{1}}, {0}, {0}},
        {"integrator: odeint, method: euler, alpha: 0.5", 1, 0, {1}, {{.5}}, {{1}}, {0}, {0}},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        char text[256];
        snprintf(text, sizeof text, INPUT "dynamics: {%s}\n", row[i].dynamics);
        fsnn_description *d = good(text);
        const fsnn_dynamics *dynamics = fsnn_description_dynamics(d);
        assert_int_equal(dynamics->orders, row[i].orders);
        assert_int_equal(d->dynamics.layers, row[i].layers);
        for (int l = 0; l < row[i].orders; l++) {
            const fsnn_order *o = &dynamics->order[l];
            assert_int_equal(o->terms, row[i].terms[l]);
            assert_int_equal(o->learn_alpha, row[i].learn_alpha[l]);
            assert_int_equal(o->learn_coefficient, row[i].learn_coefficient[l]);
            for (int m = 0; m < o->terms; m++) {
                assert_float_equal(o->alpha[m], row[i].alpha[l][m], 0);
                assert_float_equal(o->coefficient[m], row[i].coefficient[l][m], 0);
            }
        }
        fsnn_description_destroy(d);
    }
}

static void test_dynamics(void **state)
{
    (void)state;
    fsnn_description *d = good(INPUT "dynamics: {alpha: .5, method: l1, step: 0.1, memory: 16, "
                                     "implicit: false, times: null, interpolation: akima}\n");
    const fsnn_dynamics *dynamics = fsnn_description_dynamics(d);
    assert_int_equal(dynamics->method, FSNN_L1);
    assert_float_equal(dynamics->step, 0.1, 0);
    assert_int_equal(dynamics->memory, 16);
    assert_null(fsnn_description_times(d, NULL));
    assert_int_equal(fsnn_description_interpolation(d), FSNN_AKIMA);
    fsnn_description_destroy(d);
    d = good(INPUT "dynamics: {alpha: .5, memory: full}\n");
    assert_int_equal(fsnn_description_dynamics(d)->memory, 0);
    fsnn_description_destroy(d);
}

static void test_times(void **state)
{
    (void)state;
    static const double stamps[] = {-1, 0.5, 2e3};
    int64_t count;
    fsnn_description *d = good(INPUT "dynamics: {alpha: .5, times: [-1, .5, 2e3]}\n");
    const double *times = fsnn_description_times(d, &count);
    assert_int_equal(count, 3);
    assert_memory_equal(times, stamps, sizeof stamps);
    assert_int_equal(fsnn_description_interpolation(d), FSNN_LINEAR);
    fsnn_description_destroy(d);
    d = good(INPUT ALPHA);
    assert_null(fsnn_description_times(d, &count));
    assert_int_equal(count, 0);
    fsnn_description_destroy(d);
}

static void test_training(void **state)
{
    (void)state;
    fsnn_description *d = good(
        INPUT ALPHA "training:\n"
                    "  epochs: 3\n"
                    "  batch: 7\n"
                    "  loss: {kind: tet, mix: 0.25, label_smoothing: 0.1}\n"
                    "  optimizer: {kind: sgd, lr: 0.1, momentum: 0.9, nesterov: true, beta1: 0.8,\n"
                    "              beta2: 0.99, eps: 1e-7, weight_decay: 1e-4, neuron_lr: 0.5}\n"
                    "  schedule: {kind: step, warmup: 0.5, every: 2, factor: 0.3, patience: 4,\n"
                    "             threshold: 0.02, min_lr: 1e-5}\n"
                    "  clip: 1.5\n"
                    "  early_stop: {patience: 5, min_delta: 0.01}\n"
                    "  seed: 18446744073709551615\n");
    const fsnn_training *t = fsnn_description_training(d);
    assert_int_equal(t->epochs, 3);
    assert_int_equal(t->batch, 7);
    assert_int_equal(t->loss.kind, FSNN_TET);
    assert_float_equal(t->loss.mix, 0.25, 0);
    assert_float_equal(t->loss.label_smoothing, 0.1, 0);
    assert_int_equal(t->optimizer.kind, FSNN_SGD);
    assert_float_equal(t->optimizer.lr, 0.1, 0);
    assert_float_equal(t->optimizer.momentum, 0.9, 0);
    assert_true(t->optimizer.nesterov);
    assert_float_equal(t->optimizer.beta1, 0.8, 0);
    assert_float_equal(t->optimizer.beta2, 0.99, 0);
    assert_float_equal(t->optimizer.eps, 1e-7, 0);
    assert_float_equal(t->optimizer.weight_decay, 1e-4, 0);
    assert_float_equal(t->optimizer.neuron_lr, 0.5, 0);
    assert_int_equal(t->schedule.kind, FSNN_STEP);
    assert_float_equal(t->schedule.warmup, 0.5, 0);
    assert_float_equal(t->schedule.every, 2, 0);
    assert_float_equal(t->schedule.factor, 0.3, 0);
    assert_int_equal(t->schedule.patience, 4);
    assert_float_equal(t->schedule.threshold, 0.02, 0);
    assert_float_equal(t->schedule.min_lr, 1e-5, 0);
    assert_float_equal(t->clip, 1.5, 0);
    assert_int_equal(t->early_stop.patience, 5);
    assert_float_equal(t->early_stop.min_delta, 0.01, 0);
    assert_true(t->seed == UINT64_MAX);
    fsnn_description_destroy(d);
}

/* The tables here and the names of the rooms must speak of the same values. */
static void test_names_agree(void **state)
{
    (void)state;
    char text[256];
    for (int i = 0; i < FSNN_LOSSES; i++) {
        snprintf(text, sizeof text, INPUT ALPHA "training: {loss: %s}\n",
                 fsnn_loss_name((fsnn_loss_kind)i));
        fsnn_description *d = good(text);
        assert_int_equal(fsnn_description_training(d)->loss.kind, i);
        fsnn_description_destroy(d);
    }
    for (int i = 0; i < FSNN_ENCODERS; i++) {
        snprintf(text, sizeof text, INPUT ALPHA "data: {kind: npz, train: a, encoder: %s}\n",
                 fsnn_encoder_name((fsnn_encoder_kind)i));
        fsnn_description *d = good(text);
        assert_int_equal(fsnn_description_encoder(d)->kind, i);
        fsnn_description_destroy(d);
    }
}

static void test_overrides(void **state)
{
    (void)state;
    static const char text[] = "input: [1, 4, 4]\n"
                               "layers:\n"
                               "  - maxpool: 2\n"
                               "  - flatten\n"
                               "  - lif\n"
                               "  - linear: {out: 3, name: fc}\n"
                               "  - lif: {tau: 2.0}\n" ALPHA "training: {loss: ce_rate}\n";
    const char *const set[] = {"dynamics.alpha=0.25",
                               "training.epochs=2",
                               "layers.2.lif.tau=1.5",
                               "lif2.tau.learn=true",
                               "fc.bias=false",
                               "maxpool1.stride=1",
                               "training.loss.label_smoothing=0.2",
                               "data.kind=npz",
                               "data.train=a.npz",
                               "data.encoder.steps=8",
                               "input.1=6",
                               "name=\"a b\"",
                               "lif2.surrogate={kind: sigmoid, scale: 2}",
                               "training.epochs=4"};
    fsnn_description *d;
    GOOD(parse(text, set, FSNN_COUNT(set), &d));
    assert_float_equal(fsnn_description_dynamics(d)->order[0].alpha[0], 0.25, 0);
    assert_int_equal(fsnn_description_training(d)->epochs, 4);
    assert_float_equal(neuron(d, 2)->tau.value, 1.5, 0);
    assert_float_equal(neuron(d, 4)->tau.value, 2.0, 0);
    assert_true(neuron(d, 4)->tau.learn);
    assert_int_equal(neuron(d, 4)->surrogate.kind, FSNN_SIGMOID);
    assert_false(((const fsnn_linear *)d->layer[3].options)->bias);
    assert_int_equal(((const fsnn_linear *)d->layer[3].options)->out, 3);
    assert_int_equal(((const fsnn_pool *)d->layer[0].options)->kernel[1], 2);
    assert_int_equal(((const fsnn_pool *)d->layer[0].options)->stride[1], 1);
    assert_int_equal(fsnn_description_training(d)->loss.kind, FSNN_CE_RATE);
    assert_float_equal(fsnn_description_training(d)->loss.label_smoothing, 0.2, 0);
    assert_int_equal(fsnn_description_encoder(d)->steps, 8);
    assert_int_equal(d->input.dim[1], 6);
    assert_string_equal(fsnn_description_name(d), "a b");
    fsnn_description_destroy(d);
    /* the value under a shorthand, then the key it stands for */
    const char *const both[] = {"lif2.tau.learn=true", "lif2.tau.value=7"};
    GOOD(parse(text, both, 2, &d));
    assert_float_equal(neuron(d, 4)->tau.value, 7, 0);
    assert_true(neuron(d, 4)->tau.learn);
    fsnn_description_destroy(d);
    d = good_with(text, "dynamics={integrator: odeint}");
    assert_int_equal(fsnn_description_dynamics(d)->integrator, FSNN_ODEINT);
    fsnn_description_destroy(d);
}

/* Field by field: between them there may be padding. */
static void same_order(const fsnn_order *a, const fsnn_order *b)
{
    assert_int_equal(a->terms, b->terms);
    assert_memory_equal(a->alpha, b->alpha, sizeof a->alpha);
    assert_memory_equal(a->coefficient, b->coefficient, sizeof a->coefficient);
    assert_int_equal(a->learn_alpha, b->learn_alpha);
    assert_int_equal(a->learn_coefficient, b->learn_coefficient);
}

static void same_training(const fsnn_training *a, const fsnn_training *b)
{
    const fsnn_optimizer_options *o = &a->optimizer, *p = &b->optimizer;
    const double one[] = {a->loss.label_smoothing,
                          a->loss.mix,
                          o->lr,
                          o->momentum,
                          o->beta1,
                          o->beta2,
                          o->eps,
                          o->weight_decay,
                          o->neuron_lr,
                          a->schedule.warmup,
                          a->schedule.every,
                          a->schedule.factor,
                          a->schedule.min_lr,
                          a->clip,
                          a->early_stop.min_delta};
    const double two[] = {b->loss.label_smoothing,
                          b->loss.mix,
                          p->lr,
                          p->momentum,
                          p->beta1,
                          p->beta2,
                          p->eps,
                          p->weight_decay,
                          p->neuron_lr,
                          b->schedule.warmup,
                          b->schedule.every,
                          b->schedule.factor,
                          b->schedule.min_lr,
                          b->clip,
                          b->early_stop.min_delta};
    assert_memory_equal(one, two, sizeof one);
    assert_int_equal(a->epochs, b->epochs);
    assert_int_equal(a->batch, b->batch);
    assert_int_equal(a->loss.kind, b->loss.kind);
    assert_int_equal(o->kind, p->kind);
    assert_int_equal(o->nesterov, p->nesterov);
    assert_int_equal(a->schedule.kind, b->schedule.kind);
    assert_int_equal(a->schedule.patience, b->schedule.patience);
    assert_int_equal(a->early_stop.patience, b->early_stop.patience);
    assert_int_equal(a->seed, b->seed);
}

/* The text of a description reads to the same description, and to the same text. */
static void round_trip(const char *text, const char *set)
{
    char *once, *twice;
    fsnn_description *d = set ? good_with(text, set) : good(text);
    GOOD(fsnn_description_text(d, &once));
    fsnn_description *e = good(once);
    GOOD(fsnn_description_text(e, &twice));
    assert_string_equal(once, twice);
    assert_int_equal(d->layers, e->layers);
    assert_string_equal(d->name, e->name);
    for (int i = 0; i < d->layers; i++) {
        assert_string_equal(d->layer[i].name, e->layer[i].name);
        if (d->layer[i].op->options_size)
            assert_memory_equal(d->layer[i].options, e->layer[i].options,
                                d->layer[i].op->options_size);
    }
    const fsnn_dynamics *x = fsnn_description_dynamics(d), *y = fsnn_description_dynamics(e);
    assert_int_equal(x->orders, y->orders);
    for (int i = 0; i < x->orders; i++)
        same_order(&x->order[i], &y->order[i]);
    same_training(fsnn_description_training(d), fsnn_description_training(e));
    free(once);
    free(twice);
    fsnn_description_destroy(d);
    fsnn_description_destroy(e);
}

static void test_text(void **state)
{
    (void)state;
    round_trip(INPUT ALPHA, NULL);
    round_trip(INPUT ALPHA, "lif1.tau.learn=true");
    round_trip(INPUT ALPHA, "name=\"10\"");
    round_trip(INPUT ALPHA, "name=\"a: b # c\\n\\t\\\"d\\\\\"");
    round_trip(INPUT ALPHA, "name='null'");
    round_trip(INPUT ALPHA "name: |\n  two\n  lines\n", NULL);
    round_trip("name: a [b], c\ninput: 3\nlayers:\n  - lif:\n  - lif: {name: 'x:y'}\n"
               "  - add: {from: [lif1, 'x:y']}\ndynamics:\n  alpha:\n  - [0.2, 0.3]\n  - 1\n",
               NULL);
    round_trip(
        "input: [1, 4, 4]\n"
        "layers: [{conv2d: {out: 2, kernel: [3, 1], stride: 1, padding: [1, 0], dilation: 1, "
        "groups: 1, bias: false, name: a_rather_long_name_for_a_layer}}]\ndynamics: {alpha: 0.1}\n"
        "training: {optimizer: adamw, schedule: {kind: cosine, warmup: 0.5}, seed: 12}\n",
        "a_rather_long_name_for_a_layer.groups=1");
}

static void test_text_keeps_overrides(void **state)
{
    (void)state;
    char *text;
    fsnn_description *d = good_with(INPUT ALPHA, "lif1.tau=1.5");
    GOOD(fsnn_description_text(d, &text));
    expect_text(text, "lif: {tau: 1.5}", "the text after an override");
    free(text);
    fsnn_description_destroy(d);
}

/* The sections of the reference that stand for what several kinds share say it in their place: a
 * row is there once for all neurons, and once for all kinds of data. */
static void test_reference_says_it_once(void **state)
{
    (void)state;
    static const char *const once[] = {
        "\n| `surrogate.kind` |", "\n| `reset` |",      "\n| `v_reset.learn` |",
        "\n| `threshold.per` |",  "\n| `params` |",     "\n| `fractional` |",
        "\n| `encoder.kind` |",   "\n| `validation` |", "\n| `augment.flip` |",
        "\n| `front.kind` |",
    };
    char *page;
    GOOD(fsnn_description_reference(&page));
    for (int i = 0; i < FSNN_COUNT(once); i++) {
        CASE("%s", once[i] + 1);
        const char *at = strstr(page, once[i]);
        assert_non_null(at);
        assert_null(strstr(at + 1, once[i]));
    }
    free(page);
}

static void test_reference(void **state)
{
    (void)state;
    char *page;
    GOOD(fsnn_description_reference(&page));
    static const char *const wanted[] = {
        "| `input` | a list of integers | must be given |",
        "## layers",
        "| `from` | a name or a list of names | the node before |",
        "### linear",
        "| `out` | ",
        "### lif",
        "| `tau.value` | a number above 0, or a list of them | 2 |",
        "| `reset` | current, subtract, value, none, jump, delta, restart | current |",
        "## dynamics",
        "| `alpha` | ",
        "| `step` | a number above 0 | 1 |",
        "## data, kind idx",
        "No options of its own.\n\nAlso the keys of [neurons](#neurons).\n",
        "Also `tau`, `v0` of [neurons](#neurons).\n",
        "Also the keys of [data](#data).\n",
        "Also `kind`, `encoder` of [data](#data).\n",
        "| `train.images` | a text | must be given |",
        "| `encoder.steps` | an integer from 1 to 2147483647 | 4 |",
        "## training",
        "| `optimizer.lr` | a number above 0 | 0.001 |",
    };
    for (int i = 0; i < FSNN_COUNT(wanted); i++)
        expect_text(page, wanted[i], "the reference");
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),      cmocka_unit_test(test_public_parse),
        cmocka_unit_test(test_layer_options), cmocka_unit_test(test_ports),
        cmocka_unit_test(test_alpha),         cmocka_unit_test(test_dynamics),
        cmocka_unit_test(test_times),         cmocka_unit_test(test_training),
        cmocka_unit_test(test_names_agree),   cmocka_unit_test(test_overrides),
        cmocka_unit_test(test_text),          cmocka_unit_test(test_text_keeps_overrides),
        cmocka_unit_test(test_reference),     cmocka_unit_test(test_reference_says_it_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

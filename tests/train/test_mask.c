/* Series of different lengths in one batch: what pads them counts nowhere. Asked for in snnTorch
 * issue 343 and SpikingJelly issue 130. */
#include "toy.h"

#include "base/error_key.h"

enum { K = 4, B = 3, C = 3, ALL = K * B * C };

static const int64_t lengths[B] = {2, 3, 4}; /* padded to the longest, as a batch of series is */
static const int32_t labels[B] = {0, 2, 1};

enum { LABELS, LABEL_STEPS, VALUES, VALUE_STEPS, TARGETS };

static int32_t step_labels[B * K];
static double values[B * K * C];

static fsnn_target target_of(int kind, int b, const int64_t *own)
{
    bool steps = kind == LABEL_STEPS || kind == VALUE_STEPS;
    return (fsnn_target){.labels = kind == LABELS        ? labels + b
                                   : kind == LABEL_STEPS ? step_labels + b * K
                                                         : NULL,
                         .values64 = kind == VALUES        ? values + b * C
                                     : kind == VALUE_STEPS ? values + b * K * C
                                                           : NULL,
                         .steps = steps,
                         .lengths = own};
}

/* Sample b alone, as long as it is: the labels and values of its steps are the first of K. */
static double alone(fsnn_loss loss, int kind, const double *y, int b, int64_t *correct)
{
    double own[K * C];
    int64_t T = lengths[b];
    fsnn_measure m;
    for (int64_t k = 0; k < T; k++)
        memcpy(own + k * C, y + (k * B + b) * C, C * sizeof *own);
    fsnn_target target = target_of(kind, b, NULL);
    loss.mask = false;
    GOOD(fsnn_loss_measure_double(&loss, T, 1, C, own, &target, NULL, &m));
    *correct += m.correct;
    return m.value;
}

/* The mean over the samples; where each step answers, over the steps. */
static double reference(const fsnn_loss *loss, int kind, const double *y, int64_t *correct)
{
    bool steps = kind == LABEL_STEPS || kind == VALUE_STEPS, tet = loss->kind == FSNN_TET;
    bool each =
        tet || loss->readout == FSNN_READOUT_EACH || (steps && loss->readout == FSNN_READOUT_AUTO);
    double sum = 0, count = 0;
    *correct = 0;
    for (int b = 0; b < B; b++) {
        double weight = each ? (double)lengths[b] : 1;
        sum += weight * alone(*loss, kind, y, b, correct);
        count += weight;
    }
    return sum / count;
}

static double value_of(const fsnn_loss *loss, int kind, const double *y, double *gradient,
                       int64_t *correct)
{
    fsnn_target target = target_of(kind, 0, lengths);
    fsnn_measure m;
    GOOD(fsnn_loss_measure_double(loss, K, B, C, y, &target, gradient, &m));
    if (correct)
        *correct = m.correct;
    return m.value;
}

static void check(const fsnn_loss *loss, int kind, double *y)
{
    double gradient[ALL];
    int64_t correct, expected;
    double value = value_of(loss, kind, y, gradient, &correct);
    WITHIN("loss", value, reference(loss, kind, y, &expected), 1e-12);
    assert_int_equal(correct, expected);
    for (int i = 0; i < ALL; i++) {
        int k = i / (B * C), b = i / C % B;
        double was = y[i], side[2];
        for (int s = 0; s < 2; s++) {
            y[i] = was + (s ? -1e-5 : 1e-5);
            side[s] = value_of(loss, kind, y, NULL, NULL);
        }
        y[i] = was;
        WITHIN("gradient", gradient[i], (side[0] - side[1]) / 2e-5, 1e-9);
        if (k >= lengths[b])
            assert_true(gradient[i] == 0);
    }
}

static void losses(void **state)
{
    (void)state;
    NEEDS("double precision");
    static const fsnn_loss_kind kinds[] = {FSNN_CE, FSNN_MSE, FSNN_BCE};
    double y[ALL];
    for (int i = 0; i < ALL; i++)
        y[i] = fsnn_random_normal(4, 0, (uint64_t)i);
    for (int i = 0; i < B * K; i++)
        step_labels[i] = i % C;
    for (int i = 0; i < B * K * C; i++)
        values[i] = fsnn_random_uniform(4, 1, (uint64_t)i);
    for (int l = 0; l < FSNN_COUNT(kinds); l++)
        for (int r = 0; r < FSNN_READOUTS; r++)
            for (int kind = 0; kind < TARGETS; kind++) {
                bool steps = kind == LABEL_STEPS || kind == VALUE_STEPS;
                fsnn_loss loss = {.kind = kinds[l], .readout = (fsnn_readout)r, .mask = true};
                if (steps && r != FSNN_READOUT_AUTO && r != FSNN_READOUT_EACH)
                    continue;
                CASE("%s, readout %s, targets %d", fsnn_loss_name(loss.kind),
                     fsnn_readout_name(loss.readout), kind);
                check(&loss, kind, y);
            }
    check(&(fsnn_loss){.kind = FSNN_TET, .mix = 0.3, .mask = true}, LABELS, y);
    check(&(fsnn_loss){.kind = FSNN_CE_RATE, .mask = true}, LABELS, y);
    check(&(fsnn_loss){.kind = FSNN_MSE_COUNT, .mask = true}, LABELS, y);
}

/* ---- data, evaluations, trainings ---- */

/* Samples whose last step of their own is bright in the place of the class, and otherwise lie the
 * other way round; what pads them is bright in place 0. */
static fsnn_data *recordings_with(bool told, float padding)
{
    float x[B * K * C] = {0};
    fsnn_data *data;
    for (int b = 0; b < B; b++)
        for (int k = 0; k < K; k++)
            for (int c = 0; c < C; c++)
                x[(b * K + k) * C + c] = k < lengths[b] - 1    ? (c != labels[b]) * 0.5f
                                         : k == lengths[b] - 1 ? c == labels[b]
                                                               : (float)(c == 0) * padding;
    GOOD(fsnn_data_memory(B, FSNN_SHAPE(K, C), x, labels, &data));
    GOOD(fsnn_data_sequence(data, FSNN_AXES_FIRST));
    if (told)
        GOOD(fsnn_data_set_lengths(data, lengths));
    return data;
}

static fsnn_data *recordings(bool told)
{
    return recordings_with(told, 3);
}

static fsnn_loader *loader_of(const fsnn_data *data)
{
    fsnn_loader *loader;
    const fsnn_loader_options how = {.encoder = {.steps = 1, .gain = 1}, .batch = B};
    GOOD(fsnn_loader_create(data, &how, &loader));
    return loader;
}

static fsnn_net *same(bool learns)
{
    const fsnn_dynamics dynamics = fsnn_dynamics_default(&(fsnn_order){0});
    const fsnn_plan plan = {.steps = K, .batch = B, .training = learns};
    fsnn_net *net = net_new();
    int node = fsnn_net_input(net, FSNN_SHAPE(C));
    if (learns)
        VALID(fsnn_net_linear(net, "fc", node, C, true));
    else
        VALID(fsnn_net_add(net, "flatten", "out", &node, 1, NULL));
    GOOD(fsnn_net_wrap(net, &dynamics, &plan));
    return net;
}

static double accuracy(const fsnn_data *data, fsnn_readout readout, bool mask)
{
    fsnn_loader *loader = loader_of(data);
    fsnn_net *net = same(false);
    fsnn_evaluation e;
    GOOD(fsnn_evaluate(net, loader, &(fsnn_loss){.kind = FSNN_CE, .readout = readout, .mask = mask},
                       &e));
    double found = e.accuracy;
    fsnn_evaluation_free(&e);
    fsnn_net_destroy(net);
    fsnn_loader_destroy(loader);
    return found;
}

static void evaluations(void **state)
{
    (void)state;
    fsnn_data *data = recordings(true);
    fsnn_data_info info;
    fsnn_data_info_get(data, &info);
    assert_true(info.lengths);
    assert_int_equal(fsnn_data_length(data, 1), 3);
    assert_true(accuracy(data, FSNN_READOUT_LAST, true) == 1);
    assert_true(accuracy(data, FSNN_READOUT_LAST, false) < 1);
    assert_true(accuracy(data, FSNN_READOUT_MAX, true) == 1);
    assert_true(accuracy(data, FSNN_READOUT_MAX, false) < 1);
    fsnn_data_destroy(data);
}

static void batches(void **state)
{
    (void)state;
    fsnn_data *data = recordings(true), *part;
    fsnn_batch batch;
    GOOD(fsnn_data_split(data, 0.4, 3, &part));
    fsnn_loader *loader = loader_of(part);
    GOOD(fsnn_loader_start(loader, 0));
    assert_int_equal(fsnn_loader_next(loader, &batch), 1);
    for (int64_t b = 0; b < batch.batch; b++)
        assert_int_equal(batch.lengths[b], lengths[batch.labels[b] == 0   ? 0
                                                   : batch.labels[b] == 2 ? 1
                                                                          : 2]);
    fsnn_loader_destroy(loader);
    fsnn_data_destroy(part);
    fsnn_data_destroy(data);
}

/* What stands in the padding changes nothing of what is learned. */
static void trainings(void **state)
{
    (void)state;
    double loss[2];
    for (int padding = 0; padding < 2; padding++) {
        fsnn_data *data = recordings_with(true, padding ? 3 : -1);
        fsnn_train_options o = {.training = fsnn_training_default()};
        fsnn_metrics m;
        fsnn_loader *loader = loader_of(data);
        fsnn_net *net = same(true);
        o.training.epochs = 3;
        o.training.loss = (fsnn_loss){.kind = FSNN_CE, .readout = FSNN_READOUT_LAST, .mask = true};
        GOOD(fsnn_train(net, loader, NULL, &o, &m));
        loss[padding] = m.loss;
        fsnn_metrics_free(&m);
        fsnn_net_destroy(net);
        fsnn_loader_destroy(loader);
        fsnn_data_destroy(data);
    }
    if (!(loss[0] == loss[1] && loss[0] < 2))
        fail_msg("loss %.17g and %.17g", loss[0], loss[1]);
}

/* ---- terms beside a loss ---- */

/* A neuron a class, that fires where it reads a bright number. */
static fsnn_net *firing(void)
{
    const fsnn_order order = fsnn_order_of(1);
    const fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    const fsnn_plan plan = {.steps = K, .batch = B, .training = true};
    fsnn_neuron neuron = FSNN_NEURON_DEFAULT;
    fsnn_net *net = net_new();
    int node = fsnn_net_input(net, FSNN_SHAPE(C));
    neuron.tau.value = 1;
    neuron.threshold.value = 0.9;
    node = fsnn_net_lif(net, "lif", node, &neuron);
    VALID(fsnn_net_linear(net, "fc", node, C, true));
    GOOD(fsnn_net_wrap(net, &dynamics, &plan));
    return net;
}

static int figure_of_term(const fsnn_metrics *m, void *user)
{
    double **next = user;
    for (int i = 0; i < m->figures; i++)
        if (strcmp(m->figure_name[i], "term.quiet") == 0)
            *(*next)++ = m->figure[i];
    return 0;
}

/* The term in each of two epochs that learn nothing, in batches of so many samples. */
static void terms_of(float padding, int64_t batch, double term[2])
{
    fsnn_data *data = recordings_with(true, padding);
    fsnn_loader *loader;
    fsnn_train_options o = {.training = fsnn_training_default(), .on_epoch = figure_of_term};
    const fsnn_loader_options how = {.encoder = {.steps = 1, .gain = 1}, .batch = batch};
    fsnn_net *net = firing();
    double *next = term;
    GOOD(fsnn_loader_create(data, &how, &loader));
    o.user = &next;
    o.training.epochs = 2;
    o.training.batch = batch;
    o.training.optimizer.lr = 1e-30;
    o.training.loss = (fsnn_loss){.kind = FSNN_CE, .readout = FSNN_READOUT_LAST, .mask = true};
    o.training.term[0] = (fsnn_term){.name = "quiet",
                                     .of = FSNN_PENALTY_RATE,
                                     .over = FSNN_PENALTY_NEURON,
                                     .min = -INFINITY,
                                     .max = 0.01,
                                     .weight = 1};
    o.training.terms = 1;
    GOOD(fsnn_train(net, loader, NULL, &o, NULL));
    assert_ptr_equal(next, term + 2);
    fsnn_net_destroy(net);
    fsnn_loader_destroy(loader);
    fsnn_data_destroy(data);
}

/* Spikes in the padding count in no term, of the first batch neither, and the last batch of an
 * epoch may be smaller. */
static void terms(void **state)
{
    (void)state;
    for (int64_t batch = 2; batch <= B; batch++) {
        CASE("batches of %d", (int)batch);
        double loud[2], still[2];
        terms_of(3, batch, loud);
        terms_of(-1, batch, still);
        assert_true(still[0] > 0);
        for (int epoch = 0; epoch < 2; epoch++) {
            WITHIN("loud", loud[epoch], still[0], 0);
            WITHIN("still", still[epoch], still[0], 0);
        }
    }
}

static void refused(void **state)
{
    (void)state;
    fsnn_data *data = recordings(false);
    fsnn_loader *loader = loader_of(data);
    fsnn_net *net = same(true);
    fsnn_training training = fsnn_training_default();
    training.loss = (fsnn_loss){.kind = FSNN_CE, .mask = true};
    REFUSED(fsnn_train_check(net, loader, NULL, &training), FSNN_EARGUMENT,
            "the training samples have no lengths of their own");
    assert_string_equal(fsnn_error_key(), "loss.mask");
    fsnn_measure m;
    fsnn_target target = target_of(LABELS, 0, NULL);
    float x[ALL] = {0};
    REFUSED(fsnn_loss_measure(&training.loss, K, B, C, x, &target, NULL, &m), FSNN_EARGUMENT,
            "nothing tells the samples' lengths");
    REFUSED(fsnn_data_set_lengths(data, (const int64_t[B]){1, 5, 2}), FSNN_EARGUMENT,
            "sample 1 has a length of 5 steps: it is from 1 to 4");
    REFUSED(fsnn_data_length(data, 3), FSNN_EARGUMENT, "sample 3 of 3");
    fsnn_net_destroy(net);
    fsnn_loader_destroy(loader);
    fsnn_data_destroy(data);
    GOOD(fsnn_data_memory(1, FSNN_SHAPE(2), x, labels, &data));
    REFUSED(fsnn_data_set_lengths(data, lengths), FSNN_EARGUMENT, "without time");
    assert_int_equal(fsnn_data_length(data, 0), 0);
    fsnn_data_destroy(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(losses),    cmocka_unit_test(evaluations), cmocka_unit_test(batches),
        cmocka_unit_test(trainings), cmocka_unit_test(terms),       cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

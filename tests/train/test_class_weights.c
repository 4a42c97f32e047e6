/* Weights of classes: losses against formulas written out, gradients against differences, balanced
 * weights, and that evaluations leave them out. */
#include "toy.h"

#include "base/error_key.h"

enum { K = 3, B = 4, C = 3, ALL = K * B * C };

static const double weight[C] = {0.5, 2, 0};
static const int32_t labels[B] = {1, 0, 2, 1};
static const double values[B * C] = {0.1, 0.7, 0.2, 1, 0, 0.5, 0, 0, 0, 0.3, 0.3, 0.9};

typedef struct kind {
    fsnn_loss_kind loss;
    double smoothing;
    bool values;
} kind;

static fsnn_loss loss_of(const kind *k)
{
    return (fsnn_loss){.kind = k->loss,
                       .label_smoothing = k->smoothing,
                       .class_weight = weight,
                       .class_weights = C};
}

/* x the mean over the steps. */
static void means(const double *y, double x[B][C])
{
    for (int b = 0; b < B; b++)
        for (int c = 0; c < C; c++) {
            x[b][c] = 0;
            for (int k = 0; k < K; k++)
                x[b][c] += y[(k * B + b) * C + c] / K;
        }
}

static double part(const kind *k, const double *x, double want, int c)
{
    double all = 0;
    for (int i = 0; i < C; i++)
        all += exp(x[i]);
    if (k->loss == FSNN_CE)
        return -((1 - k->smoothing) * want + k->smoothing / C) * (x[c] - log(all));
    double p = 1 / (1 + exp(-x[c]));
    return (k->loss == FSNN_MSE ? (x[c] - want) * (x[c] - want)
                                : -want * log(p) - (1 - want) * log(1 - p)) /
           C;
}

/* Of labels sum_i w_i l_i / sum_i w_i, in cross entropies with w_c beside each target; of values
 * sum_i sum_c w_c l_ic / items. */
static double reference(const kind *k, const double *y)
{
    double x[B][C], sum = 0, total = 0;
    means(y, x);
    for (int b = 0; b < B; b++) {
        total += k->values ? 1 : weight[labels[b]];
        for (int c = 0; c < C; c++) {
            double want = k->values ? values[b * C + c] : labels[b] == c;
            bool item = !k->values && k->loss != FSNN_CE;
            sum += weight[item ? labels[b] : c] * part(k, x[b], want, c);
        }
    }
    return sum / total;
}

static double value_of(const kind *k, const double *y, double *gradient)
{
    fsnn_loss loss = loss_of(k);
    fsnn_target target = {.labels = k->values ? NULL : labels,
                          .values64 = k->values ? values : NULL};
    fsnn_measure m;
    GOOD(fsnn_loss_measure_double(&loss, K, B, C, y, &target, gradient, &m));
    return m.value;
}

static void formulas(void **state)
{
    (void)state;
    NEEDS("double precision");
    static const kind kinds[] = {{FSNN_CE, 0, false},  {FSNN_CE, 0.2, false}, {FSNN_MSE, 0, false},
                                 {FSNN_BCE, 0, false}, {FSNN_CE, 0, true},    {FSNN_CE, 0.2, true},
                                 {FSNN_MSE, 0, true},  {FSNN_BCE, 0, true}};
    double y[ALL], gradient[ALL];
    for (int i = 0; i < FSNN_COUNT(kinds); i++) {
        CASE("%s of %s, smoothing %g", fsnn_loss_name(kinds[i].loss),
             kinds[i].values ? "values" : "labels", kinds[i].smoothing);
        for (int n = 0; n < ALL; n++)
            y[n] = fsnn_random_normal(5, (uint64_t)i, (uint64_t)n);
        WITHIN("loss", value_of(&kinds[i], y, gradient), reference(&kinds[i], y), 1e-12);
        for (int n = 0; n < ALL; n++) {
            double was = y[n], side[2];
            for (int s = 0; s < 2; s++) {
                y[n] = was + (s ? -1e-5 : 1e-5);
                side[s] = value_of(&kinds[i], y, NULL);
            }
            y[n] = was;
            WITHIN("gradient", gradient[n], (side[0] - side[1]) / 2e-5, 1e-9);
        }
    }
}

/* torch.nn.functional.cross_entropy([[1, 2, 0], [0, 1, 3], [2, 0, 1]], [1, 0, 2],
 * weight=[0.5, 2, 1], label_smoothing=s) */
static void torch_says(void **state)
{
    (void)state;
    static const float x[9] = {1, 2, 0, 0, 1, 3, 2, 0, 1};
    static const int32_t y[3] = {1, 0, 2};
    static const double w[3] = {0.5, 2, 1};
    static const double smoothing[2] = {0, 0.1},
                        expected[2] = {1.0879259723175096, 1.1357781638434508};
    for (int i = 0; i < 2; i++) {
        fsnn_loss loss = {.kind = FSNN_CE_RATE,
                          .label_smoothing = smoothing[i],
                          .class_weight = w,
                          .class_weights = 3};
        double value;
        GOOD(fsnn_loss_compute(&loss, 1, 3, 3, x, y, NULL, NULL, &value, NULL));
        WITHIN("loss", value, expected[i], 1e-7);
    }
}

/* Each step of tet answers by itself; what holds outputs near 1 knows no classes. */
static void tet(void **state)
{
    (void)state;
    static const float x[4] = {0, 0, 3, 3}; /* [K 1, B 2, C 2] */
    static const int32_t y[2] = {0, 1};
    static const double w[2] = {3, 1};
    double value, hold = (1 + 1 + 4 + 4) / 4.0;
    fsnn_loss loss = {.kind = FSNN_TET, .mix = 0.25, .class_weight = w, .class_weights = 2};
    GOOD(fsnn_loss_compute(&loss, 1, 2, 2, x, y, NULL, NULL, &value, NULL));
    WITHIN("loss", value, 0.75 * log(2) + 0.25 * hold, 1e-12);
}

/* A class that weighs nothing leaves no gradient; a batch of nothing else is 0. */
static void weightless(void **state)
{
    (void)state;
    static const float x[6] = {1, 2, 3, 3, 2, 1};
    static const int32_t some[2] = {2, 0}, none[2] = {2, 2};
    fsnn_loss loss = {.kind = FSNN_MSE_RATE, .class_weight = weight, .class_weights = C};
    float gradient[6];
    double value;
    GOOD(fsnn_loss_compute(&loss, 1, 2, C, x, some, NULL, gradient, &value, NULL));
    WITHIN("loss", value, (4.0 + 4 + 1) / 3, 1e-12);
    assert_true(gradient[0] == 0 && gradient[2] == 0 && gradient[3] != 0);
    GOOD(fsnn_loss_compute(&loss, 1, 2, C, x, none, NULL, gradient, &value, NULL));
    assert_true(value == 0 && gradient[0] == 0 && gradient[5] == 0);
}

static fsnn_data *uneven(int64_t count)
{
    float *x = fsnn_alloc((size_t)count * 2 * sizeof *x);
    int32_t *y = fsnn_alloc((size_t)count * sizeof *y);
    fsnn_data *data;
    for (int64_t i = 0; i < count; i++) {
        y[i] = i % 10 == 0;
        for (int64_t j = 0; j < 2; j++) /* the rare class is hidden among the other */
            x[2 * i + j] = fsnn_random_uniform(3, 0, (uint64_t)(2 * i + j)) + (y[i] ? 0.35f : 0);
    }
    GOOD(fsnn_data_memory(count, FSNN_SHAPE(2), x, y, &data));
    fsnn_free(x);
    fsnn_free(y);
    return data;
}

static void balanced_weights(void **state)
{
    (void)state;
    double w[3];
    fsnn_data *data = uneven(100), *bare;
    GOOD(fsnn_loss_balance(data, 3, w));
    WITHIN("often", w[0], 100.0 / (2 * 90), 1e-15);
    WITHIN("rare", w[1], 100.0 / (2 * 10), 1e-15);
    assert_true(w[2] == 1);
    REFUSED(fsnn_loss_balance(data, 1, w), FSNN_EARGUMENT, "samples have 2");
    fsnn_data_destroy(data);
    GOOD(fsnn_data_memory(2, FSNN_SHAPE(2), (const float[4]){1, 2, 3, 4}, NULL, &bare));
    REFUSED(fsnn_loss_balance(bare, 2, w), FSNN_EARGUMENT, "the samples have none");
    fsnn_data_destroy(bare);
    const int32_t steps[8] = {0, 0, 0, 1, 0, FSNN_UNLABELLED, FSNN_UNLABELLED, FSNN_UNLABELLED};
    GOOD(fsnn_data_memory(2, FSNN_SHAPE(4), (const float[8]){0}, NULL, &data));
    GOOD(fsnn_data_set_labels(data, 4, steps));
    GOOD(fsnn_loss_balance(data, 2, w));
    WITHIN("steps", w[1] / w[0], 4, 1e-15);
    fsnn_data_destroy(data);
}

static fsnn_net *classifier(void)
{
    const fsnn_dynamics dynamics = fsnn_dynamics_default(&(fsnn_order){0});
    fsnn_net *net = net_new();
    int node = fsnn_net_input(net, FSNN_SHAPE(2));
    assert_true(fsnn_net_linear(net, "fc", node, 2, true) >= 0);
    GOOD(fsnn_net_wrap(net, &dynamics, &(fsnn_plan){.steps = 1, .batch = 20, .training = true}));
    return net;
}

/* Trains; the recall of the rare class (and the loss of an evaluation). */
static double recall(bool balanced, const double *list, double *loss, double *figure)
{
    fsnn_loader_options how = {.encoder = {.steps = 1, .gain = 1}, .batch = 20};
    fsnn_data *data = uneven(400);
    fsnn_net *net = classifier();
    fsnn_loader *loader;
    fsnn_train_options o = {.training = fsnn_training_default()};
    fsnn_evaluation e;
    fsnn_metrics m;
    o.training.epochs = 40;
    o.training.optimizer.lr = 0.05;
    o.training.loss.balanced = balanced;
    o.training.loss.class_weight = list;
    o.training.loss.class_weights = list ? 2 : 0;
    GOOD(fsnn_loader_create(data, &how, &loader));
    GOOD(fsnn_train(net, loader, loader, &o, &m));
    GOOD(fsnn_evaluate(net, loader, &o.training.loss, &e));
    *loss = e.loss;
    *figure = m.loss;
    double found = (double)e.confusion[3] / (double)(e.confusion[2] + e.confusion[3]);
    fsnn_evaluation_free(&e);
    fsnn_metrics_free(&m);
    fsnn_net_destroy(net);
    fsnn_loader_destroy(loader);
    fsnn_data_destroy(data);
    return found;
}

/* With classes 9 to 1 a net finds the rare one where it counts as much as the other; the loss of an
 * evaluation is that of all samples alike. */
static void trainings(void **state)
{
    (void)state;
    const double list[2] = {400.0 / 720, 400.0 / 80};
    double plain_loss, loss, same_loss, figure[3];
    double plain = recall(false, NULL, &plain_loss, &figure[0]);
    double even = recall(true, NULL, &loss, &figure[1]);
    assert_true(even == recall(false, list, &same_loss, &figure[2]));
    assert_true(loss == same_loss && figure[1] == figure[2]);
    if (!(plain < 0.5 && even > 0.7))
        fail_msg("recall %g without weights, %g with them", plain, even);
    assert_true(loss > plain_loss && figure[1] > 0 && figure[1] != figure[0]);
}

static void refused(void **state)
{
    (void)state;
    static const double negative[2] = {1, -1}, nothing[2] = {0, 0}, three[3] = {1, 1, 1};
    fsnn_loss loss = {.class_weight = negative, .class_weights = 2};
    REFUSED(fsnn_loss_check(&loss), FSNN_EARGUMENT, "the weight of class 1 is -1");
    loss.class_weight = nothing;
    REFUSED(fsnn_loss_check(&loss), FSNN_EARGUMENT, "none of the 2 class weights is above 0");
    double value;
    const float x[2] = {0};
    const int32_t y[1] = {0};
    loss.class_weight = three;
    loss.class_weights = 3;
    REFUSED(fsnn_loss_compute(&loss, 1, 1, 2, x, y, NULL, NULL, &value, NULL), FSNN_EARGUMENT,
            "3 class weights, but the output has 2 classes");
    REFUSED(
        fsnn_loss_compute(&(fsnn_loss){.balanced = true}, 1, 1, 2, x, y, NULL, NULL, &value, NULL),
        FSNN_EARGUMENT, "fsnn_loss_balance makes them");

    fsnn_loader_options how = {.encoder = {.steps = 1, .gain = 1}, .batch = 20};
    fsnn_data *data = uneven(40), *bare;
    fsnn_loader *loader, *without;
    fsnn_net *net = classifier();
    fsnn_training training = fsnn_training_default();
    training.loss = loss;
    GOOD(fsnn_loader_create(data, &how, &loader));
    REFUSED(fsnn_train_check(net, loader, NULL, &training), FSNN_EARGUMENT,
            "3 class weights, but the net's output has 2 classes");
    assert_string_equal(fsnn_error_key(), "class_weights");
    const float two[4] = {1, 2, 3, 4};
    GOOD(fsnn_data_memory(2, FSNN_SHAPE(2), two, NULL, &bare));
    GOOD(fsnn_data_set_values(bare, FSNN_SHAPE(2), two));
    GOOD(fsnn_loader_create(bare, &how, &without));
    training.loss = (fsnn_loss){.kind = FSNN_MSE, .balanced = true};
    REFUSED(fsnn_train_check(net, without, NULL, &training), FSNN_EARGUMENT,
            "balanced class weights need samples with classes");
    fsnn_net_destroy(net);
    fsnn_loader_destroy(loader);
    fsnn_loader_destroy(without);
    fsnn_data_destroy(data);
    fsnn_data_destroy(bare);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formulas),
        cmocka_unit_test(torch_says),
        cmocka_unit_test(tet),
        cmocka_unit_test(weightless),
        cmocka_unit_test(balanced_weights),
        cmocka_unit_test(trainings),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

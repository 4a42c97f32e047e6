/* What one gets who sets nothing: the default neuron is stable and does not overshoot at step 1,
 * and a network of it learns. */
#include "check.h"

#include <fsnn/fsnn.h>

#include "base/base.h"

/* The values that C and descriptions begin with are the same. */
static void the_same_everywhere(void **state)
{
    (void)state;
    const fsnn_neuron in_c = FSNN_NEURON_DEFAULT;
    fsnn_neuron of_kind;
    assert_int_equal(fsnn_kind_defaults("lif", &of_kind), sizeof of_kind);
    assert_float_equal(in_c.tau.value, 2, 0);
    assert_memory_equal(&in_c.tau, &of_kind.tau, sizeof in_c.tau);
    assert_float_equal(in_c.threshold.value, of_kind.threshold.value, 0);
}

static void no_remarks(void **state)
{
    (void)state;
    static const char *const kinds[] = {"if",       "lif",  "noisy", "qif",
                                        "hard_lif", "cuba", "alif",  "readout"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        for (double alpha = 0.5; alpha <= 1; alpha += 0.05) {
            CASE("%s at alpha %g", kinds[i], alpha);
            fsnn_net *net;
            GOOD(fsnn_net_create(&net));
            int in = (int)VALID(fsnn_net_input(net, FSNN_SHAPE(3)));
            VALID(fsnn_net_add(net, kinds[i], NULL, &in, 1, NULL));
            fsnn_order order = fsnn_order_of(alpha);
            fsnn_dynamics d = fsnn_dynamics_default(&order);
            GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 4, .batch = 2}));
            assert_null(fsnn_net_warning(net, 0));
            fsnn_net_destroy(net);
        }
}

/* ---- three clouds in four dimensions, as measured flowers have them ---- */

enum { CLASSES = 3, INPUTS = 4, SAMPLES = 150, T = 16, BATCH = 30 };

static void clouds(uint64_t seed, float *x, int32_t *y)
{
    static const float centre[CLASSES][INPUTS] = {
        {-1, 0.8f, -1.3f, -1.25f}, {0.1f, -0.6f, 0.3f, 0.2f}, {0.9f, -0.1f, 1, 1.1f}};
    for (int s = 0; s < SAMPLES; s++) {
        y[s] = s % CLASSES;
        for (int j = 0; j < INPUTS; j++) {
            double by = fsnn_random_normal(seed, 0, (uint64_t)(s * INPUTS + j));
            x[s * INPUTS + j] = centre[y[s]][j] + 0.4f * (float)by;
        }
    }
}

static fsnn_loader *loader(uint64_t seed, bool shuffle, fsnn_data **data)
{
    static float x[SAMPLES * INPUTS];
    static int32_t y[SAMPLES];
    fsnn_loader *made;
    clouds(seed, x, y);
    GOOD(fsnn_data_memory(SAMPLES, FSNN_SHAPE(INPUTS), x, y, data));
    fsnn_loader_options how = {.encoder = {.kind = FSNN_ENCODE_DIRECT, .steps = T, .gain = 1},
                               .batch = BATCH,
                               .shuffle = shuffle,
                               .seed = 1};
    GOOD(fsnn_loader_create(*data, &how, &made));
    return made;
}

static double accuracy(double tau)
{
    fsnn_data *data[2];
    fsnn_loader *train = loader(1, true, &data[0]), *test = loader(2, false, &data[1]);
    fsnn_net *net;
    GOOD(fsnn_net_create(&net));
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    if (tau > 0)
        lif.tau.value = tau;
    int x = fsnn_net_linear(net, "fc1", fsnn_net_input(net, FSNN_SHAPE(INPUTS)), 16, true);
    x = fsnn_net_linear(net, "fc2", fsnn_net_lif(net, "lif1", x, &lif), CLASSES, true);
    VALID(fsnn_net_lif(net, "lif2", x, &lif));
    fsnn_order order = fsnn_order_of(0.6);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    GOOD(fsnn_net_wrap(net, &d,
                       &(fsnn_plan){.steps = T, .batch = BATCH, .training = true, .seed = 1}));
    fsnn_train_options options = {.training = fsnn_training_default()};
    options.training.epochs = 60;
    options.training.batch = BATCH;
    options.training.optimizer.lr = 5e-3;
    fsnn_metrics best;
    GOOD(fsnn_train(net, train, test, &options, &best));
    fsnn_net_destroy(net);
    fsnn_loader_destroy(train);
    fsnn_loader_destroy(test);
    fsnn_data_destroy(data[0]);
    fsnn_data_destroy(data[1]);
    double reached = best.test_accuracy;
    fsnn_metrics_free(&best);
    return reached;
}

static void learns(void **state)
{
    (void)state;
    double by_default = accuracy(0), too_short = accuracy(0.5);
    print_message("accuracy %.3f, beyond the limit of stability %.3f\n", by_default, too_short);
    assert_true(by_default > 0.9);
    assert_true(by_default > too_short + 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_everywhere),
        cmocka_unit_test(no_remarks),
        cmocka_unit_test(learns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

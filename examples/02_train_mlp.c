/* 02_train_mlp: trains a small fractional spiking network and looks at what it learned.
 *
 * Task: a point in the unit square belongs to class 1 when it lies inside a ring, else to class 0.
 * Each coordinate is fed as a constant current (direct encoding, T = 8 steps) through a population
 * of Gaussian receptive fields. Network: 24 - 64 - 2, LIF neurons of order alpha = 0.6 (learned),
 * tau learned too.
 *
 * It shows the whole way in the C API (data, loader, net, wrap, train, evaluate) and checks that
 * the network reaches 90 % on points it has not seen, and that alpha moved and stayed inside (0,
 * 1]. */
#include <fsnn/fsnn.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIELDS = 12, INPUTS = 2 * FIELDS, TRAIN = 2000, TEST = 500, T = 8, BATCH = 50 };

#define TRY(call)                                                                                  \
    do {                                                                                           \
        if ((call) < 0) {                                                                          \
            fprintf(stderr, "%s\n", fsnn_error_text());                                            \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static double uniform(void) /* a small linear congruential generator: the same data everywhere */
{
    static unsigned long long state = 12345;
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (double)(state >> 40) / (1 << 24);
}

static void sample(float *x, int32_t *label)
{
    double p[2] = {uniform(), uniform()};
    double radius = hypot(p[0] - 0.5, p[1] - 0.5);
    *label = radius > 0.2 && radius < 0.4;
    for (int axis = 0; axis < 2; axis++)
        for (int i = 0; i < FIELDS; i++) {
            double d = (p[axis] - i / (FIELDS - 1.0)) * FIELDS;
            x[axis * FIELDS + i] = (float)exp(-d * d / 2);
        }
}

static fsnn_data *points(int64_t count)
{
    float *x = malloc((size_t)count * INPUTS * sizeof *x);
    int32_t *labels = malloc((size_t)count * sizeof *labels);
    fsnn_data *data;
    for (int64_t i = 0; i < count; i++)
        sample(x + i * INPUTS, labels + i);
    TRY(fsnn_data_memory(count, FSNN_SHAPE(INPUTS), x, labels, &data));
    free(x);
    free(labels);
    return data;
}

static int report(const fsnn_metrics *m, void *user)
{
    (void)user;
    if (m->epoch % 5 == 0)
        printf("epoch %2lld  loss %.4f  accuracy %.1f %%  unseen points %.1f %%  "
               "firing rate %.3f\n",
               (long long)m->epoch, m->loss, 100 * m->accuracy, 100 * m->test_accuracy, m->rate);
    return 0;
}

int main(void)
{
    /* data */
    fsnn_data *train = points(TRAIN), *test = points(TEST);
    fsnn_loader_options loading = {.encoder = {.kind = FSNN_ENCODE_DIRECT, .steps = T, .gain = 1},
                                   .batch = BATCH,
                                   .shuffle = true,
                                   .seed = 1};
    fsnn_loader *train_loader, *test_loader;
    TRY(fsnn_loader_create(train, &loading, &train_loader));
    loading.shuffle = false;
    TRY(fsnn_loader_create(test, &loading, &test_loader));

    /* network */
    fsnn_net *net;
    TRY(fsnn_net_create(&net));
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    lif.tau = (fsnn_value){.value = 2.0, .learn = true};
    int x = fsnn_net_input(net, FSNN_SHAPE(INPUTS));
    x = fsnn_net_linear(net, "fc1", x, 64, true);
    x = fsnn_net_lif(net, "lif1", x, &lif);
    x = fsnn_net_linear(net, "fc2", x, 2, true);
    x = fsnn_net_lif(net, "lif2", x, &lif);
    TRY(x);

    /* dynamics: what makes it an f-SNN */
    fsnn_order order = fsnn_order_of(0.6);
    order.learn_alpha = true;
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    TRY(fsnn_net_wrap(net, &dynamics,
                      &(fsnn_plan){.steps = T, .batch = BATCH, .training = true, .seed = 1}));
    for (int i = 0; fsnn_net_warning(net, i); i++) /* what works, but not as one would expect */
        fprintf(stderr, "warning: %s\n", fsnn_net_warning(net, i));

    /* training */
    fsnn_train_options options = {.training = fsnn_training_default(), .on_epoch = report};
    options.training.epochs = 30;
    options.training.batch = BATCH;
    options.training.optimizer.lr = 5e-3;
    fsnn_metrics best;
    TRY(fsnn_train(net, train_loader, test_loader, &options, &best));

    double alpha1 = fsnn_net_param_find(net, "lif1.alpha")->value[0];
    double alpha2 = fsnn_net_param_find(net, "lif2.alpha")->value[0];
    printf("best epoch %lld: %.1f %% of unseen points right; alpha learned: %.3f and %.3f\n",
           (long long)best.epoch, 100 * best.test_accuracy, alpha1, alpha2);

    fsnn_loader_destroy(train_loader);
    fsnn_loader_destroy(test_loader);
    fsnn_data_destroy(train);
    fsnn_data_destroy(test);
    fsnn_net_destroy(net);

    int moved = fabs(alpha1 - 0.6) > 1e-3 && fabs(alpha2 - 0.6) > 1e-3;
    int inside = alpha1 > 0 && alpha1 <= 1 && alpha2 > 0 && alpha2 <= 1;
    int good = best.test_accuracy >= 0.9 && moved && inside;
    puts(good ? "ok" : "FAILED");
    fsnn_metrics_free(&best);
    return !good;
}

/* 03_cnn: a convolutional fractional spiking network for 28x28 images:
 *
 *     conv 32 - LIF - pool - conv 64 - LIF - pool - 128 - LIF - 10 - LIF       T = 4, alpha = 0.5
 *
 * Trained here for one short epoch on 6,000 images of Fashion-MNIST (Debian package
 * dataset-fashion-mnist), tested on 1,000. It shows images in, a network built node by node, the
 * plan's memory, and a forward and backward by hand; it checks the shapes and that the network gets
 * at least 65 % of the test images right (chance is 10 %). Without the data set it says so and
 * checks the network on noise instead: shapes, and a loss that falls. */
#include <fsnn/fsnn.h>

#include <stdio.h>
#include <stdlib.h>

enum { T = 4, BATCH = 50 };

#define TRY(call)                                                                                  \
    do {                                                                                           \
        if ((call) < 0) {                                                                          \
            fprintf(stderr, "%s\n", fsnn_error_text());                                            \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static fsnn_net *build(void)
{
    fsnn_net *net;
    TRY(fsnn_net_create(&net));
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    lif.tau.value = 2.0;
    lif.threshold.value = 0.5; /* low enough for every layer to spike with the first weights */
    lif.surrogate.scale = 2.0;
    fsnn_conv2d conv;
    fsnn_kind_defaults("conv2d", &conv);
    conv.kernel[0] = conv.kernel[1] = 3;
    conv.padding[0] = conv.padding[1] = 1;

    int x = fsnn_net_input(net, FSNN_SHAPE(1, 28, 28));
    conv.out = 32;
    x = fsnn_net_conv2d(net, "conv1", x, &conv);
    x = fsnn_net_lif(net, "lif1", x, &lif);
    x = fsnn_net_maxpool(net, "pool1", x, 2);
    conv.out = 64;
    x = fsnn_net_conv2d(net, "conv2", x, &conv);
    x = fsnn_net_lif(net, "lif2", x, &lif);
    x = fsnn_net_maxpool(net, "pool2", x, 2);
    x = fsnn_net_flatten(net, "flat", x);
    x = fsnn_net_linear(net, "fc1", x, 128, true);
    x = fsnn_net_lif(net, "lif3", x, &lif);
    x = fsnn_net_linear(net, "fc2", x, 10, true);
    lif.threshold.value = 1.0;
    x = fsnn_net_lif(net, "lif4", x, &lif);
    TRY(x);

    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    TRY(fsnn_net_wrap(net, &dynamics,
                      &(fsnn_plan){.steps = T, .batch = BATCH, .training = true, .seed = 1}));
    for (int i = 0; fsnn_net_warning(net, i); i++) /* what works, but not as one would expect */
        fprintf(stderr, "warning: %s\n", fsnn_net_warning(net, i));
    return net;
}

static int describe(fsnn_net *net)
{
    fsnn_node_info node;
    char shape[64];
    int64_t total = 0;
    for (int i = 0; i < fsnn_net_node_count(net); i++) {
        TRY(fsnn_net_node(net, i, &node));
        printf("  %-7s %-8s %-14s %7lld parameters\n", node.name, node.kind,
               fsnn_shape_text(&node.shape, shape, sizeof shape), (long long)node.params);
        if (!node.neuron)
            total += node.params;
    }
    int64_t activations, histories, parameters;
    TRY(fsnn_net_memory(net, &activations, &histories, &parameters));
    printf("  %lld weights; training memory: %.1f MB activations, %.1f MB membrane histories, %.1f "
           "MB parameters\n",
           (long long)total, (double)activations / 1e6, (double)histories / 1e6,
           (double)parameters / 1e6);
    /* 32*9+32 + 64*32*9+64 + 128*64*49+128 + 10*128+10 */
    return total == 421642;
}

static int train_on_images(fsnn_net *net, fsnn_data *train, fsnn_data *test)
{
    fsnn_loader_options loading = {
        .encoder = {.kind = FSNN_ENCODE_DIRECT, .steps = T, .gain = 4},
        .batch = BATCH,
        .shuffle = true,
        .seed = 1,
        /* the same picture at every step: what it gives the first layer is computed once */
        .still = true,
    };
    fsnn_loader *train_loader, *test_loader;
    TRY(fsnn_data_limit(train, 6000, 1));
    TRY(fsnn_data_limit(test, 1000, 1));
    TRY(fsnn_loader_create(train, &loading, &train_loader));
    loading.shuffle = false;
    TRY(fsnn_loader_create(test, &loading, &test_loader));
    fsnn_train_options options = {.training = fsnn_training_default()};
    options.training.epochs = 1;
    options.training.batch = BATCH;
    options.training.loss.kind = FSNN_MSE_RATE;
    options.training.optimizer.lr = 2e-3;
    fsnn_metrics best;
    TRY(fsnn_train(net, train_loader, test_loader, &options, &best));
    printf("after one epoch of 6000 images: %.1f %% of 1000 test images right, %.0f images/s\n",
           100 * best.test_accuracy, best.samples_per_second);
    fsnn_loader_destroy(train_loader);
    fsnn_loader_destroy(test_loader);
    double accuracy = best.test_accuracy;
    fsnn_metrics_free(&best);
    return accuracy >= 0.65;
}

/* The training loop by hand: forward, loss, backward, step. */
static int train_on_noise(fsnn_net *net)
{
    static float x[T * BATCH * 28 * 28], gradient[T * BATCH * 10];
    static int32_t labels[BATCH];
    for (int i = 0; i < T * BATCH * 28 * 28; i++)
        x[i] = 4 * (float)rand() / (float)RAND_MAX;
    for (int i = 0; i < BATCH; i++)
        labels[i] = i % 10;
    fsnn_training training = fsnn_training_default();
    fsnn_optimizer *optimizer;
    TRY(fsnn_optimizer_create(net, &training.optimizer, &optimizer));
    double first = 0, value = 0;
    for (int step = 0; step < 30; step++) {
        const float *out;
        TRY(fsnn_net_reset(net));
        TRY(fsnn_net_forward(net, x, &out));
        TRY(fsnn_loss_compute(&training.loss, T, BATCH, 10, out, labels, NULL, gradient, &value,
                              NULL));
        fsnn_net_zero_grad(net);
        TRY(fsnn_net_backward(net, gradient, NULL));
        TRY(fsnn_optimizer_step(optimizer, 1e-3, 0, NULL));
        if (step == 0)
            first = value;
    }
    printf("noise learned by heart: loss %.3f -> %.3f\n", first, value);
    fsnn_optimizer_destroy(optimizer);
    return value < first;
}

int main(void)
{
    const char *folder = "/usr/share/datasets/fashion-mnist/";
    char path[4][128];
    static const char *const file[] = {"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz",
                                       "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"};
    for (int i = 0; i < 4; i++)
        snprintf(path[i], sizeof path[i], "%s%s", folder, file[i]);

    fsnn_net *net = build();
    int good = describe(net);
    fsnn_data *train = NULL, *test = NULL;
    if (fsnn_data_idx(path[0], path[1], &train) == FSNN_OK &&
        fsnn_data_idx(path[2], path[3], &test) == FSNN_OK) {
        good &= train_on_images(net, train, test);
    } else {
        printf("no Fashion-MNIST here (%s): noise instead\n", fsnn_error_text());
        good &= train_on_noise(net);
    }
    fsnn_data_destroy(train);
    fsnn_data_destroy(test);
    fsnn_net_destroy(net);
    puts(good ? "ok" : "FAILED");
    return !good;
}

/* Batch normalisation that is synchronised between shards: the steps of whole batches, the same
 * bits whatever runs the shards, and what cannot be synchronised. */
#include "toy.h"

#include "base/error_key.h"

enum { SIDE = 6, COUNT = 62, BATCH = 32, STEPS = 3 };

/* How images are normalised. */
typedef struct how {
    const char *kind; /* batchnorm, tdbn */
    bool per_step, still, wide, looped, flat;
    int64_t count;
} how;

static int add_norm(fsnn_net *net, const how *h, int node)
{
    fsnn_batchnorm norm = {.eps = 1e-5, .momentum = 0.3, .affine = true, .per_step = h->per_step};
    fsnn_tdbn td = {.norm = norm, .alpha = 1, .threshold = 0.7};
    bool tdbn = strcmp(h->kind, "tdbn") == 0;
    return fsnn_net_add(net, h->kind, "norm", &node, 1, tdbn ? (const void *)&td : &norm);
}

static fsnn_net *make_net(const how *h, int64_t batch)
{
    fsnn_net *net = net_new();
    fsnn_order order = fsnn_order_of(0.7);
    order.learn_alpha = true;
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    dynamics.precision = h->wide ? FSNN_PRECISION_DOUBLE : FSNN_PRECISION_SINGLE;
    fsnn_neuron neuron = FSNN_NEURON_DEFAULT;
    neuron.tau = (fsnn_value){.value = 2, .learn = true};
    neuron.threshold.value = 0.5;
    fsnn_plan plan = {
        .steps = STEPS, .batch = batch, .training = true, .seed = 1, .still = h->still};
    int node = fsnn_net_input(net, FSNN_SHAPE(1, SIDE, SIDE));
    fsnn_conv2d conv = {.out = 4,
                        .kernel = {3, 3},
                        .stride = {1, 1},
                        .dilation = {1, 1},
                        .groups = 1,
                        .bias = true};
    node = h->flat ? fsnn_net_linear(net, "fc1", fsnn_net_flatten(net, NULL, node), 8, true)
                   : fsnn_net_conv2d(net, "conv", node, &conv);
    if (h->looped) {
        int source[2] = {node, fsnn_net_delay(net, "back", "lif")};
        node = fsnn_net_add(net, "add", "sum", source, 2, NULL);
    }
    node = add_norm(net, h, node);
    node = fsnn_net_lif(net, "lif", node, &neuron);
    if (!h->flat) {
        node = fsnn_net_conv2d(net, "conv2", node, &conv);
        node = fsnn_net_batchnorm(net, "norm2", node);
        node = fsnn_net_lif(net, "lif2", node, &neuron);
        node = fsnn_net_flatten(net, NULL, node);
    }
    node = fsnn_net_linear(net, "fc", node, 2, true);
    assert_true(node >= 0);
    GOOD(fsnn_net_wrap(net, &dynamics, &plan));
    return net;
}

static void open_images(toy *t, const how *h, int64_t batch)
{
    float x[COUNT * SIDE * SIDE];
    int32_t label[COUNT];
    int64_t count = h->count ? h->count : COUNT;
    for (int64_t i = 0; i < count * SIDE * SIDE; i++)
        x[i] = fsnn_random_uniform(5, 0, (uint64_t)i);
    for (int i = 0; i < count; i++)
        label[i] = i % 2;
    *t = (toy){0};
    GOOD(fsnn_data_memory(count, FSNN_SHAPE(1, SIDE, SIDE), x, label, &t->train_data));
    fsnn_loader_options options = {
        .encoder = {.kind = FSNN_ENCODE_DIRECT, .steps = STEPS, .gain = 1},
        .batch = batch,
        .still = h->still,
        .shuffle = true};
    GOOD(fsnn_loader_create(t->train_data, &options, &t->train));
    t->net = make_net(h, BATCH); /* a shard alone may be too small */
}

static fsnn_train_options training(int64_t shards)
{
    fsnn_train_options o = toy_training(2);
    o.training.batch = BATCH;
    o.training.shards = shards;
    o.training.batchnorm = FSNN_NORM_SYNCHRONISED;
    o.training.optimizer.kind = FSNN_SGD;
    o.training.optimizer.momentum = 0;
    o.training.optimizer.lr = 0.5;
    o.training.term[0] = (fsnn_term){.name = "quiet",
                                     .of = FSNN_PENALTY_RATE,
                                     .over = FSNN_PENALTY_NEURON,
                                     .min = -INFINITY,
                                     .max = 0.02,
                                     .weight = 3};
    o.training.term[1] = (fsnn_term){
        .name = "near", .of = FSNN_PENALTY_POTENTIAL, .min = -0.1, .max = 0.1, .weight = 2};
    o.training.terms = 2;
    return o;
}

/* ---- as whole batches ---- */

static void compare(const fsnn_net *a, const fsnn_net *b)
{
    for (int i = 0; i < fsnn_net_param_count(a); i++) {
        const fsnn_param *p = fsnn_net_param(a, i), *q = fsnn_net_param(b, i);
        for (int64_t k = 0; k < fsnn_shape_count(&p->shape); k++)
            WITHIN(p->name, p->value64[k], q->value64[k], 1e-9);
    }
}

/* In double precision: two batches an epoch, of which the second has 30 samples, and a last shard
 * that weighs less. */
static void same_as_whole_batches(void **state)
{
    (void)state;
    static const how row[] = {{.kind = "batchnorm", .wide = true},
                              {.kind = "batchnorm", .wide = true, .per_step = true},
                              {.kind = "batchnorm", .wide = true, .still = true},
                              {.kind = "batchnorm", .wide = true, .still = true, .per_step = true},
                              {.kind = "batchnorm", .wide = true, .per_step = true, .flat = true},
                              {.kind = "tdbn", .wide = true}};
    GOOD(fsnn_threads_set(1));
    for (int i = 0; i < FSNN_COUNT(row); i++)
        for (int64_t shards = 2; shards <= 32; shards *= 4) {
            CASE("row %d, %d shards", i, (int)shards);
            toy whole, parts;
            fsnn_train_options one = training(1), many = training(shards);
            one.directory = many.directory = NULL;
            fsnn_metrics a, b;
            open_images(&whole, &row[i], BATCH);
            open_images(&parts, &row[i], BATCH / shards);
            GOOD(fsnn_train(whole.net, whole.train, NULL, &one, &a));
            GOOD(fsnn_train(parts.net, parts.train, NULL, &many, &b));
            WITHIN("loss", a.loss, b.loss, 1e-9);
            WITHIN("norm", a.gradient_norm, b.gradient_norm, 1e-9);
            compare(whole.net, parts.net);
            fsnn_metrics_free(&a);
            fsnn_metrics_free(&b);
            toy_close(&whole);
            toy_close(&parts);
        }
    GOOD(fsnn_threads_set(0));
}

/* ---- the same bits ---- */

static void train_with(int threads, fsnn_norm_over over, toy_file *last)
{
    const how h = {.kind = "batchnorm"};
    toy t;
    fsnn_train_options options = training(4);
    options.training.batchnorm = over;
    GOOD(fsnn_threads_set(threads));
    open_images(&t, &h, BATCH / 4);
    GOOD(fsnn_train(t.net, t.train, NULL, &options, NULL));
    assert_int_equal(fsnn_threads(), threads);
    toy_close(&t);
    GOOD(fsnn_threads_set(0));
    *last = toy_read("last.safetensors");
    toy_clean();
}

static void any_number_of_threads(void **state)
{
    (void)state;
    NEEDS("OpenMP");
    toy_file one, apart;
    train_with(1, FSNN_NORM_SYNCHRONISED, &one);
    train_with(1, FSNN_NORM_SHARD, &apart);
    assert_false(toy_same_bytes(&one, &apart));
    for (int threads = 2; threads <= 4; threads += 2) {
        toy_file many;
        CASE("%d threads", threads);
        train_with(threads, FSNN_NORM_SYNCHRONISED, &many);
        assert_true(toy_same_bytes(&one, &many));
        fsnn_free(many.data);
    }
    fsnn_free(one.data);
    fsnn_free(apart.data);
}

/* ---- what cannot be ---- */

static fsnn_status check(const how *h, int64_t shards, int64_t checkpoint)
{
    toy t;
    fsnn_train_options options = training(shards);
    options.directory = NULL;
    options.training.checkpoint = checkpoint;
    open_images(&t, h, BATCH / shards);
    fsnn_status status = fsnn_train_check(t.net, t.train, NULL, &options.training);
    fsnn_error error;
    fsnn_error_keep(&error);
    toy_close(&t);
    fsnn_error_restore(&error);
    return status;
}

static void refused(void **state)
{
    (void)state;
    how h = {.kind = "batchnorm", .per_step = true, .looped = true};
    REFUSED(check(&h, 4, 0), FSNN_EUNSUPPORTED, "a loop runs pieces of time");
    h.looped = false;
    h.flat = true;
    REFUSED(check(&h, 4, 2), FSNN_EUNSUPPORTED, "gradient checkpointing runs pieces of time");
    h.count = 33;
    REFUSED(check(&h, 32, 0), FSNN_ESHAPE, "the last batch of an epoch is 1 of 33 samples");
    h.count = 0; /* one sample a shard */
    GOOD(check(&h, 32, 0));
    toy_options o = TOY;
    o.batch = TOY_BATCH / 4;
    fsnn_train_options options = toy_training(1);
    options.training.shards = 4;
    options.training.batchnorm = FSNN_NORM_SYNCHRONISED;
    REFUSED(toy_run(&o, &options, NULL), FSNN_EARGUMENT, "no layer of batch normalisation");
    options.training.batchnorm = (fsnn_norm_over)7;
    REFUSED(toy_run(&o, &options, NULL), FSNN_EARGUMENT, "there is no way 7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_whole_batches),
        cmocka_unit_test(any_number_of_threads),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, folder_open, toy_teardown);
}

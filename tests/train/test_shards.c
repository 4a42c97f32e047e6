/* Batches of shards: the same bits whatever runs them, the mean gradient of the whole batch,
 * running statistics, and what is refused. */
#include "toy.h"

#include "train/tree.h"

/* ---- the tree ---- */

enum { LONGEST = 3, SHARDS = 13 };

static float number(int64_t shard, int i)
{
    return fsnn_random_uniform(7, (uint64_t)shard, (uint64_t)i) - 0.5f;
}

/* Numbers from `begin` on. */
static void add_part(tree *t, int64_t first, int64_t last, int begin)
{
    for (int64_t k = first; k < last; k++) {
        float *x = tree_next(t);
        assert_non_null(x);
        for (int i = 0; i < (int)t->count; i++)
            x[i] = number(k, begin + i);
        tree_add(t, (tree_node){0, k});
    }
}

static void add_all(tree *t, int64_t first, int64_t last)
{
    add_part(t, first, last, 0);
}

/* By its definition: of 2^level shards from place 2^level on, as far as there are any. */
static float by_halves(int level, int64_t place, int64_t count, int i)
{
    if (level == 0)
        return number(place, i);
    float left = by_halves(level - 1, 2 * place, count, i);
    int64_t right = (2 * place + 1) << (level - 1);
    return right < count ? left + by_halves(level - 1, 2 * place + 1, count, i) : left;
}

/* Any cut of any number of shards into neighbours gives the bits of the definition. */
static void any_cut(void **state)
{
    (void)state;
    tree whole, part;
    tree_open(&whole, LONGEST, false);
    tree_open(&part, LONGEST, false);
    for (int64_t count = 1; count <= SHARDS; count++)
        for (int64_t block = 1; block <= count; block++) {
            tree_clear(&whole);
            for (int64_t first = 0; first < count; first += block) {
                tree_node list[TREE_DEPTH];
                int64_t last = first + block < count ? first + block : count;
                tree_clear(&part);
                add_all(&part, first, last);
                assert_int_equal(tree_nodes(first, last, list), part.nodes);
                for (int n = 0; n < part.nodes; n++) {
                    assert_int_equal(list[n].level, part.node[n].level);
                    assert_int_equal(list[n].place, part.node[n].place);
                    memcpy(tree_next(&whole), part.value[n], LONGEST * sizeof(float));
                    tree_add(&whole, list[n]);
                }
            }
            const float *sum = tree_sum(&whole);
            for (int i = 0; i < LONGEST; i++)
                assert_true(sum[i] == by_halves(4, 0, count, i));
        }
    tree_close(&whole);
    tree_close(&part);
}

/* ---- trainings ---- */

static fsnn_train_options sharded(int64_t shards)
{
    fsnn_train_options options = toy_training(2);
    options.training.shards = shards;
    options.training.clip = 0.05;
    options.training.optimizer.kind = FSNN_SGD;
    options.training.optimizer.momentum = 0;
    options.training.optimizer.lr = 0.5;
    return options;
}

/* 200 samples: 12 batches of 16 and one of 8, which has two of the four shards. */
static void same_as_whole_batches(void **state)
{
    (void)state;
    toy whole, parts;
    toy_options o = {.batch = TOY_BATCH, .hidden = 16, .direct = true, .wide = true, .seed = 3};
    toy_options quarter = o;
    quarter.batch = TOY_BATCH / 4;
    fsnn_train_options one = sharded(1), four = sharded(4);
    one.directory = four.directory = NULL;
    one.training.accumulate = four.training.accumulate = 2;
    fsnn_metrics a, b;
    toy_open(&whole, &o);
    toy_open(&parts, &quarter);
    GOOD(fsnn_train(whole.net, whole.train, whole.test, &one, &a));
    GOOD(fsnn_train(parts.net, parts.train, parts.test, &four, &b));
    WITHIN("norm", a.gradient_norm, b.gradient_norm, 1e-9);
    WITHIN("loss", a.loss, b.loss, 1e-9);
    WITHIN("rate", a.rate, b.rate, 1e-9);
    assert_int_equal(a.batches, b.batches);
    assert_int_equal(a.samples, b.samples);
    fsnn_metrics_free(&a);
    fsnn_metrics_free(&b);
    toy_close(&whole);
    toy_close(&parts);
}

/* Images through a convolution, whose kernels cut sums by threads, and batch normalisation. */
static void open_images(toy *t, int64_t batch)
{
    enum { SIDE = 12, COUNT = 120 };
    float *x = fsnn_alloc(COUNT * SIDE * SIDE * sizeof *x);
    int32_t label[COUNT];
    for (int64_t i = 0; i < COUNT * SIDE * SIDE; i++)
        x[i] = fsnn_random_uniform(5, 0, (uint64_t)i);
    for (int i = 0; i < COUNT; i++)
        label[i] = i % 2;
    *t = (toy){0};
    GOOD(fsnn_data_memory(COUNT, FSNN_SHAPE(1, SIDE, SIDE), x, label, &t->train_data));
    fsnn_free(x);
    fsnn_loader_options options = {.encoder = {.kind = FSNN_ENCODE_RATE, .steps = 3, .gain = 1},
                                   .batch = batch,
                                   .shuffle = true};
    GOOD(fsnn_loader_create(t->train_data, &options, &t->train));
    t->net = net_new();
    fsnn_order order = fsnn_order_of(0.7);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    fsnn_neuron neuron = FSNN_NEURON_DEFAULT;
    fsnn_plan plan = {.steps = 3, .batch = batch, .training = true, .seed = 1};
    int node = fsnn_net_input(t->net, FSNN_SHAPE(1, SIDE, SIDE));
    fsnn_conv2d conv = {
        .out = 16, .kernel = {3, 3}, .stride = {1, 1}, .dilation = {1, 1}, .groups = 1};
    node = fsnn_net_conv2d(t->net, "conv", node, &conv);
    node = fsnn_net_batchnorm(t->net, "norm", node);
    node = fsnn_net_lif(t->net, "lif", node, &neuron);
    node = fsnn_net_conv2d(t->net, "conv2", node, &conv);
    node = fsnn_net_add(t->net, "dropout", "drop", &node, 1, &(fsnn_dropout){.p = 0.2});
    node = fsnn_net_linear(t->net, "fc", fsnn_net_flatten(t->net, NULL, node), 2, true);
    assert_true(node >= 0);
    GOOD(fsnn_net_wrap(t->net, &dynamics, &plan));
}

static void train_images(int threads, int64_t shards, toy_file *last)
{
    toy t;
    fsnn_train_options options = toy_training(2);
    options.training.batch = 32;
    options.training.shards = shards;
    GOOD(fsnn_threads_set(threads));
    open_images(&t, 32 / shards);
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
    toy_file one, two, whole;
    train_images(1, 4, &one);
    train_images(2, 4, &two);
    train_images(1, 1, &whole);
    assert_true(toy_same_bytes(&one, &two));
    assert_false(toy_same_bytes(&one, &whole)); /* other random numbers, another order of sums */
    fsnn_free(one.data);
    fsnn_free(two.data);
    fsnn_free(whole.data);
}

/* ---- a penalty and a hook of the caller's ---- */

static int count_call(fsnn_net *net, int param, int count, void *user)
{
    (void)net, (void)param;
    if (!count)
        ++*(int *)user;
    return 0;
}

static void train_penalized(int threads, double weight, int *backwards, toy_file *last)
{
    toy t;
    fsnn_train_options options = toy_training(1);
    options.training.batch = 32;
    options.training.shards = 4;
    GOOD(fsnn_threads_set(threads));
    open_images(&t, 8);
    const fsnn_penalty quiet = {.kind = FSNN_PENALTY_RATE,
                                .node = fsnn_net_node_find(t.net, "lif"),
                                .min = -INFINITY,
                                .max = 0.01,
                                .weight = weight};
    GOOD(fsnn_net_penalize(t.net, &quiet, 1));
    *backwards = 0;
    GOOD(fsnn_net_on_gradient(t.net, count_call, backwards));
    GOOD(fsnn_train(t.net, t.train, NULL, &options, NULL));
    toy_close(&t);
    GOOD(fsnn_threads_set(0));
    *last = toy_read("last.safetensors");
    toy_clean();
}

static void of_the_caller(void **state)
{
    (void)state;
    NEEDS("OpenMP");
    toy_file one, two, bare;
    int calls[3];
    train_penalized(1, 20, &calls[0], &one);
    train_penalized(2, 20, &calls[1], &two);
    train_penalized(2, 0, &calls[2], &bare);
    assert_int_equal(calls[0], 15); /* 120 samples in shards of 8 */
    assert_int_equal(calls[1], 15);
    assert_true(toy_same_bytes(&one, &two));
    assert_false(toy_same_bytes(&one, &bare));
    fsnn_free(one.data);
    fsnn_free(two.data);
    fsnn_free(bare.data);
}

static int stop(const fsnn_metrics *m, void *user)
{
    (void)user;
    return m->epoch == 2 && m->batch == 6;
}

static void resumed(void **state)
{
    (void)state;
    toy_options o = TOY;
    o.batch = TOY_BATCH / 4;
    fsnn_train_options options = sharded(4);
    GOOD(toy_run(&o, &options, NULL));
    toy_file last = toy_read("last.safetensors");
    toy_clean();
    options.on_batch = stop;
    FAILS(toy_run(&o, &options, NULL), FSNN_EINTERRUPTED);
    options.on_batch = NULL;
    options.resume = true;
    GOOD(toy_run(&o, &options, NULL));
    assert_true(toy_same("last.safetensors", &last));
    fsnn_free(last.data);
    toy_clean();
}

/* The running mean moves as if each shard had moved it alone, by the mean of that: a momentum of 1
 * makes it the mean over the last batch, which is known. */
static void running_statistics(void **state)
{
    (void)state;
    enum { COUNT = 12, SHARD = 4 };
    float x[COUNT];
    int32_t label[COUNT];
    double sum = 0;
    for (int i = 0; i < COUNT; i++) {
        x[i] = (float)(i * i % 7);
        label[i] = i % 2;
        sum += (double)x[i];
    }
    toy t = {0};
    GOOD(fsnn_data_memory(COUNT, FSNN_SHAPE(1), x, label, &t.train_data));
    fsnn_loader_options loading = {.encoder = {.kind = FSNN_ENCODE_DIRECT, .steps = 1, .gain = 1},
                                   .batch = SHARD};
    GOOD(fsnn_loader_create(t.train_data, &loading, &t.train));
    fsnn_dynamics dynamics = {.integrator = FSNN_ODEINT, .step = 1};
    fsnn_plan plan = {.steps = 1, .batch = SHARD, .training = true};
    t.net = net_new();
    int node = fsnn_net_input(t.net, FSNN_SHAPE(1));
    fsnn_batchnorm norm = {.eps = 1e-5, .momentum = 1};
    node = fsnn_net_add(t.net, "batchnorm", "norm", &node, 1, &norm);
    node = fsnn_net_linear(t.net, "fc", node, 2, true);
    GOOD(fsnn_net_wrap(t.net, &dynamics, &plan));
    fsnn_train_options options = toy_training(1);
    options.directory = NULL;
    options.training.batch = COUNT;
    options.training.shards = COUNT / SHARD;
    GOOD(fsnn_train(t.net, t.train, NULL, &options, NULL));
    WITHIN("mean", (double)fsnn_net_param_find(t.net, "norm.running_mean")->value[0], sum / COUNT,
           1e-6);
    toy_close(&t);
}

static void refused(void **state)
{
    (void)state;
    toy_options o = TOY;
    fsnn_train_options options = sharded(-1);
    REFUSED(toy_run(&o, &options, NULL), FSNN_EARGUMENT, "shards is -1");
    options = sharded(5);
    REFUSED(toy_run(&o, &options, NULL), FSNN_EARGUMENT,
            "a batch of 16 samples has no 5 equal shards");
    options = sharded(4);
    REFUSED(toy_run(&o, &options, NULL), FSNN_EARGUMENT,
            "needs a loader whose batches are shards, of 4 samples: this one has batches of 16");
}

/* The last shards of a rank come part by part, and leave what they leave as a whole. */
static void parts(void **state)
{
    (void)state;
    for (int64_t first = 0; first < SHARDS; first++)
        for (int64_t last = first; last <= SHARDS; last++)
            for (int64_t apart = 0; apart <= last - first; apart++) {
                tree t, whole, part = {0};
                tree_open(&t, LONGEST, false);
                tree_open(&whole, LONGEST, false);
                GOOD(tree_reserve(&t, tree_held_of(first, last)));
                add_all(&whole, first, last);
                add_all(&t, first, last - apart);
                for (int begin = 0; begin < LONGEST; begin += 2) {
                    part = tree_part(&t, begin, begin + 2 < LONGEST ? 2 : LONGEST - begin);
                    add_part(&part, last - apart, last, begin);
                    assert_int_equal(part.nodes, whole.nodes);
                    for (int n = 0; n < part.nodes; n++)
                        assert_memory_equal(part.value[n], (float *)whole.value[n] + begin,
                                            (size_t)part.count * sizeof(float));
                }
                tree_close(&t);
                tree_close(&whole);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_cut),
        cmocka_unit_test(parts),
        cmocka_unit_test(same_as_whole_batches),
        cmocka_unit_test(any_number_of_threads),
        cmocka_unit_test(of_the_caller),
        cmocka_unit_test(resumed),
        cmocka_unit_test(running_statistics),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, folder_open, toy_teardown);
}

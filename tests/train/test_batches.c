/* Batches that are larger than the data, and last batches of an epoch that are too small for a
 * layer. */
#include "toy.h"

static void says(const char *text)
{
    if (!strstr(fsnn_error_text(), text))
        fail_msg("\"%s\" is not in: %s", text, fsnn_error_text());
}

enum { FEATURES = 3, CLASSES = 2 };

/* `count` samples in batches of `batch`, for a net with batch normalisation of single steps. */
static void open_normalised(toy *t, int64_t count, int64_t batch, bool drop_last)
{
    float x[64];
    int32_t label[64];
    assert_true(count * FEATURES <= FSNN_COUNT(x));
    for (int64_t i = 0; i < count * FEATURES; i++)
        x[i] = (float)(i * i % 7);
    for (int64_t i = 0; i < count; i++)
        label[i] = (int32_t)(i % CLASSES);
    *t = (toy){0};
    assert_int_equal(fsnn_data_memory(count, FSNN_SHAPE(FEATURES), x, label, &t->train_data),
                     FSNN_OK);
    fsnn_loader_options options = {.encoder = {.kind = FSNN_ENCODE_DIRECT, .steps = 1, .gain = 1},
                                   .batch = batch,
                                   .drop_last = drop_last};
    assert_int_equal(fsnn_loader_create(t->train_data, &options, &t->train), FSNN_OK);
    fsnn_dynamics dynamics = {.integrator = FSNN_ODEINT, .step = 1};
    fsnn_plan plan = {.steps = 1, .batch = fsnn_loader_batch(t->train), .training = true};
    assert_int_equal(fsnn_net_create(&t->net), FSNN_OK);
    int node = fsnn_net_input(t->net, FSNN_SHAPE(FEATURES));
    node = fsnn_net_add(t->net, "batchnorm", "norm", &node, 1, NULL);
    node = fsnn_net_linear(t->net, "fc", node, CLASSES, true);
    assert_true(node >= 0);
    assert_int_equal(fsnn_net_wrap(t->net, &dynamics, &plan), FSNN_OK);
}

/* Five in batches of four: before anything is learned or written. */
static void a_last_batch_of_one(void **state)
{
    (void)state;
    toy t;
    fsnn_train_options options = toy_training(2);
    open_normalised(&t, 5, 4, false);
    float before = fsnn_net_param_find(t.net, "fc.weight")->value[0];
    assert_int_equal(fsnn_train_check(t.net, t.train, NULL, &options.training), FSNN_ESHAPE);
    says("the last batch of an epoch is 1 of 5 samples, in batches of 4: batchnorm \"norm\": ");
    says("`drop_last: true`");
    assert_int_equal(fsnn_train(t.net, t.train, NULL, &options, NULL), FSNN_ESHAPE);
    says("batchnorm \"norm\": ");
    assert_true(fsnn_net_param_find(t.net, "fc.weight")->value[0] == before);
    for (int i = 0; i < FSNN_COUNT(toy_files); i++)
        assert_false(folder_has(toy_files[i]));
    /* the net is as it was */
    assert_int_equal(fsnn_net_shapes(t.net, NULL, NULL), FSNN_OK);
    toy_close(&t);
    open_normalised(&t, 5, 4, true);
    assert_int_equal(fsnn_train(t.net, t.train, NULL, &options, NULL), FSNN_OK);
    assert_int_equal(fsnn_loader_samples(t.train), 4);
    toy_close(&t);
    open_normalised(&t, 6, 4, false);
    assert_int_equal(fsnn_train(t.net, t.train, NULL, &options, NULL), FSNN_OK);
    toy_close(&t);
    toy_clean();
}

/* A plan that is refused leaves the one of before. */
static void a_refused_plan(void **state)
{
    (void)state;
    toy t;
    const float *output;
    float x[4 * FEATURES] = {1, 2, 3, 3, 1, 2};
    open_normalised(&t, 8, 4, false);
    assert_int_equal(fsnn_net_replan(t.net, &(fsnn_plan){.steps = 1, .batch = 1, .training = true}),
                     FSNN_ESHAPE);
    says("batchnorm \"norm\": ");
    assert_int_equal(fsnn_net_forward(t.net, x, &output), FSNN_OK);
    float first = output[0];
    assert_int_equal(fsnn_net_wrap(t.net, &(fsnn_dynamics){.integrator = FSNN_ODEINT, .step = 1},
                                   &(fsnn_plan){.steps = 1, .batch = 4, .training = true}),
                     FSNN_OK);
    assert_int_equal(fsnn_net_forward(t.net, x, &output), FSNN_OK);
    assert_true(output[0] == first);
    toy_close(&t);
}

/* "The whole set" by a large number plans for what there is, and gives what that gives. */
static void larger_than_the_data(void **state)
{
    (void)state;
    toy_file weights[2];
    int64_t total[2];
    for (int i = 0; i < 2; i++) {
        toy t;
        fsnn_footprint f;
        fsnn_train_options options = toy_training(2);
        options.training.batch = i ? INT32_MAX : 8;
        open_normalised(&t, 8, options.training.batch, false);
        assert_int_equal(fsnn_loader_batch(t.train), 8);
        assert_int_equal(fsnn_train_memory(t.net, t.train, NULL, &options.training, &f), FSNN_OK);
        total[i] = f.total;
        assert_int_equal(fsnn_train(t.net, t.train, NULL, &options, NULL), FSNN_OK);
        weights[i] = toy_read("last.safetensors");
        toy_close(&t);
        toy_clean();
    }
    assert_int_equal(total[0], total[1]);
    assert_int_equal(weights[0].size, weights[1].size);
    assert_memory_equal(weights[0].data, weights[1].data, weights[0].size);
    fsnn_free(weights[0].data);
    fsnn_free(weights[1].data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_last_batch_of_one),
        cmocka_unit_test(a_refused_plan),
        cmocka_unit_test(larger_than_the_data),
    };
    return cmocka_run_group_tests(tests, folder_open, toy_teardown);
}

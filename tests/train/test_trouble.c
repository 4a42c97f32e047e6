/* What goes wrong in a training: numbers that are not finite, full disks, data that do not fit.
 * Each gives a sentence, and the files of before stay as they are. */
#include "toy.h"
#include "nets.h"

#include <signal.h>
#include <sys/resource.h>

typedef struct kept {
    toy_file file[FSNN_COUNT(toy_files)];
} kept;

static void keep(kept *k)
{
    for (int i = 0; i < FSNN_COUNT(toy_files); i++)
        k->file[i] = toy_read(toy_files[i]);
}

static void untouched(kept *k)
{
    for (int i = 0; i < FSNN_COUNT(toy_files); i++) {
        assert_true(toy_same(toy_files[i], &k->file[i]));
        fsnn_free(k->file[i].data);
    }
}

/* One good epoch, then others to follow. */
static fsnn_train_options one_epoch(const toy_options *o, kept *k)
{
    fsnn_train_options options = toy_training(1);
    GOOD(toy_run(o, &options, NULL));
    keep(k);
    options.resume = true;
    options.training.epochs = 3;
    return options;
}

/* ---- numbers ---- */

static void infinity_in_a_sample(void **state)
{
    (void)state;
    toy_options o = TOY;
    kept k;
    o.in_order = o.direct = o.linear_out = true;
    fsnn_train_options options = one_epoch(&o, &k);
    o.poison = 40; /* in batch 3 */
    options.other_data = true;
    FAILS(toy_run(&o, &options, NULL), FSNN_ENUMERIC);
    CONTAINS(fsnn_error_text(), "epoch 2, batch 3, learning rate 0.01");
    untouched(&k);
    toy_clean();
}

static int poison(const fsnn_metrics *m, void *user)
{
    toy *t = user;
    if (m->epoch == 2 && m->batch == 3)
        fsnn_net_param_find(t->net, "fc2.bias")->value[1] = NAN;
    return 0;
}

static void nan_in_the_loss(void **state)
{
    (void)state;
    toy_options o = TOY;
    o.linear_out = true;
    for (int i = 0; i < FSNN_LOSSES; i++) {
        toy t;
        kept k;
        fsnn_train_options options = one_epoch(&o, &k);
        toy_open(&t, &o);
        options.training.loss.kind = (fsnn_loss_kind)i;
        options.on_batch = poison;
        options.user = &t;
        FAILS(fsnn_train(t.net, t.train, t.test, &options, NULL), FSNN_ENUMERIC);
        CONTAINS(fsnn_error_text(), "epoch 2, batch 4, learning rate 0.01: the parameter "
                                    "\"fc2.bias\" is nan at number 1 of 3");
        toy_close(&t);
        untouched(&k);
        toy_clean();
    }
}

static int poison_last(const fsnn_metrics *m, void *user)
{
    toy *t = user;
    if (m->batch == m->batches)
        fsnn_net_param_find(t->net, "fc2.bias")->value[1] = NAN;
    return 0;
}

static void nan_in_the_evaluation(void **state)
{
    (void)state;
    toy t;
    toy_options o = TOY;
    fsnn_train_options options = toy_training(2);
    o.linear_out = true;
    toy_open(&t, &o);
    options.on_batch = poison_last;
    options.user = &t;
    FAILS(fsnn_train(t.net, t.train, t.test, &options, NULL), FSNN_ENUMERIC);
    CONTAINS(fsnn_error_text(), "epoch 1: evaluation, batch 1: the parameter \"fc2.bias\"");
    assert_int_not_equal(access(folder_path("best.safetensors"), F_OK), 0);
    toy_close(&t);
}

/* ---- disks ---- */

/* Files end at this many bytes, as on a full disk. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void disk_full(void **state)
{
    (void)state;
    toy_options o = TOY;
    kept k;
    struct rlimit before;
    fsnn_train_options options = toy_training(3);
    GOOD(toy_run(&o, &options, NULL));
    toy_file expected = toy_read("last.safetensors");
    toy_clean();

    options = one_epoch(&o, &k);
    getrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_IGN);
    limit_files(1000);
    fsnn_status status = toy_run(&o, &options, NULL);
    limit_files(before.rlim_cur);
    assert_int_equal(status, FSNN_EIO);
    CONTAINS(fsnn_error_text(), folder);
    untouched(&k);
    /* With room again it goes on as if nothing had been. */
    GOOD(toy_run(&o, &options, NULL));
    assert_true(toy_same("last.safetensors", &expected));
    fsnn_free(expected.data);
    toy_clean();
}

static int plant_full(const fsnn_metrics *m, void *user)
{
    (void)user;
    if (m->batch == 1)
        assert_int_equal(symlink("/dev/full", folder_path("metrics.csv")), 0);
    return 0;
}

/* The log alone cannot be written: the checkpoint is there. */
static void log_full(void **state)
{
    (void)state;
    toy_options o = TOY;
    fsnn_train_options options = toy_training(2);
    if (access("/dev/full", W_OK) != 0) {
        print_message("no /dev/full here\n");
        skip();
    }
    options.on_batch = plant_full;
    FAILS(toy_run(&o, &options, NULL), FSNN_EIO);
    CONTAINS(fsnn_error_text(), "No space left on device");
    toy_file state_ = toy_read("last.state.safetensors");
    assert_true(state_.size > 1000);
    fsnn_free(state_.data);
    toy_clean();
}

static void no_directory(void **state)
{
    (void)state;
    toy_options o = TOY;
    fsnn_train_options options = toy_training(1);
    options.directory = "/nowhere/at/all";
    FAILS(toy_run(&o, &options, NULL), FSNN_EIO);
    CONTAINS(fsnn_error_text(), "/nowhere/at/all: ");
    options.directory = "/dev/null";
    FAILS(toy_run(&o, &options, NULL), FSNN_EIO);
    CONTAINS(fsnn_error_text(), "/dev/null: checkpoints need a directory");
}

/* ---- data and options ---- */

static void wrong_shape(void **state)
{
    (void)state;
    toy t;
    toy_options o = TOY;
    fsnn_train_options options = toy_training(1);
    fsnn_loss loss = {.kind = FSNN_CE_RATE};
    fsnn_evaluation e;
    fsnn_net *net = net_new();
    fsnn_order order = fsnn_order_of(1);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    fsnn_plan plan = {.steps = TOY_STEPS, .batch = TOY_BATCH, .training = true};
    toy_open(&t, &o);
    assert_true(fsnn_net_linear(net, NULL, fsnn_net_input(net, FSNN_SHAPE(13)), 3, true) >= 0);
    FAILS(fsnn_train(net, t.train, NULL, &options, NULL), FSNN_ESTATE);
    FAILS(fsnn_evaluate(net, t.test, &loss, &e), FSNN_ESTATE);
    GOOD(fsnn_net_wrap(net, &dynamics, &plan));
    FAILS(fsnn_train(net, t.train, NULL, &options, NULL), FSNN_ESHAPE);
    CONTAINS(fsnn_error_text(),
             "one sample of the training data at one step is [12], but the net's input is [13]");
    FAILS(fsnn_evaluate(net, t.test, &loss, &e), FSNN_ESHAPE);
    fsnn_net_destroy(net);
    toy_close(&t);
}

static void labels(void **state)
{
    (void)state;
    toy_options o = TOY;
    fsnn_train_options options = toy_training(1);
    o.no_labels = true;
    FAILS(toy_run(&o, &options, NULL), FSNN_EARGUMENT);
    CONTAINS(fsnn_error_text(), "no labels");
}

static void refuse(fsnn_train_options options, const char *text)
{
    toy_options o = TOY;
    options.directory = NULL;
    FAILS(toy_run(&o, &options, NULL), FSNN_EARGUMENT);
    CONTAINS(fsnn_error_text(), text);
}

/* What stands in the plan of a batch: the check says it as well as the training. */
static void plans_that_are_none(void **state)
{
    (void)state;
    toy t;
    toy_options o = TOY;
    fsnn_train_options options = toy_training(1);
    options.training.checkpoint = -9;
    refuse(options, "segments of -9 steps");
    toy_open(&t, &o);
    REFUSED(fsnn_train_check(t.net, t.train, NULL, &options.training), FSNN_EARGUMENT,
            "segments of -9 steps");
    options.training.checkpoint = 0;
    options.training.products = FSNN_PRODUCTS_KINDS;
    REFUSED(fsnn_train_check(t.net, t.train, NULL, &options.training), FSNN_EARGUMENT,
            "no kind of products");
    options.training.products = FSNN_PRODUCTS_FULL;
    GOOD(fsnn_train_check(t.net, t.train, NULL, &options.training));
    toy_close(&t);
}

static void options_out_of_range(void **state)
{
    (void)state;
    fsnn_train_options options = toy_training(0);
    refuse(options, "0 epochs");
    options = toy_training(1);
    options.training.clip = -1;
    refuse(options, "clip is -1");
    options = toy_training(1);
    options.training.early_stop.patience = -2;
    refuse(options, "patience is -2");
    options = toy_training(1);
    options.training.loss.mix = 2;
    refuse(options, "mix");
    options = toy_training(1);
    options.training.schedule.warmup = -1;
    refuse(options, "warmup");
    options = toy_training(1);
    options.training.optimizer.lr = NAN;
    refuse(options, "lr");
    FAILS(fsnn_train(NULL, NULL, NULL, &options, NULL), FSNN_EARGUMENT);
    FAILS(fsnn_evaluate(NULL, NULL, NULL, NULL), FSNN_EARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(infinity_in_a_sample),
        cmocka_unit_test(nan_in_the_loss),
        cmocka_unit_test(nan_in_the_evaluation),
        cmocka_unit_test(disk_full),
        cmocka_unit_test(log_full),
        cmocka_unit_test(no_directory),
        cmocka_unit_test(wrong_shape),
        cmocka_unit_test(labels),
        cmocka_unit_test(plans_that_are_none),
        cmocka_unit_test(options_out_of_range),
    };
    return cmocka_run_group_tests(tests, folder_open, toy_teardown);
}

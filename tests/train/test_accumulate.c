/* Several batches a step: the same training as with batches that are so much larger, and stops that
 * wait for the step. */
#include "toy.h"

/* Direct encoding, in order, no dropout: a batch is the sum of its samples. */
static const toy_options plain = {
    .batch = TOY_BATCH, .hidden = 16, .direct = true, .in_order = true, .wide = true, .seed = 3};

static fsnn_train_options accumulating(int64_t n)
{
    fsnn_train_options options = toy_training(2);
    options.training.accumulate = n;
    options.training.clip = 0.05; /* of the mean gradient */
    options.training.optimizer.kind = FSNN_SGD;
    options.training.optimizer.momentum = 0;
    options.training.optimizer.lr = 0.5;
    return options;
}

/* 200 samples: 12 batches of 16 and one of 8; by eights 25, whose groups of two are the former. */
static void same_as_larger_batches(void **state)
{
    (void)state;
    toy large, small;
    toy_options half = plain;
    half.batch = TOY_BATCH / 2;
    toy_open(&large, &plain);
    toy_open(&small, &half);
    fsnn_train_options one = accumulating(1), two = accumulating(2);
    one.directory = two.directory = NULL;
    fsnn_metrics a, b;
    GOOD(fsnn_train(large.net, large.train, NULL, &one, &a));
    GOOD(fsnn_train(small.net, small.train, NULL, &two, &b));
    WITHIN("norm", a.gradient_norm, b.gradient_norm, 1e-9);
    WITHIN("loss", a.loss, b.loss, 1e-9);
    for (int i = 0; i < fsnn_net_param_count(large.net); i++) {
        const fsnn_param *p = fsnn_net_param(large.net, i), *q = fsnn_net_param(small.net, i);
        for (int64_t k = 0; k < fsnn_shape_count(&p->shape); k++)
            WITHIN(p->name, p->value64[k], q->value64[k], 1e-9);
    }
    fsnn_metrics_free(&a);
    fsnn_metrics_free(&b);
    toy_close(&large);
    toy_close(&small);
}

static int64_t stop_at;

static int stop(const fsnn_metrics *m, void *user)
{
    int64_t *last = user;
    *last = m->batch;
    return m->epoch == 2 && m->batch == stop_at;
}

/* A stop anywhere in a group saves behind its step, and resuming leads to the same bytes. */
static void stops_wait(void **state)
{
    (void)state;
    for (stop_at = 1; stop_at <= 13; stop_at += 3) {
        CASE("stopped at batch %d", (int)stop_at);
        fsnn_train_options options = accumulating(4);
        toy_options o = TOY;
        GOOD(toy_run(&o, &options, NULL));
        toy_file best = toy_read("best.safetensors"), last = toy_read("last.safetensors");
        toy_clean();
        int64_t seen = 0;
        options.on_batch = stop;
        options.user = &seen;
        FAILS(toy_run(&o, &options, NULL), FSNN_EINTERRUPTED);
        int64_t whole = (stop_at + 3) / 4 * 4;
        assert_int_equal(seen, whole < 13 ? whole : 13);
        options.on_batch = NULL;
        options.resume = true;
        GOOD(toy_run(&o, &options, NULL));
        assert_true(toy_same("best.safetensors", &best) && toy_same("last.safetensors", &last));
        fsnn_free(best.data);
        fsnn_free(last.data);
        toy_clean();
    }
}

static void refused(void **state)
{
    (void)state;
    fsnn_train_options options = accumulating(-1);
    REFUSED(toy_run(&TOY, &options, NULL), FSNN_EARGUMENT, "accumulate is -1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_larger_batches),
        cmocka_unit_test(stops_wait),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, folder_open, toy_teardown);
}

/* Terms beside a loss in trainings, and figures of what terms, gradients and neurons do. Norse
 * issue 32 asked for bounds of rates from below and from above. */
#include "toy.h"

static fsnn_term term(const char *name, fsnn_penalty_kind of, double min, double max, double weight)
{
    return (fsnn_term){
        .name = name, .of = of, .layers = "lif*", .min = min, .max = max, .weight = weight};
}

static double figure(const fsnn_metrics *m, const char *name)
{
    for (int i = 0; i < m->figures; i++)
        if (strcmp(m->figure_name[i], name) == 0)
            return m->figure[i];
    fail_msg("there is no figure %s", name);
    return NAN;
}

static int remember_last(const fsnn_metrics *m, void *user)
{
    double *last = user;
    last[0] = m->layer_rate[0];
    last[1] = m->loss;
    last[2] = figure(m, "lif1.tau");
    return 0;
}

/* Weights so small that no neuron fires, and biases that are 0. */
static void silence(fsnn_net *net)
{
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *p = fsnn_net_param(net, i);
        for (int64_t k = 0; strncmp(p->name, "fc1.", 4) == 0 && k < fsnn_shape_count(&p->shape);
             k++)
            p->value[k] *= 0.02f;
    }
    GOOD(fsnn_net_params_changed(net));
}

/* Bounds of the mean rate from below and above: a layer that is silent is brought to them, one that
 * fires more is held back. */
static void bounds(void **state)
{
    (void)state;
    double last[3];
    for (int quiet = 0; quiet < 2; quiet++)
        for (int bounded = 0; bounded < 2; bounded++) {
            toy t;
            toy_options o = TOY;
            fsnn_train_options options = toy_training(12);
            o.dropout = 0;
            toy_open(&t, &o);
            if (quiet)
                silence(t.net);
            options.directory = NULL;
            options.on_epoch = remember_last;
            options.user = last;
            options.training.loss = (fsnn_loss){.kind = FSNN_MSE_RATE, .correct_rate = 1};
            options.training.term[0] = term("rate", FSNN_PENALTY_RATE, 0.1, 0.12, 300);
            options.training.term[0].over = FSNN_PENALTY_LAYER;
            options.training.term[0].layers = "lif1";
            options.training.terms = bounded;
            GOOD(fsnn_train(t.net, t.train, t.test, &options, NULL));
            CASE("%s, %s: rate %g", quiet ? "silent" : "lively", bounded ? "bounded" : "free",
                 last[0]);
            assert_true((last[0] > 0.08 && last[0] < 0.14) == bounded);
            assert_true(fsnn_net_penalize(t.net, NULL, 0) == FSNN_OK);
            double value;
            FAILS(fsnn_net_penalty(t.net, 0, &value), FSNN_EARGUMENT); /* they were taken off */
            toy_close(&t);
        }
}

/* The potential is kept near the bounds. */
static void potentials(void **state)
{
    (void)state;
    double value[2];
    for (int bounded = 0; bounded < 2; bounded++) {
        fsnn_train_options options = toy_training(8);
        fsnn_metrics m;
        options.directory = NULL;
        options.training.terms = 1;
        options.training.term[0] =
            term("hold", FSNN_PENALTY_POTENTIAL, -0.1, 0.5, bounded ? 50 : 0);
        GOOD(toy_run(&TOY, &options, &m));
        value[bounded] = figure(&m, "term.hold");
        fsnn_metrics_free(&m);
    }
    CASE("%g without, %g with the term", value[0], value[1]);
    assert_true(value[0] > 0 && value[1] < value[0] / 2);
}

/* One batch an epoch: norms of the layers make that of all; parameters are those of the net. */
static void figures(void **state)
{
    (void)state;
    toy t;
    toy_options o = TOY;
    o.batch = TOY_TRAIN;
    fsnn_train_options options = toy_training(1);
    fsnn_metrics m;
    options.training.batch = TOY_TRAIN;
    options.training.terms = 2;
    options.training.term[0] = term("low", FSNN_PENALTY_RATE, 0.4, INFINITY, 1);
    options.training.term[1] = term("high", FSNN_PENALTY_RATE, -INFINITY, 0, 0);
    toy_open(&t, &o);
    GOOD(fsnn_train(t.net, t.train, t.test, &options, &m));
    static const char *const layer[] = {"gradient.fc1", "gradient.lif1", "gradient.fc2",
                                        "gradient.lif2"};
    double square = 0;
    for (int i = 0; i < 4; i++)
        square += figure(&m, layer[i]) * figure(&m, layer[i]);
    NEAR("norm", sqrt(square), m.gradient_norm, 1e-12);
    assert_true(figure(&m, "gradient.fc1") > 0);
    assert_true(figure(&m, "term.low") > 0 && figure(&m, "term.high") > 0);
    const fsnn_param *tau = fsnn_net_param_find(t.net, "lif1.tau"),
                     *alpha = fsnn_net_param_find(t.net, "lif2.alpha");
    assert_true(figure(&m, "lif1.tau") == (double)tau->value[0]);
    assert_true(figure(&m, "lif2.alpha") == (double)alpha->value[0] && alpha->value[0] != 0.7f);
    assert_string_equal(m.figure_name[0], "term.low");
    assert_int_equal(m.figures, 2 + 4 + 4);
    fsnn_metrics_free(&m);
    toy_close(&t);
    toy_file csv = toy_read("metrics.csv"), json = toy_read("metrics.jsonl");
    assert_true(strstr((char *)csv.data, ",term.low,term.high,gradient.fc1,gradient.lif1,"));
    assert_true(strstr((char *)csv.data, ",lif1.tau,lif1.alpha,lif2.tau,lif2.alpha\n"));
    assert_true(strstr((char *)json.data, "\"figures\": {\"term.low\": "));
    fsnn_free(csv.data);
    fsnn_free(json.data);
    toy_clean();
}

/* The figure called loss is the loss alone: a weight of 0 changes nothing. */
static void loss_alone(void **state)
{
    (void)state;
    double plain[3], idle[3];
    fsnn_train_options options = toy_training(2);
    options.directory = NULL;
    options.on_epoch = remember_last;
    options.user = plain;
    GOOD(toy_run(&TOY, &options, NULL));
    options.user = idle;
    options.training.terms = 1;
    options.training.term[0] = term("idle", FSNN_PENALTY_RATE, 0, 0, 0);
    GOOD(toy_run(&TOY, &options, NULL));
    assert_memory_equal(plain, idle, sizeof plain);
}

static int64_t stop_epoch, stop_batch;

static int stop(const fsnn_metrics *m, void *user)
{
    (void)user;
    return m->epoch == stop_epoch && m->batch == stop_batch;
}

/* Timings differ, so what is compared are the files of weights and the figures of the last row. */
static void resumes(void **state)
{
    (void)state;
    fsnn_train_options options = toy_training(2);
    fsnn_metrics whole, resumed;
    options.training.loss.balanced = true;
    options.training.terms = 2;
    options.training.term[0] = term("low", FSNN_PENALTY_RATE, 0.4, INFINITY, 1);
    options.training.term[1] = term("hold", FSNN_PENALTY_POTENTIAL, -0.5, 0.5, 0.1);
    GOOD(toy_run(&TOY, &options, &whole));
    toy_file last = toy_read("last.safetensors");
    toy_clean();
    for (stop_epoch = 1; stop_epoch <= 2; stop_epoch++) {
        stop_batch = 5;
        options.on_batch = stop;
        FAILS(toy_run(&TOY, &options, NULL), FSNN_EINTERRUPTED);
        options.on_batch = NULL;
        options.resume = true;
        GOOD(toy_run(&TOY, &options, &resumed));
        assert_true(toy_same("last.safetensors", &last));
        for (int i = 0; i < whole.figures; i++)
            assert_true(whole.figure[i] == resumed.figure[i]);
        fsnn_metrics_free(&resumed);
        toy_clean();
        options.resume = false;
    }
    fsnn_metrics_free(&whole);
    fsnn_free(last.data);
}

static void refuse(const fsnn_term *one, const char *says, const char *key)
{
    fsnn_train_options options = toy_training(1);
    options.directory = NULL;
    options.training.terms = 1;
    options.training.term[0] = *one;
    REFUSED(toy_run(&TOY, &options, NULL), FSNN_EARGUMENT, says);
    assert_string_equal(fsnn_error_place().key, key);
}

static void refused(void **state)
{
    (void)state;
    fsnn_term t = term("a", FSNN_PENALTY_RATE, 0.5, 0.1, 1);
    refuse(&t, "a penalty with min 0.5 and max 0.1", "terms.a.min");
    t.max = 1;
    t.layers = "hidden";
    refuse(&t, "no layer of neurons that spikes fits \"hidden\"; there is \"lif2\"",
           "terms.a.layers");
    t.name = "";
    refuse(&t, "term 0 of the loss has no name", "");
    fsnn_train_options options = toy_training(1);
    options.training.terms = FSNN_TERMS + 1;
    REFUSED(toy_run(&TOY, &options, NULL), FSNN_EARGUMENT, "at most 16");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds),  cmocka_unit_test(potentials), cmocka_unit_test(figures),
        cmocka_unit_test(resumes), cmocka_unit_test(loss_alone), cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, folder_open, toy_teardown);
}

/* Training from end to end on a small problem: it learns, logs, evaluates, stops early, lowers its
 * rate, and repeats itself byte for byte. */
#include "toy.h"
#include "nets.h"

#include "train/evaluate.h"

static int64_t lines(const char *name)
{
    toy_file file = toy_read(name);
    int64_t count = 0;
    for (size_t i = 0; i < file.size; i++)
        count += file.data[i] == '\n';
    fsnn_free(file.data);
    return count;
}

static bool holds(const char *name, const char *text)
{
    toy_file file = toy_read(name); /* ends with a 0 byte */
    bool found = strstr((const char *)file.data, text) != NULL;
    fsnn_free(file.data);
    return found;
}

/* ---- learning ---- */

typedef struct seen {
    int64_t batches, epochs, allocations;
    double lr[32]; /* of the last batch of each epoch */
    bool ordered;
    fsnn_metrics last, best; /* best as it should be chosen */
    int64_t first;           /* epoch with the best's accuracy */
    double layer_rate[2];    /* of the last epoch */
    const fsnn_net *net;
    double rate, samples; /* sums over the batches of the epoch: of lif1 times samples, samples */
} seen;

static int see_batch(const fsnn_metrics *m, void *user)
{
    seen *s = user;
    s->batches++;
    s->ordered = s->ordered && m->batch == (s->batches - 1) % m->batches + 1 &&
                 m->epoch == s->epochs + 1 && isnan(m->test_loss) && m->rate >= 0 && m->rate <= 1;
    if (m->batch == 1)
        s->rate = s->samples = 0;
    double size = (double)m->samples - s->samples;
    s->rate += size * fsnn_net_rate(s->net, fsnn_net_node_find(s->net, "lif1"));
    s->samples += size;
    return 0;
}

static int see_epoch(const fsnn_metrics *m, void *user)
{
    seen *s = user;
    s->lr[s->epochs++] = m->lr;
    s->last = *m; /* without its arrays, which are the training's */
    for (int i = 0; i < 2 && i < m->layers; i++)
        s->layer_rate[i] = m->layer_rate[i];
    if (s->epochs == 1 || m->test_accuracy > s->best.test_accuracy)
        s->first = m->epoch;
    if (s->epochs == 1 || m->test_accuracy > s->best.test_accuracy ||
        (m->test_accuracy == s->best.test_accuracy && m->test_loss < s->best.test_loss))
        s->best = *m;
    return 0;
}

static void learn(const fsnn_loss *loss, double enough)
{
    toy t;
    seen s = {.ordered = true};
    toy_options o = TOY;
    fsnn_train_options options = toy_training(20);
    fsnn_metrics best;
    fsnn_evaluation e;
    options.training.loss = *loss;
    options.training.clip = 5;
    options.on_batch = see_batch;
    options.on_epoch = see_epoch;
    options.user = &s;
    toy_open(&t, &o);
    s.net = t.net;
    GOOD(fsnn_train(t.net, t.train, t.test, &options, &best));
    assert_int_equal(s.batches, 20 * 13);
    assert_int_equal(s.epochs, 20);
    assert_true(s.ordered);
    assert_true(best.test_accuracy > enough);
    assert_true(best.best && best.epoch == s.best.epoch && best.test_loss == s.best.test_loss);
    assert_true(fabs(s.layer_rate[0] - s.rate / s.samples) < 1e-12);
    assert_int_equal(s.last.samples, TOY_TRAIN);
    assert_int_equal(s.last.layers, 2);
    assert_true(fabs(s.last.rate - (32 * s.layer_rate[0] + 3 * s.layer_rate[1]) / 35) < 1e-12);
    assert_true(s.layer_rate[0] > 0 && s.last.gradient_norm > 0 && s.last.seconds > 0);
    assert_true(s.last.seconds_left == 0);

    GOOD(fsnn_evaluate(t.net, t.test, loss, &e));
    assert_true(e.loss == s.last.test_loss && e.accuracy == s.last.test_accuracy);
    assert_int_equal(e.samples, 100);
    assert_int_equal(e.classes, TOY_CLASSES);
    int64_t right = 0, all = 0, first = 0;
    for (int i = 0; i < TOY_CLASSES * TOY_CLASSES; i++) {
        all += e.confusion[i];
        first += i < TOY_CLASSES ? e.confusion[i] : 0;
        right += i % (TOY_CLASSES + 1) == 0 ? e.confusion[i] : 0;
    }
    assert_int_equal(all, 100);
    assert_int_equal(first, 34); /* samples of class 0 */
    assert_true((double)right / 100 == e.accuracy);
    fsnn_evaluation_free(&e);
    fsnn_metrics_free(&best);
    toy_close(&t);
    toy_clean();
}

static void learns(void **state)
{
    (void)state;
    learn(&(fsnn_loss){.kind = FSNN_CE_RATE}, 0.95);
    learn(&(fsnn_loss){.kind = FSNN_CE_RATE, .label_smoothing = 0.1}, 0.95);
    learn(&(fsnn_loss){.kind = FSNN_MSE_RATE}, 0.95);
    learn(&(fsnn_loss){.kind = FSNN_TET, .mix = 0.05}, 0.95);
}

static void all_optimizers(void **state)
{
    (void)state;
    static const double lr[] = {0.2, 0.02, 0.02}, neuron_lr[] = {0.1, 1, 1};
    toy_options o = TOY;
    for (int kind = 0; kind < FSNN_OPTIMIZERS; kind++) {
        fsnn_train_options options = toy_training(25);
        fsnn_metrics best;
        options.directory = NULL; /* writes nothing */
        options.training.optimizer.kind = (fsnn_optimizer_kind)kind;
        options.training.optimizer.lr = lr[kind];
        options.training.optimizer.neuron_lr = neuron_lr[kind];
        options.training.optimizer.weight_decay = 1e-4;
        options.training.schedule = (fsnn_schedule){.kind = FSNN_COSINE, .warmup = 0.5};
        GOOD(toy_run(&o, &options, &best));
        assert_true(best.test_accuracy > 0.95);
        fsnn_metrics_free(&best);
    }
}

static void logs(void **state)
{
    (void)state;
    toy_options o = TOY;
    fsnn_train_options options = toy_training(3);
    fsnn_metrics best;
    fsnn_arrays list = {0};
    GOOD(toy_run(&o, &options, &best));
    assert_int_equal(lines("metrics.csv"), 4);
    assert_true(holds("metrics.csv", "epoch,loss,accuracy,test_loss,test_accuracy,lr,"));
    assert_true(holds("metrics.csv",
                      ",rate.lif1,rate.lif2,dead.lif1,dead.lif2,saturated.lif1,saturated.lif2,"));
    assert_false(holds("metrics.csv", "nan"));
    assert_int_equal(lines("metrics.jsonl"), 3);
    assert_true(holds("metrics.jsonl", "{\"epoch\": 1, \"loss\": "));
    assert_true(holds("metrics.jsonl", "\"layer_rate\": {\"lif1\": "));
    GOOD(fsnn_safetensors_read(folder_path("best.safetensors"), &list));
    assert_non_null(fsnn_arrays_find(&list, "fc1.weight"));
    assert_non_null(fsnn_arrays_find(&list, "lif2.alpha"));
    assert_null(fsnn_arrays_find(&list, "lif1.threshold")); /* not learned */
    fsnn_arrays_free(&list);
    fsnn_metrics_free(&best);
    toy_clean();
}

/* Without test data: no test figures, training decides. */
static void without_test_data(void **state)
{
    (void)state;
    toy t;
    toy_options o = TOY;
    fsnn_train_options options = toy_training(3);
    fsnn_metrics best;
    toy_open(&t, &o);
    GOOD(fsnn_train(t.net, t.train, NULL, &options, &best));
    toy_close(&t);
    assert_true(isnan(best.test_loss) && best.best && isnan(best.layer_dead[0]));
    fsnn_metrics_free(&best);
    assert_true(holds("metrics.csv", ",nan,nan,"));
    assert_true(holds("metrics.jsonl", "\"test_loss\": null"));
    toy_clean();
}

/* ---- the same bytes ---- */

static void repeats(void **state)
{
    (void)state;
    toy_options o = TOY;
    fsnn_train_options options = toy_training(2);
    GOOD(toy_run(&o, &options, NULL));
    toy_file last = toy_read("last.safetensors"), best = toy_read("best.safetensors");
    toy_clean();
    GOOD(toy_run(&o, &options, NULL));
    assert_true(toy_same("last.safetensors", &last) && toy_same("best.safetensors", &best));
    toy_clean();
    o.seed = 2;
    GOOD(toy_run(&o, &options, NULL));
    assert_false(toy_same("last.safetensors", &last));
    fsnn_free(last.data);
    fsnn_free(best.data);
    toy_clean();
}

/* With several threads too, whoever of them did what. */
static void repeats_with_threads(void **state)
{
    (void)state;
    toy_options o = TOY;
    o.hidden = 500; /* enough for the threads to share it */
    fsnn_train_options options = toy_training(1);
    for (int threads = 2; threads < 5; threads += 2) {
        GOOD(fsnn_threads_set(threads));
        GOOD(toy_run(&o, &options, NULL));
        toy_file last = toy_read("last.safetensors");
        toy_clean();
        for (int again = 0; again < 3; again++) {
            GOOD(toy_run(&o, &options, NULL));
            assert_true(toy_same("last.safetensors", &last));
            toy_clean();
        }
        fsnn_free(last.data);
    }
    GOOD(fsnn_threads_set(0));
}

/* Dropout draws the same numbers whether or not there are evaluations in between. */
static void evaluation_changes_nothing(void **state)
{
    (void)state;
    toy_options o = TOY;
    fsnn_train_options options = toy_training(3);
    GOOD(toy_run(&o, &options, NULL));
    toy_file last = toy_read("last.safetensors");
    toy t;
    toy_clean();
    toy_open(&t, &o);
    GOOD(fsnn_train(t.net, t.train, NULL, &options, NULL));
    toy_close(&t);
    assert_true(toy_same("last.safetensors", &last));
    fsnn_free(last.data);
    toy_clean();
}

static void evaluation_by_itself(void **state)
{
    (void)state;
    toy t;
    toy_options o = TOY;
    fsnn_loss loss = {.kind = FSNN_CE_RATE};
    fsnn_evaluation first, second;
    const float *output;
    float *x = fsnn_alloc(TOY_STEPS * TOY_BATCH * TOY_FEATURES * sizeof *x);
    toy_open(&t, &o);
    int64_t counter = fsnn_net_counter(t.net);
    GOOD(fsnn_evaluate(t.net, t.test, &loss, &first));
    GOOD(fsnn_evaluate(t.net, t.test, &loss, &second));
    assert_true(first.loss == second.loss && first.accuracy == second.accuracy);
    assert_int_equal(fsnn_net_counter(t.net), counter);
    /* The plan is as it was: a training batch and its backward run. */
    GOOD(fsnn_net_forward(t.net, x, &output));
    GOOD(fsnn_net_backward(t.net, output, NULL));
    int stop = 1;
    fsnn_evaluation_free(&first);
    const fsnn_training training = {.loss = loss};
    FAILS(evaluate_quick(t.net, t.test, &training, NULL, &stop, &first), FSNN_EINTERRUPTED);
    fsnn_evaluation_free(&second);
    fsnn_evaluation_free(NULL);
    toy_close(&t);
    fsnn_free(x);
}

/* Layers of few neurons before a readout of many. */
static fsnn_net *with_readout(int layers)
{
    fsnn_net *net = net_new();
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_neuron neuron = FSNN_NEURON_DEFAULT;
    neuron.tau.value = 2;
    int node = fsnn_net_input(net, FSNN_SHAPE(TOY_FEATURES));
    for (int i = 0; i < layers; i++) {
        char linear[16], lif[16];
        snprintf(linear, sizeof linear, "fc%d", i);
        snprintf(lif, sizeof lif, "n%d", i);
        node = fsnn_net_linear(net, linear, node, 4, true);
        node = fsnn_net_lif(net, lif, node, &neuron);
        if (i == 0) { /* between others, so that places differ */
            int aside = fsnn_net_add(net, "readout", "aside", &node, 1, &neuron);
            node = fsnn_net_add(net, "add", "both", (int[]){node, aside}, 2, NULL);
        }
    }
    node = fsnn_net_linear(net, "last", node, TOY_CLASSES, true);
    assert_true(fsnn_net_add(net, "readout", "out", &node, 1, &neuron) >= 0);
    fsnn_plan plan = {.steps = TOY_STEPS, .batch = TOY_BATCH, .training = true};
    GOOD(fsnn_net_wrap(net, &d, &plan));
    return net;
}

/* A readout gives potentials and never spikes: no figure speaks of it. */
static void readouts_left_out(void **state)
{
    (void)state;
    toy t;
    toy_options o = TOY;
    fsnn_evaluation e;
    fsnn_metrics m;
    fsnn_loss loss = {.kind = FSNN_MSE_RATE};
    fsnn_train_options options = toy_training(1);
    toy_open(&t, &o);
    fsnn_net *net = with_readout(2);
    GOOD(fsnn_train(net, t.train, t.test, &options, &m));
    assert_int_equal(m.layers, 2);
    assert_int_equal(m.layer_node[0], fsnn_net_node_find(net, "n0"));
    assert_int_equal(m.layer_node[1], fsnn_net_node_find(net, "n1"));
    assert_true(fabs(m.rate - (m.layer_rate[0] + m.layer_rate[1]) / 2) < 1e-12);
    assert_false(holds("metrics.csv", "aside"));
    assert_false(holds("metrics.jsonl", "out"));
    fsnn_metrics_free(&m);
    GOOD(fsnn_evaluate(net, t.test, &loss, &e));
    assert_int_equal(e.layers, 2);
    for (int i = 0; i < 2; i++) {
        double sum = 0;
        assert_int_equal(e.layer_node[i], fsnn_net_node_find(net, i ? "n1" : "n0"));
        assert_int_equal(e.layer_neurons[i], 4);
        for (int n = 0; n < 4; n++)
            sum += e.neuron_rate[i][n];
        assert_true(fabs(sum / 4 - e.layer_rate[i]) < 1e-6);
    }
    fsnn_evaluation_free(&e);
    fsnn_net_destroy(net);
    toy_close(&t);
    toy_clean();
}

/* However many layers there are, each has its figures, and they are resumed. */
static void many_layers(void **state)
{
    (void)state;
    enum { LAYERS = 70 };
    toy t;
    toy_options o = TOY;
    fsnn_evaluation e;
    fsnn_metrics m;
    fsnn_node_info info;
    fsnn_loss loss = {.kind = FSNN_MSE_RATE};
    fsnn_train_options options = toy_training(1);
    for (int part = 0; part < 2; part++) {
        options.training.epochs = part + 1;
        options.resume = part > 0;
        toy_open(&t, &o);
        fsnn_net *net = with_readout(LAYERS);
        GOOD(fsnn_train(net, t.train, t.test, &options, &m));
        GOOD(fsnn_evaluate(net, t.test, &loss, &e));
        assert_int_equal(m.layers, LAYERS);
        assert_int_equal(e.layers, LAYERS);
        assert_true(m.layer_dead[LAYERS - 1] >= 0 && m.layer_dead[LAYERS - 1] <= 1);
        assert_int_equal(e.layer_neurons[LAYERS - 1], 4);
        GOOD(fsnn_net_node(net, e.layer_node[LAYERS - 1], &info));
        assert_string_equal(info.name, "n69");
        assert_true(holds("metrics.csv", ",saturated.n69,"));
        fsnn_evaluation_free(&e);
        fsnn_metrics_free(&m);
        fsnn_net_destroy(net);
        toy_close(&t);
    }
    toy_clean();
}

/* Neurons that never fire and that always do, counted once more from what the layers did. */
static void diagnosis(void **state)
{
    (void)state;
    enum { HIDDEN = 32 };
    toy t;
    toy_options o = TOY;
    fsnn_batch batch;
    fsnn_evaluation e;
    fsnn_loss loss = {.kind = FSNN_MSE_RATE};
    int64_t count[HIDDEN] = {0}, most = 0, dead = 0, saturated = 0;
    static float spikes[TOY_STEPS * TOY_BATCH * HIDDEN];
    toy_open(&t, &o);
    float *bias = fsnn_net_param_find(t.net, "fc1.bias")->value;
    for (int i = 0; i < 5; i++)
        bias[i] = -100;
    for (int i = 5; i < HIDDEN; i++)
        bias[i] = i < 8 ? 100 : 1;
    /* stable: the potential follows the current */
    fsnn_net_param_find(t.net, "lif1.tau")->value[0] = 2;
    GOOD(fsnn_net_params_changed(t.net));
    int lif1 = fsnn_net_node_find(t.net, "lif1");
    GOOD(fsnn_evaluate(t.net, t.test, &loss, &e));
    FAILS(fsnn_net_spike_counts(t.net, lif1, count, &most), FSNN_ESTATE);
    GOOD(fsnn_loader_start(t.test, 0));
    while (fsnn_loader_next(t.test, &batch) > 0) {
        fsnn_plan plan = {.steps = batch.steps, .batch = batch.batch, .record = true};
        GOOD(fsnn_net_replan(t.net, &plan));
        GOOD(fsnn_net_reset(t.net));
        GOOD(fsnn_net_forward(t.net, batch.x, NULL));
        GOOD(fsnn_net_read(t.net, lif1, FSNN_RECORD_SPIKES, spikes));
        for (int64_t i = 0; i < batch.steps * batch.batch * HIDDEN; i++)
            count[i % HIDDEN] += spikes[i] != 0;
        most += batch.steps * batch.batch;
    }
    for (int i = 0; i < HIDDEN; i++) {
        dead += count[i] == 0;
        saturated += count[i] == most;
    }
    if (!(dead >= 5 && saturated >= 3 && dead + saturated < HIDDEN))
        fail_msg("the case says nothing: %d dead, %d saturated", (int)dead, (int)saturated);
    assert_int_equal(e.layers, 2);
    assert_int_equal(e.layer_neurons[0], HIDDEN);
    assert_int_equal(e.layer_dead[0], dead);
    assert_int_equal(e.layer_saturated[0], saturated);
    fsnn_evaluation_free(&e);
    toy_close(&t);
}

/* Of equal accuracies the lower loss is the best. */
static void best_of_equals(void **state)
{
    (void)state;
    toy t;
    toy_options o = TOY;
    seen s = {.ordered = true};
    fsnn_train_options options = toy_training(30);
    fsnn_metrics best;
    options.training.optimizer.lr = 2e-2;
    options.training.schedule.kind = FSNN_COSINE;
    options.directory = NULL;
    options.on_epoch = see_epoch;
    options.user = &s;
    toy_open(&t, &o);
    GOOD(fsnn_train(t.net, t.train, t.test, &options, &best));
    toy_close(&t);
    assert_true(s.first < s.best.epoch); /* an earlier epoch was as accurate */
    assert_int_equal(best.epoch, s.best.epoch);
    assert_true(best.test_loss == s.best.test_loss);
    fsnn_metrics_free(&best);
}

/* ---- rate and end ---- */

/* A rate so small that no weight moves: the test loss is the same each epoch. */
static fsnn_train_options at_rest(int64_t epochs, seen *s)
{
    fsnn_train_options options = toy_training(epochs);
    options.directory = NULL;
    options.training.optimizer.lr = 1e-30;
    options.on_epoch = see_epoch;
    options.user = s;
    return options;
}

static void plateau(void **state)
{
    (void)state;
    toy_options o = TOY;
    seen s = {0};
    fsnn_train_options options = at_rest(6, &s);
    options.training.schedule = (fsnn_schedule){.kind = FSNN_PLATEAU, .factor = 0.5, .patience = 2};
    GOOD(toy_run(&o, &options, NULL));
    assert_int_equal(s.epochs, 6);
    static const double factor[] = {1, 1, 1, 1, 0.5, 0.5};
    for (int i = 0; i < 6; i++)
        assert_true(s.lr[i] == factor[i] * 1e-30);
}

static void early_stop(void **state)
{
    (void)state;
    toy_options o = TOY;
    seen s = {0};
    fsnn_train_options options = at_rest(20, &s);
    options.training.early_stop = (fsnn_early_stop){.patience = 3};
    fsnn_metrics best;
    GOOD(toy_run(&o, &options, &best));
    assert_int_equal(s.epochs, 4); /* the first is the best, then three that are not better */
    assert_int_equal(best.epoch, 1);
    fsnn_metrics_free(&best);
    /* An improvement below min_delta does not count. */
    s = (seen){0};
    options.training.optimizer.lr = 1e-2;
    options.training.early_stop = (fsnn_early_stop){.patience = 2, .min_delta = 1};
    GOOD(toy_run(&o, &options, NULL));
    assert_int_equal(s.epochs, 3);
}

/* ---- no allocation in a step ---- */

static int count_allocations(const fsnn_metrics *m, void *user)
{
    seen *s = user;
    int64_t allocations = fsnn_alloc_fail_at(0);
    if (m->batch > 2 && m->batch < m->batches) /* the last batch is smaller: a new plan */
        s->allocations += allocations;
    s->batches++;
    return 0;
}

static void steps_do_not_allocate(void **state)
{
    (void)state;
    toy_options o = TOY;
    seen s = {0};
    fsnn_train_options options = toy_training(2);
    options.directory = NULL;
    options.on_batch = count_allocations;
    options.user = &s;
    GOOD(toy_run(&o, &options, NULL));
    assert_int_equal(s.batches, 26);
    assert_int_equal(s.allocations, 0);
}

/* What a training says it will hold is the sum of its parts, and the moments are those of the
 * optimiser. */
static void tells_its_memory(void **state)
{
    (void)state;
    toy_options o = TOY;
    toy t;
    toy_open(&t, &o);
    int64_t learned = 0, activations, histories, parameters;
    fsnn_footprint adam, sgd;
    fsnn_training training = toy_training(1).training;
    for (int i = 0; i < fsnn_net_param_count(t.net); i++)
        if (fsnn_net_param(t.net, i)->learn)
            learned += fsnn_shape_count(&fsnn_net_param(t.net, i)->shape) * (int64_t)sizeof(float);
    GOOD(fsnn_net_memory(t.net, &activations, &histories, &parameters));
    GOOD(fsnn_train_memory(t.net, t.train, t.test, &training, &adam));
    assert_int_equal(adam.activations, activations);
    assert_int_equal(adam.histories, histories);
    assert_true(adam.parameters >= parameters + 2 * learned &&
                adam.parameters < parameters + 2 * learned + 4096);
    assert_int_equal(adam.batches,
                     fsnn_loader_memory(t.train) + fsnn_loader_memory(t.test) +
                         TOY_STEPS * TOY_BATCH * TOY_CLASSES * (int64_t)sizeof(float));
    assert_int_equal(adam.saving, adam.parameters - parameters / 2);
    assert_int_equal(adam.total, adam.activations + adam.histories + adam.parameters +
                                     adam.batches + adam.saving);
    training.optimizer.kind = FSNN_SGD;
    training.optimizer.momentum = 0;
    GOOD(fsnn_train_memory(t.net, t.train, NULL, &training, &sgd));
    assert_int_equal(sgd.parameters, parameters);
    assert_int_equal(sgd.batches, adam.batches - fsnn_loader_memory(t.test));
    FAILS(fsnn_train_memory(t.net, NULL, NULL, &training, &sgd), FSNN_EARGUMENT);
    toy_close(&t);
}

/* Wherever memory runs out, training ends with that status and nothing leaks. */
static void out_of_memory(void **state)
{
    (void)state;
    toy_options o = TOY;
    fsnn_train_options options = toy_training(1);
    fsnn_status status = FSNN_EMEMORY;
    int64_t n = 1;
    for (; status; n++) {
        toy t;
        toy_open(&t, &o);
        fsnn_alloc_fail_at(n);
        status = fsnn_train(t.net, t.train, t.test, &options, NULL);
        fsnn_alloc_fail_at(0);
        assert_true(status == FSNN_OK || status == FSNN_EMEMORY);
        toy_close(&t);
    }
    assert_true(n > 20);
    toy_clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(learns),
        cmocka_unit_test(all_optimizers),
        cmocka_unit_test(logs),
        cmocka_unit_test(without_test_data),
        cmocka_unit_test(repeats),
        cmocka_unit_test(repeats_with_threads),
        cmocka_unit_test(evaluation_changes_nothing),
        cmocka_unit_test(evaluation_by_itself),
        cmocka_unit_test(diagnosis),
        cmocka_unit_test(readouts_left_out),
        cmocka_unit_test(many_layers),
        cmocka_unit_test(best_of_equals),
        cmocka_unit_test(plateau),
        cmocka_unit_test(early_stop),
        cmocka_unit_test(steps_do_not_allocate),
        cmocka_unit_test(tells_its_memory),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, folder_open, toy_teardown);
}

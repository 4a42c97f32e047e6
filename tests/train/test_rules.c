/* Parameters by patterns: those that do not learn, those that learn at a rate of their own; rates
 * of the classes in a squared error. */
#include "toy.h"

static const fsnn_param *param(const fsnn_net *net, const char *name)
{
    const fsnn_param *p = fsnn_net_param_find(net, name);
    assert_non_null(p);
    return p;
}

static fsnn_optimizer_options sgd(int rules, const fsnn_param_rule *rule)
{
    fsnn_optimizer_options o = {.kind = FSNN_SGD, .lr = 0.1, .neuron_lr = 1, .rules = rules};
    for (int i = 0; i < rules; i++)
        o.rule[i] = rule[i];
    return o;
}

/* Plain SGD: a parameter moves by lr times its factor times its gradient; the norm counts only
 * those that learn. */
static void steps(void **state)
{
    (void)state;
    const fsnn_param_rule rule[] = {
        {"fc1", 1, false}, {"fc?.bias", 3, true}, {"lif*", 0, true}, {"lif2.alpha", 0.5, true}};
    static const struct {
        const char *name;
        double factor;
    } row[] = {{"fc1.weight", 0}, {"fc1.bias", 3}, {"fc2.weight", 1}, {"fc2.bias", 3},
               {"lif1.tau", 0},   {"lif2.tau", 0}, {"lif1.alpha", 0}, {"lif2.alpha", 0.5}};
    for (int wide = 0; wide < 2; wide++) {
        toy_options o = TOY;
        o.wide = wide;
        o.dropout = 0;
        fsnn_net *net = toy_net(&o);
        fsnn_optimizer *optimizer;
        fsnn_optimizer_options options = sgd(FSNN_COUNT(rule), rule);
        double norm, expected = 0, before[FSNN_COUNT(row)];
        GOOD(fsnn_optimizer_create(net, &options, &optimizer));
        for (int i = 0; i < FSNN_COUNT(row); i++) {
            const fsnn_param *p = param(net, row[i].name);
            int64_t n = fsnn_shape_count(&p->shape);
            before[i] = wide ? p->value64[0] : (double)p->value[0];
            for (int64_t k = 0; k < n; k++)
                wide ? (p->grad64[k] = 0.01) : (p->grad[k] = 0.01f);
            expected += row[i].factor > 0 ? (double)n * 1e-4 : 0;
        }
        GOOD(fsnn_optimizer_step(optimizer, 0.1, 0, &norm));
        WITHIN("norm", norm, sqrt(expected), 1e-6);
        for (int i = 0; i < FSNN_COUNT(row); i++) {
            CASE("%s", row[i].name);
            const fsnn_param *p = param(net, row[i].name);
            double now = wide ? p->value64[0] : (double)p->value[0];
            WITHIN("value", now, before[i] - 0.1 * row[i].factor * 0.01, 1e-7);
        }
        fsnn_optimizer_destroy(optimizer);
        fsnn_net_destroy(net);
    }
}

static int stop_in_epoch_2(const fsnn_metrics *m, void *user)
{
    (void)user;
    return m->epoch == 2 && m->batch == 3;
}

/* What does not learn is there as it was drawn, and a training that is stopped goes on to the same
 * bytes. */
static void trains(void **state)
{
    (void)state;
    fsnn_train_options options = toy_training(3);
    fsnn_optimizer_options *o = &options.training.optimizer;
    o->rule[0] = (fsnn_param_rule){"fc1", 1, false};
    o->rule[1] = (fsnn_param_rule){"*.tau", 0.1, true};
    o->rules = 2;
    toy t;
    toy_open(&t, &TOY);
    const fsnn_param *fixed = param(t.net, "fc1.weight"), *other = param(t.net, "fc2.weight");
    size_t bytes = (size_t)fsnn_shape_count(&fixed->shape) * sizeof(float);
    float *was = fsnn_alloc(bytes), first = other->value[0];
    memcpy(was, fixed->value, bytes);
    GOOD(fsnn_train(t.net, t.train, t.test, &options, NULL));
    assert_memory_equal(was, fixed->value, bytes);
    assert_true(other->value[0] != first);
    fsnn_free(was);
    toy_close(&t);
    toy_file last = toy_read("last.state.safetensors");
    assert_null(memmem(last.data, last.size, "adam.m.fc1.weight", 17)); /* nothing to remember */
    fsnn_free(last.data);
    toy_file weights = toy_read("last.safetensors");
    toy_clean();
    options.on_batch = stop_in_epoch_2;
    FAILS(toy_run(&TOY, &options, NULL), FSNN_EINTERRUPTED);
    options.on_batch = NULL;
    options.resume = true;
    GOOD(toy_run(&TOY, &options, NULL));
    assert_true(toy_same("last.safetensors", &weights));
    fsnn_free(weights.data);
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        fsnn_param_rule rule;
        const char *words, *key;
    } row[] = {
        {{"fc3", 1, true},
         "no parameter of the network fits \"fc3\"; the nearest is \"fc1.weight\"",
         "optimizer.parameters.fc3"},
        {{"*", 1, false}, "leave no parameter that learns", "optimizer.parameters"},
        {{"*", -1, true}, "it is -1", "optimizer.parameters"},
        {{NULL, 1, true}, "needs a pattern", "optimizer.parameters"},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        fsnn_train_options options = toy_training(1);
        options.training.optimizer.rule[0] = row[i].rule;
        options.training.optimizer.rules = 1;
        REFUSED(toy_run(&TOY, &options, NULL), FSNN_EARGUMENT, row[i].words);
        assert_string_equal(fsnn_error_place().key, row[i].key);
    }
}

/* (x - target)^2 with targets of 0.8 and 0.1 a step, and its gradient by differences. */
static void rates(void **state)
{
    (void)state;
    enum { K = 3, B = 2, C = 4, N = K * B * C };
    static const int32_t labels[B] = {2, 0};
    static const fsnn_loss_kind kinds[] = {FSNN_MSE_RATE, FSNN_MSE_COUNT, FSNN_MSE};
    double x[N], g[N], value, side[2];
    for (int i = 0; i < N; i++)
        x[i] = fsnn_random_uniform(5, 0, (uint64_t)i);
    for (int l = 0; l < FSNN_COUNT(kinds); l++) {
        fsnn_loss loss = {.kind = kinds[l], .correct_rate = 0.8, .incorrect_rate = 0.1};
        double scale = kinds[l] == FSNN_MSE_COUNT ? K : 1, sum = 0;
        CASE("%s", fsnn_loss_name(loss.kind));
        GOOD(fsnn_loss_compute_double(&loss, K, B, C, x, labels, NULL, g, &value, NULL));
        for (int b = 0; b < B; b++)
            for (int c = 0; c < C; c++) {
                double mean = 0;
                for (int k = 0; k < K; k++)
                    mean += x[(k * B + b) * C + c] / K;
                double d = scale * (mean - (c == labels[b] ? 0.8 : 0.1));
                sum += d * d / (B * C);
            }
        WITHIN("loss", value, sum, 1e-14);
        for (int i = 0; i < N; i++) {
            double at = x[i];
            for (int s = 0; s < 2; s++) {
                x[i] = at + (s ? -1e-5 : 1e-5);
                GOOD(fsnn_loss_compute_double(&loss, K, B, C, x, labels, NULL, NULL, &side[s],
                                              NULL));
            }
            x[i] = at;
            WITHIN("gradient", g[i], (side[0] - side[1]) / 2e-5, 1e-9);
        }
    }
    REFUSED(fsnn_loss_check(&(fsnn_loss){.kind = FSNN_CE_RATE, .correct_rate = 0.8}),
            FSNN_EARGUMENT, "but the loss is ce_rate: squared errors");
    REFUSED(fsnn_loss_check(&(fsnn_loss){.kind = FSNN_MSE, .incorrect_rate = 2}), FSNN_EARGUMENT,
            "the class is to fire more");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps),
        cmocka_unit_test(trains),
        cmocka_unit_test(refused),
        cmocka_unit_test(rates),
    };
    return cmocka_run_group_tests(tests, folder_open, toy_teardown);
}

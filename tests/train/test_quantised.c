/* Training that is aware of quantised weights: gradients are those of the quantised weights, and
 * move the weights behind them (straight-through); nothing else changes. Asked for in sinabs issue
 * 51 and SpikingJelly issues 417 and 616. */
#include "toy.h"

#include "base/quantise.h"
#include "train/quantised.h"

enum { MOST = 4096 };

typedef struct weights {
    const fsnn_net *net;
    double first[MOST], last[MOST];
    int64_t count;
} weights;

static int64_t read_values(const fsnn_net *net, double *x)
{
    int64_t n = 0;
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *p = fsnn_net_param(net, i);
        for (int64_t k = 0; k < fsnn_shape_count(&p->shape); k++)
            x[n++] = p->value[k];
    }
    assert_in_range(n, 1, MOST);
    return n;
}

/* After the first batch. */
static int stop(const fsnn_metrics *m, void *user)
{
    weights *w = user;
    (void)m;
    w->count = read_values(w->net, w->last);
    return 1;
}

/* Weights of the layers become what they are in integers. */
static void round_weights(const fsnn_net *net, int bits)
{
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *p = fsnn_net_param(net, i);
        if (!strstr(p->name, "fc") || !strstr(p->name, "weight"))
            continue;
        const int64_t width = p->shape.dim[1];
        for (int64_t c = 0; c < p->shape.dim[0]; c++) {
            float *w = p->value + c * width;
            quantise_scale scale = quantise_scale_of(quantise_largest(w, width), bits);
            for (int64_t k = 0; k < width; k++)
                w[k] = (float)quantise_number(w[k], scale, bits) * quantise_scale_value(scale);
        }
    }
    GOOD(fsnn_net_params_changed((fsnn_net *)(uintptr_t)net));
}

/* One step of plain descent; `rounded` bits: with weights that were rounded before. */
static void one_step(weights *w, fsnn_quantise quantise, int rounded)
{
    toy_options o = TOY;
    toy t;
    toy_open(&t, &o);
    *w = (weights){.net = t.net};
    if (rounded)
        round_weights(t.net, rounded);
    read_values(t.net, w->first);
    fsnn_train_options options = toy_training(1);
    options.directory = NULL;
    options.training.quantise = quantise;
    options.training.optimizer.kind = FSNN_SGD;
    options.training.optimizer.momentum = 0;
    options.training.optimizer.lr = 1;
    options.on_batch = stop;
    options.user = w;
    REFUSED(fsnn_train(t.net, t.train, t.test, &options, NULL), FSNN_EINTERRUPTED, "stopped");
    toy_close(&t);
}

static void straight_through(void **state)
{
    (void)state;
    static weights aware, of, plain;
    const fsnn_quantise kinds[] = {FSNN_QUANTISE_INT8, FSNN_QUANTISE_INT4};
    for (int i = 0; i < 2; i++) {
        CASE("%s", fsnn_quantise_name(kinds[i]));
        one_step(&aware, kinds[i], 0);
        one_step(&of, FSNN_QUANTISE_NONE, fsnn_quantise_bits(kinds[i]));
        one_step(&plain, FSNN_QUANTISE_NONE, 0);
        double others = 0, moved = 0;
        for (int64_t k = 0; k < aware.count; k++) {
            double step = aware.last[k] - aware.first[k];
            assert_float_equal(step, of.last[k] - of.first[k], 1e-6);
            others = fmax(others, fabs(step - (plain.last[k] - plain.first[k])));
            moved = fmax(moved, fabs(step));
        }
        assert_true(moved > 1e-3);
        assert_true(others > 1e-5); /* gradients of other weights are others */
    }
}

/* The weights come back to the bit; what is shown are multiples of the scale. */
static void shown_and_hidden(void **state)
{
    (void)state;
    toy_options o = TOY;
    toy t;
    static double before[MOST], shown[MOST], after[MOST];
    toy_open(&t, &o);
    int64_t count = read_values(t.net, before);
    quantised q;
    GOOD(quantised_open(&q, t.net, 4));
    GOOD(quantised_show(&q, true));
    GOOD(quantised_show(&q, true));
    read_values(t.net, shown);
    GOOD(quantised_hide(&q, FSNN_OK));
    read_values(t.net, after);
    quantised_close(&q);
    assert_memory_equal(before, after, (size_t)count * sizeof *before);
    int changed = 0;
    for (int64_t k = 0; k < count; k++)
        changed += before[k] != shown[k];
    assert_in_range(changed, 300, 12 * 32 + 32 * 3); /* weights and nothing else */
    toy_close(&t);
}

/* It learns, and its evaluations are those of the quantised weights. */
static void learns(void **state)
{
    (void)state;
    toy_options o = TOY;
    toy t;
    fsnn_metrics m;
    fsnn_evaluation e;
    toy_open(&t, &o);
    fsnn_train_options options = toy_training(6);
    options.directory = NULL;
    options.training.quantise = FSNN_QUANTISE_INT4;
    options.training.best = FSNN_METRIC_LOSS;
    GOOD(fsnn_train(t.net, t.train, t.test, &options, &m));
    assert_true(m.test_accuracy > 0.9);
    fsnn_metrics_free(&m);
    round_weights(t.net, 4);
    GOOD(fsnn_evaluate(t.net, t.test, &options.training.loss, &e));
    assert_true(e.accuracy > 0.9);
    fsnn_evaluation_free(&e);
    toy_close(&t);
}

static void refused(void **state)
{
    (void)state;
    toy_options o = TOY;
    fsnn_train_options options = toy_training(1);
    options.directory = NULL;
    options.training.quantise = FSNN_QUANTISES;
    REFUSED(toy_run(&o, &options, NULL), FSNN_EARGUMENT, "to quantise");
    options.training.quantise = FSNN_QUANTISE_INT8;
    NEEDS("double precision");
    o.wide = true;
    REFUSED(toy_run(&o, &options, NULL), FSNN_EUNSUPPORTED, "single precision");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(straight_through),
        cmocka_unit_test(shown_and_hidden),
        cmocka_unit_test(learns),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
